"""What lies over the map where a browser paints the points itself: names, rings, the colour bar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from dash_app.figures.points import point_size
from dash_app.figures.theme import GENRE_PALETTE, MORE_HUES, SEQUENTIAL
from dash_app.figures.tracks_map import colour_scale, map_layout, map_marks

TWELVE = (*GENRE_PALETTE, *MORE_HUES)
"""Colours of up to twelve categories that are all worth one, such as keys."""


def map_frame(
    labels: pd.DataFrame,
    *,
    view: tuple[tuple[float, float], tuple[float, float]],
    scale: tuple[str, float, float] | None,
    meta: Mapping[str, Any],
) -> go.Figure:
    """Draw what lies over the points where a browser paints them itself: names, rings, the colour bar.

    Parameters
    ----------
    labels, view
        As of `tracks_map`.
    scale
        What the colour means with its unit, its least and its greatest value; None for categories.
    meta
        What scripts need to paint the points; see `dash_app.map_look`.
    """
    return go.Figure([map_marks(None), _colour_bar(*scale) if scale else _nothing()], map_layout(labels, view, meta))


def point_look(n: int) -> list[float]:
    """Return diameter in pixels and opacity of ``n`` points."""
    return list(point_size(n))


def hues(palette: Sequence[str] | None) -> list[str]:
    """Return the colour of every code that `map_view.colour_codes` gives: 255 steps of a scale where it is a number."""
    if palette is not None:
        return [palette[code % len(palette)] for code in range(min(len(palette), 255))]
    steps = sample_colorscale(SEQUENTIAL, np.linspace(0, 1, 255).tolist(), colortype="tuple")
    return ["#" + "".join(f"{round(255 * part):02x}" for part in step) for step in steps]


def _nothing() -> go.Scatter:
    """Return a trace without points: plotly offers its lasso only where something could be selected."""
    return go.Scatter(x=[None], y=[None], mode="markers", hoverinfo="skip")


def _colour_bar(title: str, low: float, high: float) -> go.Scatter:
    marker = {**colour_scale(pd.Series([low, high]), title), "size": 1}
    return go.Scatter(x=[None, None], y=[None, None], mode="markers", marker=marker, hoverinfo="skip")
