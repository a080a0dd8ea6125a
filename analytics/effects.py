"""How a prediction moves with one feature: partial dependence, single tracks, accumulated local effects."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Predict = Callable[[np.ndarray], np.ndarray]
"""From features (n_tracks, n_features) to outputs (n_tracks, n_outputs)."""

_CHUNK = 20_000
"""Rows predicted at once."""


class Accumulated(NamedTuple):
    """Accumulated local effects at grid points, each of shape (n_grid, n_outputs).

    Parameters
    ----------
    value
        Effect against the average track.
    low, high
        Ends of its 95% interval.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def quantile_grid(values: np.ndarray, *, most: int = 24) -> np.ndarray:
    """Return ascending distinct values that cut a feature into parts of about equally many tracks.

    Parameters
    ----------
    values
        Shape (n_tracks,), NaN where missing.
    most
        Most points; a feature with no more distinct values is returned as it is.

    Examples
    --------
    >>> quantile_grid(np.array([0.0, 1.0, 1.0, 0.0]))
    array([0., 1.])
    """
    known = values[np.isfinite(values)].astype(np.float64)
    distinct = np.unique(known)
    if len(distinct) <= most:
        return distinct
    return np.unique(np.quantile(known, np.linspace(0, 1, most), method="nearest"))


def individual_curves(predict: Predict, X: np.ndarray, feature: int, grid: np.ndarray) -> np.ndarray:
    """Return what is predicted of each track if only one feature changed, (n_tracks, n_grid, n_outputs).

    Individual conditional expectation (Goldstein et al., JCGS 2015). The mean over tracks is the partial dependence
    (Friedman, Annals of Statistics 2001); where features are correlated both ask about tracks that do not exist.
    """
    moved = np.repeat(X, len(grid), axis=0)
    moved[:, feature] = np.tile(grid, len(X))
    return _in_chunks(predict, moved).reshape(len(X), len(grid), -1)


def accumulated_effects(
    predict: Predict, X: np.ndarray, feature: int, grid: np.ndarray, *, seed: int, n_resamples: int = 200
) -> Accumulated:
    """Return accumulated local effects: each track is moved only within the part of the feature where it lies.

    Unlike partial dependence they are right where features are correlated (Apley and Zhu, "Visualizing the effects
    of predictor variables in black box supervised learning models", JRSS B 2020). Centred so that the mean over the
    tracks is 0.

    Parameters
    ----------
    predict
        The model.
    X
        Tracks with the feature known, shape (n_tracks, n_features).
    feature
        Column of X.
    grid
        Ascending, shape (n_grid,), at least two points that span the feature.
    seed, n_resamples
        Of the bootstrap over tracks that gives the interval.
    """
    bins = np.clip(np.searchsorted(grid, X[:, feature], side="left") - 1, 0, len(grid) - 2)
    ends = []
    for edge in (grid[bins], grid[bins + 1]):
        moved = X.copy()
        moved[:, feature] = edge
        ends.append(_in_chunks(predict, moved))
    steps = ends[1] - ends[0]
    value = _accumulated(steps, bins, len(grid) - 1, np.ones(len(X)))
    rng = np.random.default_rng(seed)
    drawn = np.empty((n_resamples, *value.shape))
    for i in range(n_resamples):
        weights = np.bincount(rng.integers(len(X), size=len(X)), minlength=len(X)).astype(np.float64)
        drawn[i] = _accumulated(steps, bins, len(grid) - 1, weights)
    low, high = np.quantile(drawn, (0.025, 0.975), axis=0)
    return Accumulated(value, np.minimum(low, value), np.maximum(high, value))


def _accumulated(steps: np.ndarray, bins: np.ndarray, n_bins: int, weights: np.ndarray) -> np.ndarray:
    """Return the running sum of mean steps, (n_bins + 1, n_outputs), its mean over the tracks taken off."""
    n = np.bincount(bins, weights, minlength=n_bins)
    sums = np.column_stack([np.bincount(bins, weights * column, minlength=n_bins) for column in steps.T])
    run = np.concatenate([np.zeros((1, steps.shape[1])), np.cumsum(sums / np.maximum(n, 1)[:, None], axis=0)])
    middle = (run[1:] + run[:-1]) / 2
    return run - (n[:, None] * middle).sum(axis=0) / max(n.sum(), 1)


def _in_chunks(predict: Predict, X: np.ndarray) -> np.ndarray:
    parts = [predict(X[start : start + _CHUNK]) for start in range(0, len(X), _CHUNK)]
    found = np.concatenate(parts)
    return found[:, None] if found.ndim == 1 else found
