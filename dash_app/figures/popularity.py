"""How well popularity is predicted, for whom it fails, and one prediction with its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32
from dash_app.figures.axes import diagonal, field_axis, name_axis, note, number_axis, row_height
from dash_app.figures.cells import cells, count_bar, share_bar
from dash_app.figures.intervals import dots, draw_around_zero, whiskers
from dash_app.figures.sides import GENRE_DOTS, NAMED, every_row, lay_diamonds
from dash_app.figures.theme import (
    GHOST_FILL,
    INK_2,
    OTHER,
    SELECTED,
    SEQUENTIAL,
    layout,
    translucent,
)
from dash_app.figures.words import count, decimal, hover, plain
from data.fields import FIELDS

_HALVES = ([0, 0.465], [0.535, 1])
"""Of the width, where two grids stand side by side."""
_SHARE_CELL = "actual %{x:.0f}, predicted %{y:.0f}<br>%{customdata:.1%} of the tracks<extra></extra>"
_SCALE = "popularity, 0 to 100"
_WHOLE = [0.0, 100.0]
_CELL = "actual %{x:.0f}, predicted %{y:.0f}<br>%{customdata:,.0f} tracks<extra></extra>"


def predicted_against_actual(
    table: pd.DataFrame,
    *,
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw how many tracks have which prediction, with the line on which both are equal.

    Parameters
    ----------
    table
        One row per cell that holds tracks: centres ``actual`` and ``predicted`` (0 to 100), ``n``.
    other
        The same table of the tracks compared with: both then stand side by side, coloured by shares of tracks.
    sides
        What both sides are called.
    """
    if other is not None:
        return _side_by_side(table, other, sides)
    table = table.dropna(subset=["actual", "predicted"])
    across, up, counts = cells(table)
    trace = go.Heatmap(
        x=across,
        y=up,
        z=np.log10(counts),
        customdata=counts,
        colorscale=SEQUENTIAL,
        colorbar=count_bar(counts),
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


def _side_by_side(table: pd.DataFrame, other: pd.DataFrame, sides: Sequence[str]) -> go.Figure:
    parts = [cells(part.dropna(subset=["actual", "predicted"])) for part in (table, other)]
    held = [counts / max(float(np.nansum(counts)), 1.0) for _, _, counts in parts]
    logs = [np.log10(shares) for shares in held]
    known = np.concatenate([log[np.isfinite(log)] for log in logs])
    low, high = (float(known.min()), float(known.max())) if len(known) else (-2.0, 0.0)
    traces = [
        go.Heatmap(
            x=across,
            y=up,
            z=log,
            zmin=low,
            zmax=high,
            customdata=shares,
            colorscale=SEQUENTIAL,
            showscale=place == 1,
            colorbar=share_bar(low, high),
            hoverongaps=False,
            hovertemplate=f"{plain(sides[place])}<br>{_SHARE_CELL}",
            xaxis=f"x{place + 1}" if place else "x",
        )
        for place, ((across, up, _), shares, log) in enumerate(zip(parts, held, logs, strict=True))
    ]
    axis = {**number_axis("Actual (0 to 100)", bounds=_WHOLE), "nticks": 5}
    lines = [{**diagonal(*_WHOLE), "layer": "above", "xref": xref} for xref in ("x", "x2")]
    place: dict[str, Any] = {"xref": "paper", "yref": "paper", "y": 1, "xanchor": "left", "yanchor": "bottom"}
    return go.Figure(
        traces,
        layout(
            xaxis={**axis, "domain": _HALVES[0]},
            xaxis2={**axis, "domain": _HALVES[1], "anchor": "y"},
            yaxis=number_axis(f"Predicted ({_SCALE})", bounds=_WHOLE),
            shapes=lines,
            annotations=[note(words, x=at, **place) for words, (at, _) in zip(sides, _HALVES, strict=True)],
            margin={"l": 8, "r": 16, "t": 28, "b": 8},
        ),
    )


def residuals_by_group(
    table: pd.DataFrame, *, other: pd.DataFrame | None = None, sides: Sequence[str] = NAMED
) -> go.Figure:
    """Draw the mean error of the prediction per group, with intervals around zero.

    Parameters
    ----------
    table
        One row per group: ``group``, ``n`` tracks, ``mean`` of actual minus predicted popularity
        with its interval ``low`` to ``high`` (points).
    other
        The same table of the tracks compared with, drawn as diamonds.
    sides
        What both sides are called.
    """
    table = table.sort_values("mean", ascending=False, kind="stable")
    figure = go.Figure()
    draw_around_zero(
        figure,
        table,
        other,
        names="group",
        value="mean",
        title="Actual − predicted (points)",
        texts=_residual_texts,
        colours=[SELECTED] * len(table),
        sides=sides,
    )
    return figure


def _residual_texts(table: pd.DataFrame) -> list[str]:
    return [
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


def by_genre(
    table: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw popularity per genre: middle half, median, and the mean with its interval.

    Parameters
    ----------
    table
        One row per genre: ``genre``, ``n``, quartiles ``q25``, ``q50``, ``q75``, and ``mean`` with
        its interval ``low`` to ``high`` (popularity, 0 to 100).
    colours
        Colour by genre.
    other
        The same table of the tracks compared with: a diamond at the mean, its interval dashed.
    sides
        What both sides are called.
    """
    table = table.sort_values("q50", ascending=False, kind="stable")
    names = table["genre"].astype(str).tolist()
    rows: dict[str, Any] = {
        "rows": names,
        "colours": [colours.get(name, OTHER) for name in names],
    }
    median = {"symbol": "line-ns", "size": 15, "line": {"width": 3, "color": rows["colours"]}}
    every = names if other is None else every_row(names, list(other["genre"]))
    figure = go.Figure(
        [
            whiskers(table, low="q25", high="q75", width=0.6, opacity=0.35, **rows),
            whiskers(table, low="low", high="high", width=0.14, opacity=1, **rows),
            dots(table, value="q50", marker=median, hoverinfo="skip", **rows),
            dots(table, value="mean", marker={"size": 7}, hovertext=_genre_texts(table), **rows),
        ],
        layout(
            xaxis=field_axis(FIELDS["popularity"], bounds=_WHOLE),
            yaxis=name_axis(every),
            barmode="overlay",
            hovermode="y",
            height=row_height(len(every)),
        ),
    )
    shown = {"names": "genre", "value": "mean", "texts": _genre_texts, "marks": GENRE_DOTS}
    lay_diamonds(figure, other, rows=every, sides=sides, **shown)
    return figure


def _genre_texts(table: pd.DataFrame) -> list[str]:
    return [_genre_text(row) for row in table.to_dict("records")]


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
