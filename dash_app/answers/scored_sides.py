"""How well the models do on the selection, on what it is compared with, and by how much they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.influence import Score, class_scores, difference, error_scores, estimate
from analytics.scoring import Estimate
from dash_app.answers.answer import Answer, signed
from dash_app.answers.genres import judged_classes, prediction_caveat
from dash_app.answers.popularity import judged_popularity
from dash_app.answers.popularity_models import lacking
from dash_app.answers.selecting import artist_codes
from dash_app.answers.sides import Side, first_upper, other_side, own_side
from dash_app.answers.whatif_models import AUDIO
from data.selection import Selection
from models.bundle import Bundle

FEWEST = 20
"""Tracks, and a quarter as many artists, that a score needs."""

_CLASS_LABELS = {
    "accuracy": "Accuracy",
    "balanced_accuracy": "Balanced accuracy",
    "macro_f1": "Macro F1",
}
_ERROR_LABELS = {
    "r2": "Variation explained (R²)",
    "mae": "Off on average (points)",
    "bias": "Actual − predicted (points)",
}
_DIFFERENCE = ("difference", "difference_low", "difference_high")
_NOTHING = Estimate(np.nan, np.nan, np.nan)


class _Judged(NamedTuple):
    """Scores of a side's tracks, and their rows; no scores where there are too few."""

    scores: Mapping[str, Score]
    rows: np.ndarray


def genre_scores(bundle: Bundle, selection: Selection) -> Answer:
    """Return scores of the genre model on the selection and, compared, on the other side.

    One row per score: ``score``, ``label``, ``value`` with ``low`` and ``high``; compared, ``other`` with its ends and
    ``difference``, selection minus other, with its ends. NaN where a score means nothing. Facts ``n`` and ``sides``.
    """
    if skipped := bundle.skipped("genre"):
        return Answer(pd.DataFrame(), skipped, bundle.id)

    def judged(side: Side) -> _Judged:
        classes, actual, predicted, rows = judged_classes(bundle, side)
        if not _enough(bundle, rows):
            return _Judged({}, rows)
        found = dict(class_scores(actual, predicted, len(classes)))
        if side.goes_by_genre:
            del found["macro_f1"]  # what the model would wrongly call so was filtered away
        if side.goes_by_prediction:
            found = {"accuracy": found["accuracy"]}  # what the model missed was filtered away
        return _Judged(found, rows)

    found = _both(bundle, selection, judged, _CLASS_LABELS)
    sides = _sides(selection)
    caveats = [caveat for side in sides for caveat in prediction_caveat(side)]
    if any(side.goes_by_genre for side in sides):
        caveats.insert(0, "Macro F1 needs tracks of all genres: where one is filtered by, it is left out.")
    said = _said(bundle, selection, found, "accuracy", lambda value: f"{value:.1%}", _recognised)
    return Answer(found.table, said, bundle.id, tuple(dict.fromkeys(caveats)), found.facts)


def popularity_scores(bundle: Bundle, selection: Selection, kind: str = AUDIO) -> Answer:
    """Return scores of a model of popularity, as `genre_scores`: R², mean absolute error and mean error."""
    if sentence := lacking(bundle, kind):
        return Answer(pd.DataFrame(), sentence, bundle.id)

    def judged(side: Side) -> _Judged:
        actual, predicted, rows = judged_popularity(bundle, side, kind)
        return _Judged(error_scores(actual, predicted) if _enough(bundle, rows) else {}, rows)

    found = _both(bundle, selection, judged, _ERROR_LABELS)
    said = _said(bundle, selection, found, "mae", lambda value: f"{value:.1f}", _points_off)
    caveat = "R² holds a side's errors against its own spread: of tracks that are alike there is less to explain."
    return Answer(found.table, said, bundle.id, () if own_side(selection).is_everything else (caveat,), found.facts)


class _Both(NamedTuple):
    table: pd.DataFrame
    facts: Mapping[str, object]


def _sides(selection: Selection) -> list[Side]:
    return [side for side in (own_side(selection), other_side(selection)) if side is not None]


def _enough(bundle: Bundle, rows: np.ndarray) -> bool:
    return len(rows) >= FEWEST and len(np.unique(artist_codes(bundle)[rows])) >= FEWEST // 4


def _both(bundle: Bundle, selection: Selection, judged: Callable[[Side], _Judged], labels: Mapping[str, str]) -> _Both:
    sides, artists = _sides(selection), artist_codes(bundle)
    found = [judged(side) for side in sides]
    rows = []
    for score, label in labels.items():
        parts = [estimate(one.scores[score], artists[one.rows]) if score in one.scores else _NOTHING for one in found]
        if len(found) > 1:
            known = all(score in one.scores for one in found)
            ends = (found[0].scores[score], found[1].scores[score], found[0].rows, found[1].rows) if known else ()
            parts.append(difference(*ends, artists) if known else _NOTHING)
        rows.append((score, label, *(end for part in parts for end in part)))
    names = ("", "other", "difference")[: 2 * len(found) - 1]
    columns = [
        f"{name}_{end}".strip("_") if end != "value" else name or end for name in names for end in Estimate._fields
    ]
    facts = {"n": [len(one.rows) for one in found], "sides": [side.words(bundle) for side in sides]}
    table = pd.DataFrame(rows, columns=["score", "label", *columns])
    return _Both(table if found[0].scores or any(one.scores for one in found) else pd.DataFrame(), facts)


def _said(
    bundle: Bundle,
    selection: Selection,
    found: _Both,
    score: str,
    text: Callable[[float], str],
    words: Callable[[str, str, str, int], str],
) -> str:
    """Return what one score is on both sides, and whether they differ for sure."""
    if found.table.empty:
        return f"Fewer than {FEWEST} tracks, or too few artists, were judged: too few to score."
    row = found.table.set_index("score").loc[score]
    n, sides = found.facts["n"], found.facts["sides"]
    said = []
    for name, words_of, count in zip(("", "other"), sides, n, strict=False):
        value, low, high = (row[f"{name}{end}".strip("_") or "value"] for end in ("", "_low", "_high"))
        told = "too few tracks to score" if np.isnan(value) else words(text(value), text(low), text(high), count)
        said.append(f"{words_of if said else first_upper(words_of)}: {told}")
    if len(said) < 2 or np.isnan(row["difference"]):
        return f"{'; '.join(said)}."
    apart = row["difference_low"] > 0 or row["difference_high"] < 0
    points = {end: 100 * row[end] if score == "accuracy" else row[end] for end in _DIFFERENCE}
    value, low, high = (signed(points[end]) for end in _DIFFERENCE)
    verdict = f"The difference is {value} points" if apart else "The difference may be chance:"
    return (
        f"{'; '.join(said)}. {verdict} ({low} to {high})."
        if apart
        else f"{'; '.join(said)}. {verdict} {value} points ({low} to {high})."
    )


def _recognised(value: str, low: str, high: str, n: int) -> str:
    return f"{value} of {n:,} tracks are recognised ({low} to {high})"


def _points_off(value: str, low: str, high: str, n: int) -> str:
    return f"{n:,} tracks, predicted {value} points off on average ({low} to {high})"
