"""How a prediction follows one feature."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, span
from dash_app.figures.axes import field_axis, level, note, number_axis
from dash_app.figures.theme import GHOST, GHOST_FILL, INK_2, SELECTED, layout, translucent
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, decimal, hover
from data.fields import Field

_BARS = [0, 0.12]
"""Share of the height in which the numbers of tracks stand."""
_CORNER = {"xref": "paper", "x": 1, "xanchor": "right", "yref": "paper", "y": 1, "yanchor": "bottom"}


def dependence(table: pd.DataFrame, *, field: Field, axis_title: str, lines: pd.DataFrame | None = None) -> go.Figure:
    """Draw partial dependence over single tracks, with the numbers of tracks under it.

    Parameters
    ----------
    table
        One row per point: ``x``, ``pdp``, ``n`` tracks near it.
    field
        What ``x`` measures.
    axis_title
        What is predicted, with its scale.
    lines
        Single tracks: ``line``, ``x``, ``y``.
    """
    single = pd.DataFrame() if lines is None else lines
    heights = [table["pdp"], *([single["y"]] if len(single) else [])]
    traces = [_single(single)] if len(single) else []
    traces.append(_main(table, "pdp", field))
    figure = _figure([*traces, _tracks(table)], table, field=field, axis_title=axis_title, heights=heights)
    if not len(single):
        return figure
    said = note("grey: single tracks", **_CORNER, font={"color": INK_2})
    return figure.update_layout(annotations=[said], margin={"l": 8, "r": 16, "t": 26, "b": 8})


def local_effect(table: pd.DataFrame, *, field: Field, axis_title: str) -> go.Figure:
    """Draw accumulated local effects with their interval around none.

    Parameters
    ----------
    table
        One row per point: ``x``, ``ale`` with its interval ``low`` to ``high``, ``n`` tracks near it.
    field
        What ``x`` measures.
    axis_title
        What is predicted, with its scale.
    """
    traces = [band(table, x="x", colour=SELECTED), _main(table, "ale", field), _tracks(table)]
    heights = [table["ale"], table["low"], table["high"], [0.0]]
    figure = _figure(traces, table, field=field, axis_title=axis_title, heights=heights)
    return figure.update_layout(shapes=[level(0)])


def _figure(traces: list[Any], table: pd.DataFrame, *, field: Field, axis_title: str, heights: list[Any]) -> go.Figure:
    room = 0.5 if field.is_categorical else 0.0
    bounds = span(float32(table["x"]) - room, float32(table["x"]) + room, padding=0.02)
    return go.Figure(
        traces,
        layout(
            xaxis={**field_axis(field, bounds=bounds), "showgrid": False, "anchor": "y2"},
            yaxis={**number_axis(axis_title, bounds=span(*heights)), "domain": [_BARS[1] + 0.02, 1]},
            yaxis2={"visible": False, "domain": _BARS, "anchor": "x", "fixedrange": True},
            hovermode="x",
            bargap=0,
            uirevision=field.name,
        ),
    )


def _main(table: pd.DataFrame, column: str, field: Field) -> go.Scatter:
    texts = [
        hover(f"{field.label} {field.text(row['x'])}", {"": decimal(row[column]), "tracks near": count(row["n"])})
        for row in table.to_dict("records")
    ]
    marks = {"mode": "lines+markers", "marker": {"size": 5, "color": SELECTED}}
    return centre(table, x="x", y=column, colour=SELECTED, hoverinfo="text", hovertext=texts, **marks)


def _single(lines: pd.DataFrame) -> go.Scatter:
    """Return all single tracks as one thin broken line."""
    parts = [part.sort_values("x") for _, part in lines.groupby("line", sort=True)]
    gap = np.full(1, np.nan, np.float32)
    x = np.concatenate([piece for part in parts for piece in (float32(part["x"]), gap)])
    y = np.concatenate([piece for part in parts for piece in (float32(part["y"]), gap)])
    colour = translucent(GHOST, 0.4)
    return go.Scatter(x=x, y=y, mode="lines", line={"color": colour, "width": 1}, hoverinfo="skip", showlegend=False)


def _tracks(table: pd.DataFrame) -> go.Bar:
    """Return how densely tracks lie: each bar stands for the stretch half way to the next points."""
    ends = _ends(table["x"].to_numpy(dtype=np.float64))
    width = np.diff(ends)
    return go.Bar(
        x=float32(ends[:-1]),
        y=float32(table["n"].to_numpy(dtype=np.float64) / np.where(width > 0, width, 1)),
        width=float32(width),
        offset=0,
        yaxis="y2",
        marker={"color": GHOST_FILL, "line": {"width": 0}},
        hoverinfo="skip",
    )


def _ends(x: np.ndarray) -> np.ndarray:
    if len(x) < 2:
        return np.concatenate([x - 0.5, x[-1:] + 0.5])
    middles = (x[1:] + x[:-1]) / 2
    return np.concatenate([[2 * x[0] - middles[0]], middles, [2 * x[-1] - middles[-1]]])
