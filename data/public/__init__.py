"""Public catalogues by name: downloaded, checked, kept in a cache folder."""

from __future__ import annotations

from data.public.tables import PUBLIC_TABLES, PublicTable, cached, fetch

__all__ = ["PUBLIC_TABLES", "PublicTable", "cached", "fetch"]
