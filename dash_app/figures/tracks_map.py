"""All tracks as points, near each other where they sound alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import compact, float32, integers
from dash_app.figures.axes import note
from dash_app.figures.points import coded_marker, point_size, scaled_marker
from dash_app.figures.theme import AGAINST, CLEAR, GHOST, INK, OTHER, SELECTED, colour_bar, layout

_RING = {"track": (20, 3), "neighbour": (11, 2)}
_HIDDEN = {"visible": False, "fixedrange": False}
_GHOST_OPACITY = 0.18
_RIM, _FAINT = 1.7, 0.5
_LEGEND = {"orientation": "v", "x": 0.01, "xanchor": "left", "y": 0.99, "yanchor": "top"}
_BAR_PIXELS, _BAR_LETTERS = 220, 36


def tracks_map(
    points: pd.DataFrame,
    *,
    palette: Sequence[str] | None,
    colour_title: str,
    labels: pd.DataFrame | None = None,
    names: Sequence[str] = (),
    selected: np.ndarray | None = None,
    compared: np.ndarray | None = None,
    marks: pd.DataFrame | None = None,
    view: tuple[tuple[float, float], tuple[float, float]] | None = None,
    bundle_id: str = "",
) -> go.Figure:
    """Draw the map: one trace of points, rings around the marked ones, names where groups lie.

    Parameters
    ----------
    points
        One row per track: ``x``, ``y`` (int16) and ``colour``: a code into ``palette``, or a number
        where there is none.
    palette
        Colour by code; None for a continuous scale.
    colour_title
        What the colour means, with its unit.
    labels
        Names written on the map: ``x``, ``y``, ``text``.
    names
        Name by code for a legend; empty for none.
    selected
        Mask over ``points``; None where nothing is selected.
    compared
        Mask over ``points`` of what the selection is compared with, hollow and beneath it; None where that is nothing.
    marks
        Points to ring: ``x``, ``y`` and ``kind``, ``track`` or ``neighbour``.
    view
        Ranges of x and y shown at first; None for all points.
    bundle_id
        Bundle that the points are rows of, for scripts that ask for a row.

    Notes
    -----
    The traces carry ``meta.role``, ``compared``, ``points`` and ``marks``, by which scripts find them. Points
    send hover events but show no label of their own.
    """
    beneath = [] if compared is None else [_compared(points, compared, selected)]
    entries = [_entry(name, colour) for name, colour in zip(names, palette or (), strict=False)]
    figure = go.Figure(
        [*beneath, _points(points, palette, colour_title, selected), map_marks(marks), *entries],
        map_layout(labels, view, {"bundle": bundle_id}),
    )
    return figure.update_layout(showlegend=True, legend=_LEGEND) if entries else figure


def map_layout(
    labels: pd.DataFrame | None, view: tuple[tuple[float, float], tuple[float, float]] | None, meta: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the layout that every map shares: axes of one scale, names in their places, the lasso at hand."""
    return layout(
        xaxis={**_HIDDEN, "range": view and list(view[0])},
        yaxis={**_HIDDEN, "scaleanchor": "x", "scaleratio": 1, "range": view and list(view[1])},
        margin={"l": 0, "r": 0, "t": 0, "b": 0, "pad": 0},
        annotations=_names(labels),
        clickmode="event",
        dragmode="lasso",
        hovermode="closest",
        newselection={"line": {"color": SELECTED, "width": 1.5, "dash": "solid"}},
        uirevision=f"map {meta.get('layout', '')}".strip(),  # another layout is seen whole at first
        meta=dict(meta),
    )


def _points(
    points: pd.DataFrame,
    palette: Sequence[str] | None,
    colour_title: str,
    selected: np.ndarray | None,
) -> go.Scattergl:
    size, opacity = point_size(len(points))
    colour = points["colour"]
    coded = colour_scale(colour, colour_title) if palette is None else _coded(colour, palette)
    return go.Scattergl(
        x=compact(points["x"]),
        y=compact(points["y"]),
        mode="markers",
        marker={**coded, "size": size, "opacity": opacity, "line": {"width": 0}},
        selectedpoints=None if selected is None else integers(np.flatnonzero(selected)),
        selected={"marker": {"opacity": min(1.0, opacity + 0.15)}},
        unselected={"marker": {"color": GHOST, "opacity": _GHOST_OPACITY, "size": size * 0.7}},
        hoverinfo="none",
        showlegend=False,
        meta={"role": "points", "colour": colour_title},
    )


def _coded(codes: pd.Series, palette: Sequence[str]) -> dict[str, Any]:
    """Return a marker coloured by codes, those without one (-1) in the colour of others."""
    if not len(codes) or codes.min() >= 0:
        return coded_marker(codes, palette=palette)
    return coded_marker(codes.where(codes >= 0, len(palette)), palette=[*palette, OTHER])


def _compared(points: pd.DataFrame, compared: np.ndarray, selected: np.ndarray | None) -> go.Scattergl:
    """Return hollow points; around those that are selected, too, a rim."""
    size, opacity = point_size(len(points))
    rim = np.zeros(len(points), bool) if selected is None else selected
    return go.Scattergl(
        x=compact(points["x"][compared]),
        y=compact(points["y"][compared]),
        mode="markers",
        marker={
            "color": CLEAR,
            "size": float32(np.where(rim[compared], size * _RIM, size)),
            "opacity": _FAINT * opacity,
            "line": {"width": 1, "color": AGAINST},
        },
        hoverinfo="skip",
        showlegend=False,
        meta={"role": "compared"},
    )


def _entry(name: str, colour: str) -> go.Scatter:
    """Return a trace without points that is an entry of the legend."""
    marker = {"color": colour, "size": 8}
    return go.Scatter(x=[None], y=[None], mode="markers", name=name, marker=marker, hoverinfo="skip")


def colour_scale(colour: pd.Series, colour_title: str) -> dict[str, Any]:
    """Return a marker coloured by numbers, with its colour bar in the lower right corner, where nothing else lies."""
    pad = 14
    return {
        **scaled_marker(float32(colour)),
        "colorbar": {
            **colour_bar("<br>".join(wrap(colour_title, _BAR_LETTERS)), side="top"),
            "orientation": "h",
            "len": _BAR_PIXELS + 2 * pad,  # plotly takes the padding off
            "lenmode": "pixels",
            "x": 1.0,
            "xanchor": "right",
            "xpad": pad,
            "y": 0.0,
            "yanchor": "bottom",
            "ypad": 10,
            "nticks": 5,
        },
        "showscale": True,
    }


def map_marks(marks: pd.DataFrame | None) -> go.Scatter:
    """Return the rings; ``uid`` becomes the class by which figures.css gives them the ink."""
    marks = pd.DataFrame({"x": [], "y": [], "kind": []}) if marks is None else marks
    sizes, widths = rings(marks)
    return go.Scatter(
        x=compact(marks["x"]),
        y=compact(marks["y"]),
        mode="markers",
        marker={
            "symbol": "circle-open",
            "color": INK,
            "opacity": 1,
            "size": integers(sizes),
            "line": {"width": integers(widths), "color": INK},
        },
        unselected={"marker": {"opacity": 1}},
        hoverinfo="skip",
        showlegend=False,
        uid="neutral-marks",
        meta={"role": "marks"},
    )


def rings(marks: pd.DataFrame) -> tuple[list[int], list[int]]:
    """Return diameter and line width of every ring, in pixels."""
    chosen = [_RING[kind] for kind in marks["kind"]]
    return [size for size, _ in chosen], [width for _, width in chosen]


def _names(labels: pd.DataFrame | None) -> list[dict[str, Any]]:
    if labels is None:
        return []
    named = labels.dropna(subset=["x", "y"])
    places = zip(named["x"], named["y"], named["text"], strict=True)
    return [note(text, longest=24, x=float(x), y=float(y)) for x, y, text in places]
