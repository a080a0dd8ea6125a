"""A score with and without each group of features."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, span
from dash_app.figures.axes import name_axis, note, row_height, rule, share_axis
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.theme import OTHER, SELECTED, layout, translucent
from dash_app.figures.words import count, cut_list, hover, percent

_BAR = 0.3
"""Opacity of the bars: the intervals lie upon them."""

_ROOM = 0.12
"""Of the width of the axis, beside the bars: for what is written at their ends."""


def left_out(table: pd.DataFrame, *, value_title: str) -> go.Figure:
    """Draw the score without each group as a dot, and a bar to it from the score with all, in the table's order.

    Parameters
    ----------
    table
        One row per group: ``group``, ``n_features``, ``labels`` (of its features), ``with_all`` and ``without`` (0 to
        1), the latter with its interval ``low`` to ``high``, and ``clear``: whether the difference is beyond doubt, and
        in the accent.
    value_title
        What the score is, with its unit.
    """
    rows = table.to_dict("records")
    names = table["group"].astype(str).tolist()
    colours = [SELECTED if clear else OTHER for clear in table["clear"].fillna(False)]
    every = float(table["with_all"].max()) if len(table) else 0.0
    bars = go.Bar(
        base=float32(table["with_all"]),
        x=float32(table["without"]) - float32(table["with_all"]),
        y=names,
        orientation="h",
        width=0.5,
        marker={"color": [translucent(colour, _BAR) for colour in colours], "line": {"width": 0}},
        hoverinfo="skip",
    )
    parts: dict[str, Any] = {"rows": names, "colours": colours}
    marks = dots(table, value="without", hovertext=[_text(row) for row in rows], **parts)
    bounds = span(table["low"], table["high"], table["without"], [every], padding=_ROOM)
    said = note(f"with all: {percent(every)}", x=every, xanchor="right", yref="paper", y=1, yanchor="bottom")
    return go.Figure(
        [bars, whiskers(table, low="low", high="high", **parts), marks],
        layout(
            xaxis=share_axis(value_title, bounds=bounds),
            yaxis=name_axis(names),
            barmode="overlay",
            shapes=[rule(every)] if len(table) else [],
            annotations=[said] if len(table) else [],
            margin={"l": 8, "r": 16, "t": 26, "b": 8},
            height=row_height(len(names)),
        ),
    )


def _text(row: Mapping[str, Any]) -> str:
    interval = f"({percent(row['low'])} to {percent(row['high'])})"
    facts = {
        "with all": percent(row["with_all"]),
        "without": f"{percent(row['without'])} {interval}",
        f"{count(row['n_features'])} left out:": cut_list(row["labels"]),
    }
    return hover(row["group"], facts)
