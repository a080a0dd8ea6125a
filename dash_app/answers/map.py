"""The map: where every track lies, how to colour it, where the names stand, what sets a selection apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import scipy  # loads its parts when they are first asked for, which a server that starts does not wait for

from analytics.profiles import Moments, effects_of
from dash_app.answers import comparing
from dash_app.answers.answer import Answer, signed
from dash_app.answers.map_colours import categories, colour_title, is_coded, map_values
from dash_app.answers.map_layouts import UMAP, layouts, placed_rows, positions_of
from dash_app.answers.map_words import layout_sentence
from dash_app.answers.selecting import NO_TRACKS, other_selected, selected
from dash_app.answers.similar import nearest_rows
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
_BAR_SHARE = 0.12
"""Room beneath the points for a colour bar, as a share of their height."""

MOST_ALONE = 40_000
"""Points of a map that is one figure, as opened alone or exported."""

View = tuple[tuple[float, float], tuple[float, float]]
"""Ranges of x and y."""


def map_points(
    bundle: Bundle, colour: str, layout: str = UMAP, *, selection: Selection | None = None, most: int = MOST_ALONE
) -> Answer:
    """Return map positions ``x``, ``y`` (int16, 0 to 32,000) and ``colour`` (codes, or values of a field).

    With a selection also ``selected``, and ``compared`` where it is compared with something. Of more than ``most``
    tracks a seeded sample, in which those come first; a caveat says so. Facts: ``title``, ``categories`` (names by
    code, None for numbers), ``labels`` (``x``, ``y``, ``text``) and ``view``, the ranges of x and y to show first.

    Raises
    ------
    MissingField
        The bundle has no such map.
    """
    facts = map_facts(bundle, colour, layout)
    placed = placed_rows(bundle, layout)
    masks = _masks(bundle, selection or Selection())
    rows = _sampled(placed, masks, most)
    positions, values = positions_of(bundle, layout)[rows], map_values(bundle, colour)[rows]
    said = {name: mask[rows] for name, mask in masks.items()}
    caveats = [_sample_sentence(len(rows), preferred=bool(masks))] if len(rows) < len(placed) else []
    caveats += _sides_sentence(said)
    if positions.shape[1] > 2:
        caveats.append("Seen from the front: the third dimension is not drawn here.")
    table = pd.DataFrame({"x": positions[:, 0], "y": positions[:, 1], "colour": values, **said})
    return Answer(table, facts["sentence"], bundle.id, tuple(caveats), facts=facts)


def _masks(bundle: Bundle, selection: Selection) -> dict[str, np.ndarray]:
    """Return which tracks are selected, and which compared with, by column name; neither where nothing is chosen."""
    other = other_selected(bundle, selection)
    if selection.is_everything and other is None:
        return {}
    return {"selected": selected(bundle, selection)} | ({} if other is None else {"compared": other})


def _sampled(placed: np.ndarray, masks: Mapping[str, np.ndarray], most: int) -> np.ndarray:
    """Return the rows to draw: those that are selected first, then those compared with, the rest at random."""
    if len(placed) <= most:
        return placed
    rows = np.random.default_rng(0).permutation(placed)
    for mask in reversed(masks.values()):
        rows = rows[np.argsort(~mask[rows], kind="stable")]
    return np.sort(rows[:most])


def _sample_sentence(n: int, *, preferred: bool) -> str:
    first = ", those selected and compared with first" if preferred else ""
    return f"{n:,} of them, chosen at random{first}, are drawn here."


def _sides_sentence(masks: Mapping[str, np.ndarray]) -> list[str]:
    """Return how many are drawn as selected, and as compared with."""
    if not masks:
        return []
    said = [f"{int(masks['selected'].sum()):,} are selected and drawn in colour"]
    if "compared" in masks:
        said.append(f"{int(masks['compared'].sum()):,} in brown are what they are compared with")
        if (masks["selected"] & masks["compared"]).any():
            said.append("a brown rim means both")
    return [f"{'; '.join(said)}."]


@lru_cache(maxsize=32)
def map_facts(bundle: Bundle, colour: str, layout: str = UMAP) -> dict[str, Any]:
    """Return what the map is drawn with besides its points: the facts of `map_points`, and ``sentence``.

    Raises
    ------
    MissingField
        The bundle has no such map.
    """
    positions, rows = positions_of(bundle, layout), placed_rows(bundle, layout)
    is_flat = positions.shape[1] == 2
    x, y = positions[rows, 0], positions[rows, 1]
    names, view = categories(bundle, colour), first_view(bundle, layout)
    if names is None:
        view = _above_the_bar(view)
    has_places = is_flat and not is_coded(bundle, colour)  # a name would not turn with its place; keys lie everywhere
    named = (names or ()) if has_places else ()
    return {
        "title": colour_title(bundle, colour),
        "categories": names,
        "labels": _names_in_place(x, y, map_values(bundle, colour)[rows] if named else rows, named, view=view),
        "view": view,
        "sentence": layout_sentence(bundle, layout, n_outside=_outside(x, y, view) if is_flat else 0),
    }


@lru_cache(maxsize=8)
def first_view(bundle: Bundle, layout: str = UMAP) -> View:
    """Return ranges that hold nearly all tracks: a few far islands would shrink everything else to a spot."""
    positions, rows = positions_of(bundle, layout), placed_rows(bundle, layout)
    ends = []
    for values in (positions[rows, 0], positions[rows, 1]):
        low, high = np.quantile(values, [_OUTERMOST, 1 - _OUTERMOST])
        margin = 0.06 * (high - low) + 1
        ends.append((float(low - margin), float(high + margin)))
    return ends[0], ends[1]


def _above_the_bar(view: View) -> View:
    """Return a view with room beneath it, where the bar of a continuous colour lies."""
    across, (bottom, top) = view
    return across, (bottom - _BAR_SHARE * (top - bottom), top)


def mark_table(bundle: Bundle, rows: list[int], *, n_neighbours: int, layout: str = UMAP) -> pd.DataFrame:
    """Return positions of the focused track and its nearest ones: ``x``, ``y`` (``z``), ``kind``.

    Those that a layout leaves out are left out here, too.
    """
    tables = mark_tables(bundle, rows, n_neighbours=n_neighbours)
    return tables.get(layout, pd.DataFrame({"x": [], "y": [], "kind": []}))


def mark_tables(bundle: Bundle, rows: list[int], *, n_neighbours: int) -> dict[str, pd.DataFrame]:
    """Return `mark_table` of every layout."""
    near = nearest_rows(bundle, rows[0], limit=n_neighbours)[0].tolist() if rows else []
    marked = np.array([*near, *rows], dtype=np.int64)
    kinds = np.array(["neighbour"] * len(near) + ["track"] * len(rows), dtype=object)
    found = {}
    for layout in layouts(bundle):
        positions = positions_of(bundle, layout)[marked]
        there = positions[:, 0] >= 0
        axes = {axis: positions[there, k] for k, axis in enumerate("xyz"[: positions.shape[1]])}
        found[layout] = pd.DataFrame({**axes, "kind": kinds[there]})
    return found


def sets_apart(bundle: Bundle, selection: Selection) -> Answer:
    """Return by how many standard deviations the selection differs, per feature, largest first.

    From what it is compared with, else from all other tracks.
    """
    if selection.against is not None:
        found = comparing.sets_apart(bundle, selection)
        return replace(found, table=found.table.rename(columns={"effect": "slope_sd"}))
    mask = selected(bundle, selection)
    if mask.all() or mask.sum() < 5:
        few = "Fewer than five tracks are selected." if mask.any() else NO_TRACKS
        sentence = "Select some tracks to see what sets them apart from the rest."
        return Answer(pd.DataFrame(), sentence if mask.all() else few, bundle.id)
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
    words = [
        f"{dictionary[row.field].adjective(row.slope_sd)} ({signed(row.slope_sd)} sd)" for row in clear.itertuples()
    ]
    return f"Compared with all other tracks: {', '.join(words)}."
