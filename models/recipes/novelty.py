"""Novelty: how far a track may lie from the known ones before the models only guess."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.folds import main_artist_codes
from analytics.novelty import chance_of_order, kth_distances, shuffled_tracks
from analytics.scoring import cluster_bootstrap
from data.catalogue import Catalogue
from data.recordings import recording_codes
from models.needs import missing_space
from models.predictors.features import SoundSpace
from models.predictors.novelty import NoveltyPredictor
from models.recipe import Fitted, Progress, ScoreCard, silent


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
        progress(0.9, "judging")
        artists = main_artist_codes(catalogue.credited_artists, recordings)[rows]
        card = self._card(points, distances, artists, seed=seed)
        return Fitted(
            scores=(card,),
            estimators={"novelty_model": predictor},
            facts={
                "k": self.k,
                "n_reference": len(rows),
                "sentence": (
                    f"Tracks made up by shuffling each feature lie further out than a known track in {card.value:.0%} "
                    "of pairs (50% would be chance)."
                ),
            },
        )

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


RECIPE = NoveltyRecipe()
