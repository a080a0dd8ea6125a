"""How one field is distributed in each genre: boxes, violins, ridges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, span
from dash_app.figures.axes import field_axis, name_axis, row_height
from dash_app.figures.intervals import whiskers
from dash_app.figures.theme import AGAINST, OTHER, SURFACE, layout, translucent
from dash_app.figures.words import count, hover, plain, short
from data.fields import Field

_VIOLIN, _RIDGE = 0.44, 1.5
"""Height of the highest density, in rows."""
_FEW_ROWS = 9
_ENDS = ("q05", "q95", "q25_other", "q75_other")


def boxes(table: pd.DataFrame, *, field: Field, colours: Mapping[str, str]) -> go.Figure:
    """Draw the spread of a field in each genre, the highest median on top.

    Parameters
    ----------
    table
        One row per genre: ``genre``, ``n`` and the quantiles ``q05``, ``q25``, ``q50``, ``q75``,
        ``q95`` in the field's unit; where the selection is compared, ``q25_other``, ``q50_other``, ``q75_other``.
    field
        What was measured.
    colours
        Colour by genre.
    """
    middles = table["q50"].fillna(table["q50_other"]) if "q50_other" in table else table["q50"]
    table = table.loc[middles.sort_values(ascending=False, kind="stable").index]
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
            *_other_boxes(table, names),
        ],
        layout(
            xaxis=field_axis(field, bounds=span(*(table[name] for name in _ENDS if name in table))),
            yaxis=name_axis(names),
            barmode="overlay",
            height=row_height(len(names)),
            hovermode="y",
            uirevision=field.name,
        ),
    )


def _other_boxes(table: pd.DataFrame, names: list[str]) -> list[go.Scatter]:
    """Return the middle half of the tracks compared with as a dashed line, their median as a ring."""
    if "q50_other" not in table:
        return []
    gap = np.full(len(table), np.nan, np.float32)
    x = np.column_stack([float32(table["q25_other"]), float32(table["q75_other"]), gap]).ravel()
    dashed = {"color": AGAINST, "width": 2, "dash": "dash"}
    ring = {"symbol": "diamond-open", "size": 9, "color": AGAINST, "line": {"width": 2}}
    return [
        go.Scatter(x=x, y=[name for name in names for _ in range(3)], mode="lines", line=dashed, hoverinfo="skip"),
        go.Scatter(x=float32(table["q50_other"]), y=names, mode="markers", marker=ring, hoverinfo="skip"),
    ]


def _quantile_text(row: Mapping[str, Any], field: Field) -> str:
    facts = {
        "median": field.text(row["q50"]),
        "middle half": f"{field.text(row['q25'])} to {field.text(row['q75'])}",
        "nine in ten": f"{field.text(row['q05'])} to {field.text(row['q95'])}",
        "tracks": count(row["n"]),
    }
    return hover(row["genre"], facts | ({"compared with": field.text(row["q50_other"])} if "q50_other" in row else {}))


def violins(table: pd.DataFrame, *, field: Field, colours: Mapping[str, str]) -> go.Figure:
    """Draw the density of a field in each genre, mirrored, the highest median on top.

    Parameters
    ----------
    table
        Several rows per genre, by rising ``value``: ``genre``, ``n``, ``median``, ``value``, ``density`` and, where
        the selection is compared, ``density_other``.
    field
        What was measured.
    colours
        Colour by genre.
    """
    return _densities(table, field=field, colours=colours, high=_VIOLIN, mirrored=True)


def ridgeline(table: pd.DataFrame, *, field: Field, colours: Mapping[str, str]) -> go.Figure:
    """Draw the density of a field in each genre as overlapping ridges; table and options as in `violins`."""
    return _densities(table, field=field, colours=colours, high=_RIDGE, mirrored=False)


def _densities(
    table: pd.DataFrame, *, field: Field, colours: Mapping[str, str], high: float, mirrored: bool
) -> go.Figure:
    order = table.groupby("genre", sort=False)["median"].first().sort_values(ascending=False, kind="stable")
    names = [str(name) for name in order.index]
    columns = [name for name in ("density", "density_other") if name in table]
    top = float(np.nanmax([table[columns].max().max(), 1e-9])) if len(table) else 1.0
    traces = []
    for row, name in enumerate(names):
        part = table[table["genre"].astype(str) == name]
        traces += _shapes(part, row, colours.get(name, OTHER), field, scale=high / top, mirrored=mirrored)
    rows = max(len(names), _FEW_ROWS)
    ticks = {"tickvals": np.arange(len(names), dtype=np.int16), "ticktext": [short(name) for name in names]}
    return go.Figure(
        traces,
        layout(
            xaxis=field_axis(field, bounds=span(table["value"], padding=0)),
            yaxis={
                "title": {"text": "Primary genre"},
                "range": [max(len(names), 3) - 0.4, -0.6 if mirrored else -high],
                "showgrid": False,
                **ticks,
            },
            height=None if rows <= _FEW_ROWS else 34 * rows + 60,
            uirevision=field.name,
        ),
    )


def _shapes(
    part: pd.DataFrame, row: int, colour: str, field: Field, *, scale: float, mirrored: bool
) -> list[go.Scatter]:
    x = float32(part["value"])
    up = row - scale * np.nan_to_num(float32(part["density"]))
    down = row + scale * np.nan_to_num(float32(part["density"])) if mirrored else np.full(len(part), row)
    first = part.iloc[0]
    text = f"{plain(first['genre'])}: median {field.text(first['median'])}, {count(first['n'])} tracks"
    own = go.Scatter(
        x=np.concatenate([x, x[::-1], x[:1]]),
        y=float32(np.concatenate([up, down[::-1], up[:1]])),
        mode="lines",
        fill="toself",
        fillcolor=translucent(colour, 0.45),
        line={"color": colour, "width": 1.5},
        hoveron="fills",
        hoverinfo="text",
        text=text,
        name=short(first["genre"]),
        meta=str(first["genre"]),
    )
    middle = go.Scatter(
        x=float32([first["median"]]),
        y=float32([row if mirrored else row - 0.12]),
        mode="markers",
        marker={"symbol": "circle", "size": 7, "color": colour, "line": {"color": SURFACE, "width": 1}},
        hoverinfo="skip",
    )
    return [own, *_other_line(part, x, row, scale=scale), middle]


def _other_line(part: pd.DataFrame, x: np.ndarray, row: int, *, scale: float) -> list[go.Scatter]:
    if "density_other" not in part:
        return []
    y = float32(row - scale * np.nan_to_num(float32(part["density_other"])))
    return [go.Scatter(x=x, y=y, mode="lines", line={"color": AGAINST, "width": 2, "dash": "dash"}, hoverinfo="skip")]
