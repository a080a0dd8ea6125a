"""How the tracks that judge a model are kept from it, with the sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

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
        Number of the main artist of each row, or of its recording where none is known, shape (n_rows,).
    words
        How the judged tracks were kept from the model.
    unseen_artists
        Whether every artist of a judged track, main or guest, was kept from the model.
    """

    folds: list[Fold]
    groups: np.ndarray
    words: str
    unseen_artists: bool

    @property
    def facts(self) -> dict[str, object]:
        """What the manifest says of the split."""
        return {"split": self.words, "unseen_artists": self.unseen_artists}

    @property
    def unseen(self) -> str:
        """What the model had not seen, in a word.

        >>> Split([], np.array([]), "5 folds", True).unseen
        'artists'
        """
        return "artists" if self.unseen_artists else "tracks"

    @property
    def numbers(self) -> np.ndarray:
        """Number of the fold that judges each row, shape (n_rows,)."""
        return fold_numbers(self.folds)


def split_by_artist(
    artists: Sequence[Sequence[str]],
    recordings: np.ndarray,
    *,
    n_splits: int,
    seed: int,
    stratify: np.ndarray | None = None,
) -> Split:
    """Return folds of unseen artists, or the closest to it that the catalogue allows.

    Parameters
    ----------
    artists
        Credited artists of each row, the main one first.
    recordings
        Recording number of each row (`data.recordings.recording_codes`): where no artist is known, repeats of one
        recording stay together.
    n_splits, seed, stratify
        As in `analytics.folds.unseen_artist_folds`.
    """
    deal = partial(unseen_artist_folds, n_splits=n_splits, seed=seed, stratify=stratify, recordings=recordings)
    groups = main_artist_codes(artists, recordings)
    if len(np.unique(groups)) < n_splits <= len(np.unique(recordings)):
        words = f"{n_splits} folds of random recordings, fewer artists than folds: likely too favourable"
        return Split(deal([[]] * len(artists)), recordings, words, False)
    folds = deal(artists)
    if min(len(train) for train, _ in folds) >= _LEAST_TRAINING * len(groups):
        return Split(folds, groups, f"{n_splits} {_folds_in_words(artists)}", all(artists))
    # One guest on everything, such as "Various Artists", would leave nothing to train on.
    words = f"{n_splits} folds, main artists unseen in training, guests may be seen"
    return Split(deal([a[:1] for a in artists]), groups, words, False)


def split_by_playlist(
    playlists: Sequence[str | None], recordings: np.ndarray, *, n_splits: int, seed: int, stratify: np.ndarray
) -> Split | None:
    """Return folds of whole playlists, or None where there are too few of them.

    Who made a playlist chose tracks that are alike: a model may know the playlist rather than the genre.

    Parameters
    ----------
    playlists
        Playlist that each row was collected from.
    recordings, n_splits, seed, stratify
        As in `split_by_artist`.
    """
    named = [[p] if p else [] for p in playlists]
    groups = main_artist_codes(named, recordings)
    if len({p for p in playlists if p}) < 2 * n_splits:
        return None
    folds = unseen_artist_folds(named, n_splits=n_splits, seed=seed, stratify=stratify, recordings=recordings)
    return Split(folds, groups, f"{n_splits} folds, whole playlists unseen in training", False)


def split_by_blocks(ids: Sequence[str], classes: np.ndarray, *, n_splits: int) -> Split:
    """Return folds of contiguous blocks of each class in order of the ids.

    Files of one album or session often stand side by side; where no artist is known, this is the stricter split.

    Parameters
    ----------
    ids
        Track ids; those that are numbers are put in their order.
    classes
        Class codes, shape (n_rows,).
    n_splits
        Number of folds.
    """
    order = np.array(sorted(range(len(ids)), key=lambda row: (ids[row].isdigit() * len(ids[row]), ids[row])))
    numbers = np.empty(len(ids), dtype=np.int64)
    for code in np.unique(classes):
        rows = order[classes[order] == code]
        numbers[rows] = np.arange(len(rows)) * n_splits // len(rows)
    folds = [(np.flatnonzero(numbers != f), np.flatnonzero(numbers == f)) for f in range(n_splits)]
    return Split(folds, np.arange(len(ids)), f"{n_splits} folds of contiguous blocks in order of track ids", False)


def _folds_in_words(artists: Sequence[Sequence[str]]) -> str:
    if not any(artists):
        return "folds of random recordings, no artist known: likely too favourable"
    nameless = sum(not a for a in artists)
    unsure = f" (tracks without one: {nameless:,})" if nameless else ""
    return f"folds, artists unseen in training{unsure}"
