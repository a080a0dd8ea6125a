"""Genre classification: candidates compared on unseen artists, one calibrated, explained, served."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from sklearn.preprocessing import LabelEncoder

from analytics.calibration import fit_temperature, set_threshold
from analytics.folds import main_artist_codes
from data.catalogue import Catalogue
from data.recordings import recording_codes
from models.predictors.genre import GenrePredictor
from models.recipe import Fitted, Progress, silent
from models.recipes import classifiers, genre_tables
from models.recipes.classifiers import Candidate, Lesson, alone, blend
from models.recipes.comparison import Comparison, compare
from models.recipes.splits import split_by_artist


@dataclass(frozen=True, slots=True)
class GenreRecipe:
    """Learns to tell a track's primary genre from its audio features.

    Parameters
    ----------
    n_splits
        Folds of unseen artists.
    fewest_tracks, fewest_artists
        What a genre needs to be classified.
    penalty_inverse
        Of logistic regression.
    neighbour_counts
        Numbers of neighbours that k-NN tries.
    n_forest_trees
        Trees of the random forest.
    n_rounds, learning_rate, n_leaves
        Of gradient boosting.
    most_trees
        Trees of gradient boosting over all genres: with many genres there are fewer, larger steps.
    importance_rows
        Most tracks that permutation importance judges.
    coverage
        Of prediction sets.
    """

    n_splits: int = 5
    fewest_tracks: int = 20
    fewest_artists: int = 5
    penalty_inverse: float = 0.05
    neighbour_counts: tuple[int, ...] = (15, 31, 61)
    n_forest_trees: int = 100
    n_rounds: int = 300
    learning_rate: float = 0.05
    n_leaves: int = 20
    most_trees: int = 3000
    importance_rows: int = 4000
    coverage: float = 0.9

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "genre"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        if not catalogue.has("genre"):
            return "No genre column: genres are not classified."
        if len(self._genres(catalogue)[0]) < 2:
            return (
                f"Fewer than two genres with {self.fewest_tracks} tracks by {self.fewest_artists} "
                "artists: genres are not classified."
            )
        return ""

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Compare the candidates, choose one without a leak, refit it on all tracks."""
        classes, left_out = self._genres(catalogue)
        recordings = recording_codes(catalogue)
        rows, lesson, artists = _lesson(catalogue, classes, recordings)
        split = split_by_artist(artists, recordings[rows], n_splits=self.n_splits, seed=seed, stratify=lesson.y)
        compared = compare(
            self._candidates(catalogue.feature_names, len(classes), seed),
            lesson,
            split,
            seed=seed,
            progress=lambda share, doing: progress(0.75 * share, doing),
        )
        progress(0.75, "refitting the chosen model on all tracks")
        predictor = self._predictor(compared, classes, catalogue.feature_names)
        progress(0.8, "judging the choice")
        scores = genre_tables.score_cards(compared, seed=seed)
        candidates = genre_tables.candidate_table(compared, seed=seed)
        progress(0.9, "permutation importance")
        importance = genre_tables.importance_table(
            compared, catalogue.feature_names, seed=seed, n_rows=self.importance_rows
        )
        unseen = np.full((len(catalogue), len(classes)), np.nan, dtype=np.float32)
        unseen[rows] = np.exp(compared.nested)
        return Fitted(
            scores=scores,
            tables={
                "genre_candidates": candidates,
                "genre_confusion": genre_tables.confusion_table(compared, classes),
                "genre_reliability": genre_tables.reliability_table(compared),
                "genre_scores_by_class": genre_tables.class_table(compared, classes),
                "genre_importance": importance,
            },
            arrays={"genre_oof_proba": unseen},
            estimators={
                "genre_prediction_model": predictor,
                "label_encoder": LabelEncoder().fit(np.array(classes, dtype=object)),
            },
            facts={
                **genre_tables.choice_facts(compared, seed=seed),
                **genre_tables.set_facts(compared, coverage=self.coverage),
                **_naive_facts(compared, seed=seed),
                "classes": classes,
                "temperature": predictor.temperature,
                "threshold": predictor.threshold,
                **split.facts,
                "n_classified": len(rows),
                "left_out": left_out,
                "left_out_sentence": self._left_out_sentence(left_out),
            },
        )

    def _genres(self, catalogue: Catalogue) -> tuple[list[str], list[str]]:
        """Return the genres to classify and those left out, each in alphabetical order."""
        labels = catalogue.column("genre")
        main = main_artist_codes(catalogue.credited_artists, recording_codes(catalogue))
        kept: list[str] = []
        left_out: list[str] = []
        for genre in sorted({g for g in labels if g is not None}):
            inside = labels == genre
            enough = inside.sum() >= self.fewest_tracks
            several = len(np.unique(main[inside])) >= max(self.fewest_artists, self.n_splits)
            (kept if enough and several else left_out).append(genre)
        return kept, left_out

    def _left_out_sentence(self, left_out: Sequence[str]) -> str:
        if not left_out:
            return ""
        some = ", ".join(left_out[:5]) + (f" and {len(left_out) - 5} more" * (len(left_out) > 5))
        return f"Not classified for want of {self.fewest_tracks} tracks by {self.fewest_artists} artists: {some}."

    def _candidates(self, names: tuple[str, ...], n_classes: int, seed: int) -> list[Candidate]:
        """Return the candidates, the simplest first."""
        n_rounds = int(np.clip(self.most_trees // n_classes, min(40, self.n_rounds), self.n_rounds))
        rate = min(0.2, self.learning_rate * self.n_rounds / n_rounds)
        logistic = partial(classifiers.logistic, feature_names=names, strength=self.penalty_inverse)
        boosted = partial(
            classifiers.boosted,
            n_rounds=n_rounds,
            learning_rate=rate,
            n_leaves=self.n_leaves,
            seed=seed,
        )
        votes = partial(classifiers.neighbour_votes, feature_names=names, ks=self.neighbour_counts, seed=seed)
        forest = partial(classifiers.forest, n_trees=self.n_forest_trees, seed=seed)
        return [
            Candidate("majority", "Genre shares alone", alone(classifiers.majority)),
            Candidate("logistic", "Logistic regression", alone(logistic)),
            Candidate("lightgbm", "Gradient boosting (LightGBM)", alone(boosted)),
            blend("blend", "Boosting and regression, averaged", parts=("logistic", "lightgbm")),
            Candidate("knn", "k nearest neighbours", alone(votes), _NO_CONTRIBUTIONS),
            Candidate("forest", "Random forest", alone(forest), _TOO_LARGE),
        ]

    def _predictor(self, compared: Comparison, classes: Sequence[str], names: tuple[str, ...]) -> GenrePredictor:
        scorer = compared.learned(compared.lesson)
        y = compared.lesson.y
        return GenrePredictor(
            scorer,  # type: ignore[arg-type]  # candidates that may be served are Scorers
            classes=classes,
            feature_names=names,
            temperature=fit_temperature(compared.raw[compared.served].astype(np.float64), y),
            threshold=set_threshold(np.exp(compared.nested), y, coverage=self.coverage),
        )


_NO_CONTRIBUTIONS = "Compared only: needs all tracks at hand and has no exact contributions."
_TOO_LARGE = "Compared only: large, and without exact contributions."

RECIPE = GenreRecipe()


def _lesson(
    catalogue: Catalogue, classes: Sequence[str], recordings: np.ndarray
) -> tuple[np.ndarray, Lesson, list[list[str]]]:
    """Return the rows that are classified, what there is to learn, and their artists."""
    codes = {genre: i for i, genre in enumerate(classes)}
    y = np.array([codes.get(genre, -1) for genre in catalogue.column("genre")], dtype=np.int64)
    rows = np.flatnonzero(y >= 0)
    credited = catalogue.credited_artists
    artists = [credited[row] for row in rows]
    X = catalogue.features()[rows].astype(np.float64)
    return rows, Lesson(X, y[rows], main_artist_codes(artists, recordings[rows]), len(classes)), artists


def _naive_facts(compared: Comparison, *, seed: int) -> dict[str, object]:
    """Return the accuracy that a split of random rows would have claimed for the served model.

    Where artists were not kept apart there is nothing honest to compare it with, and only an empty sentence.
    """
    if not compared.split.unseen_artists:
        return {"naive_sentence": ""}
    lesson = compared.lesson
    test = np.random.default_rng(seed).random(len(lesson.y)) < 1 / len(compared.split.folds)
    part = Lesson(lesson.X[~test], lesson.y[~test], lesson.groups[~test], lesson.n_classes)
    learned = compared.learned(part)
    naive = float((learned.scores(lesson.X[test]).argmax(axis=1) == lesson.y[test]).mean())
    honest = float((compared.nested.argmax(axis=1) == lesson.y).mean())
    sentence = (
        "Split at random, with the same artists and repeats of the same recordings on both sides, the same model "
        f"would claim {naive:.1%} instead of {honest:.1%}."
    )
    return {"naive_accuracy": naive, "naive_sentence": sentence}
