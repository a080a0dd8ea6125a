"""Popularity regression: how little the sound tells of it, with an interval that says so."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.catalogue import Catalogue
from data.recordings import recording_codes
from models.needs import known_popularity, missing_popularity
from models.predictors.popularity import PopularityPredictor
from models.recipe import Fitted, Progress, silent
from models.recipes.effects import label_of
from models.recipes.popularity_learning import Depth, Lesson, learn, naive_forest
from models.recipes.regressors import Plan, Views, musical
from models.recipes.splits import split_by_artist


@dataclass(frozen=True, slots=True)
class PopularityRecipe:
    """Learns to predict popularity from audio features, by squared error.

    Parameters
    ----------
    n_splits
        Folds of unseen artists.
    fewest_tracks, fewest_artists
        What it takes to learn anything.
    penalty
        Of ridge regression.
    n_rounds, learning_rate, n_leaves
        Of gradient boosting.
    importance_rows
        Most tracks that permutation importance judges.
    coverage
        Of the interval.
    depth
        ``quick`` or ``thorough``.
    """

    n_splits: int = 5
    fewest_tracks: int = 50
    fewest_artists: int = 10
    penalty: float = 100.0
    n_rounds: int = 200
    learning_rate: float = 0.03
    n_leaves: int = 15
    importance_rows: int = 8000
    coverage: float = 0.9
    depth: Depth = "quick"

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "popularity"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_popularity(catalogue, fewest_tracks=self.fewest_tracks, fewest_artists=self.fewest_artists)

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Compare the regressors, choose one without a leak, refit it on all tracks."""
        rows, y = known_popularity(catalogue)
        credited, recordings = catalogue.credited_artists, recording_codes(catalogue)[rows]
        names = catalogue.feature_names
        lesson = Lesson(
            self.name,
            catalogue.features()[rows].astype(np.float64),
            y,
            split_by_artist([credited[r] for r in rows], recordings, n_splits=self.n_splits, seed=seed),
            plain_names=names,
            columns={name: [i] for i, name in enumerate(names)},
            labels=label_of(catalogue.dictionary),
            views=Views(musical(names)),
        )
        plan = self._plan
        learnt = learn(
            lesson,
            plan,
            coverage=self.coverage,
            importance_rows=self.importance_rows,
            seed=seed,
            progress=progress,
        )
        predictor = PopularityPredictor(
            learnt.scorer, feature_names=names, offsets=learnt.margins, spread=learnt.spread
        )
        return Fitted(
            scores=learnt.scores,
            tables=learnt.tables,
            arrays={"popularity_oof": unseen_array(len(catalogue), rows, learnt.judged.nested)},
            estimators={"popularity_model": predictor},
            facts={**learnt.facts, **naive_forest(lesson, learnt.judged, seed=seed)},
        )

    @property
    def _plan(self) -> Plan:
        return Plan(self.penalty, self.n_rounds, self.learning_rate, self.n_leaves, thorough=self.depth == "thorough")


def unseen_array(n_tracks: int, rows: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return predictions by track, float32 of shape (n_tracks,), NaN where none was judged."""
    unseen = np.full(n_tracks, np.nan, dtype=np.float32)
    unseen[rows] = predicted
    return unseen


RECIPE = PopularityRecipe()
