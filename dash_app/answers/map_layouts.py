"""The layouts that a build left of its map: UMAP always, PCA and t-SNE beside it, UMAP in three dimensions."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from data.errors import MissingField, QueryError
from models.bundle import Bundle

UMAP, PCA, TSNE, UMAP_3D = "umap", "pca", "tsne", "umap3"
STEMS = {UMAP: "map_xy", PCA: "map_pca", TSNE: "map_tsne", UMAP_3D: "map_xyz"}
"""Array of each layout, int16 of shape (n_tracks, 2 or 3); -1 where a track is not laid out."""

NAMES = {UMAP: "UMAP", PCA: "PCA", TSNE: "t-SNE", UMAP_3D: "UMAP in 3-D"}
MOST_TURNED = 200_000
"""Tracks that a layout in three dimensions is drawn with at most: all of them are sent."""


def layouts(bundle: Bundle) -> dict[str, str]:
    """Return what the map can be laid out by, name to label."""
    return {name: NAMES[name] for name in STEMS if not _lacking(bundle, name)}


def layout_options(bundle: Bundle) -> list[dict[str, object]]:
    """Return the entries of a drop-down; what a build did not leave is there with the reason, not to be chosen."""
    found = []
    for name, label in NAMES.items():
        lacking = _lacking(bundle, name)
        said = f"{label} ({lacking})" if lacking else f"By {label}"
        found.append({"label": said, "value": name, "disabled": bool(lacking)})
    return found


@lru_cache(maxsize=16)
def positions_of(bundle: Bundle, layout: str) -> np.ndarray:
    """Return positions by a layout, int16 of shape (n_tracks, 2 or 3); -1 where a track is not laid out.

    Raises
    ------
    MissingField
        The bundle has no such layout, or no map.
    QueryError
        There is no layout of that name.
    """
    if layout not in STEMS:
        raise QueryError(f"There is no layout {layout!r}", remedy=f"Take one of {', '.join(STEMS)}")
    if not bundle.holds("map_xy.npy"):
        raise MissingField(bundle.skipped("map") or "This catalogue has no map")
    if lacking := _lacking(bundle, layout):
        raise MissingField(f"This catalogue has no map by {NAMES[layout]}: {lacking}")
    return bundle.array(STEMS[layout])


@lru_cache(maxsize=16)
def placed_rows(bundle: Bundle, layout: str) -> np.ndarray:
    """Return the rows of the tracks that a layout places, int32."""
    positions = positions_of(bundle, layout)
    if layout != TSNE:
        return np.arange(len(positions), dtype=np.int32)
    return np.flatnonzero(positions[:, 0] >= 0).astype(np.int32)


def _lacking(bundle: Bundle, layout: str) -> str:
    """Return why a layout cannot be shown, empty where it can."""
    if not bundle.holds(f"{STEMS[layout]}.npy"):
        return "thorough builds only" if layout == UMAP_3D else "not in this build"
    if layout == UMAP_3D and len(bundle) > MOST_TURNED:
        return f"up to {MOST_TURNED:,} tracks"
    return ""
