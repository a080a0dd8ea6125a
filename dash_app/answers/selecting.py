"""Which tracks are selected, how many, and how to say it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analytics.folds import main_artist_codes
from data.selection import Selection
from models.bundle import Bundle


@lru_cache(maxsize=32)
def selected(bundle: Bundle, selection: Selection) -> np.ndarray:
    """Return which tracks pass, as read-only booleans of shape (n_tracks,).

    Raises
    ------
    SelectionError
        The selection names a field or genre that the catalogue lacks.
    """
    everything = {"map_x": np.empty(len(bundle), bool)} if not bundle.columns else bundle.columns
    mask = selection.mask(everything, genre_names=bundle.genre_names)
    mask.setflags(write=False)
    return mask


def cluster_names(bundle: Bundle) -> dict[int, str]:
    """Return the name of every cluster by its number; empty where there are none."""
    return dict(enumerate(bundle.facts("clusters").get("names", ())))


def chips(bundle: Bundle, selection: Selection) -> dict[str, str]:
    """Return each filter in words, by its key in the address."""
    return selection.parts(cluster_names=cluster_names(bundle), dictionary=bundle.dictionary)


def in_words(bundle: Bundle, selection: Selection) -> str:
    """Return the selection as a sentence: '1,204 of 5,849 tracks: metal or rock, energy over 0.80'."""
    if selection.is_everything:
        return f"All {len(bundle):,} tracks"
    n = int(selected(bundle, selection).sum())
    return f"{n:,} of {len(bundle):,} tracks: {', '.join(chips(bundle, selection).values())}"


@lru_cache(maxsize=8)
def artist_codes(bundle: Bundle) -> np.ndarray:
    """Return a number for the main artist of every track; tracks without one count as an artist each."""
    return main_artist_codes(bundle.tracks["artist_names"].to_pylist())


def selected_rows(bundle: Bundle, selection: Selection) -> np.ndarray:
    """Return row numbers of the tracks that pass, int32."""
    return np.flatnonzero(selected(bundle, selection)).astype(np.int32)
