"""One module per family of source tables; each has an ``ADAPTER``.

Order matters: the first adapter that recognises the columns reads the table, so the particular stand before the
general.
"""

from __future__ import annotations

from data.adapters import spotify_tracks, tidytuesday
from data.adapters.adapter import Adapter

ADAPTERS: tuple[Adapter, ...] = (tidytuesday.ADAPTER, spotify_tracks.ADAPTER)
"""All known families, the particular first."""
