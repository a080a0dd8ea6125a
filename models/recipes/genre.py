"""Genre classification: candidates compared on unseen artists, one calibrated, explained, served."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar

import numpy as np
import pyarrow as pa
from sklearn.preprocessing import LabelEncoder

from analytics.calibration import set_threshold
from analytics.scoring import Estimate, clustered_mean
from data.catalogue import Catalogue
from models.needs import genres_to_classify, missing_genre
from models.predictors.genre import GenrePredictor
from models.recipe import Fitted, Progress, silent
from models.recipes import genre_studies, genre_tables
from models.recipes.classifiers import Candidate, Lesson
from models.recipes.comparison import Comparison, compare
from models.recipes.effects import genre_effect_lines, genre_effects, genre_shap_table, label_of
from models.recipes.genre_candidates import Plan, quick_candidates, thorough_candidates
from models.recipes.genre_lesson import GenreLesson, genre_lesson, left_out_sentence
from models.recipes.genre_scores import candidate_table
from models.recipes.genre_strict import strict_cards
from models.recipes.importance import groups_sentence
from models.recipes.parallel import side_by_side

QUICK, THOROUGH = "quick", "thorough"


@dataclass(frozen=True, slots=True)
class GenreRecipe:
    """Learns to tell a track's primary genre from its audio features.

    Parameters
    ----------
    n_splits
        Folds of unseen artists.
    fewest_tracks, fewest_artists
        What a genre needs to be classified.
    plan
        Hyper-parameters of the candidates.
    importance_rows
        Most tracks that permutation importance judges.
    coverage
        Of prediction sets.
    depth
        ``quick`` for what a first build needs; ``thorough`` for all candidates and the studies.
    """

    n_splits: int = 5
    fewest_tracks: int = 20
    fewest_artists: int = 5
    plan: Plan = field(default_factory=Plan)
    importance_rows: int = 2500
    coverage: float = 0.9
    depth: str = QUICK

    estimator_stem: ClassVar[str] = "genre_prediction_model"

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "genre"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_genre(
            catalogue, fewest_tracks=self.fewest_tracks, fewest_artists=self.fewest_artists, n_splits=self.n_splits
        )

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Compare the candidates, choose one without a leak, refit it on all tracks."""
        classes, left_out = self._genres(catalogue)
        task = genre_lesson(catalogue, self._features(catalogue), classes=classes, left_out=left_out)
        split = task.split(n_splits=self.n_splits, seed=seed)
        candidates, not_compared = self._candidates(task, seed=seed)
        share = 0.6 if self.depth == THOROUGH else 0.75
        compared = compare(candidates, task.lesson, split, seed=seed, progress=_within(progress, 0.0, share))
        progress(share, "refitting the chosen model on all tracks")
        predictor, naive = side_by_side(
            partial(self._predictor, compared, task), partial(naive_facts, compared, seed=seed)
        )
        progress(share + 0.04, "judging the choice")
        stricter, stricter_facts = strict_cards(compared, task, catalogue, self.name, seed=seed)
        progress(share + 0.1, "permutation importance")
        explaining = self._explaining(compared, task, predictor, seed=seed) if self.depth == THOROUGH else {}
        *made, tables = side_by_side(*explaining.values(), partial(self._tables, compared, task, seed=seed))
        studies = genre_studies.Studies()
        if self.depth == THOROUGH:
            studies = self._studies(compared, task, seed=seed, progress=_within(progress, share + 0.15, 0.99))
        cards = genre_tables.score_cards(compared, self.name, seed=seed)
        return Fitted(
            scores=(*cards, *stricter),
            tables={
                **{f"{self.name}_{stem}": table for stem, table in {**tables, **studies.tables}.items()},
                **dict(zip(explaining, made, strict=True)),
            },
            arrays={f"{self.name}_oof_proba": _per_track(compared, task, len(catalogue))},
            estimators=self._estimators(predictor, classes),
            facts={
                **genre_tables.choice_facts(compared, seed=seed),
                **genre_tables.set_facts(compared, classes, coverage=self.coverage),
                **genre_tables.calibration_facts(cards),
                **naive,
                **stricter_facts,
                **studies.facts,
                **split.facts,
                **self._more_facts(catalogue),
                "groups_sentence": groups_sentence(
                    tables["importance_groups"]["features"].to_pylist(), label_of(catalogue.dictionary)
                ),
                "depth": self.depth,
                "classes": classes,
                "features": list(task.names),
                "not_compared_sentence": not_compared,
                "temperature": predictor.temperature,
                "biases": predictor.biases.tolist(),
                "weights": compared.served_shares,
                "threshold": predictor.threshold,
                "n_classified": len(task.rows),
                "left_out": left_out,
                "left_out_sentence": left_out_sentence(
                    left_out, fewest_tracks=self.fewest_tracks, fewest_artists=self.fewest_artists
                ),
            },
            timings=compared.timings(self.name),
        )

    def _genres(self, catalogue: Catalogue) -> tuple[list[str], list[str]]:
        fewest_artists = max(self.fewest_artists, self.n_splits)
        return genres_to_classify(catalogue, fewest_tracks=self.fewest_tracks, fewest_artists=fewest_artists)

    def _features(self, catalogue: Catalogue) -> tuple[str, ...]:
        return catalogue.feature_names

    def _candidates(self, task: GenreLesson, *, seed: int) -> tuple[list[Candidate], str]:
        """Return the candidates, the simplest first, and the sentence that says which are left out."""
        n_classes = len(task.classes)
        if self.depth == THOROUGH:
            return thorough_candidates(self.plan, task.names, n_classes, n_tracks=len(task.rows), seed=seed)
        return quick_candidates(self.plan, task.names, n_classes, seed=seed), ""

    def _predictor(self, compared: Comparison, task: GenreLesson) -> GenrePredictor:
        return GenrePredictor(
            compared.learned(compared.lesson),  # type: ignore[arg-type]  # candidates that may be served are Scorers
            classes=task.classes,
            feature_names=task.names,
            temperature=compared.served_pool.temperature,
            threshold=set_threshold(np.exp(compared.served_log_proba), compared.lesson.y, coverage=self.coverage),
            biases=compared.served_pool.biases,
        )

    def _tables(self, compared: Comparison, task: GenreLesson, *, seed: int) -> Mapping[str, pa.Table]:
        alone, together = genre_tables.importance_tables(compared, task.names, seed=seed, n_rows=self.importance_rows)
        return {
            "candidates": candidate_table(compared, seed=seed),
            "confusion": genre_tables.confusion_table(compared, task.classes),
            "reliability": genre_tables.reliability_table(compared),
            "scores_by_class": genre_tables.class_table(compared, task.classes, coverage=self.coverage),
            "importance": alone,
            "importance_groups": together,
        }

    def _studies(
        self, compared: Comparison, task: GenreLesson, *, seed: int, progress: Progress
    ) -> genre_studies.Studies:
        return genre_studies.all_studies(compared, task, seed=seed, progress=progress)

    def _explaining(
        self, compared: Comparison, task: GenreLesson, predictor: GenrePredictor, *, seed: int
    ) -> Mapping[str, Callable[[], pa.Table]]:
        """Return what makes curves of the largest genres over each feature, and what each feature adds to each genre.

        By stem of the table, the longest work first.
        """
        X, y, (names, classes) = compared.lesson.X, compared.lesson.y, (task.names, task.classes)
        folds, scorers = compared.split.folds, compared.served_scorers()
        return {
            "effects_genre": partial(genre_effects, predictor.predict_proba, X, names, classes, y, seed=seed),
            "effects_genre_lines": partial(
                genre_effect_lines, predictor.predict_proba, X, names, classes, y, seed=seed
            ),
            "genre_shap": partial(genre_shap_table, X, y, folds, scorers, names, classes, seed=seed),
        }

    def _estimators(self, predictor: GenrePredictor, classes: list[str]) -> dict[str, object]:
        encoder = LabelEncoder().fit(np.array(classes, dtype=object))
        return {self.estimator_stem: predictor, "label_encoder": encoder}

    def _more_facts(self, catalogue: Catalogue) -> dict[str, object]:
        return {}


RECIPE = GenreRecipe()


def naive_facts(compared: Comparison, *, seed: int) -> dict[str, object]:
    """Return the accuracy that a split of random rows would have claimed for the served model.

    Where artists were not kept apart there is nothing honest to compare it with, and only an empty sentence.
    """
    if not compared.split.unseen_artists:
        return {"naive_sentence": ""}
    lesson = compared.lesson
    test = np.random.default_rng(seed).random(len(lesson.y)) < 1 / len(compared.split.folds)
    part = Lesson(lesson.X[~test], lesson.y[~test], lesson.groups[~test], lesson.n_classes)
    pool = compared.served_pool
    scores = compared.learned(part).scores(lesson.X[test]) / pool.temperature + pool.biases
    right = (scores.argmax(axis=1) == lesson.y[test]).astype(np.float64)
    naive = clustered_mean(right, compared.split.groups[test], seed=seed)
    honest = float((compared.served_log_proba.argmax(axis=1) == lesson.y).mean())
    return {"naive_accuracy": naive.value, "naive_sentence": naive_sentence(naive, honest)}


def naive_sentence(naive: Estimate, honest: float) -> str:
    """Return what a random split would claim of the served model, where that is more than folds of artists say.

    >>> naive_sentence(Estimate(0.468, 0.44, 0.49), 0.485).startswith("A random split")
    True
    """
    if naive.low > honest:
        return (
            "Split at random, with the same artists and repeats on both sides, the same model "
            f"would claim {naive.value:.1%} instead of {honest:.1%}."
        )
    return (
        f"A random split, with the same artists and repeats on both sides, gives {naive.value:.1%}, hardly different "
        f"from {honest:.1%} with artists kept apart."
    )


def _per_track(compared: Comparison, task: GenreLesson, n_tracks: int) -> np.ndarray:
    """Return unseen probabilities of every track of the catalogue, NaN where it is not classified."""
    unseen = np.full((n_tracks, len(task.classes)), np.nan, dtype=np.float32)
    unseen[task.rows] = np.exp(compared.nested)
    return unseen


def _within(progress: Progress, start: float, end: float) -> Progress:
    return lambda share, doing: progress(start + (end - start) * share, doing)
