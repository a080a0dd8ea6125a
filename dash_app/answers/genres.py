"""How well genres are told by sound, and where they are not."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_fscore_support

from dash_app.answers.answer import Answer
from dash_app.answers.scores import served_cards
from dash_app.answers.selecting import selected
from dash_app.answers.tracks import track_table
from data.fields import FIELDS
from data.selection import Selection
from models.bundle import Bundle

MISTAKES = 10


def how_well(bundle: Bundle) -> str:
    """Return how good the served model is, in a sentence or two."""
    if skipped := bundle.skipped("genre"):
        return skipped
    facts = bundle.facts("genre")
    card = served_cards(bundle, "genre")["accuracy"]
    said = (
        f"About {card.value:.2f} of tracks by unseen artists are recognised ({card.low:.2f} to {card.high:.2f}), "
        f"{card.baseline_value:.2f} by always guessing the largest genre."
    )
    if "naive_accuracy" in facts:
        said += f" Were artists not kept apart, it would seem to be {facts['naive_accuracy']:.2f}."
    return said


def confusion(bundle: Bundle, selection: Selection) -> Answer:
    """Return selected tracks by actual and predicted genre: ``actual``, ``predicted``, ``n``, ``share_of_actual``."""
    if nothing := _not_there(bundle, selection):
        return nothing
    classes, actual, predicted = _judged(bundle, selection)
    n = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(n, (actual, predicted), 1)
    i, j = np.nonzero(n)
    share = n / np.maximum(n.sum(axis=1, keepdims=True), 1)
    table = pd.DataFrame({"actual": classes[i], "predicted": classes[j], "n": n[i, j], "share_of_actual": share[i, j]})
    return Answer(table, _confusion_sentence(table), bundle.id, facts={"order": _by_size(bundle, classes)})


def scores_by_genre(bundle: Bundle, selection: Selection) -> Answer:
    """Return precision, recall, F1 and support of every genre among the selected tracks."""
    if nothing := _not_there(bundle, selection):
        return nothing
    classes, actual, predicted = _judged(bundle, selection)
    precision, recall, f1, support = precision_recall_fscore_support(
        actual, predicted, labels=np.arange(len(classes)), zero_division=0.0
    )
    table = pd.DataFrame({"genre": classes, "precision": precision, "recall": recall, "f1": f1, "support": support})
    table = table[table["support"] > 0].sort_values("f1", ascending=False).reset_index(drop=True)
    best, worst = table.iloc[0], table.iloc[-1]
    headline = f"{best['genre']} is told best (F1 {best['f1']:.2f})"
    headline += f", {worst['genre']} worst ({worst['f1']:.2f})." if len(table) > 1 else "."
    return Answer(table, headline, bundle.id)


def candidates(bundle: Bundle) -> Answer:
    """Return every model that was tried with its scores; fact ``majority`` is the baseline's accuracy."""
    if skipped := bundle.skipped("genre"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    table = bundle.table("genre_candidates").to_pandas()
    majority = float(table.loc[table["model"] == "majority", "accuracy"].iloc[0])
    shown = table[table["model"] != "majority"].reset_index(drop=True)
    return Answer(shown, bundle.facts("genre")["why"], bundle.id, facts={"majority": majority})


def importance(bundle: Bundle) -> Answer:
    """Return how far accuracy drops when a feature is shuffled: ``feature``, ``label``, ``drop``, ``low``, ``high``."""
    if skipped := bundle.skipped("genre"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    table = bundle.table("genre_importance").to_pandas().rename(columns={"drop_in_accuracy": "drop"})
    return importance_of(bundle, table, "accuracy falls by {:.3f}")


def reliability(bundle: Bundle) -> Answer:
    """Return said and actual probability of being right, by bin: ``confidence``, ``accuracy``, ``n``."""
    if skipped := bundle.skipped("genre"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    card = served_cards(bundle, "genre")["expected_calibration_error"]
    off = f"On average, what is said and what is true differ by {100 * card.value:.1f} points."
    return Answer(bundle.table("genre_reliability").to_pandas(), off, bundle.id)


def mistakes(bundle: Bundle, selection: Selection) -> Answer:
    """Return the selected tracks whose label is doubted most, as a track table with ``said``."""
    if nothing := _not_there(bundle, selection):
        return nothing
    rows, margin, said = _doubts(bundle)
    chosen = selected(bundle, selection)[rows]
    rows, margin, said = rows[chosen][:MISTAKES], margin[chosen][:MISTAKES], said[chosen][:MISTAKES]
    if not len(rows):
        return Answer(pd.DataFrame(), "No selected track is taken for another genre.", bundle.id)
    table = track_table(bundle, rows).assign(said=[f"{name} {p:.0%}" for name, p in zip(said, margin, strict=True)])
    return Answer(table, "Many of these are labels that a listener would dispute.", bundle.id)


def importance_of(bundle: Bundle, table: pd.DataFrame, words: str) -> Answer:
    """Return a table of importances with labels, largest first; ``words`` says what its ``drop`` means."""
    table = table.assign(label=[FIELDS[name].label for name in table["feature"]])
    table = table.sort_values("drop", ascending=False).reset_index(drop=True)
    top = table.iloc[0]
    return Answer(table, f"{top['label']} matters most: without it, {words.format(top['drop'])}.", bundle.id)


def _classes(bundle: Bundle) -> np.ndarray:
    return np.array(bundle.facts("genre")["classes"], dtype=object)


def _not_there(bundle: Bundle, selection: Selection) -> Answer | None:
    sentence = bundle.skipped("genre")
    if not sentence and not len(_judged(bundle, selection)[1]):
        sentence = "No selected track has a genre that is classified."
    return Answer(pd.DataFrame(), sentence, bundle.id) if sentence else None


def _judged(bundle: Bundle, selection: Selection) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the classes, and actual and predicted class numbers of the selected tracks that were judged."""
    classes, actual, predicted = _out_of_fold(bundle)
    chosen = selected(bundle, selection) & (actual >= 0)
    return classes, actual[chosen], predicted[chosen]


@lru_cache(maxsize=8)
def _out_of_fold(bundle: Bundle) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the classes, and for every track its class number and the predicted one, -1 where it was not judged."""
    classes, proba = _classes(bundle), bundle.array("genre_oof_proba")
    judged = np.isfinite(proba[:, 0])
    number = {name: k for k, name in enumerate(classes)}
    codes = np.array([number.get(name, -1) for name in bundle.genre_names] + [-1])
    actual = np.where(judged, codes[bundle.columns["genre"]], -1)
    predicted = np.where(judged, np.nan_to_num(proba, nan=-1.0).argmax(axis=1), -1)
    return classes, actual, predicted


@lru_cache(maxsize=8)
def _doubts(bundle: Bundle) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return rows taken for another genre, surest first, with the probability of that genre and its name."""
    classes, actual, predicted = _out_of_fold(bundle)
    wrong = np.flatnonzero((actual >= 0) & (actual != predicted))
    proba = np.asarray(bundle.array("genre_oof_proba"))[wrong]
    sure = proba[np.arange(len(wrong)), predicted[wrong]]
    doubt = sure - proba[np.arange(len(wrong)), actual[wrong]]
    order = np.argsort(-doubt, kind="stable")
    return wrong[order], sure[order], classes[predicted[wrong][order]]


def _by_size(bundle: Bundle, classes: np.ndarray) -> list[str]:
    return [name for name in bundle.genre_names if name in set(classes)]


def _confusion_sentence(table: pd.DataFrame) -> str:
    right = table[table["actual"] == table["predicted"]]["n"].sum() / table["n"].sum()
    wrong = table[table["actual"] != table["predicted"]]
    if wrong.empty:
        return f"All {table['n'].sum():,} selected tracks are recognised."
    top = wrong.loc[wrong["share_of_actual"].idxmax()]
    return (
        f"{right:.0%} of {table['n'].sum():,} tracks are recognised. Most often mistaken: "
        f"{top['share_of_actual']:.0%} of {top['actual']} is taken for {top['predicted']}."
    )
