"""Building: reads, learns and writes, with progress for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dash_app.commands.reporting import print_report
from dash_app.commands.sources import source_paths
from dash_app.commands.terminal import console, progress_bars
from dash_app.settings import Settings
from data.catalogue import Catalogue
from data.errors import SongscapeError, command
from data.naming import usable_name
from data.public.tables import fetch
from data.reading import read_catalogue
from data.wishes import Wishes
from models.bundle import Bundle

if TYPE_CHECKING:
    from models.recipe import Listener

_FEWEST_STEPS = 0.005
"""Share of a step that has to be done before a program is told again."""


def build_catalogue(
    sources: Sequence[str],
    *,
    name: str | None,
    seed: int,
    wishes: Wishes,
    settings: Settings,
    quick: bool = False,
    progress: Path | None = None,
) -> None:
    """Read, learn, write; print progress, then the score cards and where the time went.

    Parameters
    ----------
    sources
        ``sample``, the name of a public catalogue, or paths of tables.
    name
        Name of the catalogue; by default from the first source.
    seed
        Of every random choice.
    wishes
        What is said about the tables.
    settings
        Where bundles and downloads lie.
    quick
        Leave out candidates and studies that no screen needs.
    progress
        File that a JSON line is added to for every step: ``step``, ``share``, ``doing``, at the end ``done`` with the
        bundle's id or ``failed`` with a sentence.
    """
    with _told(progress) as tell, progress_bars() as bars:
        listen = _listener(bars, tell)
        name = usable_name(sources[0] if len(sources) == 1 else sources, name)
        catalogue = _read(sources, name, wishes, settings, listen)
        from models.build import build
        from models.recipes import QUICK, THOROUGH

        recipes = QUICK if quick else THOROUGH
        folder = build(catalogue, settings.home, seed=seed, recipes=recipes, listen=listen)
        tell({"done": folder.name, "catalogue": name})
    console.print(catalogue.provenance.account)
    print_report(Bundle(folder))


def fetch_table(name: str, *, settings: Settings) -> None:
    """Download a public table and say how to build it."""
    path = fetch(name, settings.cache, progressbar=True)
    console.print(f"{path} is complete. Build it: {command('build', name)}", soft_wrap=True, markup=False)


def _read(sources: Sequence[str], name: str, wishes: Wishes, settings: Settings, listen: Listener) -> Catalogue:
    place = source_paths(sources, settings, listen)
    listen("reading", 0.0, Path(sources[0]).name)
    catalogue = read_catalogue(place, name=name, wishes=wishes)
    listen("reading", 1.0, f"{len(catalogue):,} tracks")
    return catalogue


def _listener(bars: Any, tell: Any) -> Listener:
    tasks: dict[str, Any] = {}
    told: dict[str, float] = {}

    def listen(step: str, share: float, doing: str) -> None:
        if step not in tasks:
            tasks[step] = bars.add_task(step, total=1, doing="")
        bars.update(tasks[step], completed=share, doing=doing)
        if step not in told or share >= 1 or share - told[step] >= _FEWEST_STEPS:
            told[step] = share
            tell({"step": step, "share": round(share, 4), "doing": doing})

    return listen


@contextmanager
def _told(progress: Path | None) -> Iterator[Any]:
    """Yield what adds a line to the file, and add a last one where the build fails."""
    if progress is None:
        yield lambda line: None
        return
    with progress.open("a", encoding="utf-8", buffering=1) as file:

        def tell(line: dict[str, Any]) -> None:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

        try:
            yield tell
        except SongscapeError as refusal:
            tell({"failed": str(refusal)})
            raise
        except BaseException as fault:
            tell({"failed": f"The build stopped: {type(fault).__name__}. Look at its log."})
            raise
