"""Any two fields against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import compact, float32, integers, span
from dash_app.figures.axes import field_axis
from dash_app.figures.distributions import outline
from dash_app.figures.points import coded_marker, point_size
from dash_app.figures.sides import NAMED
from dash_app.figures.theme import AGAINST, GHOST, GHOST_FILL, INK, OTHER, layout
from dash_app.figures.words import number_format, short
from data.fields import Field

_SHORTEST_LINE = 2
_MAIN, _MARGIN = [0, 0.87], [0.89, 1]
"""Shares of the width and of the height: the points, and the field by itself beside them."""


def two_fields(
    table: pd.DataFrame,
    *,
    x: Field,
    y: Field,
    colours: Mapping[str, str],
    line: pd.DataFrame | None = None,
    line_other: pd.DataFrame | None = None,
    across: pd.DataFrame | None = None,
    up: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw tracks by two fields, selected ones in their genre's colour over the rest in grey.

    Parameters
    ----------
    table
        One row per track: ``x``, ``y``, ``genre``, ``selected`` (bool), and optionally ``other`` (bool; the selection
        is compared with these) and ``row``, its number in the catalogue, which comes back with clicks and selections.
    x, y
        What the columns ``x`` and ``y`` measure.
    colours
        Colour by genre.
    line
        A trend with its interval: ``x``, ``y``, ``low``, ``high``.
    line_other
        That of the tracks that the selection is compared with, drawn dashed.
    across, up
        Each field by itself, drawn above and beside: ``low``, ``high``, ``share``, ``share_all``, ``share_other``.
    sides
        What the selection is called and what it is compared with; the key names the latter.
    """
    selected = table["selected"].to_numpy(dtype=bool)
    theirs = table["other"].to_numpy(dtype=bool) & ~selected if "other" in table else np.zeros(len(table), bool)
    size, opacity = point_size(len(table))
    ghosts = _points(table[~selected & ~theirs], role="ghosts", hoverinfo="none")
    ghosts.marker = {"color": GHOST, "size": size * 0.8, "opacity": opacity * 0.4}
    points = _points(table[selected], role="points", hovertemplate=_template(x, y))
    points.marker = _genre_marker(table.loc[selected, "genre"], colours, size, opacity)
    others = _points(table[theirs], role="others", hovertemplate=_template(x, y))
    others.marker = {"color": AGAINST, "size": size * 0.8, "opacity": opacity * 0.6}
    entries = _legend(table.loc[selected, "genre"], colours, other=sides[1] if theirs.any() else "")
    margins = {} if across is None or up is None else _side_axes(across, up)
    traces = [ghosts, *([others] if theirs.any() else []), points, *entries, *(_sides(across, up) if margins else [])]
    domain = {"domain": _MAIN} if margins else {}
    return go.Figure(
        traces,
        layout(
            xaxis={**field_axis(x, bounds=span(table["x"])), "fixedrange": False, **domain},
            yaxis={**field_axis(y, bounds=span(table["y"])), "fixedrange": False, **domain},
            **margins,
            shapes=[*_trend(line), *_dashed(line_other)],
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


def _dashed(line: pd.DataFrame | None) -> list[dict[str, Any]]:
    if line is None or len(line) < _SHORTEST_LINE:
        return []
    path = _path(line["x"].tolist(), line["y"].tolist())
    return [{"type": "path", "layer": "above", "path": path, "line": {"color": AGAINST, "width": 3, "dash": "dash"}}]


def _side_axes(across: pd.DataFrame, up: pd.DataFrame) -> dict[str, Any]:
    """Return the axes of the shares; the fields' own axes are shared with the points."""
    shares = {name: _most(table) for name, table in (("yaxis2", across), ("xaxis2", up))}
    hidden: dict[str, Any] = {"visible": False, "domain": _MARGIN}
    return {name: {**hidden, "range": [0, top], "anchor": name[0].translate(_CROSSED)} for name, top in shares.items()}


_CROSSED = str.maketrans("xy", "yx")


def _most(table: pd.DataFrame) -> float:
    shares = [float32(table[name]) for name in ("share", "share_all", "share_other") if name in table]
    return max((float(np.nanmax(one, initial=0)) for one in shares), default=0.0) or 1.0


def _sides(across: pd.DataFrame | None, up: pd.DataFrame | None) -> list[go.Scatter]:
    found = []
    for table, turned in ((across, False), (up, True)):
        for column, look in _LOOKS.items():
            if table is not None and column in table:
                low, high = (float32(table[end]) for end in ("low", "high"))
                if np.array_equal(low, high):  # a category: its code stands in the middle of its bin
                    low, high = low - 0.5, high + 0.5
                found.append(_turned(outline(low, high, float32(table[column]), showlegend=False, **look), turned))
    return found


_LOOKS: Mapping[str, dict[str, Any]] = {
    "share_all": {"colour": GHOST, "fill": "toself", "fillcolor": GHOST_FILL},
    "share_other": {"colour": AGAINST, "dash": "dash"},
    "share": {},
}


def _turned(steps: go.Scatter, turned: bool) -> go.Scatter:
    """Return steps on the axis above the points or, lying on their side, on that beside them."""
    steps.line.width = 1.5
    if not turned:
        return steps.update(yaxis="y2")
    steps.line.shape = "vh"
    return steps.update(x=steps.y, y=steps.x, xaxis="x2")


def _path(x: list[float], y: list[float]) -> str:
    return "M" + "L".join(f"{a:.6g},{b:.6g}" for a, b in zip(x, y, strict=True))


def _legend(genres: pd.Series, colours: Mapping[str, str], *, other: str) -> list[go.Scatter]:
    """Return an entry per coloured genre that is there, whose click selects it, and one for all others together."""
    there = set(genres.astype(str))
    own = {name: colour for name, colour in colours.items() if name in there and colour != OTHER}
    entries = [_entry(short(name), colour, meta=name) for name, colour in own.items()]
    if len(own) < len(there):
        entries.append(_entry("other genres" if own else "tracks", OTHER))
    return [*entries, _entry(short(other), AGAINST)] if other else entries


def _entry(name: str, colour: str, *, meta: str | None = None) -> go.Scatter:
    nowhere = np.full(1, np.nan, np.float32)
    marker = {"color": colour, "size": 8, "line": {"width": 0}}
    return go.Scatter(x=nowhere, y=nowhere, mode="markers", name=name, meta=meta, marker=marker, hoverinfo="skip")
