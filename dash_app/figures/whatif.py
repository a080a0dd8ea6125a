"""What a changed track would be taken for, and which change does it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32
from dash_app.figures.axes import name_axis, number_axis, row_height, rule, share_axis
from dash_app.figures.theme import INK_2, NEGATIVE, OTHER, POSITIVE, layout
from dash_app.figures.words import decimal, hover, percent, plain, short

_ROOM_FOR_TEXT = {"l": 8, "r": 56, "t": 8, "b": 8}
_STEPS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def probabilities(table: pd.DataFrame, *, colours: Mapping[str, str]) -> go.Figure:
    """Draw the probability of each genre in the table's order, the start as a thin tick.

    Parameters
    ----------
    table
        One row per genre: ``genre``, ``probability`` and ``start``, the probability before anything
        was changed (0 to 1).
    colours
        Colour by genre.
    """
    names = table["genre"].astype(str).tolist()
    texts = [
        hover(row["genre"], {"now": percent(row["probability"]), "before": percent(row["start"])})
        for row in table.to_dict("records")
    ]
    bars = go.Bar(
        x=float32(table["probability"]),
        y=names,
        orientation="h",
        marker={"color": [colours.get(name, OTHER) for name in names]},
        text=[percent(share) for share in table["probability"]],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="text",
        hovertext=texts,
    )
    return go.Figure(
        [bars, _start(table, names)],
        layout(
            xaxis={**share_axis("Probability (%)", bounds=[0, 1]), "dtick": 0.25, "tickangle": 0},
            yaxis=name_axis(names),
            bargap=0.35,
            margin=_ROOM_FOR_TEXT,
            height=row_height(len(names)),
        ),
    )


def _start(table: pd.DataFrame, names: list[str]) -> go.Scatter:
    return go.Scatter(
        x=float32(table["start"]),
        y=names,
        mode="markers",
        marker={"symbol": "line-ns", "size": 18, "line": {"width": 2, "color": INK_2}},
        cliponaxis=False,
        hoverinfo="skip",
        uid="neutral-start",
    )


def contributions(
    table: pd.DataFrame,
    *,
    towards: str,
    unit: str = "score",
    limit: float | None = None,
) -> go.Figure:
    """Draw what each feature adds to or takes from a prediction, in the table's order.

    Parameters
    ----------
    table
        One row per feature: ``label``, ``contribution``, ``value_text``, which stands at its bar, and optionally
        ``mean_abs``, how much it contributes either way, for the hover.
    towards
        What the contributions speak for.
    unit
        Unit of the contributions.
    limit
        Half the width of the axis; None rounds the largest contribution up, so that the axis stays
        while values move a little.
    """
    names = table["label"].astype(str).tolist()
    values = float32(table["contribution"])
    width = _room(values) if limit is None else limit
    bars = go.Bar(
        x=values,
        y=names,
        orientation="h",
        marker={"color": [POSITIVE if value >= 0 else NEGATIVE for value in values]},
        text=[short(text) for text in table["value_text"]],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="text",
        hovertext=[_hover(row) for row in table.to_dict("records")],
    )
    text = f"Contribution towards {plain(short(towards))} ({unit})"
    axis: dict[str, Any] = number_axis(text, bounds=[-1.4 * width, 1.4 * width])
    return go.Figure(
        bars,
        layout(
            xaxis=axis,
            yaxis=name_axis(names),
            shapes=[rule(0)],
            bargap=0.35,
            height=row_height(len(names)),
        ),
    )


def _hover(row: Mapping[str, Any]) -> str:
    added = decimal(row["contribution"])
    if "mean_abs" not in row:
        return hover(row["label"], {row["value_text"]: added})
    return hover(row["label"], {"on average": added, "either way": decimal(row["mean_abs"])})


def _room(values: np.ndarray) -> float:
    largest = float(np.nanmax(np.abs(values))) if np.isfinite(values).any() else 0.0
    return next((step for step in _STEPS if largest <= step), largest)
