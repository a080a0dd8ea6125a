"""Clusters: a useful cut of a continuum at every number from 2 to 20, and beside it the islands by density."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
from sklearn.metrics import silhouette_samples

from analytics.clusters import Cut, choice_table, cut_criteria, kmeans_cut
from analytics.folds import main_artist_codes
from analytics.islands import density_islands
from analytics.scoring import Estimate, clustered_mean
from data.catalogue import Catalogue
from data.fields import Field
from data.recordings import recording_codes
from models.needs import missing_space
from models.predictors.features import SoundSpace
from models.predictors.spaces import ClusterPredictor
from models.recipe import Fitted, Progress, ScoreCard, silent
from models.recipes import cluster_tables as tables
from models.recipes.parallel import in_parallel

Depth = Literal["quick", "thorough"]
"""How much a recipe computes: what a visit needs at once, or all there is."""


@dataclass(frozen=True, slots=True)
class ClustersRecipe:
    """Learns a k-means cut of the tracks by sound for every k, and islands by density (HDBSCAN).

    Parameters
    ----------
    ks
        Numbers of clusters to cut into.
    n_init
        Starts of k-means; the best one is kept.
    n_sample
        Tracks on which silhouettes are computed.
    n_refits
        Refits on halves of the tracks that judge stability, at the quick depth.
    n_dense
        Tracks among which islands are searched, at the quick depth; the others join the nearest.
    n_examples
        Typical and odd tracks listed per cluster.
    depth
        "thorough" refits four times as often and searches twice as many tracks for islands.
    """

    ks: tuple[int, ...] = tuple(range(2, 21))
    n_init: int = 4
    n_sample: int = 2000
    n_refits: int = 6
    n_dense: int = 15_000
    n_examples: int = 5
    depth: Depth = "quick"

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "clusters"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_space(catalogue, "clusters are not made")

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Cut with every k, choose k by the mean rank over four criteria, name the clusters, find the islands."""
        X = catalogue.features().astype(np.float64)
        space = SoundSpace(catalogue.feature_names).fit(X)
        points = space.transform(X)
        recordings = recording_codes(catalogue)
        cuts, criteria, searched = self._tried(points, recordings, seed=seed, progress=progress)
        agreement = tables.agreement_with_genre(catalogue, cuts)
        choice = choice_table(list(cuts), criteria)
        for name, values in agreement.items():
            choice = choice.append_column(name, pa.array(values))
        k = choice["k"].to_pylist()[choice["chosen"].to_pylist().index(True)]
        progress(0.8, "naming the clusters")
        used = [catalogue.dictionary[catalogue.feature_names[i]] for i in space.columns_]
        profiles = {n: tables.profile_table(points, cut.labels, n, used) for n, cut in cuts.items()}
        islands = _islands(points, searched, used)
        card = self._card(points, cuts[k], main_artist_codes(catalogue.credited_artists, recordings), seed=seed)
        return Fitted(
            scores=(card,),
            tables={
                "cluster_choice": choice,
                "cluster_profiles": tables.all_profiles(profiles),
                "cluster_examples": tables.example_table(catalogue, points, cuts[k], recordings, n=self.n_examples),
                **islands.tables,
            },
            arrays={
                "cluster_labels": cuts[k].labels.astype(np.int16),
                "cluster_cuts": np.column_stack([cut.labels for cut in cuts.values()]).astype(np.int16),
                **islands.arrays,
            },
            estimators={
                "cluster_model": ClusterPredictor(space, cuts[k].centres, {n: cut.centres for n, cut in cuts.items()})
            },
            facts={
                "depth": self.depth,
                "ks": list(cuts),
                "names": tables.names_in(profiles[k]),
                "sizes": np.bincount(cuts[k].labels, minlength=k).tolist(),
                **tables.choice_facts(choice, card.value),
                **islands.facts,
            },
        )

    def _tried(
        self, points: np.ndarray, recordings: np.ndarray, *, seed: int, progress: Progress
    ) -> tuple[Mapping[int, Cut], list[dict[str, float]], Searched]:
        """Return the cuts by k, what was measured of each, and the islands, found side by side."""
        n_distinct = len(np.unique(points[:_ENOUGH_DISTINCT], axis=0))
        ks = [k for k in self.ks if k <= max(min(self.ks), n_distinct // 10)]
        n_refits = self.n_refits * (4 if self.depth == "thorough" else 1)
        cuts: dict[int, Cut] = {}
        criteria: dict[int, dict[str, float]] = {}
        islands: list[Searched] = []

        def cut(k: int) -> None:
            cuts[k] = kmeans_cut(points, k, seed=seed, n_init=self.n_init)
            criteria[k] = cut_criteria(points, cuts[k], seed=seed, n_sample=self.n_sample, n_refits=n_refits)

        def search() -> None:
            most = self.n_dense * (2 if self.depth == "thorough" else 1)
            islands.append(_searched(points, recordings, most=most, seed=seed))

        tasks = [(search, "islands"), *((partial(cut, k), f"{k} clusters") for k in reversed(ks))]
        in_parallel(tasks, lambda share, doing: progress(0.8 * share, doing))
        return {k: cuts[k] for k in ks}, [criteria[k] for k in ks], islands[0]

    def _card(self, points: np.ndarray, cut: Cut, groups: np.ndarray, *, seed: int) -> ScoreCard:
        """Return the silhouette beside that of columns shuffled apart from each other."""
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.permutation(len(points))[: self.n_sample])
        found = _silhouette(points, cut, rows, groups, seed=seed)
        shuffled = np.column_stack([rng.permutation(column) for column in points.T])
        blind = kmeans_cut(shuffled, len(cut.centres), seed=seed, n_init=self.n_init)
        baseline = _silhouette(shuffled, blind, rows, groups, seed=seed).value
        return ScoreCard(
            recipe="clusters",
            model=f"k-means, {len(cut.centres)} clusters",
            metric="silhouette",
            value=found.value,
            low=found.low,
            high=found.high,
            baseline="the same on features shuffled independently",
            baseline_value=baseline,
            split="on the tracks that were clustered",
            n=len(rows),
        )


RECIPE = ClustersRecipe()

_ENOUGH_DISTINCT = 10_000
"""Tracks among which different ones are counted: more are not needed for 20 clusters."""


class Searched(NamedTuple):
    """Island of each track, `analytics.islands.NOISE` in none, the number of islands, and of recordings searched.

    ``sampled`` is None where all recordings were searched.
    """

    labels: np.ndarray
    n: int
    sampled: int | None


def _searched(points: np.ndarray, recordings: np.ndarray, *, most: int, seed: int) -> Searched:
    """Return the islands; each recording counts once, or its repeats would be an island."""
    once, back = np.unique(recordings, return_index=True, return_inverse=True)[1:]
    found = density_islands(points[once], seed=seed, most=most)
    return Searched(found.labels[back], found.n, found.n_searched if found.n_searched < len(once) else None)


def _islands(points: np.ndarray, found: Searched, used: Sequence[Field]) -> Fitted:
    """Return what is left of the islands."""
    labels = found.labels
    sizes = np.bincount(labels[labels >= 0], minlength=found.n).tolist() if found.n else []
    noise = int((labels < 0).sum())
    profiles = tables.profile_table(points, labels, found.n, used)
    return Fitted(
        tables={"density_profiles": profiles.rename_columns({"cluster": "island"})} if found.n else {},
        arrays={"density_labels": labels},
        facts={
            "island_names": tables.names_in(profiles),
            "island_sizes": sizes,
            "noise_share": noise / len(labels),
            "density_sentence": tables.density_sentence(sizes, noise, sampled=found.sampled),
        },
    )


def _silhouette(points: np.ndarray, cut: Cut, rows: np.ndarray, groups: np.ndarray, *, seed: int) -> Estimate:
    if len(np.unique(cut.labels[rows])) < 2:
        return Estimate(0.0, 0.0, 0.0)
    each = silhouette_samples(points[rows], cut.labels[rows])
    return clustered_mean(each, groups[rows], seed=seed)
