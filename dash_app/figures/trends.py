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
)
from dash_app.figures.change_marks import change_marks
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.panels import Panel
from dash_app.figures.theme import GHOST, OTHER, SELECTED, layout, translucent
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, decimal, hover
from data.fields import Field

_PANEL = 180
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
            **change_marks(changes),
            **_brush(along),
        ),
    )


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
    shared = _shared_bounds(tables, fields)
    for place, (key, table) in enumerate(tables.items()):
        lowest = place + columns >= len(tables)
        panel = Panel(place, columns, rows, title=axis_title if lowest else "")
        bounds = shared or span(*(table[name] for name in _SPREAD))
        _draw_panel(figure, panel, table, key=key, field=fields[key], axis_title=axis_title, bounds=bounds)
    return figure


def _shared_bounds(tables: Mapping[str, pd.DataFrame], fields: Mapping[str, Field]) -> list[float] | None:
    """Return one range for all panels where they show one field, so that heights can be compared."""
    if len({fields[key].name for key in tables}) != 1 or len(tables) < 2:
        return None
    return span(*(table[name].mask(table["few"]) for table in tables.values() for name in _SPREAD))


def _draw_panel(
    figure: go.Figure,
    panel: Panel,
    table: pd.DataFrame,
    *,
    key: str,
    field: Field,
    axis_title: str,
    bounds: list[float] | None,
) -> None:
    x, y = f"x{panel.number}", f"y{panel.number}"
    texts = _texts(table, field, axis_title)
    figure.add_traces(_lines(table, field=field, texts=texts, size=3, xaxis=x, yaxis=y))
    by_field = key == field.name
    yaxis = field_axis(field, bounds=bounds)
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
