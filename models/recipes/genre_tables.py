"""What a comparison of genre classifiers shows: tables, facts and score cards."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from scipy.special import log_softmax

from analytics.calibration import prediction_sets, set_threshold
from analytics.importance import permutation_drops
from analytics.scoring import (
    Estimate,
    balanced_accuracy,
    cluster_bootstrap,
    clustered_mean,
    confidence_bins,
    confusion_counts,
    expected_calibration_error,
    reliability,
)
from models.recipe import ScoreCard
from models.recipes.cards import compared_card
from models.recipes.comparison import Comparison
from models.recipes.genre_scores import why


def score_cards(compared: Comparison, recipe: str, *, seed: int) -> tuple[ScoreCard, ...]:
    """Return the cards of the choice, judged where it had no say, and one of each other model."""
    y, groups = compared.lesson.y, compared.split.groups
    n_classes = compared.lesson.n_classes
    log_proba = compared.nested
    predicted = log_proba.argmax(axis=1)
    shares = compared.log_proba[_majority(compared)]
    right = (predicted == y).astype(np.float64)
    always = float((shares.argmax(axis=1) == y).mean())
    rows = np.arange(len(y))

    def balanced(weights: np.ndarray) -> float:
        return balanced_accuracy(confusion_counts(y, predicted, n_classes, weights))

    accuracy = clustered_mean(right, groups, seed=seed)
    loss = clustered_mean(-log_proba[rows, y], groups, seed=seed)
    knows_shares = float(-shares[rows, y].mean())
    named = "always the most frequent genre"
    card = partial(compared_card, recipe, compared.candidates[compared.served].label, compared.split)
    cards = [
        card("accuracy", accuracy, named, always),
        card("log_loss", loss, "genre shares alone", knows_shares, larger_is_better=False),
        card(
            "balanced_accuracy",
            cluster_bootstrap(groups, balanced, seed=seed),
            named,
            1 / n_classes,
        ),
        card(
            "expected_calibration_error",
            _calibration_error(log_proba, y, groups, seed=seed),
            "the same model before calibration",
            _calibration_error(log_softmax(compared.raw_served, axis=1), y, groups, seed=seed, n_resamples=2).value,
            larger_is_better=False,
        ),
    ]
    others = [i for i in range(len(compared.candidates)) if i != compared.served]
    for i in others:
        right = (compared.log_proba[i].argmax(axis=1) == y).astype(np.float64)
        found = clustered_mean(right, groups, seed=seed)
        label = compared.candidates[i].label
        cards.append(card("accuracy", found, named, always, model=label))
    return tuple(cards)


def confusion_table(compared: Comparison, classes: Sequence[str]) -> pa.Table:
    """Return every pair of genres: ``actual``, ``predicted``, ``n``, ``share_of_actual``."""
    predicted = compared.nested.argmax(axis=1)
    counts = confusion_counts(compared.lesson.y, predicted, len(classes))
    return pa.table(
        {
            "actual": np.repeat(np.array(classes, dtype=object), len(classes)),
            "predicted": np.tile(np.array(classes, dtype=object), len(classes)),
            "n": counts.ravel().astype(np.int32),
            "share_of_actual": (counts / counts.sum(axis=1, keepdims=True)).ravel(),
        }
    )


def class_table(compared: Comparison, classes: Sequence[str], *, coverage: float) -> pa.Table:
    """Return one row per genre, with columns as below.

    ``genre``, ``precision``, ``recall``, ``f1``, ``support``, ``set_coverage``, ``set_size``. The precision of a genre
    that is never predicted is missing. The last two are the share of its tracks whose
    prediction set holds it, and the mean size of their sets.
    """
    members, y = unseen_sets(compared, coverage=coverage), compared.lesson.y
    held = np.bincount(y, members[np.arange(len(y)), y], len(classes))
    sizes = np.bincount(y, members.sum(axis=1), len(classes))
    predicted = compared.nested.argmax(axis=1)
    counts = confusion_counts(compared.lesson.y, predicted, len(classes))
    right, support, claimed = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    precision = [float(r / c) if c else None for r, c in zip(right, claimed, strict=True)]
    return pa.table(
        {
            "genre": pa.array(classes, pa.string()),
            "precision": pa.array(precision, pa.float64()),
            "recall": right / support,
            "f1": 2 * right / (support + claimed),
            "support": support.astype(np.int32),
            "set_coverage": held / support,
            "set_size": sizes / support,
        }
    )


def reliability_table(compared: Comparison) -> pa.Table:
    """Return ``bin``, ``confidence``, ``accuracy``, ``n`` of the choice on the folds that judge it."""
    confidence, right = _confidence(compared.nested, compared.lesson.y)
    return reliability(confidence_bins(confidence), confidence, right)


def importance_table(compared: Comparison, names: Sequence[str], *, seed: int, n_rows: int) -> pa.Table:
    """Return ``feature``, ``drop_in_accuracy``, ``low``, ``high``, the largest drop first."""
    y = compared.lesson.y

    def right(scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return (scores.argmax(axis=1) == y[rows]).astype(np.float64)

    scorers = [learned.scores for learned in compared.served_scorers()]
    rows, drops = permutation_drops(compared.lesson.X, compared.split.folds, scorers, right, seed=seed, n_rows=n_rows)
    groups = compared.split.groups[rows]
    found = [clustered_mean(drop, groups, seed=seed) for drop in drops]
    order = sorted(range(len(names)), key=lambda i: -found[i].value)
    return pa.table(
        {
            "feature": [names[i] for i in order],
            "drop_in_accuracy": [found[i].value for i in order],
            "low": [found[i].low for i in order],
            "high": [found[i].high for i in order],
        }
    )


def choice_facts(compared: Comparison, *, seed: int) -> dict[str, object]:
    """Return which model is served and the sentence that says why."""
    served = compared.candidates[compared.served]
    by_fold = [compared.candidates[i].name for i in compared.by_fold]
    return {
        "served": served.name,
        "served_label": served.label,
        "why": f"{served.label}. {why(compared, compared.served, seed=seed)}",
        "chosen_by_fold": by_fold,
    }


def unseen_sets(compared: Comparison, *, coverage: float) -> np.ndarray:
    """Return prediction sets, booleans (n_tracks, n_genres), under thresholds taken from other folds."""
    proba, y, numbers = np.exp(compared.nested), compared.lesson.y, compared.split.numbers
    members = np.empty(proba.shape, dtype=bool)
    for fold in range(len(compared.split.folds)):
        others = numbers != fold
        threshold = set_threshold(proba[others], y[others], coverage=coverage)
        members[~others] = prediction_sets(proba[~others], threshold)
    return members


def set_facts(compared: Comparison, classes: Sequence[str], *, coverage: float) -> dict[str, object]:
    """Return how often a prediction set holds the genre: over all, and for the genre with the least."""
    members, y = unseen_sets(compared, coverage=coverage), compared.lesson.y
    held = members[np.arange(len(y)), y]
    by_class = np.bincount(y, held) / np.bincount(y)
    least = int(by_class.argmin())
    return {
        "set_target": coverage,
        "set_coverage": float(held.mean()),
        "set_mean_size": float(members.sum(axis=1).mean()),
        "set_least_genre": classes[least],
        "set_sentence": (
            f"A set of plausible genres holds the right one for {held.mean():.1%} of the tracks; "
            f"least often for {classes[least]} ({by_class[least]:.0%})."
        ),
    }


def _majority(compared: Comparison) -> int:
    return next(i for i, c in enumerate(compared.candidates) if c.name == "majority")


def _confidence(log_proba: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability of the likeliest genre and whether it is right, as 0 or 1."""
    right = (log_proba.argmax(axis=1) == y).astype(np.float64)
    return np.exp(log_proba.max(axis=1).astype(np.float64)), right


def _calibration_error(
    log_proba: np.ndarray, y: np.ndarray, groups: np.ndarray, *, seed: int, n_resamples: int = 200
) -> Estimate:
    confidence, right = _confidence(log_proba, y)
    bins = confidence_bins(confidence)
    return cluster_bootstrap(
        groups,
        lambda weights: expected_calibration_error(bins, confidence, right, weights),
        seed=seed,
        n_resamples=n_resamples,
    )
