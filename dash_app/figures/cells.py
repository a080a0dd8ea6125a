"""Cells of a grid: counts of tracks, numbers written into them, and the bars that say what their colours mean."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from plotly.colors import get_colorscale, sample_colorscale, unlabel_rgb

from dash_app.figures.arrays import float32
from dash_app.figures.theme import ON_DARK, ON_LIGHT, colour_bar
from dash_app.figures.words import count, short

WITH_ROOM = 14
"""Columns of a matrix that may have numbers written into their cells."""

_SIZES = ((7, 12), (10, 11), (WITH_ROOM, 10))
"""Columns, and the pixels of the text in them; by these `assets/figures.css` knows in which width they do not fit."""

_LONGEST_SIDE = 24
"""Letters of a side's name over its matrix."""

Scale = str | Sequence[tuple[float, str]]


def cells(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the sparse cells as an even grid: its columns, rows and counts, NaN where empty."""
    across, columns = _even(table["actual"])
    up, rows = _even(table["predicted"])
    counts = np.full((len(up), len(across)), np.nan, dtype=np.float32)
    known = float32(table["n"])
    counts[rows, columns] = np.where(known > 0, known, np.nan)
    return across, up, counts


def _even(centres: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    there = centres.to_numpy(dtype=np.float64)
    if there.size == 0:
        return there.astype(np.float32), there.astype(np.int64)
    steps = np.diff(np.unique(there))
    step = steps.min() if steps.size else 1.0
    place = np.rint((there - there.min()) / step).astype(np.int64)
    return float32(there.min() + step * np.arange(place.max() + 1)), place


def count_bar(counts: np.ndarray) -> dict[str, Any]:
    """Return a colour bar of counts, which are coloured by their logarithm."""
    most = float(np.nanmax(counts)) if np.isfinite(counts).any() else 1.0
    ticks = [base * 10**power for power in range(7) for base in (1, 3) if base * 10**power <= most]
    return {
        **colour_bar("Tracks (count)", side="right"),
        "tickvals": np.log10(float32(ticks)),
        "ticktext": [count(tick) for tick in ticks],
    }


def share_bar(low: float, high: float) -> dict[str, Any]:
    """Return a colour bar of shares between two logarithms."""
    ticks = [share for share in (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0) if low <= np.log10(share) <= high]
    bar = colour_bar("Share of tracks (%)", side="right")
    return {**bar, "tickvals": np.log10(float32(ticks)), "ticktext": [f"{100 * tick:g}%" for tick in ticks]}


def written(
    z: np.ndarray,
    texts: Sequence[Sequence[str]],
    *,
    scale: Scale,
    ends: tuple[float, float],
    abreast: int = 1,
    spare: int = 0,
) -> dict[str, Any]:
    """Return what colours a heatmap and, where its cells have room, writes into each, in black or in white.

    Parameters
    ----------
    z
        Numbers of the cells, shape (n_rows, n_columns), NaN where there is none.
    texts
        What to write into them, of the same shape.
    scale
        Colours from the low end to the high one.
    ends
        Numbers at which the colours begin and end.
    abreast
        How many such matrices share the width.
    spare
        Columns whose width something else takes, such as a colour bar at the side.
    """
    stops = get_colorscale(scale) if isinstance(scale, str) else [list(stop) for stop in scale]
    coloured = {"zmin": ends[0], "zmax": ends[1], "colorscale": stops}
    columns = abreast * (z.shape[1] if z.ndim == 2 else 0)
    if not 0 < columns <= WITH_ROOM:
        return coloured
    size = next((pixels for most, pixels in _SIZES if columns + spare <= most), _SIZES[-1][1])
    inks = ink_on(z, stops, ends)
    cells = [
        [f"<span style='color:{ink}'>{text}</span>" if ink and text else "" for ink, text in zip(*row, strict=True)]
        for row in zip(inks, texts, strict=True)
    ]
    return {**coloured, "text": cells, "texttemplate": "%{text}", "textfont": {"size": size}}


def ink_on(z: np.ndarray, stops: Sequence[Sequence[Any]], ends: tuple[float, float]) -> list[list[str]]:
    """Return black or white for every cell, whichever stands out more; empty where there is no number."""
    at = np.clip((np.nan_to_num(z) - ends[0]) / max(ends[1] - ends[0], 1e-9), 0, 1)
    colours = sample_colorscale(stops, at.ravel().tolist(), colortype="rgb")
    light = luminance(np.array([unlabel_rgb(one) for one in colours]) / 255).reshape(z.shape)
    # (L + 0.05) / 0.05 over black, 1.05 / (L + 0.05) under white
    inks = np.where((light + 0.05) ** 2 >= 1.05 * 0.05, ON_LIGHT, ON_DARK)
    return np.where(np.isfinite(z), inks, "").tolist()


def luminance(rgb: np.ndarray) -> np.ndarray:
    """Return the relative luminance of sRGB colours from 0 to 1, shape (n, 3), as WCAG 2.2 defines it.

    >>> luminance(np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]])).round(3).tolist()
    [0.0, 1.0]
    """
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def shares_written(z: np.ndarray) -> list[list[str]]:
    """Return shares as whole percentages, empty where there is none.

    >>> shares_written(np.array([[0.5, np.nan]]))
    [['50%', '']]
    """
    return [[f"{value:.0%}" if value == value else "" for value in row] for row in z.tolist()]


def put_beside(figure: go.Figure, other: go.Figure, *, sides: Sequence[str]) -> None:
    """Put another matrix of the same rows beside that of a figure, in half of the width each, both under their names.

    Parameters
    ----------
    figure
        With one heatmap; it is changed.
    other
        The same chart of what the selection is compared with.
    sides
        What both are called.
    """
    own, theirs = figure.data[0], other.data[0]
    figure.add_trace(theirs.update(xaxis="x2", showscale=False))
    columns = len(figure.data[0].x) + len(theirs.x)
    for trace in (own, figure.data[-1]):
        trace.update({"textfont": {"size": _SIZES[-1][1]}} if columns <= WITH_ROOM else {"texttemplate": None})
    left, right = ({"domain": list(half)} for half in ((0, 0.48), (0.52, 1)))
    names = [short(words, longest=_LONGEST_SIDE) for words in sides]
    across = figure.layout.xaxis.to_plotly_json()
    figure.update_layout(xaxis={**left, "title": {"text": f"{names[0]} (%)"}})
    figure.update_layout(xaxis2={**across, **right, "title": {"text": f"{names[1]} (%)"}, "anchor": "y"})
