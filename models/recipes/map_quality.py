"""How truthful maps are: what they keep of the neighbourhoods in sound, and how well new tracks are placed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from analytics.embedding import continuity_of, trustworthiness_of
from analytics.scoring import Estimate, clustered_mean
from data.selection import MAP_EXTENT
from models.predictors.spaces import MapPlacer
from models.recipe import ScoreCard
from models.recipes.parallel import side_by_side

METHODS = {"map_xy": "UMAP", "map_pca": "PCA", "map_tsne": "t-SNE", "map_xyz": "UMAP"}
"""Method by array."""

_MOST_COMPARED = 60_000


class MapQuality(NamedTuple):
    """What one map keeps, over ``n`` judged tracks ``among`` so many."""

    stem: str
    dimensions: int
    trust: Estimate
    continuity: Estimate
    n: int
    among: int


class Asked(NamedTuple):
    """How maps are judged: by ``k`` neighbours of ``n_judged`` tracks at most."""

    k: int
    n_judged: int
    seed: int


def judged_maps(
    points: np.ndarray, maps: Mapping[str, np.ndarray], groups: np.ndarray, asked: Asked
) -> dict[str, MapQuality]:
    """Return the quality of each map on the same tracks; of more than 60,000 tracks, among a sample of so many.

    Parameters
    ----------
    points
        Where distances are true, shape (n_tracks, n_dimensions).
    maps
        Positions of those tracks by array name.
    groups
        Artist number of each track, for the intervals.
    """
    k, n_judged, seed = asked
    compared = np.random.default_rng(seed).permutation(len(points))[:_MOST_COMPARED]
    rows = np.arange(min(n_judged, len(compared)))
    own = groups[compared[rows]]
    truth = points[compared]

    def judge(stem: str) -> MapQuality:
        drawn = maps[stem][compared]
        trust = clustered_mean(trustworthiness_of(truth, drawn, rows, k=k), own, seed=seed)
        continuity = clustered_mean(continuity_of(truth, drawn, rows, k=k), own, seed=seed)
        return MapQuality(stem, drawn.shape[1], trust, continuity, len(rows), len(compared))

    return dict(zip(maps, side_by_side(*(partial(judge, stem) for stem in maps)), strict=True))


def quality_table(judged: Collection[MapQuality]) -> pa.Table:
    """Return a row per map and pool of tracks: compare rows of equal ``among``, as fewer tracks are easier to map.

    Columns ``map`` (the array), ``method``, ``dimensions``, ``trustworthiness`` with its 95% interval ``low`` to
    ``high``, ``continuity`` with ``continuity_low`` to ``continuity_high``, ``n`` judged tracks, and ``among`` how many
    they were judged.
    """
    rows = sorted(judged, key=lambda found: (-found.among, -found.trust.value, found.stem))
    return pa.table(
        {
            "map": [found.stem for found in rows],
            "method": [METHODS[found.stem] for found in rows],
            "dimensions": np.array([found.dimensions for found in rows], dtype=np.int16),
            "trustworthiness": [found.trust.value for found in rows],
            "low": [found.trust.low for found in rows],
            "high": [found.trust.high for found in rows],
            "continuity": [found.continuity.value for found in rows],
            "continuity_low": [found.continuity.low for found in rows],
            "continuity_high": [found.continuity.high for found in rows],
            "n": np.array([found.n for found in rows], dtype=np.int32),
            "among": np.array([found.among for found in rows], dtype=np.int32),
        }
    )


def placing_error(placer: MapPlacer, recordings: np.ndarray, *, n: int, seed: int) -> tuple[float, float]:
    """Return how far held-out tracks are placed from where they lie: the median and the 90th percentile.

    Shares of the map's side. All tracks of ``n`` recordings (a tenth of all at most) are held out, so that no repeat
    of a track tells where it lies, and one track of each is placed: the few recordings with dozens of repeats would
    otherwise decide.

    Parameters
    ----------
    placer
        Knows where all tracks lie; each of its points is a track.
    recordings
        Their recording numbers, shape (n_placed,).
    """
    every, first = np.unique(recordings, return_index=True)
    drawn = np.random.default_rng(seed).permutation(len(every))[: min(n, max(1, len(every) // 10))]
    held = np.isin(recordings, every[drawn])
    without = MapPlacer(placer.space, placer.points[~held], placer.positions[~held], n_neighbours=placer.n_neighbours)
    judged = first[drawn]
    missed = without.placed(placer.points[judged]).astype(np.float64) - placer.positions[judged]
    median, far = np.quantile(np.sqrt((missed**2).sum(axis=1)) / MAP_EXTENT, (0.5, 0.9))
    return float(median), float(far)


def card(found: MapQuality, plane: MapQuality) -> ScoreCard:
    """Return how trustworthy the map is beside the first two principal components."""
    return ScoreCard(
        recipe="map",
        model="UMAP",
        metric="trustworthiness",
        value=found.trust.value,
        low=found.trust.low,
        high=found.trust.high,
        baseline="the first two principal components",
        baseline_value=plane.trust.value,
        split="on the tracks that were laid out",
        n=found.n,
    )


def map_facts(found: MapQuality, placing: tuple[float, float]) -> dict[str, object]:
    """Return what is said of the map: how far it can be believed, and how well new tracks are placed.

    Parameters
    ----------
    placing
        As `placing_error` gives it.
    """
    median, far = placing
    return {
        "continuity": found.continuity.value,
        "sentence": f"Neighbours on the map are neighbours in sound to {found.trust.value:.2f}, and the other way "
        f"round to {found.continuity.value:.2f} (1 is always, 0.5 about chance). Distances between far groups "
        "mean little.",
        "placing_error": median,
        "placing_error_p90": far,
        "placing_sentence": "A new track is placed by the tracks that sound most like it: tracks held out land "
        f"{median:.1%} of the map's side from their own place in the median, one in ten more than {far:.1%}.",
    }


def pca_sentence(explained: Sequence[float] | np.ndarray) -> str:
    """Return how much of the spread the two principal components hold."""
    return f"The first two principal components hold {float(np.sum(explained[:2])):.0%} of the spread of the features."
