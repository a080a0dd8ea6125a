"""How the tracks that judge a model are kept from it, with the sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.folds import Fold, fold_numbers, main_artist_codes, unseen_artist_folds

_LEAST_TRAINING = 0.3
"""Share of the tracks that leaving out shared guests must leave to train on."""


@dataclass(frozen=True, eq=False, slots=True)
class Split:
    """Folds with what intervals and score cards need to know of them.

    Parameters
    ----------
    folds
        Rows to train on and rows to judge on.
    groups
        Number of the main artist of each row, shape (n_rows,).
    words
        How the judged tracks were kept from the model.
    """

    folds: list[Fold]
    groups: np.ndarray
    words: str

    @property
    def numbers(self) -> np.ndarray:
        """Number of the fold that judges each row, shape (n_rows,)."""
        return fold_numbers(self.folds)


def split_by_artist(
    artists: Sequence[Sequence[str]],
    *,
    n_splits: int,
    seed: int,
    stratify: np.ndarray | None = None,
) -> Split:
    """Return folds of unseen artists, or the closest to it that the catalogue allows."""
    groups = main_artist_codes(artists)
    if not any(artists):
        words = f"{n_splits} folds of random tracks, no artist known: likely too favourable"
    else:
        words = f"{n_splits} folds, artists unseen in training"
    folds = unseen_artist_folds(artists, n_splits=n_splits, seed=seed, stratify=stratify)
    if min(len(train) for train, _ in folds) < _LEAST_TRAINING * len(groups):
        # One guest on everything, such as "Various Artists", would leave nothing to train on.
        main = [a[:1] for a in artists]
        folds = unseen_artist_folds(main, n_splits=n_splits, seed=seed, stratify=stratify)
        words = f"{n_splits} folds, main artists unseen in training, guests may be"
    return Split(folds, groups, words)
