"""Where the tables that a command was given lie; public ones are fetched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from dash_app.settings import Settings
from data.naming import SAMPLE
from models.recipe import Listener, unheard


def source_paths(sources: Sequence[str], settings: Settings, listen: Listener = unheard) -> str | list[str]:
    """Return what `read_catalogue` takes, with public tables fetched."""
    found = [_path(source, settings, listen) for source in sources]
    return found[0] if len(found) == 1 else found


def _path(source: str, settings: Settings, listen: Listener) -> str:
    if source == SAMPLE or Path(source).is_file():
        return source
    from data.public.tables import PUBLIC_TABLES, fetch  # loads what downloads: a table at hand does not wait for it

    if source not in PUBLIC_TABLES:
        return source
    listen("fetching", 0.0, PUBLIC_TABLES[source].file)
    path = fetch(source, settings.cache, listen=lambda share, doing: listen("fetching", share, doing))
    listen("fetching", 1.0, "complete")
    return str(path)
