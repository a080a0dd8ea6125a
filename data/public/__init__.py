"""Public catalogues by name: downloaded, checked, kept in a cache folder."""
