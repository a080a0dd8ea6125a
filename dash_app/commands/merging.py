"""Brings what one table knows into another: coverage first, a file only after a yes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import typer

from dash_app.commands.inspecting import print_similar
from dash_app.commands.sources import source_paths
from dash_app.commands.terminal import console
from dash_app.commands.writing import write_whole
from dash_app.settings import Settings
from data.errors import SourceError, command
from data.joining.joins import Joined, joined
from data.understanding import understand
from data.wishes import Wishes
from models.bundle import Library


def merge_tables(table: str, other: str, *, out: Path, yes: bool, settings: Settings) -> None:
    """Print what the other table would fill, and write the filled one as Parquet after a yes.

    Parameters
    ----------
    table, other
        Name of a built catalogue, of a public one, or the path of a table.
    out
        Parquet file; an older one is replaced.
    yes
        Write without asking.
    settings
        Where catalogues and downloads lie.

    Raises
    ------
    SourceError
        A table cannot be read, or nothing tells which rows belong together.
    """
    tables = [_opened(source, settings) for source in (table, other)]
    filled, steps = _filled(*tables, Path(table).name, Path(other).name)
    for step in steps:
        _print_join(step)
    if not any(one.filled for step in steps for one in step.coverage):
        console.print("There is nothing to fill: no file is written.")
    elif yes or typer.confirm(f"Write {len(filled):,} rows to {out}?"):
        written = pa.Table.from_pandas(filled, preserve_index=False)
        write_whole(out, lambda aside: pa.parquet.write_table(written, aside))
        console.print(f"{out} is written. Build it: {command('build', str(out))}", soft_wrap=True, markup=False)


def _filled(main: pd.DataFrame, other: pd.DataFrame, *names: str) -> tuple[pd.DataFrame, list[Joined]]:
    """Return the filled table, and how: by id, then by artist and title for the rows whose id was not found."""
    named = dict(zip(("main_name", "other_name"), names, strict=True))
    first = joined(main, other, **named)
    if first.key != "track id" or first.matched.all():
        return first.table, [first]
    rest = np.flatnonzero(~first.matched)
    try:
        second = joined(first.table.iloc[rest], other.drop(columns="track_id"), **named)
    except SourceError:  # no artists or titles to go by
        return first.table, [first]
    both = pd.concat([first.table.drop(index=rest), second.table.set_axis(rest)]).sort_index()
    return both, [first, second]


def _opened(source: str, settings: Settings) -> pd.DataFrame:
    library = Library(settings.home)
    if source in library.names:
        return library.open(source).tracks.to_pandas()
    return understand([Path(str(source_paths([source], settings)))], Wishes()).table


def _print_join(found: Joined) -> None:
    console.print(found.how, markup=False, soft_wrap=True)
    for one in found.coverage:
        console.print(f"  {one}", markup=False)
    print_similar(found.fuzzy.to_pylist())
