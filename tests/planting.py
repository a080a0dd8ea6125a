"""Generated catalogues with a known truth, for tests to find again.

- Genres differ in danceability, valence, acousticness and speechiness, and in nothing else.
- Popularity is 20 + 60 energy, plus normal noise of 5 points; energy depends on nothing.
- Loudness rises by 1 dB a decade where the catalogue is dated; nothing else moves with time.
- Artists have several tracks of one genre; every tenth track credits a guest.
- 5% of the values of liveness are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa

from data.catalogue import Catalogue, Provenance

GENRE_FEATURES = ("danceability", "valence", "acousticness", "speechiness")
DB_PER_DECADE = 1.0
POINTS_PER_ENERGY = 60.0
TRACKS_PER_ARTIST = 4


def planted_catalogue(
    n: int = 600,
    *,
    seed: int = 0,
    dated: bool = True,
    genres: int = 4,
    with_artists: bool = True,
    missing_share: float = 0.05,
) -> Catalogue:
    """Return a catalogue of ``n`` tracks with the truth of this module planted in it."""
    rng = np.random.default_rng(seed)
    artists = rng.integers(max(n // TRACKS_PER_ARTIST, 1), size=n)
    genre = artists % max(genres, 1)
    columns = _features(n, genre, max(genres, 1), rng)
    columns["popularity"] = (20 + POINTS_PER_ENERGY * columns["energy"] + rng.normal(0, 5, n)).clip(0, 100)
    if dated:
        years = rng.integers(1980, 2020, size=n)
        columns["release_year"] = years
        columns["loudness"] = -12 + DB_PER_DECADE / 10 * (years - 1980) + rng.normal(0, 1, n)
    columns["liveness"][rng.random(n) < missing_share] = np.nan
    credited = _credited(artists, rng) if with_artists else [[] for _ in range(n)]
    names = [f"genre {g}" for g in genre] if genres else None
    return _catalogue(columns, credited, names)


def with_shuffled(catalogue: Catalogue, column: str, *, seed: int = 0) -> Catalogue:
    """Return the catalogue with one column shuffled among its tracks: nothing is left to learn."""
    order = np.random.default_rng(seed).permutation(len(catalogue))
    return with_column(catalogue, column, catalogue.tracks[column].take(pa.array(order)))


def with_column(catalogue: Catalogue, column: str, values: pa.Array | pa.ChunkedArray) -> Catalogue:
    """Return the catalogue with one column replaced."""
    at = catalogue.tracks.column_names.index(column)
    tracks = catalogue.tracks.set_column(at, column, values)
    return Catalogue(catalogue.name, tracks, catalogue.rejected, catalogue.provenance)


def with_repeats(catalogue: Catalogue, rows: Sequence[int] | np.ndarray) -> Catalogue:
    """Return the catalogue with some tracks repeated at its end, under other ids."""
    again = catalogue.tracks.take(pa.array(rows, pa.int64()))
    ids = pa.array([f"{track_id}-again-{i}" for i, track_id in enumerate(again["track_id"].to_pylist())])
    tracks = pa.concat_tables([catalogue.tracks, again.set_column(0, "track_id", ids)]).combine_chunks()
    n = len(tracks)
    provenance = replace(catalogue.provenance, rows_read=n, rows_kept=n)
    return Catalogue(catalogue.name, tracks, catalogue.rejected, provenance)


def without(catalogue: Catalogue, *columns: str) -> Catalogue:
    """Return the catalogue with columns left out."""
    tracks = catalogue.tracks.drop_columns(list(columns))
    return Catalogue(catalogue.name, tracks, catalogue.rejected, catalogue.provenance)


def _features(n: int, genre: np.ndarray, n_genres: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    apart = (_centres(n_genres)[genre] + rng.normal(0, 0.1, (n, 4))).clip(0, 1)
    return {
        **{name: apart[:, i] for i, name in enumerate(GENRE_FEATURES)},
        "energy": rng.random(n),
        "loudness": rng.normal(-8, 2, n),
        "instrumentalness": rng.random(n) ** 6,
        "liveness": rng.beta(2, 6, n),
        "tempo": rng.normal(120, 25, n).clip(50, 220),
        "duration_ms": rng.lognormal(12.2, 0.25, n),
        "key": rng.integers(12, size=n).astype(float),
        "mode": rng.integers(2, size=n).astype(float),
    }


def _centres(n_genres: int) -> np.ndarray:
    """Return centres on a square grid; two features move together along each of its sides."""
    side = max(int(np.ceil(np.sqrt(n_genres))), 2)
    across, along = np.divmod(np.arange(n_genres), side)
    return 0.2 + 0.6 * np.column_stack([along, across, along, across]) / (side - 1)


def _credited(artists: np.ndarray, rng: np.random.Generator) -> list[list[str]]:
    guests = rng.integers(artists.max() + 1, size=len(artists))
    featured = rng.random(len(artists)) < 0.1
    return [
        [f"artist {a}", f"artist {g}"] if f and a != g else [f"artist {a}"]
        for a, g, f in zip(artists, guests, featured, strict=True)
    ]


def _catalogue(columns: dict[str, np.ndarray], credited: list[list[str]], genre: list[str] | None) -> Catalogue:
    n = len(credited)
    tracks = {
        "track_id": pa.array([f"track{i:06d}" for i in range(n)]),
        "track_name": pa.array([f"Song {i}" for i in range(n)]),
        "artists": pa.array([", ".join(names) or None for names in credited], pa.string()),
        "artist_names": pa.array(credited, pa.list_(pa.string())),
        **{name: pa.array(values.astype(np.float32)) for name, values in columns.items()},
    }
    if genre is not None:
        tracks["genre"] = pa.array(genre, pa.string())
        tracks["genres"] = pa.array([[g] for g in genre], pa.list_(pa.string()))
    rejected = pa.table({"row": pa.array([], pa.int64())})
    return Catalogue("planted", pa.table(tracks), rejected, Provenance("planted", "", "planted", n, n, 0, 0))
