"""Closed ranges of numeric fields, and how an address writes them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from data.errors import SelectionError
from data.fields import FIELDS, NUMERIC_FIELDS, Field, in_a_sentence, is_own_number

RANGE_KEYS = {"year": "release_year"} | {n: n for n in NUMERIC_FIELDS if n != "release_year"}
"""Key in the address -> field it filters; numbers of a catalogue's own are filtered by their name."""

_KEY_OF_FIELD = {field: key for key, field in RANGE_KEYS.items()}


@dataclass(frozen=True, order=True, slots=True)
class Range:
    """A closed range of a numeric field; an open end is infinite."""

    field: str
    low: float = -math.inf
    high: float = math.inf

    def words(self, dictionary: Mapping[str, Field] = FIELDS) -> str:
        """Return the range as a person says it.

        >>> Range("energy", 0.8).words(), Range("release_year", 1990, 1999).words()
        ('energy over 0.80', '1990 to 1999')
        """
        known = dictionary.get(self.field) or Field.named(self.field)
        name = "" if self.field == "release_year" else f"{in_a_sentence(known.label)} "
        if self.low == self.high:
            return f"{name}{known.text(self.low)}"
        if math.isinf(self.high):
            return f"{name or 'released '}{'from' if known.step == 1 else 'over'} {known.text(self.low)}"
        if math.isinf(self.low):
            return f"{name or 'released '}{'up to' if known.step == 1 else 'under'} {known.text(self.high)}"
        return f"{name}{known.text(self.low)} to {known.text(self.high)}"

    def query(self) -> str:
        """Return the form ``low..high`` with open ends left empty."""
        ends = (
            "" if math.isinf(end) else f"{end:g}" if abs(end) < 1e5 else f"{end:.0f}" for end in (self.low, self.high)
        )
        return "..".join(ends)


def key_of(field: str) -> str:
    """Return the key in the address that filters a numeric field.

    >>> key_of("release_year"), key_of("x_mfcc_1_mean")
    ('year', 'x_mfcc_1_mean')
    """
    return _KEY_OF_FIELD.get(field, field)


def is_range(key: str) -> bool:
    """Return whether a key in an address filters a number."""
    return key in RANGE_KEYS or is_own_number(key)


def range_in(key: str, text: str) -> Range:
    """Return the range that a key of an address sets.

    Raises
    ------
    SelectionError
        It does not parse.
    """
    low, dots, high = text.partition("..")
    try:
        ends = float(low) if low else -math.inf, float(high) if high else math.inf
    except ValueError:
        ends = math.nan, math.nan
    if not dots or not ends[0] <= ends[1]:
        raise unreadable(key, text, "a range, such as 0.2..0.8, 0.2.. or ..0.8")
    return Range(RANGE_KEYS.get(key, key), *ends)


def unreadable(key: str, text: str, form: str) -> SelectionError:
    """Return the refusal of a filter that cannot be read, with the form it takes."""
    return SelectionError(f"The filter {key}={text} cannot be read", remedy=f"Write it as {form}")
