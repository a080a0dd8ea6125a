"""How fields and genres change along time, or along any other ordered axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import (
    field_axis,
    note,
    number_axis,
)
from dash_app.figures.change_marks import change_marks
from dash_app.figures.panels import Panel
from dash_app.figures.sides import DASHED, DIAMOND, LINES, NAMED, dashed_line, every_row, lay_over
from dash_app.figures.theme import AGAINST, GHOST, OTHER, SELECTED, layout, translucent
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, hover, plain
from data.fields import Field, in_a_sentence

_PANEL = 180
_QUARTILES = (1, 2)
"""Places of the thin lines among those of a series; there is no room for them beside another side's."""
_SPREAD = ("q25", "q75", "low", "high")
_WHOLE = {"marker": {"opacity": 1}}
"""What is brushed is shown by what is selected, not by fading."""


def medians(
    table: pd.DataFrame,
    *,
    field: Field,
    axis_title: str,
    selected: pd.DataFrame | None = None,
    along: Field | None = None,
    changes: pd.DataFrame | None = None,
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
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
        Field of the positions, where its values are written in a way of their own; a drag along them selects.
    changes
        Where the whole catalogue changes its course: ``year`` with its interval ``low_year`` to ``high_year``.
    other
        The same table over the tracks compared with, drawn dashed.
    sides
        What both sides are called.
    """
    front = table if selected is None else selected
    ghost = [] if selected is None else [_ghost(table)]
    xaxis = number_axis(axis_title) | _ticks_of(along, table)
    columns = [part[name] for part in (table, front, *([] if other is None else [other])) for name in _SPREAD]
    yaxis = field_axis(field, bounds=span(*columns))
    figure = go.Figure(
        [*ghost, *_lines(front, field=field, texts=_texts(front, field, axis_title, along))],
        layout(
            xaxis={**xaxis, "showgrid": False},
            yaxis=yaxis,
            hovermode="x",
            uirevision=f"{field.name}-{axis_title}",
            **change_marks(changes),
            **_brush(along),
        ),
    )
    if other is None:
        return figure
    texts = [f"{plain(sides[1])}<br>{text}" for text in _texts(other, field, axis_title, along)]
    lay_over(figure, _other_lines(other, texts=texts), sides=sides, marks=LINES)
    return figure


def _other_lines(table: pd.DataFrame, *, texts: Sequence[str] | None = None, **axes: str) -> list[go.Scatter]:
    """Return band and median of the other side; bins of few tracks in dots alone."""
    few = table["few"].to_numpy(dtype=bool)
    known = table.assign(**{name: table[name].mask(few) for name in ("low", "high")})
    strong = table.assign(median=table["median"].mask(few))
    hovers = {"hoverinfo": "text", "hovertext": list(texts)} if texts else {"hoverinfo": "skip"}
    shown = {"mode": "lines+markers" if texts else "lines", "marker": {**DIAMOND, "size": 5}, "line": DASHED}
    return [
        band(known, x="position", colour=AGAINST, opacity=0.14, **axes),
        dashed_line(strong, x="position", y="median", **shown, **hovers, selected=_WHOLE, unselected=_WHOLE, **axes),
    ]


def _brush(along: Field | None) -> dict[str, Any]:
    """Return how a drag selects a stretch; `assets/selecting.js` reads what it is a stretch of."""
    if along is None:
        return {}
    meta = {"brush": along.name, "step": along.step, "codes": along.name == "release_year"}
    return {"dragmode": "select", "selectdirection": "h", "meta": meta}


def _ticks_of(along: Field | None, table: pd.DataFrame) -> dict[str, Any]:
    if along is None:
        return {}
    axis = field_axis(along, bounds=span(table["position"], padding=0.02))
    return {key: value for key, value in axis.items() if key != "title"}


def _ghost(table: pd.DataFrame) -> go.Scatter:
    return centre(table, x="position", y="median", colour=translucent(GHOST, 0.8), width=1.5)


def _lines(
    table: pd.DataFrame, *, field: Field, texts: Sequence[str], size: float = 6, **axes: str
) -> list[go.Scatter]:
    """Return band, quartiles, median and its dots; bins of few tracks only in grey."""
    few = table["few"].to_numpy(dtype=bool)
    known = table.assign(**{name: table[name].mask(few) for name in _SPREAD})
    strong = table.assign(median=table["median"].mask(few))
    marker = {"color": [OTHER if grey else SELECTED for grey in few], "size": size}
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
            selected=_WHOLE,
            unselected=_WHOLE,
            **axes,
        ),
    ]


def _texts(table: pd.DataFrame, field: Field, axis_title: str, along: Field | None = None) -> list[str]:
    return [
        hover(
            _position_text(row["position"], axis_title, along),
            {
                f"median {in_a_sentence(field.label)}": field.text(row["median"]),
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
    others: Mapping[str, pd.DataFrame] | None = None,
    sides: Sequence[str] = NAMED,
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
    others
        Per key the table of the tracks compared with, drawn dashed; a key may be on one side alone.
    sides
        What both sides are called.
    """
    theirs = others or {}
    keys = every_row(list(tables), list(theirs))
    columns = max(1, min(columns, len(keys)))
    rows = max(1, -(-len(keys) // columns))
    height = _PANEL * rows + 60 if rows > 1 else None
    margin = {"l": 8, "r": 16, "t": 30, "b": 8}
    figure = go.Figure(layout=layout(hovermode="x", margin=margin, height=height))
    shown = {key: [part[key] for part in (tables, theirs) if key in part] for key in keys}
    shared = _shared_bounds(shown, fields)
    dashed = []
    for place, (key, parts) in enumerate(shown.items()):
        lowest = place + columns >= len(keys)
        panel = Panel(place, columns, rows, title=axis_title if lowest else "")
        bounds = shared or (_bounds(parts[0]) if others is None else _bounds_beside(parts))
        own = tables.get(key, parts[0].head(0))
        options = {"axis_title": axis_title, "bounds": bounds, "with_quartiles": others is None}
        _draw_panel(figure, panel, own, key=key, field=fields[key], **options)
        if key in theirs:
            dashed += _other_lines(theirs[key], xaxis=f"x{panel.number}", yaxis=f"y{panel.number}")
    if others is not None:
        lay_over(figure, dashed, sides=sides, marks=LINES)
    return figure


def _bounds(table: pd.DataFrame) -> list[float] | None:
    return span(*(table[name] for name in _SPREAD))


def _bounds_beside(parts: Sequence[pd.DataFrame]) -> list[float] | None:
    """Return room for the medians of both sides and their intervals, where they stand on enough tracks."""
    ends = [part[name].mask(part["few"]) for part in parts for name in ("low", "high")]
    return span(*ends, *(part["median"] for part in parts))


def _shared_bounds(tables: Mapping[str, Sequence[pd.DataFrame]], fields: Mapping[str, Field]) -> list[float] | None:
    """Return one range for all panels where they show one field, so that heights can be compared."""
    if len({fields[key].name for key in tables}) != 1 or len(tables) < 2:
        return None
    parts = [part for both in tables.values() for part in both]
    return span(*(part[name].mask(part["few"]) for part in parts for name in _SPREAD))


def _draw_panel(
    figure: go.Figure,
    panel: Panel,
    table: pd.DataFrame,
    *,
    key: str,
    field: Field,
    axis_title: str,
    bounds: list[float] | None,
    with_quartiles: bool,
) -> None:
    x, y = f"x{panel.number}", f"y{panel.number}"
    texts = _texts(table, field, axis_title)
    lines = _lines(table, field=field, texts=texts, size=3, xaxis=x, yaxis=y)
    figure.add_traces([line for place, line in enumerate(lines) if with_quartiles or place not in _QUARTILES])
    by_field = key == field.name
    yaxis = field_axis(field, bounds=bounds)
    if by_field or panel.place % panel.columns:
        yaxis["title"] = {"text": ""}
    xaxis = {**number_axis(panel.title), "nticks": 4, "tickangle": 0}
    figure.update_layout(
        {
            f"xaxis{panel.number}": {**xaxis, "domain": panel.across, "anchor": y},
            f"yaxis{panel.number}": {**yaxis, "nticks": 5, "domain": panel.up, "anchor": x},
        }
    )
    heading = {"xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom"}
    corner = {"x": panel.across[0], "y": panel.up[1]}
    figure.add_annotation(note(field.title if by_field else key, **corner, **heading))
