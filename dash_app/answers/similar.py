"""What sounds like a track: nearest by the learned similarity."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from analytics.neighbours import nearest
from dash_app.answers.answer import Answer, in_a_sentence
from dash_app.answers.selecting import NO_TRACKS, selected
from dash_app.answers.tracks import track_card, track_table
from data.errors import MissingField
from data.fields import continuous
from data.selection import Selection
from models.bundle import Bundle

STARTING_POINTS = 8


class Near(NamedTuple):
    """Rows of near tracks and their distances, nearest first, and how many repeats were passed over on the way."""

    rows: np.ndarray
    distances: np.ndarray
    n_repeats: int


def how_well(bundle: Bundle) -> str:
    """Return what nearness is worth, in a sentence."""
    if skipped := bundle.skipped("neighbours"):
        return skipped
    return str(bundle.facts("neighbours")["sentence"])


def nearest_rows(
    bundle: Bundle, row: int, *, limit: int, within: Selection | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of the nearest tracks and their distances, nearest first, each recording once.

    Neither the track itself is among them nor a repeat of it under another id.

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
    found = _nearest_recordings(bundle, row, limit=limit, within=within)
    return found.rows, found.distances


def _nearest_recordings(bundle: Bundle, row: int, *, limit: int, within: Selection | None) -> Near:
    """Look at ever more of the nearest tracks until ``limit`` recordings are among them, or all were looked at."""
    if not bundle.holds("neighbour_space.npy"):
        raise MissingField(bundle.skipped("neighbours") or "This catalogue has no similarity")
    space, recordings = bundle.array("neighbour_space"), bundle.array("recording_codes")
    exclude = np.zeros(len(space), dtype=bool) if within is None else ~selected(bundle, within)
    exclude[row] = True
    looked_at = 2 * limit
    while True:
        rows, distances = nearest(space, space[row], looked_at, exclude)
        places = _first_places(recordings[rows], other_than=recordings[row])[:limit]
        if len(places) == limit or len(rows) < looked_at:
            break
        looked_at *= 2
    n_looked_at = places[-1] + 1 if len(places) == limit else len(rows)
    return Near(rows[places], distances[places], int(n_looked_at - len(places)))


def _first_places(recordings: np.ndarray, *, other_than: int) -> np.ndarray:
    """Return where each recording but one stands for the first time, ascending."""
    codes, first = np.unique(recordings, return_index=True)
    return np.sort(first[codes != other_than])


@lru_cache(maxsize=256)
def nearest_tracks(bundle: Bundle, row: int, *, limit: int, within: Selection | None = None) -> Answer:
    """Return the nearest tracks as a track table with ``distance``, ``closer_than`` and ``distance_text``."""
    rows, distances, n_repeats = _nearest_recordings(bundle, row, limit=limit, within=within)
    caveats = _passed_over(n_repeats)
    if not len(rows):
        return Answer(pd.DataFrame(), "No other track is selected.", bundle.id, caveats)
    closer = _closer_than(bundle, distances)
    table = track_table(bundle, rows).assign(
        distance=distances, closer_than=closer, distance_text=[f"{distance:.2f}" for distance in distances]
    )
    name = track_card(bundle, row).track_name
    headline = f"The nearest to {name} is closer than {_percent(closer[0])} of random pairs of tracks."
    return Answer(table, headline, bundle.id, caveats)


def profile(bundle: Bundle, row: int, *, n_neighbours: int) -> Answer:
    """Return a track and its nearest ones as percentiles by feature: ``track``, ``neighbours``, ``low``, ``high``."""
    near, _ = nearest_rows(bundle, row, limit=n_neighbours)
    names = [name for name in continuous(bundle.feature_names) if np.isfinite(bundle.columns[name][row])]
    lines = []
    for name in names:
        percentiles = _percentiles(bundle, name, np.append(near, row))
        low, middle, high = np.nanquantile(percentiles[:-1], [0.25, 0.5, 0.75])
        lines.append((name, bundle.dictionary[name].label, percentiles[-1], middle, low, high))
    table = pd.DataFrame(lines, columns=["field", "label", "track", "neighbours", "low", "high"])
    closest = table.loc[(table["track"] - table["neighbours"]).abs().idxmin()]
    headline = (
        f"They agree most in {in_a_sentence(closest['label'])}: the track at {closest['track']:.0f} of 100, the middle "
        f"of the others at {closest['neighbours']:.0f}."
    )
    return Answer(table, headline, bundle.id)


def starting_points(bundle: Bundle, selection: Selection) -> Answer:
    """Return some tracks to start from: the most popular ones of the selection, else the first."""
    rows = np.flatnonzero(selected(bundle, selection))
    if "popularity" in bundle.columns:
        known = np.nan_to_num(bundle.columns["popularity"][rows], nan=-1.0)
        rows = rows[np.argsort(-known, kind="stable")]
    headline = "Selected tracks to start from, the most popular first." if len(rows) else NO_TRACKS
    return Answer(track_table(bundle, rows[:STARTING_POINTS]), headline, bundle.id)


def _passed_over(n_repeats: int) -> tuple[str, ...]:
    if not n_repeats:
        return ()
    if n_repeats == 1:
        return ("Passed over: 1 repeat of the same recording under another id.",)
    return (f"Passed over: {n_repeats:,} repeats of the same recordings under other ids.",)


def _closer_than(bundle: Bundle, distances: np.ndarray) -> np.ndarray:
    quantiles = np.asarray(bundle.facts("neighbours")["pair_distance_quantiles"])
    return 1 - np.interp(distances, quantiles, np.linspace(0, 1, len(quantiles)))


def _percent(share: float) -> str:
    return f"{min(share, 0.999):.1%}"


def _percentiles(bundle: Bundle, name: str, rows: np.ndarray) -> np.ndarray:
    ordered = _sorted_values(bundle, name)
    return 100 * np.searchsorted(ordered, bundle.columns[name][rows], side="right") / max(len(ordered), 1)


@lru_cache(maxsize=64)
def _sorted_values(bundle: Bundle, name: str) -> np.ndarray:
    values = bundle.columns[name]
    return np.sort(values[np.isfinite(values)])
