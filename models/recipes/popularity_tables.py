"""What a comparison of popularity models shows: tables, facts and score cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
import pyarrow as pa

from analytics.choice import paired_difference
from analytics.importance import joint_drops
from analytics.scoring import Estimate, clustered_mean, r2
from models.predictors.popularity import POPULARITY_RANGE
from models.recipe import ScoreCard
from models.recipes.cards import choice_sentence, compared_card
from models.recipes.importance import alone_and_together
from models.recipes.popularity_judging import Judged, explained


def score_cards(
    recipe: str, judged: Judged, covered: np.ndarray, *, coverage: float, seed: int
) -> tuple[ScoreCard, ...]:
    """Return the cards of the choice, judged where it had no say, and one of each other model."""
    y, groups, mean = judged.y, judged.split.groups, judged.predicted[0]
    ones = np.ones(len(y))
    named, knows_mean = "the mean of the other folds", r2(y, mean, ones)
    errors = np.abs(judged.nested - y)
    found = explained(y, judged.nested, groups, seed=seed)
    mae, mean_mae = clustered_mean(errors, groups, seed=seed), float(np.abs(mean - y).mean())
    mean_rmse = float(np.sqrt(((mean - y) ** 2).mean()))
    inside = clustered_mean(covered.astype(np.float64), groups, seed=seed)
    card = partial(compared_card, recipe, judged.candidates[judged.served].label, judged.split)
    cards = [
        card("r2", found, named, knows_mean),
        card("mae", mae, named, mean_mae, larger_is_better=False),
        card("rmse", _rmse(judged.nested - y, groups, seed=seed), named, mean_rmse, larger_is_better=False),
        card("interval_coverage", inside, "the coverage asked for", coverage),
    ]
    for i, candidate in enumerate(judged.candidates):
        if i != judged.served:
            found = explained(y, judged.predicted[i], groups, seed=seed)
            cards.append(card("r2", found, named, knows_mean, model=candidate.label))
    return tuple(cards)


def candidate_table(judged: Judged, *, seed: int) -> pa.Table:
    """Return one row per candidate, judged on tracks it has not seen.

    Columns ``model``, ``label``, then ``r2``, ``mae``, ``rmse`` and ``mse``, each with the ends ``_low`` and ``_high``
    of its interval, ``served``, ``why``.
    """
    return pa.Table.from_pylist([_candidate_row(judged, i, seed=seed) for i in range(len(judged.candidates))])


def _candidate_row(judged: Judged, i: int, *, seed: int) -> dict[str, object]:
    errors, groups = judged.predicted[i] - judged.y, judged.split.groups
    mse = clustered_mean(errors**2, groups, seed=seed)
    return {
        "model": judged.candidates[i].name,
        "label": judged.candidates[i].label,
        **_with_ends("r2", explained(judged.y, judged.predicted[i], groups, seed=seed)),
        **_with_ends("mae", clustered_mean(np.abs(errors), groups, seed=seed)),
        **_with_ends("rmse", _rmse(errors, groups, seed=seed)),
        **_with_ends("mse", mse),
        "served": i == judged.served,
        "why": _why(judged, i, seed=seed),
    }


def _rmse(errors: np.ndarray, groups: np.ndarray, *, seed: int) -> Estimate:
    return Estimate(*(float(np.sqrt(value)) for value in clustered_mean(errors**2, groups, seed=seed)))


def _with_ends(name: str, found: Estimate) -> dict[str, float]:
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def _why(judged: Judged, i: int, *, seed: int) -> str:
    """Return the sentence that says why a candidate is served or not."""
    if judged.candidates[i].not_served:
        return judged.candidates[i].not_served
    losses = (judged.predicted - judged.y) ** 2
    allowed = [j for j, candidate in enumerate(judged.candidates) if not candidate.not_served]
    best = allowed[int(losses[allowed].mean(axis=1).argmin())]
    if i == judged.served and i == best:
        return f"Served: lowest squared error on {judged.split.unseen} it had not seen."
    if i == judged.served:
        tied = judged.candidates[best].label
        return f"Served: as good as {tied} within the noise, and simpler."
    gap = paired_difference(losses[i], losses[judged.served], judged.split.groups, seed=seed)
    if gap.low <= 0 and i < judged.served:
        better = judged.candidates[best].label
        return f"Not served: as good as the served model within the noise, but worse than {better}."
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
        "choice_sentence": choice_sentence(served.label, [judged.candidates[i].label for i in judged.by_fold]),
    }


def importance_tables(
    judged: Judged,
    X: np.ndarray,
    columns: Mapping[str, Sequence[int]],
    groups: Sequence[Sequence[str]],
    *,
    seed: int,
    n_rows: int,
) -> tuple[pa.Table, pa.Table]:
    """Return how much further off predictions are when features are shuffled, one by one and by group.

    Parameters
    ----------
    judged
        The models.
    X
        What they were judged on.
    columns
        Columns of X that each feature has; they are shuffled together.
    groups
        Features that go together, each feature in one group.
    seed, n_rows
        Of the shuffling, and most rows to judge.

    Returns
    -------
    features
        ``feature``, ``rise_in_error`` (mean absolute, in points), ``low``, ``high``, the largest first.
    groups
        ``features`` (list of text), ``n_features``, ``rise_in_error``, ``low``, ``high``, and ``sum_alone``: the rises
        of its features alone, added up.
    """
    loss = partial(_rises, judged, X, seed=seed, n_rows=n_rows)
    return alone_and_together(loss, columns, groups, measure="rise_in_error")


def _rises(judged: Judged, X: np.ndarray, sets: Sequence[Sequence[int]], *, seed: int, n_rows: int) -> list[Estimate]:
    """Return the rise in absolute error when each set of columns is shuffled."""

    def nearness(scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return -np.abs(np.clip(scores[:, 0], *POPULARITY_RANGE) - judged.y[rows])

    scorers = [learned.scores for learned in judged.scorers]
    rows, drops = joint_drops(X, sets, judged.split.folds, scorers, nearness, seed=seed, n_rows=n_rows)
    groups = judged.split.groups[rows]
    return [clustered_mean(drop, groups, seed=seed) for drop in drops]
