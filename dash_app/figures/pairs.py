"""Several features, every two against each other, in one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.colors import get_colorscale

from dash_app.figures.arrays import float32
from dash_app.figures.axes import note
from dash_app.figures.theme import AGAINST, CLEAR, GHOST_FILL, SELECTED, SEQUENTIAL, layout
from dash_app.figures.words import decimal, short
from data.fields import Field

CELLS = 20
_STEP = CELLS + 2
"""Cells from one panel to the next."""
_LONGEST = 13
_MOST = 255
_SCALE = [
    (0.0, CLEAR),
    (0.5 / _MOST, CLEAR),
    (0.5 / _MOST, get_colorscale(SEQUENTIAL)[0][1]),
    *get_colorscale(SEQUENTIAL)[1:],
]


def pair_plot(
    table: pd.DataFrame,
    *,
    order: Sequence[str],
    fields: Mapping[str, Field],
    ends: Mapping[str, tuple[float, float]],
    r: pd.DataFrame,
) -> go.Figure:
    """Draw where the tracks lie on every two features: below the diagonal by density, on it each by itself.

    Above the diagonal stands the rank correlation or, where the selection is compared, the other side's density.

    Parameters
    ----------
    table
        One row per cell with tracks: ``across``, ``up`` (field names), ``x``, ``y`` (0 to 19), ``share`` of the pair's
        tracks and perhaps ``share_other``; on the diagonal ``y`` is 0.
    order
        Field names from left to right and from top to bottom.
    fields, ends
        Each field, and the values at which its cells begin and end.
    r
        Rank correlations, field names on both sides.
    """
    compared = "share_other" in table
    trace = go.Heatmap(
        z=_picture(table, order),
        x0=0.5,
        dx=1,
        y0=0.5,
        dy=1,
        colorscale=_SCALE,
        zmin=0,
        zmax=_MOST,
        showscale=False,
        hoverinfo="none",  # a click is told all the same
    )
    outlines = [line for name in order for line in _diagonal(table, order, name)]
    ticks = _ticks(order, fields, ends)
    side = _STEP * len(order) - (_STEP - CELLS) if len(order) else CELLS
    axis: dict[str, Any] = {"range": [0, side], "showgrid": False, "tickvals": ticks["at"]}
    words = {"text": "Feature (1st to 99th percentile)"}
    return go.Figure(
        [trace, *outlines],
        layout(
            xaxis={
                **axis,
                "ticktext": ticks["across"],
                "title": words,
                "autotickangles": [0, 30, 90],
                "tickfont": {"size": 11},
                "ticklabeloverflow": "allow",
            },
            yaxis={**axis, "ticktext": ticks["up"], "range": [side, 0], "title": {"text": ""}, "anchor": "x"},
            annotations=[] if compared else _coefficients(order, r),
            meta={"pairs": list(order), "step": _STEP},
        ),
    )


def _picture(table: pd.DataFrame, order: Sequence[str]) -> np.ndarray:
    """Return all panels in one matrix of bytes, each share by the highest of its panel, 0 where there is none."""
    side = max(_STEP * len(order), 1)
    cells = np.zeros((side, side), dtype=np.uint8)
    for below, name in ((True, "share"), (False, "share_other")):
        if name not in table:
            continue
        known = table[(table["across"] != table["up"]) & (table[name] > 0)]
        for (across, up), part in known.groupby(["across", "up"], sort=False):
            column, row = (order.index(str(one)) * _STEP for one in (across, up))
            share = (1 + (_MOST - 1) * np.sqrt(float32(part[name]) / float(part[name].max()))).astype(np.uint8)
            x, y = part["x"].to_numpy(dtype=int), part["y"].to_numpy(dtype=int)
            if below:
                cells[row + CELLS - 1 - y, column + x] = share
            else:
                cells[column + CELLS - 1 - x, row + y] = share
    return cells


def _diagonal(table: pd.DataFrame, order: Sequence[str], name: str) -> list[go.Scatter]:
    part = table[(table["across"] == name) & (table["up"] == name)]
    start = order.index(name) * _STEP
    found = []
    for column, colour, dash in (("share_other", AGAINST, "dot"), ("share", SELECTED, "solid")):
        if column in part and len(part):
            shares = np.zeros(CELLS, dtype=np.float32)
            shares[part["x"].to_numpy(dtype=int)] = float32(part[column])
            found.append(_steps(shares / max(float(shares.max()), 1e-9), start, colour, dash))
    return found


def _steps(heights: np.ndarray, start: int, colour: str, dash: str) -> go.Scatter:
    x = start + np.repeat(np.arange(CELLS + 1), 2)[1:-1]
    y = start + CELLS - 0.94 * CELLS * np.repeat(heights, 2)
    x, y = np.concatenate([[start], x, [start + CELLS]]), np.concatenate([[start + CELLS], y, [start + CELLS]])
    return go.Scatter(
        x=float32(x),
        y=float32(y),
        mode="lines",
        line={"color": colour, "width": 1.5, "dash": dash},
        fill="toself" if dash == "solid" else None,
        fillcolor=GHOST_FILL if dash == "solid" else None,
        hoverinfo="skip",
    )


def _ticks(
    order: Sequence[str], fields: Mapping[str, Field], ends: Mapping[str, tuple[float, float]]
) -> dict[str, Any]:
    names = [short(fields[name].label, longest=_LONGEST) for name in order]
    spans = [f"{fields[name].text(ends[name][0])} to {fields[name].text(ends[name][1])}" for name in order]
    at = np.arange(len(order), dtype=np.int16) * _STEP + CELLS // 2
    small = "<br><span style='font-size:10px'>{}</span>"
    both = [name + small.format(between) for name, between in zip(names, spans, strict=True)]
    return {"at": at, "across": names, "up": both}


def _coefficients(order: Sequence[str], r: pd.DataFrame) -> list[dict[str, Any]]:
    half = CELLS / 2
    return [
        note(decimal(float(r.loc[a, b])).replace("0.", "."), x=j * _STEP + half, y=i * _STEP + half, font={"size": 15})
        for i, a in enumerate(order)
        for j, b in enumerate(order)
        if j > i and r.loc[a, b] == r.loc[a, b]
    ]
