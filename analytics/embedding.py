"""How truthful a map is, track by track."""

from __future__ import annotations

import numpy as np

_CELLS = 20_000_000
"""Distances held in memory at once."""


def trustworthiness_of(space: np.ndarray, embedding: np.ndarray, rows: np.ndarray, *, k: int = 15) -> np.ndarray:
    """Return how far each track's neighbours on the map are neighbours in truth, from 0 to 1.

    The mean over all rows is ``sklearn.manifold.trustworthiness`` (Venna and Kaski, "Neighborhood
    preservation in nonlinear projection methods", ICANN 2001); a sample of rows, each against all
    tracks, estimates it at a fraction of the cost.

    Parameters
    ----------
    space
        Where distances are true, shape (n_tracks, n_dimensions).
    embedding
        The map, shape (n_tracks, 2 or 3).
    rows
        Rows to judge, shape (n_rows,).
    k
        Neighbours on the map; under half the number of tracks.

    Returns
    -------
    np.ndarray
        Shape (n_rows,).

    Raises
    ------
    ValueError
        ``k`` is not under half the number of tracks.
    """
    n = len(space)
    if k >= n / 2:
        raise ValueError(f"k = {k} must be under half of {n} tracks")
    truth, drawn = (a.astype(np.float64) for a in (space, embedding))
    step = max(1, _CELLS // n)
    parts = [rows[start : start + step] for start in range(0, len(rows), step)]
    excess = [_rank_excess(truth, drawn, part, k) for part in parts]
    return 1 - np.concatenate(excess) * 2 / (k * (2 * n - 3 * k - 1))


def continuity_of(space: np.ndarray, embedding: np.ndarray, rows: np.ndarray, *, k: int = 15) -> np.ndarray:
    """Return how far each track's true neighbours are neighbours on the map, from 0 to 1.

    The same with the roles swapped: low where the map tears neighbours apart. Parameters, source
    and errors as in `trustworthiness_of`.
    """
    return trustworthiness_of(embedding, space, rows, k=k)


def _rank_excess(truth: np.ndarray, drawn: np.ndarray, rows: np.ndarray, k: int) -> np.ndarray:
    """Return, per row, by how much the true ranks of its drawn neighbours exceed ``k``, summed."""
    on_map = _distances(drawn, rows)
    neighbours = np.argpartition(on_map, k - 1, axis=1)[:, :k]
    true = _distances(truth, rows)
    reached = np.take_along_axis(true, neighbours, axis=1)
    pairs = zip(true, reached, strict=True)
    return np.array([np.maximum(_ranks(every, own) - k, 0).sum() for every, own in pairs], dtype=np.float64)


def _ranks(distances: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the rank of each wanted distance among all of them, from 1; equal ones share their mean rank."""
    # On a good map the wanted ones are among the least: only those are sorted.
    nearer = np.sort(distances[distances <= wanted.max()])
    return (np.searchsorted(nearer, wanted) + np.searchsorted(nearer, wanted, side="right") + 1) / 2


def _distances(points: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return squared distances of shape (n_rows, n_points), infinite from a row to itself."""
    squares = (points**2).sum(axis=1)
    found = squares[rows, None] + squares[None, :] - 2 * points[rows] @ points.T
    found[np.arange(len(rows)), rows] = np.inf
    return found
