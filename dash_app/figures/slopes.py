"""How fast fields change, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import name_axis, number_axis, row_height, rule
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.sides import DOTS, NAMED, diamonds, every_row, lay_over
from dash_app.figures.theme import OTHER, SELECTED, layout
from dash_app.figures.words import decimal, hover, plain


def slopes(
    table: pd.DataFrame,
    *,
    axis_title: str = "Change per step (std. dev.)",
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw how fast each field changes, with intervals around zero, significant ones in the accent.

    Parameters
    ----------
    table
        One row per field: ``field``, ``label``, ``slope_sd`` with its interval ``low`` to ``high``,
        and ``significant``.
    axis_title
        What the slope is per, with its unit.
    other
        The same table over the tracks compared with, drawn as diamonds.
    sides
        What both sides are called.
    """
    table = table.sort_values("slope_sd", ascending=False, kind="stable")
    names = table["label"].astype(str).tolist()
    sure = table["significant"].fillna(False).tolist()
    rows: dict[str, Any] = {
        "rows": names,
        "colours": [SELECTED if there else OTHER for there in sure],
    }
    texts = _slope_texts(table)
    marker = {"symbol": ["circle" if there else "circle-open" for there in sure]}
    parts = [table] if other is None else [table, other]
    bounds = span(*(part[name] for part in parts for name in ("low", "high", "slope_sd")), with_zero=True)
    every = names if other is None else every_row(names, list(other["label"]))
    figure = go.Figure(
        [
            whiskers(table, low="low", high="high", **rows),
            dots(table, value="slope_sd", marker=marker, hovertext=texts, **rows),
        ],
        layout(
            xaxis=number_axis(axis_title, bounds=bounds),
            yaxis=name_axis(every),
            shapes=[rule(0)],
            height=row_height(len(every)),
        ),
    )
    if other is None:
        return figure
    theirs = [f"{plain(sides[1])}<br>{text}" for text in _slope_texts(other)]
    at = other["label"].astype(str).tolist()
    marks = diamonds(other, value="slope_sd", low="low", high="high", rows=at, texts=theirs)
    lay_over(figure, marks, sides=sides, marks=DOTS, row=every[0] if every else None)
    return figure


def _slope_texts(table: pd.DataFrame) -> list[str]:
    return [
        hover(
            row["label"],
            {
                "slope": decimal(row["slope_sd"]),
                "interval": f"{decimal(row['low'])} to {decimal(row['high'])}",
                "": "significant" if row["significant"] else "not told apart from no change",
            },
        )
        for row in table.to_dict("records")
    ]
