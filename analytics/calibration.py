"""Probabilities that mean what they say: temperature scaling and prediction sets and intervals."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax

_SEARCHED = (-2.5, 2.5)
"""Bounds of the natural logarithm of a temperature."""


def fit_temperature(log_probabilities: np.ndarray, actual: np.ndarray) -> float:
    """Return the temperature under which the actual classes are most likely.

    Parameters
    ----------
    log_probabilities
        Log probabilities or unnormalised scores, shape (n_tracks, n_classes).
    actual
        Class numbers, shape (n_tracks,).

    Notes
    -----
    Guo, Pleiss, Sun and Weinberger, "On calibration of modern neural networks" (ICML 2017).
    """
    rows = np.arange(len(actual))

    def loss(log_temperature: float) -> float:
        cooled = log_softmax(log_probabilities * np.exp(-log_temperature), axis=1)
        return -float(cooled[rows, actual].mean())

    found = minimize_scalar(loss, bounds=_SEARCHED, method="bounded", options={"xatol": 1e-3})
    return float(np.exp(found.x))


def apply_temperature(log_probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities of shape (n_tracks, n_classes), softened by a temperature over 1.

    >>> apply_temperature(np.log([[0.9, 0.1]]), 2.0).round(2)
    array([[0.75, 0.25]])
    """
    return np.exp(log_softmax(log_probabilities / temperature, axis=1))


def set_threshold(probabilities: np.ndarray, actual: np.ndarray, *, coverage: float = 0.9) -> float:
    """Return the least probability with which a class belongs to the prediction set.

    Split conformal prediction with score 1 - p(actual): Sadinle, Lei and Wasserman, "Least
    ambiguous set-valued classifiers with bounded error levels" (JASA 2019).

    Parameters
    ----------
    probabilities
        Of tracks that the model has not seen, shape (n_tracks, n_classes).
    actual
        Class numbers, shape (n_tracks,).
    coverage
        Share of tracks whose set shall hold the actual class.
    """
    scores = 1 - probabilities[np.arange(len(actual)), actual]
    return 1 - _conformal_quantile(scores, coverage)


def prediction_sets(probabilities: np.ndarray, threshold: float) -> np.ndarray:
    """Return which classes are in the set of each track, booleans (n_tracks, n_classes).

    The likeliest class always is: an empty set would tell a reader nothing.
    """
    members = probabilities >= threshold
    members[np.arange(len(members)), probabilities.argmax(axis=1)] = True
    return members


def interval_offsets(residuals: np.ndarray, *, coverage: float = 0.9) -> tuple[float, float]:
    """Return what to add to a prediction for the low and the high end of its interval.

    Parameters
    ----------
    residuals
        Actual minus predicted, of tracks that the model has not seen, shape (n_tracks,).
    coverage
        Share of tracks that shall lie inside; the rest is halved between the two sides, so that
        the interval follows a skewed distribution (Romano, Patterson and Candès, "Conformalized
        quantile regression", NeurIPS 2019, section 4).
    """
    one_side = 1 - (1 - coverage) / 2
    low, high = _conformal_quantile(-residuals, one_side), _conformal_quantile(residuals, one_side)
    return -low, high


def _conformal_quantile(scores: np.ndarray, coverage: float) -> float:
    """Return the quantile whose rank is raised by one for the track yet to come."""
    rank = min(len(scores), int(np.ceil((len(scores) + 1) * coverage)))
    return float(np.partition(scores, rank - 1)[rank - 1])
