"""Whether a track is like any that the models have learned from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analytics.novelty import kth_distances, share_below
from data.fields import FIELDS, Field, in_a_sentence, is_categorical
from models.predictors.features import SoundSpace

UNUSUAL, STRANGE = 0.99, 0.999
"""Shares of the catalogue's own tracks that lie nearer to others, from which a warning is given."""


class NoveltyPredictor:
    """Distance to the k-th nearest known track, against the same distance of the known tracks themselves.

    Parameters
    ----------
    space
        Fitted.
    points
        Known tracks in that space, float32 of shape (n_known, n_dimensions).
    distances
        Distance of each known track to its k-th nearest other, ascending.
    ranges
        Least and greatest value of each feature among the tracks, shape (n_features, 2).
    feature_names
        Names of the columns of X.
    k
        Which neighbour counts.
    """

    def __init__(
        self,
        space: SoundSpace,
        *,
        points: np.ndarray,
        distances: np.ndarray,
        ranges: np.ndarray,
        feature_names: tuple[str, ...],
        k: int,
    ) -> None:
        self.space = space
        self.points = points
        self.distances = distances
        self.ranges = ranges
        self.feature_names = feature_names
        self.k = k

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return which share of the known tracks lies nearer to the others, 0 to 1, shape (n_tracks,).

        1 also where a feature lies beyond all known values, since distances are clipped far out.
        """
        placed = self.space.transform(X).astype(np.float32)
        shares = share_below(self.distances, kth_distances(self.points, placed, self.k))
        return np.where(self.beyond(X).any(axis=1), 1.0, shares)

    def beyond(self, X: np.ndarray) -> np.ndarray:
        """Return which features lie outside the range of all known tracks, booleans (n_tracks, n_features)."""
        low, high = self.ranges.T
        return (low > X) | (high < X)

    def sentence(self, x: np.ndarray, dictionary: Mapping[str, Field] = FIELDS) -> str:
        """Return a warning where one track, shape (n_features,), lies outside what the models have seen, or nothing.

        Parameters
        ----------
        x
            The track.
        dictionary
            Fields by name.
        """
        beyond = [self._beyond_words(x, i, dictionary) for i in np.flatnonzero(self.beyond(x[None])[0])]
        if beyond:
            return f"No known track has {' or '.join(beyond)}: the models guess here."
        share = float(self.predict(x[None])[0])
        if share < UNUSUAL:
            return ""
        said = f"Further from any known track than {np.floor(share * 1000) / 10:g}% of the catalogue's own tracks are"
        if share < STRANGE:
            return f"{said}: the models have seen few like it."
        return f"{said}: the models have seen nothing like it."

    def _beyond_words(self, x: np.ndarray, i: int, dictionary: Mapping[str, Field]) -> str:
        name, (low, high) = self.feature_names[i], self.ranges[i]
        known = dictionary[name]
        if is_categorical(name):
            return f"{in_a_sentence(known.label)} {known.text(float(x[i]))}"
        side, end = ("under", low) if x[i] < low else ("over", high)
        return f"{in_a_sentence(known.label)} {side} {known.text(float(end))}"
