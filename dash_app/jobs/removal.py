"""Catalogues are removed whole: first from the list, then from the disk."""

from __future__ import annotations

import secrets
import shutil

from dash_app.jobs.desk import Jobs
from dash_app.jobs.refusals import JobConflict
from data.errors import UnknownCatalogue
from models.bundle import CURRENT, Library


def remove_catalogue(name: str, library: Library, jobs: Jobs) -> None:
    """Remove a catalogue with all its bundles; workers that read it finish in peace.

    Raises
    ------
    SwitchedOff
        This server deletes nothing.
    UnknownCatalogue
        There is none of that name.
    JobConflict
        It is being built.
    """
    jobs.require_allowed()
    with jobs.undisturbed():
        if name not in library.names:
            raise UnknownCatalogue(f"There is no catalogue named {name!r}", remedy="/catalogues lists those there are")
        if jobs.is_building(name):
            raise JobConflict(
                f"The catalogue {name!r} is being built", remedy="Wait until it is built, or cancel the build"
            )
        shelf = library.root / name
        aside = shelf.with_name(f".removed-{secrets.token_hex(4)}")
        (shelf / CURRENT).unlink()
        shelf.rename(aside)
    shutil.rmtree(aside, ignore_errors=True)
