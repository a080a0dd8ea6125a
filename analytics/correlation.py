"""Which features go together."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import scipy  # loads its parts when they are first asked for, which a server that starts does not wait for

FEWEST_PAIRS = 3


def pearson(features: np.ndarray) -> np.ndarray:
    """Return linear correlations, shape (n_features, n_features), each over the tracks with both.

    NaN where fewer than `FEWEST_PAIRS` tracks have both or one of them does not vary.

    Parameters
    ----------
    features
        Shape (n_tracks, n_features), NaN where missing.
    """
    features = features.astype(np.float64)
    if np.isfinite(features).all():
        return _correlated(features)
    return _by_pairs(features, ranked=_as_is)


def spearman(features: np.ndarray) -> np.ndarray:
    """Return rank correlations; shape and missing values as in `pearson`."""
    features = features.astype(np.float64)
    if np.isfinite(features).all():
        return _correlated(scipy.stats.rankdata(features, axis=0))
    return _by_pairs(features, ranked=lambda pair: scipy.stats.rankdata(pair, axis=0))


def clustered_order(correlations: np.ndarray) -> np.ndarray:
    """Return an order of the features in which those that go together stand together.

    Average linkage on 1 - |r| with optimal leaf order (Bar-Joseph, Gifford and Jaakkola 2001);
    an unknown correlation counts as none.
    """
    if len(correlations) < 3:
        return np.arange(len(correlations))
    distances = 1 - np.abs(np.nan_to_num(correlations))
    np.fill_diagonal(distances, 0)
    condensed = scipy.spatial.distance.squareform(np.clip((distances + distances.T) / 2, 0, 1), checks=False)
    tree = scipy.cluster.hierarchy.linkage(condensed, "average", optimal_ordering=True)
    return scipy.cluster.hierarchy.leaves_list(tree).astype(np.int64)


def _as_is(pair: np.ndarray) -> np.ndarray:
    return pair


def _correlated(columns: np.ndarray) -> np.ndarray:
    if len(columns) < FEWEST_PAIRS:
        return np.full((columns.shape[1],) * 2, np.nan)
    centred = columns - columns.mean(axis=0)
    norms = np.sqrt((centred**2).sum(axis=0))
    norms[norms == 0] = np.nan
    found = np.clip((centred.T @ centred) / np.outer(norms, norms), -1, 1)
    np.fill_diagonal(found, np.where(np.isnan(norms), np.nan, 1.0))
    return found


def _by_pairs(features: np.ndarray, *, ranked: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    n_features = features.shape[1]
    there = np.isfinite(features)
    found = np.eye(n_features)
    for i, j in combinations(range(n_features), 2):
        pair = features[there[:, i] & there[:, j]][:, [i, j]]
        found[i, j] = found[j, i] = _correlated(ranked(pair))[0, 1]
    return found
