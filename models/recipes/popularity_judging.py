"""Popularity models on the same folds: what each predicts of tracks kept from it, and which is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from analytics.choice import nested_choice, simplest_of_the_best
from analytics.folds import Fold
from analytics.scoring import Estimate, cluster_bootstrap, r2
from models.predictors.popularity import POPULARITY_RANGE
from models.predictors.scorers import Scorer
from models.recipe import Progress
from models.recipes.parallel import in_parallel, side_by_side
from models.recipes.regressors import Regressor, learned_alone
from models.recipes.splits import Split


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """Predictions of every candidate for tracks that were kept from it.

    Parameters
    ----------
    candidates
        In the order of the first axis of ``predicted``, the simplest first.
    y
        Popularity, shape (n_tracks,).
    split
        How the judged tracks were kept apart.
    predicted
        Shape (n_candidates, n_tracks).
    nested
        By the candidate that the other folds chose, shape (n_tracks,).
    fitted
        By candidate, what each fold learned; nothing of those that are only compared.
    served
        Position of the candidate to serve.
    by_fold
        Position of the candidate that the other folds chose, one per fold.
    """

    candidates: Sequence[Regressor]
    y: np.ndarray
    split: Split
    predicted: np.ndarray
    nested: np.ndarray
    fitted: list[list[Scorer]]
    served: int
    by_fold: list[int]

    @property
    def scorers(self) -> list[Scorer]:
        """What the served candidate learned in each fold."""
        return self.fitted[self.served]

    @property
    def of_served(self) -> np.ndarray:
        """What the served candidate predicts of tracks kept from it, shape (n_tracks,)."""
        return self.predicted[self.served]


def judge(
    candidates: Sequence[Regressor],
    X: np.ndarray,
    y: np.ndarray,
    split: Split,
    *,
    seed: int,
    progress: Progress,
) -> Judged:
    """Fit every candidate on every fold, and choose by squared error as `nested_choice` does."""
    predicted, fitted = _unseen(candidates, X, y, split, progress=progress)
    losses = (predicted - y) ** 2
    allowed = [i for i, candidate in enumerate(candidates) if not candidate.not_served]
    numbers = split.numbers
    without = np.broadcast_to(losses[allowed], (len(split.folds), len(allowed), len(y)))
    by_fold = [allowed[i] for i in nested_choice(without, numbers, split.groups, seed=seed)]
    served = allowed[simplest_of_the_best(losses[allowed], split.groups, seed=seed)]
    nested = predicted[np.array(by_fold)[numbers], np.arange(len(y))]
    return Judged(candidates, y, split, predicted, nested, fitted, served, by_fold)


def _unseen(
    candidates: Sequence[Regressor], X: np.ndarray, y: np.ndarray, split: Split, *, progress: Progress
) -> tuple[np.ndarray, list[list[Scorer]]]:
    """Return predictions of every candidate, and what each fold learned of those that may be served."""
    predicted = np.empty((len(candidates), len(y)))
    learned: list[dict[str, Scorer]] = [{} for _ in split.folds]

    def learn(i: int, fold: int) -> None:
        (train, test), candidate = split.folds[fold], candidates[i]
        found = candidate.fit(X[train], y[train], learned[fold])
        predicted[i, test] = found.scores(X[test])[:, 0]
        if not candidate.not_served:
            learned[fold][candidate.name] = found

    tasks = [
        (partial(learn, i, fold), f"{candidates[i].label}, fold {fold + 1} of {len(split.folds)}")
        for i in reversed(range(len(candidates)))
        for fold in range(len(split.folds))
        if not candidates[i].parts
    ]
    in_parallel(tasks, lambda share, doing: progress(0.6 * share, doing))
    for i, candidate in enumerate(candidates):
        if candidate.parts:
            _blend(i, candidates, predicted)
            for found in learned:
                found[candidate.name] = candidate.fit(X, y, found)
    fitted = [[found[c.name] for found in learned] if not c.not_served else [] for c in candidates]
    return np.clip(predicted, *POPULARITY_RANGE), fitted


def _blend(i: int, candidates: Sequence[Regressor], predicted: np.ndarray) -> None:
    """Write what a candidate that averages others predicts, from what those predicted."""
    parts = [j for j, candidate in enumerate(candidates) if candidate.name in candidates[i].parts]
    predicted[i] = predicted[parts].mean(axis=0)


def served_on(judged: Judged, X: np.ndarray, folds: Sequence[Fold]) -> np.ndarray:
    """Return what the served candidate predicts after learning anew, from other features or folds.

    Parameters
    ----------
    judged
        Says which candidate is served, and what it learns.
    X
        Features, shape (n_tracks, n_features).
    folds
        Rows to learn from, and rows to judge.

    Returns
    -------
    np.ndarray
        Shape (n_tracks,), NaN where no fold judges.
    """
    predicted = np.full(len(judged.y), np.nan)

    def learn(train: np.ndarray, test: np.ndarray) -> None:
        learned = learned_alone(judged.candidates[judged.served], judged.candidates, X[train], judged.y[train])
        predicted[test] = learned.scores(X[test])[:, 0]

    side_by_side(*(partial(learn, train, test) for train, test in folds))
    return np.clip(predicted, *POPULARITY_RANGE)


def explained(y: np.ndarray, predicted: np.ndarray, groups: np.ndarray, *, seed: int) -> Estimate:
    """Return R2 of predictions, with an interval from resampling artists, each of shape (n_tracks,)."""
    return cluster_bootstrap(groups, lambda weights: r2(y, predicted, weights), seed=seed)
