"""Spaces in which tracks lie near each other, and groups of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from analytics.neighbours import nearest_centre, nearest_few
from data.selection import MAP_EXTENT
from models.predictors.features import MusicalFeatures, SoundSpace

_SAME_GROUP = 0.05
"""Share of the map's side within which neighbours count as one group."""


class ClusterPredictor:
    """The cluster of a track: the nearest centre.

    Parameters
    ----------
    space
        Fitted.
    centres
        Shape (n_clusters, n_dimensions) in that space.
    centres_by_k
        The same for every number of clusters that was cut.
    """

    def __init__(
        self, space: SoundSpace, centres: np.ndarray, centres_by_k: Mapping[int, np.ndarray] | None = None
    ) -> None:
        self.space = space
        self.centres = centres
        self.centres_by_k = dict(centres_by_k or {len(centres): centres})

    def predict(self, X: np.ndarray, k: int | None = None) -> np.ndarray:
        """Return cluster numbers of the chosen cut, or of the cut into ``k``, int16 of shape (n_tracks,).

        Raises
        ------
        KeyError
            The tracks were not cut into ``k`` clusters.
        """
        centres = self.centres if k is None else self.centres_by_k[k]
        return nearest_centre(self.space.transform(X), centres).astype(np.int16)


class MapPlacer:
    """The place of a track on a map that was drawn without it: among the places of those that sound most like it.

    Of its nearest tracks, each weighted by the inverse square of its distance (Shepard 1968), the one whose place is
    most central is found, and the place is the mean of those near to that one. The mean of all would put a track whose
    neighbours lie in two groups into the empty space between them. UMAP's own transform compiles for most of a minute;
    this takes milliseconds and needs numpy alone.

    Parameters
    ----------
    space
        Fitted.
    points
        Tracks on the map, in that space, float32 of shape (n_placed, n_dimensions).
    positions
        Their places, int16 of shape (n_placed, 2 or 3).
    n_neighbours
        Neighbours that decide.
    """

    def __init__(self, space: SoundSpace, points: np.ndarray, positions: np.ndarray, *, n_neighbours: int = 5) -> None:
        self.space = space
        self.points = points
        self.positions = positions
        self.n_neighbours = n_neighbours

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return map positions, int16 of shape (n_tracks, 2 or 3)."""
        return self.placed(self.space.transform(X))

    def placed(self, points: np.ndarray) -> np.ndarray:
        """Return map positions of points of the space, int16 of shape (n_points, 2 or 3)."""
        rows, distances = nearest_few(self.points, points, self.n_neighbours)
        weights = 1 / np.maximum(distances, 1e-6).astype(np.float64) ** 2
        return _central_places(self.positions[rows].astype(np.float64), weights).round().astype(np.int16)


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


def _central_places(places: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the mean of the places (n, k, d) near the most central one, by weights (n, k), of shape (n, d)."""
    apart = np.sqrt(((places[:, :, None] - places[:, None]) ** 2).sum(axis=3))
    central = np.einsum("nij,nj->ni", apart, weights).argmin(axis=1)
    near = apart[np.arange(len(places)), central] <= _SAME_GROUP * MAP_EXTENT
    # Of the near ones the nearest would decide alone if it counted by its square again.
    counted = np.sqrt(weights) * near
    return (places * counted[:, :, None]).sum(axis=1) / counted.sum(axis=1, keepdims=True)
