"""Models of one or more scores per track that can say where each score came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import lightgbm as lgb
import numpy as np

from analytics.attribution import grouped, linear_contributions
from models.predictors.features import FilledFeatures, MusicalFeatures


class Scorer(Protocol):
    """A model of one or more scores per track that can say where each score came from."""

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_scores)."""
        ...

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return (n_tracks, n_scores, n_features + 1), the base value last; sums to the scores."""
        ...


class ConstantScorer:
    """The same scores for every track: what knows nothing.

    Parameters
    ----------
    constants
        Shape (n_scores,).
    """

    def __init__(self, constants: np.ndarray) -> None:
        self.constants = np.asarray(constants, dtype=np.float64)

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_scores)."""
        return np.tile(self.constants, (len(X), 1))

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return zeros, and the constants as base value."""
        found = np.zeros((len(X), len(self.constants), X.shape[1] + 1))
        found[:, :, -1] = self.constants
        return found


class LinearScorer:
    """A linear model of `MusicalFeatures`.

    Parameters
    ----------
    features
        Fitted.
    coefficients, intercepts
        Shape (n_scores, n_columns) and (n_scores,).
    """

    def __init__(self, features: MusicalFeatures, coefficients: np.ndarray, intercepts: np.ndarray) -> None:
        self.features = features
        self.coefficients = np.atleast_2d(coefficients)
        self.intercepts = np.atleast_1d(intercepts)

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_scores)."""
        return self.features.transform(X) @ self.coefficients.T + self.intercepts

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return exact contributions against the mean track, summed over a feature's columns."""
        columns = self.features.transform(X)
        found = linear_contributions(columns, self.coefficients, self.intercepts)
        return grouped(found, self.features.sources_, X.shape[1])


class TreeScorer:
    """Gradient boosted trees on `FilledFeatures`.

    Parameters
    ----------
    features
        Fitted.
    booster
        Trained on the filled features.
    """

    def __init__(self, features: FilledFeatures, booster: lgb.Booster) -> None:
        self.features = features
        self.booster = booster

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_scores)."""
        return self._predict(X, raw_score=True).reshape(len(X), -1)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return exact SHAP values (TreeSHAP, Lundberg et al. 2020), summed over columns."""
        n_columns = len(self.features.sources_)
        found = self._predict(X, pred_contrib=True).reshape(len(X), -1, n_columns + 1)
        return grouped(found, self.features.sources_, X.shape[1])

    def _predict(self, X: np.ndarray, **what: bool) -> np.ndarray:
        # Waking threads costs a row more than they save; many requests run side by side anyway.
        return self.booster.predict(self.features.transform(X), num_threads=1, **what)


class BlendScorer:
    """The weighted mean score of several models: a geometric mean of their probabilities.

    Parameters
    ----------
    parts
        The models, each with as many scores.
    weights
        One per part, summing to 1; equal by default.
    """

    def __init__(self, parts: Sequence[Scorer], weights: np.ndarray | None = None) -> None:
        self.parts = list(parts)
        self.weights = np.full(len(self.parts), 1 / len(self.parts)) if weights is None else weights

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_scores)."""
        return sum(w * part.scores(X) for w, part in self._weighted)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return the mean of the parts' exact contributions, which sums to the mean score."""
        return sum(w * part.contributions(X) for w, part in self._weighted)

    @property
    def _weighted(self) -> list[tuple[float, Scorer]]:
        return [(w, part) for w, part in zip(self.weights, self.parts, strict=True) if w]
