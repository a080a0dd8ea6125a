"""How the shares of groups change along time, or along any other ordered axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import number_axis, share_axis
from dash_app.figures.end_labels import end_labels, room_for
from dash_app.figures.sides import GENRE_LINES, NAMED, dashed_line, lay_over
from dash_app.figures.theme import OTHER, layout
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, hover, percent, plain


def shares(
    table: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    axis_title: str = "Release year",
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
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
    other
        The same table over the tracks compared with, drawn dashed in the colours of the groups.
    sides
        What both sides are called.
    """
    parts = [(str(name), part) for name, part in table.groupby("group", sort=False)]
    parts.sort(key=lambda part: colours.get(part[0], OTHER) != OTHER)
    traces = [line for name, part in parts for line in _share_lines(name, part, colours)]
    tables = [table] if other is None else [table, other]
    bounds = span(*(part[name] for part in tables for name in ("share", "high")), padding=0.05, with_zero=True)
    top = bounds[1] if bounds else 1.0
    shown = {name for name, _ in parts}
    others = [] if other is None else [(str(name), part) for name, part in other.groupby("group", sort=False)]
    ends = [*parts, *(one for one in others if one[0] not in shown)]
    named = [name for name, _ in ends if colours.get(name, OTHER) != OTHER]
    figure = go.Figure(
        traces,
        layout(
            xaxis={**number_axis(axis_title), "showgrid": False},
            yaxis=share_axis("Share of tracks (%)", bounds=[0, top]),
            annotations=end_labels(ends, colours=colours, top=top),
            margin={"l": 8, "r": room_for(named), "t": 12, "b": 8},
            hovermode="closest",
        ),
    )
    if other is None:
        return figure
    lay_over(figure, _other_shares(other, colours, sides[1]), sides=sides, marks=GENRE_LINES)
    return figure


def _other_shares(table: pd.DataFrame, colours: Mapping[str, str], words: str) -> list[go.Scatter]:
    return [
        dashed_line(
            part,
            x="position",
            y="share",
            line={"color": colours.get(str(name), OTHER), "width": 1.5, "dash": "dash"},
            hoverinfo="text",
            hovertext=[f"{plain(words)}<br>{text}" for text in _texts(str(name), part)],
        )
        for name, part in table.groupby("group", sort=False)
    ]


def _texts(name: str, part: pd.DataFrame) -> list[str]:
    return [
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


def _share_lines(name: str, part: pd.DataFrame, colours: Mapping[str, str]) -> list[go.Scatter]:
    colour = colours.get(name, OTHER)
    own = colour != OTHER
    line = centre(
        part,
        x="position",
        y="share",
        colour=colour,
        width=2 if own else 1,
        hoverinfo="text",
        hovertext=_texts(name, part),
        name=plain(name),
        opacity=1 if own else 0.5,
    )
    return [band(part, x="position", colour=colour, opacity=0.15), line] if own else [line]
