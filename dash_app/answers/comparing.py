"""Two selections against each other: what sets them apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.profiles import Moments, effects_between
from dash_app.answers.answer import Answer, signed
from dash_app.answers.distributions import distributed_fields
from dash_app.answers.selecting import NO_TRACKS, other_in_words, other_selected, selected
from data.fields import continuous
from data.selection import Selection
from models.bundle import Bundle

FEWEST = 5
_SMALL = 0.2
"""Standard deviations; Cohen (1988) calls this a small effect."""


def sets_apart(bundle: Bundle, selection: Selection) -> Answer:
    """Return how the selection differs from what it is compared with, field by field, largest difference first.

    Where nothing is compared, with the rest. Columns ``field``, ``label``, ``mine`` and ``theirs`` (means),
    ``effect`` (standard deviations), ``low`` and ``high`` (95%), ``significant``.
    """
    mask = selected(bundle, selection)
    other = other_selected(bundle, selection)
    other, words = (~mask, "the rest") if other is None else (other, other_in_words(bundle, selection))
    names = continuous(tuple(distributed_fields(bundle)))
    if refused := _too_few(mask, other, words):
        return Answer(pd.DataFrame(), refused, bundle.id)
    one, two = (Moments.of_columns([bundle.columns[name][part] for name in names]) for part in (mask, other))
    table = pd.DataFrame(
        {
            "field": list(names),
            "label": [bundle.dictionary[name].label for name in names],
            "mine": np.where(one.n > 0, one.mean, np.nan),
            "theirs": np.where(two.n > 0, two.mean, np.nan),
            **effects_between(one, two).to_pandas(),
        }
    ).sort_values("effect", key=np.abs, ascending=False)
    table = table.assign(significant=(table["low"] > 0) | (table["high"] < 0)).reset_index(drop=True)
    shared = int((mask & other).sum())
    caveats = (f"{shared:,} tracks are on both sides.",) if shared else ()
    return Answer(table, _sentence(bundle, table, words), bundle.id, caveats)


def _too_few(mask: np.ndarray, other: np.ndarray, words: str) -> str:
    if mask.all() and words == "the rest":
        return "Select some tracks to see what sets them apart, or compare two selections."
    if not mask.any():
        return NO_TRACKS
    if mask.sum() < FEWEST:
        return "Fewer than five tracks are selected."
    return f"Fewer than five tracks to compare with: {words}." if other.sum() < FEWEST else ""


def _sentence(bundle: Bundle, table: pd.DataFrame, words: str) -> str:
    clear = table[table["significant"] & (table["effect"].abs() >= _SMALL)].head(3)
    if clear.empty:
        return f"Nothing sets it clearly apart from {words}."
    named = [
        f"{bundle.dictionary[row.field].adjective(row.effect)} ({signed(row.effect)} sd)" for row in clear.itertuples()
    ]
    return f"Compared with {words}: {', '.join(named)}."
