"""How well a model does on the selection and on what it is compared with, as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
from dash import html

from dash_app.components.data_table import data_table, number, with_small
from dash_app.components.tracks import nothing


def scored(
    table: pd.DataFrame, sentence: str, *, sides: Sequence[str], formats: Mapping[str, str], caption: str
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
    formats
        How each score is written; two that are percentages differ by points.
    caption
        What the table holds.
    """
    if table.empty:
        return [nothing(sentence)]
    parts = ("", "other", "difference") if len(sides) > 1 else ("",)
    rows = [
        (row["label"], *(_cell(row, part, formats[row["score"]]) for part in parts)) for row in table.to_dict("records")
    ]
    head = ("Score", *sides, *(["Difference"] if len(sides) > 1 else []))
    return [html.P(sentence, className="sentence"), data_table(head, rows, caption=caption)]


def _cell(row: Mapping[str, Any], part: str, spec: str) -> str | html.Span:
    value, low, high = (row[f"{part}_{end}".strip("_")] for end in ("", "low", "high")) if part else _own(row)
    if pd.isna(value):
        return "–"
    sign, unit, times = "+" if part == "difference" else "", "", 1
    if sign and spec.endswith("%"):
        spec, unit, times = ".1f", " points", 100
    ends = [number(times * one, spec, sign=sign) for one in (low, high)]
    whole = number(times * value, spec, sign=sign, unit=unit)
    return with_small(whole, "one artist" if pd.isna(low) else " to ".join(ends))


def _own(row: Mapping[str, Any]) -> tuple[float, float, float]:
    return row["value"], row["low"], row["high"]
