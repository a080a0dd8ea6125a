"""Counts of tracks in the cells of an even grid, and the bars that say what their colours mean."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from dash_app.figures.arrays import float32
from dash_app.figures.theme import colour_bar
from dash_app.figures.words import count


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
    return {**bar, "tickvals": np.log10(float32(ticks)), "ticktext": [f"{100 * tick:g} %" for tick in ticks]}
