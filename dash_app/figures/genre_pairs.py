"""Every two genres, and how well they are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.axes import title
from dash_app.figures.cells import shares_written, written
from dash_app.figures.theme import SEQUENTIAL, colour_bar, layout
from dash_app.figures.words import hover, percent, short_names


def pair_matrix(table: pd.DataFrame, *, order: Sequence[str]) -> go.Figure:
    """Draw the balanced accuracy of a specialist for every two genres, once for each pair.

    Parameters
    ----------
    table
        One row per pair: ``a``, ``b``, ``balanced_accuracy`` with its interval ``low`` to ``high`` (0 to 1).
    order
        Genres on both axes.
    """
    names = [str(name) for name in order]
    place = {name: index for index, name in enumerate(names)}
    cells = np.full((len(names), len(names)), np.nan, dtype=np.float32)
    texts = np.full(cells.shape, "", dtype=object)
    for row in table.to_dict("records"):
        if row["a"] in place and row["b"] in place:
            low, high = sorted((place[row["a"]], place[row["b"]]))
            cells[high, low] = row["balanced_accuracy"]
            texts[high, low] = _text(row)
    cells, texts = cells[1:, :-1], texts[1:, :-1]
    trace = go.Heatmap(
        x=names[:-1],
        y=names[1:],
        z=cells,
        colorbar={**colour_bar("Balanced accuracy (%)", side="right"), "tickformat": ".0%"},
        xgap=1,
        ygap=1,
        hoverongaps=False,
        hoverinfo="text",
        hovertext=texts.tolist(),
        **written(cells, shares_written(cells), scale=SEQUENTIAL, ends=(0.5, 1), spare=2),
    )
    axis = {"type": "category", "labelalias": short_names(names), "showgrid": False}
    axis |= {"categoryorder": "array", "nticks": len(names) + 1}
    return go.Figure(
        trace,
        layout(
            xaxis={**axis, **title("One genre"), "categoryarray": names[:-1]},
            yaxis={**axis, **title("The other genre"), "categoryarray": names[1:], "autorange": "reversed"},
        ),
    )


def _text(row: dict[str, Any]) -> str:
    interval = f"({percent(row['low'])} to {percent(row['high'])})"
    return hover(f"{row['a']} or {row['b']}", {"right": f"{percent(row['balanced_accuracy'])} {interval}"})
