"""How a chart shows what the selection is compared with: dashed lines and open diamonds in brown, and a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import compact, float32
from dash_app.figures.theme import AGAINST, OTHER, SELECTED
from dash_app.figures.words import plain, short

NAMED = ("selected", "compared with")
"""What the sides are called where nothing better is known."""

DASHED: Mapping[str, Any] = {"color": AGAINST, "width": 2, "dash": "dash"}
DIAMOND: Mapping[str, Any] = {"symbol": "diamond-open", "size": 9, "color": AGAINST, "line": {"width": 2}}

LINES: Sequence[Mapping[str, Any]] = (
    {"mode": "lines", "line": {"color": SELECTED, "width": 2}},
    {"mode": "lines", "line": DASHED},
)
DOTS: Sequence[Mapping[str, Any]] = (
    {"mode": "markers", "marker": {"symbol": "circle", "size": 9, "color": SELECTED}},
    {"mode": "lines+markers", "marker": DIAMOND, "line": DASHED},
)
GENRE_DOTS: Sequence[Mapping[str, Any]] = ({"mode": "markers", "marker": {"size": 9, "color": OTHER}}, DOTS[1])
GENRE_LINES: Sequence[Mapping[str, Any]] = (
    {"mode": "lines", "line": {"color": OTHER, "width": 2}},
    {"mode": "lines", "line": {"color": OTHER, "width": 2, "dash": "dash"}},
)
"""What stands beside the names in the key, the selection's mark first."""

_LONGEST = 20
_ROOM = 26
"""Pixels above the chart for the key."""


def lay_over(
    figure: go.Figure,
    traces: Sequence[go.Scatter],
    *,
    sides: Sequence[str],
    marks: Sequence[Mapping[str, Any]],
    row: str | None = None,
) -> None:
    """Lay the other side's traces over a figure and name both sides above it.

    Parameters
    ----------
    figure
        The selection alone.
    traces
        Of the other side.
    sides
        What both are called.
    marks
        What stands beside the names.
    row
        Any name on the vertical axis, where it is one of names.
    """
    at: dict[str, Any] = {"x": np.full(1, np.nan, np.float32), "y": [row] if row else np.full(1, np.nan, np.float32)}
    key = [
        go.Scatter(**at, name=short(name, longest=_LONGEST), hoverinfo="skip", showlegend=True, **mark)
        for name, mark in zip(sides, marks, strict=True)
    ]
    figure.for_each_trace(lambda trace: None if trace.showlegend else trace.update(showlegend=False))
    figure.add_traces([*(trace.update(showlegend=False) for trace in traces), *key])
    top = figure.layout.margin.t
    room = (12 if top is None else top) + _ROOM
    legend = {"yref": "container", "y": 1, "yanchor": "top", "x": 0, "xanchor": "left"}
    margin = {"l": 8, "r": 16, "b": 8, **figure.layout.margin.to_plotly_json(), "t": room}
    figure.update_layout(showlegend=True, legend=legend, margin=margin)


def dashed_line(table: pd.DataFrame, *, x: str, y: str, **parts: Any) -> go.Scatter:
    """Return the line of the other side through a column, broken where it is missing."""
    shown: dict[str, Any] = {"mode": "lines", "line": DASHED, "hoverinfo": "skip", **parts}
    return go.Scatter(x=compact(table[x]), y=float32(table[y]), **shown)


def lay_diamonds(
    figure: go.Figure,
    other: pd.DataFrame | None,
    *,
    names: str,
    value: str,
    texts: Callable[[pd.DataFrame], list[str]],
    rows: Sequence[str],
    sides: Sequence[str],
    marks: Sequence[Mapping[str, Any]] = DOTS,
) -> None:
    """Lay the other side's estimates over a figure of rows; leave it as it is where nothing is compared.

    Parameters
    ----------
    figure
        The selection alone.
    other
        Of the other side, one line per row, with its interval ``low`` to ``high``.
    names, value
        Columns of the rows' names and of the estimate.
    texts
        Returns what each row's hover says.
    rows
        All names on the vertical axis.
    sides, marks
        As in `lay_over`.
    """
    if other is not None:
        said = [f"{plain(sides[1])}<br>{text}" for text in texts(other)]
        traces = _diamonds(other, value=value, rows=other[names].astype(str).tolist(), texts=said)
        lay_over(figure, traces, sides=sides, marks=marks, row=rows[0] if rows else None)


def _diamonds(table: pd.DataFrame, *, value: str, rows: Sequence[str], texts: Sequence[str]) -> list[go.Scatter]:
    """Return per row a dashed line from ``low`` to ``high``, and a diamond at column ``value``."""
    gap = np.full(len(table), np.nan, np.float32)
    ends = np.column_stack([float32(table["low"]), float32(table["high"]), gap]).ravel()
    return [
        go.Scatter(x=ends, y=[row for row in rows for _ in range(3)], mode="lines", line=DASHED, hoverinfo="skip"),
        go.Scatter(
            x=float32(table[value]),
            y=list(rows),
            mode="markers",
            marker=DIAMOND,
            hoverinfo="text",
            hovertext=list(texts),
            cliponaxis=False,
        ),
    ]


def every_row(own: Sequence[object], other: Sequence[object]) -> list[str]:
    """Return the names of all rows, the selection's first and in their order.

    >>> every_row(["rock", "pop"], ["rap", "pop"])
    ['rock', 'pop', 'rap']
    """
    return list(dict.fromkeys([*map(str, own), *map(str, other)]))
