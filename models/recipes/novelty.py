"""Novelty: how far a track may lie from the known ones before the models only guess."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits

from analytics.folds import main_artist_codes
from analytics.novelty import chance_of_order, kth_distances, share_below, shuffled_tracks
from analytics.scoring import cluster_bootstrap
from data.catalogue import Catalogue
from data.recordings import recording_codes
from models.needs import missing_space
from models.predictors.combinations import COMBINATION, DISTANCE, CombinationNovelty, Plausibility, odds_of
from models.predictors.features import SoundSpace
from models.predictors.novelty import NoveltyPredictor
from models.recipe import Fitted, Progress, ScoreCard, silent

_HELD_OUT = 0.2
"""Share of artists whose tracks tell what a known track looks like to a classifier that has not met it."""

_FEWEST_HELD, _FEWEST_LEARNED = 100, 400
_SHUFFLES = 3
"""Shuffled tracks for each known one; more made the classifier hardly better."""


@dataclass(frozen=True, slots=True)
class NoveltyRecipe:
    """Learns how far known tracks lie from each other, to tell which tracks are unlike all of them.

    Parameters
    ----------
    k
        The neighbour whose distance counts: more than one, so that a lone twin makes no track usual.
    n_reference
        Most tracks that distances are taken to, one of each recording.
    n_judged
        Most tracks that judge, and as many with their features shuffled.
    """

    k: int = 10
    n_reference: int = 20_000
    n_judged: int = 2000

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "novelty"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_space(catalogue, "unusual points are not told")

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Place the tracks, measure distances among them, and judge whether made-up tracks are told from them."""
        X = catalogue.features().astype(np.float64)
        recordings = recording_codes(catalogue)
        once = np.unique(recordings, return_index=True)[1]
        rows = np.sort(np.random.default_rng(seed).permutation(once)[: self.n_reference])
        progress(0.0, "placing tracks")
        space = SoundSpace(catalogue.feature_names).fit(X)
        points = space.transform(X[rows]).astype(np.float32)
        progress(0.2, "distances among known tracks")
        distances = kth_distances(points, points, self.k, own=True)
        predictor = NoveltyPredictor(
            space,
            points=points,
            distances=np.sort(distances).astype(np.float32),
            ranges=np.column_stack([np.nanmin(X, axis=0), np.nanmax(X, axis=0)]),
            feature_names=catalogue.feature_names,
            k=self.k,
        )
        artists = main_artist_codes(catalogue.credited_artists, recordings)[rows]
        progress(0.6, "which features go together")
        predictor, learned = self._combinations(predictor, X[rows], artists, seed=seed)
        progress(0.9, "judging")
        card = self._card(points, distances, artists, seed=seed)
        said = (
            f"Tracks made up by shuffling each feature lie further out than a known track in {card.value:.0%} of pairs "
            "(50% would be chance)."
        )
        return Fitted(
            scores=(card,),
            estimators={"novelty_model": predictor},
            facts={
                "k": self.k,
                "n_reference": len(rows),
                **learned,
                "sentence": " ".join([said, *_guard_sentence(learned)]),
            },
        )

    def _combinations(
        self, known: NoveltyPredictor, X: np.ndarray, artists: np.ndarray, *, seed: int
    ) -> tuple[NoveltyPredictor, dict[str, float]]:
        """Learn which features go together from most artists, and what the others' tracks then look like.

        Returns the predictor and how well it tells: nothing of that where there are too few tracks to learn from.
        """
        rng = np.random.default_rng(seed)
        own = np.unique(artists, return_inverse=True)[1]
        held = rng.random(own.max() + 1)[own] < _HELD_OUT
        points = known.points
        if held.sum() < _FEWEST_HELD or (~held).sum() < _FEWEST_LEARNED or points.shape[1] < 2:
            return known, {}
        made_up = np.concatenate([shuffled_tracks(points[~held], seed=seed + i) for i in range(_SHUFFLES)])
        classifier = HistGradientBoostingClassifier(
            max_iter=200, early_stopping=False, class_weight="balanced", random_state=seed
        )
        said = np.repeat([0, 1], [(~held).sum(), len(made_up)])
        with threadpool_limits(1, user_api="openmp"):
            classifier.fit(np.concatenate([points[~held], made_up]), said)
        judged = np.flatnonzero(held)[: self.n_judged]
        reference = np.sort(odds_of(classifier, points[held]))
        thrown = shuffled_tracks(points[held], seed=seed)[: self.n_judged]
        odds = odds_of(classifier, thrown)
        distance = share_below(known.distances, kth_distances(known.points, thrown, known.k))
        shuffled = np.column_stack([distance, share_below(reference, odds)])
        learned = CombinationNovelty(known, classifier=classifier, reference=reference, shuffled=shuffled)
        test = Plausibility(learned, DISTANCE, COMBINATION)
        return learned, {
            "combination_auc": chance_of_order(reference, odds, np.ones(len(reference))),
            "shuffled_pass": test.shuffled_pass(shuffled),
            "known_pass": float(test.passes(X[judged]).mean()),
        }

    def _card(self, points: np.ndarray, distances: np.ndarray, artists: np.ndarray, *, seed: int) -> ScoreCard:
        judged = np.random.default_rng(seed).permutation(len(points))[: self.n_judged]
        made_up = kth_distances(points, shuffled_tracks(points[judged], seed=seed), self.k)
        real = distances[judged]
        found = cluster_bootstrap(artists[judged], lambda weights: chance_of_order(real, made_up, weights), seed=seed)
        return ScoreCard(
            recipe=self.name,
            model=f"distance to the {self.k}th nearest track",
            metric="roc_auc",
            value=found.value,
            low=found.low,
            high=found.high,
            baseline="chance",
            baseline_value=0.5,
            split="known tracks, each left out of its own neighbours, against tracks with shuffled features",
            n=2 * len(judged),
        )


def _guard_sentence(learned: dict[str, float]) -> list[str]:
    if not learned:
        return []
    return [
        f"Whether features go together tells them in {learned['combination_auc']:.0%}; {learned['shuffled_pass']:.0%} "
        f"of them count as plausible, and {learned['known_pass']:.0%} of known tracks of other artists."
    ]


RECIPE = NoveltyRecipe()
