"""How the shares of groups change along time, or along any other ordered axis."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import number_axis, share_axis
from dash_app.figures.end_labels import end_labels, room_for
from dash_app.figures.theme import OTHER, layout
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, hover, percent, plain


def shares(
    table: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    axis_title: str = "Release year",
) -> go.Figure:
    """Draw each group's share along the positions, named at the right end of its line.

    Parameters
    ----------
    table
        One row per position and group: ``position``, ``group``, ``share`` (0 to 1) with its
        interval ``low`` to ``high``, and ``n`` tracks.
    colours
        Colour by group; those in the shared grey are drawn thin and get no name.
    axis_title
        What the positions are, with its unit.
    """
    parts = [(str(name), part) for name, part in table.groupby("group", sort=False)]
    parts.sort(key=lambda part: colours.get(part[0], OTHER) != OTHER)
    traces = [line for name, part in parts for line in _share_lines(name, part, colours)]
    bounds = span(table["share"], table["high"], padding=0.05, with_zero=True)
    top = bounds[1] if bounds else 1.0
    named = [name for name, _ in parts if colours.get(name, OTHER) != OTHER]
    return go.Figure(
        traces,
        layout(
            xaxis={**number_axis(axis_title), "showgrid": False},
            yaxis=share_axis("Share of tracks (%)", bounds=[0, top]),
            annotations=end_labels(parts, colours=colours, top=top),
            margin={"l": 8, "r": room_for(named), "t": 12, "b": 8},
            hovermode="closest",
        ),
    )


def _share_lines(name: str, part: pd.DataFrame, colours: Mapping[str, str]) -> list[go.Scatter]:
    colour = colours.get(name, OTHER)
    texts = [
        hover(
            name,
            {
                f"{row['position']:g}:": percent(row["share"]),
                "interval": f"{percent(row['low'])} to {percent(row['high'])}",
                "tracks": count(row["n"]),
            },
        )
        for row in part.to_dict("records")
    ]
    own = colour != OTHER
    line = centre(
        part,
        x="position",
        y="share",
        colour=colour,
        width=2 if own else 1,
        hoverinfo="text",
        hovertext=texts,
        name=plain(name),
        opacity=1 if own else 0.5,
    )
    return [band(part, x="position", colour=colour, opacity=0.15), line] if own else [line]
