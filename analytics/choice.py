"""Choosing between models without being paid for noise."""

from __future__ import annotations

import numpy as np

from analytics.scoring import Estimate, clustered_mean


def paired_difference(losses: np.ndarray, reference: np.ndarray, groups: np.ndarray, *, seed: int) -> Estimate:
    """Return by how much ``losses`` exceed ``reference`` on the same tracks, with its interval."""
    return clustered_mean(losses - reference, groups, seed=seed, n_resamples=300)


def simplest_of_the_best(losses: np.ndarray, groups: np.ndarray, *, seed: int) -> int:
    """Return the first model whose mean loss cannot be told from the lowest one.

    The very first is the baseline that knows nothing. It is chosen only where no other has a lower
    loss: a weak model says more than none, and its score card says how weak it is.

    Parameters
    ----------
    losses
        Loss of each model on each track, shape (n_models, n_tracks), the baseline first, then from
        the simplest on.
    groups
        Artist number of each track, shape (n_tracks,): artists are resampled.
    seed
        Of the resampling.
    """
    best = int(losses.mean(axis=1).argmin())
    for model in range(1, best):
        if paired_difference(losses[model], losses[best], groups, seed=seed).low <= 0:
            return model
    return best


def nested_choice(losses_without: np.ndarray, fold_numbers: np.ndarray, groups: np.ndarray, *, seed: int) -> list[int]:
    """Return, for each fold, the model that is chosen on the other folds.

    Scored on the fold that had no say, the chosen models give an estimate that the choice itself
    has not flattered (Varma and Simon, BMC Bioinformatics 2006).

    Parameters
    ----------
    losses_without
        Losses of out-of-fold predictions, shape (n_folds, n_models, n_tracks); nothing in row ``k``
        was tuned on fold ``k``.
    fold_numbers
        Fold of each track, shape (n_tracks,).
    groups, seed
        As in `simplest_of_the_best`.
    """
    chosen: list[int] = []
    for fold, losses in enumerate(losses_without):
        others = fold_numbers != fold
        chosen.append(simplest_of_the_best(losses[:, others], groups[others], seed=seed))
    return chosen
