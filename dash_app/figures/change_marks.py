"""Where a series changes its course: a line at the year, over the band in which it may lie."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dash_app.figures.axes import note, rule
from dash_app.figures.theme import GHOST

_HALF = 0.5
_ROOM_ABOVE = {"l": 8, "r": 16, "t": 26, "b": 8}


def change_marks(changes: pd.DataFrame | None) -> dict[str, Any]:
    """Return shapes and labels for a layout, none where there is no change.

    Parameters
    ----------
    changes
        One row per change: ``year`` with its interval ``low_year`` to ``high_year``.
    """
    if changes is None or changes.empty:
        return {}
    rows = changes.to_dict("records")
    bands = [_band(float(row["low_year"]), float(row["high_year"])) for row in rows]
    lines = [rule(float(row["year"])) for row in rows]
    labels = [_year(float(row["year"])) for row in rows]
    return {"shapes": [*bands, *lines], "annotations": labels, "margin": _ROOM_ABOVE}


def _band(low: float, high: float) -> dict[str, Any]:
    ends = {"x0": low - _HALF, "x1": high + _HALF, "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "rect", "layer": "below", "fillcolor": GHOST, "opacity": 0.14, "line": {"width": 0}, **ends}


def _year(year: float) -> dict[str, Any]:
    return note(f"{year:.0f}", x=year, xanchor="center", yref="paper", y=1, yanchor="bottom")
