"""Popularity with its interval and explanation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from analytics.intervals import Basis, moved_ends
from models.predictors.scorers import Scorer

POPULARITY_RANGE = (0.0, 100.0)

_LEAST_SCALE = 1.0
"""Points: no track's popularity is predicted better than this."""


class Spread(Protocol):
    """How wide a prediction's interval is, before it is conformalised."""

    def basis(self, X: np.ndarray, predicted: np.ndarray) -> Basis:
        """Return ends and unit of the interval of each track."""
        ...


class EvenSpread:
    """The same width for every track."""

    def basis(self, X: np.ndarray, predicted: np.ndarray) -> Basis:
        """Return the prediction twice, in points."""
        return Basis(predicted, predicted, np.ones(len(predicted)))


class ScaledSpread:
    """A width in proportion to the error that is expected of the track.

    Parameters
    ----------
    error
        One score: the expected absolute error.
    """

    def __init__(self, error: Scorer) -> None:
        self.error = error

    def basis(self, X: np.ndarray, predicted: np.ndarray) -> Basis:
        """Return the prediction twice, in expected errors."""
        return Basis(predicted, predicted, np.maximum(self.error.scores(X)[:, 0], _LEAST_SCALE))


class QuantileSpread:
    """Ends that are predicted themselves.

    Parameters
    ----------
    low, high
        One score each: a quantile of popularity.
    """

    def __init__(self, low: Scorer, high: Scorer) -> None:
        self.low = low
        self.high = high

    def basis(self, X: np.ndarray, predicted: np.ndarray) -> Basis:
        """Return the predicted quantiles, in points."""
        return Basis(self.low.scores(X)[:, 0], self.high.scores(X)[:, 0], np.ones(len(predicted)))


class PopularityPredictor:
    """Popularity, its 90% interval and the contribution of every feature.

    Parameters
    ----------
    scorer
        One score: the expected popularity, not yet kept within its range.
    feature_names
        Names of the columns of X.
    offsets
        Added to the ends of ``spread``, in its unit, for the low and high end of the interval.
    spread
        How wide the interval is from track to track.
    """

    def __init__(
        self,
        scorer: Scorer,
        *,
        feature_names: tuple[str, ...],
        offsets: tuple[float, float],
        spread: Spread | None = None,
    ) -> None:
        self.scorer = scorer
        self.feature_names = feature_names
        self.offsets = offsets
        self.spread = spread or EvenSpread()

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return popularity from 0 to 100, shape (n_tracks,)."""
        return np.clip(self.scorer.scores(X)[:, 0], *POPULARITY_RANGE)

    def interval(self, X: np.ndarray) -> np.ndarray:
        """Return the ends of the 90% interval, shape (n_tracks, 2)."""
        predicted = self.predict(X)
        return moved_ends(predicted, self.spread.basis(X, predicted), self.offsets, bounds=POPULARITY_RANGE)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return (n_tracks, n_features + 1), the base value last; sums to the unclipped score."""
        return self.scorer.contributions(X)[:, 0]


class PopularityContextPredictor(PopularityPredictor):
    """Popularity from sound and from what is known of the release; genres are one feature.

    X has the columns ``feature_names`` but the last, then one column per genre, 1 where the track carries it.
    Columns that are left out at the end are unknown.

    Parameters
    ----------
    scorer, offsets, spread
        As in `PopularityPredictor`.
    feature_names
        Audio features, what else is known as a number, and ``genre`` where there are genres.
    genres
        Names of the genres, in the order of their columns.
    """

    def __init__(
        self,
        scorer: Scorer,
        *,
        feature_names: tuple[str, ...],
        genres: Sequence[str],
        offsets: tuple[float, float],
        spread: Spread | None = None,
    ) -> None:
        super().__init__(scorer, feature_names=feature_names, offsets=offsets, spread=spread)
        self.genres = tuple(genres)

    @property
    def plain_names(self) -> tuple[str, ...]:
        """The features that are one column each."""
        return tuple(name for name in self.feature_names if name != "genre")

    def matrix(self, columns: np.ndarray, genres: Sequence[Sequence[str]]) -> np.ndarray:
        """Return X from the plain columns (n_tracks, n_plain) and the genres of each track, none where unknown."""
        return np.column_stack([columns, genre_columns(genres, self.genres)])

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return popularity from 0 to 100, shape (n_tracks,)."""
        return super().predict(self._whole(X))

    def interval(self, X: np.ndarray) -> np.ndarray:
        """Return the ends of the 90% interval, shape (n_tracks, 2)."""
        return super().interval(self._whole(X))

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return (n_tracks, n_features + 1), the base value last; sums to the unclipped score."""
        found = super().contributions(self._whole(X))
        n_plain = len(self.plain_names)
        genre = found[:, n_plain:-1].sum(axis=1, keepdims=True)
        return np.column_stack([found[:, :n_plain], *([genre] if self.genres else []), found[:, -1:]])

    def _whole(self, X: np.ndarray) -> np.ndarray:
        missing = len(self.plain_names) + len(self.genres) - X.shape[1]
        return np.column_stack([X, np.full((len(X), missing), np.nan)]) if missing > 0 else X


def genre_columns(genres: Sequence[Sequence[str]], names: Sequence[str]) -> np.ndarray:
    """Return 1 where a track carries a genre, NaN where none of its genres is known, (n_tracks, n_genres).

    >>> genre_columns([["pop"], [], ["rap", "pop"]], ["pop", "rap"])
    array([[ 1.,  0.],
           [nan, nan],
           [ 1.,  1.]])
    """
    known = {name: i for i, name in enumerate(names)}
    found = np.zeros((len(genres), len(names)))
    for row, carried in enumerate(genres):
        codes = [known[name] for name in carried if name in known]
        found[row, codes] = 1
        if not codes:
            found[row] = np.nan
    return found
