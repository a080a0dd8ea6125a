"""Islands: groups of tracks that lie denser than what surrounds them, with all that lies between left out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from sklearn.cluster import HDBSCAN

from analytics.neighbours import nearest_few

NOISE = -1
"""Label of the tracks that lie in no island."""

_REACH_QUANTILE = 0.99


class Islands(NamedTuple):
    """Labels of all points, the largest island 0 and `NOISE` in none, and how many points were searched."""

    labels: np.ndarray
    n: int
    n_searched: int


def density_islands(
    space: np.ndarray, *, seed: int, smallest_share: float = 0.01, n_near: int = 10, most: int = 15_000
) -> Islands:
    """Return where points lie denser than around (HDBSCAN; Campello, Moulavi and Sander, PAKDD 2013).

    Parameters
    ----------
    space
        Shape (n_points, n_dimensions). The space of sound itself, not a map of it: a map tears dense regions apart
        and would show islands of its own making.
    seed
        Of the random sample that is searched where there are more than ``most`` points: the search compares all
        pairs. The other points join the island of the nearest point searched, if they lie within the reach of that
        island: as near as its points have a neighbour in it, 99% of them.
    smallest_share
        Share of the points that makes an island, though at least 15.
    n_near
        Neighbours from which density is measured.

    Returns
    -------
    Islands
        Islands are numbered by size.
    """
    rows = np.sort(np.random.default_rng(seed).permutation(len(space))[:most])
    searched = space[rows]
    smallest = max(15, round(smallest_share * len(rows)))
    if len(rows) <= smallest:
        return Islands(np.full(len(space), NOISE, dtype=np.int16), 0, len(rows))
    search = HDBSCAN(min_cluster_size=smallest, min_samples=min(n_near, smallest), copy=True)
    found = search.fit(searched).labels_.astype(np.int64)
    labels = found if len(rows) == len(space) else _joined(space, rows, found)
    return Islands(_by_size(labels).astype(np.int16), int(found.max()) + 1, len(rows))


def _joined(space: np.ndarray, rows: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return labels of all points from those of the points searched."""
    labels = np.full(len(space), NOISE, dtype=np.int64)
    labels[rows] = found
    n = int(found.max()) + 1
    if not n:
        return labels
    reach = np.array([_reach(space[rows[found == island]]) for island in range(n)])
    others = np.setdiff1d(np.arange(len(space)), rows)
    near, distances = nearest_few(space[rows], space[others], 1)
    islands = found[near[:, 0]]
    labels[others] = np.where((islands >= 0) & (distances[:, 0] <= reach[islands]), islands, NOISE)
    return labels


def _reach(members: np.ndarray) -> float:
    return float(np.quantile(nearest_few(members, members, 2)[1][:, -1], _REACH_QUANTILE))


def _by_size(labels: np.ndarray) -> np.ndarray:
    sizes = np.bincount(labels[labels >= 0], minlength=1)
    rank = np.argsort(np.argsort(-sizes, kind="stable"), kind="stable")
    return np.where(labels >= 0, rank[labels], NOISE)
