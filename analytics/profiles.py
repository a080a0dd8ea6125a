"""What groups of tracks look like, feature by feature."""

from __future__ import annotations

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
    """Return bin edges at round numbers, about ``n`` bins for the middle 99.8 % of the values.

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
        deviation), and the ends of its 95 % interval ``low`` and ``high``; NaN where a side has
        fewer than two values or nothing varies.

    Notes
    -----
    Interval: Hedges and Olkin, "Statistical methods for meta-analysis" (1985), p. 86.
    """
    n1, mean1, squares1 = _moments(features[inside])
    n2, mean2, squares2 = _moments(features[~inside])
    freedom = n1 + n2 - 2
    pooled = np.sqrt((squares1 + squares2) / np.maximum(freedom, 1))
    usable = (n1 > 1) & (n2 > 1) & (pooled > 0)
    effect = np.where(usable, (mean1 - mean2) / np.where(usable, pooled, 1), np.nan)
    counts = np.maximum(n1, 1), np.maximum(n2, 1)
    variance = 1 / counts[0] + 1 / counts[1] + effect**2 / (2 * np.maximum(n1 + n2, 1))
    half = 1.959964 * np.sqrt(variance)
    return pa.table({"effect": effect, "low": effect - half, "high": effect + half})


def _moments(features: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return count, mean and sum of squared deviations of the values that are there."""
    there = np.isfinite(features)
    values = np.where(there, features, 0).astype(np.float64)
    n = there.sum(axis=0)
    mean = values.sum(axis=0) / np.maximum(n, 1)
    return n, mean, (np.where(there, values - mean, 0) ** 2).sum(axis=0)
