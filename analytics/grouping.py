"""Features that go together, and what they tell together."""

from __future__ import annotations

import numpy as np
import scipy

from analytics.correlation import spearman

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
