"""The map as arrays for a screen: all points where they are few, else what lies in view, as points or as a raster.

A browser is never sent more than it can draw: up to `MOST_AT_ONCE` tracks as points once and for all, above that a
raster of what is in view, and points again when at most `MOST_IN_VIEW` are in view. Counts are exact everywhere.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from dash_app.answers.map_colours import map_values
from dash_app.answers.map_layouts import UMAP, placed_rows, positions_of
from dash_app.answers.selecting import other_selected, selected
from data.selection import MAP_EXTENT, Selection
from models.bundle import Bundle

MOST_AT_ONCE = 200_000
MOST_IN_VIEW = 40_000
MISSING = 255
"""Colour of tracks without a value; the others run from 0 to 254."""

POINTS, RASTER = 1, 2
_OLDEST = 0.002
_TILE = 512
_TILES = MAP_EXTENT // _TILE + 1
_LEVEL = 4
_MOST_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Box:
    """What is in view: ranges in map units, and the cells of a raster that covers it.

    Parameters
    ----------
    x0, x1, y0, y1
        Ends of the view.
    width, height
        Cells across and along.
    """

    x0: int
    x1: int
    y0: int
    y1: int
    width: int
    height: int

    @property
    def is_sound(self) -> bool:
        """Whether it has an area, and no more cells than a screen."""
        return self.x0 < self.x1 and self.y0 < self.y1 and 0 < self.width * self.height <= _MOST_CELLS


@lru_cache(maxsize=4)
def positions(bundle: Bundle, layout: str = UMAP) -> bytes:
    """Return x of all tracks, then y, then z where there is one; int16, -1 where not laid out; packed by gzip."""
    return _packed(*positions_of(bundle, layout).T)


@lru_cache(maxsize=16)
def colours(bundle: Bundle, colour: str) -> bytes:
    """Return the colour of all tracks, a byte each, packed by gzip."""
    return _packed(colour_codes(bundle, colour))


@lru_cache(maxsize=4)
def years(bundle: Bundle) -> bytes:
    """Return the release year of all tracks, int16, 0 where it is not known, packed by gzip."""
    return _packed(np.nan_to_num(bundle.columns["release_year"], nan=0).astype(np.int16))


@lru_cache(maxsize=4)
def years_shown(bundle: Bundle) -> tuple[int, int] | None:
    """Return the first and the last year that a film of the years shows; None where no date is known.

    The oldest 0.2% of dates are left out: they would let it begin with empty decades.
    """
    if "release_year" not in bundle.columns:
        return None
    dated = bundle.columns["release_year"]
    known = dated[np.isfinite(dated)]
    return (int(np.quantile(known, _OLDEST)), int(known.max())) if known.size else None


@lru_cache(maxsize=32)
def mask(bundle: Bundle, selection: Selection) -> bytes:
    """Return which tracks are selected, a bit each, the first in the highest; packed by gzip."""
    return _packed(np.packbits(selected(bundle, selection)))


@lru_cache(maxsize=32)
def other_mask(bundle: Bundle, selection: Selection) -> bytes:
    """Return which tracks the selection is compared with, as `mask` does; none where that is nothing."""
    other = other_selected(bundle, selection)
    return _packed(np.packbits(np.zeros(len(bundle), bool) if other is None else other))


@lru_cache(maxsize=8)
def colour_codes(bundle: Bundle, colour: str) -> np.ndarray:
    """Return codes of categories, or numbers in steps from the least (0) to the greatest (254); uint8."""
    values = map_values(bundle, colour)
    if values.dtype.kind in "iu":
        return np.where(values < 0, MISSING, values % MISSING).astype(np.uint8)
    low, high = ends(values)
    steps = (np.nan_to_num(values, nan=low) - low) * np.float32((MISSING - 1) / ((high - low) or 1))
    return np.where(np.isfinite(values), np.rint(steps), MISSING).astype(np.uint8)


def ends(values: np.ndarray) -> tuple[float, float]:
    """Return the least and the greatest known value; 0 and 1 where none is known."""
    known = values[np.isfinite(values)]
    return (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)


@lru_cache(maxsize=64)
def view(bundle: Bundle, box: Box, colour: str, selection: Selection, layout: str = UMAP) -> bytes:
    """Return what is in view, packed by gzip.

    Seven int32 first: `POINTS` or `RASTER`, tracks in view, selected tracks in view, width, height, tracks in the
    fullest cell, and in view those that the selection is compared with, -1 where that is nothing. Then of points rows
    (int32), x and y (int16), colour, whether selected, and whether compared with (uint8); of a raster, by cells from
    the lowest row on, the logarithm of tracks, that of selected tracks, the colour (of one of a cell's tracks where it
    is a category, the mean where it is a number), and the logarithm of those compared with. The last part is there only
    where something is compared.
    """
    rows = _rows_in(bundle, box, layout)
    chosen = None if selection.is_everything else selected(bundle, selection)[rows]
    every_other = other_selected(bundle, selection)
    other = None if every_other is None else every_other[rows]
    n_chosen = len(rows) if chosen is None else int(chosen.sum())
    n_other = -1 if other is None else int(other.sum())
    if len(rows) <= MOST_IN_VIEW:
        head = (POINTS, len(rows), n_chosen, 0, 0, 1, n_other)
        return _packed(np.array(head, np.int32), *_points(bundle, rows, colour, chosen, layout), *_bytes(other))
    cells = _cells(bundle, rows, box, layout)
    n_cells = box.width * box.height
    counts = np.bincount(cells, minlength=n_cells)
    most = int(counts.max())
    chosen_counts = counts if chosen is None else np.bincount(cells[chosen], minlength=n_cells)
    others = () if other is None else (_steps(np.bincount(cells[other], minlength=n_cells), most),)
    head = (RASTER, len(rows), n_chosen, box.width, box.height, most, n_other)
    shown = cells if chosen is None else cells[chosen]
    coloured = _cell_colours(bundle, rows if chosen is None else rows[chosen], shown, n_cells, colour)
    return _packed(np.array(head, np.int32), _steps(counts, most), _steps(chosen_counts, most), coloured, *others)


def _points(
    bundle: Bundle, rows: np.ndarray, colour: str, chosen: np.ndarray | None, layout: str
) -> tuple[np.ndarray, ...]:
    every = np.ones(len(rows), np.uint8) if chosen is None else chosen.astype(np.uint8)
    x, y = (ends[rows] for ends in positions_of(bundle, layout).T)
    return rows.astype(np.int32), x, y, colour_codes(bundle, colour)[rows], every


def _bytes(mask: np.ndarray | None) -> tuple[np.ndarray, ...]:
    return () if mask is None else (mask.astype(np.uint8),)


def _cells(bundle: Bundle, rows: np.ndarray, box: Box, layout: str) -> np.ndarray:
    """Return the cell of every track, rows of cells by y from below."""
    positions = positions_of(bundle, layout)
    across = _steps_along(positions[rows, 0], box.x0, box.x1, box.width)
    along = _steps_along(positions[rows, 1], box.y0, box.y1, box.height)
    return along * box.width + across


def _steps_along(values: np.ndarray, low: int, high: int, n: int) -> np.ndarray:
    return np.minimum((values - np.float32(low)) * np.float32(n / (high - low)), n - 1).astype(np.int32)


def _cell_colours(bundle: Bundle, rows: np.ndarray, cells: np.ndarray, n_cells: int, colour: str) -> np.ndarray:
    codes = colour_codes(bundle, colour)[rows]
    found = np.full(n_cells, MISSING, np.uint8)
    if map_values(bundle, colour).dtype.kind in "iu":
        found[cells] = codes
        return found
    known = codes != MISSING
    n = np.bincount(cells[known], minlength=n_cells)
    sums = np.bincount(cells[known], weights=codes[known], minlength=n_cells)
    filled = n > 0
    found[filled] = np.rint(sums[filled] / n[filled])
    return found


def _steps(counts: np.ndarray, most: int) -> np.ndarray:
    """Return counts on a logarithmic scale from 0 (none) and 1 (one track) to 255 (the fullest cell), uint8."""
    scale = 254 / np.log(max(int(most), 2))
    table = np.zeros(int(most) + 1)
    table[1:] = 1 + np.log(np.arange(1, int(most) + 1)) * scale
    return np.minimum(table, 255).astype(np.uint8)[counts]


def _rows_in(bundle: Bundle, box: Box, layout: str) -> np.ndarray:
    """Return the rows of the tracks in view: whole tiles of the map first, then those inside."""
    if box.x0 <= 0 and box.y0 <= 0 and box.x1 >= MAP_EXTENT and box.y1 >= MAP_EXTENT:
        return placed_rows(bundle, layout)
    x, y = positions_of(bundle, layout).T
    order, starts = _tiles(bundle, layout)
    left, right = (min(max(end // _TILE, 0), _TILES - 1) for end in (box.x0, box.x1))
    lower, upper = (min(max(end // _TILE, 0), _TILES - 1) for end in (box.y0, box.y1))
    runs = [order[starts[r * _TILES + left] : starts[r * _TILES + right + 1]] for r in range(lower, upper + 1)]
    near = np.concatenate(runs)
    inside = (x[near] >= box.x0) & (x[near] <= box.x1) & (y[near] >= box.y0) & (y[near] <= box.y1)
    return near[inside]


@lru_cache(maxsize=4)
def _tiles(bundle: Bundle, layout: str) -> tuple[np.ndarray, np.ndarray]:
    """Return rows in the order of the tiles they lie in, and where each tile starts."""
    rows = placed_rows(bundle, layout)
    across, along = (ends[rows].astype(np.int32) // _TILE for ends in positions_of(bundle, layout).T)
    tile = (along * _TILES + across).astype(np.int16)
    order = np.argsort(tile, kind="stable").astype(np.int32)
    starts = np.searchsorted(tile[order], np.arange(_TILES * _TILES + 1))
    return rows[order], starts


def _packed(*arrays: np.ndarray) -> bytes:
    raw = b"".join(np.ascontiguousarray(array).tobytes() for array in arrays)
    return gzip.compress(raw, compresslevel=_LEVEL, mtime=0)
