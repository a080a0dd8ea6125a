"""Popularity regression: how little the sound tells of it, with an interval that says so."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from analytics.calibration import interval_offsets
from analytics.folds import main_artist_codes
from data.catalogue import Catalogue
from data.recordings import recording_codes
from models.predictors.popularity import PopularityPredictor
from models.recipe import Fitted, Progress, silent
from models.recipes import popularity_tables, regressors
from models.recipes.regressors import Regressor
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

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "popularity"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        if not catalogue.has("popularity"):
            return "No popularity column: popularity is not predicted."
        known = np.isfinite(catalogue.column("popularity"))
        if np.ptp(catalogue.column("popularity")[known]) == 0:
            return "All tracks are equally popular: popularity is not predicted."
        artists = np.unique(main_artist_codes(catalogue.credited_artists, recording_codes(catalogue))[known])
        if known.sum() < self.fewest_tracks or len(artists) < self.fewest_artists:
            return (
                f"Fewer than {self.fewest_tracks} tracks by {self.fewest_artists} artists with a "
                "popularity: popularity is not predicted."
            )
        return ""

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Compare the regressors, choose one without a leak, refit it on all tracks."""
        target = catalogue.column("popularity").astype(np.float64)
        rows = np.flatnonzero(np.isfinite(target))
        credited = catalogue.credited_artists
        recordings = recording_codes(catalogue)[rows]
        split = split_by_artist([credited[r] for r in rows], recordings, n_splits=self.n_splits, seed=seed)
        X, y = catalogue.features()[rows].astype(np.float64), target[rows]
        candidates = self._candidates(catalogue.feature_names, seed)
        judged = popularity_tables.judge(candidates, X, y, split, seed=seed, progress=progress)
        progress(0.8, "refitting the chosen model on all tracks")
        offsets = interval_offsets(y - judged.nested, coverage=self.coverage)
        predictor = PopularityPredictor(
            candidates[judged.served].fit(X, y),
            feature_names=catalogue.feature_names,
            offsets=offsets,
        )
        covered = popularity_tables.covered(y, judged.nested, split, coverage=self.coverage)
        progress(0.85, "permutation importance")
        importance = popularity_tables.importance_table(
            judged, X, catalogue.feature_names, seed=seed, n_rows=self.importance_rows
        )
        unseen = np.full(len(catalogue), np.nan, dtype=np.float32)
        unseen[rows] = judged.nested
        return Fitted(
            scores=popularity_tables.score_cards(judged, covered, coverage=self.coverage, seed=seed),
            tables={
                "popularity_candidates": popularity_tables.candidate_table(judged, seed=seed),
                "popularity_importance": importance,
            },
            arrays={"popularity_oof": unseen},
            estimators={"popularity_model": predictor},
            facts={
                **popularity_tables.choice_facts(judged, seed=seed),
                **popularity_tables.zero_facts(y),
                "offsets": list(offsets),
                "coverage": float(covered.mean()),
                "coverage_target": self.coverage,
                **split.facts,
                "n_tracks": len(rows),
            },
        )

    def _candidates(self, names: tuple[str, ...], seed: int) -> list[Regressor]:
        """Return the candidates, the simplest first."""
        ridge = partial(regressors.ridge, feature_names=names, penalty=self.penalty)
        boosted = partial(
            regressors.boosted,
            n_rounds=self.n_rounds,
            learning_rate=self.learning_rate,
            n_leaves=self.n_leaves,
            seed=seed,
        )
        return [
            Regressor("mean", "Mean of all tracks", regressors.mean),
            Regressor("ridge", "Ridge regression", ridge),
            Regressor("lightgbm", "Gradient boosting (LightGBM)", boosted),
        ]


RECIPE = PopularityRecipe()
