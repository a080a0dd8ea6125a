"""Dots with intervals in rows: the shape of every estimate that knows how sure it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, span
from dash_app.figures.axes import name_axis, number_axis, row_height, rule
from dash_app.figures.sides import every_row, lay_diamonds
from dash_app.figures.theme import layout, translucent


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


def draw_around_zero(
    figure: go.Figure,
    table: pd.DataFrame,
    other: pd.DataFrame | None,
    *,
    names: str,
    value: str,
    title: str,
    texts: Callable[[pd.DataFrame], list[str]],
    colours: Sequence[str],
    sides: Sequence[str],
    **parts: Any,
) -> None:
    """Draw estimates with their intervals ``low`` to ``high`` around zero, largest first.

    Parameters
    ----------
    figure
        Empty.
    table, other
        One line per row, of the selection in order and of what it is compared with.
    names, value
        Columns of the rows' names and of the estimate.
    title
        Of the horizontal axis.
    texts
        Returns what each row's hover says.
    colours
        Of the rows of ``table``.
    sides
        What both sides are called.
    parts
        More of the dots.
    """
    own = table[names].astype(str).tolist()
    shown = [table] if other is None else [table, other]
    bounds = span(*(part[column] for part in shown for column in ("low", "high", value)), with_zero=True)
    rows = own if other is None else every_row(own, list(other[names]))
    figure.add_traces(
        [
            whiskers(table, low="low", high="high", rows=own, colours=colours),
            dots(table, value=value, rows=own, colours=colours, hovertext=texts(table), **parts),
        ]
    )
    figure.layout = layout(
        xaxis=number_axis(title, bounds=bounds),
        yaxis=name_axis(rows),
        shapes=[rule(0)],
        height=row_height(len(rows)),
    )
    lay_diamonds(figure, other, names=names, value=value, texts=texts, rows=rows, sides=sides)
