"""How a prediction follows one feature: on average, track by track, and where features that go together allow it."""

from __future__ import annotations

import pandas as pd

from dash_app.answers.answer import Answer
from dash_app.answers.scores import not_learned
from models.bundle import Bundle

_SMALL = 1e-9


def curve_features(bundle: Bundle, stem: str) -> list[str]:
    """Return the features that have a curve, in their order; none where none were drawn."""
    if not bundle.holds(f"{stem}.arrow"):
        return []
    return list(dict.fromkeys(bundle.table(stem)["feature"].to_pylist()))


def dependence(bundle: Bundle, stem: str, feature: str, *, genre: str | None = None) -> Answer:
    """Return partial dependence: ``x``, ``pdp``, ``n``; fact ``lines`` holds single tracks (``line``, ``x``, ``y``).

    Parameters
    ----------
    bundle
        A catalogue.
    stem
        Of the table, such as ``effects_popularity``.
    feature
        Which feature moves.
    genre
        Whose probability is followed, where the table is by genre.
    """
    table = _curve(bundle, stem, feature, genre)
    if table.empty:
        return Answer(table, _no_curve(bundle, stem), bundle.id)
    lines = pd.DataFrame()
    if bundle.holds(f"{stem}_lines.arrow"):
        lines = bundle.table(f"{stem}_lines").to_pandas()
        lines = lines[(lines["feature"] == feature) & (genre is None or lines["genre"] == genre)]
        lines = lines.rename(columns={"predicted": "y"})
    return Answer(table, _extremes(bundle, table, feature, "pdp", genre), bundle.id, facts={"lines": lines})


def local_effect(bundle: Bundle, stem: str, feature: str, *, genre: str | None = None) -> Answer:
    """Return accumulated local effects: ``x``, ``ale`` with its 95% interval ``low`` to ``high``, ``n``."""
    table = _curve(bundle, stem, feature, genre)
    if table.empty:
        return Answer(table, _no_curve(bundle, stem), bundle.id)
    table = table.dropna(subset=["ale"])
    if table.empty:
        known = bundle.dictionary[feature].label
        return Answer(table, f"{known} has no order to accumulate effects along: choose partial dependence.", bundle.id)
    return Answer(table, _extremes(bundle, table, feature, "ale", genre), bundle.id)


def _no_curve(bundle: Bundle, stem: str) -> str:
    return not_learned(bundle, stem.removeprefix("effects_"))


def _curve(bundle: Bundle, stem: str, feature: str, genre: str | None) -> pd.DataFrame:
    if not bundle.holds(f"{stem}.arrow"):
        return pd.DataFrame()
    table = bundle.table(stem).to_pandas()
    table = table[table["feature"] == feature]
    if genre is not None and "genre" in table:
        table = table[table["genre"] == genre]
    return table.reset_index(drop=True)


def _extremes(bundle: Bundle, table: pd.DataFrame, feature: str, column: str, genre: str | None) -> str:
    known = bundle.dictionary[feature]
    top, bottom = table.loc[table[column].idxmax()], table.loc[table[column].idxmin()]
    gap = float(top[column] - bottom[column])
    if gap < _SMALL:
        return f"{known.label} changes nothing in what the model says."
    size = f"{gap:.1f} points" if genre is None else f"{100 * gap:.0f} points of a hundred"
    what = "predicted popularity" if genre is None else f"probability of {genre}"
    between = f"between {known.text(bottom['x'])}, where it is lowest, and {known.text(top['x'])}, where it is highest"
    return f"The {what} changes by {size} {between}."
