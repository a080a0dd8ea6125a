"""Spaces in which tracks lie near each other, and groups of them."""

from __future__ import annotations

from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from analytics.neighbours import nearest_centre
from models.predictors.features import MusicalFeatures, SoundSpace


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
