"""Model cards: every model of a catalogue with its scores, and the whole card of one as Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np
import pandas as pd
import pyarrow as pa

from dash_app.answers.answer import Answer
from dash_app.answers.scores import split_caveats
from dash_app.answers.selecting import artist_codes
from data.errors import QueryError
from models.bundle import Bundle
from models.model_card import METRICS, decades, model_card, scores_by
from models.words import HUNDREDTHS

_FIRST = ("genre", "genre_context", "popularity", "popularity_context")
_SEED = 0


def names(bundle: Bundle) -> dict[str, str]:
    """Return the recipes that left a model with scores, by name, with what a person calls them."""
    found = dict.fromkeys(card["recipe"] for card in bundle.manifest["scores"])
    ordered = sorted(found, key=lambda recipe: (_FIRST.index(recipe) if recipe in _FIRST else len(_FIRST), recipe))
    return {recipe: recipe.replace("_", " ").capitalize() for recipe in ordered}


def all_models(bundle: Bundle) -> Answer:
    """Return the scores of every model that answers, beside what knows nothing.

    Columns ``recipe``, ``name``, ``model``, ``metric`` in words, ``value``, ``low``, ``high``, ``baseline``,
    ``baseline_value``, ``hundredths`` (what a hundredth of it is called where it is a share, else empty), ``warning``
    (in short, where artists could not be kept apart; else empty).
    """
    known = names(bundle)
    rows = [
        {
            "recipe": card.recipe,
            "name": known[card.recipe],
            "model": card.model,
            "metric": METRICS.get(card.metric, card.metric.replace("_", " ").capitalize()),
            **{name: getattr(card, name) for name in ("value", "low", "high", "baseline", "baseline_value")},
            "hundredths": HUNDREDTHS.get(card.metric, ""),
            "warning": _in_short(split_caveats(bundle, recipe)),
        }
        for recipe in known
        for card in bundle.scores(recipe)
        if card.served
    ]
    headline = (
        f"{len(known)} models were learned from {len(bundle):,} tracks; {len(rows)} scores say how good they are."
    )
    return Answer(pd.DataFrame(rows), headline, bundle.id, split_caveats(bundle, *known))


def _in_short(warnings: tuple[str, ...]) -> str:
    """Return the beginning of a warning that can stand beside a number."""
    return warnings[0].partition(",")[0] if warnings else ""


@lru_cache(maxsize=64)
def card(bundle: Bundle, recipe: str) -> str:
    """Return a model's card as Markdown.

    Raises
    ------
    QueryError
        No model of that name was learned.
    """
    if recipe not in names(bundle):
        known = ", ".join(names(bundle))
        raise QueryError(f"There is no model card named {recipe!r} in this catalogue", remedy=f"Known: {known}")
    metric, losses = _losses(bundle, recipe)
    grouped = {} if losses is None else _grouped(bundle, losses)
    return model_card(bundle.manifest, recipe, by_group=grouped, by_group_metric=metric)


def _losses(bundle: Bundle, recipe: str) -> tuple[str, np.ndarray | None]:
    """Return what is measured track by track, in words, and its values, NaN where not judged."""
    if bundle.holds(f"{recipe}_oof_proba.npy"):
        proba = bundle.array(f"{recipe}_oof_proba")
        codes = {name: code for code, name in enumerate(bundle.genre_names)}
        classes = np.array([codes[name] for name in bundle.facts(recipe)["classes"]])
        judged = np.isfinite(proba[:, 0]) & (bundle.columns["genre"] >= 0)
        right = classes[np.nan_to_num(proba, nan=-1.0).argmax(axis=1)] == bundle.columns["genre"]
        return "share of tracks whose genre is right", np.where(judged, right, np.nan)
    if bundle.holds(f"{recipe}_oof.npy"):
        errors = np.abs(bundle.columns["popularity"] - bundle.array(f"{recipe}_oof"))
        return "mean absolute error, in points", errors.astype(np.float64)
    return "", None


def _grouped(bundle: Bundle, losses: np.ndarray) -> Mapping[str, pa.Table]:
    artists = artist_codes(bundle)
    found = {}
    if bundle.genre_names:
        labels = np.array([*bundle.genre_names, None], dtype=object)[bundle.columns["genre"]]
        found["genre"] = scores_by(labels, losses, artists, seed=_SEED)
    if "release_year" in bundle.columns:
        found["decade"] = scores_by(decades(bundle.columns["release_year"]), losses, artists, seed=_SEED)
    return found
