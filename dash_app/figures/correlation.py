"""How every two fields go together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32
from dash_app.figures.axes import title
from dash_app.figures.cells import WITH_ROOM, written
from dash_app.figures.theme import DIVERGING, colour_bar, layout
from dash_app.figures.words import decimal, hover, short

_ROW, _ROOM = 22, 150


def heatmap(
    matrix: pd.DataFrame, *, method: str, labels: Mapping[str, str], other: pd.DataFrame | None = None
) -> go.Figure:
    """Draw a correlation matrix, with the values written where cells have room.

    Parameters
    ----------
    matrix
        Square, field names on both sides, coefficients from -1 to 1.
    method
        What the coefficient is called, for example ``Spearman``.
    labels
        How a person reads each field name.
    other
        The matrix of what the selection is compared with; it is drawn above the diagonal.
    """
    names = [str(name) for name in matrix.columns]
    cells = float32(matrix)
    if other is not None:
        cells = np.where(np.triu(np.ones(cells.shape, bool), 1), float32(other), cells)
    trace = go.Heatmap(
        x=names,
        y=names,
        z=cells,
        xgap=1,
        ygap=1,
        hoverongaps=False,
        hoverinfo="text",
        hovertext=_texts(names, cells, method=method, labels=labels),
        **written(cells, _cell_texts(cells), scale=DIVERGING, ends=(-1, 1)),
        colorbar={
            **colour_bar(f"{method} (−1 to 1)", side="top"),
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1,
            "yanchor": "bottom",
            "len": 180,
            "lenmode": "pixels",
            "ypad": 4,
            "tickvals": np.array([-1, -0.5, 0, 0.5, 1], dtype=np.float32),
            "ticktext": ["−1", "−0.5", "0", "0.5", "1"],
        },
    )
    alias = {name: short(labels.get(name, name)) for name in names}
    axis = {**title(""), "type": "category", "labelalias": alias, "showgrid": False}
    axis["nticks"] = len(names) + 1
    return go.Figure(
        trace,
        layout(
            xaxis={**axis, "tickangle": -90},
            yaxis={**axis, "autorange": "reversed"},
            height=_ROW * len(names) + _ROOM if len(names) > WITH_ROOM else None,
        ),
    )


def _cell_texts(cells: np.ndarray) -> list[list[str]]:
    """Return the coefficients without the zero before the point, as there is little room."""
    return [[decimal(value).replace("0.", ".") if value == value else "" for value in row] for row in cells]


def _texts(names: list[str], cells: np.ndarray, *, method: str, labels: Mapping[str, str]) -> list[list[str]]:
    said = [labels.get(name, name) for name in names]
    return [
        [hover(f"{across} and {down}", {method: decimal(value)}) for across, value in zip(said, row, strict=True)]
        for down, row in zip(said, cells, strict=True)
    ]
