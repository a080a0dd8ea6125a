"""Scores of several models as one, weighted so that they are calibrated."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax

_HEAVIEST = 12.0
"""Most and, inverted, least sum of weights: the sharpest and the softest probabilities."""

_PRIOR = 3.0
"""Strength of the pull of biases to 0: as if so many tracks had been seen that need none."""

_MOST_CELLS, _CELLS_TO_CHOOSE, _ROWS_TO_CHOOSE = 1_500_000, 100_000, 3000
"""Tracks times classes that weights are fitted to, and on which it is decided whether biases help: evenly spaced
tracks, as few numbers need no more."""


class Pool(NamedTuple):
    """How scores become calibrated log probabilities.

    Parameters
    ----------
    weights
        Not negative, one per model, shape (n_models,).
    biases
        Added to the score of each class, shape (n_classes,).
    """

    weights: np.ndarray
    biases: np.ndarray

    def log_proba(self, scores: np.ndarray) -> np.ndarray:
        """Return log probabilities (n_tracks, n_classes) from scores (n_models, n_tracks, n_classes)."""
        return log_softmax(np.tensordot(self.weights, scores, 1) + self.biases, axis=1)

    @property
    def temperature(self) -> float:
        """What divides the scores when weights are taken to sum to 1."""
        return 1 / float(self.weights.sum())

    @property
    def shares(self) -> np.ndarray:
        """Weights that sum to 1, shape (n_models,)."""
        return self.weights / self.weights.sum()


def fit_pool(scores: np.ndarray, actual: np.ndarray, *, biased: bool = False) -> Pool:
    """Return the weights under which the actual classes are most likely.

    A logarithmic opinion pool (Heskes, "Selecting weighting factors in logarithmic opinion pools", NeurIPS 1997). Of
    one model it is temperature scaling, and with biases a restricted vector scaling (Guo, Pleiss, Sun and Weinberger,
    "On calibration of modern neural networks", ICML 2017).

    Parameters
    ----------
    scores
        Log probabilities or unnormalised scores, shape (n_models, n_tracks, n_classes).
    actual
        Class numbers, shape (n_tracks,).
    biased
        Whether classes get a bias each; it is pulled towards 0.
    """
    scores, actual = _thinned(scores, actual, _MOST_CELLS // scores.shape[2])
    n_models, n_tracks, n_classes = scores.shape
    centred = (scores - scores.mean(axis=2, keepdims=True)).astype(np.float64)
    n_biases = n_classes if biased else 0

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        weights, biases = parameters[:n_models], parameters[n_models:]
        pooled = np.tensordot(weights, centred, 1) + (biases if biased else 0.0)
        log_proba = log_softmax(pooled, axis=1)
        rows = np.arange(n_tracks)
        off = np.exp(log_proba)
        off[rows, actual] -= 1
        slopes = [np.vdot(off, part) for part in centred]
        slopes_of_biases = off.sum(axis=0)[:n_biases] + 2 * _PRIOR * biases
        gradient = np.concatenate([slopes, slopes_of_biases]) / n_tracks
        return float(-log_proba[rows, actual].mean() + _PRIOR * biases @ biases / n_tracks), gradient

    start = np.concatenate([np.full(n_models, 1 / n_models), np.zeros(n_biases)])
    bounds = [(0, _HEAVIEST)] * n_models + [(None, None)] * n_biases
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    weights = found[:n_models] + max(0.0, 1 / _HEAVIEST - found[:n_models].sum()) / n_models
    return Pool(weights, found[n_models:] if biased else np.zeros(n_classes))


def chosen_pool(scores: np.ndarray, actual: np.ndarray, fold_numbers: np.ndarray) -> Pool:
    """Return a pool with biases where those pay on folds that had no say, otherwise without.

    Parameters
    ----------
    scores, actual
        As in `fit_pool`.
    fold_numbers
        Fold of each track, shape (n_tracks,).
    """
    n_rows = min(_ROWS_TO_CHOOSE, _CELLS_TO_CHOOSE // scores.shape[2])
    few, labels = _thinned(scores, actual, n_rows)
    numbers = _thinned(scores, fold_numbers, n_rows)[1]
    without, with_biases = (_loss_on_unseen_folds(few, labels, numbers, biased=biased) for biased in (False, True))
    return fit_pool(scores, actual, biased=with_biases < without)


def _thinned(scores: np.ndarray, labels: np.ndarray, n_rows: int) -> tuple[np.ndarray, np.ndarray]:
    some = slice(None, None, -(-len(labels) // max(1, n_rows)))
    return scores[:, some], labels[some]


def _loss_on_unseen_folds(scores: np.ndarray, actual: np.ndarray, fold_numbers: np.ndarray, *, biased: bool) -> float:
    """Return the log loss on either half of the folds after fitting to the other, 0 where there is one fold."""
    half = np.unique(fold_numbers, return_inverse=True)[1] % 2
    if not half.any():
        return 0.0
    lost = 0.0
    for own in (half == 0, half == 1):
        pool = fit_pool(scores[:, ~own], actual[~own], biased=biased)
        lost -= float(pool.log_proba(scores[:, own])[np.arange(own.sum()), actual[own]].sum())
    return lost
