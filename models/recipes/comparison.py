"""Candidates on the same folds: calibrated, compared, and one of them chosen without a leak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import log_softmax

from analytics.calibration import fit_temperature
from analytics.choice import nested_choice, simplest_of_the_best
from models.recipe import Progress
from models.recipes.classifiers import Candidate, Lesson, Scoring
from models.recipes.splits import Split


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """What every candidate said of the tracks it had not seen.

    Parameters
    ----------
    candidates
        In the order of the first axis of the rest, the simplest first.
    lesson, split
        The tracks, and how those that judge were kept apart.
    log_proba
        Calibrated on the other folds, shape (n_candidates, n_tracks, n_genres).
    raw
        The same before calibration.
    losses
        Log loss of each candidate on each track, shape (n_candidates, n_tracks).
    fitted
        By candidate, what each fold learned.
    served
        Position of the candidate to serve.
    by_fold
        Position of the candidate that the other folds chose, one per fold.
    """

    candidates: Sequence[Candidate]
    lesson: Lesson
    split: Split
    log_proba: np.ndarray
    raw: np.ndarray
    losses: np.ndarray
    fitted: list[list[Scoring]]
    served: int
    by_fold: list[int]

    def learned(self, lesson: Lesson) -> Scoring:
        """Return the served candidate, fitted to a lesson."""
        served = self.candidates[self.served]
        parts = {c.name: c.fit(lesson, {}) for c in self.candidates if c.name in served.parts}
        return served.fit(lesson, parts)

    @property
    def nested(self) -> np.ndarray:
        """Log probabilities by the candidate that the other folds chose, (n_tracks, n_genres)."""
        return self.log_proba[self._chosen, np.arange(len(self.lesson.y))]

    @property
    def raw_nested(self) -> np.ndarray:
        """The same before calibration."""
        return self.raw[self._chosen, np.arange(len(self.lesson.y))]

    @property
    def _chosen(self) -> np.ndarray:
        return np.array(self.by_fold)[self.split.numbers]


def compare(
    candidates: Sequence[Candidate],
    lesson: Lesson,
    split: Split,
    *,
    seed: int,
    progress: Progress,
) -> Comparison:
    """Fit every candidate on every fold, calibrate and choose.

    The candidate of a fold is chosen by log loss on the other folds, under temperatures fitted on
    the other folds, so that no fold judges a choice it had a say in. A tie within the interval of
    the paired difference goes to the simpler candidate.
    """
    raw, fitted = _unseen_scores(candidates, lesson, split, progress=progress)
    numbers = split.numbers
    log_proba, without = _calibrated(raw, lesson.y, numbers, n_folds=len(split.folds))
    losses = -log_proba[:, np.arange(len(lesson.y)), lesson.y]
    allowed = [i for i, c in enumerate(candidates) if not c.not_served]
    chosen = nested_choice(without[:, allowed], numbers, split.groups, seed=seed)
    served = simplest_of_the_best(losses[allowed], split.groups, seed=seed)
    by_fold = [allowed[i] for i in chosen]
    return Comparison(candidates, lesson, split, log_proba, raw, losses, fitted, allowed[served], by_fold)


def _unseen_scores(
    candidates: Sequence[Candidate], lesson: Lesson, split: Split, *, progress: Progress
) -> tuple[np.ndarray, list[list[Scoring]]]:
    raw = np.empty((len(candidates), len(lesson.y), lesson.n_classes), dtype=np.float32)
    fitted: list[list[Scoring]] = [[] for _ in candidates]
    steps, done = len(candidates) * len(split.folds), 0
    for fold, (train, test) in enumerate(split.folds):
        part = Lesson(lesson.X[train], lesson.y[train], lesson.groups[train], lesson.n_classes)
        learned: dict[str, Scoring] = {}
        for i, candidate in enumerate(candidates):
            progress(done / steps, f"{candidate.label}, fold {fold + 1} of {len(split.folds)}")
            learned[candidate.name] = candidate.fit(part, learned)
            raw[i, test] = learned[candidate.name].scores(lesson.X[test])
            if not candidate.not_served:
                fitted[i].append(learned[candidate.name])
            done += 1
    return raw, fitted


def _calibrated(
    raw: np.ndarray, y: np.ndarray, fold_numbers: np.ndarray, *, n_folds: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return calibrated log probabilities, and losses (n_folds, n_candidates, n) without a fold."""
    calibrated = np.empty_like(raw)
    without = np.empty((n_folds, len(raw), len(y)), dtype=np.float32)
    rows = np.arange(len(y))
    for fold in range(n_folds):
        others = fold_numbers != fold
        for i, scores in enumerate(raw):
            temperature = fit_temperature(scores[others].astype(np.float64), y[others])
            cooled = log_softmax(scores / temperature, axis=1)
            without[fold, i] = -cooled[rows, y]
            calibrated[i, ~others] = cooled[~others]
    return calibrated, without
