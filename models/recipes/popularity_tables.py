"""What a comparison of popularity models shows: tables, facts and score cards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from analytics.calibration import interval_offsets
from analytics.choice import nested_choice, paired_difference, simplest_of_the_best
from analytics.importance import permutation_drops
from analytics.scoring import Estimate, cluster_bootstrap, clustered_mean, r2
from models.predictors.popularity import POPULARITY_RANGE
from models.predictors.scorers import Scorer
from models.recipe import Progress, ScoreCard
from models.recipes.cards import compared_card
from models.recipes.regressors import Regressor
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
        What the served candidate learned in each fold.
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
    fitted: list[Scorer]
    served: int
    by_fold: list[int]


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
    predicted = np.empty((len(candidates), len(y)))
    fitted: list[list[Scorer]] = [[] for _ in candidates]
    steps = len(candidates) * len(split.folds)
    for fold, (train, test) in enumerate(split.folds):
        for i, candidate in enumerate(candidates):
            doing = f"{candidate.label}, fold {fold + 1} of {len(split.folds)}"
            progress(0.8 * (fold * len(candidates) + i) / steps, doing)
            fitted[i].append(candidate.fit(X[train], y[train]))
            predicted[i, test] = fitted[i][-1].scores(X[test])[:, 0]
    predicted = np.clip(predicted, *POPULARITY_RANGE)
    losses = (predicted - y) ** 2
    numbers = split.numbers
    without = np.broadcast_to(losses, (len(split.folds), *losses.shape))
    by_fold = nested_choice(without, numbers, split.groups, seed=seed)
    served = simplest_of_the_best(losses, split.groups, seed=seed)
    nested = predicted[np.array(by_fold)[numbers], np.arange(len(y))]
    return Judged(candidates, y, split, predicted, nested, fitted[served], served, by_fold)


def covered(y: np.ndarray, predicted: np.ndarray, split: Split, *, coverage: float) -> np.ndarray:
    """Return which tracks lie in their interval, offsets taken from the other folds."""
    numbers = split.numbers
    covered = np.empty(len(y), dtype=bool)
    for fold in range(len(split.folds)):
        others = numbers != fold
        low, high = interval_offsets(y[others] - predicted[others], coverage=coverage)
        residuals = y[~others] - predicted[~others]
        covered[~others] = (residuals >= low) & (residuals <= high)
    return covered


def score_cards(judged: Judged, covered: np.ndarray, *, coverage: float, seed: int) -> tuple[ScoreCard, ...]:
    """Return the cards of the choice, judged where it had no say, and one of each other model."""
    y, groups, mean = judged.y, judged.split.groups, judged.predicted[0]
    ones = np.ones(len(y))
    named, knows_mean = "the mean of the other folds", r2(y, mean, ones)
    errors = np.abs(judged.nested - y)
    found = _r2(judged, judged.nested, seed=seed)
    mae, mean_mae = clustered_mean(errors, groups, seed=seed), float(np.abs(mean - y).mean())
    inside = clustered_mean(covered.astype(np.float64), groups, seed=seed)
    card = partial(compared_card, "popularity", judged.candidates[judged.served].label, judged.split)
    cards = [
        card("r2", found, named, knows_mean),
        card("mae", mae, named, mean_mae, larger_is_better=False),
        card("interval_coverage", inside, "the coverage asked for", coverage),
    ]
    for i, candidate in enumerate(judged.candidates):
        if i != judged.served:
            found = _r2(judged, judged.predicted[i], seed=seed)
            cards.append(card("r2", found, named, knows_mean, model=candidate.label))
    return tuple(cards)


def _r2(judged: Judged, predicted: np.ndarray, *, seed: int) -> Estimate:
    return cluster_bootstrap(judged.split.groups, lambda weights: r2(judged.y, predicted, weights), seed=seed)


def candidate_table(judged: Judged, *, seed: int) -> pa.Table:
    """Return one row per candidate, judged on tracks it has not seen.

    Columns ``model``, ``label``, ``r2`` with ``r2_low`` and ``r2_high``, ``mae``, ``rmse``,
    ``served``, ``why``.
    """
    rows: list[dict[str, object]] = []
    for i, candidate in enumerate(judged.candidates):
        errors = judged.predicted[i] - judged.y
        found = _r2(judged, judged.predicted[i], seed=seed)
        rows.append(
            {
                "model": candidate.name,
                "label": candidate.label,
                "r2": found.value,
                "r2_low": found.low,
                "r2_high": found.high,
                "mae": float(np.abs(errors).mean()),
                "rmse": float(np.sqrt((errors**2).mean())),
                "served": i == judged.served,
                "why": _why(judged, i, seed=seed),
            }
        )
    return pa.Table.from_pylist(rows)


def _why(judged: Judged, i: int, *, seed: int) -> str:
    """Return the sentence that says why a candidate is served or not."""
    losses = (judged.predicted - judged.y) ** 2
    best = int(losses.mean(axis=1).argmin())
    if i == judged.served and i == best:
        return f"Served: lowest squared error on {judged.split.unseen} it had not seen."
    if i == judged.served:
        tied = judged.candidates[best].label
        return f"Served: as good as {tied} within the noise, and simpler."
    gap = paired_difference(losses[i], losses[judged.served], judged.split.groups, seed=seed)
    if gap.low <= 0:
        return "Not served: no better than the served model, within the noise, and larger."
    return f"Not served: squared error higher by {gap.value:.1f} ({gap.low:.1f} to {gap.high:.1f})."


def choice_facts(judged: Judged, *, seed: int) -> dict[str, object]:
    """Return which model is served and the sentence that says why."""
    served = judged.candidates[judged.served]
    return {
        "served": served.name,
        "served_label": served.label,
        "why": f"{served.label}. {_why(judged, judged.served, seed=seed)}",
        "chosen_by_fold": [judged.candidates[i].name for i in judged.by_fold],
    }


def importance_table(judged: Judged, X: np.ndarray, names: Sequence[str], *, seed: int, n_rows: int) -> pa.Table:
    """Return ``feature``, ``rise_in_error`` (mean absolute, in points), ``low``, ``high``."""

    def nearness(scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return -np.abs(np.clip(scores[:, 0], *POPULARITY_RANGE) - judged.y[rows])

    scorers = [learned.scores for learned in judged.fitted]
    rows, drops = permutation_drops(X, judged.split.folds, scorers, nearness, seed=seed, n_rows=n_rows)
    groups = judged.split.groups[rows]
    found = [clustered_mean(drop, groups, seed=seed) for drop in drops]
    order = sorted(range(len(names)), key=lambda i: -found[i].value)
    return pa.table(
        {
            "feature": [names[i] for i in order],
            "rise_in_error": [found[i].value for i in order],
            "low": [found[i].low for i in order],
            "high": [found[i].high for i in order],
        }
    )


def zero_facts(y: np.ndarray) -> dict[str, object]:
    """Return the share of zeros, and a sentence where they look like a mass of their own."""
    zeros = float((y == 0).mean())
    beside = float(((y >= 1) & (y <= 5)).mean()) / 5
    apart = zeros > 0.1 and zeros > 3 * beside
    sentence = (
        f"{zeros:.1%} of the tracks have popularity 0, far more than any value just above it: for "
        "many of them 0 may mean that nothing was recorded."
    )
    return {"share_of_zeros": zeros, "zeros_sentence": sentence if apart else ""}
