"""How well a model does on the selection and on what it is compared with, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from dash import html

from dash_app.components.data_table import data_table, with_small
from dash_app.components.tracks import nothing


def scored(
    table: pd.DataFrame, sentence: str, *, sides: Sequence[str], digits: Mapping[str, int], caption: str
) -> list[Any]:
    """Return the sentence over one row per score: each side's value with its interval, and by how much they differ.

    Parameters
    ----------
    table
        ``score``, ``label``, ``value`` with ``low`` and ``high``; compared, ``other`` and ``difference`` with theirs.
    sentence
        What the numbers say.
    sides
        What the selection and, compared, the other side are called.
    digits
        Decimals by score.
    caption
        What the table holds.
    """
    if table.empty:
        return [nothing(sentence)]
    parts = ("", "other", "difference") if len(sides) > 1 else ("",)
    rows = [
        (row["label"], *(_cell(row, part, digits[row["score"]]) for part in parts)) for row in table.to_dict("records")
    ]
    head = ("Score", *sides, *(["Difference"] if len(sides) > 1 else []))
    return [html.P(sentence, className="sentence"), data_table(head, rows, caption=caption)]


def _cell(row: Mapping[str, Any], part: str, digits: int) -> str | html.Span:
    value, low, high = (row[f"{part}_{end}".strip("_")] for end in ("", "low", "high")) if part else _own(row)
    if pd.isna(value):
        return "–"
    sign = "+" if part == "difference" else ""
    whole, *ends = (f"{round(one, digits) + 0.0:{sign}.{digits}f}" for one in (value, low, high))  # no minus zero
    return with_small(whole, "one artist" if pd.isna(low) else f"{ends[0]} to {ends[1]}")


def _own(row: Mapping[str, Any]) -> tuple[float, float, float]:
    return row["value"], row["low"], row["high"]
