"""How much a prediction loses when one feature no longer tells anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from analytics.folds import Fold

Gain = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From scores (n_rows, n_scores) and their rows to a gain per row, shape (n_rows,)."""


def permutation_drops(
    X: np.ndarray,
    folds: Sequence[Fold],
    scorers: Sequence[Callable[[np.ndarray], np.ndarray]],
    gain: Gain,
    *,
    seed: int,
    n_rows: int,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gain that each row loses when a feature is shuffled among the rows judged.

    Permutation importance (Breiman 2001; Fisher, Rudin and Dominici, JMLR 2019) on rows that each
    fold's model has not seen. Of correlated features either may stand in for the other, so that
    both look less important than they are together.

    Parameters
    ----------
    X
        Features, shape (n_tracks, n_features).
    folds, scorers
        Folds, and the model that was trained on each.
    gain
        Such as 1 where the prediction is right.
    seed
        Of the shuffling and the sampling.
    n_rows
        Most rows to judge, all folds together.

    Returns
    -------
    rows, drops
        Shape (n_judged,) and (n_features, n_judged).
    """
    return joint_drops(X, [[i] for i in range(X.shape[1])], folds, scorers, gain, seed=seed, n_rows=n_rows)


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

    As `permutation_drops`, which is the case of sets of one column; the columns of a set keep their relation to each
    other, so that none can stand in for another.

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
