"""Any two genres told apart by a specialist that knows only them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import combinations

import lightgbm as lgb
import numpy as np
import pyarrow as pa
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from threadpoolctl import threadpool_limits

from analytics.folds import Fold
from analytics.pooling import fit_pool
from analytics.resampling import ResampledTotals
from models.predictors.features import FilledFeatures, MusicalFeatures
from models.recipe import Progress
from models.recipes.classifiers import BOOSTING_BASICS, Lesson
from models.recipes.genre_curves import largest_genres
from models.recipes.networks import trained
from models.recipes.parallel import in_parallel
from models.recipes.splits import Split

_MOST_ROUNDS, _LEAST_ROUNDS, _ROUNDS_OF_ALL = 400, 30, 3000
"""Boosting rounds of a pair, and of all pairs of a fold together."""

_MOST_SEEN, _LEAST_SEEN, _SEEN_OF_ALL = 200_000, 5_000, 1_000_000
"""Tracks shown to a network of a pair, and to those of all pairs of a fold together."""

_N_NETWORKS, _N_UNITS = 2, 64


def pair_table(
    lesson: Lesson, split: Split, classes: Sequence[str], names: tuple[str, ...], *, seed: int, progress: Progress
) -> pa.Table:
    """Return how well a specialist tells two genres apart, for each pair of the largest 20, on tracks not seen.

    The specialist adds up the scores of a logistic regression, of neural networks and of boosted trees, by weights
    fitted on other folds. Where there are many pairs each learns for less long.

    Columns ``a``, ``b``, ``accuracy``, ``balanced_accuracy`` with its 95% interval ``low`` and ``high``, ``auc``,
    ``n_a``, ``n_b``; ``a`` before ``b`` in the alphabet.
    """
    pairs = list(combinations(largest_genres(lesson.y), 2))
    odds = np.zeros((len(pairs), 3, len(lesson.y)), dtype=np.float32)
    tasks = [
        (partial(_judge_fold, fold, lesson, names, pairs, odds, seed), f"pairs of genres, fold {i + 1}")
        for i, fold in enumerate(split.folds)
    ]
    in_parallel(tasks, progress)
    with threadpool_limits(1, user_api="blas"):
        rows = [_row(pair, odds[i], lesson.y, split, classes, seed=seed) for i, pair in enumerate(pairs)]
    return pa.Table.from_pylist(rows)


def _judge_fold(
    fold: Fold,
    lesson: Lesson,
    names: tuple[str, ...],
    pairs: Sequence[tuple[int, int]],
    odds: np.ndarray,
    seed: int,
) -> None:
    """Write log odds of the second genre of each pair, by every model, for the tracks that the fold judges."""
    train, test = fold
    musical = MusicalFeatures(names).fit(lesson.X[train])
    filled = FilledFeatures().fit(lesson.X[train])
    columns, values = musical.transform(lesson.X), filled.transform(lesson.X)
    n_rounds = int(np.clip(_ROUNDS_OF_ALL // len(pairs), _LEAST_ROUNDS, _MOST_ROUNDS))
    n_seen = int(np.clip(_SEEN_OF_ALL // len(pairs), _LEAST_SEEN, _MOST_SEEN))
    sizes = {"n_networks": _N_NETWORKS, "n_units": _N_UNITS, "n_seen": n_seen, "seed": seed}
    for i, (a, b) in enumerate(pairs):
        known, judged = (rows[(lesson.y[rows] == a) | (lesson.y[rows] == b)] for rows in (train, test))
        second = lesson.y[known] == b
        if not len(judged):
            continue
        if second.all() or not second.any():
            odds[i, :, judged] = 4.0 if second.all() else -4.0
            continue
        linear = LogisticRegression(C=0.05, max_iter=2000).fit(columns[known], second)
        networks = trained(columns[known], second.astype(int), **sizes)
        data = lgb.Dataset(values[known], second.astype(int))
        trees = lgb.train(_parameters(len(known), n_rounds, seed), data, n_rounds)
        odds[i, 0, judged] = linear.decision_function(columns[judged])
        odds[i, 1, judged] = np.mean([np.diff(network.scores(columns[judged]))[:, 0] for network in networks], axis=0)
        odds[i, 2, judged] = trees.predict(values[judged], raw_score=True, num_threads=1)


def _parameters(n_tracks: int, n_rounds: int, seed: int) -> dict[str, object]:
    return {
        "objective": "binary",
        "learning_rate": float(np.clip(20 / n_rounds, 0.05, 0.1)),
        "num_leaves": 15,
        "min_data_in_leaf": int(np.clip(n_tracks // 50, 3, 30)),
        "extra_trees": True,
        "lambda_l2": 5.0,
        **BOOSTING_BASICS,
        "seed": seed,
    }


def _row(
    pair: tuple[int, int], odds: np.ndarray, y: np.ndarray, split: Split, classes: Sequence[str], *, seed: int
) -> dict[str, object]:
    a, b = pair
    judged = np.flatnonzero((y == a) | (y == b))
    second = y[judged] == b
    pooled = _pooled(odds[:, judged], second, split.numbers[judged])
    right = (pooled > 0) == second
    columns = np.column_stack([~second, ~second & right, second, second & right]).astype(np.float64)
    totals = ResampledTotals(columns, split.groups[judged], seed=seed)
    balanced = totals.estimate(_balanced, most=1.0)
    return {
        "a": classes[a],
        "b": classes[b],
        "accuracy": float(right.mean()),
        "balanced_accuracy": balanced.value,
        "low": balanced.low,
        "high": balanced.high,
        "auc": float(roc_auc_score(second, pooled)),
        "n_a": int((~second).sum()),
        "n_b": int(second.sum()),
    }


def _pooled(odds: np.ndarray, second: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return log odds of all models added up by weights fitted on the other folds, shape (n_tracks,)."""
    scores = np.stack([-odds, odds], axis=2) / 2
    found = np.empty(len(second))
    for fold in np.unique(numbers):
        own = numbers == fold
        known = ~own if not own.all() else own
        found[own] = fit_pool(scores[:, known], second[known].astype(np.int64)).weights @ odds[:, own]
    return found


def _balanced(totals: np.ndarray) -> np.ndarray:
    """Return the mean of two recalls from numbers of tracks and of hits by genre, shape (n, 4)."""
    first, second = (totals[:, i + 1] / np.maximum(totals[:, i], 1) for i in (0, 2))
    return (first + second) / 2
