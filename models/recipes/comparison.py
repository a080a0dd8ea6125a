"""Candidates on the same folds: calibrated, compared, and one of them chosen without a leak."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from analytics.choice import nested_choice, simplest_of_the_best
from analytics.pooling import Pool, chosen_pool
from models.predictors.scorers import BlendScorer
from models.recipe import Progress
from models.recipes.classifiers import Candidate, Lesson, Scoring
from models.recipes.parallel import in_parallel, side_by_side
from models.recipes.splits import Split

_LEAST_SHARE = 0.01
"""Least share of the weights that makes a part worth serving."""


class Spent(NamedTuple):
    """What a candidate takes, over all folds.

    Parameters
    ----------
    fit_s
        Seconds of learning, all folds together.
    predict_ms
        Milliseconds to score 1,000 tracks.
    """

    fit_s: float
    predict_ms: float


@dataclass(frozen=True, eq=False, slots=True)
class Unseen:
    """What single candidates said of the tracks they had not seen.

    Parameters
    ----------
    scores
        By candidate, before calibration, float32 of shape (n_tracks, n_genres).
    fitted
        By candidate that may be served, what each fold learned.
    n_bytes
        By candidate, size on disk of what the first fold learned.
    spent
        By candidate; differs from run to run.
    """

    scores: Mapping[str, np.ndarray]
    fitted: Mapping[str, list[Scoring]]
    n_bytes: Mapping[str, int]
    spent: Mapping[str, Spent]


@dataclass(frozen=True, eq=False, slots=True)
class Comparison:
    """What every candidate said of the tracks it had not seen.

    Parameters
    ----------
    candidates
        In the order of the first axis of the rest, the simplest first.
    lesson, split
        The tracks, and how those that judge were kept apart.
    unseen
        Of the candidates that are not made of others.
    log_proba
        Calibrated on the other folds, shape (n_candidates, n_tracks, n_genres).
    losses
        Log loss of each candidate on each track, shape (n_candidates, n_tracks).
    pools
        By candidate, calibrated on all tracks.
    served
        Position of the candidate to serve.
    by_fold
        Position of the candidate that the other folds chose, one per fold.
    """

    candidates: Sequence[Candidate]
    lesson: Lesson
    split: Split
    unseen: Unseen
    log_proba: np.ndarray
    losses: np.ndarray
    pools: Sequence[Pool]
    served: int
    by_fold: list[int]

    def learned(self, lesson: Lesson) -> Scoring:
        """Return the served candidate fitted to a lesson, its parts weighted as unseen tracks have it."""
        candidate, shares = self.candidates[self.served], self.served_shares
        by_name = {c.name: c for c in self.candidates}
        with threadpool_limits(1):
            parts = [by_name[name].fit(lesson) for name in shares]  # type: ignore[misc]  # parts have a fit
        return parts[0] if candidate.fit else BlendScorer(parts, np.array(list(shares.values())))  # type: ignore[arg-type]

    def served_scorers(self) -> list[Scoring]:
        """Return what each fold learned of the served candidate."""
        shares = self.served_shares
        folds = zip(*(self.unseen.fitted[name] for name in shares), strict=True)
        return [BlendScorer(parts, np.array(list(shares.values()))) for parts in folds]  # type: ignore[arg-type]

    @property
    def served_shares(self) -> dict[str, float]:
        """Share of each part that counts in the served candidate; they sum to 1."""
        candidate, pool = self.candidates[self.served], self.pools[self.served]
        kept = {n: float(s) for n, s in zip(candidate.parts, pool.shares, strict=True) if s >= _LEAST_SHARE}
        return {name: share / sum(kept.values()) for name, share in kept.items()}

    @property
    def served_pool(self) -> Pool:
        """Temperature and biases of the served candidate."""
        return self.pools[self.served]

    @property
    def served_log_proba(self) -> np.ndarray:
        """Log probabilities by the served candidate, calibrated on the other folds, (n_tracks, n_genres)."""
        return self.log_proba[self.served]

    @property
    def nested(self) -> np.ndarray:
        """Log probabilities by the candidate that the other folds chose, (n_tracks, n_genres)."""
        return self.log_proba[np.array(self.by_fold)[self.split.numbers], np.arange(len(self.lesson.y))]

    @property
    def raw_served(self) -> np.ndarray:
        """Scores of the served candidate before calibration, its parts weighted as served, (n_tracks, n_genres)."""
        return np.sum([share * self.unseen.scores[name] for name, share in self.served_shares.items()], axis=0)

    def timings(self, recipe: str) -> dict[str, float]:
        """Return seconds of fitting and milliseconds of predicting 1,000 tracks, for the record of the build."""
        spent = self.unseen.spent
        seconds = {f"{recipe}/{name}/fit_s": found.fit_s for name, found in spent.items()}
        return seconds | {f"{recipe}/{name}/predict_ms_per_1000": found.predict_ms for name, found in spent.items()}


def compare(
    candidates: Sequence[Candidate],
    lesson: Lesson,
    split: Split,
    *,
    seed: int,
    progress: Progress,
) -> Comparison:
    """Fit every candidate on every fold, calibrate and choose.

    The candidate of a fold is chosen by log loss on the other folds, under temperatures and weights fitted on the other
    folds, so that no fold's own losses have a say in the choice it judges. This is no double cross-validation: what the
    other folds were judged by had learned from that fold's tracks. A tie within the interval of the paired difference
    goes to the simpler candidate.
    """
    unseen = unseen_scores([c for c in candidates if c.fit], lesson, split, progress=progress)
    judged = side_by_side(*(partial(calibrated, c, unseen.scores, lesson.y, split.numbers) for c in candidates))
    log_proba = np.array([log_proba for log_proba, _, _ in judged])
    without = np.array([losses for _, losses, _ in judged]).swapaxes(0, 1)
    losses = -log_proba[:, np.arange(len(lesson.y)), lesson.y]
    allowed = [i for i, c in enumerate(candidates) if not c.not_served]
    chosen = nested_choice(without[:, allowed], split.numbers, split.groups, seed=seed)
    served = simplest_of_the_best(losses[allowed], split.groups, seed=seed)
    by_fold = [allowed[i] for i in chosen]
    pools = [pool for _, _, pool in judged]
    return Comparison(candidates, lesson, split, unseen, log_proba, losses, pools, allowed[served], by_fold)


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """What one candidate said of tracks it had not seen: calibrated ``log_proba`` and ``losses`` by track."""

    log_proba: np.ndarray
    losses: np.ndarray


def judged_on(compared: Comparison, split: Split, *, progress: Progress) -> Judged:
    """Return what the served candidate says of the same tracks under another split."""
    served, lesson = compared.candidates[compared.served], compared.lesson
    parts = [c for c in compared.candidates if c.fit and c.name in served.parts]
    unseen = unseen_scores(parts, lesson, split, progress=progress)
    log_proba = calibrated(served, unseen.scores, lesson.y, split.numbers)[0]
    return Judged(log_proba, -log_proba[np.arange(len(lesson.y)), lesson.y])


def unseen_scores(candidates: Sequence[Candidate], lesson: Lesson, split: Split, *, progress: Progress) -> Unseen:
    """Return what each candidate says of each fold after learning from its training tracks.

    They learn side by side where there are processors for it, the simplest and quickest last; which one is first makes
    no difference to what is learned.
    """
    shape = (len(lesson.y), lesson.n_classes)
    scores = {c.name: np.empty(shape, dtype=np.float32) for c in candidates}
    fitted: dict[str, list[Scoring]] = {c.name: [None] * len(split.folds) for c in candidates if not c.not_served}  # type: ignore[list-item]
    n_bytes: dict[str, int] = {}
    seconds = {name: np.zeros((2, len(split.folds))) for name in scores}

    def learn(candidate: Candidate, fold: int) -> None:
        train, test = split.folds[fold]
        part = Lesson(lesson.X[train], lesson.y[train], lesson.groups[train], lesson.n_classes)
        started = time.perf_counter()
        learned = candidate.fit(part)  # type: ignore[misc]  # only those with a fit are learned
        fitted_at = time.perf_counter()
        scores[candidate.name][test] = learned.scores(lesson.X[test])
        seconds[candidate.name][:, fold] = fitted_at - started, time.perf_counter() - fitted_at
        if candidate.name in fitted:
            fitted[candidate.name][fold] = learned
        if fold == 0:
            n_bytes[candidate.name] = stored_bytes(learned)

    tasks = [
        (partial(learn, candidate, fold), f"{candidate.label}, fold {fold + 1} of {len(split.folds)}")
        for candidate in reversed(candidates)
        for fold in range(len(split.folds))
    ]
    in_parallel(tasks, progress)
    sums = {name: both.sum(axis=1) for name, both in seconds.items()}
    spent = {name: Spent(float(fit), float(1e6 * predict / len(lesson.y))) for name, (fit, predict) in sums.items()}
    return Unseen(scores, fitted, n_bytes, spent)


def stored_bytes(estimator: object) -> int:
    """Return the size of a joblib file of an estimator."""
    buffer = _Counter()
    joblib.dump(estimator, buffer)
    return buffer.n_bytes


class _Counter(io.RawIOBase):
    """A file that only counts what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.n_bytes = 0

    def writable(self) -> bool:
        return True

    def write(self, chunk: object) -> int:
        n_bytes = memoryview(chunk).nbytes  # type: ignore[arg-type]  # joblib writes buffers
        self.n_bytes += n_bytes
        return n_bytes

    def tell(self) -> int:
        return self.n_bytes


def calibrated(
    candidate: Candidate, scores: Mapping[str, np.ndarray], y: np.ndarray, numbers: np.ndarray
) -> tuple[np.ndarray, np.ndarray, Pool]:
    """Return what a candidate says of tracks it has not seen, calibrated.

    Parameters
    ----------
    candidate
        Whose parts are among ``scores``.
    scores
        By part, before calibration, shape (n_tracks, n_genres).
    y, numbers
        Genre code and number of the fold of each track.

    Returns
    -------
    log_proba
        Calibrated on the other folds, shape (n_tracks, n_genres).
    losses
        By fold that had no say in the calibration, shape (n_folds, n_tracks).
    pool
        Fitted to all folds.
    """
    parts = np.stack([scores[name] for name in candidate.parts])
    rows, every = np.arange(len(y)), np.ones(len(y), dtype=bool)
    unseen = np.empty(parts.shape[1:], dtype=np.float32)
    without = np.empty((numbers.max() + 1, len(y)), dtype=np.float32)
    for fold in range(len(without)):
        others = numbers != fold
        pool, joined = _joined(candidate, parts, y, numbers, others)
        log_proba = pool.log_proba(joined)
        without[fold] = -log_proba[rows, y]
        unseen[~others] = log_proba[~others]
    return unseen, without, _joined(candidate, parts, y, numbers, every)[0]


def _joined(
    candidate: Candidate, parts: np.ndarray, y: np.ndarray, numbers: np.ndarray, known: np.ndarray
) -> tuple[Pool, np.ndarray]:
    """Return the pool fitted on known tracks, with the scores of all tracks that it applies to."""
    if candidate.join:
        cooled = [chosen_pool(p[None, known], y[known], numbers[known]).log_proba(p[None]) for p in parts]
        parts = candidate.join(np.array(cooled))[None]
    return chosen_pool(parts[:, known], y[known], numbers[known]), parts
