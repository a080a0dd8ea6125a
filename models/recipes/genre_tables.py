"""What a comparison of genre classifiers shows: tables, facts and score cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from scipy.special import log_softmax

from analytics.calibration import prediction_sets, set_threshold
from analytics.importance import joint_drops
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
from models.recipes.cards import choice_sentence, compared_card
from models.recipes.comparison import Comparison
from models.recipes.effects import named_groups
from models.recipes.genre_scores import all_scores, why
from models.recipes.importance import alone_and_together

MOST_OFF = 0.03
"""Calibration error up to which probabilities are taken at their word."""


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
            "the model that answers, before calibration",
            _calibration_error(log_softmax(compared.raw_served, axis=1), y, groups, seed=seed, n_resamples=2).value,
            larger_is_better=False,
        ),
        *_more_cards(compared, card, shares, seed=seed),
    ]
    others = [i for i in range(len(compared.candidates)) if i != compared.served]
    for i in others:
        right = (compared.log_proba[i].argmax(axis=1) == y).astype(np.float64)
        found = clustered_mean(right, groups, seed=seed)
        label = compared.candidates[i].label
        cards.append(card("accuracy", found, named, always, model=label))
    return tuple(cards)


def _more_cards(
    compared: Comparison, card: Callable[..., ScoreCard], shares: np.ndarray, *, seed: int
) -> list[ScoreCard]:
    """Return the cards of macro F1 and of the two likeliest genres; ``shares`` is what knowing nothing says."""
    found, knows_nothing = (all_scores(compared, one, seed=seed) for one in (compared.nested, shares))
    two = "always the two most frequent genres"
    return [
        card("macro_f1", found["macro_f1"], "always the most frequent genre", knows_nothing["macro_f1"].value),
        card("top_2", found["top_2"], two, knows_nothing["top_2"].value),
    ]


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


def importance_tables(
    compared: Comparison, names: Sequence[str], *, seed: int, n_rows: int
) -> tuple[pa.Table, pa.Table]:
    """Return how far accuracy drops when features are shuffled, one by one and those that go together at once.

    The tables of `models.recipes.importance.alone_and_together`, the measure being ``drop_in_accuracy``.
    """
    groups = named_groups(compared.lesson.X, names)
    columns = {name: [i] for i, name in enumerate(names)}
    loss = partial(_drops, compared, seed=seed, n_rows=n_rows)
    return alone_and_together(loss, columns, groups, measure="drop_in_accuracy")


def _drops(compared: Comparison, sets: Sequence[Sequence[int]], *, seed: int, n_rows: int) -> list[Estimate]:
    """Return the drop in accuracy when each set of columns is shuffled."""
    y = compared.lesson.y

    def right(scores: np.ndarray, rows: np.ndarray) -> np.ndarray:
        return (scores.argmax(axis=1) == y[rows]).astype(np.float64)

    scorers = [learned.scores for learned in compared.served_scorers()]
    X, folds = compared.lesson.X, compared.split.folds
    rows, drops = joint_drops(X, sets, folds, scorers, right, seed=seed, n_rows=n_rows)
    groups = compared.split.groups[rows]
    return [clustered_mean(drop, groups, seed=seed) for drop in drops]


def choice_facts(compared: Comparison, *, seed: int) -> dict[str, object]:
    """Return which model is served and the sentence that says why."""
    served = compared.candidates[compared.served]
    by_fold = [compared.candidates[i].name for i in compared.by_fold]
    return {
        "served": served.name,
        "served_label": served.label,
        "why": f"{served.label}. {why(compared, compared.served, seed=seed)}",
        "chosen_by_fold": by_fold,
        "choice_sentence": choice_sentence(served.label, [compared.candidates[i].label for i in compared.by_fold]),
    }


def calibration_facts(cards: Sequence[ScoreCard]) -> dict[str, object]:
    """Return the caveat that the card of the calibration error asks for, if any."""
    error = next(card.value for card in cards if card.served and card.metric == "expected_calibration_error")
    return {"calibration_sentence": calibration_sentence(error)}


def calibration_sentence(error: float) -> str:
    """Return the caveat where probabilities are further off than `MOST_OFF` on average, otherwise an empty text.

    >>> calibration_sentence(0.068)
    'Probabilities are off by 6.8 points of a hundred on average: read them as ranks.'
    """
    if error <= MOST_OFF:
        return ""
    return f"Probabilities are off by {100 * error:.1f} points of a hundred on average: read them as ranks."


def unseen_sets(compared: Comparison, *, coverage: float) -> np.ndarray:
    """Return prediction sets of the served model, booleans (n_tracks, n_genres), by thresholds from other folds."""
    proba, y, numbers = np.exp(compared.served_log_proba), compared.lesson.y, compared.split.numbers
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
