"""Where features changed their course over the years, and decade beside decade."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from analytics.certainty import COUNTED, changes_sentence
from analytics.trends import median_by_bin
from dash_app.answers.answer import Answer, in_a_sentence
from dash_app.answers.selecting import NO_TRACKS
from dash_app.answers.sides import Side, both_sides
from dash_app.answers.trends import FEW, LEAST, is_dated, moving_fields
from data.selection import Selection
from models.bundle import Bundle

_WHEN = re.compile(r" in \d+ \(95 ?% interval \d+ to \d+\)")
_MINUS = re.compile(r"(?<!\w)-(?=\d)")
_UNDATED = "This catalogue has no release dates."


def changes(bundle: Bundle, selection: Selection) -> Answer:
    """Return the changes of course of the whole catalogue that most resamples have, the surest first.

    Columns ``field``, ``label``, ``year``, ``low_year``, ``high_year``, ``confidence``, ``sentence``; fact ``weak`` is
    the same table of those in fewer than half of the resamples, which are signs of a change rather than one.
    """
    if sentence := bundle.skipped("trends") or ("" if is_dated(bundle) else _UNDATED):
        return Answer(pd.DataFrame(), sentence, bundle.id)
    told = str(bundle.facts("trends").get("changes_sentence", "No change of course was looked for in this build."))
    if not bundle.holds("trend_changes.arrow"):
        return Answer(pd.DataFrame(), told, bundle.id)
    table = bundle.table("trend_changes").to_pandas()
    table = table.assign(label=[bundle.dictionary[name].label for name in table["field"]])
    told = changes_sentence(table["field"].tolist(), table["confidence"].tolist(), len(moving_fields(bundle)))
    whole = selection.is_everything and selection.against is None
    caveats = () if whole else ("They are those of the whole catalogue, whatever is selected or compared.",)
    columns = ["field", "label", "year", "low_year", "high_year", "confidence", "sentence"]
    counted = (table["confidence"] >= COUNTED).to_numpy()
    facts = {"weak": table.loc[~counted, columns].reset_index(drop=True)}
    return Answer(table.loc[counted, columns].reset_index(drop=True), told, bundle.id, caveats, facts)


def weak_signs(table: pd.DataFrame) -> str:
    """Return what was seen in fewer than half of the resamples, in one sentence; an empty text where nothing was.

    Parameters
    ----------
    table
        Fact ``weak`` of `changes`.
    """
    if table.empty:
        return ""
    said = [
        f"{in_a_sentence(row.label)} {row.year} (seen in {row.confidence:.0%} of resamples)"
        for row in table.itertuples()
    ]
    return f"Weak signs, not counted and not drawn: {', '.join(said)}."


def what_happened(label: str, sentence: str) -> str:
    """Return what a change was, from its sentence, without the feature, the year and how sure it is.

    >>> what_happened("Energy", "Energy jumped from 0.6 to 0.7 in 2005 (95% interval 2003 to 2007); fairly sure: so.")
    'Jumped from 0.6 to 0.7.'
    """
    said = _WHEN.sub("", sentence.partition(";")[0]).removeprefix(f"{label} ").removeprefix("changed its course, ")
    said = _MINUS.sub("−", said).removesuffix(".")
    return f"{said[:1].upper()}{said[1:]}."


def marked(bundle: Bundle, field: str, *, axis: str) -> pd.DataFrame:
    """Return the changes of one field in at least half of the resamples, to be drawn; none but along the years."""
    if axis != "release_year" or not bundle.holds("trend_changes.arrow"):
        return pd.DataFrame()
    table = bundle.table("trend_changes").to_pandas()
    return table[(table["field"] == field) & (table["confidence"] >= COUNTED)].sort_values("year")


def decades(bundle: Bundle, selection: Selection, field: str) -> Answer:
    """Return the middle of a field in every decade of the selected tracks.

    Columns ``decade`` (in words), ``n``, ``q25``, ``median``, ``q75``, the median's interval ``low`` to ``high``, and
    ``few``; compared, fact ``other`` is the same of the other side.
    """
    if not is_dated(bundle):
        return Answer(pd.DataFrame(), _UNDATED, bundle.id)
    return both_sides(bundle, selection, lambda side: _decades(bundle, side, field))


def _decades(bundle: Bundle, side: Side, field: str) -> Answer:
    years = bundle.columns["release_year"]
    first, last = float(np.nanmin(years)) // 10 * 10, float(np.nanmax(years))
    edges, mask = np.arange(first, last + 11, 10), side.mask(bundle)
    table = median_by_bin(bundle.columns[field][mask], years[mask], edges).to_pandas()
    table = table[table["n"] >= LEAST].rename(columns={"median_low": "low", "median_high": "high"})
    if table.empty:
        few = f"No decade holds {LEAST} selected tracks."
        return Answer(pd.DataFrame(), few if mask.any() else NO_TRACKS, bundle.id)
    words = [f"{edge:.0f}s" for edge in edges[table["bin"]]]
    table = table.assign(decade=words, few=table["n"] < FEW).reset_index(drop=True)
    return Answer(table, _extremes(bundle, table, field), bundle.id)


def _extremes(bundle: Bundle, table: pd.DataFrame, field: str) -> str:
    known, solid = bundle.dictionary[field], table[~table["few"]]
    if len(solid) < 2:
        return f"Fewer than two decades hold {FEW} selected tracks: too few to compare."
    top, bottom = (solid.loc[index] for index in (solid["median"].idxmax(), solid["median"].idxmin()))
    said = (
        f"The median is highest in the {top['decade']} ({known.text(top['median'])}) and lowest in the "
        f"{bottom['decade']} ({known.text(bottom['median'])})"
    )
    apart = bool(top["low"] > bottom["high"])
    return f"{said}; {'their intervals lie apart' if apart else 'that may be chance'}."
