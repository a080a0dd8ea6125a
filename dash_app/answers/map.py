"""The map: where every track lies, how to colour it, where the names stand, what sets a selection apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import scipy  # loads its parts when they are first asked for, which a server that starts does not wait for

from analytics.profiles import Moments, effects_of
from dash_app.answers.answer import Answer
from dash_app.answers.map_colours import categories, colour_title, map_values
from dash_app.answers.scores import served_cards
from dash_app.answers.selecting import selected
from dash_app.answers.similar import nearest_rows
from data.errors import MissingField
from data.fields import Field, continuous
from data.selection import Selection
from models.bundle import Bundle

_MOST_NAMES = 12
_OUTERMOST = 0.01
_CELLS = 32
_NAME_WIDTH, _NAME_HEIGHT = 0.2, 0.04
"""Room that a name takes, as shares of the view."""
_COVERED = 0.01
"""A place under another name is taken only where there is no other."""


View = tuple[tuple[float, float], tuple[float, float]]
"""Ranges of x and y."""


def map_points(bundle: Bundle, colour: str) -> Answer:
    """Return map positions ``x``, ``y`` (int16, 0 to 32,000) and ``colour`` (codes, or values of a field).

    Facts: ``title``, ``categories`` (names by code, None for numbers), ``labels`` (``x``, ``y``, ``text``) and
    ``view``, the ranges of x and y to show first.

    Raises
    ------
    MissingField
        The bundle has no map.
    """
    facts = map_facts(bundle, colour)
    values = map_values(bundle, colour)
    table = pd.DataFrame({"x": bundle.columns["map_x"], "y": bundle.columns["map_y"], "colour": values})
    return Answer(table, facts["sentence"], bundle.id, facts=facts)


@lru_cache(maxsize=32)
def map_facts(bundle: Bundle, colour: str) -> dict[str, Any]:
    """Return what the map is drawn with besides its points: the facts of `map_points`, and ``sentence``.

    Raises
    ------
    MissingField
        The bundle has no map.
    """
    if "map_x" not in bundle.columns:
        raise MissingField(bundle.skipped("map") or "This catalogue has no map")
    x, y = bundle.columns["map_x"], bundle.columns["map_y"]
    names, view = categories(bundle, colour), first_view(bundle)
    return {
        "title": colour_title(bundle, colour),
        "categories": names,
        "labels": _names_in_place(x, y, map_values(bundle, colour), names or (), view=view),
        "view": view,
        "sentence": _map_sentence(bundle, _outside(x, y, view)),
    }


@lru_cache(maxsize=8)
def first_view(bundle: Bundle) -> View:
    """Return ranges that hold nearly all tracks: a few far islands would shrink everything else to a spot."""
    ends = []
    for values in (bundle.columns["map_x"], bundle.columns["map_y"]):
        low, high = np.quantile(values, [_OUTERMOST, 1 - _OUTERMOST])
        margin = 0.06 * (high - low) + 1
        ends.append((float(low - margin), float(high + margin)))
    return ends[0], ends[1]


def mark_table(bundle: Bundle, rows: list[int], *, n_neighbours: int) -> pd.DataFrame:
    """Return positions of the focused track and its nearest ones: ``x``, ``y``, ``kind``."""
    near = nearest_rows(bundle, rows[0], limit=n_neighbours)[0].tolist() if rows else []
    positions = [*near, *rows]
    kinds = ["neighbour"] * len(near) + ["track"] * len(rows)
    if "map_x" not in bundle.columns:
        return pd.DataFrame({"x": [], "y": [], "kind": []})
    return pd.DataFrame(
        {"x": bundle.columns["map_x"][positions], "y": bundle.columns["map_y"][positions], "kind": kinds}
    )


def sets_apart(bundle: Bundle, selection: Selection) -> Answer:
    """Return by how many standard deviations the selection differs from the rest, per feature, largest first."""
    mask = selected(bundle, selection)
    if mask.all() or mask.sum() < 5:
        sentence = "Select some tracks to see what sets them apart from the rest."
        return Answer(pd.DataFrame(), sentence if mask.all() else "Fewer than five tracks are selected.", bundle.id)
    names = tuple(continuous(bundle.feature_names))
    effects = effects_of(_moments_of(bundle, names, mask), _every_moment(bundle, names)).to_pandas()
    table = pd.DataFrame(
        {
            "field": list(names),
            "label": [bundle.dictionary[name].label for name in names],
            "slope_sd": effects["effect"],
            "low": effects["low"],
            "high": effects["high"],
            "significant": (effects["low"] > 0) | (effects["high"] < 0),
        }
    ).sort_values("slope_sd", key=np.abs, ascending=False)
    return Answer(table.reset_index(drop=True), _apart_sentence(table, bundle.dictionary), bundle.id)


@lru_cache(maxsize=8)
def _every_moment(bundle: Bundle, names: tuple[str, ...]) -> Moments:
    return Moments.of_columns([bundle.columns[name] for name in names])


def _moments_of(bundle: Bundle, names: tuple[str, ...], mask: np.ndarray) -> Moments:
    """Look at the fewer tracks: of the selection, or of the rest."""
    few = 2 * int(mask.sum()) <= len(mask)
    rows = np.flatnonzero(mask if few else ~mask)
    found = Moments.of_columns([bundle.columns[name][rows] for name in names])
    return found if few else _every_moment(bundle, names).without(found)


def _map_sentence(bundle: Bundle, n_outside: int) -> str:
    card = served_cards(bundle, "map")["trustworthiness"]
    return (
        f"{len(bundle):,} tracks, near each other where they sound alike: trustworthiness {card.value:.2f} of 1, "
        f"{card.baseline_value:.2f} for {card.baseline}. Distances between far groups mean little."
        + (f" {n_outside:,} lie further out: zoom out to see them." if n_outside else "")
    )


def _outside(x: np.ndarray, y: np.ndarray, view: View) -> int:
    (left, right), (bottom, top) = view
    return int(((x < left) | (x > right) | (y < bottom) | (y > top)).sum())


def _names_in_place(
    x: np.ndarray, y: np.ndarray, codes: np.ndarray, names: Sequence[str], *, view: View
) -> pd.DataFrame:
    """Put each name at the densest place of its tracks, not at their mean, which may lie between islands."""
    placed: list[tuple[float, float, str]] = []
    for code, name in enumerate(names[:_MOST_NAMES]):
        member = codes == code
        if member.any():
            placed.append((*_densest(x[member], y[member], view, taken=placed), name))
    return pd.DataFrame(placed, columns=["x", "y", "text"])


def _densest(
    x: np.ndarray, y: np.ndarray, view: View, *, taken: Sequence[tuple[float, float, str]] = ()
) -> tuple[float, float]:
    """Return the middle of the densest place that no other name covers.

    Smoothed, as a spot of repeats of one recording is no place to name.
    """
    counts, x_edges, y_edges = np.histogram2d(x.astype(np.float64), y.astype(np.float64), bins=_CELLS, range=view)
    smooth = scipy.ndimage.uniform_filter(
        np.minimum(counts, np.quantile(counts[counts > 0], 0.9)) if counts.any() else counts, 5
    )
    across, along = (edges[:-1] + np.diff(edges) / 2 for edges in (x_edges, y_edges))
    for other_x, other_y, _ in taken:
        wide = np.abs(across - other_x) < _NAME_WIDTH * (x_edges[-1] - x_edges[0])
        high = np.abs(along - other_y) < _NAME_HEIGHT * (y_edges[-1] - y_edges[0])
        smooth[np.ix_(wide, high)] *= _COVERED
    i, j = np.unravel_index(smooth.argmax(), smooth.shape)
    return float(across[i]), float(along[j])


def _apart_sentence(table: pd.DataFrame, dictionary: Mapping[str, Field]) -> str:
    clear = table[table["significant"]].head(3)
    if clear.empty:
        return "Nothing sets it clearly apart from the rest."
    words = [f"{dictionary[row.field].adjective(row.slope_sd)} ({row.slope_sd:+.1f} sd)" for row in clear.itertuples()]
    return f"Compared with all other tracks: {', '.join(words)}."
