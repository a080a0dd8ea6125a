"""What came in: fields, catalogues, selections and the adapters that read tables of tracks.

The lowest layer: nothing here imports ``analytics``, ``models`` or ``dash_app``.
"""
