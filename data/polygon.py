"""Which points lie inside a shape drawn on the map."""

from __future__ import annotations

import numpy as np

_MANY_POINTS, _CELLS = 20_000, 128
"""So many points are asked by cells of a raster of so many cells along each side."""


def points_in_polygon(x: np.ndarray, y: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Return which points lie inside a polygon, by the even-odd rule.

    Parameters
    ----------
    x, y
        Coordinates of shape (n_points,).
    corners
        Corners of shape (n_corners, 2), closed implicitly.

    Examples
    --------
    >>> square = np.array([[0, 0], [10, 0], [10, 10], [0, 10]])
    >>> points_in_polygon(np.array([5, 15]), np.array([5, 5]), square)
    array([ True, False])
    """
    inside = np.zeros(len(x), dtype=bool)
    (left, bottom), (right, top) = corners.min(axis=0), corners.max(axis=0)
    near = np.flatnonzero((x >= left) & (x <= right) & (y >= bottom) & (y <= top))
    if len(near) > _MANY_POINTS:
        inside[near] = _inside_by_cells(x[near], y[near], corners)
    else:
        inside[near] = _inside(x[near], y[near], corners)
    return inside


def _inside(x: np.ndarray, y: np.ndarray, corners: np.ndarray) -> np.ndarray:
    x, y = x.astype(np.float64), y.astype(np.float64)
    inside = np.zeros(len(x), dtype=bool)
    ends = np.roll(corners, -1, axis=0).astype(np.float64)
    for (x0, y0), (x1, y1) in zip(corners.astype(np.float64), ends, strict=True):
        if y0 == y1:
            continue
        spans = (y0 > y) != (y1 > y)
        inside ^= spans & (x < (x1 - x0) * (y - y0) / (y1 - y0) + x0)
    return inside


def _inside_by_cells(x: np.ndarray, y: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Answer whole cells of a raster at once; only points in cells that an edge may cross are looked at one by one."""
    low = corners.min(axis=0)
    scale = (_CELLS / np.maximum(corners.max(axis=0) - low, 1)).astype(np.float32)
    crossed = _crossed_cells((corners - low) * scale.astype(np.float64))
    middles = (np.arange(_CELLS + 1) + 0.5)[:, None] / scale + low
    across, along = np.meshgrid(middles[:, 0], middles[:, 1])
    whole = _inside(across.ravel(), along.ravel(), corners)
    cell = ((y - low[1]) * scale[1]).astype(np.int32) * (_CELLS + 1) + ((x - low[0]) * scale[0]).astype(np.int32)
    inside = whole[cell]
    unsure = np.flatnonzero(crossed[cell])
    inside[unsure] = _inside(x[unsure], y[unsure], corners)
    return inside


def _crossed_cells(corners: np.ndarray) -> np.ndarray:
    """Return which cells lie under an edge, or beside one: steps of a quarter of a cell cannot jump over more."""
    marked = np.zeros((_CELLS + 3, _CELLS + 3), dtype=bool)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        steps = np.linspace(start, end, int(4 * np.abs(end - start).max()) + 2).astype(np.int32) + 1
        marked[steps[:, 1], steps[:, 0]] = True
    spread = np.zeros_like(marked)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            spread |= np.roll(marked, (down, right), axis=(0, 1))
    return spread[1:-1, 1:-1].ravel()
