"""Tracks near other tracks: exact, brute force, quick enough for hundreds of thousands."""

from __future__ import annotations

import numpy as np

_CELLS = 20_000_000
"""Distances held in memory at once."""

_FEW_QUERIES = 64


def nearest(
    space: np.ndarray, query: np.ndarray, k: int, exclude: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows nearest to one point and their distances, nearest first.

    Parameters
    ----------
    space
        float32 of shape (n_tracks, n_dimensions).
    query
        One point, shape (n_dimensions,).
    k
        Rows wanted; fewer come back where fewer are left.
    exclude
        Rows or a row mask to leave out.

    Returns
    -------
    rows, distances
        int64 and float32 of shape (k,); equally distant rows in ascending order.
    """
    distances = np.sqrt(((space - query.astype(space.dtype)) ** 2).sum(axis=1))
    if exclude is not None:
        distances[exclude] = np.inf
    k = min(k, int(np.isfinite(distances).sum()))
    if k == 0:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=distances.dtype)
    bound = np.partition(distances, k - 1)[k - 1]
    rows = np.flatnonzero(distances <= bound)
    rows = rows[np.lexsort((rows, distances[rows]))][:k]
    return rows, distances[rows]


def nearest_rows(space: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    """Return the ``k`` nearest rows to many points, shape (n_queries, k), nearest first.

    Parameters
    ----------
    space, queries
        Shape (n_tracks, n_dimensions) and (n_queries, n_dimensions).
    k
        Rows wanted; fewer come back where there are fewer.
    """
    from sklearn.neighbors import NearestNeighbors  # wanted while learning; a server that starts need not wait for it

    found = NearestNeighbors(n_neighbors=min(k, len(space)), algorithm="brute").fit(space)
    distances, rows = found.kneighbors(queries)
    return np.take_along_axis(rows, np.lexsort((rows, distances), axis=1), axis=1)


def nearest_centre(space: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Return the number of the nearest centre of each point, int64 of shape (n_tracks,)."""
    squares = (centres**2).sum(axis=1)
    step = max(1, _CELLS // len(centres))
    parts = [space[start : start + step] for start in range(0, max(len(space), 1), step)]
    return np.concatenate([(squares - 2 * part @ centres.T).argmin(axis=1) for part in parts])


def nearest_few(space: np.ndarray, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the ``k`` nearest rows to each of one or many points and their distances, each of shape (n_queries, k).

    Exact. A serving process asks about one point, which needs numpy alone; a build about a million, for which a tree is
    made (Bentley 1975).

    Parameters
    ----------
    space, queries
        Shape (n_tracks, n_dimensions) and (n_queries, n_dimensions), at least one track.
    k
        Rows wanted; fewer come back where there are fewer.

    Returns
    -------
    rows, distances
        int64 and the type of ``space``, nearest first, equally near rows in ascending order.
    """
    k, queries = min(k, len(space)), queries.astype(space.dtype)
    rows = _rows_in_tree(space, queries, k) if len(queries) > _FEW_QUERIES else _rows_near(space, queries, k)
    # Quick forms of the distance lose the last digits, which matter between a track and its repeat.
    distances = np.sqrt(((space[rows] - queries[:, None]) ** 2).sum(axis=2))
    order = np.lexsort((rows, distances), axis=1)
    return np.take_along_axis(rows, order, axis=1), np.take_along_axis(distances, order, axis=1)


def _rows_near(space: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    rough = (space**2).sum(axis=1) - 2 * queries @ space.T
    if k == len(space):
        return np.tile(np.arange(k), (len(queries), 1))
    return np.argpartition(rough, k - 1, axis=1)[:, :k]


def _rows_in_tree(space: np.ndarray, queries: np.ndarray, k: int) -> np.ndarray:
    from scipy.spatial import KDTree  # wanted while learning; a server that starts need not wait for it

    return KDTree(space).query(queries, np.arange(1, k + 1))[1].astype(np.int64)


def label_precision(neighbours: np.ndarray, labels: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the share of each track's neighbours that carry its label, shape (n_queries,).

    Parameters
    ----------
    neighbours
        Rows, shape (n_queries, k).
    labels
        Label of each row.
    wanted
        Label of each query, shape (n_queries,).
    """
    return (labels[neighbours] == wanted[:, None]).mean(axis=1)


def random_pair_distances(space: np.ndarray, *, seed: int, n_pairs: int = 200_000) -> np.ndarray:
    """Return distances between random pairs of different rows, shape (n_pairs,)."""
    rng = np.random.default_rng(seed)
    first = rng.integers(len(space), size=n_pairs)
    second = (first + rng.integers(1, len(space), size=n_pairs)) % len(space)
    return np.sqrt(((space[first] - space[second]) ** 2).sum(axis=1))
