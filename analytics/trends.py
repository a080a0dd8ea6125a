"""How features move along an ordered axis: release year, popularity, tempo or any other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import scipy  # loads its parts when they are first asked for, which a server that starts does not wait for

from analytics.profiles import sorted_quantile

_Z95 = 1.959964

_Z90 = 1.644854
"""Autocorrelations of a lag count from this many standard errors: Hamed and Rao's choice."""

_FEWEST_FOR_LAGS = 10
"""Positions below which autocorrelation cannot be told from chance."""


class Slope(NamedTuple):
    """A monotone trend: change per unit of position with its 95% interval, and its test.

    ``inflation`` is the factor by which autocorrelation raised the variance of the test, at least 1.
    """

    slope: float
    low: float
    high: float
    p_value: float
    n: int
    inflation: float = 1.0


def median_by_bin(values: np.ndarray, positions: np.ndarray, edges: np.ndarray) -> pa.Table:
    """Return the middle of a feature along an axis.

    Parameters
    ----------
    values, positions
        Feature and place on the axis, shape (n_tracks,), NaN where missing.
    edges
        Ascending edges of the bins; each holds its lower edge, the last its upper one too.

    Returns
    -------
    pa.Table
        One row per bin: ``bin``, ``centre``, ``n``, ``q25``, ``median``, ``q75``, and the ends
        ``median_low`` and ``median_high`` of the median's 95% interval; NaN in empty bins.

    Notes
    -----
    The interval lies between two order statistics with ranks from the binomial distribution, which
    is exact for any distribution (Conover, "Practical nonparametric statistics", section 3.2). With
    fewer than six tracks it is their whole range, which covers less than 95%.
    """
    there = np.isfinite(values) & np.isfinite(positions)
    bins = _bins(positions[there], edges)
    kept = bins >= 0
    bins, found = bins[kept], values[there][kept].astype(np.float64)
    found = found[np.lexsort((found, bins))]
    n = np.bincount(bins, minlength=len(edges) - 1)
    starts = np.cumsum(n) - n
    low, high = _median_interval(found, starts, n)
    return pa.table(
        {
            "bin": np.arange(len(n), dtype=np.int32),
            "centre": (edges[:-1] + edges[1:]) / 2.0,
            "n": n.astype(np.int32),
            "q25": sorted_quantile(found, starts, n, 0.25),
            "median": sorted_quantile(found, starts, n, 0.5),
            "q75": sorted_quantile(found, starts, n, 0.75),
            "median_low": low,
            "median_high": high,
        }
    )


def shares_by_bin(codes: np.ndarray, positions: np.ndarray, edges: np.ndarray, n_codes: int) -> pa.Table:
    """Return the share of each label along an axis.

    Parameters
    ----------
    codes
        Label number of each track, negative for none, shape (n_tracks,).
    positions, edges
        As in `median_by_bin`.
    n_codes
        Number of labels.

    Returns
    -------
    pa.Table
        One row per bin and label: ``bin``, ``centre``, ``code``, ``n``, ``total`` (labelled tracks
        in the bin), ``share`` and its 95% interval ``low``, ``high`` (Wilson 1927); NaN where the
        bin is empty.
    """
    bins = _bins(positions, edges)
    kept = (bins >= 0) & (codes >= 0)
    n_bins = len(edges) - 1
    cells = bins[kept] * n_codes + codes[kept]
    n = np.bincount(cells, minlength=n_bins * n_codes)
    total = np.repeat(n.reshape(n_bins, n_codes).sum(axis=1), n_codes)
    low, high = wilson_interval(n, total)
    return pa.table(
        {
            "bin": np.repeat(np.arange(n_bins, dtype=np.int32), n_codes),
            "centre": np.repeat((edges[:-1] + edges[1:]) / 2.0, n_codes),
            "code": np.tile(np.arange(n_codes, dtype=np.int32), n_bins),
            "n": n.astype(np.int32),
            "total": total.astype(np.int32),
            "share": np.where(total > 0, n / np.maximum(total, 1), np.nan),
            "low": low,
            "high": high,
        }
    )


def wilson_interval(n: np.ndarray, total: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95% interval of a share, NaN where ``total`` is 0 (Wilson 1927)."""
    safe = np.maximum(total, 1)
    share = n / safe
    centre = (share + _Z95**2 / (2 * safe)) / (1 + _Z95**2 / safe)
    spread = np.sqrt(share * (1 - share) / safe + _Z95**2 / (4 * safe**2))
    half = _Z95 * spread / (1 + _Z95**2 / safe)
    low, high = np.maximum(centre - half, 0), np.minimum(centre + half, 1)
    return np.where(total > 0, low, np.nan), np.where(total > 0, high, np.nan)


def trend_slope(positions: np.ndarray, values: np.ndarray) -> Slope:
    """Return the Theil-Sen slope with its interval, and Mann and Kendall's test, both corrected for autocorrelation.

    Parameters
    ----------
    positions, values
        Such as years and yearly medians, ascending, shape (n_positions,), NaN where missing.

    Raises
    ------
    ValueError
        Fewer than three positions have a value.

    Notes
    -----
    Sen, "Estimates of the regression coefficient based on Kendall's tau" (JASA 1968). A year that resembles the one
    before tells less than a year of its own: `variance_inflation` widens both the test and the interval.
    """
    there = np.isfinite(positions) & np.isfinite(values)
    x, y = positions[there].astype(np.float64), values[there].astype(np.float64)
    if len(x) < 3:
        raise ValueError(f"a trend needs three positions with values, here are {len(x)}")
    if np.ptp(y) == 0:
        return Slope(0.0, 0.0, 0.0, 1.0, len(x))
    slope = float(scipy.stats.theilslopes(y, x).slope)
    inflation = variance_inflation(y - slope * x)
    normal = scipy.stats.norm
    found = scipy.stats.theilslopes(y, x, alpha=2 * normal.sf(_Z95 * np.sqrt(inflation)))
    deviate = normal.isf(scipy.stats.kendalltau(x, y).pvalue / 2) / np.sqrt(inflation)
    p_value = min(1.0, float(2 * normal.sf(deviate)))
    return Slope(slope, float(found.low_slope), float(found.high_slope), p_value, len(x), inflation)


def variance_inflation(detrended: np.ndarray) -> float:
    """Return by how much autocorrelation raises the variance of Mann and Kendall's statistic, at least 1.

    Hamed and Rao, "A modified Mann-Kendall trend test for autocorrelated data" (Journal of Hydrology 204, 1998): the
    significant autocorrelations of the ranks of the detrended series, weighted by lag.

    Parameters
    ----------
    detrended
        The series without its trend, in order, shape (n_positions,). Of fewer than ten positions 1 is returned, as
        their autocorrelation is not known.

    Notes
    -----
    Detrending a short series takes much of its autocorrelation along; it is given back after Hamed, "Enhancing the
    effectiveness of prewhitening in trend analysis" (Journal of Hydrology 368, 2009). Lags count up to the first that
    is not significant, and none for less than the first lag implies by itself (autoregression of order 1): estimates
    of long lags are too poor. Measured in *tests/analytics/test_trends*.
    """
    n = len(detrended)
    if n < _FEWEST_FOR_LAGS:
        return 1.0
    ranks = scipy.stats.rankdata(detrended)
    ranks -= ranks.mean()
    total = float(ranks @ ranks)
    if total == 0:
        return 1.0
    lags = np.arange(1, n)
    raw = np.correlate(ranks, ranks, mode="full")[n:] / total
    found = np.clip((n * raw + 2) / (n - 4), -1, 1)
    significant = np.logical_and.accumulate(np.abs(found) > _Z90 / np.sqrt(n))
    counted = np.where(significant, found, 0)
    if found[0] > 0:
        counted = np.maximum(counted, found[0] ** lags)
    weights = (n - lags) * (n - lags - 1) * (n - lags - 2)
    return max(1.0, 1 + 2 * float(weights @ counted) / (n * (n - 1) * (n - 2)))


def smoothed_means(values: np.ndarray, positions: np.ndarray, wanted: np.ndarray, *, bandwidth: float) -> np.ndarray:
    """Return means that change smoothly along an axis (Nadaraya and Watson 1964).

    Parameters
    ----------
    values
        Shape (n_tracks, n_features), without NaN.
    positions
        Whole numbers such as years, shape (n_tracks,).
    wanted
        Where the means are wanted, shape (n_wanted,).
    bandwidth
        Standard deviation of the Gaussian kernel, in units of position.

    Returns
    -------
    np.ndarray
        Shape (n_wanted, n_features).
    """
    places, codes = np.unique(positions, return_inverse=True)
    sums = np.column_stack([np.bincount(codes, column) for column in values.T])
    where, back = np.unique(wanted, return_inverse=True)
    log_kernel = -(((where[:, None] - places[None, :]) / bandwidth) ** 2) / 2
    # Far from all tracks the nearest place decides, instead of nothing over nothing.
    kernel = np.exp(log_kernel - log_kernel.max(axis=1, keepdims=True))
    return ((kernel @ sums) / (kernel @ np.bincount(codes))[:, None])[back]


def adjusted(p_values: np.ndarray) -> np.ndarray:
    """Return p-values adjusted for their number (Benjamini and Hochberg 1995).

    >>> adjusted(np.array([0.01, 0.04, 0.5])).round(2)
    array([0.03, 0.06, 0.5 ])
    """
    return scipy.stats.false_discovery_control(p_values, method="bh") if len(p_values) else p_values


def _bins(positions: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Return the bin of each position, -1 where it is missing or outside."""
    bins = np.searchsorted(edges, positions, side="right") - 1
    bins[positions == edges[-1]] = len(edges) - 2
    inside = np.isfinite(positions) & (bins >= 0) & (bins < len(edges) - 1)
    return np.where(inside, bins, -1)


def _median_interval(values: np.ndarray, starts: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(values):
        return np.full(len(n), np.nan), np.full(len(n), np.nan)
    rank = np.maximum(scipy.stats.binom.ppf(0.025, np.maximum(n, 1), 0.5).astype(np.int64), 1)
    last = len(values) - 1
    low = values[np.minimum(starts + rank - 1, last)]
    high = values[np.clip(starts + n - rank, 0, last)]
    return np.where(n > 0, low, np.nan), np.where(n > 0, high, np.nan)
