"""What each recipe needs of a catalogue, without the libraries that it learns with.

Whoever only asks what would be learned, such as the command ``inspect``, does not wait for trainers to load. The
recipes ask the same functions (*tests/models/test_needs*).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.folds import main_artist_codes
from data.catalogue import Catalogue
from data.fields import continuous
from data.recordings import recording_codes

FEWEST_TRACKS, FEWEST_FEATURES = 30, 2
FEWEST_IN_GENRE, FEWEST_ARTISTS_IN_GENRE = 20, 5
FEWEST_POPULAR, FEWEST_POPULAR_ARTISTS = 50, 10
FEWEST_IN_YEAR, FEWEST_YEARS = 10, 5
MOST_TAGS, FEWEST_WITH_TAG, FEWEST_TAGS_PER_ROW = 30, 50, 1.2
N_SPLITS, N_SPLITS_OF_TAGS = 5, 4

GENRE_CONTEXT = ("release_year", "explicit", "popularity")
POPULARITY_CONTEXT = ("release_year", "explicit")
"""Fields that are known of a release and not heard in it, beside the genre."""


def planned(catalogue: Catalogue) -> dict[str, str]:
    """Return by recipe, in build order, the sentence why it would be skipped, empty where it would run."""
    artists = artist_numbers(catalogue)
    return {
        "clusters": missing_space(catalogue, "clusters are not made"),
        "map": missing_space(catalogue, "no map is drawn"),
        "neighbours": missing_space(catalogue, "similar tracks are not found"),
        "novelty": missing_space(catalogue, "unusual points are not told"),
        "genre": missing_genre(catalogue, artists=artists),
        "genre_context": missing_genre_context(catalogue, artists=artists),
        "popularity": missing_popularity(catalogue, artists=artists),
        "popularity_context": missing_popularity_context(catalogue, artists=artists),
        "tags": missing_tags(catalogue, artists=artists),
        "trends": missing_trends(catalogue),
    }


def artist_numbers(catalogue: Catalogue) -> np.ndarray:
    """Return a number for the main artist of every track, of its recording where none is known."""
    return main_artist_codes(catalogue.credited_artists, recording_codes(catalogue))


def missing_space(catalogue: Catalogue, consequence: str) -> str:
    """Return the sentence that says why there is no `SoundSpace`, or an empty text."""
    if len(continuous(catalogue.feature_names)) < FEWEST_FEATURES:
        return f"Fewer than {FEWEST_FEATURES} continuous audio features: {consequence}."
    if len(catalogue) < FEWEST_TRACKS:
        return f"Fewer than {FEWEST_TRACKS} tracks: {consequence}."
    return ""


def missing_genre(
    catalogue: Catalogue,
    *,
    fewest_tracks: int = FEWEST_IN_GENRE,
    fewest_artists: int = FEWEST_ARTISTS_IN_GENRE,
    n_splits: int = N_SPLITS,
    artists: np.ndarray | None = None,
) -> str:
    """Return the sentence that says why genres are not classified, or an empty text."""
    if not catalogue.has("genre"):
        return "No genre column: genres are not classified."
    fewest = max(fewest_artists, n_splits)
    kept, _ = genres_to_classify(catalogue, fewest_tracks=fewest_tracks, fewest_artists=fewest, artists=artists)
    if len(kept) < 2:
        return (
            f"Fewer than two genres with {fewest_tracks} tracks by {fewest_artists} artists: genres are not classified."
        )
    return ""


def genres_to_classify(
    catalogue: Catalogue, *, fewest_tracks: int, fewest_artists: int, artists: np.ndarray | None = None
) -> tuple[list[str], list[str]]:
    """Return the genres to classify and those left out, each in alphabetical order."""
    names, codes = np.unique([genre or "" for genre in catalogue.column("genre")], return_inverse=True)
    main = artist_numbers(catalogue) if artists is None else artists
    n_tracks = np.bincount(codes, minlength=len(names))
    pairs = np.unique(codes.astype(np.int64) * (main.max() + 1) + main)
    n_artists = np.bincount(pairs // (main.max() + 1), minlength=len(names))
    enough = (n_tracks >= fewest_tracks) & (n_artists >= fewest_artists)
    named = [(str(name), good) for name, good in zip(names, enough.tolist(), strict=True) if name]
    return [name for name, good in named if good], [name for name, good in named if not good]


def missing_genre_context(catalogue: Catalogue, **fewest: Any) -> str:
    """Return the sentence that says why no model knows more than the sound, or an empty text."""
    if sentence := missing_genre(catalogue, **fewest):
        return sentence
    if not context_names(catalogue):
        return "No release year, explicit or popularity column: genres are told from sound alone."
    return ""


def context_names(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the context fields that tell some tracks of the catalogue from others."""
    return tuple(n for n in GENRE_CONTEXT if catalogue.has(n) and np.nanstd(catalogue.column(n)) > 0)


def missing_popularity(
    catalogue: Catalogue,
    *,
    fewest_tracks: int = FEWEST_POPULAR,
    fewest_artists: int = FEWEST_POPULAR_ARTISTS,
    artists: np.ndarray | None = None,
) -> str:
    """Return the sentence that says why popularity is not predicted, or an empty text."""
    if not catalogue.has("popularity"):
        return "No popularity column: popularity is not predicted."
    known = np.isfinite(catalogue.column("popularity"))
    if np.ptp(catalogue.column("popularity")[known]) == 0:
        return "All tracks are equally popular: popularity is not predicted."
    main = artist_numbers(catalogue) if artists is None else artists
    if known.sum() < fewest_tracks or len(np.unique(main[known])) < fewest_artists:
        return (
            f"Fewer than {fewest_tracks} tracks by {fewest_artists} artists with a "
            "popularity: popularity is not predicted."
        )
    return ""


def missing_popularity_context(catalogue: Catalogue, *, fewest_in_genre: int = FEWEST_IN_GENRE, **fewest: Any) -> str:
    """Return the sentence that says why popularity is predicted from sound alone, or an empty text."""
    if sentence := missing_popularity(catalogue, **fewest):
        return sentence
    rows, _ = known_popularity(catalogue)
    if not genres_of_popularity(catalogue, fewest=fewest_in_genre) and not varying_context(catalogue, rows):
        return "No genre, release year or explicit column: popularity is predicted from sound alone."
    return ""


def known_popularity(catalogue: Catalogue) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of tracks with a popularity, and their popularity as float64."""
    target = catalogue.column("popularity").astype(np.float64)
    rows = np.flatnonzero(np.isfinite(target))
    return rows, target[rows]


def genres_of_popularity(catalogue: Catalogue, *, fewest: int) -> list[str]:
    """Return genres that enough tracks with a popularity carry, in alphabetical order; none where all carry one."""
    if not catalogue.has("genre"):
        return []
    rows, _ = known_popularity(catalogue)
    counts = catalogue.tracks["genres"].take(pa.array(rows)).combine_chunks().flatten().value_counts().to_pylist()
    kept = sorted(c["values"] for c in counts if c["values"] is not None and c["counts"] >= fewest)
    return kept if len(kept) > 1 else []


def varying_context(catalogue: Catalogue, rows: np.ndarray) -> tuple[str, ...]:
    """Return the context fields that tell some of the tracks from others."""
    return tuple(
        name
        for name in POPULARITY_CONTEXT
        if catalogue.has(name) and len(np.unique(_known(catalogue.column(name)[rows]))) > 1
    )


def missing_tags(
    catalogue: Catalogue,
    *,
    most: int = MOST_TAGS,
    fewest_rows: int = FEWEST_WITH_TAG,
    fewest_per_row: float = FEWEST_TAGS_PER_ROW,
    n_splits: int = N_SPLITS_OF_TAGS,
    artists: np.ndarray | None = None,
) -> str:
    """Return the sentence that says why tags are not predicted, or an empty text."""
    if not catalogue.has("genres"):
        return "No genre tags: they are not predicted."
    lists = catalogue.tracks["genres"].combine_chunks()
    counts = [each["counts"] for each in lists.flatten().value_counts().to_pylist()]  # no list holds a tag twice
    if sum(n >= fewest_rows for n in counts) < 2:
        return f"Fewer than two tags on {fewest_rows} tracks each: tags are not predicted."
    n_per_row = pc.list_value_length(lists).drop_null().to_numpy()
    if n_per_row[n_per_row > 0].mean() <= fewest_per_row:
        return "Hardly any track has more than one genre: tags are not predicted beside the genre."
    if not catalogue.feature_names:
        return "No audio feature: tags are not predicted."
    tags = lists.to_pylist()
    rows = np.flatnonzero(carried_tags(tags, commonest_tags(tags, most=most, fewest=fewest_rows)).any(axis=1))
    main = artist_numbers(catalogue) if artists is None else artists
    if len(np.unique(main[rows])) < 2 * n_splits:
        return f"Tags of fewer than {2 * n_splits} artists: tags are not predicted."
    return ""


def commonest_tags(tags: Sequence[Sequence[str] | None], *, most: int, fewest: int) -> list[str]:
    """Return the tags that most rows carry, the commonest first, each carried by at least ``fewest``.

    >>> commonest_tags([["rock", "pop"], ["pop"], None, ["pop", "rap"]], most=2, fewest=1)
    ['pop', 'rap']
    """
    counts = Counter(tag for carried in tags for tag in set(carried or []))
    order = sorted(counts, key=lambda tag: (-counts[tag], tag))
    return [tag for tag in order[:most] if counts[tag] >= fewest]


def carried_tags(tags: Sequence[Sequence[str] | None], names: Sequence[str]) -> np.ndarray:
    """Return which of the named tags each row carries, booleans of shape (n_rows, n_tags)."""
    number = {name: i for i, name in enumerate(names)}
    found = np.zeros((len(tags), len(names)), dtype=bool)
    for row, carried in enumerate(tags):
        found[row, [number[tag] for tag in carried or [] if tag in number]] = True
    return found


def missing_trends(
    catalogue: Catalogue, *, fewest_tracks: int = FEWEST_IN_YEAR, fewest_years: int = FEWEST_YEARS
) -> str:
    """Return the sentence that says why trends are not computed, or an empty text."""
    if not catalogue.has("release_year"):
        return "No release dates: trends over the years are not computed."
    _, n = np.unique(_known(catalogue.column("release_year")), return_counts=True)
    if (n >= fewest_tracks).sum() < fewest_years:
        return f"Fewer than {fewest_years} years with {fewest_tracks} tracks: trends over the years are not computed."
    return missing_space(catalogue, "trends over the years are not computed")


def _known(values: np.ndarray) -> np.ndarray:
    return values[np.isfinite(values)]
