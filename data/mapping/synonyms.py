"""What columns of tables of tracks are called, by field, and which names speak of no sound.

Names are compared by `names.plain_name`: without case, spaces, underscores and punctuation. What is taken for
what is content's to confirm (`data.mapping.claims`): "release" is a date in one table and an album in another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from data.fields import FIELDS
from data.mapping.names import name_words, plain_name


def _listed(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    return {field: tuple(text.split(", ")) for field, text in names.items()}


SYNONYMS: Mapping[str, tuple[str, ...]] = _listed(
    {
        "track_id": "id, track uri, uri, spotify id, spotify uri, spotify track id, song id, track key, track "
        "url, spotify url, track link, spotify link, track href, file name, filename, file",
        "track_name": "title, name, song, track, song name, song title, track title, recording title, titel, "
        "titre, titulo, titolo, nom du titre, cancion, canzone, lied, musica",
        "artists": "artist, artist name, artist names, artists names, artist s name, track artist, track "
        "artists, performer, performers, singer, singers, band, band name, main artist, primary artist, "
        "artist credit, musician, act, group name, song artist, interpret, interprete, artiste, artista, "
        "kunstler, performed by, artist s",
        "artist_ids": "artist ids, artist id, id artists, artists id, artist uri, artist uris, artists uri, "
        "spotify artist id, artist spotify id",
        "album_name": "album, album title, track album name, release, release title, record, album track",
        "playlist_name": "playlist, playlist title",
        "genre": "track genre, top genre, main genre, primary genre, genre top, music genre, playlist genre, "
        "parent genre, genre name, genero, song genre, genre label",
        "genres": "artist genres, genre s, tags, tag, genre tags, all genres, track genres, genre list, top "
        "tags, music genres, album genres, genero s, spotify genres",
        "subgenre": "sub genre, playlist subgenre, style, micro genre, secondary genre, sub genres",
        "popularity": "pop, track popularity, song popularity, spotify popularity, popular, popularite, "
        "popularity percent, track pop",
        "release_date": "album release date, track album release date, album date, date released, released, "
        "year, release year, released year, album year, year released, year of release, date of release, "
        "first release date, original release date, publication date, published, release, track year, song "
        "year, album release year, original year, album released, jahr, annee, ano, anno, erscheinungsjahr, "
        "erscheinungsdatum, released on, decade, album date released, release decade",
        "explicit": "explicit lyrics, is explicit, explicit content, parental advisory, explicit flag",
        "danceability": "dance, dnce, danceable, danceabillity",
        "energy": "nrgy, energetic, energie, energia",
        "loudness": "db, loudness db, loud, overall loudness, volume, volume db, lautstarke, lufs",
        "speechiness": "speech, spch, spoken, spokenness",
        "acousticness": "acoustic, acous, acoustics, acousticity, acoustical",
        "instrumentalness": "instrumental, instr, instrumentality, instrumentals",
        "liveness": "live, liveliness",
        "valence": "val, positiveness, positivity, happiness, happy, mood valence",
        "tempo": "bpm, beats per minute, beats per minute bpm, tempo bpm, bpm tempo, beats minute",
        "duration_ms": "duration, length, length duration, track length, song length, track duration, dur, "
        "song duration, runtime, run time, track time, playtime, playing time, total time, song time, "
        "milliseconds, ms, dauer, duree, durata, duracion, duration in min ms, length s, lange",
        "key": "musical key, track key, key signature, tonic, pitch class, tonality, camelot, tonart, camelot "
        "key, key name, root note, song key",
        "mode": "major minor, scale, modality, track mode, mode name, audio mode, is major",
        "time_signature": "time sig, meter, metre, beats per bar, beats per measure, signature",
    }
)
"""Other names of a field, beside its own."""

WEAK_SYNONYMS: Mapping[str, tuple[str, ...]] = _listed(
    {
        "track_id": "isrc, url, link, href, path",
        "genre": "label, class, category, genres top, type of music",
        "popularity": "streams, stream, plays, play count, playcount, stream count, total streams, spotify "
        "streams, listens, listen count, scrobbles, listeners, views, view count, track listens, hotttnesss, "
        "song hotttnesss, streams total, play counts, total plays, number of plays",
        "release_date": "date",
        "duration_ms": "time, minutes, seconds",
        "artists": "creator, author, by",
        "energy": "intensity",
    }
)
"""Names that say one thing in one table and something else in the next: taken where nothing better is there."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTED = _words("plays playcount playcounts streams stream listens listen scrobbles listeners views view")
"""Words of names for `popularity` that count rather than score."""

CONTEXT_WORDS = COUNTED | _words(
    "count counts counter number num nr no total sum votes vote likes like dislikes loves shares comments comment "
    "followers follower fans fan favorites favourites interest saves downloads purchases sales revenue price "
    "rank ranking rating position pos place chart charts week weeks day days month year years date decade "
    "id ids index idx row rowid code isrc upc ean timestamp epoch unix bit bitrate sample samples samplerate bytes "
    "size disc disk popularity popular target label class cluster fold split available markets playlists age "
    "latitude longitude zip hotness hotttnesss familiarity added created updated modified"
)
"""Words of names of numbers that are known about a track and not heard in it."""

CHART_WORDS = frozenset(("rank", "ranking", "position", "chart", "week", "peak"))
"""Where one names a column, a column called "date" says when a track stood in a chart."""

FUZZY = 0.79
"""Similarity (1 - optimal string alignment distance / longer length) from which a misspelt name counts that
begins with the right letter."""
SHORTEST_FUZZY = 5
SAME, SYNONYM, DECORATED, CLOSE, WEAK = 1.0, 0.95, 0.9, 0.85, 0.6
"""Confidence in a name before the values are looked at."""

_BEFORE = _words(
    "track song audio feature features spotify sp music my the avg average mean af rhythm tonal metadata properties "
    "librosa essentia"
)
_AFTER = _words("score value level feature avg average mean")
_MEASURES: Mapping[str, frozenset[str]] = {
    "duration_ms": _words(
        "ms msec msecs millis milliseconds s sec secs second seconds min mins minute minutes in m ss mm hh h mss mmss"
    ),
    "loudness": _words("db dbfs lufs in"),
    "tempo": _words("bpm"),
    "release_date": _words("yyyy mm dd"),
}
_SCALE = _words("percent pct percentage perc in 0 1 10 100 to scale")


def _table(synonyms: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for field, names in synonyms.items():
        for name in names:
            plain = plain_name(name)
            found[plain] = (*found.get(plain, ()), field)
    return found


_OWN = {plain_name(name): (name,) for name in (*FIELDS, "release_date", "artist_ids") if name != "release_year"}
_KNOWN = _table(SYNONYMS)
_WEAK = _table(WEAK_SYNONYMS)
_SPELLINGS = tuple(name for name in {**_OWN, **_KNOWN} if len(name) >= SHORTEST_FUZZY)

Named = tuple[str, float, str]
"""Field, confidence in the name, and why."""


def fields_named(columns: Sequence[str]) -> list[list[Named]]:
    """Return, for every column name, the fields it may stand for with confidence and reason, the surest first.

    >>> fields_named(["Tempo", "dancability", "Duration (min)", "colour"])[:2]
    [[('tempo', 1.0, 'same name')], [('danceability', 0.85, "name close to 'danceability'")]]
    """
    found = [_exactly_named(column) for column in columns]
    unknown = [i for i, named in enumerate(found) if not named]
    for i, close in zip(unknown, _closely_named([columns[i] for i in unknown]), strict=True):
        found[i] = close
    return found


def _exactly_named(column: str) -> list[Named]:
    plain = plain_name(column)
    named = [(field, SAME, "same name") for field in _OWN.get(plain, ())]
    named += [(field, SYNONYM, "known synonym") for field in _KNOWN.get(plain, ())]
    named += [(field, _weakness(field, plain), "weak synonym") for field in _WEAK.get(plain, ())]
    return named or _decorated(column)


def _weakness(field: str, plain: str) -> float:
    """Of two weak synonyms, the one that stands first in the table is the surer."""
    return WEAK - 0.001 * [plain_name(name) for name in WEAK_SYNONYMS[field]].index(plain)


def _decorated(column: str) -> list[Named]:
    """Fields of a name such as ``audio_features.energy``, ``tempo_mean`` or ``Duration (min)`` without its frills."""
    words = list(name_words(column))
    while len(words) > 1 and words[0] in _BEFORE and "".join(words) not in _OWN:
        words = words[1:]
    measures: list[str] = []
    for _ in range(len(words)):
        plain = "".join(words)
        fields = _OWN.get(plain) or _KNOWN.get(plain) or ()
        fitting = [field for field in fields if set(measures) <= _AFTER | _MEASURES.get(field, _SCALE)]
        if fitting:
            return [(field, DECORATED, "known synonym") for field in fitting]
        measures.append(words.pop() if len(words) > 1 else "")
    return []


def _closely_named(columns: list[str]) -> list[list[Named]]:
    if not columns:
        return []
    plain = [plain_name(column) for column in columns]
    alike = cdist(plain, _SPELLINGS, scorer=OSA.normalized_similarity, score_cutoff=FUZZY, dtype=np.float32)
    best = alike.argmax(axis=1)
    return [
        [(field, CLOSE, f"name close to {spelling!r}") for field in _OWN.get(spelling) or _KNOWN[spelling]]
        if alike[i, best[i]] >= FUZZY and _may_be_misspelt(columns[i], spelling)
        else []
        for i, spelling in enumerate(_SPELLINGS[j] for j in best)
    ]


def _may_be_misspelt(column: str, spelling: str) -> bool:
    """Return whether the first letters agree and no word such as "id" was added: ``playlist_id`` is no playlist."""
    plain = plain_name(column)
    added = [word for word in CONTEXT_WORDS & set(name_words(column)) if word not in spelling]
    return len(plain) >= SHORTEST_FUZZY and plain[0] == spelling[0] and not added


def is_context(column: str) -> bool:
    """Return whether a name speaks of a count, a rank, an id or a time rather than of sound.

    >>> is_context("Added Week"), is_context("bit_rate"), is_context("mfcc1_mean"), is_context("Unnamed: 0")
    (True, True, False, True)
    """
    words = name_words(column)
    return bool(CONTEXT_WORDS & set(words)) or words[:1] == ("unnamed",) or not words
