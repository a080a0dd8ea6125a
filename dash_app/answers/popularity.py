"""What the sound says about popularity, and how little that is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.profiles import feature_profile
from analytics.scoring import clustered_mean
from dash_app.answers.answer import Answer
from dash_app.answers.genres import MOST_GENRES, importance_of
from dash_app.answers.scores import served_cards
from dash_app.answers.selecting import artist_codes, selected, selected_rows
from data.selection import Selection
from models.bundle import Bundle

_CELL = 5
_CELLS = np.arange(0, 101, _CELL)
_LITTLE = 0.3
"""By convention little is explained under this share of the variance."""

FEWEST = 20
"""Genres with fewer selected tracks are not named in a sentence."""


def how_well(bundle: Bundle) -> str:
    """Return how good the served model is, in a sentence or two."""
    if skipped := bundle.skipped("popularity"):
        return skipped
    facts, cards = bundle.facts("popularity"), served_cards(bundle, "popularity")
    r2, mae = cards["r2"], cards["mae"]
    whose = "among unseen artists" if facts.get("unseen_artists", True) else "among tracks it was not trained on"
    range_said = f"({100 * r2.low:.0f} to {100 * r2.high:.0f} %)"
    if r2.low <= 0:
        said = f"Nothing that could be measured: {whose}, no more is explained than chance would {range_said}."
    elif r2.value < _LITTLE:
        said = f"Little: audio features explain {100 * r2.value:.0f} % of the variation {whose} {range_said}."
    else:
        said = f"Audio features explain {100 * r2.value:.0f} % of the variation {whose} {range_said}."
    said += (
        f" Predictions are {mae.value:.1f} points off on average, {mae.baseline_value:.1f} for always saying the mean."
    )
    return f"{said} {facts.get('zeros_sentence', '')}".strip()


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
    rows = selected_rows(bundle, selection)
    table = _means_by_genre(bundle, bundle.columns["popularity"][rows], rows)
    if table.empty:
        return Answer(table, "No selected track has both a genre and a popularity.", bundle.id)
    judged = table[table["n"] >= FEWEST]
    if judged.empty:
        return Answer(table, f"No genre has {FEWEST} selected tracks: too few to rank them.", bundle.id)
    top, bottom = judged.iloc[0], judged.iloc[-1]
    headline = f"{top['genre']} is most popular (mean {top['mean']:.0f})"
    headline += f", {bottom['genre']} least ({bottom['mean']:.0f})." if len(judged) > 1 else "."
    return Answer(table, headline, bundle.id)


def residuals_by_genre(bundle: Bundle, selection: Selection) -> Answer:
    """Return actual minus predicted popularity by genre: ``group``, ``n``, ``mean``, ``low``, ``high``."""
    if sentence := bundle.skipped("popularity") or _lacks(bundle, selection):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    actual, predicted, rows = _judged(bundle, selection)
    table = _means_by_genre(bundle, actual - predicted, rows).rename(columns={"genre": "group"})
    if table.empty:
        return Answer(table, "No selected track has both a genre and a prediction.", bundle.id)
    clear = table[(table["n"] >= FEWEST) & ((table["low"] > 0) | (table["high"] < 0))]
    if clear.empty:
        return Answer(table, "No genre is clearly more or less popular than it sounds.", bundle.id)
    top = clear.loc[clear["mean"].abs().idxmax()]
    side = "more" if top["mean"] > 0 else "less"
    headline = f"{top['group']} is {abs(top['mean']):.1f} points {side} popular than it sounds."
    return Answer(table, headline, bundle.id)


def importance(bundle: Bundle) -> Answer:
    """Return how much further off predictions are when a feature is shuffled."""
    if skipped := bundle.skipped("popularity"):
        return Answer(pd.DataFrame(), skipped, bundle.id)
    table = bundle.table("popularity_importance").to_pandas().rename(columns={"rise_in_error": "drop"})
    return importance_of(bundle, table, "predictions are {:.2f} points further off")


def _means_by_genre(bundle: Bundle, values: np.ndarray, rows: np.ndarray) -> pd.DataFrame:
    """Return quartiles and mean by genre; the mean's interval comes from resampling artists, not tracks."""
    codes, artists = bundle.columns["genre"][rows], artist_codes(bundle)[rows]
    profile = feature_profile(values, codes, len(bundle.genre_names)).to_pandas()
    table = profile.rename(columns={"group": "code", "median": "q50"}).query("n > 0").head(MOST_GENRES)
    members = [np.flatnonzero((codes == code) & np.isfinite(values)) for code in table["code"]]
    means = [
        clustered_mean(values[own].astype(np.float64), np.unique(artists[own], return_inverse=True)[1], seed=0)
        for own in members
    ]
    table = table.assign(
        genre=[bundle.genre_names[code] for code in table["code"]],
        low=[found.low if len(own) > 1 else np.nan for found, own in zip(means, members, strict=True)],
        high=[found.high if len(own) > 1 else np.nan for found, own in zip(means, members, strict=True)],
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
