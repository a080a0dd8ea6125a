"""Genre probabilities, calibrated and explained."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import softmax

from analytics.calibration import prediction_sets
from models.predictors.scorers import Scorer


class GenrePredictor:
    """Calibrated genre probabilities with the contribution of every feature.

    Parameters
    ----------
    scorer
        Scores of each genre before calibration.
    classes
        Genre names in the order of the scores.
    feature_names
        Names of the columns of X.
    temperature
        Divides the scores (`analytics.pooling.fit_pool`).
    threshold
        Least probability with which a genre belongs to the 90% prediction set.
    biases
        Added to the divided scores, shape (n_genres,); none by default.
    """

    def __init__(
        self,
        scorer: Scorer,
        *,
        classes: Sequence[str],
        feature_names: tuple[str, ...],
        temperature: float,
        threshold: float,
        biases: np.ndarray | None = None,
    ) -> None:
        self.scorer = scorer
        self.classes_ = np.array(classes, dtype=object)
        self.feature_names = feature_names
        self.temperature = temperature
        self.threshold = threshold
        self.biases = np.zeros(len(self.classes_)) if biases is None else biases

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return each genre's score, (n_tracks, n_genres); its softmax is the probability."""
        return self.scorer.scores(X) / self.temperature + self.biases

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n_tracks, n_genres)."""
        return softmax(self.scores(X), axis=1)

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return the likeliest genre's name, objects of shape (n_tracks,)."""
        return self.classes_[self.scores(X).argmax(axis=1)]

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return (n_tracks, n_genres, n_features + 1), the base value last.

        The mean over genres is taken off, so that a contribution says what speaks for a genre against the others;
        they sum to `scores` less their mean over genres, whose softmax is the same.
        """
        found = self.scorer.contributions(X) / self.temperature
        found[:, :, -1] += self.biases
        return found - found.mean(axis=1, keepdims=True)

    def plausible(self, X: np.ndarray) -> np.ndarray:
        """Return which genres are in the 90% prediction set, booleans (n_tracks, n_genres)."""
        return prediction_sets(self.predict_proba(X), self.threshold)
