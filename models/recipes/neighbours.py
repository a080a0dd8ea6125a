"""Similarity: a space where near tracks sound alike and, as far as it helps, share a genre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis

from analytics.choice import nested_choice, simplest_of_the_best
from analytics.folds import main_artist_codes
from analytics.neighbours import label_precision, nearest_rows, random_pair_distances
from analytics.scoring import Estimate, clustered_mean
from data.catalogue import Catalogue
from data.recordings import recording_codes
from models.needs import missing_space
from models.predictors.features import MusicalFeatures, SoundSpace
from models.predictors.spaces import NeighbourSpace
from models.recipe import Fitted, Progress, ScoreCard, silent
from models.recipes.splits import Split, split_by_artist


@dataclass(frozen=True, slots=True)
class NeighboursRecipe:
    """Learns how much the axes that tell genres apart should count in similarity.

    Parameters
    ----------
    weights
        Weights of the genre axes to try, 0 for sound alone, ascending.
    k
        Neighbours that judge a weight.
    n_splits
        Folds of unseen artists.
    n_queries
        Most tracks that judge, per fold.
    fewest_artists
        Artists it takes to judge by genre.
    most_learned
        Tracks from which the axes of genre are learned and judged at most, drawn at random from larger catalogues.
    """

    weights: tuple[float, ...] = (0.0, 0.5, 1.0, 2.0)
    k: int = 10
    n_splits: int = 5
    n_queries: int = 1000
    fewest_artists: int = 10
    most_learned: int = 200_000

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "neighbours"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_space(catalogue, "similar tracks are not found")

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Choose the weight on unseen artists, then learn the space from all tracks."""
        X = catalogue.features().astype(np.float64)
        y = _genre_codes(catalogue)
        if self._can_judge_by_genre(catalogue, y):
            return self._by_genre(catalogue, X, y, seed=seed, progress=progress)
        progress(0.2, "measuring distances")
        return self._by_sound(catalogue, X, seed=seed)

    def _can_judge_by_genre(self, catalogue: Catalogue, y: np.ndarray) -> bool:
        known = y >= 0
        artists = np.unique(main_artist_codes(catalogue.credited_artists, recording_codes(catalogue))[known])
        return len(np.unique(y[known])) > 1 and len(artists) >= self.fewest_artists

    def _by_genre(self, catalogue: Catalogue, X: np.ndarray, y: np.ndarray, *, seed: int, progress: Progress) -> Fitted:
        names, credited = catalogue.feature_names, catalogue.credited_artists
        rows = self._learned_rows(y, seed)
        artists = [credited[row] for row in rows]
        recordings = recording_codes(catalogue)[rows]
        split = split_by_artist(artists, recordings, n_splits=self.n_splits, seed=seed, stratify=y[rows])
        precision = self._precision(X[rows], y[rows], recordings, names, split, seed=seed, progress=progress)
        judged = np.flatnonzero(np.isfinite(precision[0]))
        losses, groups = 1 - precision[:, judged], split.groups[judged]
        numbers = split.numbers[judged]
        without = np.broadcast_to(losses, (len(split.folds), *losses.shape))
        by_fold = nested_choice(without, numbers, groups, seed=seed)
        weight = self.weights[simplest_of_the_best(losses, groups, seed=seed)]
        nested = precision[np.array(by_fold)[numbers], judged]
        shares = np.bincount(y[rows]) / len(rows)
        chance = float(shares[y[rows][judged]].mean())
        card = _precision_card(self.k, weight, nested, chance, groups, split.words, seed=seed)
        plain = _precision_card(self.k, 0.0, precision[0, judged], chance, groups, split.words, seed=seed, served=False)
        space = _weighted(_learned_space(X[rows], y[rows], names), weight)
        others = "tracks by other artists" if split.unseen_artists else "other recordings"
        sentence = (
            f"Of the {self.k} nearest {others}, {card.value:.0%} share the genre "
            f"({plain.value:.0%} by sound alone, {chance:.0%} by chance)."
        )
        facts = {"sentence": sentence, "weight": weight, **split.facts}
        return _fitted(space, X, (card, plain) if weight else (card,), facts, seed=seed)

    def _learned_rows(self, y: np.ndarray, seed: int) -> np.ndarray:
        """Return the rows with a genre, ascending; of many a random sample."""
        rows = np.flatnonzero(y >= 0)
        return np.sort(np.random.default_rng(seed).permutation(rows)[: self.most_learned])

    def _precision(
        self,
        X: np.ndarray,
        y: np.ndarray,
        recordings: np.ndarray,
        names: tuple[str, ...],
        split: Split,
        *,
        seed: int,
        progress: Progress,
    ) -> np.ndarray:
        """Return precision at k by weight, (n_weights, n_tracks), NaN where not judged.

        Each recording is a neighbour once, as it is listed.
        """
        rng = np.random.default_rng(seed)
        found = np.full((len(self.weights), len(y)), np.nan)
        for fold, (train, test) in enumerate(split.folds):
            progress(0.8 * fold / len(split.folds), f"fold {fold + 1} of {len(split.folds)}")
            rows = rng.permutation(test)[: self.n_queries]
            learned = _learned_space(X[train], y[train], names)
            pool = train[_once(recordings[train])]
            for i, weight in enumerate(self.weights):
                space = _weighted(learned, weight)
                near = nearest_rows(space.transform(X[pool]), space.transform(X[rows]), self.k)
                found[i, rows] = label_precision(near, y[pool], y[rows])
        return found

    def _by_sound(self, catalogue: Catalogue, X: np.ndarray, *, seed: int) -> Fitted:
        """Judge by how often the nearest other recording is by the same artist, beside chance."""
        space = NeighbourSpace(SoundSpace(catalogue.feature_names).fit(X))
        recordings = recording_codes(catalogue)
        once = _once(recordings)
        groups = main_artist_codes(catalogue.credited_artists, recordings)[once]
        sizes = np.bincount(groups)[groups]
        rng = np.random.default_rng(seed)
        rows = rng.permutation(np.flatnonzero(sizes > 1))[: self.n_splits * self.n_queries]
        facts = {"weight": 0.0, "split": "all recordings", "unseen_artists": False}
        if not len(rows):
            facts["sentence"] = "No genres and no artist with two tracks: similarity cannot be judged."
            return _fitted(space, X, (), facts, seed=seed)
        card = _same_artist_card(space.transform(X[once]), groups, rows, seed=seed)
        facts["sentence"] = (
            f"The nearest other recording is by the same artist for {card.value:.1%} of the tracks "
            f"({card.baseline_value:.1%} by chance)."
        )
        return _fitted(space, X, (card,), facts, seed=seed)


RECIPE = NeighboursRecipe()

_ROWS_AT_ONCE = 100_000
"""Tracks brought into the space at once: the columns on the way there are many times the space's."""


def _genre_codes(catalogue: Catalogue) -> np.ndarray:
    """Return a number per primary genre, -1 for none, int64 of shape (n_tracks,)."""
    if not catalogue.has("genre"):
        return np.full(len(catalogue), -1, dtype=np.int64)
    genres = catalogue.column("genre")
    codes = {name: i for i, name in enumerate(sorted({g for g in genres if g is not None}))}
    return np.array([codes.get(genre, -1) for genre in genres], dtype=np.int64)


def _once(recordings: np.ndarray) -> np.ndarray:
    """Return the first row of each recording, ascending."""
    return np.sort(np.unique(recordings, return_index=True)[1])


def _learned_space(X: np.ndarray, y: np.ndarray, names: tuple[str, ...]) -> NeighbourSpace:
    """Return the space of sound with the linear discriminant axes of genre added.

    Both parts have a total variance of 1, so that each counts for half.
    """
    space = SoundSpace(names).fit(X)
    known = y >= 0
    if len(np.unique(y[known])) < 2:
        return NeighbourSpace(space)
    features = MusicalFeatures(names).fit(X)
    columns = features.transform(X)
    # Shrinkage: the square and the cube of one feature are nearly collinear.
    found = LinearDiscriminantAnalysis(solver="eigen", shrinkage=0.01).fit(columns[known], y[known])
    axes = found.scalings_[:, : len(found.classes_) - 1]
    total = float((columns @ axes).var(axis=0).sum())
    return NeighbourSpace(space, features, axes / np.sqrt(total))


def _weighted(learned: NeighbourSpace, weight: float) -> NeighbourSpace:
    """Return the space with its genre axes scaled, or left out where the weight is 0."""
    if weight == 0 or learned.projection is None:
        return NeighbourSpace(learned.space)
    return NeighbourSpace(learned.space, learned.features, learned.projection * weight)


def _precision_card(
    k: int,
    weight: float,
    precision: np.ndarray,
    chance: float,
    groups: np.ndarray,
    words: str,
    *,
    seed: int,
    served: bool = True,
) -> ScoreCard:
    found: Estimate = clustered_mean(precision, groups, seed=seed)
    return ScoreCard(
        recipe="neighbours",
        model=f"sound and genre axes, weight {weight:g}" if weight else "sound alone",
        metric=f"precision_at_{k}",
        value=found.value,
        low=found.low,
        high=found.high,
        baseline="random tracks",
        baseline_value=chance,
        split=words,
        n=len(precision),
        served=served,
    )


def _same_artist_card(points: np.ndarray, groups: np.ndarray, rows: np.ndarray, *, seed: int) -> ScoreCard:
    near = nearest_rows(points, points[rows], 2)
    other = np.where(near[:, 0] == rows, near[:, 1], near[:, 0])
    same = (groups[other] == groups[rows]).astype(np.float64)
    found = clustered_mean(same, groups[rows], seed=seed)
    chance = float(((np.bincount(groups)[groups[rows]] - 1) / (len(groups) - 1)).mean())
    return ScoreCard(
        recipe="neighbours",
        model="sound alone",
        metric="nearest_by_same_artist",
        value=found.value,
        low=found.low,
        high=found.high,
        baseline="a random track",
        baseline_value=chance,
        split="recordings of artists with two or more, each once; nothing was learned from artists",
        n=len(rows),
    )


def _fitted(
    space: NeighbourSpace,
    X: np.ndarray,
    scores: tuple[ScoreCard, ...],
    facts: Mapping[str, object],
    *,
    seed: int,
) -> Fitted:
    parts = [space.transform(X[start : start + _ROWS_AT_ONCE]) for start in range(0, len(X), _ROWS_AT_ONCE)]
    points = np.concatenate(parts)
    distances = random_pair_distances(points, seed=seed)
    quantiles = np.quantile(distances, np.linspace(0, 1, 101))
    return Fitted(
        scores=scores,
        arrays={"neighbour_space": points},
        estimators={"neighbour_space_model": space},
        facts={**facts, "pair_distance_quantiles": quantiles.tolist()},
    )
