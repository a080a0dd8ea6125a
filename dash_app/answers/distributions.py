"""How one field is distributed: over the selection, over what it is compared with, by genre."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.kernels import kernel_densities
from analytics.profiles import feature_profile, histogram, nice_edges
from dash_app.answers.answer import Answer, in_a_sentence
from dash_app.answers.groups import Groups, genre_groups
from dash_app.answers.selecting import NO_TRACKS, other_in_words, other_selected, selected
from data.fields import Field
from data.selection import Selection
from models.bundle import Bundle

_BINS = 30
_QUANTILES = {"median": "q50"}
_COMPARED = ("n", "q25", "q50", "q75")
_OUTERMOST = (0.002, 0.998)
_FEWEST = 3
"""Tracks that a density needs."""


def distributed_fields(bundle: Bundle) -> list[str]:
    """Return the fields whose distribution can be shown, audio features first."""
    others = [name for name in ("popularity", "release_year") if name in bundle.columns]
    return [*bundle.feature_names, *others]


def distribution(bundle: Bundle, selection: Selection, field: str) -> Answer:
    """Return the share of tracks by bin of a field: ``low``, ``high``, ``share``, ``share_all``, ``share_other``.

    ``share_other`` is that of the tracks that the selection is compared with, where it is.
    """
    values, mask, known = bundle.columns[field], selected(bundle, selection), bundle.dictionary[field]
    table = shares_by_bin(values, {"share": mask, "share_all": np.ones(len(values), bool)}, known)
    if not np.isfinite(values[mask]).any():
        none = f"No selected track has a value for {in_a_sentence(known.label)}."
        return Answer(pd.DataFrame(), none if mask.any() else NO_TRACKS, bundle.id)
    sentence = _distribution_sentence(known, values[mask], values)
    if (other := other_selected(bundle, selection)) is not None:
        table = table.assign(share_other=shares_by_bin(values, {"it": other}, known)["it"])
        sentence += f" {_other_sentence(known, values[other], other_in_words(bundle, selection))}"
    return Answer(table, sentence, bundle.id)


def shares_by_bin(values: np.ndarray, parts: dict[str, np.ndarray], known: Field) -> pd.DataFrame:
    """Return ``low`` and ``high`` of every bin, and the share of each part of the tracks in it."""
    edges = _edges(values, known)
    lows, highs = edges[:-1], edges[1:]
    if known.is_categorical:
        lows = highs = np.arange(len(edges) - 1) + known.low
    counts = {name: histogram(values[mask], edges)[0] for name, mask in parts.items()}
    shares = {name: n / max(n.sum(), 1) for name, n in counts.items()}
    return pd.DataFrame({"low": lows, "high": highs, **shares})


def by_genre(bundle: Bundle, selection: Selection, field: str) -> Answer:
    """Return quantiles of a field by genre: ``genre``, ``n``, ``q05`` to ``q95``; compared, ``q50_other`` and so on."""
    if refused := _not_by_genre(bundle, field):
        return Answer(pd.DataFrame(), refused, bundle.id)
    mask, other, known = selected(bundle, selection), other_selected(bundle, selection), bundle.dictionary[field]
    groups = genre_groups(bundle, mask if other is None else mask | other)
    table = _quantiles(bundle.columns[field], groups.codes, groups.names, mask)
    own = table.query("n > 0")
    if own.empty:
        return Answer(pd.DataFrame(), "No selected track has a genre." if mask.any() else NO_TRACKS, bundle.id)
    shown = own
    if other is not None:
        theirs = _quantiles(bundle.columns[field], groups.codes, groups.names, other)
        table = table.assign(**{f"{name}_other": theirs[name] for name in _COMPARED})
        shown = table.query("n > 0 or n_other > 0")
    return Answer(shown.reset_index(drop=True), _by_genre_sentence(own, known), bundle.id)


def densities(bundle: Bundle, selection: Selection, field: str) -> Answer:
    """Return smooth densities of a field by genre: ``genre``, ``n``, ``median``, ``value``, ``density``.

    Compared, ``density_other``. A density is per standard range: 1 is the density of tracks spread evenly.
    """
    if refused := _not_by_genre(bundle, field):
        return Answer(pd.DataFrame(), refused, bundle.id)
    values, known = bundle.columns[field], bundle.dictionary[field]
    mask, other = selected(bundle, selection), other_selected(bundle, selection)
    groups = genre_groups(bundle, mask if other is None else mask | other)
    profile = _quantiles(values, groups.codes, groups.names, mask)
    own = profile.query("n >= @_FEWEST")
    if own.empty:
        none = "No selected track has a genre." if mask.any() else NO_TRACKS
        few = f"No genre has {_FEWEST} selected tracks with a value."
        return Answer(pd.DataFrame(), few if profile["n"].any() else none, bundle.id)
    parts = {"density": mask}
    if other is not None:
        parts["density_other"] = other
        theirs = _quantiles(values, groups.codes, groups.names, other)
        profile = profile.assign(q50=profile["q50"].fillna(theirs["q50"]), most=np.maximum(profile["n"], theirs["n"]))
    return Answer(_density_table(values, groups, profile, parts), _by_genre_sentence(own, known), bundle.id)


def _density_table(
    values: np.ndarray, groups: Groups, profile: pd.DataFrame, parts: dict[str, np.ndarray]
) -> pd.DataFrame:
    low, high = _ends(values)
    enough = np.flatnonzero(profile.get("most", profile["n"]) >= _FEWEST)
    places, found = np.zeros(0), {}
    for name, part in parts.items():
        places, dense = kernel_densities(values[part], groups.codes[part], len(groups.names), low=low, high=high)
        found[name] = (dense[enough] * (high - low)).ravel()
    columns = {"genre": profile["genre"], "n": profile["n"], "median": profile["q50"]}
    repeated = {name: np.repeat(column.to_numpy()[enough], len(places)) for name, column in columns.items()}
    return pd.DataFrame({**repeated, "value": np.tile(places, len(enough)), **found})


def _not_by_genre(bundle: Bundle, field: str) -> str:
    known = bundle.dictionary[field]
    if not bundle.genre_names:
        return "This catalogue has no genre labels to compare."
    if known.is_categorical:
        return f"{known.label} is a category: it has no median to compare genres by."
    return ""


def _quantiles(values: np.ndarray, codes: np.ndarray, names: tuple[str, ...], mask: np.ndarray) -> pd.DataFrame:
    profile = feature_profile(values[mask], codes[mask], len(names)).to_pandas()
    return profile.rename(columns=_QUANTILES).assign(genre=list(names))


def _ends(values: np.ndarray) -> tuple[float, float]:
    """Return ends that hold nearly all values."""
    low, high = np.nanquantile(values, _OUTERMOST)
    return (float(low), float(high)) if low < high else (float(low) - 0.5, float(high) + 0.5)


def _edges(values: np.ndarray, known: Field) -> np.ndarray:
    if known.is_categorical:
        return np.arange(known.low, known.high + 2) - 0.5
    return nice_edges(values, low=known.low, high=known.high, n=_BINS)


def _by_genre_sentence(table: pd.DataFrame, known: Field) -> str:
    top, bottom = table.loc[table["q50"].idxmax()], table.loc[table["q50"].idxmin()]
    if len(table) == 1:
        return f"All selected tracks are {top['genre']}; their median is {known.text(top['q50'])}."
    return (
        f"By median {in_a_sentence(known.label)}, {top['genre']} is highest ({known.text(top['q50'])})"
        f" and {bottom['genre']} lowest ({known.text(bottom['q50'])})."
    )


def _distribution_sentence(known: Field, chosen: np.ndarray, everything: np.ndarray) -> str:
    if known.is_categorical:
        return f"Most often {_most_often(known, chosen)}."
    middle = known.text(float(np.nanmedian(chosen)))
    half = " to ".join(known.text(float(q)) for q in np.nanquantile(chosen, [0.25, 0.75]))
    whole = known.text(float(np.nanmedian(everything)))
    compared = "" if len(chosen) == len(everything) else f"; the whole catalogue's median is {whole}"
    return f"Median {middle}, half of the tracks from {half}{compared}."


def _other_sentence(known: Field, values: np.ndarray, words: str) -> str:
    if not np.isfinite(values).any():
        return f"Of {words}, none has a value."
    if known.is_categorical:
        return f"Of {words}, most often {_most_often(known, values)}."
    return f"Of {words}, the median is {known.text(float(np.nanmedian(values)))}."


def _most_often(known: Field, values: np.ndarray) -> str:
    codes, n = np.unique(values[np.isfinite(values)], return_counts=True)
    return f"{known.text(float(codes[n.argmax()]))} ({n.max() / n.sum():.0%})"
