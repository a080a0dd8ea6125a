"""Tables of Spotify's track and audio-features objects, under the names that most exports of them use."""

from __future__ import annotations

from collections.abc import Sequence

from data.adapters.adapter import Adapter, separated_artists
from data.fields import AUDIO_FEATURES

_COLUMNS = {
    "track_id": "track_id",
    "id": "track_id",
    "track_uri": "track_id",
    "uri": "track_id",
    "track_name": "track_name",
    "name": "track_name",
    "track": "track_name",
    "title": "track_name",
    "artists": "artists",
    "artist_name": "artists",
    "artist_names": "artists",
    "artist": "artists",
    "album_name": "album_name",
    "album": "album_name",
    "release_date": "release_date",
    "album_release_date": "release_date",
    "year": "release_date",
    "release_year": "release_date",
    "track_genre": "genre",
    "genre": "genre",
    "subgenre": "subgenre",
    "popularity": "popularity",
    "explicit": "explicit",
} | {name: name for name in AUDIO_FEATURES}

FEWEST_FEATURES = 4
"""A table with fewer audio features under Spotify's names is taken for something else."""


def recognises(columns: Sequence[str]) -> bool:
    """Return whether there are a title, artists and at least `FEWEST_FEATURES` audio features."""
    fields = {_COLUMNS[c.lower()] for c in columns if c.lower() in _COLUMNS}
    return {"track_name", "artists"} <= fields and len(fields & set(AUDIO_FEATURES)) >= FEWEST_FEATURES


ADAPTER = Adapter(
    name="spotify-tracks",
    meaning="Track tables collected through Spotify's Web API, such as those on Kaggle and Hugging Face",
    recognises=recognises,
    columns=_COLUMNS,
    artists=separated_artists,
)
