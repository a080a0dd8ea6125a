"""How far a track lies from all that is known, against how far the known ones lie from each other."""

from __future__ import annotations

import numpy as np

_CHUNK = 500
"""Queries whose distances are held in memory at once."""


def kth_distances(points: np.ndarray, queries: np.ndarray, k: int, *, own: bool = False) -> np.ndarray:
    """Return the distance of each query to its k-th nearest point, float64 of shape (n_queries,).

    Ramaswamy, Rastogi and Shim, "Efficient algorithms for mining outliers from large data sets" (SIGMOD 2000).

    Parameters
    ----------
    points, queries
        Shape (n_points, n_dimensions) and (n_queries, n_dimensions).
    k
        Which neighbour; the farthest one where there are fewer.
    own
        Whether the queries are the points themselves, each of which then is no neighbour of its own.
    """
    place = min(k - 1 + own, len(points) - 1)
    squares = (points**2).sum(axis=1)
    found = np.empty(len(queries))
    for start in range(0, len(queries), _CHUNK):
        part = queries[start : start + _CHUNK]
        distances = squares - 2 * part @ points.T
        nearest = np.partition(distances, place, axis=1)[:, place] + (part**2).sum(axis=1)
        found[start : start + _CHUNK] = np.sqrt(np.maximum(nearest, 0))
    return found


def share_below(reference: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return which share of the reference lies below each value, shape (n_values,).

    Parameters
    ----------
    reference
        Ascending.
    values
        Shape (n_values,).

    Examples
    --------
    >>> share_below(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 2.5, 9.0]))
    array([0. , 0.5, 1. ])
    """
    return np.searchsorted(reference, values, side="left") / len(reference)


def shuffled_tracks(points: np.ndarray, *, seed: int) -> np.ndarray:
    """Return points with each column shuffled on its own: every value occurs, their combinations do not."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.permutation(column) for column in points.T])


def chance_of_order(lower: np.ndarray, higher: np.ndarray, weights: np.ndarray) -> float:
    """Return the chance that one of ``higher`` exceeds one of ``lower`` (area under the ROC curve), ties half.

    Parameters
    ----------
    lower, higher
        Shape (n,) and (m,).
    weights
        Of ``lower``, shape (n,).

    Examples
    --------
    >>> chance_of_order(np.array([1.0, 2.0]), np.array([2.0, 3.0]), np.ones(2))
    0.875
    """
    order = np.sort(higher)
    above = len(order) - np.searchsorted(order, lower, side="right")
    ties = np.searchsorted(order, lower, side="right") - np.searchsorted(order, lower, side="left")
    return float(weights @ (above + ties / 2) / (weights.sum() * len(order)))
