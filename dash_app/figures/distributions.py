"""How one field is distributed: over all tracks, the selected ones, those compared with."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, span
from dash_app.figures.axes import field_axis, share_axis
from dash_app.figures.theme import AGAINST, GHOST_FILL, SELECTED, layout
from dash_app.figures.words import hover, percent
from data.fields import Field

_SHARE = "Share of tracks (%)"
_WHOLE = {"marker": {"opacity": 1}}
"""A brush picks values, not bars: none is dimmed."""


def histogram(table: pd.DataFrame, *, field: Field, chosen: tuple[float, float] | None = None) -> go.Figure:
    """Draw the share of tracks per bin: all as grey steps, selected ones as an outline.

    Parameters
    ----------
    table
        One row per bin in order: ``low``, ``high`` (edges in the field's unit; the code itself of a
        categorical field), ``share`` and ``share_all`` (0 to 1) and, where the selection is compared,
        ``share_other``, drawn dashed.
    field
        What was counted; a categorical field is drawn as named bars.
    chosen
        Ends of the range that is selected, infinite where it is open.
    """
    if field.is_categorical:
        return _named_bars(table, field=field)
    low, high = float32(table["low"]), float32(table["high"])
    texts = [f"{field.text(a)} to {field.text(b)}" for a, b in zip(low, high, strict=True)]
    ghost = go.Bar(
        x=(low + high) / 2,
        width=high - low,
        y=float32(table["share_all"]),
        marker={"color": GHOST_FILL, "line": {"width": 0}},
        hoverinfo="text",
        hovertext=_share_texts(table, texts),
        selected=_WHOLE,
        unselected=_WHOLE,
    )
    lines = [outline(low, high, float32(table["share"]))]
    if "share_other" in table:
        lines.insert(0, outline(low, high, float32(table["share_other"]), colour=AGAINST, dash="dash"))
    bounds = span(low, high, padding=0)
    return go.Figure(
        [ghost, *lines],
        layout(
            xaxis={**field_axis(field, bounds=bounds), "showgrid": False},
            yaxis=_from_zero(table),
            shapes=_chosen_band(chosen, bounds),
            bargap=0,
            uirevision=field.name,
            **brushed(field),
        ),
    )


def brushed(field: Field) -> dict[str, Any]:
    """Return the parts of a layout in which dragging sideways picks a range of a field."""
    meta = {"brush": field.name, "step": field.step, "codes": field.is_categorical}
    return {"dragmode": "select", "selectdirection": "h", "meta": meta}


def outline(
    low: np.ndarray, high: np.ndarray, share: np.ndarray, *, colour: str = SELECTED, dash: str = "solid", **parts: Any
) -> go.Scatter:
    """Return steps, closed to zero at both ends."""
    x = np.concatenate([low[:1], low, high[-1:], high[-1:]])
    y = np.concatenate([np.zeros_like(share[:1]), share, share[-1:], np.zeros_like(share[:1])])
    line = {"color": colour, "width": 2, "shape": "hv", "dash": dash}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", **parts)


def _chosen_band(chosen: tuple[float, float] | None, bounds: list[float] | None) -> list[dict[str, Any]]:
    if chosen is None or bounds is None:
        return []
    low, high = max(chosen[0], bounds[0]), min(chosen[1], bounds[1])
    inside: dict[str, Any] = {"type": "rect", "layer": "below", "yref": "paper", "y0": 0, "y1": 1}
    return [inside | {"x0": low, "x1": high, "fillcolor": SELECTED, "opacity": 0.12, "line": {"width": 0}}]


def _named_bars(table: pd.DataFrame, *, field: Field) -> go.Figure:
    texts = [field.text(code) for code in table["low"]]
    x = float32(table["low"])
    shared: dict[str, Any] = {
        "x": x,
        "hoverinfo": "text",
        "hovertext": _share_texts(table, texts),
        "selected": _WHOLE,
        "unselected": _WHOLE,
    }
    ghost = go.Bar(y=float32(table["share_all"]), width=0.8, marker={"color": GHOST_FILL}, **shared)
    selected = go.Bar(y=float32(table["share"]), width=0.4, marker={"color": SELECTED}, **shared)
    traces = [ghost, selected]
    if "share_other" in table:
        mark = {"symbol": "line-ew", "size": 18, "line": {"width": 3, "color": AGAINST}}
        traces.append(go.Scatter(x=x, y=float32(table["share_other"]), mode="markers", marker=mark, hoverinfo="skip"))
    bounds = [field.low - 0.5, field.low + len(field.choices) - 0.5]
    return go.Figure(
        traces,
        layout(
            xaxis={**field_axis(field, bounds=bounds), "showgrid": False},
            yaxis=_from_zero(table),
            barmode="overlay",
            uirevision=field.name,
            **brushed(field),
        ),
    )


def _share_texts(table: pd.DataFrame, titles: list[str]) -> list[str]:
    columns = {"selected": "share", "compared with": "share_other", "all tracks": "share_all"}
    there = {word: table[column].tolist() for word, column in columns.items() if column in table}
    return [
        hover(text, {word: percent(shares[place]) for word, shares in there.items()})
        for place, text in enumerate(titles)
    ]


def _from_zero(table: pd.DataFrame) -> dict[str, Any]:
    shares = [table[name] for name in ("share", "share_all", "share_other") if name in table]
    top = (span(*shares, with_zero=True) or [0.0, 1.0])[1]
    return {**share_axis(_SHARE, bounds=[0.0, top]), "nticks": 5}
