"""Catalogues of any size whose map was drawn by hand: nothing is learned, so that a million tracks take seconds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from data.selection import MAP_EXTENT
from models.build import write_bundle
from models.recipe import Fitted, ScoreCard
from models.train import Learned
from tests.planting import planted_catalogue

N_GENRES, N_CLUSTERS, N_SPACE = 12, 6, 8
_SKIPPED = "Generated to measure speed: nothing was learned"


def write_generated(home: Path, n: int, *, name: str, seed: int = 0) -> Path:
    """Write a bundle of ``n`` planted tracks with a map, clusters and a similarity; return its folder."""
    catalogue = replace(planted_catalogue(n, seed=seed, genres=N_GENRES), name=name)
    rng = np.random.default_rng(seed)
    genre = np.array([int(g.split()[1]) for g in catalogue.tracks["genre"].to_pylist()])
    fitted = {"clusters": _clusters(genre), "map": _map(genre, rng), "neighbours": _neighbours(n, rng)}
    skipped = dict.fromkeys(("genre", "popularity", "trends"), _SKIPPED)
    return write_bundle(Learned(catalogue, seed, fitted, skipped), home, timings={})


def _clusters(genre: np.ndarray) -> Fitted:
    labels = (genre % N_CLUSTERS).astype(np.int16)
    names = [f"group {code + 1}" for code in range(N_CLUSTERS)]
    return Fitted(scores=(), tables={}, arrays={"cluster_labels": labels}, estimators={}, facts={"names": names})


def _map(genre: np.ndarray, rng: np.random.Generator) -> Fitted:
    """Return five blots per genre, as UMAP leaves them: dense middles, thin bridges."""
    blots = rng.uniform(0.15, 0.85, (N_GENRES, 5, 2))
    centre = blots[genre, rng.integers(5, size=len(genre))]
    xy = centre + rng.standard_t(4, (len(genre), 2)) * 0.03
    placed = (xy.clip(0, 1) * MAP_EXTENT).round().astype(np.int16)
    card = ScoreCard("map", "umap", "trustworthiness", 0.9, 0.89, 0.91, "chance", 0.5, "all tracks", len(genre))
    return Fitted(scores=(card,), tables={}, arrays={"map_xy": placed}, estimators={}, facts={"sentence": _SKIPPED})


def _neighbours(n: int, rng: np.random.Generator) -> Fitted:
    space = rng.standard_normal((n, N_SPACE)).astype(np.float32)
    facts = {"pair_distance_quantiles": np.linspace(0, 8, 101).tolist(), "sentence": _SKIPPED}
    return Fitted(scores=(), tables={}, arrays={"neighbour_space": space}, estimators={}, facts=facts)
