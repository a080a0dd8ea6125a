"""Sets of classes and intervals that hold the truth as often as they promise."""

from __future__ import annotations

import numpy as np


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
