"""Whether a track's features go together as known ones do: each value may occur, and their combination not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from threadpoolctl import ThreadpoolController

from analytics.novelty import kth_distances, share_below, shuffled_tracks
from data.fields import FIELDS, Field
from models.predictors.novelty import NoveltyPredictor

if TYPE_CHECKING:  # a server that starts does not wait for it
    from sklearn.ensemble import HistGradientBoostingClassifier

DISTANCE, COMBINATION = 0.99, 0.95
"""Shares of known tracks that are less unusual, up to which a track is plausible: by distance, and by combination."""

_DISTANCE_ALONE = 0.95
"""The same where combinations were not learned."""

_JUDGED = 1000


class CombinationNovelty(NoveltyPredictor):
    """Distance to known tracks, and beside it how much a combination of features looks shuffled.

    A classifier tells known tracks from tracks with each feature shuffled on its own, which is an estimate of how much
    likelier a combination is than its features are one by one (Hastie, Tibshirani and Friedman, "The elements of
    statistical learning", section 14.2.4). Distances hardly tell: a shuffled track lies among others.

    Parameters
    ----------
    known
        Distances, as `NoveltyPredictor`; its measure stays as it is.
    classifier
        Of points in the space: 0 for known, 1 for shuffled.
    reference
        What it says (the logarithm of the odds) of known tracks that it has not learned from, ascending.
    shuffled
        Distance share and combination share of shuffled tracks, from values that it has not learned from, shape
        (n_shuffled, 2).
    """

    def __init__(
        self,
        known: NoveltyPredictor,
        *,
        classifier: HistGradientBoostingClassifier,
        reference: np.ndarray,
        shuffled: np.ndarray,
    ) -> None:
        super().__init__(
            known.space,
            points=known.points,
            distances=known.distances,
            ranges=known.ranges,
            feature_names=known.feature_names,
            k=known.k,
        )
        self.classifier = classifier
        self.reference = reference
        self.shuffled = shuffled

    def combination(self, X: np.ndarray) -> np.ndarray:
        """Return which share of the known tracks looks less shuffled than each track, 0 to 1, shape (n_tracks,)."""
        placed = self.space.transform(X).astype(np.float32)
        return share_below(self.reference, odds_of(self.classifier, placed))

    def sentence(self, x: np.ndarray, dictionary: Mapping[str, Field] = FIELDS) -> str:
        """Return a warning as `NoveltyPredictor` does, and one where the features do not go together."""
        said = super().sentence(x, dictionary)
        if said:
            return said
        share = float(self.combination(x[None])[0])
        if share < COMBINATION:
            return ""
        return (
            f"Each value occurs, but hardly together: this combination looks more thrown together than "
            f"{np.floor(share * 1000) / 10:g}% of the catalogue's tracks do: the models have seen few like it."
        )


def odds_of(classifier: HistGradientBoostingClassifier, points: np.ndarray) -> np.ndarray:
    """Return the logarithm of the odds of having been shuffled, on one core: a few rows wait for others in vain."""
    with _threads().limit(limits=1, user_api="openmp"):
        return classifier.decision_function(points)


@cache
def _threads() -> ThreadpoolController:
    """Return what limits threads: to find the libraries takes longer than to ask the classifier."""
    return ThreadpoolController()


@dataclass(frozen=True, eq=False, slots=True)
class Plausibility:
    """A test that known tracks pass and most made-up combinations of their features do not.

    Parameters
    ----------
    novelty
        A `CombinationNovelty`, or a `NoveltyPredictor` of a build before combinations were learned.
    distance, combination
        Greatest shares that pass.
    """

    novelty: NoveltyPredictor
    distance: float
    combination: float

    @classmethod
    def around(cls, novelty: NoveltyPredictor, start: np.ndarray) -> Plausibility:
        """Return the test whose limits a track, shape (n_features,), passes itself."""
        found = _shares(novelty, start[None])[0]
        limits = (DISTANCE, COMBINATION) if isinstance(novelty, CombinationNovelty) else (_DISTANCE_ALONE, 1.0)
        return cls(novelty, max(limits[0], float(found[0])), max(limits[1], float(found[1])))

    def passes(self, X: np.ndarray) -> np.ndarray:
        """Return which tracks pass, booleans (n_tracks,)."""
        return self._within(_shares(self.novelty, X))

    def shuffled_pass(self, shuffled: np.ndarray) -> float:
        """Return which share of shuffled tracks passes; their shares as `shuffled_shares` gives them."""
        return float(self._within(shuffled).mean())

    def _within(self, shares: np.ndarray) -> np.ndarray:
        return (shares[:, 0] <= self.distance) & (shares[:, 1] <= self.combination)


def _shares(novelty: NoveltyPredictor, X: np.ndarray) -> np.ndarray:
    """Return distance share and combination share of tracks, (n_tracks, 2); the second 0 where it was not learned."""
    distance = novelty.predict(X)
    learned = isinstance(novelty, CombinationNovelty)
    return np.column_stack([distance, novelty.combination(X) if learned else np.zeros(len(X))])


def shuffled_shares(novelty: NoveltyPredictor) -> np.ndarray:
    """Return distance share and combination share of tracks with each feature shuffled, (n_shuffled, 2)."""
    if isinstance(novelty, CombinationNovelty):
        return novelty.shuffled
    made_up = shuffled_tracks(novelty.points, seed=0)[:_JUDGED]
    distance = share_below(novelty.distances, kth_distances(novelty.points, made_up, novelty.k))
    return np.column_stack([distance, np.zeros(len(distance))])
