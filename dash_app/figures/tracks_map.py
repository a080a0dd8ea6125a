"""All tracks as points, near each other where they sound alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import compact, float32, integers
from dash_app.figures.axes import note
from dash_app.figures.points import coded_marker, point_size, scaled_marker
from dash_app.figures.theme import GHOST, INK, SELECTED, colour_bar, layout

_RING = {"track": (20, 3), "neighbour": (11, 2)}
_HIDDEN = {"visible": False, "fixedrange": False}
_GHOST_OPACITY = 0.18


def tracks_map(
    points: pd.DataFrame,
    *,
    palette: Sequence[str] | None,
    colour_title: str,
    labels: pd.DataFrame | None = None,
    selected: np.ndarray | None = None,
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
    selected
        Mask over ``points``; None where nothing is selected.
    marks
        Points to ring: ``x``, ``y`` and ``kind``, ``track`` or ``neighbour``.
    view
        Ranges of x and y shown at first; None for all points.
    bundle_id
        Bundle that the points are rows of, for scripts that ask for a row.

    Notes
    -----
    The traces carry ``meta.role``, ``points`` and ``marks``, by which scripts find them. Points
    send hover events but show no label of their own.
    """
    return go.Figure(
        [_points(points, palette, colour_title, selected), map_marks(marks)],
        map_layout(labels, view, {"bundle": bundle_id}),
    )


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
    coded = colour_scale(colour, colour_title) if palette is None else coded_marker(colour, palette=palette)
    return go.Scattergl(
        x=compact(points["x"]),
        y=compact(points["y"]),
        mode="markers",
        marker={**coded, "size": size, "opacity": opacity, "line": {"width": 0}},
        selectedpoints=None if selected is None else integers(np.flatnonzero(selected)),
        selected={"marker": {"opacity": min(1.0, opacity + 0.15)}},
        unselected={"marker": {"color": GHOST, "opacity": _GHOST_OPACITY, "size": size * 0.7}},
        hoverinfo="none",
        meta={"role": "points", "colour": colour_title},
    )


def colour_scale(colour: pd.Series, colour_title: str) -> dict[str, Any]:
    """Return a marker coloured by numbers, with its colour bar above the map."""
    return {
        **scaled_marker(float32(colour)),
        "colorbar": {
            **colour_bar(colour_title, side="top"),
            "orientation": "h",
            "len": 220,
            "lenmode": "pixels",
            "x": 0.0,
            "xanchor": "left",
            "xpad": 216,
            "y": 1.0,
            "yanchor": "top",
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
