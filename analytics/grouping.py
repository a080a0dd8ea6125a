"""Features that go together, and what they tell together."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import scipy

from analytics.correlation import spearman
from analytics.folds import Fold
from analytics.importance import Gain

TOGETHER = 0.5
"""Absolute rank correlation from which features are said to go together."""


def feature_groups(features: np.ndarray, *, above: float = TOGETHER) -> list[list[int]]:
    """Return groups of features that go together, each in ascending order, in the order of their first feature.

    Average linkage on 1 - |Spearman's rho|, cut where the mean |rho| between two groups falls to ``above``
    (as in scikit-learn's user guide on permutation importance with multicollinear features). An unknown correlation
    counts as none.

    Parameters
    ----------
    features
        Shape (n_tracks, n_features), NaN where missing.
    above
        Mean absolute rank correlation of features in one group.
    """
    n_features = features.shape[1]
    if n_features < 2:
        return [[i] for i in range(n_features)]
    distances = 1 - np.abs(np.nan_to_num(spearman(features)))
    np.fill_diagonal(distances, 0)
    condensed = scipy.spatial.distance.squareform(np.clip((distances + distances.T) / 2, 0, 1), checks=False)
    tree = scipy.cluster.hierarchy.linkage(condensed, "average")
    codes = scipy.cluster.hierarchy.fcluster(tree, 1 - above, "distance")
    groups = [list(map(int, np.flatnonzero(codes == code))) for code in np.unique(codes)]
    return sorted(groups)


def joint_drops(
    X: np.ndarray,
    column_sets: Sequence[Sequence[int]],
    folds: Sequence[Fold],
    scorers: Sequence[Callable[[np.ndarray], np.ndarray]],
    gain: Gain,
    *,
    seed: int,
    n_rows: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gain that each row loses when a set of columns is shuffled together among the rows judged.

    As `analytics.importance.permutation_drops`, which it equals where each set is one column; the columns of a set
    keep their relation to each other, so that none can stand in for another.

    Returns
    -------
    rows, drops
        Shape (n_judged,) and (n_sets, n_judged).
    """
    rng = np.random.default_rng(seed)
    per_fold = max(2, n_rows // len(folds))
    kept: list[np.ndarray] = []
    drops: list[np.ndarray] = []
    for (_, test), scores in zip(folds, scorers, strict=True):
        rows = np.sort(rng.permutation(test)[:per_fold])
        full = gain(scores(X[rows]), rows)
        found = np.empty((len(column_sets), len(rows)))
        for i, columns in enumerate(column_sets):
            shuffled = X[rows]
            shuffled[:, columns] = X[rng.permutation(rows)][:, columns]
            found[i] = full - gain(scores(shuffled), rows)
        kept.append(rows)
        drops.append(found)
    return np.concatenate(kept), np.concatenate(drops, axis=1)
