"""The command line: ``python -m dash_app serve | build | fetch | report | catalogues``."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from dash_app import commands
from dash_app.settings import Settings
from data.errors import SongscapeError

_HELP = "Songscape reads a table of music tracks, learns from it once and serves linked answers."
application = typer.Typer(help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Source = Annotated[
    str, typer.Argument(help="'sample', the name of a public catalogue, or the path of a CSV or Parquet file.")
]
Catalogue = Annotated[str | None, typer.Argument(help="Name of a built catalogue; by default the first one.")]


@application.command()
def build(
    source: Source = "sample",
    name: Annotated[str | None, typer.Option(help="Name of the catalogue; by default from the file's name.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
) -> None:
    """Learn from a table of tracks and keep what was learned as a bundle."""
    commands.build_catalogue(source, name=name, seed=seed, settings=Settings.from_environment())


@application.command()
def serve(
    build_missing: Annotated[
        bool, typer.Option("--build-missing", help="Build the embedded catalogue first where nothing was built yet.")
    ] = False,
) -> None:
    """Serve the built catalogues to browsers and programs."""
    commands.serve(Settings.from_environment(), build_missing=build_missing)


@application.command()
def fetch(name: Annotated[str, typer.Argument(help="Name of a public catalogue, such as tidytuesday.")]) -> None:
    """Download a public catalogue into the cache folder and check its hash."""
    commands.fetch_table(name, settings=Settings.from_environment())


@application.command()
def report(
    catalogue: Catalogue = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Print every score card of a catalogue and where its build's time went."""
    commands.report(catalogue, as_json=json, settings=Settings.from_environment())


@application.command()
def catalogues() -> None:
    """List the built catalogues."""
    commands.list_catalogues(Settings.from_environment())


def main() -> None:
    """Run a command; a refusal is one sentence on standard error and exit status 1."""
    try:
        application()
    except SongscapeError as refusal:
        # As Text: a refusal quotes what the user typed, which may look like rich's markup.
        said = Text.assemble(("Error:", "bold red"), f" {refusal}")
        Console(stderr=True, soft_wrap=True).print(said, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
