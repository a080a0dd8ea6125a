"""The command line: ``python -m dash_app serve | build | inspect | merge | predict | fetch | report | catalogues``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from dash_app.settings import Settings
from data.errors import SongscapeError
from data.wishes import Wishes

_HELP = "Songscape reads a table of music tracks, learns from it once and serves linked answers."
application = typer.Typer(help=_HELP, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

Sources = Annotated[
    list[str],
    typer.Argument(
        help="'sample', the name of a public catalogue, or paths of tables: CSV, TSV, JSON, XLSX, Parquet, Arrow, "
        "compressed or not. Several of the same columns are stacked, different ones joined."
    ),
]
Catalogue = Annotated[str | None, typer.Argument(help="Name of a built catalogue; by default the first one.")]
Map = Annotated[list[str], typer.Option("--map", metavar="COLUMN=FIELD", help="Take a column for a field.")]
Unit = Annotated[list[str], typer.Option("--unit", metavar="FIELD=UNIT", help="Read a field in a unit.")]
Ignore = Annotated[list[str], typer.Option("--ignore", metavar="COLUMN", help="Leave a column out.")]
Saved = Annotated[Path | None, typer.Option("--mapping", metavar="FILE", help="A saved mapping, as JSON.")]
LabelsOf = Annotated[
    str, typer.Option("--labels", help="Genre labels: 'as published', 'families' of tags, or 'auto'.", metavar="HOW")
]
FamiliesOf = Annotated[
    str,
    typer.Option("--families", help="A CSV with the columns tag and family, above the documented one.", metavar="FILE"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


@application.command()
def build(
    sources: Sources = ["sample"],  # noqa: B006 - typer's own form of a default
    name: Annotated[str | None, typer.Option(help="Name of the catalogue; by default from the file's name.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of every random choice.")] = 0,
    map: Map = [],  # noqa: B006
    unit: Unit = [],  # noqa: B006
    ignore: Ignore = [],  # noqa: B006
    mapping: Saved = None,
    labels: LabelsOf = "",
    families: FamiliesOf = "",
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out the candidates and studies that no screen needs.")
    ] = False,
    progress: Annotated[Path | None, typer.Option(help="File that every step is told to, as JSON lines.")] = None,
) -> None:
    """Learn from tables of tracks and keep what was learned as a bundle."""
    from dash_app.commands.building import build_catalogue

    build_catalogue(
        sources,
        name=name,
        seed=seed,
        wishes=_wishes(mapping, map, unit, ignore, labels, families),
        settings=Settings.from_environment(),
        quick=quick,
        progress=progress,
    )


@application.command()
def inspect(
    sources: Sources,
    map: Map = [],  # noqa: B006
    unit: Unit = [],  # noqa: B006
    ignore: Ignore = [],  # noqa: B006
    mapping: Saved = None,
    labels: LabelsOf = "",
    families: FamiliesOf = "",
    json: AsJson = False,
) -> None:
    """Say what tables hold and what would be made of them; nothing is written."""
    from dash_app.commands.inspecting import inspect_tables

    wishes = _wishes(mapping, map, unit, ignore, labels, families)
    inspect_tables(sources, wishes=wishes, as_json=json, settings=Settings.from_environment())


@application.command()
def merge(
    table: Annotated[str, typer.Argument(help="The tracks: a table, a public catalogue or a built one.")],
    other: Annotated[str, typer.Argument(help="What knows more about them: the same.")],
    out: Annotated[Path, typer.Option(help="Parquet file to write.")],
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
) -> None:
    """Bring what another table knows into a table of tracks, by id, else by artist and title."""
    from dash_app.commands.merging import merge_tables

    merge_tables(table, other, out=out, yes=yes, settings=Settings.from_environment())


@application.command()
def predict(
    sources: Sources,
    catalogue: Annotated[
        str | None, typer.Option(help="Name of the built catalogue whose models answer; by default the first one.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="CSV file to write.")] = None,
    map: Map = [],  # noqa: B006
    unit: Unit = [],  # noqa: B006
    ignore: Ignore = [],  # noqa: B006
    mapping: Saved = None,
) -> None:
    """Predict genre and popularity of the tracks of a table, and say how it drifts from what was learned from."""
    from dash_app.commands.predicting import predict_table

    wishes = _wishes(mapping, map, unit, ignore, "", "")
    predict_table(sources, catalogue=catalogue, wishes=wishes, out=out, settings=Settings.from_environment())


@application.command()
def serve(
    build_missing: Annotated[
        bool, typer.Option("--build-missing", help="Build the embedded catalogue first where nothing was built yet.")
    ] = False,
) -> None:
    """Serve the built catalogues to browsers and programs."""
    from dash_app.commands.serving import serve

    serve(Settings.from_environment(), build_missing=build_missing)


@application.command()
def fetch(name: Annotated[str, typer.Argument(help="Name of a public catalogue, such as tidytuesday.")]) -> None:
    """Download a public catalogue into the cache folder and check its hash."""
    from dash_app.commands.building import fetch_table

    fetch_table(name, settings=Settings.from_environment())


@application.command()
def report(catalogue: Catalogue = None, json: AsJson = False) -> None:
    """Print every score card of a catalogue and where its build's time went."""
    from dash_app.commands import reporting

    reporting.report(catalogue, as_json=json, settings=Settings.from_environment())


@application.command()
def catalogues() -> None:
    """List the built catalogues."""
    from dash_app.commands.reporting import list_catalogues

    list_catalogues(Settings.from_environment())


def _wishes(
    mapping: Path | None, map: list[str], unit: list[str], ignore: list[str], labels: str, families: str
) -> Wishes:
    saved = Wishes.read(mapping) if mapping else Wishes()
    return saved.also(fields=map, units=unit, ignored=ignore, labels=labels, families=families)


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
