"""How well genres are told by sound, and where they are not."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.scoring import confidence_bins, expected_calibration_error
from analytics.scoring import reliability as by_confidence
from dash_app.answers.answer import Answer
from dash_app.answers.scores import served_cards, split_caveats
from dash_app.answers.selecting import NO_TRACKS, selected
from dash_app.answers.sides import Side, both_sides, other_side, own_side
from dash_app.answers.tracks import track_table
from data.selection import Selection
from models.bundle import Bundle

MISTAKES = 15
MOST_GENRES = 30
"""Most genres that are drawn at once."""

FEWEST = 20
"""Genres with fewer selected tracks are not named in a sentence."""

ENOUGH = 150
"""Tracks that it takes to judge probabilities by."""
_BINS = 15
_OF_KNOWN_GENRE = (
    "A genre is filtered by: probabilities are meant for tracks whose genre is not known, and need not hold within one."
)


def how_well(bundle: Bundle) -> str:
    """Return how good the served model is, in a sentence or two."""
    if skipped := bundle.skipped("genre"):
        return skipped
    facts = bundle.facts("genre")
    card = served_cards(bundle, "genre")["accuracy"]
    known = facts.get("unseen_artists", True)
    whose = "tracks by unseen artists" if known else "tracks that the model was not trained on"
    said = (
        f"{card.value:.1%} of {whose} are recognised ({card.low:.1%} to {card.high:.1%}), "
        f"{card.baseline_value:.1%} by always guessing the largest genre."
    )
    apart = split_caveats(bundle, "genre") or (str(facts.get("naive_sentence", "")),)
    return " ".join(filter(None, [said, *apart]))


def confusion(bundle: Bundle, selection: Selection) -> Answer:
    """Return selected tracks by actual and predicted genre: ``actual``, ``predicted``, ``n``, ``share_of_actual``.

    Compared, fact ``other`` is the same of the other side.
    """
    return both_sides(bundle, selection, lambda side: _confusion(bundle, side))


def _confusion(bundle: Bundle, side: Side) -> Answer:
    if nothing := _not_there(bundle, side):
        return nothing
    classes, actual, predicted = judged_classes(bundle, side)[:3]
    n = np.zeros((len(classes), len(classes)), dtype=np.int64)
    np.add.at(n, (actual, predicted), 1)
    i, j = np.nonzero(n)
    share = n / np.maximum(n.sum(axis=1, keepdims=True), 1)
    table = pd.DataFrame({"actual": classes[i], "predicted": classes[j], "n": n[i, j], "share_of_actual": share[i, j]})
    order = _by_size(bundle, classes)[:MOST_GENRES]
    shown = table[table["actual"].isin(order) & table["predicted"].isin(order)].reset_index(drop=True)
    caveats = () if len(order) == len(classes) else (f"Drawn for the {len(order)} largest of {len(classes)} genres.",)
    caveats = (*caveats, *prediction_caveat(side))
    said = _confusion_sentence(table, told=not side.goes_by_prediction)
    return Answer(shown, said, bundle.id, caveats, facts={"order": order})


def scores_by_genre(bundle: Bundle, selection: Selection) -> Answer:
    """Return precision, recall, F1 and support of every genre among the selected tracks.

    Under a filter by genre only recall means anything: what the model would wrongly call so was filtered away. Under
    one by predicted genre recall and F1 mean little: what the model missed was filtered away. Compared, fact ``other``
    is the same of the other side.
    """
    return both_sides(bundle, selection, lambda side: _scores_by_genre(bundle, side))


def _scores_by_genre(bundle: Bundle, side: Side) -> Answer:
    if nothing := _not_there(bundle, side):
        return nothing
    from sklearn.metrics import precision_recall_fscore_support  # a server that starts need not wait for it

    classes, actual, predicted = judged_classes(bundle, side)[:3]
    precision, recall, f1, support = precision_recall_fscore_support(
        actual, predicted, labels=np.arange(len(classes)), zero_division=0.0
    )
    table = pd.DataFrame({"genre": classes, "precision": precision, "recall": recall, "f1": f1, "support": support})
    measure = "recall" if side.goes_by_genre else "precision" if side.goes_by_prediction else "f1"
    if measure == "recall":
        table = table.assign(precision=np.nan, f1=np.nan)
    elif measure == "precision":
        claimed = np.bincount(predicted, minlength=len(classes)) > 0
        table = table.assign(recall=np.nan, f1=np.nan)[claimed]
    table = table[table["support"] > 0].sort_values(measure, ascending=False).reset_index(drop=True)
    caveats = ("Precision and F1 need tracks of all genres; a genre is filtered by.",) if side.goes_by_genre else ()
    caveats = (*caveats, *prediction_caveat(side))
    return Answer(table.head(MOST_GENRES), _best_and_worst(table, measure), bundle.id, caveats)


def prediction_caveat(side: Side) -> tuple[str, ...]:
    """Return what to keep in mind of scores where the model's own verdict decides which tracks are counted."""
    if not side.goes_by_prediction:
        return ()
    return (
        "Tracks were chosen by the genre that the model gives them: of its mistakes only those that end there are "
        "counted, so accuracy says how often it is right when it says so, and recall is not that of the genre.",
    )


def _best_and_worst(table: pd.DataFrame, measure: str) -> str:
    judged = table[table["support"] >= FEWEST]
    if judged.empty:
        return f"No genre has {FEWEST} selected tracks: too few to say which is told best."
    name = measure.replace("f1", "F1")
    best, worst = judged.iloc[0], judged.iloc[-1]
    if len(judged) == 1:
        return f"{best['genre']}: {name} {best[measure]:.2f}."
    return f"{best['genre']} is told best ({name} {best[measure]:.2f}), {worst['genre']} worst ({worst[measure]:.2f})."


def importance(bundle: Bundle) -> Answer:
    """Return how far accuracy drops when a feature is shuffled: ``feature``, ``label``, ``drop``, ``low``, ``high``."""
    if skipped := bundle.skipped("genre"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    table = bundle.table("genre_importance").to_pandas().rename(columns={"drop_in_accuracy": "drop"})
    return importance_of(bundle, table, "accuracy falls by {:.1f} points", times=100)


def reliability(bundle: Bundle, selection: Selection = Selection()) -> Answer:  # noqa: B008 frozen
    """Return said and actual probability of being right, by bin: ``confidence``, ``accuracy``, ``n``.

    Compared, fact ``other`` is the same of the other side.
    """
    if skipped := bundle.skipped("genre"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    return both_sides(bundle, selection, lambda side: _reliability(bundle, side))


def _reliability(bundle: Bundle, side: Side) -> Answer:
    if side.is_everything:
        off = served_cards(bundle, "genre")["expected_calibration_error"].value
        return Answer(bundle.table("genre_reliability").to_pandas(), _off(off), bundle.id)
    _, actual, predicted, rows = judged_classes(bundle, side)
    if len(rows) < ENOUGH:
        few = f"{len(rows):,} tracks were judged; it takes {ENOUGH} to say whether probabilities can be believed."
        return Answer(pd.DataFrame(), few, bundle.id)
    confidence, right = _confidence(bundle)[rows], actual == predicted
    bins = confidence_bins(confidence, n_bins=min(_BINS, len(rows) // FEWEST))
    off = expected_calibration_error(bins, confidence, right)
    table = by_confidence(bins, confidence, right).to_pandas()
    leans = float(confidence.mean() - right.mean())
    way = f" It is too {'confident' if leans > 0 else 'cautious'}." if abs(leans) > 0.5 * off else ""
    caveats = (*prediction_caveat(side), *([_OF_KNOWN_GENRE] if side.goes_by_genre else []))
    return Answer(table, _off(off) + way, bundle.id, caveats)


def _off(error: float) -> str:
    return f"On average, what is said and what is true differ by {100 * error:.1f} points."


def mistakes(bundle: Bundle, selection: Selection) -> Answer:
    """Return the selected tracks that are most certainly taken for another genre, as a track table.

    Beside it ``labelled`` and ``genre_said``, and the probability of each: ``probability_of_label``, ``probability``.
    """
    if nothing := _not_there(bundle, own_side(selection)):
        return nothing
    doubts = _doubts(bundle)
    chosen = doubts[selected(bundle, selection)[doubts["row"].to_numpy()]]
    if chosen.empty:
        return Answer(pd.DataFrame(), "No selected track is taken for another genre.", bundle.id)
    shown = chosen.head(MISTAKES).reset_index(drop=True)
    table = track_table(bundle, shown["row"].to_numpy()).join(shown.drop(columns="row"))
    headline = f"{len(chosen):,} selected tracks are taken for another genre, these with most certainty."
    if against := other_side(selection):
        n = int(against.mask(bundle)[doubts["row"].to_numpy()].sum())
        headline += f" Of {against.words(bundle)}, {n:,} are."
    return Answer(table, headline, bundle.id, ("Often it is the label that is wrong: listen before you trust either.",))


def importance_of(bundle: Bundle, table: pd.DataFrame, words: str, *, times: int = 1) -> Answer:
    """Return a table of importances with labels, largest first; ``words`` says what ``times`` its ``drop`` means."""
    table = table.assign(label=[bundle.dictionary[name].label for name in table["feature"]])
    table = table.sort_values("drop", ascending=False).reset_index(drop=True)
    top = table.iloc[0]
    if top["low"] <= 0:
        return Answer(table, "No single feature matters more than chance would have it.", bundle.id)
    return Answer(table, f"{top['label']} matters most: without it, {words.format(times * top['drop'])}.", bundle.id)


def _classes(bundle: Bundle) -> np.ndarray:
    return np.array(bundle.facts("genre")["classes"], dtype=object)


def _not_there(bundle: Bundle, side: Side) -> Answer | None:
    sentence = bundle.skipped("genre")
    if not sentence and not len(judged_classes(bundle, side)[1]):
        sentence = "No selected track has a genre that is classified." if side.mask(bundle).any() else NO_TRACKS
    return Answer(pd.DataFrame(), sentence, bundle.id) if sentence else None


def judged_classes(bundle: Bundle, side: Side) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the classes, and of a side's tracks that were judged actual and predicted class numbers, and the rows."""
    classes, actual, predicted = _out_of_fold(bundle)
    rows = np.flatnonzero(side.mask(bundle) & (actual >= 0))
    return classes, actual[rows], predicted[rows], rows


@lru_cache(maxsize=8)
def _confidence(bundle: Bundle) -> np.ndarray:
    """Return the highest probability that each track is given, NaN where it was not judged."""
    return np.asarray(bundle.array("genre_oof_proba")).max(axis=1)


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
def _doubts(bundle: Bundle) -> pd.DataFrame:
    """Return tracks taken for another genre, the most certain mistakes first, then by how little the label gets."""
    classes, actual, predicted = _out_of_fold(bundle)
    wrong = np.flatnonzero((actual >= 0) & (actual != predicted))
    proba, places = np.asarray(bundle.array("genre_oof_proba"))[wrong], np.arange(len(wrong))
    sure, own = proba[places, predicted[wrong]], proba[places, actual[wrong]]
    table = pd.DataFrame(
        {
            "row": wrong,
            "labelled": classes[actual[wrong]],
            "genre_said": classes[predicted[wrong]],
            "probability": sure,
            "probability_of_label": own,
        }
    )
    return table.iloc[np.lexsort((own, -sure))].reset_index(drop=True)


def _by_size(bundle: Bundle, classes: np.ndarray) -> list[str]:
    return [name for name in bundle.genre_names if name in set(classes)]


def _confusion_sentence(table: pd.DataFrame, *, told: bool) -> str:
    right = table[table["actual"] == table["predicted"]]["n"].sum() / table["n"].sum()
    many = table.groupby("actual")["n"].transform("sum") >= FEWEST
    wrong = table[(table["actual"] != table["predicted"]) & many]
    if wrong.empty or not told:
        return f"{right:.1%} of {table['n'].sum():,} tracks are recognised."
    top = wrong.loc[wrong["share_of_actual"].idxmax()]
    return (
        f"{right:.1%} of {table['n'].sum():,} tracks are recognised. Most often mistaken: "
        f"{top['share_of_actual']:.0%} of {top['actual']} is taken for {top['predicted']}."
    )
