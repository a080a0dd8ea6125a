"""Which tracks are one recording under several ids: a single, its album, a compilation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.catalogue import Catalogue

_STEPS = {"tempo": 1.0, "duration_ms": 1000.0}
_STEP = 0.001
"""Two values of a feature that round to the same step are equal."""

_ENOUGH = 4
"""Fewer known features do not tell recordings apart."""

_MISSING = np.iinfo(np.int64).min


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
