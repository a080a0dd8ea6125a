"""Intervals of scores, and of their differences, from how much each track moves a score.

A score's influence function says by how much it would change if a track counted a little more. Its sums over artists
give the variance that resampling whole artists would give, without resampling: the infinitesimal jackknife (Efron and
Tibshirani, "An introduction to the bootstrap", 1993, chapter 21), in the survey literature linearisation with clusters
(Binder, International Statistical Review 51, 1983). Two sets of tracks may share artists or tracks: the difference's
influence is the difference of both, so that what they share cancels out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from analytics.scoring import Estimate

_Z95 = 1.959964


class Score(NamedTuple):
    """A score, and how much each track moves it, shape (n_tracks,); sums to 0."""

    value: float
    influence: np.ndarray


def class_scores(actual: np.ndarray, predicted: np.ndarray, n_classes: int) -> Mapping[str, Score]:
    """Return ``accuracy``, ``balanced_accuracy`` and ``macro_f1`` of predicted classes.

    Parameters
    ----------
    actual, predicted
        Class numbers, shape (n_tracks,), at least one track.
    n_classes
        Number of classes; balanced accuracy is over those that occur, macro F1 over those that occur or are predicted.
    """
    right = (actual == predicted).astype(np.float64)
    support = np.bincount(actual, minlength=n_classes)
    claimed = np.bincount(predicted, minlength=n_classes)
    hits = np.bincount(actual, right, minlength=n_classes)
    accuracy = float(right.mean())
    occurs = support > 0
    recall = hits / np.maximum(support, 1)
    size = support + claimed
    f1 = 2 * hits / np.maximum(size, 1)
    own = (2 * right - f1[actual]) / size[actual] - f1[predicted] / size[predicted]
    return {
        "accuracy": Score(accuracy, (right - accuracy) / len(right)),
        "balanced_accuracy": Score(
            float(recall[occurs].mean()), (right - recall[actual]) / support[actual] / occurs.sum()
        ),
        "macro_f1": Score(float(f1[size > 0].mean()), own / (size > 0).sum()),
    }


def error_scores(actual: np.ndarray, predicted: np.ndarray) -> Mapping[str, Score]:
    """Return ``r2``, ``mae`` and ``bias`` (mean of actual minus predicted) of predicted numbers.

    Parameters
    ----------
    actual, predicted
        Shape (n_tracks,), at least one track. Where actual values do not vary, ``r2`` is NaN.
    """
    error = (actual - predicted).astype(np.float64)
    size, squared = np.abs(error), error**2
    from_mean = (actual - actual.mean(dtype=np.float64)) ** 2
    total = float(from_mean.mean())
    share = float(squared.mean()) / total if total > 0 else np.nan
    moved = (squared - share * from_mean) / (total if total > 0 else np.nan)
    return {
        "r2": Score(1 - share, -moved / len(error)),
        "mae": Score(float(size.mean()), (size - size.mean()) / len(error)),
        "bias": Score(float(error.mean()), (error - error.mean()) / len(error)),
    }


def estimate(score: Score, groups: np.ndarray) -> Estimate:
    """Return a score with its 95% interval, NaN with a single artist.

    Parameters
    ----------
    score
        With the influence of every track.
    groups
        Artist number of each track, shape (n_tracks,).
    """
    half = _Z95 * _deviation(score.influence, groups)
    return Estimate(score.value, score.value - half, score.value + half)


def difference(
    one: Score, other: Score, rows_of_one: np.ndarray, rows_of_other: np.ndarray, groups: np.ndarray
) -> Estimate:
    """Return how much higher one score is, with its 95% interval.

    Parameters
    ----------
    one, other
        The same score over two sets of tracks, which may overlap.
    rows_of_one, rows_of_other
        Row numbers of both sets in the catalogue.
    groups
        Artist number of each track of the catalogue, shape (n_tracks,).
    """
    influence = np.concatenate([one.influence, -other.influence])
    half = _Z95 * _deviation(influence, groups[np.concatenate([rows_of_one, rows_of_other])])
    value = one.value - other.value
    return Estimate(value, value - half, value + half)


def _deviation(influence: np.ndarray, groups: np.ndarray) -> float:
    """Return the standard deviation of a score whose tracks come in groups."""
    codes = np.unique(groups, return_inverse=True)[1]
    sums = np.bincount(codes, influence)
    n = len(sums)
    return float(np.sqrt(n / (n - 1) * (sums**2).sum())) if n > 1 else float("nan")
