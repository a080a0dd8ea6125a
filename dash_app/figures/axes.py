"""Axes: titles with units, few ticks, m:ss for durations, names for codes, sorted names in rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from dash_app.figures.theme import INK_2
from dash_app.figures.words import in_lines, short, short_names
from data.fields import Field, minutes_and_seconds

_SECONDS = (1, 5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 18000, 36000)
_FEW = 5
_ROW = 22
_FEWEST_ROWS = 3
_ROWS_THAT_FIT = 16
_ROWS_IN_TWO_LINES = 6


def title(text: str) -> dict[str, Any]:
    """Return an axis that says what it measures."""
    return {"title": {"text": text}}


def number_axis(text: str, *, bounds: Sequence[float] | None = None) -> dict[str, Any]:
    """Return an axis of plain numbers, fixed to ``bounds`` where they are given."""
    return {**title(text), **({} if bounds is None else {"range": list(bounds)})}


def share_axis(text: str, *, bounds: Sequence[float] | None = None) -> dict[str, Any]:
    """Return an axis of shares, written as percentages, the last one too."""
    return {**number_axis(text, bounds=bounds), "tickformat": ".0%", "ticklabeloverflow": "allow"}


def field_axis(field: Field, *, bounds: Sequence[float] | None = None) -> dict[str, Any]:
    """Return the axis of a field: its title with the unit, and ticks as people read its values.

    Without ``bounds`` it shows all values that the field may take.
    """
    if bounds is None and math.isfinite(field.high):
        bounds = (field.low, field.high)
    axis = number_axis(field.title, bounds=bounds)
    if field.is_categorical:
        return {**axis, **_code_ticks(field)}
    if field.name == "duration_ms" and bounds is not None:
        return {**axis, **_duration_ticks(*bounds)}
    return axis


def _code_ticks(field: Field) -> dict[str, Any]:
    codes = np.arange(len(field.choices), dtype=np.int16) + int(field.low)
    return {"tickvals": codes, "ticktext": [name.replace("/", "<br>") for name in field.choices]}


def _duration_ticks(low: float, high: float) -> dict[str, Any]:
    steps = (1000 * s for s in _SECONDS if (high - low) / (1000 * s) <= _FEW)
    step = next(steps, 1000 * _SECONDS[-1])
    ticks = np.arange(max(0, np.ceil(low / step)) * step, high + 1, step).astype(np.int32)
    return {"tickvals": ticks, "ticktext": [minutes_and_seconds(tick) for tick in ticks]}


def name_axis(names: Sequence[str], *, text: str = "") -> dict[str, Any]:
    """Return a vertical axis of rows, the first name on top, long ones in two lines where there are few, else cut."""
    return {
        **title(text),
        "type": "category",
        "categoryorder": "array",
        "categoryarray": list(names),
        "range": [max(len(names), _FEWEST_ROWS) - 0.5, -0.5],
        "labelalias": in_lines(names) if len(names) <= _ROWS_IN_TWO_LINES else short_names(names),
        "nticks": len(names) + 1,
        "showgrid": False,
    }


def row_height(rows: int) -> int | None:
    """Return the height in pixels that many rows need, None where they fit any card.

    >>> row_height(6), row_height(100)
    (None, 2260)
    """
    return None if rows <= _ROWS_THAT_FIT else _ROW * rows + 60


def rule(at: float) -> dict[str, Any]:
    """Return a neutral vertical line over the whole height."""
    return {"type": "line", "x0": at, "x1": at, "yref": "paper", "y0": 0, "y1": 1, **_NEUTRAL}


def level(at: float) -> dict[str, Any]:
    """Return a neutral horizontal line over the whole width."""
    return {"type": "line", "y0": at, "y1": at, "xref": "paper", "x0": 0, "x1": 1, **_NEUTRAL}


def diagonal(low: float, high: float) -> dict[str, Any]:
    """Return the neutral line where both axes are equal."""
    return {"type": "line", "x0": low, "y0": low, "x1": high, "y1": high, **_NEUTRAL}


_NEUTRAL: dict[str, Any] = {
    "layer": "below",
    "line": {"color": INK_2, "width": 1, "dash": "dot"},
}


def note(text: str, *, longest: int = 40, **place: Any) -> dict[str, Any]:
    """Return a direct label without an arrow."""
    return {"text": short(text, longest=longest), "showarrow": False, **place}
