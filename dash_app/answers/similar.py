"""What sounds like a track: nearest by the learned similarity."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from analytics.neighbours import nearest
from dash_app.answers.answer import Answer
from dash_app.answers.selecting import selected
from dash_app.answers.tracks import track_card, track_table
from data.errors import MissingField
from data.fields import FIELDS, continuous
from data.selection import Selection
from models.bundle import Bundle

STARTING_POINTS = 8


def how_well(bundle: Bundle) -> str:
    """Return what nearness is worth, in a sentence."""
    if skipped := bundle.skipped("neighbours"):
        return skipped
    return str(bundle.facts("neighbours")["sentence"])


def nearest_rows(
    bundle: Bundle, row: int, *, limit: int, within: Selection | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of the nearest tracks and their distances, nearest first, without the track itself.

    Parameters
    ----------
    row
        Row of the track.
    limit
        Most rows to return.
    within
        Look only among the tracks of this selection.

    Raises
    ------
    MissingField
        The bundle has no similarity.
    """
    if not bundle.holds("neighbour_space.npy"):
        raise MissingField(bundle.skipped("neighbours") or "This catalogue has no similarity")
    space = bundle.array("neighbour_space")
    exclude = np.zeros(len(space), dtype=bool) if within is None else ~selected(bundle, within)
    exclude[row] = True
    return nearest(space, space[row], limit, exclude)


@lru_cache(maxsize=256)
def nearest_tracks(bundle: Bundle, row: int, *, limit: int, within: Selection | None = None) -> Answer:
    """Return the nearest tracks as a track table with ``distance``, ``closer_than`` and ``distance_text``."""
    rows, distances = nearest_rows(bundle, row, limit=limit, within=within)
    if not len(rows):
        return Answer(pd.DataFrame(), "No other track is selected.", bundle.id)
    closer = _closer_than(bundle, distances)
    table = track_table(bundle, rows).assign(
        distance=distances, closer_than=closer, distance_text=[f"{distance:.2f}" for distance in distances]
    )
    name = track_card(bundle, row).track_name
    headline = f"The nearest to {name} is closer than {_percent(closer[0])} of random pairs of tracks."
    return Answer(table, headline, bundle.id)


def profile(bundle: Bundle, row: int, *, n_neighbours: int) -> Answer:
    """Return a track and its nearest ones as percentiles by feature: ``track``, ``neighbours``, ``low``, ``high``."""
    near, _ = nearest_rows(bundle, row, limit=n_neighbours)
    names = [name for name in continuous(bundle.feature_names) if np.isfinite(bundle.columns[name][row])]
    lines = []
    for name in names:
        percentiles = _percentiles(bundle, name, np.append(near, row))
        low, middle, high = np.nanquantile(percentiles[:-1], [0.25, 0.5, 0.75])
        lines.append((name, FIELDS[name].label, percentiles[-1], middle, low, high))
    table = pd.DataFrame(lines, columns=["field", "label", "track", "neighbours", "low", "high"])
    closest = table.loc[(table["high"] - table["low"]).idxmin()]
    headline = f"They agree most in {closest['label'].lower()}."
    return Answer(table, headline, bundle.id)


def starting_points(bundle: Bundle, selection: Selection) -> Answer:
    """Return some tracks to start from: the most popular ones of the selection, else the first."""
    rows = np.flatnonzero(selected(bundle, selection))
    if "popularity" in bundle.columns:
        known = np.nan_to_num(bundle.columns["popularity"][rows], nan=-1.0)
        rows = rows[np.argsort(-known, kind="stable")]
    headline = "Selected tracks to start from, the most popular first." if len(rows) else "No track is selected."
    return Answer(track_table(bundle, rows[:STARTING_POINTS]), headline, bundle.id)


def _closer_than(bundle: Bundle, distances: np.ndarray) -> np.ndarray:
    quantiles = np.asarray(bundle.facts("neighbours")["pair_distance_quantiles"])
    return 1 - np.interp(distances, quantiles, np.linspace(0, 1, len(quantiles)))


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.9995 else "99.9 %"


def _percentiles(bundle: Bundle, name: str, rows: np.ndarray) -> np.ndarray:
    ordered = _sorted_values(bundle, name)
    return 100 * np.searchsorted(ordered, bundle.columns[name][rows], side="right") / max(len(ordered), 1)


@lru_cache(maxsize=64)
def _sorted_values(bundle: Bundle, name: str) -> np.ndarray:
    values = bundle.columns[name]
    return np.sort(values[np.isfinite(values)])
