"""Units of columns: which there are, how they become a field's own, and which one the values are in.

A unit is found out for a column as a whole, from the name and from values: a column of percentages holds some below 1
too. What is found comes with how sure it is and why, as people will want to correct it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts when they are first asked for

from data.fields import FIELDS, NUMERIC_FIELDS
from data.mapping.synonyms import COUNTED

Change = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that a column may be in.

    Parameters
    ----------
    name
        As ``--unit FIELD=NAME`` takes it; empty for the field's own.
    meaning
        What the numbers are, as "values from 2 to 98 look like ..." goes on.
    own
        Brings numbers to the field's own unit.
    back
        Undoes ``own``; for ranks, which cannot be undone, nothing happens.
    """

    name: str
    meaning: str
    own: Change
    back: Change


def _scaled(name: str, meaning: str, factor: float) -> Unit:
    return Unit(name, meaning, lambda x: x * factor, lambda x: x / factor)


def _same(meaning: str, name: str = "") -> Unit:
    return Unit(name, meaning, lambda x: x, lambda x: x)


def _decibels(amplitudes: np.ndarray) -> np.ndarray:
    known = np.where(amplitudes > 0, amplitudes, np.nan)
    return 20 * np.log10(known)


def percentile_ranks(counts: np.ndarray) -> np.ndarray:
    """Return ranks from 0 (fewest) to 100 (most), tied ones averaged, NaN where a count is missing or negative.

    >>> percentile_ranks(np.array([10.0, 500, 500, np.nan, 9_000_000])).tolist()
    [0.0, 50.0, 50.0, nan, 100.0]
    """
    known = np.isfinite(counts) & (counts >= 0)
    ranks = np.full(len(counts), np.nan)
    n_known = int(known.sum())
    ranks[known] = (scipy.stats.rankdata(counts[known]) - 1) * 100 / (n_known - 1) if n_known > 1 else 50.0
    return ranks


def _milliseconds(mixed: np.ndarray) -> np.ndarray:
    return np.where(np.abs(mixed) < LONGEST_MIN, mixed * 60_000, mixed)


LONGEST_MIN = 60
"""Where minutes and milliseconds are mixed, numbers below this one are minutes."""

_INTERVAL = tuple(name for name, f in FIELDS.items() if (f.low, f.high) == (0, 1) and not f.is_categorical)
_SHARES = (_same("values from 0 to 1"), _scaled("percent", "percent", 0.01), _scaled("tenths", "0 to 10", 0.1))

_UNITS: Mapping[str, tuple[Unit, ...]] = {
    **dict.fromkeys(_INTERVAL, _SHARES),
    "loudness": (
        _same("decibels"),
        Unit("positive dB", "decibels without their minus sign", np.negative, np.negative),
        Unit("amplitude", "amplitudes", _decibels, lambda x: 10 ** (x / 20)),
    ),
    "tempo": (_same("beats per minute"),),
    "duration_ms": (
        _same("milliseconds"),
        _scaled("s", "seconds", 1_000),
        _scaled("min", "minutes", 60_000),
        _same("minutes and seconds", "m:ss"),
        _same("minutes and seconds that a spreadsheet took for hours and minutes", "m:ss:00"),
        _same("ISO 8601 durations", "ISO 8601"),
        Unit("min or ms", "minutes and milliseconds mixed", _milliseconds, lambda x: x),
    ),
    "popularity": (
        _same("a score of 0 to 100"),
        _scaled("ratio", "a score of 0 to 1", 100),
        _scaled("tenths", "a score of 0 to 10", 10),
        Unit("count", "counts", percentile_ranks, lambda x: x),
    ),
    "key": (
        _same("pitch classes from 0"),
        Unit("from 1", "pitch classes from 1", lambda x: x - 1, lambda x: x + 1),
    ),
    "release_date": (
        _same("dates"),
        _same("day before month", "day/month"),
        _same("month before day", "month/day"),
        _same("days as spreadsheets count them", "spreadsheet days"),
        _same("seconds since 1970", "epoch s"),
        _same("milliseconds since 1970", "epoch ms"),
    ),
}

UNITS: Mapping[str, Mapping[str, Unit]] = {
    name: {unit.name: unit for unit in _UNITS.get(name, (_same("values"),))}
    for name in (*NUMERIC_FIELDS, "release_date")
}
"""The units a column of each field may be in, by name; ``""`` is the field's own."""


@dataclass(frozen=True, slots=True)
class Found:
    """A unit found out from values.

    Parameters
    ----------
    unit
        Its name in `UNITS`.
    fits
        Share of the values that are possible for the field in this unit.
    confidence
        0 to 1; below `SURE` other columns of the table may decide.
    why
        A clause: what the values look like.
    """

    unit: str
    fits: float
    confidence: float
    why: str


SURE = 0.8
TELLING = 0.05
"""Share of the values that decides on a scale: fewer are oddities."""

LONGEST_SONG_MIN, LONGEST_SONG_S = 25, 6_000
"""A median duration up to the first is in minutes, up to the second in seconds, above in milliseconds."""


def found_unit(field: str, numbers: np.ndarray, words: Collection[str] = ()) -> Found:
    """Return the unit of a numeric field's column.

    Parameters
    ----------
    field
        A numeric field.
    numbers
        Finite values, shape (n,), n > 0, in any order.
    words
        Words of the column's name, which tell where the values do not.

    >>> found_unit("energy", np.array([53.0, 8, 97])).unit, found_unit("duration_ms", np.array([3.2, 4.5])).unit
    ('percent', 'min')
    """
    find = _interval if field in _INTERVAL else _FINDERS.get(field, _plain)
    return find(field, numbers, frozenset(words))


def _ends(numbers: np.ndarray) -> str:
    return f"values from {numbers.min():.4g} to {numbers.max():.4g}"


def _within(numbers: np.ndarray, low: float, high: float) -> float:
    return float(np.mean((numbers >= low) & (numbers <= high)))


def _found(field: str, unit: str, numbers: np.ndarray, confidence: float) -> Found:
    own = UNITS[field][unit].own(numbers)
    known = FIELDS[field]
    fits = _within(own, known.low, known.high)
    return Found(unit, fits, confidence, f"{_ends(numbers)} look like {UNITS[field][unit].meaning}")


def _plain(field: str, numbers: np.ndarray, words: frozenset[str]) -> Found:
    return _found(field, "", numbers, 1.0)


def _whole(numbers: np.ndarray) -> bool:
    return bool((numbers == np.floor(numbers)).all())


LOW_MARK = 5
"""Marks of a scale of 0 to 10 reach beyond this one."""

_RATED = ("danceability", "energy", "valence")
"""Fields whose percentages reach beyond 10 in any table."""


def _interval(field: str, numbers: np.ndarray, words: frozenset[str]) -> Found:
    over = _within(numbers, np.nextafter(1, 2), 100)
    if over >= TELLING or (_whole(numbers) and over > 0):
        highest = np.quantile(numbers, 0.99)
        if field in _RATED and highest <= LOW_MARK:
            return Found("", 0.0, 0.0, f"{_ends(numbers)} are of no known scale")
        if field in _RATED and highest <= 10:
            return _found(field, "tenths", numbers, 0.7)
        return _found(field, "percent", numbers, 0.95 if over >= TELLING else 0.6)
    said = bool({"percent", "pct", "percentage", "perc", "100"} & words)
    if numbers.max() > 1 or _whole(numbers) or said:
        return _found(field, "", numbers, 0.6)
    return _found(field, "", numbers, 1.0)


def _loudness(field: str, numbers: np.ndarray, words: frozenset[str]) -> Found:
    if np.mean(numbers < 0) >= 0.5:
        return _found(field, "", numbers, 1.0)
    if numbers.min() >= 0 and numbers.max() <= 1:
        return _found(field, "amplitude", numbers, 0.5)
    return _found(field, "positive dB", numbers, 0.7)


def _tempo(field: str, numbers: np.ndarray, words: frozenset[str]) -> Found:
    known = numbers[numbers > 0]
    return _found(field, "", known if len(known) else numbers, 1.0)


def _duration(field: str, numbers: np.ndarray, words: frozenset[str]) -> Found:
    known = numbers[numbers > 0]
    if not len(known):
        return _found(field, "", numbers, 0.3)
    if np.mean(known < LONGEST_MIN) >= TELLING and np.mean(known >= LONGEST_SONG_S) >= TELLING:
        return _found(field, "min or ms", known, 0.7)
    median = float(np.median(known))
    unit = "min" if median <= LONGEST_SONG_MIN else "s" if median < LONGEST_SONG_S else ""
    return _found(field, unit, known, _agreement(unit, words))


def _agreement(unit: str, words: frozenset[str]) -> float:
    """Return how sure a unit of duration is, given what the name says."""
    said = next((name for name, names in _SAID.items() if words & names), None)
    return 0.9 if said is None else 1.0 if said == unit else 0.7


_SAID: Mapping[str, frozenset[str]] = {
    "": frozenset(("ms", "msec", "milliseconds", "millis")),
    "s": frozenset(("s", "sec", "secs", "seconds")),
    "min": frozenset(("min", "mins", "minutes")),
}


def _popularity(field: str, numbers: np.ndarray, words: frozenset[str]) -> Found:
    known = numbers[numbers >= 0]
    if len(known) and (np.mean(known > 100) >= TELLING or words & COUNTED):
        found = _found(field, "count", known, 0.8)
        return Found("count", _within(numbers, 0, np.inf), found.confidence, found.why)
    if not _whole(numbers) and numbers.max() <= 1:
        return _found(field, "ratio", numbers, 0.9)
    return _found(field, "", numbers, 1.0 if numbers.max() > 10 else 0.8)


def _key(field: str, numbers: np.ndarray, words: frozenset[str]) -> Found:
    known = numbers[numbers >= 0]
    if not len(known) or not _whole(known):
        return Found("", 0.0, 0.0, f"{_ends(numbers)} are no pitch classes")
    return _found(field, "from 1" if known.min() == 1 and known.max() == 12 else "", known, 1.0)


def _code(field: str, numbers: np.ndarray, words: frozenset[str]) -> Found:
    found = _found(field, "", numbers, 1.0)
    return found if _whole(numbers) else Found("", 0.0, 0.0, f"{_ends(numbers)} are no codes")


_FINDERS: Mapping[str, Callable[[str, np.ndarray, frozenset[str]], Found]] = {
    "loudness": _loudness,
    "tempo": _tempo,
    "duration_ms": _duration,
    "popularity": _popularity,
    "key": _key,
    "mode": _code,
    "explicit": _code,
    "time_signature": _code,
}
