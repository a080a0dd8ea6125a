"""Dates as far as they are known: to the day, the month or the year; no part is made up and nothing is refused.

Of a date with impossible parts the sound ones are kept: of 1999-13-45 the year, of 1999-02-30 the month. A decade has
no year. Whether 3/4/2008 is in March or in April is decided by the whole column; where nothing decides, the year alone
is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.mapping.content import as_text

FIRST_YEAR = 1860
"""The year of the oldest sound recordings; an earlier date is a placeholder such as 0000 or 1800."""

DAY_FIRST, MONTH_FIRST = "day/month", "month/day"

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_WEEKDAY = r"^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_END = r"(?:[^0-9a-z].*|t\d.*)?$"

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("decade", r"^(?:the\s+)?'?(?P<decade>\d{2}|\d{3}0)'?\s?s$"),
    ("iso", r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})" + _END),
    ("dots", r"^(?P<year>\d{4})\.(?P<month>\d{1,2})\.(?P<day>\d{1,2})" + _END),
    ("month", r"^(?P<year>\d{4})[-/](?P<month>\d{1,2})" + _END),
    ("compact", r"^(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})(?:t\d.*)?$"),
    ("numbers", r"^(?P<first>\d{1,2})(?P<mark>[/.-])(?P<second>\d{1,2})[/.-](?P<year>\d{4}|\d{2})" + _END),
    ("month of year", r"^(?P<month>\d{1,2})[/.-](?P<year>\d{4})$"),
    ("day name", _WEEKDAY + r"(?P<day>\d{1,2})(?:st|nd|rd|th|\.)?[\s-]*(?P<name>" + _MONTH + r")\.?,?[\s-]+"
     r"(?P<year>\d{4}|\d{2})" + _END),
    ("name day", _WEEKDAY + r"(?P<name>" + _MONTH + r")\.?[\s-]+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?[\s-]+"
     r"(?P<year>\d{4})" + _END),
    ("name year", r"^(?P<name>" + _MONTH + r")\.?,?[\s-]+(?P<year>\d{4}|\d{2})$"),
    ("year", r"^(?P<year>\d{4})(?:\.0+)?" + _END),
    ("year inside", r"^(?:.*[^0-9])?(?P<year>1[89]\d{2}|20\d{2})(?:[^0-9].*)?$"),
)  # fmt: skip
"""What dates look like, lower case, tried in this order; the first that fits reads a text."""


@dataclass(frozen=True, eq=False, slots=True)
class Dates:
    """Dates of a column.

    Parameters
    ----------
    text
        ISO text as far as known, such as ``1999`` or ``1999-11-05``; string of shape (n,), null where not known.
    precision
        ``year``, ``month`` or ``day``; string of shape (n,), null where there is no date.
    year
        float64 of shape (n,), NaN where there is no date.
    n_unread
        Cells that are there and have no date, those below included.
    order
        What decided on day and month: `DAY_FIRST`, `MONTH_FIRST`, or empty where the question did not arise.
    notes
        Sentences about dates that were left out or are known in part.
    """

    text: pa.Array
    precision: pa.Array
    year: np.ndarray
    n_unread: int
    order: str
    notes: tuple[str, ...]


@dataclass(frozen=True, eq=False, slots=True)
class _Parts:
    """Integers of shape (n,), 0 where not known; ``year`` is -1 for a decade."""

    year: np.ndarray
    month: np.ndarray
    day: np.ndarray


def dates(cells: pa.ChunkedArray, *, unit: str = "", today: date | None = None) -> Dates:
    """Read a column of dates.

    Parameters
    ----------
    cells
        Text, numbers, dates or timestamps, shape (n,). The number 0 is an empty cell.
    unit
        A unit of ``release_date`` in `data.mapping.units.UNITS`; by default found out.
    today
        Later dates are missing; by default the current date.

    >>> found = dates(pa.chunked_array([["1999-13-45", "26/11/2008", "Nov 2008", "90s"]]), today=date(2020, 1, 1))
    >>> found.text.to_pylist(), found.precision.to_pylist(), found.order
    (['1999', '2008-11-26', '2008-11', None], ['year', 'day', 'month', None], 'day/month')
    """
    today = today or date.today()
    is_number = pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type)
    encoded = (cells if is_number else as_text(cells)).combine_chunks().dictionary_encode()
    present = encoded.indices.is_valid().to_numpy(zero_copy_only=False)
    codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()
    counts = np.bincount(codes, minlength=len(encoded.dictionary) + 1)[:-1]
    if is_number:
        parts, order, notes = _of_numbers(encoded.dictionary, unit), "", []
        numbers = _floats(encoded.dictionary)
        present &= np.append(~np.isnan(numbers) & (numbers != 0), False)[codes]
    else:
        parts, order, notes = _of_texts(encoded.dictionary, counts, unit, today)
    return _dated(parts, codes, present, counts, order, notes, today)


def _floats(array: pa.Array) -> np.ndarray:
    return array.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)


def found_number_unit(numbers: np.ndarray) -> str:
    """Return what numbers in a column of dates count: years and 19991105 ("") or a unit of ``release_date``.

    >>> found_number_unit(np.array([1999.0, 2004])), found_number_unit(np.array([36526.0, 40000]))
    ('', 'spreadsheet days')
    """
    median = float(np.median(numbers)) if len(numbers) else 0.0
    for unit, low, high in (("spreadsheet days", 10_000, 80_000), ("epoch s", 2e8, 1e10), ("epoch ms", 2e11, 1e14)):
        if low <= median < high:
            return unit
    return ""


def _of_numbers(values: pa.Array, unit: str) -> _Parts:
    numbers = np.nan_to_num(_floats(values), nan=0.0, posinf=0.0, neginf=0.0)
    unit = unit or found_number_unit(numbers[numbers > 0])
    if unit in _DAYS:
        start, per_day = _DAYS[unit]
        days = np.clip(np.floor(numbers / per_day), -1e6, 1e6).astype("timedelta64[D]")
        parts = _of_days(np.datetime64(start) + days)
        return _Parts(np.where(numbers == 0, 0, parts.year), parts.month, parts.day)
    whole = np.clip(np.floor(numbers), 0, 99_991_231).astype(np.int64)
    compact = whole >= 10_000_000
    return _Parts(
        np.where(compact, whole // 10_000, np.where(whole < 10_000, whole, 0)),
        np.where(compact, whole // 100 % 100, 0),
        np.where(compact, whole % 100, 0),
    )


_DAYS: Mapping[str, tuple[str, float]] = {
    "spreadsheet days": ("1899-12-30", 1.0),
    "epoch s": ("1970-01-01", 86_400.0),
    "epoch ms": ("1970-01-01", 86_400_000.0),
}
"""Day 0 and numbers per day."""


def _of_days(days: np.ndarray) -> _Parts:
    months = days.astype("datetime64[M]")
    years = months.astype("datetime64[Y]")
    return _Parts(
        years.astype(np.int64) + 1970,
        (months - years.astype("datetime64[M]")).astype(np.int64) + 1,
        (days - months.astype("datetime64[D]")).astype(np.int64) + 1,
    )


def _of_texts(texts: pa.Array, counts: np.ndarray, unit: str, today: date) -> tuple[_Parts, str, list[str]]:
    """Return the parts of distinct texts, given how often each stands in the column."""
    lower = pc.utf8_lower(pc.utf8_trim_whitespace(texts))
    parts = _Parts(*(np.zeros(len(texts), np.int64) for _ in range(3)))
    open_ = np.ones(len(texts), bool)
    order, notes = "", []
    for name, pattern in _PATTERNS:
        places = np.flatnonzero(open_)
        if not len(places):
            break
        groups = pc.extract_regex(lower.take(places), pattern)
        fits = groups.is_valid().to_numpy(zero_copy_only=False)
        if not fits.any():
            continue
        places, groups = places[fits], groups.filter(pa.array(fits))
        open_[places] = False
        if name == "numbers":
            order, said = _ordered(groups, counts[places], unit)
            notes += said
        _fill(parts, places, groups, order, today)
    return parts, order, notes


def _fill(parts: _Parts, places: np.ndarray, groups: pa.StructArray, order: str, today: date) -> None:
    names = [field.name for field in groups.type]
    if "decade" in names:
        parts.year[places] = -1
        return
    parts.year[places] = _full_years(groups.field("year"), today)
    if "first" in names:
        first, second = _integers(groups.field("first")), _integers(groups.field("second"))
        dots = _with_dots(groups)
        day_first = (dots if order == "" else order == DAY_FIRST) & (second <= 12) | (first > 12)
        known = (first == second) | dots | (order != "")
        parts.month[places] = np.where(known, np.where(day_first, second, first), 0)
        parts.day[places] = np.where(known, np.where(day_first, first, second), 0)
    if "month" in names:
        parts.month[places] = _integers(groups.field("month"))
    if "name" in names:
        parts.month[places] = _integers(pc.index_in(pc.utf8_slice_codeunits(groups.field("name"), 0, 3), _NAMES)) + 1
    if "day" in names:
        parts.day[places] = _integers(groups.field("day"))


_NAMES = pa.array(_MONTHS)


def _integers(array: pa.Array) -> np.ndarray:
    return array.cast(pa.int64()).to_numpy(zero_copy_only=False)


def _full_years(years: pa.Array, today: date) -> np.ndarray:
    """Return years in full: of two digits, those up to this year's are of this century."""
    found = _integers(years)
    short = pc.utf8_length(years).to_numpy(zero_copy_only=False) == 2
    century = np.where(found <= today.year % 100, 2000, 1900)
    return np.where(short, found + century, found)


def _with_dots(groups: pa.StructArray) -> np.ndarray:
    """Days stand first where dots separate them, as DIN 5008 has it."""
    return pc.equal(groups.field("mark"), ".").to_numpy(zero_copy_only=False)


def _ordered(groups: pa.StructArray, counts: np.ndarray, unit: str) -> tuple[str, list[str]]:
    """Return whether days or months stand first, by the dates that can only be read in one way."""
    if unit in (DAY_FIRST, MONTH_FIRST):
        return unit, []
    first, second = _integers(groups.field("first")), _integers(groups.field("second"))
    day_first = int(counts[(first > 12) & (second <= 12)].sum())
    month_first = int(counts[(second > 12) & (first <= 12)].sum())
    if day_first != month_first:
        return (DAY_FIRST if day_first > month_first else MONTH_FIRST), []
    unclear = int(counts[(first != second) & ~_with_dots(groups)].sum())
    said = f"Nothing says whether the day or the month stands first in {unclear:,} dates: their years alone are kept."
    return "", [said] if unclear else []


_LENGTHS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


def _sound(parts: _Parts) -> _Parts:
    month = np.where((parts.month >= 1) & (parts.month <= 12), parts.month, 0)
    leap = (parts.year % 4 == 0) & ((parts.year % 100 != 0) | (parts.year % 400 == 0))
    last = _LENGTHS[month] + (leap & (month == 2))
    return _Parts(parts.year, month, np.where((parts.day >= 1) & (parts.day <= last), parts.day, 0))


def _dated(
    found: _Parts,
    codes: np.ndarray,
    present: np.ndarray,
    counts: np.ndarray,
    order: str,
    notes: list[str],
    today: date,
) -> Dates:
    parts = _sound(found)
    late = _is_late(parts, today)
    early = (parts.year >= 0) & (parts.year < FIRST_YEAR) & (found.year != 0)
    decade = parts.year == -1
    good = (parts.year >= FIRST_YEAR) & ~late
    number = np.where(good, parts.year * 10_000 + parts.month * 100 + parts.day, 0)
    distinct, place = np.unique(np.append(number, 0), return_inverse=True)
    rows = pa.array(place[codes])
    years = np.where(distinct > 0, distinct // 10_000, np.nan)
    told = (
        (decade, "decade is no year: {:,} dates are missing"),
        (late, f"{{:,}} dates lie after {today.isoformat()} and are missing"),
        (early, f"{{:,}} dates lie before {FIRST_YEAR} and are missing"),
    )
    said = [_sentence(text, int(counts[which].sum())) for which, text in told if counts[which].sum()]
    return Dates(
        text=pa.array([_iso(n) for n in distinct.tolist()], pa.string()).take(rows),
        precision=pa.array([_precision(n) for n in distinct.tolist()], pa.string()).take(rows),
        year=years[place[codes]],
        n_unread=int((present & ~np.append(good, False)[codes]).sum()),
        order=order,
        notes=(*notes, *said),
    )


def _sentence(text: str, n: int) -> str:
    made = text.format(n).replace("1 dates are", "1 date is").replace("1 dates lie", "1 date lies")
    return ("A " if made.startswith("decade") else "") + (made if n != 1 else made.replace("and are", "and is")) + "."


def _is_late(parts: _Parts, today: date) -> np.ndarray:
    """Return which dates have begun after ``today``, as far as they are known."""
    month = np.where(parts.month == 0, 1, parts.month)
    day = np.where(parts.day == 0, 1, parts.day)
    return parts.year * 10_000 + month * 100 + day > today.year * 10_000 + today.month * 100 + today.day


def _iso(number: int) -> str | None:
    year, month, day = number // 10_000, number // 100 % 100, number % 100
    parts = [f"{year:04d}", *([f"{month:02d}"] if month else []), *([f"{day:02d}"] if month and day else [])]
    return "-".join(parts) if number else None


def _precision(number: int) -> str | None:
    if not number:
        return None
    return "day" if number % 100 else "month" if number // 100 % 100 else "year"
