"""Very many points: their size by their number, and colours as one byte each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from plotly.colors import get_colorscale

from dash_app.figures.theme import GHOST, OTHER, SEQUENTIAL

_SIZES = ((10_000, 5.0, 0.8), (60_000, 3.5, 0.7))
_SMALLEST = (2.0, 0.6)
_MOST_CODES = 256
_GREY_END = 0.05


def point_size(n: int) -> tuple[float, float]:
    """Return diameter in pixels and opacity that keep ``n`` points apart.

    >>> point_size(6_000), point_size(28_000), point_size(114_000)
    ((5.0, 0.8), (3.5, 0.7), (2.0, 0.6))
    """
    return next(((size, seen) for most, size, seen in _SIZES if n <= most), _SMALLEST)


def coded_marker(codes: npt.ArrayLike, *, palette: Sequence[str]) -> dict[str, Any]:
    """Return a marker whose colour is one byte per point, ``palette[code]``.

    A palette longer than 256 colours does not fit a byte; its codes are folded, as its colours are
    repeated anyway.
    """
    size = max(1, min(len(palette), _MOST_CODES))
    folded = np.asarray(codes).astype(np.int64) % size
    return {
        "color": folded.astype(np.uint8),
        "cmin": -0.5,
        "cmax": size - 0.5,
        "colorscale": stepped(list(palette)[:size] or [OTHER]),
        "showscale": False,
    }


def scaled_marker(values: npt.NDArray[np.float32]) -> dict[str, Any]:
    """Return a marker coloured along the sequential scale, missing values in grey below its end."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if known.size == values.size:
        return {"color": values, "colorscale": SEQUENTIAL, "cmin": low, "cmax": high}
    grey = _GREY_END * ((high - low) or 1.0)
    start = grey / (grey + high - low)
    scale = [(start + (1 - start) * at, colour) for at, colour in get_colorscale(SEQUENTIAL)]
    return {
        "color": np.where(np.isfinite(values), values, np.float32(low - grey)),
        "colorscale": [(0.0, GHOST), (start, GHOST), *scale],
        "cmin": low - grey,
        "cmax": high,
    }


def stepped(palette: Sequence[str]) -> list[tuple[float, str]]:
    """Return a colour scale that jumps from one colour to the next.

    >>> stepped(["#000000", "#ffffff"])
    [(0.0, '#000000'), (0.5, '#000000'), (0.5, '#ffffff'), (1.0, '#ffffff')]
    """
    width = 1 / len(palette)
    ends = [min(1.0, (code + 1) * width) for code in range(len(palette) - 1)] + [1.0]
    starts = [0.0, *ends[:-1]]
    return [(edge, colour) for colour, *edges in zip(palette, starts, ends, strict=True) for edge in edges]
