"""Clusters: a useful cut of a continuum, with its size of cut explained and its groups named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score, silhouette_samples

from analytics.clusters import Cut, choice_table, cut_criteria, group_names, kmeans_cut
from analytics.folds import main_artist_codes
from analytics.profiles import effect_sizes
from analytics.scoring import Estimate, clustered_mean
from data.catalogue import Catalogue
from data.fields import Field, continuous
from models.predictors.features import SoundSpace
from models.predictors.spaces import ClusterPredictor
from models.recipe import Fitted, Progress, ScoreCard, silent

FEWEST_TRACKS, FEWEST_FEATURES = 30, 2


@dataclass(frozen=True, slots=True)
class ClustersRecipe:
    """Learns a k-means cut of the tracks by sound.

    Parameters
    ----------
    ks
        Numbers of clusters to try.
    n_init
        Starts of k-means; the best one is kept.
    n_sample
        Tracks on which silhouettes are computed.
    n_refits
        Refits on halves of the tracks that judge stability.
    """

    ks: tuple[int, ...] = tuple(range(3, 13))
    n_init: int = 4
    n_sample: int = 3000
    n_refits: int = 5

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "clusters"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_space(catalogue, "clusters are not made")

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Cut with every k, choose k by the mean rank over four criteria, name the clusters."""
        X = catalogue.features().astype(np.float64)
        space = SoundSpace(catalogue.feature_names).fit(X)
        points = space.transform(X)
        cuts, choice = self._tried(points, seed=seed, progress=progress)
        k = choice["k"].to_pylist()[choice["chosen"].to_pylist().index(True)]
        cut = cuts[k]
        progress(0.9, "naming the clusters")
        used = [catalogue.feature_names[i] for i in space.columns_]
        profiles, names = _profiles(points, cut, [catalogue.dictionary[name] for name in used])
        card = self._card(points, cut, main_artist_codes(catalogue.credited_artists), seed=seed)
        agreement = _agreement(catalogue, cut)
        return Fitted(
            scores=(card,),
            tables={"cluster_choice": choice, "cluster_profiles": profiles},
            arrays={"cluster_labels": cut.labels.astype(np.int16)},
            estimators={"cluster_model": ClusterPredictor(space, cut.centres)},
            facts={
                "k": k,
                "names": names,
                "sizes": np.bincount(cut.labels, minlength=k).tolist(),
                "ari_with_genre": agreement,
                "choice_sentence": f"{k} clusters have the best mean rank over silhouette, "
                "Davies-Bouldin, Calinski-Harabasz and stability.",
                "structure_sentence": _structure_sentence(card, agreement),
            },
        )

    def _tried(self, points: np.ndarray, *, seed: int, progress: Progress) -> tuple[Mapping[int, Cut], pa.Table]:
        n_distinct = len(np.unique(points, axis=0))
        ks = [k for k in self.ks if k <= max(min(self.ks), n_distinct // 10)]
        cuts: dict[int, Cut] = {}
        criteria: list[dict[str, float]] = []
        for i, k in enumerate(ks):
            progress(0.9 * i / len(ks), f"{k} clusters")
            cuts[k] = kmeans_cut(points, k, seed=seed, n_init=self.n_init)
            criteria.append(cut_criteria(points, cuts[k], seed=seed, n_sample=self.n_sample, n_refits=self.n_refits))
        return cuts, choice_table(ks, criteria)

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


def missing_space(catalogue: Catalogue, consequence: str) -> str:
    """Return the sentence that says why there is no `SoundSpace`, or an empty text."""
    if len(continuous(catalogue.feature_names)) < FEWEST_FEATURES:
        return f"Fewer than {FEWEST_FEATURES} continuous audio features: {consequence}."
    if len(catalogue) < FEWEST_TRACKS:
        return f"Fewer than {FEWEST_TRACKS} tracks: {consequence}."
    return ""


def _silhouette(points: np.ndarray, cut: Cut, rows: np.ndarray, groups: np.ndarray, *, seed: int) -> Estimate:
    each = silhouette_samples(points[rows], cut.labels[rows])
    return clustered_mean(each, groups[rows], seed=seed)


def _profiles(points: np.ndarray, cut: Cut, used: Sequence[Field]) -> tuple[pa.Table, list[str]]:
    """Return ``cluster, name, n, field, effect, low, high``, and the names of the clusters."""
    found = [effect_sizes(points, cut.labels == c) for c in range(len(cut.centres))]
    effects = np.array([table["effect"].to_numpy() for table in found])
    names = group_names(effects, used)
    sizes = np.bincount(cut.labels, minlength=len(found))
    parts = [
        table.add_column(0, "field", [[field.name for field in used]])
        .add_column(0, "n", [np.full(len(used), sizes[c], dtype=np.int32)])
        .add_column(0, "name", [[names[c]] * len(used)])
        .add_column(0, "cluster", [np.full(len(used), c, dtype=np.int16)])
        for c, table in enumerate(found)
    ]
    return pa.concat_tables(parts).combine_chunks(), names


def _agreement(catalogue: Catalogue, cut: Cut) -> float | None:
    """Return the adjusted Rand index with the primary genres, None where there are none."""
    if not catalogue.has("genre"):
        return None
    genres = catalogue.column("genre")
    known = np.array([genre is not None for genre in genres])
    return float(adjusted_rand_score(genres[known].astype(str), cut.labels[known]))


def _structure_sentence(card: ScoreCard, agreement: float | None) -> str:
    """Return how much structure there is, in Kaufman and Rousseeuw's (1990) terms."""
    if card.value < 0.25:
        strength = (
            f"The tracks form a continuum without separate groups (silhouette {card.value:.2f}; "
            "structure begins at 0.25): take the clusters as a useful cut, not as genres found."
        )
    elif card.value < 0.5:
        strength = f"The clusters are weakly separated (silhouette {card.value:.2f})."
    else:
        strength = f"The clusters are clearly separated (silhouette {card.value:.2f})."
    if agreement is None:
        return strength
    return (
        f"{strength} Agreement with the genres is {agreement:.2f} on a scale where 0 is chance and "
        "1 is identity (adjusted Rand index)."
    )
