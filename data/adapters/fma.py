"""The Free Music Archive dataset: its tracks, and the Echo Nest features that came with it.

Defferrard et al., "FMA: A Dataset For Music Analysis", ISMIR 2017; github.com/mdeff/fma.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.adapters.adapter import Adapter, one_artist
from data.fields import AUDIO_FEATURES
from data.mapping.names import plain_name

ORIGIN = "FMA: A Dataset For Music Analysis (Defferrard et al., 2017), metadata under CC BY 4.0"
FEWEST_FEATURES = 4

_TRACK_COLUMNS = {
    "track_id": "track_id",
    "title": "track_name",
    "artist_name": "artists",
    "album_title": "album_name",
    "genre_top": "genre",
    "genres": "",
    "genres_all": "",
    "album_date_released": "release_date",
    "date_created": "release_date",
    "date_recorded": "m_date_recorded",
    "duration": "duration_ms",
    "listens": "popularity",
    "interest": "c_interest",
    "favorites": "c_favorites",
    "comments": "c_comments",
    "number": "c_number",
    "bit_rate": "c_bit_rate",
    "tags": "m_tags",
    "language_code": "m_language_code",
}

_COLUMNS = {
    spelling: field
    for name, field in _TRACK_COLUMNS.items()
    for spelling in ((name,) if name.startswith(("track", "album", "artist")) else (name, f"track_{name}"))
}


def is_tracks(columns: Sequence[str]) -> bool:
    """Return whether the top genre and the counts of the archive are there."""
    plain = {plain_name(column).removeprefix("track") for column in columns}
    return {"genretop", "title"} <= plain and bool({"listens", "interest", "datecreated"} & plain)


def is_echonest(columns: Sequence[str]) -> bool:
    """Return whether there are track ids and audio features, and nothing that names a track."""
    plain = {plain_name(column) for column in columns}
    features = plain & {plain_name(name) for name in AUDIO_FEATURES}
    return "trackid" in plain and len(features) >= FEWEST_FEATURES and plain == features | {"trackid"}


TRACKS = Adapter(
    name="fma",
    meaning="Tracks of the Free Music Archive with their top genre, listens and dates",
    recognises=is_tracks,
    columns=_COLUMNS,
    artists=one_artist,
    origin=ORIGIN,
    units={"popularity": "count", "duration_ms": "s"},
    notes=(
        "Where the date is date_created, it says when a track came to the Free Music Archive, not its first release.",
    ),
)

ECHO_NEST = Adapter(
    name="echonest",
    meaning="Audio features by The Echo Nest for tracks of the Free Music Archive, without titles",
    recognises=is_echonest,
    columns={"track_id": "track_id"} | {name: name for name in AUDIO_FEATURES},
    artists=one_artist,
    origin=ORIGIN,
)
