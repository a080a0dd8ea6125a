"""From a catalogue's columns to what models hear: filled, bent, standardised."""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.preprocessing import PowerTransformer, StandardScaler

from data.fields import is_categorical

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
