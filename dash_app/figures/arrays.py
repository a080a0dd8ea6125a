"""Numbers on their way to the browser: typed arrays, as small as a screen can tell apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

_INTEGERS = (np.uint8, np.int16, np.int32)


def float32(values: Any) -> npt.NDArray[np.float32]:
    """Return numbers, missing ones as NaN, in single precision."""
    if isinstance(values, pd.Series | pd.DataFrame):
        return values.to_numpy(dtype=np.float32, na_value=np.nan)
    return np.asarray(values, dtype=np.float32)


def integers(values: Any) -> npt.NDArray[np.integer]:
    """Return whole numbers in the smallest of uint8, int16 and int32 that holds them.

    >>> integers([0, 255]).dtype, integers([-1, 255]).dtype, integers([70_000]).dtype
    (dtype('uint8'), dtype('int16'), dtype('int32'))
    """
    whole = np.asarray(values)
    if whole.size == 0:
        return whole.astype(np.uint8)
    low, high = whole.min(), whole.max()
    fits = (t for t in _INTEGERS if np.iinfo(t).min <= low and high <= np.iinfo(t).max)
    return whole.astype(next(fits, np.int32))


def compact(values: Any) -> npt.NDArray[Any]:
    """Return numbers as small integers where they are integers, else as float32."""
    numbers = np.asarray(values)
    return integers(numbers) if numbers.dtype.kind in "iub" else float32(numbers)


def span(*columns: Any, padding: float = 0.04, with_zero: bool = False) -> list[float] | None:
    """Return the range that holds all columns with some room, or None where nothing is known.

    >>> span([1.0, 3.0], [2.0, float("nan")], padding=0)
    [1.0, 3.0]
    """
    known = np.concatenate([float32(column).ravel() for column in columns])
    known = known[np.isfinite(known)]
    if known.size == 0:
        return None
    low, high = float(known.min()), float(known.max())
    if with_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    room = (high - low) * padding or max(abs(high), 1.0) * 0.05 * bool(padding)
    return [low - room, high + room]
