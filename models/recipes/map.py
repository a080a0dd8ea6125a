"""The map: UMAP in two dimensions, seeded, on exact neighbours, with PCA and t-SNE beside it, each judged alike."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.neighbors import NearestNeighbors
from threadpoolctl import threadpool_limits

from analytics.density import density_raster
from analytics.folds import main_artist_codes
from data.catalogue import Catalogue
from data.recordings import recording_codes
from data.selection import MAP_EXTENT
from models.needs import missing_space
from models.predictors.features import SoundSpace
from models.predictors.spaces import MapPlacer
from models.recipe import Fitted, Progress, silent
from models.recipes import map_quality as quality
from models.recipes.clusters import Depth


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
        Tracks on which truthfulness is measured, each against all tracks (60,000 at most).
    most_laid_out
        Tracks that UMAP lays out at most; the others are placed by their neighbours.
    n_tsne
        Tracks that t-SNE lays out, at the quick depth; the others are absent from that map (`ABSENT`): placed by
        their neighbours, a dozen to each, they would pile up and show a map that t-SNE never drew.
    n_held_out
        Recordings that are held out to measure how well new tracks are placed.
    n_cells
        Cells along each side of the density raster.
    depth
        "thorough" lays out 1.5 times as many tracks by t-SNE, and all by UMAP in three dimensions too.
    """

    n_neighbours: int = 15
    min_dist: float = 0.02
    n_epochs: int | None = None
    n_judged: int = 1500
    most_laid_out: int = 60_000
    n_tsne: int = 2000
    n_held_out: int = 1000
    n_cells: int = 512
    depth: Depth = "quick"

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "map"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_space(catalogue, "no map is drawn")

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Lay the tracks out and measure how truthful each layout is."""
        space = SoundSpace(catalogue.feature_names)
        points = space.fit_transform(catalogue.features().astype(np.float64)).astype(np.float32)
        rows = _sample(len(points), self.most_laid_out, seed)
        k = min(self.n_neighbours, (len(rows) - 1) // 2)
        principal = PCA(min(3, points.shape[1]), random_state=seed).fit(points[rows])
        start = principal.transform(points[rows])
        progress(0.05, "finding neighbours and laying tracks out")
        laid_out = self._laid_out(points[rows], start, k, seed=seed, progress=progress)
        maps = {stem: _everywhere(space, points, rows, xy) for stem, xy in laid_out.items()}
        maps["map_pca"] = map_coordinates(principal.transform(points)[:, :2])
        progress(0.6, "laying a sample out by t-SNE")
        chosen = rows[_sample(len(rows), self._most_tsne, seed)]
        tsne = self._tsne(points[chosen], principal.transform(points[chosen])[:, :2], seed=seed)
        progress(0.85, "measuring how truthful the maps are")
        recordings = recording_codes(catalogue)
        groups = main_artist_codes(catalogue.credited_artists, recordings)
        asked = quality.Asked(k, self.n_judged, seed)
        judged = quality.judged_maps(points, maps, groups, asked)
        beside = {stem: xy[chosen] for stem, xy in maps.items()} | {"map_tsne": tsne}
        on_sample = quality.judged_maps(points[chosen], beside, groups[chosen], asked)
        progress(0.95, "placing tracks that were held out")
        placer = MapPlacer(space, points[rows], maps["map_xy"][rows])
        error = quality.placing_error(placer, recordings[rows], n=self.n_held_out, seed=seed)
        return Fitted(
            scores=(quality.card(judged["map_xy"], judged["map_pca"]),),
            tables={"map_quality": quality.quality_table({*judged.values(), *on_sample.values()})},
            arrays={
                **maps,
                "map_tsne": _with_absent(tsne, chosen, len(points)),
                "map_density": density_raster(maps["map_xy"], extent=MAP_EXTENT, n_cells=self.n_cells),
            },
            estimators={"map_model": placer},
            facts={
                "n_neighbours": k,
                "min_dist": self.min_dist,
                "depth": self.depth,
                "n_laid_out": len(rows),
                "n_tsne": len(chosen),
                "pca_explained": principal.explained_variance_ratio_.tolist(),
                "pca_sentence": quality.pca_sentence(principal.explained_variance_ratio_),
                **quality.map_facts(judged["map_xy"], error),
            },
        )

    @property
    def _most_tsne(self) -> int:
        return round(self.n_tsne * (1.5 if self.depth == "thorough" else 1))

    def _laid_out(
        self, points: np.ndarray, start: np.ndarray, k: int, *, seed: int, progress: Progress
    ) -> Mapping[str, np.ndarray]:
        """Return the maps by UMAP of some points, in whole map units."""
        knn = _exact_neighbours(points, k)
        found = {"map_xy": map_coordinates(self._layout(points, start[:, :2], knn, seed=seed))}
        if self.depth == "thorough" and start.shape[1] > 2:
            progress(0.4, "laying tracks out in three dimensions")
            found["map_xyz"] = map_coordinates(self._layout(points, start, knn, seed=seed))
        return found

    def _layout(
        self, points: np.ndarray, start: np.ndarray, knn: tuple[np.ndarray, np.ndarray], *, seed: int
    ) -> np.ndarray:
        """Return UMAP coordinates, float32 of the shape of ``start``.

        Exact neighbours, found beforehand, spare pynndescent's compilation and its randomness.
        """
        noise = np.random.default_rng(seed).normal(0, 1e-4, start.shape)
        import umap  # takes seconds: whoever only asks what would be learned does not wait for it

        layout = umap.UMAP(
            n_neighbors=knn[0].shape[1],
            n_components=start.shape[1],
            min_dist=self.min_dist,
            n_epochs=self.n_epochs,
            init=(10 * start / np.abs(start).max() + noise).astype(np.float32),
            random_state=seed,
            n_jobs=1,
            precomputed_knn=knn,
        )
        with warnings.catch_warnings():
            # New tracks are placed by their neighbours, never by UMAP's transform.
            warnings.filterwarnings("ignore", message=r"precomputed_knn\[2\]")
            return layout.fit_transform(points)

    def _tsne(self, points: np.ndarray, plane: np.ndarray, *, seed: int) -> np.ndarray:
        """Return the map by t-SNE (van der Maaten and Hinton 2008) of some points, from their principal components."""
        start = plane / max(float(plane[:, 0].std()), 1e-9) * 1e-4
        perplexity = min(30.0, (len(points) - 1) / 3)
        layout = TSNE(
            2, init=start.astype(np.float32), perplexity=perplexity, max_iter=_ROUNDS, random_state=seed, n_jobs=1
        )
        # Threads add forces up in any order: one gives the same map to the last bit each time.
        with threadpool_limits(1, user_api="openmp"):
            return map_coordinates(layout.fit_transform(points))


RECIPE = MapRecipe()

_ROUNDS = 750
"""Of t-SNE: from principal components the layout has settled by then."""

ABSENT = -1
"""Both coordinates of a track that is not on a map."""


def map_coordinates(layout: np.ndarray) -> np.ndarray:
    """Return a layout in whole map units, int16 of shape (n_tracks, 2 or 3), aspect ratio kept.

    The longest side spans 0 to `MAP_EXTENT`, the others are centred. The few tracks far outside
    (beyond the middle 99.8% by over a twentieth of its width) are moved to the edge: they would
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


def _sample(n: int, most: int, seed: int) -> np.ndarray:
    """Return at most so many of ``n`` rows, ascending."""
    return np.sort(np.random.default_rng(seed).permutation(n)[:most])


def _with_absent(xy: np.ndarray, rows: np.ndarray, n: int) -> np.ndarray:
    """Return positions of ``n`` tracks, `ABSENT` for all but some rows."""
    found = np.full((n, 2), ABSENT, dtype=xy.dtype)
    found[rows] = xy
    return found


def _exact_neighbours(points: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    distances, rows = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(points).kneighbors(points)
    return rows.astype(np.int32), distances.astype(np.float32)


def _everywhere(space: SoundSpace, points: np.ndarray, rows: np.ndarray, xy: np.ndarray) -> np.ndarray:
    """Return positions of all points from those of some rows, the others placed by their neighbours."""
    if len(rows) == len(points):
        return xy
    placed = np.empty((len(points), xy.shape[1]), dtype=xy.dtype)
    placed[rows] = xy
    others = np.setdiff1d(np.arange(len(points)), rows, assume_unique=True)
    placed[others] = MapPlacer(space, points[rows], xy).placed(points[others])
    return placed
