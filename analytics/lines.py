"""Straight lines through points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import scipy  # loads its parts when they are first asked for, which a server that starts does not wait for

FEWEST_POINTS = 10
_STEPS = 40


class Line(NamedTuple):
    """A least-squares line.

    Parameters
    ----------
    slope, intercept
        Of the line.
    r_squared
        Share of the variance that it explains.
    table
        Columns ``x``, ``y`` and the 95% band of the mean, ``low`` and ``high``.
    """

    slope: float
    intercept: float
    r_squared: float
    table: pa.Table


def straight_line(x: np.ndarray, y: np.ndarray) -> Line | None:
    """Return the least-squares line through points, or None where there are too few or they do not vary.

    Parameters
    ----------
    x, y
        Coordinates without missing values, shape (n_points,).

    Notes
    -----
    The band is that of the mean response (Draper and Smith, "Applied regression analysis", section 1.4).

    Examples
    --------
    >>> x = np.arange(20.0)
    >>> line = straight_line(x, 2 * x + 1)
    >>> round(line.slope, 6), round(line.intercept, 6), round(line.r_squared, 6)
    (2.0, 1.0, 1.0)
    """
    if len(x) < FEWEST_POINTS or np.ptp(x) == 0:
        return None
    x, y = x.astype(np.float64), y.astype(np.float64)
    found = scipy.stats.linregress(x, y)
    places = np.linspace(x.min(), x.max(), _STEPS)
    middle = found.intercept + found.slope * places
    residual = np.sqrt(((y - found.intercept - found.slope * x) ** 2).sum() / (len(x) - 2))
    spread = np.sqrt(1 / len(x) + (places - x.mean()) ** 2 / ((x - x.mean()) ** 2).sum())
    half = scipy.stats.t.ppf(0.975, len(x) - 2) * residual * spread
    table = pa.table({"x": places, "y": middle, "low": middle - half, "high": middle + half})
    return Line(float(found.slope), float(found.intercept), float(found.rvalue**2), table)
