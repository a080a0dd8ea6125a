"""Playlists exported with Exportify, whose two versions name and join columns differently.

The columns are those of the exporters' own sources: github.com/watsonbox/exportify (``TracksBaseData``,
``TracksArtistsData``, ``TracksAudioFeaturesData``) and github.com/pavelkomarov/exportify.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.adapters.adapter import Adapter, comma_artists
from data.fields import AUDIO_FEATURES
from data.mapping.names import plain_name

_SHARED = {
    "track uri": "track_id",
    "spotify uri": "track_id",
    "spotify id": "track_id",
    "track id": "track_id",
    "track name": "track_name",
    "artist name(s)": "artists",
    "album name": "album_name",
    "explicit": "explicit",
    "popularity": "popularity",
    "added by": "m_added_by",
    "added at": "m_added_at",
    "isrc": "m_isrc",
} | {name.replace("_", " "): name for name in AUDIO_FEATURES if name != "duration_ms"}

_WATSONBOX = _SHARED | {
    "artist uri(s)": "artist_ids",
    "album release date": "release_date",
    "track duration (ms)": "duration_ms",
    "artist genres": "genres",
    "album genres": "m_album_genres",
    "album uri": "m_album_uri",
    "album artist uri(s)": "m_album_artist_uris",
    "album artist name(s)": "m_album_artist_names",
    "album image url": "",
    "track preview url": "",
    "disc number": "c_disc_number",
    "track number": "c_track_number",
}

_PAVELKOMAROV = _SHARED | {
    "artist ids": "artist_ids",
    "artist id(s)": "artist_ids",
    "release date": "release_date",
    "duration (ms)": "duration_ms",
    "genres": "genres",
    "record label": "m_record_label",
    "label": "m_record_label",
    "camelot": "m_camelot",
}


def _has_names(columns: Sequence[str]) -> bool:
    plain = {plain_name(column) for column in columns}
    return {"trackname", "artistnames"} <= plain and bool(plain & {"trackuri", "spotifyuri", "spotifyid", "trackid"})


def is_watsonbox(columns: Sequence[str]) -> bool:
    """Return whether titles, artists and links stand beside columns that only watsonbox's version has."""
    plain = {plain_name(column) for column in columns}
    return _has_names(columns) and bool(plain & {"trackdurationms", "artisturis", "albumreleasedate"})


def is_pavelkomarov(columns: Sequence[str]) -> bool:
    """Return whether titles, artists and links stand beside "Duration (ms)" or "Added At"."""
    plain = {plain_name(column) for column in columns}
    return _has_names(columns) and bool(plain & {"durationms", "addedat", "releasedate"})


WATSONBOX = Adapter(
    name="exportify-watsonbox",
    meaning="Playlists exported with Exportify (watsonbox)",
    recognises=is_watsonbox,
    columns=_WATSONBOX,
    artists=comma_artists,
)

PAVELKOMAROV = Adapter(
    name="exportify-pavelkomarov",
    meaning="Playlists exported with Exportify (pavelkomarov)",
    recognises=is_pavelkomarov,
    columns=_PAVELKOMAROV,
    artists=comma_artists,
)
