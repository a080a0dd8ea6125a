"""Genres as groups to draw: the largest by name, the others together."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.bundle import Bundle

MOST_DRAWN = 20
"""Genres that are drawn one by one; the others are drawn together."""


class Groups(NamedTuple):
    """Tracks by genre.

    Parameters
    ----------
    names
        Of the groups.
    codes
        Group number of every track, -1 for tracks without a genre, shape (n_tracks,).
    """

    names: tuple[str, ...]
    codes: np.ndarray


def genre_groups(bundle: Bundle, mask: np.ndarray, *, most: int = MOST_DRAWN) -> Groups:
    """Return the genres, or those with most of some tracks, and all others as one group.

    Parameters
    ----------
    bundle
        A catalogue with genres.
    mask
        Which tracks decide what is largest, shape (n_tracks,).
    most
        So many genres keep a group of their own.
    """
    codes, names = bundle.columns["genre"], bundle.genre_names
    n = counted(codes[mask], len(names))
    if (n > 0).sum() <= most + 1 and len(names) <= 2 * most:
        return Groups(names, codes)
    largest = np.sort(np.argsort(-n, kind="stable")[:most])
    place = np.full(len(names) + 1, len(largest))
    place[largest] = np.arange(len(largest))
    place[-1] = -1
    return Groups((*(names[code] for code in largest), others_name(len(names) - len(largest))), place[codes])


def others_name(n: int) -> str:
    """Return what many small genres are called together.

    >>> others_name(83)
    '83 other genres'
    """
    return f"{n} other genres"


def counted(codes: np.ndarray, n_groups: int) -> np.ndarray:
    """Return the number of tracks per group; negative codes are none."""
    return np.bincount(codes[codes >= 0], minlength=n_groups)
