"""What a bundle answers with: the estimators that are stored in it and loaded by the server.

Everything that is pickled is defined here (or by scikit-learn and LightGBM), apart from the
recipes, so that a serving process loads no trainer. Tables of features ``X`` have one row per track
and the catalogue's feature columns in their order, NaN where missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, Self

import lightgbm as lgb
import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import PowerTransformer, StandardScaler

from analytics.attribution import grouped, linear_contributions
from analytics.calibration import prediction_sets
from analytics.neighbours import nearest_centre
from data.fields import is_categorical

POPULARITY_RANGE = (0.0, 100.0)
_ROWS_FOR_POWERS = 5000
"""Evenly spaced rows: one exponent per feature needs no more, and the search is slow."""

_CLIP = 4.0
"""Standard deviations beyond which a value counts as this far out: curves must not run away."""


class FilledFeatures(TransformerMixin, BaseEstimator):
    """Medians where values are missing, and a column that tells so where many are.

    Parameters
    ----------
    indicate_above
        Share of missing values from which a feature gets an indicator column.

    Attributes
    ----------
    sources_
        Feature number of each column, shape (n_columns,).
    """

    def __init__(self, *, indicate_above: float = 0.01) -> None:
        self.indicate_above = indicate_above

    def fit(self, X: np.ndarray, y: object = None) -> Self:
        """Learn medians and which features are often missing from X (n_tracks, n_features)."""
        missing = np.isnan(X)
        known = ~missing.all(axis=0)
        self.medians_ = np.zeros(X.shape[1])
        self.medians_[known] = np.nanmedian(X[:, known].astype(np.float64), axis=0)
        self.indicated_ = np.flatnonzero(missing.mean(axis=0) > self.indicate_above)
        self.sources_ = np.concatenate([np.arange(X.shape[1]), self.indicated_])
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_features + n_indicated) without NaN."""
        missing = np.isnan(X)
        filled = np.where(missing, self.medians_, X)
        return np.column_stack([filled, missing[:, self.indicated_]])


class SoundSpace(TransformerMixin, BaseEstimator):
    """Continuous features, standardised and bent towards a normal distribution.

    Speechiness, instrumentalness or duration are so skewed that a few tracks would decide every
    distance; a power transform (Yeo and Johnson 2000) of each feature is monotone, has one
    parameter, and brings them to the scale of the others. Codes such as the key have no distance
    and are left out.

    Parameters
    ----------
    feature_names
        Names of the columns of X.
    """

    def __init__(self, feature_names: tuple[str, ...]) -> None:
        self.feature_names = feature_names

    def fit(self, X: np.ndarray, y: object = None) -> Self:
        """Learn medians, scales and powers from X (n_tracks, n_features)."""
        names = self.feature_names
        self.columns_ = np.array([i for i, name in enumerate(names) if not is_categorical(name)], dtype=np.int64)
        self.filled_ = FilledFeatures(indicate_above=1.0).fit(X[:, self.columns_])
        filled = self.filled_.transform(X[:, self.columns_])
        self.scaler_ = StandardScaler().fit(filled)
        some = filled[:: max(1, len(filled) // _ROWS_FOR_POWERS)]
        self.powers_ = PowerTransformer().fit(self.scaler_.transform(some))
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_continuous), mean 0 and variance about 1."""
        filled = self.filled_.transform(X[:, self.columns_])
        return np.clip(self.powers_.transform(self.scaler_.transform(filled)), -_CLIP, _CLIP)


class MusicalFeatures(TransformerMixin, BaseEstimator):
    """Features in the terms a linear model needs, standardised.

    Each continuous feature as in `SoundSpace` with its square and cube, since most genres sit in
    the middle of a feature rather than at its end; the key as a place on the circle of fifths; the
    tempo also folded over octaves, as 70 and 140 BPM are one pulse.

    Parameters
    ----------
    feature_names
        Names of the columns of X.

    Attributes
    ----------
    sources_
        Feature number of each column, shape (n_columns,).
    """

    def __init__(self, feature_names: tuple[str, ...]) -> None:
        self.feature_names = feature_names

    def fit(self, X: np.ndarray, y: object = None) -> Self:
        """Learn medians, powers and scales from X (n_tracks, n_features)."""
        self.filled_ = FilledFeatures().fit(X)
        self.space_ = SoundSpace(self.feature_names).fit(X)
        columns, self.sources_ = self._columns(X)
        self.scaler_ = StandardScaler().fit(columns)
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_columns), columns centred on the training mean."""
        return self.scaler_.transform(self._columns(X)[0])

    def _columns(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        bent = self.space_.transform(X)
        filled = self.filled_.transform(X)
        parts = [bent, bent**2, bent**3, filled[:, X.shape[1] :]]
        sources = [self.space_.columns_] * 3 + [self.filled_.indicated_]
        for i, name in enumerate(self.feature_names):
            extra = _folded(name, filled[:, i])
            parts.append(extra)
            sources.append(np.full(extra.shape[1], i))
        return np.column_stack(parts), np.concatenate(sources)


def _folded(name: str, values: np.ndarray) -> np.ndarray:
    """Return the extra columns of one feature, shape (n_tracks, 0 to 2)."""
    if name == "key":
        return _circle(values * 7 / 12)
    if name == "tempo":
        return _circle(np.log2(np.maximum(values, 1)))
    return values[:, None] if is_categorical(name) else np.empty((len(values), 0))


def _circle(turns: np.ndarray) -> np.ndarray:
    return np.column_stack([np.sin(2 * np.pi * turns), np.cos(2 * np.pi * turns)])


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
    """The mean score of several models: a geometric mean of their probabilities.

    Parameters
    ----------
    parts
        The models, each with as many scores.
    """

    def __init__(self, parts: Sequence[Scorer]) -> None:
        self.parts = list(parts)

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_scores)."""
        return np.mean([part.scores(X) for part in self.parts], axis=0)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return the mean of the parts' exact contributions, which sums to the mean score."""
        return np.mean([part.contributions(X) for part in self.parts], axis=0)


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
        Divides the scores (`analytics.calibration.fit_temperature`).
    threshold
        Least probability with which a genre belongs to the 90 % prediction set.
    """

    def __init__(
        self,
        scorer: Scorer,
        *,
        classes: Sequence[str],
        feature_names: tuple[str, ...],
        temperature: float,
        threshold: float,
    ) -> None:
        self.scorer = scorer
        self.classes_ = np.array(classes, dtype=object)
        self.feature_names = feature_names
        self.temperature = temperature
        self.threshold = threshold

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return each genre's score, (n_tracks, n_genres); its softmax is the probability."""
        return self.scorer.scores(X) / self.temperature

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
        return found - found.mean(axis=1, keepdims=True)

    def plausible(self, X: np.ndarray) -> np.ndarray:
        """Return which genres are in the 90 % prediction set, booleans (n_tracks, n_genres)."""
        return prediction_sets(self.predict_proba(X), self.threshold)


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


class ClusterPredictor:
    """The cluster of a track: the nearest centre.

    Parameters
    ----------
    space
        Fitted.
    centres
        Shape (n_clusters, n_dimensions) in that space.
    """

    def __init__(self, space: SoundSpace, centres: np.ndarray) -> None:
        self.space = space
        self.centres = centres

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return cluster numbers, int16 of shape (n_tracks,)."""
        return nearest_centre(self.space.transform(X), self.centres).astype(np.int16)


class NeighbourSpace(TransformerMixin, BaseEstimator):
    """A space in which near tracks sound alike and, where learned, share a genre.

    Parameters
    ----------
    space
        Fitted `SoundSpace`, scaled to a total variance of 1.
    features
        Fitted `MusicalFeatures`, or None where no genre was learned.
    projection
        From those columns to genre axes, shape (n_columns, n_axes), already weighted.
    """

    def __init__(
        self,
        space: SoundSpace,
        features: MusicalFeatures | None = None,
        projection: np.ndarray | None = None,
    ) -> None:
        self.space = space
        self.features = features
        self.projection = projection

    def fit(self, X: np.ndarray, y: object = None) -> Self:
        """Return itself: the parts come fitted."""
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return points, float32 of shape (n_tracks, n_dimensions)."""
        points = self.space.transform(X)
        points = points / np.sqrt(points.shape[1])
        if self.features is not None and self.projection is not None:
            points = np.column_stack([points, self.features.transform(X) @ self.projection])
        return points.astype(np.float32)
