"""The TidyTuesday table ``spotify_songs.csv`` of 2020-01-21: a row for every place of a track in a playlist."""

from __future__ import annotations

from collections.abc import Sequence

from data.adapters.adapter import Adapter, one_artist
from data.fields import AUDIO_FEATURES

_COLUMNS = {
    "track_id": "track_id",
    "track_name": "track_name",
    "track_artist": "artists",
    "track_popularity": "popularity",
    "track_album_name": "album_name",
    "track_album_release_date": "release_date",
    "playlist_name": "playlist_name",
    "playlist_genre": "genre",
    "playlist_subgenre": "subgenre",
} | {name: name for name in AUDIO_FEATURES}

_TELLING = {"track_artist", "track_popularity", "playlist_genre"}


def recognises(columns: Sequence[str]) -> bool:
    """Return whether the columns that only this family has are there."""
    return {c.lower() for c in columns} >= _TELLING


ADAPTER = Adapter(
    name="tidytuesday",
    meaning="TidyTuesday's spotify_songs, collected with the R package spotifyr",
    recognises=recognises,
    columns=_COLUMNS,
    artists=one_artist,
    nothing=("NA",),
    origin="TidyTuesday 2020-01-21 (rfordatascience), collected from Spotify with spotifyr",
)
