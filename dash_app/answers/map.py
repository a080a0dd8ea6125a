"""The map: where every track lies, how to colour it, where the names stand, what sets a selection apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import scipy  # loads its parts when they are first asked for, which a server that starts does not wait for

from analytics.profiles import effect_sizes
from dash_app.answers.answer import Answer
from dash_app.answers.scores import served_cards
from dash_app.answers.selecting import cluster_names, selected
from dash_app.answers.similar import nearest_rows
from data.errors import MissingField
from data.fields import Field, continuous
from data.selection import Selection
from models.bundle import Bundle

_MOST_NAMES = 12
_OUTERMOST = 0.01
_CELLS = 32

View = tuple[tuple[float, float], tuple[float, float]]
"""Ranges of x and y."""


def colourings(bundle: Bundle) -> dict[str, str]:
    """Return what the map can be coloured by, name to label: genre, cluster, then numeric fields."""
    found = {"genre": "Genre"} if bundle.genre_names else {}
    if "cluster" in bundle.columns:
        found["cluster"] = "Cluster"
    numeric = [*bundle.feature_names, *(n for n in ("popularity", "release_year") if n in bundle.columns)]
    return found | {name: bundle.dictionary[name].label for name in numeric}


def map_points(bundle: Bundle, colour: str) -> Answer:
    """Return map positions ``x``, ``y`` (int16, 0 to 32,000) and ``colour`` (codes, or values of a field).

    Facts: ``title``, ``categories`` (names by code, None for numbers), ``labels`` (``x``, ``y``, ``text``) and
    ``view``, the ranges of x and y to show first.

    Raises
    ------
    MissingField
        The bundle has no map.
    """
    if "map_x" not in bundle.columns:
        raise MissingField(bundle.skipped("map") or "This catalogue has no map")
    x, y = bundle.columns["map_x"], bundle.columns["map_y"]
    names = {"genre": bundle.genre_names, "cluster": tuple(cluster_names(bundle).values())}.get(colour)
    values = bundle.columns[colour]
    table = pd.DataFrame({"x": x, "y": y, "colour": values})
    view = _first_view(x, y)
    facts = {
        "title": colourings(bundle)[colour] if colour not in bundle.dictionary else bundle.dictionary[colour].title,
        "categories": None if names is None else list(names),
        "labels": _names_in_place(x, y, values, names or (), view=view),
        "view": view,
    }
    return Answer(table, _map_sentence(bundle, _outside(x, y, view)), bundle.id, facts=facts)


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
    names = continuous(bundle.feature_names)
    effects = effect_sizes(np.column_stack([bundle.columns[name] for name in names]), mask).to_pandas()
    table = pd.DataFrame(
        {
            "field": names,
            "label": [bundle.dictionary[name].label for name in names],
            "slope_sd": effects["effect"],
            "low": effects["low"],
            "high": effects["high"],
            "significant": (effects["low"] > 0) | (effects["high"] < 0),
        }
    ).sort_values("slope_sd", key=np.abs, ascending=False)
    return Answer(table.reset_index(drop=True), _apart_sentence(table, bundle.dictionary), bundle.id)


def _map_sentence(bundle: Bundle, n_outside: int) -> str:
    card = served_cards(bundle, "map")["trustworthiness"]
    return (
        f"{len(bundle):,} tracks, near each other where they sound alike: trustworthiness {card.value:.2f} of 1, "
        f"{card.baseline_value:.2f} for {card.baseline}. Distances between far groups mean little."
        + (f" {n_outside:,} lie further out: zoom out to see them." if n_outside else "")
    )


def _first_view(x: np.ndarray, y: np.ndarray) -> View:
    """Return ranges that hold nearly all tracks: a few far islands would shrink everything else to a spot."""
    ends = []
    for values in (x, y):
        low, high = np.quantile(values, [_OUTERMOST, 1 - _OUTERMOST])
        margin = 0.06 * (high - low) + 1
        ends.append((float(low - margin), float(high + margin)))
    return ends[0], ends[1]


def _outside(x: np.ndarray, y: np.ndarray, view: View) -> int:
    (left, right), (bottom, top) = view
    return int(((x < left) | (x > right) | (y < bottom) | (y > top)).sum())


def _names_in_place(
    x: np.ndarray, y: np.ndarray, codes: np.ndarray, names: Sequence[str], *, view: View
) -> pd.DataFrame:
    """Put each name at the densest place of its tracks, not at their mean, which may lie between islands."""
    placed = []
    for code, name in enumerate(names[:_MOST_NAMES]):
        member = codes == code
        if member.any():
            placed.append((*_densest(x[member], y[member], view), name))
    return pd.DataFrame(placed, columns=["x", "y", "text"])


def _densest(x: np.ndarray, y: np.ndarray, view: View) -> tuple[float, float]:
    """Return the middle of the densest place; smoothed, as a spot of repeats of one recording is no place to name."""
    counts, x_edges, y_edges = np.histogram2d(x.astype(np.float64), y.astype(np.float64), bins=_CELLS, range=view)
    smooth = scipy.ndimage.uniform_filter(
        np.minimum(counts, np.quantile(counts[counts > 0], 0.9)) if counts.any() else counts, 5
    )
    i, j = np.unravel_index(smooth.argmax(), smooth.shape)
    return float(x_edges[i : i + 2].mean()), float(y_edges[j : j + 2].mean())


def _apart_sentence(table: pd.DataFrame, dictionary: Mapping[str, Field]) -> str:
    clear = table[table["significant"]].head(3)
    if clear.empty:
        return "Nothing sets it clearly apart from the rest."
    words = [f"{dictionary[row.field].adjective(row.slope_sd)} ({row.slope_sd:+.1f} sd)" for row in clear.itertuples()]
    return f"Compared with all other tracks: {', '.join(words)}."
