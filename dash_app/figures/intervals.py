"""Dots with intervals in rows: the shape of every estimate that knows how sure it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32
from dash_app.figures.theme import translucent


def dots(table: pd.DataFrame, *, value: str, rows: Sequence[str], colours: Sequence[str], **parts: Any) -> go.Scatter:
    """Return one dot per row at column ``value``, in its own colour."""
    marker = {"color": list(colours), "size": 9, "line": {"width": 0}, **parts.pop("marker", {})}
    return go.Scatter(
        x=float32(table[value]),
        y=list(rows),
        mode="markers",
        marker=marker,
        cliponaxis=False,
        hoverinfo=parts.pop("hoverinfo", "text"),
        **parts,
    )


def whiskers(
    table: pd.DataFrame,
    *,
    low: str,
    high: str,
    rows: Sequence[str],
    colours: Sequence[str],
    width: float = 0.12,
    opacity: float = 0.55,
) -> go.Bar:
    """Return one thin bar per row from column ``low`` to column ``high``, in the dot's hue."""
    return go.Bar(
        base=float32(table[low]),
        x=float32(table[high]) - float32(table[low]),
        y=list(rows),
        orientation="h",
        width=width,
        marker={
            "color": [translucent(colour, opacity) for colour in colours],
            "line": {"width": 0},
        },
        hoverinfo="skip",
    )
