"""Claims of columns to be fields: what a name promises, believed as far as the values bear it out.

A claim's confidence is that of the name times that of the content. A column of texts called "energy" claims nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from data.fields import FIELDS, NUMERIC_FIELDS
from data.genres.tags import commas_separate, split_tags
from data.mapping.cells import READERS, clock_ms
from data.mapping.content import Content
from data.mapping.dates import dates, found_number_unit
from data.mapping.synonyms import SAME
from data.mapping.units import UNITS, Found, found_unit

FITTING = 0.8
"""Share of the values that must be possible for the field, and of the cells that must be readable."""

FITTING_DATES = 0.6
"""The same for dates: many tables leave them half empty or write "unknown"."""

FEWEST = 0.5
"""A claim with less confidence is none."""

_TRACK_URI = re.compile(r"(?:spotify:track:|https?://(?:open|play)\.spotify\.com/(?:intl-\w+/)?track/)\w+\S*")
_URI = re.compile(r"(?:spotify:\w+:|https?://|www\.)\S+")
_SPOTIFY_ID = re.compile(r"[0-9A-Za-z]{22}")
_CLOCKED = re.compile(r"\d{1,2}:[0-5]\d")
_LIST_OF_NUMBERS = re.compile(r"[\[({]?\s*(?:\d+\s*[,;|]?\s*)*[\])}]?")
_LISTED = re.compile(r"[\[({].*[\])}]", re.DOTALL)
_MANY_TEXTS = 400
"""How many different texts are looked at where each takes time."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A column's claim to be a field.

    Parameters
    ----------
    place
        Position of the column in the table.
    field, unit, confidence, why
        As in `data.mapping.columns.Column`.
    unit_confidence
        How sure the unit is; below `data.mapping.units.SURE` the other columns of the table may decide.
    """

    place: int
    field: str
    unit: str
    confidence: float
    why: str
    unit_confidence: float = 1.0


def claim(
    place: int, field: str, name_confidence: float, why: str, content: Content, words: Collection[str] = ()
) -> Claim | None:
    """Return the claim of a column whose name promises a field; None where its content belies the name."""
    if not content.kind:
        return None
    found = _numeric(field, content, words, name_confidence) if field in NUMERIC_FIELDS else _CHECKS[field](content)
    least = FITTING_DATES if field == "release_date" else FITTING
    if found is None or found.fits < least:
        return None
    confidence = round(name_confidence * (0.7 + 0.3 * found.confidence) * (0.8 + 0.2 * found.fits), 3)
    told = f"{why}; {found.why}" if found.why and (found.unit or found.confidence < 1) else why
    return Claim(place, field, found.unit, confidence, told, found.confidence) if confidence >= FEWEST else None


def claims_of_content(place: int, content: Content, name: Collection[str]) -> list[Claim]:
    """Return what values alone are telling about: links to tracks, ids, lengths of time, keys, modes."""
    if content.kind != "text":
        return []
    found = [
        (field, confidence, why)
        for field, confidence, pattern, why in _TELLING
        if content.share([pattern.fullmatch(text) is not None for text in content.texts]) >= 0.95
    ]
    others = {"album", "artist", "playlist", "user", "artists"} & set(name)
    return [
        Claim(place, field, "m:ss" if field == "duration_ms" else "", confidence, why)
        for field, confidence, why in found
        if not (field == "track_id" and others) and (field != "duration_ms" or _song_lengths(content))
    ]


_KEY_NAME = re.compile(r"[A-G]\s?(?:♯|♭|#|b|[ -]?sharp|[ -]?flat)?\s(?:major|minor|maj|min)", re.IGNORECASE)
_TELLING = (
    ("track_id", 0.85, _TRACK_URI, "values are links to tracks"),
    ("track_id", 0.6, _SPOTIFY_ID, "values look like Spotify's ids"),
    ("duration_ms", 0.7, _CLOCKED, "values look like m:ss"),
    ("key", 0.6, _KEY_NAME, "values are names of keys"),
    ("mode", 0.6, re.compile(r"major|minor", re.IGNORECASE), "values are major and minor"),
)


def _song_lengths(content: Content) -> bool:
    minutes = np.repeat(clock_ms(content.texts), content.counts) / 60_000
    return bool(1 <= np.nanmedian(minutes) <= 15)


def _numeric(field: str, content: Content, words: Collection[str], name_confidence: float) -> Found | None:
    if content.kind in ("list", "date"):
        return None
    if field in READERS and content.texts:
        return _named_codes(field, content)
    if field == "duration_ms" and content.texts:
        return _lengths(content, words)
    if content.numeric_share < FITTING or (content.kind == "boolean" and field not in READERS):
        return None
    if field not in READERS and name_confidence < SAME and _is_flag(content):
        return None
    if signed := content.share([text.endswith("%") for text in content.texts]):
        return _signed(field, content, signed)
    return _cautious(found_unit(field, content.numbers, words), content)


def _is_flag(content: Content) -> bool:
    """Return whether a scale would be nothing but 0 and 1: "live" and "acoustic" may be yes and no."""
    return content.n_distinct == 2 and set(content.numbers.tolist()) <= {0.0, 1.0}


def _cautious(found: Found, content: Content) -> Found:
    """Count cells that are no numbers as not fitting."""
    return Found(found.unit, found.fits * min(1.0, content.numeric_share), found.confidence, found.why)


def _signed(field: str, content: Content, signed: float) -> Found | None:
    field_of = FIELDS[field]
    if (field_of.low, field_of.high) not in ((0, 1), (0, 100)):
        return None
    unit = "percent" if field_of.high == 1 and signed >= 0.5 else ""
    return Found(unit, content.numeric_share, 1.0, "values carry percent signs")


def _named_codes(field: str, content: Content) -> Found:
    read = READERS[field](content.texts)
    if np.isfinite(read).all() and content.numeric_share > 0.99:
        return found_unit(field, content.numbers)
    return Found("", content.share(np.isfinite(read)), 1.0, "values are words")


def _lengths(content: Content, words: Collection[str]) -> Found | None:
    timed = clock_ms(content.texts)
    share = content.share(np.isfinite(timed))
    if share >= 0.5:
        is_iso = content.share([text[:1] in "Pp" for text in content.texts]) >= 0.5
        unit = "ISO 8601" if is_iso else "m:ss:00" if _are_hours(content, timed) else "m:ss"
        why = UNITS["duration_ms"][unit].meaning
        return Found(
            unit, share + content.share(np.isnan(timed)) * content.numeric_share, 1.0, f"values look like {why}"
        )
    if content.numeric_share < FITTING:
        return None
    return _cautious(found_unit("duration_ms", content.numbers, words), content)


def _are_hours(content: Content, timed: np.ndarray) -> bool:
    """Return whether songs would last hours to the minute, as 3:13 does once a spreadsheet made 3:13:00 of it."""
    to_the_minute = content.share([text.count(":") == 2 and text.endswith(":00") for text in content.texts])
    return to_the_minute >= FITTING and float(np.nanmedian(timed)) >= 3_600_000


def _dates(content: Content) -> Found | None:
    if content.kind == "date":
        return Found("", 1.0, 1.0, "")
    if content.kind in ("boolean", "list"):
        return None
    is_text = bool(content.texts)
    numbers = content.numbers[content.numbers != 0]
    if not is_text and not len(numbers):
        return None
    cells = pa.array(content.texts if is_text else numbers)
    found = dates(pa.chunked_array([cells]))
    known = np.isfinite(found.year) | (_are_decades(content) if is_text else False)
    share = content.share(known) if is_text else float(np.mean(known))
    if is_text:
        return Found(found.order, share, 1.0, _order_words(found.order) if found.order else "values are dates")
    unit = found_number_unit(numbers)
    return Found(unit, share, 1.0, f"values are {UNITS['release_date'][unit].meaning}")


def _order_words(order: str) -> str:
    first, _, second = order.partition("/")
    return f"the {first} stands before the {second}"


def _are_decades(content: Content) -> np.ndarray:
    return np.array([re.fullmatch(r"'?\d{2,4}'?\s?s", text) is not None for text in content.texts], dtype=bool)


def _of_text(content: Content) -> Found | None:
    """Names: text that is no link; numbers for want of better, as an album may be called 1989."""
    if content.kind not in ("text", "list"):
        return Found("", 1.0, 0.0, "values are numbers") if content.kind == "number" else None
    linked = content.share([_URI.fullmatch(text) is not None for text in content.texts])
    return Found("", 1.0 - linked, 1.0 if content.numeric_share < 0.9 else 0.3, "")


def _of_names(content: Content) -> Found | None:
    """Titles and names of artists, of which no table has two."""
    found = _of_text(content)
    if found is None or content.kind == "number":
        return None
    return found if content.n_distinct > 2 or content.n_present <= 2 else None


def _of_ids(content: Content) -> Found | None:
    if content.kind == "number":
        whole = bool((content.numbers == np.floor(content.numbers)).all())
        return Found("", 1.0, 0.9, "") if whole and content.n_distinct > content.n_present / 2 else None
    if content.kind != "text":
        return None
    linked = content.share([_URI.fullmatch(text) is not None for text in content.texts])
    tracks = content.share([_TRACK_URI.fullmatch(text) is not None for text in content.texts])
    spaced = content.share([" " in text for text in content.texts])
    varied = min(1.0, 5 * content.n_distinct / content.n_present)
    return Found("", (1 - (linked - tracks)) * varied * (1 - spaced / 4), 1.0, "")


def _of_artist_ids(content: Content) -> Found | None:
    return Found("", 1.0, 1.0, "") if content.kind in ("text", "list", "number") else None


def _of_labels(content: Content) -> Found | None:
    """One label of several that come back; a list of labels is for `_of_tags`."""
    if content.kind != "text" or content.numeric_share > 0.5 or _is_listed(content):
        return None
    found = _of_text(content)
    too_many = content.n_present >= 40 and content.n_distinct > 0.8 * content.n_present
    return None if found is None or too_many else found


def _is_listed(content: Content) -> bool:
    bracketed = content.share([_LISTED.fullmatch(text) is not None for text in content.texts])
    separated = content.share([";" in text or "|" in text for text in content.texts])
    return bracketed >= 0.05 or separated >= 0.05 or commas_separate(content.texts)


def _of_tags(content: Content) -> Found | None:
    if content.kind not in ("text", "list"):
        return None
    numbered = content.share([_LIST_OF_NUMBERS.fullmatch(text) is not None for text in content.texts])
    some = split_tags(pa.array(content.texts[:: max(1, len(content.texts) // _MANY_TEXTS)])).to_pylist()
    long = np.mean([len(tag) > 60 for tags in some for tag in tags] or [0])
    empty = content.share([text in ("[]", "{}") for text in content.texts])
    return Found("", 1.0 - max(0.0, numbered - empty) - float(long), 1.0, "") if empty < 1 else None


_CHECKS: Mapping[str, Callable[[Content], Found | None]] = {
    "track_id": _of_ids,
    "track_name": _of_names,
    "artists": _of_names,
    "artist_ids": _of_artist_ids,
    "album_name": _of_text,
    "playlist_name": _of_text,
    "genre": _of_labels,
    "genres": _of_tags,
    "subgenre": _of_labels,
    "release_date": _dates,
}
