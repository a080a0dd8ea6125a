"""Scores beyond scikit-learn's, with intervals that know that tracks of one artist are alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pyarrow as pa

_CHUNK = 2_000_000
"""Resampled artists held in memory at once."""


class Estimate(NamedTuple):
    """A value with the ends of its 95% interval."""

    value: float
    low: float
    high: float


def clustered_mean(values: np.ndarray, groups: np.ndarray, *, seed: int, n_resamples: int = 500) -> Estimate:
    """Return a mean over tracks with an interval from resampling whole artists.

    Parameters
    ----------
    values
        One value per track, shape (n_tracks,).
    groups
        Artist number of each track, shape (n_tracks,).
    seed, n_resamples
        Of the cluster bootstrap (percentile interval; Davison and Hinkley 1997, section 3.8).
    """
    return clustered_ratio(values, np.ones(len(values)), groups, seed=seed, n_resamples=n_resamples)


def clustered_ratio(
    numerators: np.ndarray,
    denominators: np.ndarray,
    groups: np.ndarray,
    *,
    seed: int,
    n_resamples: int = 500,
) -> Estimate:
    """Return a ratio of sums over tracks with an interval from resampling whole artists.

    Parameters and source as in `clustered_mean`; only sums by artist are resampled, so that it is
    quick.
    """
    codes = np.unique(groups, return_inverse=True)[1]
    tops, bottoms = np.bincount(codes, numerators), np.bincount(codes, denominators)
    rng = np.random.default_rng(seed)
    ratios: list[np.ndarray] = []
    step = max(1, _CHUNK // len(tops))
    for start in range(0, n_resamples, step):
        shape = (min(step, n_resamples - start), len(tops))
        drawn = rng.integers(len(tops), size=shape, dtype=np.int32)
        ratios.append(tops[drawn].sum(axis=1) / bottoms[drawn].sum(axis=1))
    low, high = np.quantile(np.concatenate(ratios), (0.025, 0.975))
    return Estimate(float(tops.sum() / bottoms.sum()), float(low), float(high))


def cluster_bootstrap(
    groups: np.ndarray,
    statistic: Callable[[np.ndarray], float],
    *,
    seed: int,
    n_resamples: int = 200,
) -> Estimate:
    """Return any statistic of weighted tracks with an interval from resampling whole artists.

    Parameters
    ----------
    groups
        Artist number of each track, shape (n_tracks,).
    statistic
        Called with weights of shape (n_tracks,): how often each track is in the resample.
    seed, n_resamples
        As in `clustered_mean`.

    Notes
    -----
    The percentile interval is moved so that the resamples' median lies on the estimate: resampling
    raises statistics such as the calibration error, which would then lie outside its own interval.
    """
    codes = np.unique(groups, return_inverse=True)[1]
    n_groups = int(codes.max()) + 1
    rng = np.random.default_rng(seed)
    found = np.empty(n_resamples)
    for i in range(n_resamples):
        drawn = np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)
        found[i] = statistic(drawn[codes].astype(np.float64))
    low, median, high = np.quantile(found, (0.025, 0.5, 0.975))
    value = float(statistic(np.ones(len(codes))))
    return Estimate(value, value + float(low - median), value + float(high - median))


def confusion_counts(
    actual: np.ndarray, predicted: np.ndarray, n_classes: int, weights: np.ndarray | None = None
) -> np.ndarray:
    """Return (weighted) counts of shape (n_classes, n_classes): actual class by predicted class."""
    cells = actual.astype(np.int64) * n_classes + predicted
    counts = np.bincount(cells, weights=weights, minlength=n_classes**2)
    return counts.reshape(n_classes, n_classes)


def balanced_accuracy(confusion: np.ndarray) -> float:
    """Return the mean recall of the classes that occur, from counts of actual by predicted."""
    support = confusion.sum(axis=1)
    occurs = support > 0
    return float((np.diag(confusion)[occurs] / support[occurs]).mean())


def r2(actual: np.ndarray, predicted: np.ndarray, weights: np.ndarray) -> float:
    """Return the share of weighted variance explained; 0 where there is none."""
    mean = np.average(actual, weights=weights)
    total = float(weights @ (actual - mean) ** 2)
    return 1 - float(weights @ (actual - predicted) ** 2) / total if total > 0 else 0.0


def confidence_bins(confidence: np.ndarray, *, n_bins: int = 15) -> np.ndarray:
    """Return the number of an equal-mass bin of confidence for each track, shape (n_tracks,)."""
    edges = np.quantile(confidence, np.linspace(0, 1, n_bins + 1)[1:-1])
    return np.searchsorted(edges, confidence, side="right")


def expected_calibration_error(
    bins: np.ndarray,
    confidence: np.ndarray,
    correct: np.ndarray,
    weights: np.ndarray | None = None,
) -> float:
    """Return the mean distance of confidence from accuracy over bins, weighted by tracks.

    Equal-mass bins, as `confidence_bins` gives them: Nguyen and O'Connor, "Posterior calibration
    and exploratory analysis for natural language processing models" (EMNLP 2015).

    >>> expected_calibration_error(np.zeros(4, int), np.full(4, 0.9), np.array([1, 1, 0, 0]))
    0.4
    """
    weights = np.ones(len(bins)) if weights is None else weights
    gaps = np.bincount(bins, weights * (confidence - correct))
    return float(np.abs(gaps).sum() / weights.sum())


def reliability(bins: np.ndarray, confidence: np.ndarray, correct: np.ndarray) -> pa.Table:
    """Return columns ``bin``, ``confidence``, ``accuracy`` and ``n``, one row per filled bin."""
    n = np.bincount(bins)
    filled = n > 0
    return pa.table(
        {
            "bin": np.flatnonzero(filled).astype(np.int16),
            "confidence": (np.bincount(bins, confidence)[filled] / n[filled]).astype(np.float32),
            "accuracy": (np.bincount(bins, correct)[filled] / n[filled]).astype(np.float32),
            "n": n[filled].astype(np.int32),
        }
    )
