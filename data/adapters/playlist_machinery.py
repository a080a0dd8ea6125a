"""Tables made with Organize Your Music (playlistmachinery.com): whole numbers, features in percent, lengths in seconds.

Kaggle's "Top 2000s", "Top Spotify songs 2010-2019" and "Top 50 Spotify songs" are of this family, in three spellings.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.adapters.adapter import Adapter, one_artist
from data.mapping.names import plain_name

_COLUMNS = {
    "title": "track_name",
    "track name": "track_name",
    "artist": "artists",
    "artist name": "artists",
    "top genre": "genre",
    "genre": "genre",
    "year": "release_date",
    "year released": "release_date",
    "beats per minute (bpm)": "tempo",
    "beats per minute": "tempo",
    "bpm": "tempo",
    "energy": "energy",
    "nrgy": "energy",
    "danceability": "danceability",
    "dnce": "danceability",
    "loudness (db)": "loudness",
    "loudness": "loudness",
    "db": "loudness",
    "liveness": "liveness",
    "live": "liveness",
    "valence": "valence",
    "val": "valence",
    "length (duration)": "duration_ms",
    "length": "duration_ms",
    "dur": "duration_ms",
    "acousticness": "acousticness",
    "acous": "acousticness",
    "speechiness": "speechiness",
    "spch": "speechiness",
    "popularity": "popularity",
    "pop": "popularity",
    "added": "m_added",
    "index": "c_index",
    "top year": "c_top_year",
}

_PERCENT = ("energy", "danceability", "liveness", "valence", "acousticness", "speechiness")


def recognises(columns: Sequence[str]) -> bool:
    """Return whether titles and beats per minute stand beside features in the family's long or short spelling."""
    plain = {plain_name(column) for column in columns}
    long = bool({"beatsperminutebpm", "beatsperminute"} & plain) and {"energy", "danceability"} <= plain
    return bool({"title", "trackname"} & plain) and (long or {"bpm", "nrgy", "dnce"} <= plain)


ADAPTER = Adapter(
    name="playlist-machinery",
    meaning="Tables made with Organize Your Music (playlistmachinery.com), such as Kaggle's Spotify top lists",
    recognises=recognises,
    columns=_COLUMNS,
    artists=one_artist,
    units=dict.fromkeys(_PERCENT, "percent") | {"duration_ms": "s"},
)
