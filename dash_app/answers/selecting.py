"""Which tracks are selected, how many, and how to say it."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from analytics.folds import main_artist_codes
from data.selection import REST, Selection
from models.bundle import Bundle

NO_TRACKS = "No tracks are selected: remove a filter above."
"""What every card says of an empty selection."""


def selected(bundle: Bundle, selection: Selection) -> np.ndarray:
    """Return which tracks pass, as read-only booleans of shape (n_tracks,).

    Raises
    ------
    SelectionError
        The selection names a field or genre that the catalogue lacks.
    """
    return _passing(bundle, selection.alone)


@lru_cache(maxsize=32)
def _passing(bundle: Bundle, selection: Selection) -> np.ndarray:
    columns = bundle.columns or {"map_x": np.empty(len(bundle), bool)}
    sides = [selection, *filter(None, [selection.out])]
    if any(one.predicted for one in sides):
        columns = {**columns, **predicted_genres(bundle)}
    for layout in selection.lasso_layouts - {""}:
        columns = {**columns, **_laid_out(bundle, layout)}
    mask = selection.mask(columns, genre_names=bundle.genre_names)
    mask.setflags(write=False)
    return mask


def _laid_out(bundle: Bundle, layout: str) -> dict[str, np.ndarray]:
    """Return where tracks lie on another layout of the map, -1 where they do not; empty where it was not learned."""
    if not bundle.holds(f"map_{layout}.npy"):
        return {}
    positions = bundle.array(f"map_{layout}")
    return {f"{layout}_x": positions[:, 0], f"{layout}_y": positions[:, 1]}


@lru_cache(maxsize=8)
def predicted_genres(bundle: Bundle) -> dict[str, np.ndarray]:
    """Return ``predicted``, the code of the genre that the model gives each track, -1 where it judged none.

    Every track is judged by a model that was not trained on it. Empty where no model was learned.
    """
    if not bundle.holds("genre_oof_proba.npy"):
        return {}
    codes = {name: code for code, name in enumerate(bundle.genre_names)}
    of_class = np.array([codes.get(name, -1) for name in bundle.facts("genre")["classes"]])
    proba = bundle.array("genre_oof_proba")
    judged = np.isfinite(proba[:, 0])
    return {"predicted": np.where(judged, of_class[np.nan_to_num(proba, nan=-1.0).argmax(axis=1)], -1)}


def cluster_names(bundle: Bundle) -> dict[int, str]:
    """Return the name of every cluster by its number; empty where there are none."""
    return dict(enumerate(bundle.facts("clusters").get("names", ())))


@lru_cache(maxsize=64)
def cut_names(bundle: Bundle, k: int) -> tuple[str, ...]:
    """Return the names of the clusters of the cut into ``k``, by number, from what sets each apart.

    Numbers where the build left no names.
    """
    if not bundle.holds("cluster_profiles.arrow"):
        return tuple(f"cluster {code + 1}" for code in range(k))
    every = bundle.table("cluster_profiles").select(["k", "cluster", "name"]).to_pandas()
    rows = every[every["k"] == k].drop_duplicates("cluster").sort_values("cluster")
    return tuple(rows["name"].astype(str))


def chips(bundle: Bundle, selection: Selection) -> dict[str, str]:
    """Return each filter in words, by its key in the address; a comparison, too."""
    found = selection.parts(cluster_names=cluster_names(bundle), dictionary=bundle.dictionary)
    other = other_in_words(bundle, selection)
    return {**found, "against": f"compared with {other}"} if other else found


def other_in_words(bundle: Bundle, selection: Selection) -> str:
    """Return what the selection is compared with, empty where that is nothing."""
    if selection.against is None:
        return ""
    if selection.against == REST:
        return "the rest"
    words = selection.against.parts(cluster_names=cluster_names(bundle), dictionary=bundle.dictionary)
    return ", ".join(words.values()) or "all tracks"


def other_selected(bundle: Bundle, selection: Selection) -> np.ndarray | None:
    """Return which tracks the selection is compared with; None where that is nothing.

    Raises
    ------
    SelectionError
        It names a field or genre that the catalogue lacks.
    """
    if selection.against is None:
        return None
    if selection.against == REST:
        return ~selected(bundle, selection)
    return selected(bundle, selection.against)


def in_words(bundle: Bundle, selection: Selection) -> str:
    """Return the selection as a sentence: '1,204 of 4,605 tracks: metal or rock, energy over 0.80'."""
    if selection.is_everything:
        return f"All {len(bundle):,} tracks"
    n = int(selected(bundle, selection).sum())
    parts = chips(bundle, selection.alone)
    return f"{n:,} of {len(bundle):,} tracks: {', '.join(parts.values())}"


@lru_cache(maxsize=8)
def artist_codes(bundle: Bundle) -> np.ndarray:
    """Return a number for the main artist of every track; tracks without one count as an artist each."""
    return main_artist_codes(bundle.tracks["artist_names"].to_pylist())


def selected_rows(bundle: Bundle, selection: Selection) -> np.ndarray:
    """Return row numbers of the tracks that pass, int32."""
    return np.flatnonzero(selected(bundle, selection)).astype(np.int32)
