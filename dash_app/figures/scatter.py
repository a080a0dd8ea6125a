"""Any two fields against each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import compact, integers, span
from dash_app.figures.axes import field_axis
from dash_app.figures.points import coded_marker, point_size
from dash_app.figures.theme import GHOST, INK, OTHER, layout
from dash_app.figures.words import number_format, short
from data.fields import Field

_SHORTEST_LINE = 2


def two_fields(
    table: pd.DataFrame,
    *,
    x: Field,
    y: Field,
    colours: Mapping[str, str],
    line: pd.DataFrame | None = None,
) -> go.Figure:
    """Draw tracks by two fields, selected ones in their genre's colour over the rest in grey.

    Parameters
    ----------
    table
        One row per track: ``x``, ``y``, ``genre``, ``selected`` (bool), and optionally ``row``, its
        number in the catalogue, which comes back with clicks and selections.
    x, y
        What the columns ``x`` and ``y`` measure.
    colours
        Colour by genre.
    line
        A trend with its interval: ``x``, ``y``, ``low``, ``high``.
    """
    selected = table["selected"].to_numpy(dtype=bool)
    size, opacity = point_size(len(table))
    ghosts = _points(table[~selected], role="ghosts", hoverinfo="none")
    ghosts.marker = {"color": GHOST, "size": size * 0.8, "opacity": opacity * 0.4}
    points = _points(table[selected], role="points", hovertemplate=_template(x, y))
    points.marker = _genre_marker(table.loc[selected, "genre"], colours, size, opacity)
    traces = [ghosts, points, *_legend(table.loc[selected, "genre"], colours)]
    return go.Figure(
        traces,
        layout(
            xaxis={**field_axis(x, bounds=span(table["x"])), "fixedrange": False},
            yaxis={**field_axis(y, bounds=span(table["y"])), "fixedrange": False},
            shapes=_trend(line),
            hovermode="closest",
            dragmode="zoom",
            showlegend=True,
            uirevision=f"{x.name}-{y.name}",
        ),
    )


def _points(table: pd.DataFrame, *, role: str, **parts: Any) -> go.Scattergl:
    if "row" in table:
        parts["customdata"] = integers(table["row"])
    x, y = compact(table["x"]), compact(table["y"])
    meta = {"role": role}
    return go.Scattergl(x=x, y=y, mode="markers", meta=meta, showlegend=False, **parts)


def _template(x: Field, y: Field) -> str:
    across, up = f"%{{x{number_format(x)}}}", f"%{{y{number_format(y)}}}"
    return f"{x.label} {across} {x.unit}<br>{y.label} {up} {y.unit}<extra></extra>".replace("ms<", "<")


def _genre_marker(genres: pd.Series, colours: Mapping[str, str], size: float, opacity: float) -> dict[str, Any]:
    palette = list(dict.fromkeys([*colours.values(), OTHER]))
    place = {colour: code for code, colour in enumerate(palette)}
    codes = genres.map(lambda name: place[colours.get(name, OTHER)]).to_numpy(dtype=np.uint8)
    return coded_marker(codes, palette=palette) | {"size": size, "opacity": opacity}


def _trend(line: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return band and line as shapes: the points' canvas would cover a trace."""
    known = None if line is None else line.dropna(subset=["x", "y", "low", "high"])
    if known is None or len(known) < _SHORTEST_LINE:
        return []
    there = known["x"].tolist()
    around = [*there, *there[::-1]], [*known["high"], *known["low"][::-1]]
    shape: dict[str, Any] = {"type": "path", "layer": "above"}
    band = {"path": _path(*around) + "Z", "fillcolor": GHOST, "opacity": 0.35, "line": {"width": 0}}
    centre = {"path": _path(there, known["y"].tolist()), "line": {"color": INK, "width": 2}}
    return [shape | band, shape | centre]


def _path(x: list[float], y: list[float]) -> str:
    return "M" + "L".join(f"{a:.6g},{b:.6g}" for a, b in zip(x, y, strict=True))


def _legend(genres: pd.Series, colours: Mapping[str, str]) -> list[go.Scatter]:
    """Return an entry per coloured genre that is there, and one for all others together."""
    there = set(genres.astype(str))
    named = {short(name): colour for name, colour in colours.items() if name in there}
    entries = {name: colour for name, colour in named.items() if colour != OTHER}
    if len(entries) < len(there):
        entries["other genres" if entries else "tracks"] = OTHER
    return [
        go.Scatter(
            x=np.full(1, np.nan, np.float32),
            y=np.full(1, np.nan, np.float32),
            mode="markers",
            name=name,
            marker={"color": colour, "size": 8, "line": {"width": 0}},
            hoverinfo="skip",
        )
        for name, colour in entries.items()
    ]
