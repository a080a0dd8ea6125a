"""What the sound says about popularity, and how little that is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.profiles import feature_profile
from dash_app.answers.answer import Answer
from dash_app.answers.genres import importance_of
from dash_app.answers.scores import served_cards
from dash_app.answers.selecting import selected
from data.selection import Selection
from models.bundle import Bundle

_CELL = 5
_CELLS = np.arange(0, 101, _CELL)
_Z95 = 1.96


def how_well(bundle: Bundle) -> str:
    """Return how good the served model is, in a sentence or two."""
    if skipped := bundle.skipped("popularity"):
        return skipped
    facts = bundle.facts("popularity")
    cards = served_cards(bundle, "popularity")
    r2, mae = cards["r2"], cards["mae"]
    said = (
        f"Little: audio features explain {100 * r2.value:.0f} % of the variation among unseen artists "
        f"({100 * r2.low:.0f} to {100 * r2.high:.0f} %). Predictions are {mae.value:.1f} points off on average, "
        f"{mae.baseline_value:.1f} for always saying the mean."
        if r2.value < 0.3
        else f"Audio features explain {100 * r2.value:.0f} % of the variation among unseen artists "
        f"({100 * r2.low:.0f} to {100 * r2.high:.0f} %); predictions are {mae.value:.1f} points off on average."
    )
    return " ".join([said, facts.get("zeros_sentence", "")]).strip()


def predicted_against_actual(bundle: Bundle, selection: Selection) -> Answer:
    """Count selected tracks by actual and predicted popularity, in cells of 5 points."""
    if nothing := _not_there(bundle, selection):
        return nothing
    actual, predicted, _ = _judged(bundle, selection)
    n, _, _ = np.histogram2d(actual, predicted, bins=[_CELLS, _CELLS])
    i, j = np.nonzero(n)
    table = pd.DataFrame(
        {"actual": _CELLS[i] + _CELL / 2, "predicted": _CELLS[j] + _CELL / 2, "n": n[i, j].astype(int)}
    )
    off = np.abs(actual - predicted).mean()
    spread = np.nanquantile(predicted, [0.05, 0.95])
    headline = (
        f"Nine predictions in ten lie between {spread[0]:.0f} and {spread[1]:.0f}; they are {off:.1f} points off on "
        f"average ({len(actual):,} tracks)."
    )
    return Answer(table, headline, bundle.id)


def by_genre(bundle: Bundle, selection: Selection) -> Answer:
    """Return popularity by genre: quartiles, ``mean``, and its 95 % interval ``low`` to ``high``."""
    if sentence := _lacks(bundle, selection):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    mask = selected(bundle, selection)
    table = _means_by_genre(bundle, bundle.columns["popularity"][mask], bundle.columns["genre"][mask])
    if table.empty:
        return Answer(table, "No selected track has both a genre and a popularity.", bundle.id)
    top, bottom = table.loc[table["mean"].idxmax()], table.loc[table["mean"].idxmin()]
    headline = f"{top['genre']} is most popular (mean {top['mean']:.0f})"
    headline += f", {bottom['genre']} least ({bottom['mean']:.0f})." if len(table) > 1 else "."
    return Answer(table, headline, bundle.id)


def residuals_by_genre(bundle: Bundle, selection: Selection) -> Answer:
    """Return actual minus predicted popularity by genre: ``group``, ``n``, ``mean``, ``low``, ``high``."""
    if sentence := bundle.skipped("popularity") or _lacks(bundle, selection):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    actual, predicted, rows = _judged(bundle, selection)
    table = _means_by_genre(bundle, actual - predicted, bundle.columns["genre"][rows]).rename(
        columns={"genre": "group"}
    )
    if table.empty:
        return Answer(table, "No selected track has both a genre and a prediction.", bundle.id)
    top = table.loc[table["mean"].abs().idxmax()]
    side = "more" if top["mean"] > 0 else "less"
    headline = f"{top['group']} is {abs(top['mean']):.1f} points {side} popular than it sounds."
    return Answer(table, headline, bundle.id)


def importance(bundle: Bundle) -> Answer:
    """Return how much further off predictions are when a feature is shuffled."""
    if skipped := bundle.skipped("popularity"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    table = bundle.table("popularity_importance").to_pandas().rename(columns={"rise_in_error": "drop"})
    return importance_of(bundle, table, "predictions are {:.2f} points further off")


def _means_by_genre(bundle: Bundle, values: np.ndarray, codes: np.ndarray) -> pd.DataFrame:
    profile = feature_profile(values, codes, len(bundle.genre_names)).to_pandas()
    table = profile.rename(columns={"group": "code", "median": "q50"}).query("n > 0")
    error = [_Z95 * np.nanstd(values[codes == c]) / np.sqrt(n) for c, n in zip(table["code"], table["n"], strict=True)]
    table = table.assign(
        genre=[bundle.genre_names[c] for c in table["code"]], low=table["mean"] - error, high=table["mean"] + error
    )
    return table.sort_values("mean", ascending=False).reset_index(drop=True)


def _judged(bundle: Bundle, selection: Selection) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return actual and predicted popularity, and the rows, of the selected tracks that were judged."""
    actual, predicted = bundle.columns["popularity"], bundle.array("popularity_oof")
    rows = np.flatnonzero(selected(bundle, selection) & np.isfinite(actual) & np.isfinite(predicted))
    return actual[rows], predicted[rows], rows


def _not_there(bundle: Bundle, selection: Selection) -> Answer | None:
    sentence = bundle.skipped("popularity")
    if not sentence and not len(_judged(bundle, selection)[0]):
        sentence = "No selected track has a popularity."
    return Answer(pd.DataFrame(), sentence, bundle.id) if sentence else None


def _lacks(bundle: Bundle, selection: Selection) -> str:
    if "popularity" not in bundle.columns:
        return "This catalogue has no popularity."
    if not bundle.genre_names:
        return "This catalogue has no genres to compare."
    return "" if selected(bundle, selection).any() else "No track is selected."
