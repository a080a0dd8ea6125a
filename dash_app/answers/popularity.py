"""What the sound says about popularity, and how little that is."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.influence import Score, estimate
from analytics.profiles import feature_profile
from dash_app.answers.answer import Answer
from dash_app.answers.popularity_models import lacking, recipe_of
from dash_app.answers.relations import two_features
from dash_app.answers.selecting import NO_TRACKS, artist_codes
from dash_app.answers.sides import Side, both_sides
from dash_app.answers.whatif_models import AUDIO, CONTEXT
from data.selection import Selection
from models.bundle import Bundle

_CELL = 5
_CELLS = np.arange(0, 101, _CELL)

FEWEST = 20
"""Genres and years with fewer selected tracks are not named in a sentence."""

TOP = 10
_MOST_GENRES = 120


def predicted_against_actual(bundle: Bundle, selection: Selection, kind: str = AUDIO) -> Answer:
    """Count selected tracks by actual and predicted popularity, in cells of 5 points: ``actual``, ``predicted``, ``n``.

    Compared, fact ``other`` is the same of the other side.
    """
    return both_sides(bundle, selection, lambda side: _predicted_against_actual(bundle, side, kind))


def _predicted_against_actual(bundle: Bundle, side: Side, kind: str) -> Answer:
    if nothing := _not_there(bundle, side, kind):
        return nothing
    actual, predicted, _ = judged_popularity(bundle, side, kind)
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


def by_genre(bundle: Bundle, selection: Selection, *, top: int | None = None) -> Answer:
    """Return popularity by genre: quartiles, ``mean``, and its 95% interval ``low`` to ``high``.

    With ``top``, only so many genres with the highest mean, of those with enough tracks to be ranked. Compared, fact
    ``other`` is the same of the other side.
    """
    return both_sides(bundle, selection, lambda side: _by_genre(bundle, side, top))


def _by_genre(bundle: Bundle, side: Side, top: int | None) -> Answer:
    if sentence := _lacks(bundle, side):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    rows = np.flatnonzero(side.mask(bundle))
    table = _means_by_genre(bundle, bundle.columns["popularity"][rows], rows)
    if table.empty:
        return Answer(table, "No selected track has both a genre and a popularity.", bundle.id)
    judged = table[table["n"] >= FEWEST]
    if judged.empty:
        return Answer(table, f"No genre has {FEWEST} selected tracks: too few to rank them.", bundle.id)
    best, worst = judged.iloc[0], judged.iloc[-1]
    headline = f"{best['genre']} has mean {best['mean']:.0f}."
    if len(judged) > 1:
        headline = (
            f"{best['genre']} is most popular (mean {best['mean']:.0f}), {worst['genre']} least ({worst['mean']:.0f})."
        )
    if top is None or len(judged) <= top:
        return Answer(table, headline, bundle.id)
    caveat = f"Shown are {top} of {len(table)} genres."
    return Answer(judged.head(top).reset_index(drop=True), headline, bundle.id, (caveat,))


def residuals_by_genre(bundle: Bundle, selection: Selection, kind: str = AUDIO) -> Answer:
    """Return actual minus predicted popularity by genre: ``group``, ``n``, ``mean``, ``low``, ``high``.

    Compared, fact ``other`` is the same of the other side.
    """
    return both_sides(bundle, selection, lambda side: _residuals_by_genre(bundle, side, kind))


def _residuals_by_genre(bundle: Bundle, side: Side, kind: str) -> Answer:
    if sentence := lacking(bundle, kind) or _lacks(bundle, side):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    actual, predicted, rows = judged_popularity(bundle, side, kind)
    table = _means_by_genre(bundle, actual - predicted, rows).rename(columns={"genre": "group"})
    if table.empty:
        return Answer(table, "No selected track has both a genre and a prediction.", bundle.id)
    clear = _clear(table)
    if clear.empty:
        return Answer(table, "No genre is clearly more or less popular than predicted.", bundle.id)
    top = clear.loc[clear["mean"].abs().idxmax()]
    return Answer(table, f"{top['group']} is {_off(top['mean'])} popular than {_than(kind)}.", bundle.id)


def residuals_by_year(bundle: Bundle, selection: Selection, kind: str = AUDIO) -> Answer:
    """Return actual minus predicted popularity by year: ``year``, ``n``, ``mean``, ``low``, ``high``, ``few``.

    Compared, fact ``other`` is the same of the other side.
    """
    return both_sides(bundle, selection, lambda side: _residuals_by_year(bundle, side, kind))


def _residuals_by_year(bundle: Bundle, side: Side, kind: str) -> Answer:
    if sentence := lacking(bundle, kind) or _undated(bundle):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    actual, predicted, rows = judged_popularity(bundle, side, kind)
    years = bundle.columns["release_year"][rows]
    found = np.unique(years[np.isfinite(years)])
    table = _means(bundle, actual - predicted, rows, [years == year for year in found])
    table = table.assign(year=found.astype(int), few=table["n"] < FEWEST)
    if table.empty:
        none = "No selected track has both a year and a prediction."
        return Answer(table, none if side.mask(bundle).any() else NO_TRACKS, bundle.id)
    clear = _clear(table)
    if clear.empty:
        return Answer(table, "Tracks of no year are clearly more or less popular than predicted.", bundle.id)
    top = clear.loc[clear["mean"].abs().idxmax()]
    said = f"Tracks of {top['year']:.0f} are {_off(top['mean'])} popular than {_than(kind, many=True)}."
    return Answer(table, said, bundle.id, ("Popularity counts recent plays most.",))


def loudness_and_energy(bundle: Bundle, selection: Selection) -> Answer:
    """Return tracks by loudness and energy, as `dash_app.answers.relations.two_features`."""
    if missing := [name for name in ("loudness", "energy") if name not in bundle.columns]:
        return Answer(pd.DataFrame(), f"This catalogue has no {' and no '.join(missing)}.", bundle.id)
    return two_features(bundle, selection, "loudness", "energy")


def _off(mean: float) -> str:
    return f"{abs(mean):.1f} points {'more' if mean > 0 else 'less'}"


def _than(kind: str, *, many: bool = False) -> str:
    return "predicted" if kind == CONTEXT else "they sound" if many else "it sounds"


def _clear(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["n"] >= FEWEST) & ((table["low"] > 0) | (table["high"] < 0))]


def _undated(bundle: Bundle) -> str:
    return "" if "release_year" in bundle.columns else "This catalogue has no release dates."


def _means_by_genre(bundle: Bundle, values: np.ndarray, rows: np.ndarray) -> pd.DataFrame:
    """Return quartiles and mean by genre; the mean's interval knows that tracks of one artist are alike."""
    codes = bundle.columns["genre"][rows]
    profile = feature_profile(values, codes, len(bundle.genre_names)).to_pandas()
    table = profile.rename(columns={"group": "code", "median": "q50"}).query("n > 0").head(_MOST_GENRES)
    means = _means(bundle, values, rows, [codes == code for code in table["code"]])
    table = table.assign(
        genre=[bundle.genre_names[code] for code in table["code"]],
        low=means["low"].to_numpy(),
        high=means["high"].to_numpy(),
    )
    return table.sort_values("mean", ascending=False).reset_index(drop=True)


def _means(bundle: Bundle, values: np.ndarray, rows: np.ndarray, groups: list[np.ndarray]) -> pd.DataFrame:
    """Return ``n``, ``mean``, ``low`` and ``high`` of each group; a single artist has no interval."""
    artists = artist_codes(bundle)[rows]
    found = []
    for group in groups:
        own = np.flatnonzero(group & np.isfinite(values))
        if len(own):
            known = values[own].astype(np.float64)
            mean = Score(float(known.mean()), (known - known.mean()) / len(known))
            found.append((len(own), *estimate(mean, artists[own])))
        else:
            found.append((0, np.nan, np.nan, np.nan))
    return pd.DataFrame(found, columns=["n", "mean", "low", "high"])


def judged_popularity(bundle: Bundle, side: Side, kind: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return actual and predicted popularity, and the rows, of a side's tracks that were judged."""
    actual, predicted = bundle.columns["popularity"], bundle.array(f"{recipe_of(kind)}_oof")
    rows = np.flatnonzero(side.mask(bundle) & np.isfinite(actual) & np.isfinite(predicted))
    return actual[rows], predicted[rows], rows


def _not_there(bundle: Bundle, side: Side, kind: str) -> Answer | None:
    sentence = lacking(bundle, kind)
    if not sentence and not len(judged_popularity(bundle, side, kind)[0]):
        sentence = "No selected track has a popularity." if side.mask(bundle).any() else NO_TRACKS
    return Answer(pd.DataFrame(), sentence, bundle.id) if sentence else None


def _lacks(bundle: Bundle, side: Side) -> str:
    if "popularity" not in bundle.columns:
        return "This catalogue has no popularity."
    if not bundle.genre_names:
        return "This catalogue has no genres to compare."
    return "" if side.mask(bundle).any() else NO_TRACKS
