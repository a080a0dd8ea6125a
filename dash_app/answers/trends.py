"""How features and genres move along release time, or along another ordered axis where nothing is dated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.profiles import nice_edges
from analytics.trends import adjusted, median_by_bin, shares_by_bin, trend_slope
from dash_app.answers.answer import Answer, in_a_sentence, signed
from dash_app.answers.selecting import NO_TRACKS, selected
from dash_app.answers.sides import Side, both_sides, other_side, own_side
from data.errors import command
from data.fields import Field, continuous
from data.selection import Selection
from models.bundle import Bundle

FEW = 30
"""Steps with fewer tracks are drawn grey."""

LEAST = 5
"""Steps with fewer tracks are left out."""

SIGNIFICANT = 0.05
_CORRECTED = "corrected for autocorrelation and for many features"
UNDATED_AXES = ("popularity", "tempo", "duration_ms")
_SAID = ("sentence", "precision_sentence", "few_sentence")
_STEPS = 24
_FEWEST_STEPS = 4
_MOST_SHARES = 8
_MOST_PANELS = 12


def is_dated(bundle: Bundle) -> bool:
    """Return whether the catalogue has release dates."""
    return "release_year" in bundle.columns


def axes(bundle: Bundle) -> list[str]:
    """Return the fields that can be the axis, release year first where there is one."""
    dated = ["release_year"] if is_dated(bundle) else []
    found = dated + [n for n in UNDATED_AXES if n in bundle.columns and n in bundle.fields]
    return found or list(continuous(bundle.feature_names)) or list(bundle.feature_names)


def moving_fields(bundle: Bundle) -> list[str]:
    """Return the fields whose medians can be followed; codes only where there is nothing else."""
    found = [*continuous(bundle.feature_names), *(["popularity"] if "popularity" in bundle.columns else [])]
    return found or list(bundle.feature_names)


def lead(bundle: Bundle) -> str:
    """Return what can be said about time in this catalogue."""
    if not is_dated(bundle):
        return "Nothing can be said about time here; features are shown along another ordered axis."
    years = bundle.columns["release_year"]
    known = np.isfinite(years)
    cards = [card for card in bundle.scores("trends") if card.served]
    said = f"{known.sum():,} tracks are dated, {np.nanmin(years):.0f} to {np.nanmax(years):.0f}."
    if cards:
        facts = bundle.facts("trends")
        said = " ".join([said, *(str(facts.get(name, "")) for name in _SAID)])
    return " ".join(said.split())


def undated(bundle: Bundle) -> str:
    """Return what a catalogue without dates cannot say, and the command that gets a dated one; else an empty text."""
    if is_dated(bundle):
        return ""
    return (
        "This catalogue has no release dates, and none are made up. "
        f"To see changes over time, build a dated catalogue: {command('build', 'tidytuesday')}"
    )


def medians(bundle: Bundle, selection: Selection, field: str, *, axis: str) -> Answer:
    """Return the median of a field along an axis.

    Columns ``position``, ``n``, ``q25``, ``median``, ``q75``, the median's interval ``low`` to ``high``, and ``few``.
    Fact ``selected`` is the same table for the selection, None where that is everything; compared, fact ``other`` that
    of the other side.
    """
    if field == axis:
        return Answer(pd.DataFrame(), f"{bundle.dictionary[field].label} cannot be followed along itself.", bundle.id)
    edges = _edges(bundle, axis)

    def course(side: Side) -> Answer:
        mask = side.mask(bundle)
        table = _medians(bundle, mask, field, axis, edges)
        said = _movement(bundle.dictionary[field], bundle.dictionary[axis], table) if mask.any() else NO_TRACKS
        return Answer(table, said, bundle.id)

    shown = both_sides(bundle, selection, course)
    if selection.is_everything:
        return replace(shown, facts={**shown.facts, "selected": None})
    everything = _medians(bundle, np.ones(len(bundle), bool), field, axis, edges)
    return replace(shown, table=everything, facts={**shown.facts, "selected": shown.table})


def slopes(bundle: Bundle, selection: Selection, *, axis: str) -> Answer:
    """Return how every feature moves along an axis, in standard deviations: a Theil-Sen slope per decade or whole axis.

    Columns ``field``, ``label``, ``slope_sd``, ``low``, ``high``, ``p_value`` (corrected for autocorrelation),
    ``inflation`` (`analytics.trends.Slope`), ``p_adjusted`` (for the number of features too), ``significant``; fact
    ``per`` names the step, fact ``other`` is the other side's table where the selection is compared.
    """
    return both_sides(bundle, selection, lambda side: _slopes(bundle, side, axis))


@lru_cache(maxsize=16)
def _slopes(bundle: Bundle, side: Side, axis: str) -> Answer:
    edges = _edges(bundle, axis)
    span = 10.0 if axis == "release_year" else float(edges[-1] - edges[0])
    found = []
    for field, table in _followed(bundle, side, axis).items():
        if len(table) >= _FEWEST_STEPS:
            scale = span / float(np.nanstd(bundle.columns[field]))
            slope = trend_slope(table["position"].to_numpy(), table["median"].to_numpy())
            ends = (slope.slope * scale, slope.low * scale, slope.high * scale)
            found.append((field, *ends, slope.p_value, slope.inflation))
    if not found:
        few = "Too few selected tracks lie along this axis to say what moves."
        return Answer(pd.DataFrame(), few if side.mask(bundle).any() else NO_TRACKS, bundle.id)
    table = pd.DataFrame(found, columns=["field", "slope_sd", "low", "high", "p_value", "inflation"])
    table["p_adjusted"] = adjusted(table["p_value"].to_numpy())
    table["significant"] = table["p_adjusted"] < SIGNIFICANT
    table.insert(1, "label", [bundle.dictionary[name].label for name in table["field"]])
    table = table.sort_values("slope_sd", key=np.abs, ascending=False).reset_index(drop=True)
    along = in_a_sentence(bundle.dictionary[axis].label)
    per = "per decade" if axis == "release_year" else f"from the lowest {along} to the highest"
    return Answer(table, _steepest(table, per), bundle.id, _each_alone(table), facts={"per": per})


def panels(bundle: Bundle, selection: Selection, *, axis: str) -> Answer:
    """Return the medians of all features along an axis, of many those that move most: as `medians`, with ``key``."""
    moving = _slopes(bundle, own_side(selection), axis)
    if moving.is_empty:
        return moving
    largest = set(moving.table["field"].head(_MOST_PANELS))

    def followed(side: Side) -> Answer:
        tables = {name: table for name, table in _followed(bundle, side, axis).items() if name in largest}
        return Answer(_keyed(tables), _furthest_feature(bundle, tables), bundle.id, some)

    n, n_all = len(largest), len(moving.table)
    some = () if n == n_all else (f"Drawn for the {n} of {n_all} features that move most.",)
    return both_sides(bundle, selection, followed)


def panels_by_genre(bundle: Bundle, selection: Selection, field: str, *, axis: str) -> Answer:
    """Return the medians of one field along an axis for each of the largest genres: as `medians`, with ``key``."""
    if not bundle.genre_names:
        return Answer(pd.DataFrame(), "This catalogue has no genre labels.", bundle.id)
    if field == axis:
        return Answer(pd.DataFrame(), f"{bundle.dictionary[field].label} cannot be followed along itself.", bundle.id)
    codes, against = bundle.columns["genre"], other_side(selection)
    counted = selected(bundle, selection) if against is None else selected(bundle, selection) | against.mask(bundle)
    counts = np.bincount(codes[counted & (codes >= 0)], minlength=len(bundle.genre_names))
    largest = [int(code) for code in np.argsort(-counts, kind="stable")[:_MOST_PANELS]]
    return both_sides(bundle, selection, lambda side: _panels_of(bundle, side, largest, field, axis))


def _panels_of(bundle: Bundle, side: Side, genres: Sequence[int], field: str, axis: str) -> Answer:
    mask, codes, edges = side.mask(bundle), bundle.columns["genre"], _edges(bundle, axis)
    tables = {bundle.genre_names[code]: _medians(bundle, mask & (codes == code), field, axis, edges) for code in genres}
    tables = {name: table for name, table in tables.items() if (~table["few"]).sum() > 1}
    if not tables:
        few = f"No genre has two steps of {FEW} selected tracks."
        return Answer(pd.DataFrame(), few if mask.any() else NO_TRACKS, bundle.id)
    return Answer(_keyed(tables), _furthest(bundle.dictionary[field], tables), bundle.id)


def genre_shares(bundle: Bundle, selection: Selection, *, axis: str) -> Answer:
    """Return the share of each genre along an axis: ``position``, ``group``, ``share``, ``low``, ``high``, ``n``."""
    if not bundle.genre_names:
        return Answer(pd.DataFrame(), "This catalogue has no genre labels.", bundle.id)
    return both_sides(bundle, selection, lambda side: _genre_shares(bundle, side, axis))


def _genre_shares(bundle: Bundle, side: Side, axis: str) -> Answer:
    mask, edges = side.mask(bundle), _edges(bundle, axis)
    codes, positions = bundle.columns["genre"][mask], bundle.columns[axis][mask]
    table = shares_by_bin(codes, positions, edges, len(bundle.genre_names)).to_pandas()
    largest = table.groupby("code")["n"].sum().nlargest(_MOST_SHARES)
    table = table[(table["total"] >= FEW) & table["code"].isin(largest.index[largest > 0])]
    if table["centre"].nunique() < 2:
        few = f"Fewer than two steps along this axis hold {FEW} selected tracks."
        return Answer(pd.DataFrame(), few if mask.any() else NO_TRACKS, bundle.id)
    table = table.assign(
        position=_positions(table["centre"], axis), group=[bundle.genre_names[c] for c in table["code"]]
    )
    moved = table.groupby("group")["share"].agg(lambda s: s.iloc[-1] - s.iloc[0])
    top = moved.abs().idxmax()
    first, last = table["position"].iloc[0], table["position"].iloc[-1]
    between = f"from {bundle.dictionary[axis].text(first)} to {bundle.dictionary[axis].text(last)}"
    if len(moved) < 2:
        return Answer(table, f"All of these tracks are {top}.", bundle.id)
    return Answer(table, f"{top} changes most: {signed(100 * moved[top], 0)} points of share {between}.", bundle.id)


@lru_cache(maxsize=16)
def _followed(bundle: Bundle, side: Side, axis: str) -> Mapping[str, pd.DataFrame]:
    """Return the medians of every continuous feature but the axis itself."""
    mask, edges = side.mask(bundle), _edges(bundle, axis)
    names = [name for name in continuous(bundle.feature_names) if name != axis]
    return {name: _medians(bundle, mask, name, axis, edges) for name in names}


def _keyed(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.assign(key=key) for key, table in tables.items()], ignore_index=True)


def _furthest(known: Field, tables: Mapping[str, pd.DataFrame]) -> str:
    """Say in which genre the median went furthest, between the first and the last step with enough tracks."""
    solid = {name: table.loc[~table["few"], "median"] for name, table in tables.items()}
    went = {name: medians.iloc[-1] - medians.iloc[0] for name, medians in solid.items()}
    top = max(went, key=lambda name: abs(went[name]))
    ends = f"from {known.text(solid[top].iloc[0])} to {known.text(solid[top].iloc[-1])}"
    return f"{known.label} goes furthest in {top}: its median went {ends}."


def _furthest_feature(bundle: Bundle, tables: Mapping[str, pd.DataFrame]) -> str:
    """Say which feature's median went furthest, first to last step with enough tracks, in standard deviations."""
    went = {}
    for name, table in tables.items():
        solid = table.loc[~table["few"], "median"]
        if len(solid) > 1:
            away = abs(solid.iloc[-1] - solid.iloc[0]) / float(np.nanstd(bundle.columns[name]))
            went[name] = (away, solid.iloc[0], solid.iloc[-1])
    if not went:
        return "Too few tracks to say which goes furthest."
    top = max(went, key=lambda name: went[name][0])
    known, (_, first, last) = bundle.dictionary[top], went[top]
    return f"The median of {in_a_sentence(known.label)} goes furthest: from {known.text(first)} to {known.text(last)}."


def _medians(bundle: Bundle, mask: np.ndarray, field: str, axis: str, edges: np.ndarray) -> pd.DataFrame:
    found = median_by_bin(bundle.columns[field][mask], bundle.columns[axis][mask], edges)
    enough = found["n"].to_numpy() >= LEAST
    columns = {name.removeprefix("median_"): found[name].to_numpy()[enough] for name in found.column_names}
    return pd.DataFrame({**columns, "position": _positions(columns["centre"], axis), "few": columns["n"] < FEW})


def _edges(bundle: Bundle, axis: str) -> np.ndarray:
    values = bundle.columns[axis]
    if axis == "release_year":
        return np.arange(np.nanmin(values), np.nanmax(values) + 2)
    known = bundle.dictionary[axis]
    return nice_edges(values, low=known.low, high=known.high, n=_STEPS)


def _positions(centres: np.ndarray | pd.Series, axis: str) -> np.ndarray | pd.Series:
    """Return a year as itself, any other step by its middle."""
    return np.floor(centres) if axis == "release_year" else centres


def _movement(known: Field, along: Field, table: pd.DataFrame) -> str:
    solid = table[~table["few"]]
    if len(solid) < 2:
        return f"Too few tracks to say how {in_a_sentence(known.label)} moves."
    first, last = solid.iloc[0], solid.iloc[-1]
    return (
        f"The median goes from {known.text(first['median'])} ({along.text(first['position'])}) "
        f"to {known.text(last['median'])} ({along.text(last['position'])})."
    )


def _each_alone(table: pd.DataFrame) -> tuple[str, ...]:
    """Say why an interval may be clear of zero where the test sees no clear movement."""
    if len(table) < 2:
        return ()
    return (
        f"Each interval is of one feature alone; the corrected test asks for more, as {len(table)} are judged at once.",
    )


def _steepest(table: pd.DataFrame, per: str) -> str:
    clear = table[table["significant"]]
    if clear.empty:
        return f"No feature clearly moves: each slope may be chance ({_CORRECTED})."
    top = clear.iloc[0]
    moves = "moves" if len(clear) == 1 else "move"
    movers = f"{len(clear)} of {len(table)} clearly {moves} ({_CORRECTED})"
    return f"{top['label']} moves most, {signed(top['slope_sd'], 2)} standard deviations {per}; {movers}."
