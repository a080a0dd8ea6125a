"""How fields and genres change along time, or along any other ordered axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import (
    field_axis,
    name_axis,
    note,
    number_axis,
    row_height,
    rule,
    share_axis,
)
from dash_app.figures.end_labels import end_labels, room_for
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.panels import Panel
from dash_app.figures.theme import GHOST, OTHER, SELECTED, layout, translucent
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, decimal, hover, percent, plain
from data.fields import Field

_PANEL = 180
_SPREAD = ("q25", "q75", "low", "high")


def medians(
    table: pd.DataFrame,
    *,
    field: Field,
    axis_title: str,
    selected: pd.DataFrame | None = None,
    along: Field | None = None,
) -> go.Figure:
    """Draw the median of a field per bin with its interval, and the quartiles as thin lines.

    Parameters
    ----------
    table
        One row per bin in order: ``position``, ``n`` tracks, ``q25``, ``median``, ``q75``, the
        median's interval ``low`` to ``high``, and ``few``: whether it stands on few tracks.
    field
        What the medians are of.
    axis_title
        What the positions are, with its unit.
    selected
        The same table over the selected tracks; the catalogue then turns into a grey line.
    along
        Field of the positions, where its values are written in a way of their own.
    """
    front = table if selected is None else selected
    ghost = [] if selected is None else [_ghost(table)]
    xaxis = number_axis(axis_title) | _ticks_of(along, table)
    columns = [part[name] for part in (table, front) for name in _SPREAD]
    yaxis = field_axis(field, bounds=span(*columns))
    return go.Figure(
        [*ghost, *_lines(front, field=field, texts=_texts(front, field, axis_title, along))],
        layout(
            xaxis={**xaxis, "showgrid": False},
            yaxis=yaxis,
            hovermode="x",
            uirevision=f"{field.name}-{axis_title}",
        ),
    )


def _ticks_of(along: Field | None, table: pd.DataFrame) -> dict[str, Any]:
    if along is None:
        return {}
    axis = field_axis(along, bounds=span(table["position"], padding=0.02))
    return {key: value for key, value in axis.items() if key != "title"}


def _ghost(table: pd.DataFrame) -> go.Scatter:
    return centre(table, x="position", y="median", colour=translucent(GHOST, 0.8), width=1.5)


def _lines(table: pd.DataFrame, *, field: Field, texts: Sequence[str], **axes: str) -> list[go.Scatter]:
    """Return band, quartiles, median and its dots; bins of few tracks only in grey."""
    few = table["few"].to_numpy(dtype=bool)
    known = table.assign(**{name: table[name].mask(few) for name in _SPREAD})
    strong = table.assign(median=table["median"].mask(few))
    marker = {"color": [OTHER if grey else SELECTED for grey in few], "size": 6}
    thin: dict[str, Any] = {"x": "position", "colour": translucent(SELECTED, 0.6), "width": 1}
    return [
        band(known, x="position", colour=SELECTED, **axes),
        centre(known, y="q25", **thin, **axes),
        centre(known, y="q75", **thin, **axes),
        centre(table, x="position", y="median", colour=GHOST, width=1, **axes),
        centre(strong, x="position", y="median", colour=SELECTED, **axes),
        centre(
            table,
            x="position",
            y="median",
            colour=SELECTED,
            mode="markers",
            marker=marker,
            hoverinfo="text",
            hovertext=list(texts),
            meta={"role": field.name},
            **axes,
        ),
    ]


def _texts(table: pd.DataFrame, field: Field, axis_title: str, along: Field | None = None) -> list[str]:
    return [
        hover(
            _position_text(row["position"], axis_title, along),
            {
                f"median {field.label.lower()}": field.text(row["median"]),
                "interval": f"{field.text(row['low'])} to {field.text(row['high'])}",
                "middle half": f"{field.text(row['q25'])} to {field.text(row['q75'])}",
                "tracks": f"{count(row['n'])}{' (few)' if row['few'] else ''}",
            },
        )
        for row in table.to_dict("records")
    ]


def _position_text(position: float, axis_title: str, along: Field | None) -> str:
    return f"{axis_title} {position:g}" if along is None else f"{along.label} {along.text(position)}"


def small_multiples(
    tables: Mapping[str, pd.DataFrame],
    *,
    fields: Mapping[str, Field],
    axis_title: str,
    columns: int = 3,
) -> go.Figure:
    """Draw `medians` once per key, side by side over the same horizontal axis.

    Parameters
    ----------
    tables
        Per key the table of `medians`.
    fields
        Per key what its medians are of.
    axis_title
        What the positions are, with its unit; written under the lowest panels.
    columns
        Panels side by side; 1 suits a phone.
    """
    columns = max(1, min(columns, len(tables)))
    rows = max(1, -(-len(tables) // columns))
    height = _PANEL * rows + 60 if rows > 1 else None
    margin = {"l": 8, "r": 16, "t": 30, "b": 8}
    figure = go.Figure(layout=layout(hovermode="x", margin=margin, height=height))
    for place, (key, table) in enumerate(tables.items()):
        lowest = place + columns >= len(tables)
        panel = Panel(place, columns, rows, title=axis_title if lowest else "")
        _draw_panel(figure, panel, table, key=key, field=fields[key], axis_title=axis_title)
    return figure


def _draw_panel(
    figure: go.Figure,
    panel: Panel,
    table: pd.DataFrame,
    *,
    key: str,
    field: Field,
    axis_title: str,
) -> None:
    x, y = f"x{panel.number}", f"y{panel.number}"
    texts = _texts(table, field, axis_title)
    figure.add_traces(_lines(table, field=field, texts=texts, xaxis=x, yaxis=y))
    by_field = key == field.name
    yaxis = field_axis(field, bounds=span(*(table[name] for name in _SPREAD)))
    if by_field or panel.place % panel.columns:
        yaxis["title"] = {"text": ""}
    xaxis = {**number_axis(panel.title), "nticks": 3, "tickangle": 0}
    figure.update_layout(
        {
            f"xaxis{panel.number}": {**xaxis, "domain": panel.across, "anchor": y},
            f"yaxis{panel.number}": {**yaxis, "nticks": 4, "domain": panel.up, "anchor": x},
        }
    )
    heading = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    corner = {"x": panel.across[0], "y": panel.up[1]}
    figure.add_annotation(note(field.title if by_field else key, **corner, **heading))


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


def slopes(table: pd.DataFrame, *, axis_title: str = "Change per step (std. dev.)") -> go.Figure:
    """Draw how fast each field changes, with intervals around zero, significant ones in the accent.

    Parameters
    ----------
    table
        One row per field: ``field``, ``label``, ``slope_sd`` with its interval ``low`` to ``high``,
        and ``significant``.
    axis_title
        What the slope is per, with its unit.
    """
    table = table.sort_values("slope_sd", ascending=False, kind="stable")
    names = table["label"].astype(str).tolist()
    sure = table["significant"].fillna(False).tolist()
    rows: dict[str, Any] = {
        "rows": names,
        "colours": [SELECTED if there else OTHER for there in sure],
    }
    texts = [
        hover(
            row["label"],
            {
                "slope": decimal(row["slope_sd"]),
                "interval": f"{decimal(row['low'])} to {decimal(row['high'])}",
                "": "significant" if row["significant"] else "not told apart from no change",
            },
        )
        for row in table.to_dict("records")
    ]
    marker = {"symbol": ["circle" if there else "circle-open" for there in sure]}
    bounds = span(table["low"], table["high"], table["slope_sd"], with_zero=True)
    return go.Figure(
        [
            whiskers(table, low="low", high="high", **rows),
            dots(table, value="slope_sd", marker=marker, hovertext=texts, **rows),
        ],
        layout(
            xaxis=number_axis(axis_title, bounds=bounds),
            yaxis=name_axis(names),
            shapes=[rule(0)],
            height=row_height(len(names)),
        ),
    )
