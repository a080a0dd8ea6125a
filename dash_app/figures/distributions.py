"""How one field is distributed: over all tracks, over the selected ones, and by genre."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, span
from dash_app.figures.axes import field_axis, name_axis, row_height, share_axis
from dash_app.figures.intervals import whiskers
from dash_app.figures.theme import GHOST_FILL, OTHER, SELECTED, layout
from dash_app.figures.words import count, hover, percent
from data.fields import Field

_SHARE = "Share of tracks (%)"


def histogram(table: pd.DataFrame, *, field: Field) -> go.Figure:
    """Draw the share of tracks per bin: all as grey steps, selected ones as an outline.

    Parameters
    ----------
    table
        One row per bin in order: ``low``, ``high`` (edges in the field's unit; the code itself of a
        categorical field), ``share`` and ``share_all`` (0 to 1).
    field
        What was counted; a categorical field is drawn as named bars.
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
    )
    xaxis = {**field_axis(field, bounds=span(low, high, padding=0)), "showgrid": False}
    return go.Figure(
        [ghost, _outline(low, high, float32(table["share"]))],
        layout(
            xaxis=xaxis,
            yaxis=_from_zero(table),
            bargap=0,
            dragmode="select",
            selectdirection="h",
            uirevision=field.name,
        ),
    )


def _outline(low: np.ndarray, high: np.ndarray, share: np.ndarray) -> go.Scatter:
    """Return the selected steps, closed to zero at both ends."""
    x = np.concatenate([low[:1], low, high[-1:], high[-1:]])
    y = np.concatenate([np.zeros_like(share[:1]), share, share[-1:], np.zeros_like(share[:1])])
    line = {"color": SELECTED, "width": 2, "shape": "hv"}
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _named_bars(table: pd.DataFrame, *, field: Field) -> go.Figure:
    texts = [field.text(code) for code in table["low"]]
    shared: dict[str, Any] = {
        "x": float32(table["low"]),
        "hoverinfo": "text",
        "hovertext": _share_texts(table, texts),
    }
    ghost = go.Bar(y=float32(table["share_all"]), width=0.8, marker={"color": GHOST_FILL}, **shared)
    selected = go.Bar(y=float32(table["share"]), width=0.4, marker={"color": SELECTED}, **shared)
    bounds = [field.low - 0.5, field.low + len(field.choices) - 0.5]
    return go.Figure(
        [ghost, selected],
        layout(
            xaxis={**field_axis(field, bounds=bounds), "showgrid": False},
            yaxis=_from_zero(table),
            barmode="overlay",
            uirevision=field.name,
        ),
    )


def _share_texts(table: pd.DataFrame, titles: list[str]) -> list[str]:
    shares = zip(titles, table["share"], table["share_all"], strict=True)
    return [hover(text, {"selected": percent(some), "all tracks": percent(every)}) for text, some, every in shares]


def _from_zero(table: pd.DataFrame) -> dict[str, Any]:
    top = (span(table["share"], table["share_all"], with_zero=True) or [0.0, 1.0])[1]
    return {**share_axis(_SHARE, bounds=[0.0, top]), "nticks": 5}


def box_by_genre(table: pd.DataFrame, *, field: Field, colours: Mapping[str, str]) -> go.Figure:
    """Draw the spread of a field in each genre, the highest median on top.

    Parameters
    ----------
    table
        One row per genre: ``genre``, ``n`` and the quantiles ``q05``, ``q25``, ``q50``, ``q75``,
        ``q95`` in the field's unit.
    field
        What was measured.
    colours
        Colour by genre.
    """
    table = table.sort_values("q50", ascending=False, kind="stable")
    names = table["genre"].astype(str).tolist()
    own = [colours.get(name, OTHER) for name in names]
    rows: dict[str, Any] = {"rows": names, "colours": own}
    median = go.Scatter(
        x=float32(table["q50"]),
        y=names,
        mode="markers",
        marker={"symbol": "line-ns", "size": 15, "line": {"width": 3, "color": own}},
        cliponaxis=False,
        hoverinfo="text",
        hovertext=[_quantile_text(row, field) for row in table.to_dict("records")],
    )
    return go.Figure(
        [
            whiskers(table, low="q05", high="q95", width=0.08, opacity=0.8, **rows),
            whiskers(table, low="q25", high="q75", width=0.6, opacity=0.4, **rows),
            median,
        ],
        layout(
            xaxis=field_axis(field, bounds=span(table["q05"], table["q95"])),
            yaxis=name_axis(names),
            barmode="overlay",
            height=row_height(len(names)),
            hovermode="y",
            uirevision=field.name,
        ),
    )


def _quantile_text(row: Mapping[str, Any], field: Field) -> str:
    return hover(
        row["genre"],
        {
            "median": field.text(row["q50"]),
            "middle half": f"{field.text(row['q25'])} to {field.text(row['q75'])}",
            "nine in ten": f"{field.text(row['q05'])} to {field.text(row['q95'])}",
            "tracks": count(row["n"]),
        },
    )
