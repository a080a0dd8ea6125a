"""The map: UMAP in two dimensions, seeded, on exact neighbours, with its truthfulness measured."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
import umap
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from analytics.embedding import continuity_of, trustworthiness_of
from analytics.folds import main_artist_codes
from analytics.scoring import Estimate, clustered_mean
from data.catalogue import Catalogue
from data.selection import MAP_EXTENT
from models.predictors.features import SoundSpace
from models.recipe import Fitted, Progress, ScoreCard, silent
from models.recipes.clusters import missing_space


@dataclass(frozen=True, slots=True)
class MapRecipe:
    """Lays the tracks out in two dimensions so that near tracks sound alike.

    Parameters
    ----------
    n_neighbours
        Neighbours that are kept together; also the k of trustworthiness.
    min_dist
        Least distance of points in UMAP's layout.
    n_epochs
        Rounds of layout; None for UMAP's own choice by size.
    n_judged
        Tracks on which truthfulness is measured, each against all tracks.
    """

    n_neighbours: int = 15
    min_dist: float = 0.02
    n_epochs: int | None = None
    n_judged: int = 1500

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "map"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_space(catalogue, "no map is drawn")

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Lay the tracks out and measure how truthful the layout is."""
        X = catalogue.features().astype(np.float64)
        points = SoundSpace(catalogue.feature_names).fit_transform(X).astype(np.float32)
        plane = PCA(2, random_state=seed).fit_transform(points)
        progress(0.1, "finding neighbours and laying tracks out")
        k = min(self.n_neighbours, (len(points) - 1) // 2)
        xy = map_coordinates(self._layout(points, plane, k, seed=seed))
        progress(0.85, "measuring how truthful the map is")
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.permutation(len(points))[: self.n_judged])
        groups = main_artist_codes(catalogue.credited_artists)[rows]
        trust = clustered_mean(trustworthiness_of(points, xy, rows, k=k), groups, seed=seed)
        flat = float(trustworthiness_of(points, plane, rows, k=k).mean())
        continuity = float(continuity_of(points, xy, rows, k=k).mean())
        return Fitted(
            scores=(_card(trust, flat, n=len(rows)),),
            arrays={"map_xy": xy},
            facts={
                "n_neighbours": k,
                "min_dist": self.min_dist,
                "continuity": continuity,
                "sentence": _sentence(trust, continuity),
            },
        )

    def _layout(self, points: np.ndarray, plane: np.ndarray, k: int, *, seed: int) -> np.ndarray:
        """Return UMAP coordinates, float32 of shape (n_tracks, 2).

        Exact neighbours, found beforehand, spare pynndescent's compilation and its randomness.
        """
        neighbours = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(points)
        distances, rows = neighbours.kneighbors(points)
        noise = np.random.default_rng(seed).normal(0, 1e-4, plane.shape)
        start = 10 * plane / np.abs(plane).max() + noise
        layout = umap.UMAP(
            n_neighbors=k,
            min_dist=self.min_dist,
            n_epochs=self.n_epochs,
            init=start.astype(np.float32),
            random_state=seed,
            n_jobs=1,
            precomputed_knn=(rows.astype(np.int32), distances.astype(np.float32)),
        )
        with warnings.catch_warnings():
            # New tracks are placed by their neighbours, never by UMAP's transform.
            warnings.filterwarnings("ignore", message=r"precomputed_knn\[2\]")
            return layout.fit_transform(points)


RECIPE = MapRecipe()


def map_coordinates(layout: np.ndarray) -> np.ndarray:
    """Return a layout in whole map units, int16 of shape (n_tracks, 2), aspect ratio kept.

    The longer side spans 0 to `MAP_EXTENT`, the shorter one is centred. The few tracks far outside
    (beyond the middle 99.8 % by over a twentieth of its width) are moved to the edge: they would
    otherwise shrink everything else.

    Examples
    --------
    >>> map_coordinates(np.array([[0.0, 0.0], [2.0, 1.0]])).tolist()
    [[0, 8000], [32000, 24000]]
    """
    inner = np.quantile(layout, (0.001, 0.999), axis=0)
    margin = (inner[1] - inner[0]).max() / 20
    low = np.maximum(layout.min(axis=0), inner[0] - margin)
    high = np.minimum(layout.max(axis=0), inner[1] + margin)
    span = float((high - low).max()) or 1.0
    centred = (np.clip(layout, low, high) - (low + high) / 2) / span + 0.5
    return (centred * MAP_EXTENT).round().astype(np.int16)


def _card(trust: Estimate, flat: float, *, n: int) -> ScoreCard:
    return ScoreCard(
        recipe="map",
        model="UMAP",
        metric="trustworthiness",
        value=trust.value,
        low=trust.low,
        high=trust.high,
        baseline="the first two principal components",
        baseline_value=flat,
        split="on the tracks that were laid out",
        n=n,
    )


def _sentence(trust: Estimate, continuity: float) -> str:
    return (
        f"Neighbours on the map are neighbours in sound to {trust.value:.2f}, and the other way "
        f"round to {continuity:.2f} (1 is always, 0.5 about chance). Distances between far groups "
        "mean little."
    )
