"""A line and its interval in one hue."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import compact, float32
from dash_app.figures.theme import translucent


def band(
    table: pd.DataFrame,
    *,
    x: str,
    colour: str,
    low: str = "low",
    high: str = "high",
    opacity: float = 0.2,
    **axes: str,
) -> go.Scatter:
    """Return the area between two columns; bins where either is missing are left out."""
    known = table.dropna(subset=[x, low, high])
    there, under, over = compact(known[x]), float32(known[low]), float32(known[high])
    return go.Scatter(
        x=np.concatenate([there, there[::-1]]),
        y=np.concatenate([over, under[::-1]]),
        mode="lines",
        line={"width": 0, "color": colour},
        fill="toself",
        fillcolor=translucent(colour, opacity),
        hoverinfo="skip",
        showlegend=False,
        **axes,
    )


def centre(table: pd.DataFrame, *, x: str, y: str, colour: str, width: float = 2, **parts: Any) -> go.Scatter:
    """Return the line through a column, broken where it is missing."""
    return go.Scatter(
        x=compact(table[x]),
        y=float32(table[y]),
        mode=parts.pop("mode", "lines"),
        line={"color": colour, "width": width},
        hoverinfo=parts.pop("hoverinfo", "skip"),
        showlegend=False,
        **parts,
    )
