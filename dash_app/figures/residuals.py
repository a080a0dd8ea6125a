"""How far predictions are off, year by year."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import level, number_axis
from dash_app.figures.sides import DIAMOND, LINES, NAMED, dashed_line, lay_over
from dash_app.figures.theme import AGAINST, OTHER, SELECTED, layout
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, decimal, hover, plain


def residuals_by_year(
    table: pd.DataFrame,
    *,
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw the mean error of the prediction per year with its interval, years of few tracks grey.

    Parameters
    ----------
    table
        One row per year in order: ``year``, ``n`` tracks, ``mean`` of actual minus predicted popularity with its
        interval ``low`` to ``high`` (points), ``few``: whether it stands on few tracks.
    other
        The same table of the tracks compared with, drawn dashed.
    sides
        What both sides are called.
    """
    few = table["few"].to_numpy(dtype=bool)
    known = _where_many(table)
    strong = table.assign(mean=table["mean"].mask(few))
    marker = {"color": [OTHER if grey else SELECTED for grey in few], "size": 6}
    dots = {"mode": "markers", "marker": marker, "hoverinfo": "text", "hovertext": _texts(table)}
    parts = [known] if other is None else [known, _where_many(other)]
    bounds = span(*(part[name] for part in parts for name in ("low", "high")), with_zero=True)
    figure = go.Figure(
        [
            band(known, x="year", colour=SELECTED),
            centre(strong, x="year", y="mean", colour=SELECTED),
            centre(table, x="year", y="mean", colour=SELECTED, **dots),
        ],
        layout(
            xaxis={**number_axis("Release year"), "showgrid": False},
            yaxis=number_axis("Actual − predicted (points)", bounds=bounds),
            shapes=[level(0)],
            hovermode="x",
        ),
    )
    if other is None:
        return figure
    lay_over(figure, _other_years(other, sides[1]), sides=sides, marks=LINES)
    return figure


def _where_many(table: pd.DataFrame) -> pd.DataFrame:
    few = table["few"].to_numpy(dtype=bool)
    return table.assign(**{name: table[name].mask(few) for name in ("low", "high")})


def _other_years(table: pd.DataFrame, words: str) -> list[go.Scatter]:
    strong = table.assign(mean=table["mean"].mask(table["few"].to_numpy(dtype=bool)))
    texts = [f"{plain(words)}<br>{text}" for text in _texts(table)]
    shown = {"mode": "lines+markers", "marker": {**DIAMOND, "size": 5}, "hoverinfo": "text", "hovertext": texts}
    return [
        band(_where_many(table), x="year", colour=AGAINST, opacity=0.14),
        dashed_line(strong, x="year", y="mean", **shown),
    ]


def _texts(table: pd.DataFrame) -> list[str]:
    return [
        hover(
            f"{row['year']:.0f}",
            {
                "actual − predicted": f"{decimal(row['mean'], digits=1)} points",
                "interval": f"{decimal(row['low'], digits=1)} to {decimal(row['high'], digits=1)}",
                "tracks": f"{count(row['n'])}{' (few)' if row['few'] else ''}",
            },
        )
        for row in table.to_dict("records")
    ]
