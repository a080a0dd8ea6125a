"""How far predictions are off, year by year."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import level, number_axis
from dash_app.figures.theme import OTHER, SELECTED, layout
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, decimal, hover


def residuals_by_year(table: pd.DataFrame) -> go.Figure:
    """Draw the mean error of the prediction per year with its interval, years of few tracks grey.

    Parameters
    ----------
    table
        One row per year in order: ``year``, ``n`` tracks, ``mean`` of actual minus predicted popularity with its
        interval ``low`` to ``high`` (points), ``few``: whether it stands on few tracks.
    """
    few = table["few"].to_numpy(dtype=bool)
    known = table.assign(low=table["low"].mask(few), high=table["high"].mask(few))
    strong = table.assign(mean=table["mean"].mask(few))
    marker = {"color": [OTHER if grey else SELECTED for grey in few], "size": 6}
    texts = [
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
    dots = {"mode": "markers", "marker": marker, "hoverinfo": "text", "hovertext": texts}
    return go.Figure(
        [
            band(known, x="year", colour=SELECTED),
            centre(strong, x="year", y="mean", colour=SELECTED),
            centre(table, x="year", y="mean", colour=SELECTED, **dots),
        ],
        layout(
            xaxis={**number_axis("Release year"), "showgrid": False},
            yaxis=number_axis("Actual − predicted (points)", bounds=span(known["low"], known["high"], with_zero=True)),
            shapes=[level(0)],
            hovermode="x",
        ),
    )
