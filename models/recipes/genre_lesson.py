"""What there is to learn of genres in a catalogue: which of them, from which tracks, judged on which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analytics.folds import main_artist_codes
from data.catalogue import Catalogue
from data.recordings import recording_codes
from models.recipes.classifiers import Lesson
from models.recipes.splits import Split, split_by_artist


@dataclass(frozen=True, eq=False, slots=True)
class GenreLesson:
    """Tracks of the genres that are classified.

    Parameters
    ----------
    classes, left_out
        Genres that are classified and those that have too few tracks or artists, each in alphabetical order.
    names
        Features, in the order of the columns of ``lesson.X``.
    rows
        Rows of the catalogue, shape (n_tracks,).
    lesson
        What there is to learn.
    artists, recordings
        Credited artists and recording number of each track.
    """

    classes: list[str]
    left_out: list[str]
    names: tuple[str, ...]
    rows: np.ndarray
    lesson: Lesson
    artists: list[list[str]]
    recordings: np.ndarray

    def split(self, *, n_splits: int, seed: int) -> Split:
        """Return folds of unseen artists, or the closest to it."""
        return split_by_artist(self.artists, self.recordings, n_splits=n_splits, seed=seed, stratify=self.lesson.y)


def genre_lesson(
    catalogue: Catalogue, names: tuple[str, ...], *, classes: list[str], left_out: list[str]
) -> GenreLesson:
    """Return the tracks of some genres with some features."""
    recordings = recording_codes(catalogue)
    codes = {genre: i for i, genre in enumerate(classes)}
    y = np.array([codes.get(genre, -1) for genre in catalogue.column("genre")], dtype=np.int64)
    rows = np.flatnonzero(y >= 0)
    credited = catalogue.credited_artists
    artists = [credited[row] for row in rows]
    X = catalogue.features(names)[rows].astype(np.float64)
    lesson = Lesson(X, y[rows], main_artist_codes(artists, recordings[rows]), len(classes))
    return GenreLesson(classes, left_out, names, rows, lesson, artists, recordings[rows])


def left_out_sentence(left_out: Sequence[str], *, fewest_tracks: int, fewest_artists: int) -> str:
    """Return which genres are not classified; empty where all are."""
    if not left_out:
        return ""
    some = ", ".join(left_out[:5]) + (f" and {len(left_out) - 5} more" * (len(left_out) > 5))
    return f"Not classified for want of {fewest_tracks} tracks by {fewest_artists} artists: {some}."
