"""How fast fields change, side by side."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.intervals import draw_around_zero
from dash_app.figures.sides import NAMED
from dash_app.figures.theme import OTHER, SELECTED
from dash_app.figures.words import decimal, hover


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
    sure = table["significant"].fillna(False).tolist()
    figure = go.Figure()
    draw_around_zero(
        figure,
        table,
        other,
        names="label",
        value="slope_sd",
        title=axis_title,
        texts=_slope_texts,
        colours=[SELECTED if there else OTHER for there in sure],
        sides=sides,
        marker={"symbol": ["circle" if there else "circle-open" for there in sure]},
    )
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
