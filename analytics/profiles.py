"""What groups of tracks look like, feature by feature."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

_QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
_NICE_STEPS = np.array([1.0, 2.0, 2.5, 5.0, 10.0])


def feature_profile(values: np.ndarray, groups: np.ndarray, n_groups: int) -> pa.Table:
    """Return how one feature is distributed in each group.

    Parameters
    ----------
    values
        Shape (n_tracks,), NaN where missing.
    groups
        Group number of each track, negative for none, shape (n_tracks,).
    n_groups
        Number of groups, so that empty ones get a row too.

    Returns
    -------
    pa.Table
        One row per group: ``group``, ``n`` (tracks with a value), ``mean``, ``q05``, ``q25``,
        ``median``, ``q75``, ``q95``; NaN where the group has no value.
    """
    there = np.isfinite(values) & (groups >= 0)
    values, groups = values[there].astype(np.float64), groups[there]
    order = np.lexsort((values, groups))
    values, groups = values[order], groups[order]
    n = np.bincount(groups, minlength=n_groups)
    starts = np.cumsum(n) - n
    columns = {"group": np.arange(n_groups, dtype=np.int32), "n": n.astype(np.int32)}
    sums = np.bincount(groups, values, minlength=n_groups)
    columns["mean"] = np.where(n > 0, sums / np.maximum(n, 1), np.nan)
    columns |= {name: sorted_quantile(values, starts, n, q) for name, q in _QUANTILES.items()}
    return pa.table(columns)


def sorted_quantile(values: np.ndarray, starts: np.ndarray, n: np.ndarray, q: float) -> np.ndarray:
    """Return a quantile of each run of sorted values, linearly interpolated, NaN for empty runs.

    Parameters
    ----------
    values
        Runs of ascending values, one after the other.
    starts, n
        Where each run begins and how long it is.
    q
        From 0 to 1.
    """
    if not len(values):
        return np.full(len(n), np.nan)
    place = q * np.maximum(n - 1, 0)
    floor = np.floor(place).astype(np.int64)
    last = len(values) - 1
    low = values[np.minimum(starts + floor, last)]
    high = values[np.minimum(starts + np.minimum(floor + 1, np.maximum(n - 1, 0)), last)]
    return np.where(n > 0, low + (high - low) * (place - floor), np.nan)


def histogram(values: np.ndarray, edges: np.ndarray, groups: np.ndarray | None = None, n_groups: int = 1) -> np.ndarray:
    """Return counts of shape (n_groups, n_bins); what lies beyond the edges is in the outer bins.

    >>> histogram(np.array([-3, 0.5, 1.5, 2.0]), np.array([0.0, 1.0, 2.0]))
    array([[2, 2]])
    """
    groups = np.zeros(len(values), dtype=np.int64) if groups is None else groups
    there = np.isfinite(values) & (groups >= 0)
    n_bins = len(edges) - 1
    bins = np.searchsorted(edges[1:-1], values[there], side="right")
    cells = groups[there].astype(np.int64) * n_bins + bins
    return np.bincount(cells, minlength=n_groups * n_bins).reshape(n_groups, n_bins)


def nice_edges(values: np.ndarray, *, low: float, high: float, n: int = 30) -> np.ndarray:
    """Return bin edges at round numbers, about ``n`` bins for the middle 99.8% of the values.

    Parameters
    ----------
    values
        Shape (n_tracks,), NaN where missing.
    low, high
        Possible range of the field; edges do not leave it, but may begin or end on it.
    n
        Wished number of bins.

    Examples
    --------
    >>> nice_edges(np.linspace(0, 1, 100), low=0, high=1, n=5)
    array([0. , 0.2, 0.4, 0.6, 0.8, 1. ])
    """
    there = values[np.isfinite(values)]
    if not len(there):
        return np.array([max(low, 0.0), max(low, 0.0) + 1.0])
    first, last = np.quantile(there.astype(np.float64), (0.001, 0.999))
    if last <= first:
        first, last = first - 0.5, last + 0.5
    raw = (last - first) / n
    size = 10.0 ** np.floor(np.log10(raw))
    step = size * _NICE_STEPS[np.searchsorted(_NICE_STEPS * size, raw * 0.999)]
    steps = np.arange(np.floor(first / step + 1e-9), np.ceil(last / step - 1e-9) + 1)
    edges = np.unique(np.clip((steps * step).round(10), low, high))
    return edges if len(edges) > 1 else np.array([first, last])


def effect_sizes(features: np.ndarray, inside: np.ndarray) -> pa.Table:
    """Return by how many standard deviations a group differs from the rest, feature by feature.

    Parameters
    ----------
    features
        Shape (n_tracks, n_features), NaN where missing.
    inside
        Which tracks are in the group, booleans of shape (n_tracks,).

    Returns
    -------
    pa.Table
        One row per feature: ``effect`` (mean inside minus mean outside, over the pooled standard
        deviation), and the ends of its 95% interval ``low`` and ``high``; NaN where a side has
        fewer than two values or nothing varies.

    Notes
    -----
    Interval: Hedges and Olkin, "Statistical methods for meta-analysis" (1985), p. 86.
    """
    parts = [Moments.of_columns(list(features[rows].T)) for rows in (inside, ~inside)]
    return _effects(*parts)


def effects_of(inside: Moments, everything: Moments) -> pa.Table:
    """Return `effect_sizes` from the moments of a group and of all tracks, so that only the group is looked at."""
    return _effects(inside, everything.without(inside))


def effects_between(one: Moments, other: Moments) -> pa.Table:
    """Return by how many standard deviations one group differs from another; columns as in `effect_sizes`.

    Where the groups share tracks, the interval is wider than it need be.
    """
    return _effects(one, other)


class Moments(NamedTuple):
    """Of several features: how many values are there, their mean, their sum of squared deviations.

    Parameters
    ----------
    n, mean, squares
        Each of shape (n_features,).
    """

    n: np.ndarray
    mean: np.ndarray
    squares: np.ndarray

    @classmethod
    def of_columns(cls, columns: Sequence[np.ndarray]) -> Moments:
        """Return the moments of features, each given as an array with NaN where missing."""
        found = [_moments(values) for values in columns]
        return cls(*(np.array(part) for part in zip(*found, strict=True)))

    def without(self, part: Moments) -> Moments:
        """Return the moments of the other tracks (Chan, Golub and LeVeque, The American Statistician 37, 1983)."""
        n = self.n - part.n
        mean = (self.n * self.mean - part.n * part.mean) / np.maximum(n, 1)
        between = (part.mean - mean) ** 2 * n * part.n / np.maximum(self.n, 1)
        return Moments(n, mean, np.maximum(self.squares - part.squares - between, 0))


def _effects(one: Moments, other: Moments) -> pa.Table:
    freedom = one.n + other.n - 2
    pooled = np.sqrt((one.squares + other.squares) / np.maximum(freedom, 1))
    # What rounding leaves of numbers that are all alike is no spread.
    usable = (one.n > 1) & (other.n > 1) & (pooled > 1e-9 * np.maximum(np.abs(one.mean), np.abs(other.mean)))
    effect = np.where(usable, (one.mean - other.mean) / np.where(usable, pooled, 1), np.nan)
    variance = 1 / np.maximum(one.n, 1) + 1 / np.maximum(other.n, 1)
    half = 1.959964 * np.sqrt(variance + effect**2 / (2 * np.maximum(one.n + other.n, 1)))
    return pa.table({"effect": effect, "low": effect - half, "high": effect + half})


def _moments(values: np.ndarray) -> tuple[int, float, float]:
    known = values[np.isfinite(values)]
    if not len(known):
        return 0, 0.0, 0.0
    mean = known.mean(dtype=np.float64)
    away = known - mean
    return len(known), float(mean), float(np.square(away).sum())
