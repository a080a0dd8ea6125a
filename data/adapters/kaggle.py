"""Kaggle's "Spotify Dataset 1921-2020": tracks with lists of artists, artists with tags, mean features of artists."""

from __future__ import annotations

from collections.abc import Sequence

from data.adapters.adapter import Adapter, one_artist, separated_artists
from data.fields import AUDIO_FEATURES
from data.mapping.names import plain_name

_ORIGIN = "Kaggle, Spotify Dataset 1921-2020 (yamaerenay), collected through Spotify's Web API"
_FEATURES = {name: name for name in AUDIO_FEATURES}
_PLAIN_FEATURES = {plain_name(name) for name in AUDIO_FEATURES}
FEWEST_FEATURES = 4


def _plain(columns: Sequence[str]) -> set[str]:
    return {plain_name(column) for column in columns}


def has_artist_lists(columns: Sequence[str]) -> bool:
    """Return whether artists and their ids stand in two columns of lists."""
    return {"idartists", "artists", "name"} <= _plain(columns)


def is_artists(columns: Sequence[str]) -> bool:
    """Return whether there is a row per artist with tags and followers, and no audio feature."""
    plain = _plain(columns)
    return {"id", "followers", "genres", "name"} <= plain and not plain & _PLAIN_FEATURES


def is_mean_features(columns: Sequence[str]) -> bool:
    """Return whether there is a row per artist with tags, a count of tracks and mean features."""
    plain = _plain(columns)
    n_features = len(plain & _PLAIN_FEATURES)
    return (
        {"artists", "count"} <= plain and not plain & {"name", "trackname", "title"} and n_features >= FEWEST_FEATURES
    )


TRACKS = Adapter(
    name="kaggle-1921-2020",
    meaning="Kaggle's Spotify Dataset 1921-2020, tracks with lists of artists and of their ids",
    recognises=has_artist_lists,
    columns={
        "id": "track_id",
        "name": "track_name",
        "artists": "artists",
        "id_artists": "artist_ids",
        "release_date": "release_date",
        "year": "release_date",
        "popularity": "popularity",
        "explicit": "explicit",
        **_FEATURES,
    },
    artists=separated_artists,
    origin=_ORIGIN,
)

ARTISTS = Adapter(
    name="kaggle-artists",
    meaning="Kaggle's Spotify Dataset 1921-2020, artists with genre tags and followers",
    recognises=is_artists,
    columns={
        "id": "artist_ids",
        "name": "artists",
        "genres": "genres",
        "followers": "c_followers",
        "popularity": "c_artist_popularity",
    },
    artists=one_artist,
    origin=_ORIGIN,
    notes=("A row is an artist, not a track.",),
)

MEAN_FEATURES = Adapter(
    name="kaggle-artist-features",
    meaning="Kaggle's Spotify Dataset 1921-2020, mean features of artists with genre tags",
    recognises=is_mean_features,
    columns={
        "artists": "artists",
        "genres": "genres",
        "popularity": "popularity",
        "count": "c_count",
        **_FEATURES,
    },
    artists=one_artist,
    origin=_ORIGIN,
    notes=("A row is an artist with the means of their tracks, not a track.",),
)
