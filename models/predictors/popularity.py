"""Popularity with its interval and explanation."""

from __future__ import annotations

import numpy as np

from models.predictors.scorers import Scorer

POPULARITY_RANGE = (0.0, 100.0)


class PopularityPredictor:
    """Popularity, its 90 % interval and the contribution of every feature.

    Parameters
    ----------
    scorer
        One score: the expected popularity, not yet kept within its range.
    feature_names
        Names of the columns of X.
    offsets
        Added to a prediction for the low and high end of its interval.
    """

    def __init__(self, scorer: Scorer, *, feature_names: tuple[str, ...], offsets: tuple[float, float]) -> None:
        self.scorer = scorer
        self.feature_names = feature_names
        self.offsets = offsets

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return popularity from 0 to 100, shape (n_tracks,)."""
        return np.clip(self.scorer.scores(X)[:, 0], *POPULARITY_RANGE)

    def interval(self, X: np.ndarray) -> np.ndarray:
        """Return the ends of the 90 % interval, shape (n_tracks, 2)."""
        ends = self.scorer.scores(X)[:, :1] + np.array(self.offsets)
        return np.clip(ends, *POPULARITY_RANGE)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return (n_tracks, n_features + 1), the base value last; sums to the unclipped score."""
        return self.scorer.contributions(X)[:, 0]
