"""What was read, column by column, and what became of every row."""

from __future__ import annotations

import json

import pandas as pd

from dash_app.answers.answer import Answer
from data.fields import Field
from models.bundle import Bundle

MOST_EXAMPLES, MOST_TAGS = 8, 12
_LONGEST_EXAMPLE = 160


def row_groups(bundle: Bundle) -> Answer:
    """Return how many rows were kept, merged, joined and rejected: ``group``, ``why``, ``n``, most first in a group."""
    told = bundle.provenance
    groups = [
        ("kept", {"one track each": told.rows_kept}),
        ("merged", dict(told.by_rule) or {"the same track again": told.rows_merged}),
        ("joined", {"they told more about a track": told.rows_joined}),
        ("rejected", dict(told.by_reason) or {"they cannot be used": told.rows_rejected}),
    ]
    rows = [
        {"group": group, "why": why, "n": n}
        for group, whys in groups
        for why, n in sorted(whys.items(), key=lambda item: -item[1])
        if n
    ]
    return Answer(pd.DataFrame(rows, columns=["group", "why", "n"]), f"{told.account}.", bundle.id, told.notes)


def column_quality(bundle: Bundle) -> Answer:
    """Return every column as it was read.

    The table has ``label``, ``column`` (its name in the source, empty where it was derived), ``type``, ``unit``,
    ``missing`` (share), ``span`` (in words), ``histogram`` (counts, or None) and ``oddities`` (text).
    """
    columns = bundle.manifest.get("quality", {}).get("columns", [])
    read_from = _sources(bundle)
    rows = [
        {
            "label": one["label"],
            "column": read_from.get(one["field"], ""),
            "type": one["type"],
            "unit": one["unit"],
            "missing": one["n_missing"] / one["n"] if one["n"] else 0.0,
            "span": _span(one, bundle.dictionary.get(one["field"]) or Field.named(one["field"])),
            "histogram": one.get("histogram"),
            "oddities": "; ".join(one["oddities"]),
        }
        for one in columns
    ]
    odd = sum(bool(row["oddities"]) for row in rows)
    headline = f"{len(rows)} columns were read; {odd or 'none'} of them {'is' if odd == 1 else 'are'} odd."
    return Answer(pd.DataFrame(rows), headline if rows else "Nothing is known of its columns.", bundle.id)


def rejected_examples(bundle: Bundle) -> Answer:
    """Return the first rejected rows: ``row`` (counted from 1), ``reason``, ``record`` (text)."""
    rejected = bundle.table("rejected")
    if not rejected.num_rows:
        return Answer(pd.DataFrame(), "No row was rejected.", bundle.id)
    rows = [
        {"row": one["row"] + 1, "reason": one["reason"], "record": _shortened(one["record"])}
        for one in rejected.slice(0, MOST_EXAMPLES).to_pylist()
    ]
    said = f"{rejected.num_rows:,} {'row was' if rejected.num_rows == 1 else 'rows were'} rejected"
    shown = "; the first are shown." if rejected.num_rows > len(rows) else "."
    return Answer(pd.DataFrame(rows), said + shown, bundle.id)


def label_families(bundle: Bundle) -> Answer:
    """Return which tags became which genre: ``family``, ``tags`` (text, most tracks first), ``n`` (tags)."""
    became = pd.DataFrame(bundle.manifest.get("quality", {}).get("families", []))
    if became.empty:
        said = "Genre labels are as they were published." if bundle.genre_names else "It has no genre labels."
        return Answer(pd.DataFrame(), said, bundle.id)
    rows = [
        {"family": family, "tags": _listed(tags.sort_values("n", ascending=False)), "n": len(tags)}
        for family, tags in became.dropna(subset="family").groupby("family")
    ]
    table = pd.DataFrame(rows).sort_values("n", ascending=False)
    return Answer(table, f"{len(became):,} tags became {len(table):,} genres.", bundle.id)


def _listed(tags: pd.DataFrame) -> str:
    shown = ", ".join(f"{tag} {n:,}" for tag, n in zip(tags["tag"][:MOST_TAGS], tags["n"][:MOST_TAGS], strict=True))
    return f"{shown} and {len(tags) - MOST_TAGS:,} more" if len(tags) > MOST_TAGS else shown


def _sources(bundle: Bundle) -> dict[str, str]:
    """Return the column that each field was read from."""
    files = bundle.manifest["provenance"].get("files", [])
    return {
        one["field"]: one["column"] for file in reversed(files) for one in file["mapping"]["columns"] if one["field"]
    }


def _span(column: dict, known: Field) -> str:
    if "low" in column:
        middle = f", half below {known.text(column['median'])}" if column["type"] == "number" else ""
        return f"{known.text(column['low'])} to {known.text(column['high'])}{middle}"
    return f"{column['n_distinct']:,} different"


def _shortened(record: str) -> str:
    found = json.loads(record)
    cells = found.items() if isinstance(found, dict) else [("", found)]
    text = ", ".join(f"{name}: {cell}" if name else str(cell) for name, cell in cells if cell not in (None, ""))
    return text if len(text) <= _LONGEST_EXAMPLE else f"{text[:_LONGEST_EXAMPLE]} …"
