"""A dry run: what files hold, what would be made of them, which recipes would run; nothing is written."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from dash_app.commands.sources import source_paths
from dash_app.commands.terminal import console
from dash_app.settings import Settings
from data.fields import FIELDS, Field
from data.reading import Inspection, inspect
from data.understanding import FileRead
from data.wishes import Wishes
from models.needs import planned

_BARS = " ▁▂▃▄▅▆▇█"
_TAGS_NAMED = 6
_LISTED = 20
"""Similar titles that are printed; ``--json`` and the manifest list them all."""


def inspect_tables(sources: Sequence[str], *, wishes: Wishes, as_json: bool, settings: Settings) -> None:
    """Print what the files hold, column by column, what became of the rows, and which recipes would run."""
    found = inspect(source_paths(sources, settings), wishes=wishes)
    recipes = {} if found.refusal else planned(found.catalogue)
    if as_json:
        sys.stdout.write(json.dumps({**found.as_dict(), "recipes": recipes}, indent=1, ensure_ascii=False) + "\n")
        return
    for file in found.understood.files:
        console.print(_mapping_table(file, found.understood.dictionary))
    console.print(_quality_table(found.catalogue.quality["columns"]))
    _print_families(found.catalogue.quality["families"])
    print_similar(found.catalogue.quality["fuzzy"])
    _print_account(found)
    _print_recipes(found, recipes)


def sparkline(counts: Sequence[int]) -> str:
    """Return bars of text as high as the counts.

    >>> sparkline([0, 1, 4])
    ' ▂█'
    """
    most = max(counts, default=0)
    return "".join(_BARS[-(-8 * n // most)] if most else _BARS[0] for n in counts)


def print_similar(matches: Sequence[Mapping[str, Any]]) -> None:
    """Print matches of titles that are alike but not equal, the first `_LISTED` of them."""
    if not matches:
        return
    listed = Table("title", "taken for", "artist", "score", title=f"{len(matches):,} similar titles")
    for match in matches[:_LISTED]:
        cells = (match["title"], match["other_title"], match["artist"])
        listed.add_row(*(Text(cell or "") for cell in cells), f"{match['score']:.0f}")
    console.print(listed)


def _mapping_table(file: FileRead, dictionary: Mapping[str, Field]) -> Table:
    title = f"{file.name}: {file.n_rows:,} rows, read as {file.mapping.adapter}"
    table = Table("column", "for example", "taken for", "unit", "sure", "because", title=title, title_justify="left")
    for column in file.mapping.columns:
        cells = (column.column, ", ".join(column.samples)[:40], _target(column.field, dictionary), column.unit)
        table.add_row(*map(Text, cells), f"{column.confidence:.0%}", Text(column.why))
    return table


def _target(field: str, dictionary: Mapping[str, Field]) -> str:
    if not field:
        return "left out"
    if field in FIELDS or field == "release_date":
        return field
    kinds = {"x": "own feature", "c": "own context", "m": "text"}
    label = dictionary[field].label if field in dictionary else field[2:]
    return f"{kinds.get(field[0], 'text')}: {label}"


def _quality_table(columns: Sequence[Mapping[str, Any]]) -> Table:
    table = Table("field", "type", "missing", "lowest", "median", "highest", "spread", "odd")
    for column in columns:
        ends = [f"{column[end]:,.5g}" if end in column else "" for end in ("low", "median", "high")]
        missing = f"{column['n_missing'] / max(column['n'], 1):.1%}" if column["n_missing"] else ""
        spread = sparkline(column.get("histogram", ()))
        table.add_row(
            Text(column["label"]), column["type"], missing, *ends, spread, Text("; ".join(column["oddities"]))
        )
    return table


def _print_families(became: Sequence[Mapping[str, Any]]) -> None:
    if not became:
        return
    by_family: dict[str, list[Mapping[str, Any]]] = {}
    for record in became:
        by_family.setdefault(record["family"] or "no family", []).append(record)
    table = Table("family", "tags", "the most common of them", title="What the genre tags became", title_justify="left")
    for family, records in sorted(by_family.items(), key=lambda item: -sum(r["n"] for r in item[1])):
        commonest = sorted(records, key=lambda record: -record["n"])[:_TAGS_NAMED]
        table.add_row(Text(family), f"{len(records):,}", Text(", ".join(record["tag"] for record in commonest)))
    console.print(table)


def _print_account(found: Inspection) -> None:
    kept = found.catalogue.provenance
    console.print(kept.account)
    for rule, n in kept.by_rule.items():
        if n:
            console.print(f"  merged, {rule}: {n:,}", markup=False)
    for reason, n in sorted(kept.by_reason.items(), key=lambda item: -item[1]):
        console.print(f"  rejected, {reason}: {n:,}", markup=False)
    for note in kept.notes:
        console.print(note, markup=False, soft_wrap=True)


def _print_recipes(found: Inspection, recipes: Mapping[str, str]) -> None:
    if found.refusal:
        console.print(f"Nothing would be built. {found.refusal}", markup=False, soft_wrap=True)
        return
    runs = [name for name, sentence in recipes.items() if not sentence]
    console.print(f"{len(found.catalogue):,} tracks. These recipes would run: {', '.join(runs) or 'none'}.")
    for name, sentence in recipes.items():
        if sentence:
            console.print(f"  {name}: skipped. {sentence}", markup=False)
