"""How well popularity is predicted, for whom it fails, and one prediction with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, span
from dash_app.figures.axes import diagonal, field_axis, name_axis, number_axis, row_height, rule
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.theme import (
    GHOST_FILL,
    INK_2,
    OTHER,
    SELECTED,
    SEQUENTIAL,
    colour_bar,
    layout,
    translucent,
)
from dash_app.figures.words import count, decimal, hover
from data.fields import FIELDS

_SCALE = "popularity, 0 to 100"
_WHOLE = [0.0, 100.0]
_CELL = "actual %{x:.0f}, predicted %{y:.0f}<br>%{customdata:,.0f} tracks<extra></extra>"


def predicted_against_actual(table: pd.DataFrame) -> go.Figure:
    """Draw how many tracks have which prediction, with the line on which both are equal.

    Parameters
    ----------
    table
        One row per cell that holds tracks: centres ``actual`` and ``predicted`` (0 to 100), ``n``.
    """
    table = table.dropna(subset=["actual", "predicted"])
    across, up, counts = _cells(table)
    trace = go.Heatmap(
        x=across,
        y=up,
        z=np.log10(counts),
        customdata=counts,
        colorscale=SEQUENTIAL,
        colorbar=_count_bar(counts),
        hoverongaps=False,
        hovertemplate=_CELL,
    )
    return go.Figure(
        trace,
        layout(
            xaxis=number_axis(f"Actual ({_SCALE})", bounds=_WHOLE),
            yaxis=number_axis(f"Predicted ({_SCALE})", bounds=_WHOLE),
            shapes=[{**diagonal(*_WHOLE), "layer": "above"}],
        ),
    )


def _cells(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the sparse cells as an even grid: its columns, rows and counts, NaN where empty."""
    across, columns = _even(table["actual"])
    up, rows = _even(table["predicted"])
    counts = np.full((len(up), len(across)), np.nan, dtype=np.float32)
    known = float32(table["n"])
    counts[rows, columns] = np.where(known > 0, known, np.nan)
    return across, up, counts


def _even(centres: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    there = centres.to_numpy(dtype=np.float64)
    if there.size == 0:
        return there.astype(np.float32), there.astype(np.int64)
    steps = np.diff(np.unique(there))
    step = steps.min() if steps.size else 1.0
    place = np.rint((there - there.min()) / step).astype(np.int64)
    return float32(there.min() + step * np.arange(place.max() + 1)), place


def _count_bar(counts: np.ndarray) -> dict[str, Any]:
    most = float(np.nanmax(counts)) if np.isfinite(counts).any() else 1.0
    ticks = [base * 10**power for power in range(7) for base in (1, 3) if base * 10**power <= most]
    return {
        **colour_bar("Tracks (count)", side="right"),
        "tickvals": np.log10(float32(ticks)),
        "ticktext": [count(tick) for tick in ticks],
    }


def residuals_by_group(table: pd.DataFrame) -> go.Figure:
    """Draw the mean error of the prediction per group, with intervals around zero.

    Parameters
    ----------
    table
        One row per group: ``group``, ``n`` tracks, ``mean`` of actual minus predicted popularity
        with its interval ``low`` to ``high`` (points).
    """
    table = table.sort_values("mean", ascending=False, kind="stable")
    names = table["group"].astype(str).tolist()
    rows: dict[str, Any] = {"rows": names, "colours": [SELECTED] * len(names)}
    texts = [
        hover(
            row["group"],
            {
                "actual − predicted": f"{decimal(row['mean'], digits=1)} points",
                "interval": f"{decimal(row['low'], digits=1)} to {decimal(row['high'], digits=1)}",
                "tracks": count(row["n"]),
            },
        )
        for row in table.to_dict("records")
    ]
    bounds = span(table["low"], table["high"], table["mean"], with_zero=True)
    return go.Figure(
        [
            whiskers(table, low="low", high="high", **rows),
            dots(table, value="mean", hovertext=texts, **rows),
        ],
        layout(
            xaxis=number_axis("Actual − predicted (points)", bounds=bounds),
            yaxis=name_axis(names),
            shapes=[rule(0)],
            height=row_height(len(names)),
        ),
    )


def by_genre(table: pd.DataFrame, *, colours: Mapping[str, str]) -> go.Figure:
    """Draw popularity per genre: middle half, median, and the mean with its interval.

    Parameters
    ----------
    table
        One row per genre: ``genre``, ``n``, quartiles ``q25``, ``q50``, ``q75``, and ``mean`` with
        its interval ``low`` to ``high`` (popularity, 0 to 100).
    colours
        Colour by genre.
    """
    table = table.sort_values("q50", ascending=False, kind="stable")
    names = table["genre"].astype(str).tolist()
    rows: dict[str, Any] = {
        "rows": names,
        "colours": [colours.get(name, OTHER) for name in names],
    }
    median = {"symbol": "line-ns", "size": 15, "line": {"width": 3, "color": rows["colours"]}}
    texts = [_genre_text(row) for row in table.to_dict("records")]
    return go.Figure(
        [
            whiskers(table, low="q25", high="q75", width=0.6, opacity=0.35, **rows),
            whiskers(table, low="low", high="high", width=0.14, opacity=1, **rows),
            dots(table, value="q50", marker=median, hoverinfo="skip", **rows),
            dots(table, value="mean", marker={"size": 7}, hovertext=texts, **rows),
        ],
        layout(
            xaxis=field_axis(FIELDS["popularity"], bounds=_WHOLE),
            yaxis=name_axis(names),
            barmode="overlay",
            hovermode="y",
            height=row_height(len(names)),
        ),
    )


def _genre_text(row: Mapping[str, Any]) -> str:
    interval = f"({decimal(row['low'], digits=1)} to {decimal(row['high'], digits=1)})"
    return hover(
        row["genre"],
        {
            "mean": f"{decimal(row['mean'], digits=1)} {interval}",
            "median": count(row["q50"]),
            "middle half": f"{count(row['q25'])} to {count(row['q75'])}",
            "tracks": count(row["n"]),
        },
    )


def interval(
    low: float,
    predicted: float,
    high: float,
    *,
    actual: float | None = None,
    start: float | None = None,
) -> go.Figure:
    """Draw one predicted popularity with its interval on the whole scale.

    Parameters
    ----------
    low, predicted, high
        The prediction and its interval (0 to 100).
    actual
        Popularity that the track has.
    start
        Prediction before anything was changed.
    """
    traces = [
        _bar(0, 100, GHOST_FILL, "skip"),
        _bar(low, high, translucent(SELECTED, 0.45), "skip"),
        _tick("predicted", predicted, "circle", SELECTED),
        _tick("actual", actual, "diamond-open", OTHER),
        _tick("before", start, "line-ns", INK_2, uid="neutral-start"),
    ]
    return go.Figure(
        traces,
        layout(
            xaxis=field_axis(FIELDS["popularity"], bounds=_WHOLE),
            yaxis={"visible": False, "range": [-1, 1]},
            barmode="overlay",
            hovermode="closest",
        ),
    )


def _bar(low: float, high: float, colour: str, hoverinfo: str) -> go.Bar:
    return go.Bar(
        base=float32([low]),
        x=float32([high - low]),
        y=float32([0]),
        width=0.5,
        orientation="h",
        marker={"color": colour, "line": {"width": 0}},
        hoverinfo=hoverinfo,
    )


def _tick(name: str, value: float | None, symbol: str, colour: str, *, uid: str | None = None) -> go.Scatter:
    place = np.nan if value is None else value
    return go.Scatter(
        x=float32([place]),
        y=float32([0]),
        mode="markers",
        marker={
            "symbol": symbol,
            "size": 24 if symbol == "line-ns" else 13,
            "color": colour,
            "line": {"width": 2, "color": colour},
        },
        cliponaxis=False,
        hoverinfo="text",
        hovertext=f"{name} {FIELDS['popularity'].text(place)}",
        uid=uid,
    )
