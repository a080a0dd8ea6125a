"""Many features side by side, a line per track."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32
from dash_app.figures.axes import note
from dash_app.figures.theme import AGAINST, INK, LINE, OTHER, SELECTED, layout, translucent
from dash_app.figures.words import short
from data.fields import Field

_LONGEST = 14
_ROOM = 0.06


def parallel(
    table: pd.DataFrame, *, axes: pd.DataFrame, fields: Mapping[str, Field], colours: Mapping[str, str]
) -> go.Figure:
    """Draw a line per track over upright axes, in the colour of its genre; dragging along an axis picks a range.

    Parameters
    ----------
    table
        One row per track and field, track by track: ``field``, ``place`` (0 to 1 along the axis), ``genre``.
    axes
        One row per field from left to right: ``field``, ``low``, ``high`` (values at its ends), ``from``, ``to`` (the
        selected range, as places), ``middle`` and ``middle_other`` (medians, as places).
    fields
        The fields by name.
    colours
        Colour by genre.
    """
    n = len(axes)
    names = axes["field"].astype(str).tolist()
    labels = [short(fields[name].label if name in fields else name, longest=_LONGEST) for name in names]
    return go.Figure(
        [*_tracks(table, n, colours), *_medians(axes), *_chosen(axes)],
        layout(
            xaxis={
                "title": {"text": "Feature (each from its 1st to its 99th percentile)"},
                "range": [-0.4, max(n, 1) - 0.6],
                "tickvals": np.arange(n, dtype=np.int16),
                "ticktext": labels,
                "ticklabeloverflow": "allow",
                "showgrid": False,
            },
            yaxis={"visible": False, "range": [-_ROOM - 0.04, 1 + _ROOM + 0.04]},
            shapes=[_upright(place) for place in range(n)],
            annotations=[label for place in range(n) for label in _ends(axes.iloc[place], place, fields)],
            dragmode="select",
            meta={
                "axes": [
                    {"field": str(row["field"]), "low": float(row["low"]), "high": float(row["high"]), "step": step}
                    for (_, row), step in zip(axes.iterrows(), _steps(names, fields), strict=True)
                ]
            },
        ),
    )


def _steps(names: list[str], fields: Mapping[str, Field]) -> list[float]:
    return [fields[name].step if name in fields else 0.01 for name in names]


def _tracks(table: pd.DataFrame, n: int, colours: Mapping[str, str]) -> list[go.Scatter]:
    """Return one trace per colour, its lines parted by gaps."""
    found = []
    own = table["genre"].map(lambda name: colours.get(name, OTHER))
    for colour in dict.fromkeys(own):
        places = float32(table.loc[own == colour, "place"])
        if n == 0 or len(places) % n:
            continue
        lines = np.column_stack([places.reshape(-1, n), np.full(len(places) // n, np.nan, np.float32)])
        across = np.tile(np.append(np.arange(n, dtype=np.float32), np.nan).astype(np.float32), len(lines))
        look = {"color": translucent(colour, 0.3), "width": 1}
        found.append(go.Scatter(x=across, y=lines.ravel(), mode="lines", line=look, hoverinfo="skip"))
    return found


def _medians(axes: pd.DataFrame) -> list[go.Scatter]:
    x = np.arange(len(axes), dtype=np.float32)
    shared: dict[str, Any] = {"mode": "lines+markers", "hoverinfo": "skip"}
    found = [
        go.Scatter(
            x=x,
            y=float32(axes["middle"]),
            line={"color": SELECTED, "width": 3},
            marker={"size": 7, "color": SELECTED},
            **shared,
        )
    ]
    if axes["middle_other"].notna().any():
        dashed = {"color": AGAINST, "width": 3, "dash": "dash"}
        y = float32(axes["middle_other"])
        found.append(go.Scatter(x=x, y=y, line=dashed, marker={"size": 6, "color": AGAINST}, **shared))
    return found


def _chosen(axes: pd.DataFrame) -> list[go.Scatter]:
    """Return the selected ranges as thick pieces of the axes."""
    limited = axes["from"].notna()
    if not limited.any():
        return []
    at = np.flatnonzero(limited).astype(np.float32)
    gap = np.full(len(at), np.nan, np.float32)
    y = np.column_stack([float32(axes.loc[limited, "from"]), float32(axes.loc[limited, "to"]), gap]).ravel()
    x = np.column_stack([at, at, gap]).ravel()
    return [go.Scatter(x=x, y=np.clip(y, 0, 1), mode="lines", line={"color": SELECTED, "width": 6}, hoverinfo="skip")]


def _upright(place: int) -> dict[str, Any]:
    ends = {"x0": place, "x1": place, "y0": 0, "y1": 1}
    return {"type": "line", **ends, "layer": "above", "line": {"color": LINE, "width": 1}}


def _ends(row: pd.Series, place: int, fields: Mapping[str, Field]) -> list[dict[str, Any]]:
    field = fields.get(str(row["field"])) or Field.named(str(row["field"]))
    look: dict[str, Any] = {"x": place, "font": {"size": 11, "color": INK}}
    return [
        note(field.text(float(row["high"])), y=1, yanchor="bottom", **look),
        note(field.text(float(row["low"])), y=0, yanchor="top", **look),
    ]
