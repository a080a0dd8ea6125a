"""Which tracks are one recording under several ids: a single, its album, a compilation.

Two notions of it. `recording_owners` is for merging: the titles are the same too, so features need only be near. Tracks
that are left apart by it may still be one recording under several titles; `recording_codes` keeps those together in
folds and lists of neighbours, and asks for features that are equal.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.catalogue import Catalogue
from data.fields import AUDIO_FEATURES, FIELDS
from data.text import searchable

_STEPS = {"tempo": 1.0, "duration_ms": 1000.0}
_STEP = 0.001
"""Two values of a feature that round to the same step are equal."""

_ENOUGH = 4
"""Fewer known features do not tell recordings apart."""

_MISSING = np.iinfo(np.int64).min

NEAR = {"tempo": 1.0, "duration_ms": 2000.0, "loudness": 0.5}
NEAR_UNIT = 0.02
"""Differences up to which a feature is near equal; `NEAR_UNIT` that of features from 0 to 1."""

NEAR_SPREAD = 0.02
"""The same for the features of the table's own, those named ``x_``, in standard deviations."""

COMPARED = 8
"""Tracks that follow a track in order of duration, artist and title being the same, with which it is compared."""

_TELLING = ("duration_ms", "tempo", "loudness")
"""Features that tell most tracks of an artist apart, before titles are looked at."""

_ROUNDING = 1e-6


def recording_codes(catalogue: Catalogue) -> np.ndarray:
    """Return a number per track that tells its recording, int64 of shape (n_tracks,).

    Tracks are one recording where they have the same main artist, or no artist and the same title, and all audio
    features are equal: the tempo to 1 BPM, the duration to 1 s, the others to 3 decimals; a missing value equals a
    missing one. A track with fewer than 4 known features is a recording of its own.

    Numbers start at 0 in the order in which recordings first appear.
    """
    names = catalogue.feature_names
    if not names:
        return np.arange(len(catalogue))
    features = pd.DataFrame({name: _steps(catalogue.column(name), _STEPS.get(name, _STEP)) for name in names})
    unsure = (features != _MISSING).sum(axis=1) < min(_ENOUGH, len(names))
    keys = features.assign(owner=_owners(catalogue), alone=np.where(unsure, np.arange(len(features)), -1))
    return keys.groupby(list(keys.columns), sort=False, dropna=False).ngroup().to_numpy(np.int64)


def _steps(values: np.ndarray, step: float) -> np.ndarray:
    """Return values as whole numbers of steps."""
    known = np.isfinite(values)
    whole = np.round(np.where(known, values, 0).astype(np.float64) / step).astype(np.int64)
    return np.where(known, whole, _MISSING)


def _owners(catalogue: Catalogue) -> list[str]:
    """Return the main artist of each track, or its title where it has none."""
    titles = catalogue.tracks["track_name"].to_pylist() if catalogue.has("track_name") else [None] * len(catalogue)
    credited = catalogue.credited_artists
    return [f"artist {a[0]}" if a else f"title {title}" for a, title in zip(credited, titles, strict=True)]


def recording_owners(tracks: pa.Table) -> np.ndarray:
    """Return the number of a row per track that is the same for all tracks of a recording, int64 of shape (n_tracks,).

    Tracks are linked where they have the same main artist and the same title as a search compares them
    (`data.text.searchable`), and all audio features are near equal: the tempo to 1 BPM, the duration to 2 s, the
    loudness to 0.5 dB, features from 0 to 1 to 0.02, those named ``x_`` to 2% of their standard deviation, codes
    exactly. A missing value is near any, but at least 4 features have to be known of both. Tracks linked through
    others are one recording too. A track without artist or title is a recording of its own.

    Parameters
    ----------
    tracks
        One row per ``track_id``; lists of text ``artist_names``, ``track_name`` and audio features.
    """
    owners = np.arange(tracks.num_rows)
    names = [name for name in tracks.column_names if name in AUDIO_FEATURES or name.startswith("x_")]
    if len(names) < _ENOUGH or not {"artist_names", "track_name"} <= set(tracks.column_names):
        return owners
    features = tracks.select(names)
    rows, groups = _same_titles(tracks["track_name"].combine_chunks(), *_near_of_one_artist(tracks, features))
    return _linked(owners, *_near_pairs(rows, groups, features)) if len(rows) else owners


def _near_of_one_artist(tracks: pa.Table, features: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Return rows that may have a near one by the same artist, and the number of a group that holds all such."""
    groups = _comparable(_first_items(tracks["artist_names"].combine_chunks()))
    rows = np.flatnonzero(groups >= 0)
    rows, groups = _shared(rows, groups[rows])
    for name in _TELLING:
        if name in features.column_names:
            values = features[name].to_numpy()[rows].astype(np.float64)
            rows, groups = _shared(rows, _cut_at_gaps(groups, values, _nearness(name, features)))
    return rows, groups


def _shared(rows: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    several = pd.Series(groups).duplicated(keep=False).to_numpy()
    return rows[several], groups[several]


def _cut_at_gaps(groups: np.ndarray, values: np.ndarray, nearness: float) -> np.ndarray:
    """Return groups cut where no values are near across the gap; one with a missing value, near to any, stays whole."""
    order = np.lexsort([values, groups])
    other = np.diff(groups[order], prepend=-1) != 0
    whole = np.isin(groups, groups[np.isnan(values)])[order]
    gap = ~whole & (np.diff(values[order], prepend=np.inf) > nearness + _ROUNDING * max(1.0, nearness))
    cut = np.empty(len(groups), np.int64)
    cut[order] = np.cumsum(other | gap)
    return cut


def _same_titles(titles: pa.StringArray, rows: np.ndarray, groups: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return those of the rows whose group has another row of the same title, and a number of group and title."""
    codes = _comparable(titles.take(pa.array(rows)))
    named = codes >= 0
    return _shared(rows[named], groups[named] * (codes.max(initial=0) + 1) + codes[named])


def _first_items(lists: pa.ListArray) -> pa.Array:
    """Return the first item of each list, null for none."""
    lengths = pc.fill_null(pc.list_value_length(lists), 0).to_numpy(zero_copy_only=False)
    starts = np.cumsum(lengths) - lengths
    return lists.flatten().take(pa.array(starts, mask=lengths == 0))


def _comparable(texts: pa.Array) -> np.ndarray:
    """Return a number per text, the same where a search finds no difference; -1 for none."""
    found = pc.dictionary_encode(texts)
    compared = _searchable(found.dictionary)
    codes = pc.dictionary_encode(compared).indices.to_numpy(zero_copy_only=False).astype(np.int64)
    codes[pc.equal(compared, "").to_numpy(zero_copy_only=False)] = -1
    return np.append(codes, -1)[found.indices.fill_null(-1).to_numpy(zero_copy_only=False)]


def _searchable(texts: pa.Array) -> pa.Array:
    """Return `searchable` of every text, and the text itself where nothing is left of it; "!!!" is a name."""
    plain = pc.string_is_ascii(texts)
    lower = pc.replace_substring(pc.replace_substring(pc.ascii_lower(texts), "'", ""), "$", "s")
    quick = pc.ascii_trim_whitespace(pc.replace_substring_regex(lower, r"[^a-z0-9_]+", " "))
    slow = pa.array([searchable(text) for text in texts.filter(pc.invert(plain)).to_pylist()], pa.string())
    compared = pc.replace_with_mask(quick, pc.invert(plain), slow)
    return pc.if_else(pc.equal(compared, ""), pc.utf8_trim_whitespace(texts), compared)


def _near_pairs(rows: np.ndarray, groups: np.ndarray, features: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Return pairs of rows of one group whose features are near, the two rows of each pair apart."""
    compared = {name: features[name].to_numpy()[rows].astype(np.float64) for name in features.column_names}
    order = np.lexsort([rows, *(compared[name] for name in ("tempo", "duration_ms") if name in compared), groups])
    nearness = {name: _nearness(name, features) for name in compared}
    firsts, seconds = [], []
    for step in range(1, COMPARED + 1):
        first, second = order[:-step], order[step:]
        same = groups[first] == groups[second]
        if not same.any():
            break
        near = _near(compared, first[same], second[same], nearness)
        firsts.append(rows[first[same][near]])
        seconds.append(rows[second[same][near]])
    return np.concatenate(firsts), np.concatenate(seconds)


def _nearness(name: str, features: pa.Table) -> float:
    if name.startswith("x_"):
        values = features[name].to_numpy().astype(np.float64)
        known = values[np.isfinite(values)]
        return NEAR_SPREAD * float(known.std()) if len(known) else 0.0
    return 0.0 if FIELDS[name].is_categorical else NEAR.get(name, NEAR_UNIT)


def _near(
    features: dict[str, np.ndarray], first: np.ndarray, second: np.ndarray, nearness: dict[str, float]
) -> np.ndarray:
    in_common = np.zeros(len(first), np.int64)
    near = np.ones(len(first), bool)
    for name, values in features.items():
        apart = np.abs(values[first] - values[second])
        known = np.isfinite(apart)
        in_common += known
        near &= ~known | (apart <= nearness[name] + _ROUNDING * max(1.0, nearness[name]))
    return near & (in_common >= _ENOUGH)


def _linked(owners: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return the lowest number among all that are linked to each, directly or through others."""
    while True:
        lowest = owners.copy()
        np.minimum.at(lowest, first, owners[second])
        np.minimum.at(lowest, second, owners[first])
        lowest = lowest[lowest]
        if np.array_equal(lowest, owners):
            return owners
        owners = lowest
