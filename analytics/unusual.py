"""Tracks that are unlike the others: far from the middle, or an unlikely combination."""

from __future__ import annotations

import numpy as np

_FARTHEST = 8.0
"""Standard deviations; beyond, further is not more unusual."""
_SHRUNK = 0.1
"""Share of the correlations that is not believed, so that nearly equal features do not decide alone."""
_TAILS = ((0.05, 1.645), (0.01, 2.326), (0.0, 4.0))
"""Share of the tracks beyond a quantile on one side, and how many standard deviations away that normally is."""


def robust_scores(features: np.ndarray) -> np.ndarray:
    """Return by how many standard deviations each value lies from its feature's median, either side on its own scale.

    The scale is read from the 5th and the 95th percentile, so that a skewed feature is not all outliers on one side.

    Parameters
    ----------
    features
        Shape (n_tracks, n_features), NaN where missing.

    Returns
    -------
    np.ndarray
        The same shape; 0 where missing or where nothing varies, at most 8 away from 0.
    """
    scores = [_column_scores(column.astype(np.float64)) for column in features.T]
    return np.column_stack(scores) if scores else np.zeros(features.shape)


def _column_scores(values: np.ndarray) -> np.ndarray:
    known = values[np.isfinite(values)]
    if not len(known):
        return np.zeros(len(values))
    marks = np.quantile(known, [0.5, *(share for share, _ in _TAILS), *(1 - share for share, _ in _TAILS)])
    away = values - marks[0]
    below, above = (_scale(np.abs(marks[side] - marks[0])) for side in (slice(1, 4), slice(4, 7)))
    scale = np.where(away < 0, below, above)
    return np.nan_to_num(np.clip(away / np.where(scale > 0, scale, np.inf), -_FARTHEST, _FARTHEST))


def _scale(reaches: np.ndarray) -> float:
    """Return the standard deviation that one side of the median speaks of, from the first tail that reaches out."""
    found = (reach / normal for reach, (_, normal) in zip(reaches, _TAILS, strict=True) if reach > 0)
    return float(next(found, 0.0))


def unusualness(scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each track's squared distance from the middle, and what each feature adds to it.

    The distance is Mahalanobis's: a value that goes against a correlation counts for more than one along it.

    Parameters
    ----------
    scores
        From `robust_scores`, shape (n_tracks, n_features).

    Returns
    -------
    tuple[np.ndarray, np.ndarray]
        Squared distances of shape (n_tracks,), and parts of shape (n_tracks, n_features) whose sums they are. Of
        normally distributed features the distances follow chi squared with as many degrees of freedom as features.

    Examples
    --------
    >>> rising = np.linspace(0, 3, 50)
    >>> against = np.array([[0.5, 2.5]])
    >>> scores = robust_scores(np.concatenate([np.column_stack([rising, rising]), against]))
    >>> int(unusualness(scores)[0].argmax())
    50
    """
    spread = scores.std(axis=0)
    centred = (scores - scores.mean(axis=0)) / np.where(spread > 0, spread, 1)
    related = centred.T @ centred / max(len(scores), 1)
    related = (1 - _SHRUNK) * related + _SHRUNK * np.eye(len(related))
    np.fill_diagonal(related, 1.0)
    parts = scores * (scores @ np.linalg.inv(related))
    return parts.sum(axis=1), parts
