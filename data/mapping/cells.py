"""Text of single cells as numbers: plain numbers, lengths of time, pitch classes, modes, yes and no.

Every reader takes distinct texts and returns float64 of the same length, NaN where a text cannot be read. A column is
read once per distinct text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

MISSING_WORDS = frozenset(
    ("", "na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "-", "--", "—", "–", "?", "nil", "<na>", "\\n", "unknown")
)
"""Words for nothing in a column of numbers, lower case."""

LABEL_WORDS = MISSING_WORDS - {"unknown"}
"""Words for nothing in a column of text, where they stand for nothing at all: see `data.mapping.translating`."""

_UNSAID = re.compile(
    r"(?<=[\d.])\s*(?:bpm|dbfs|db|lufs|milliseconds|msecs?|ms|seconds|secs?|s|minutes|mins?|%|/\s*100)$"
)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(?:[,.' ]\d{3})+(?:\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+(?:e[+-]?\d+)?")
_CLOCK = re.compile(r"(?:(?P<h>\d{1,3}):)?(?P<m>\d{1,4}):(?P<s>[0-5]?\d(?:[.,]\d+)?)")
_ISO = re.compile(r"pt?(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m)?(?:(?P<s>\d+(?:[.,]\d+)?)s)?")
_SPOKEN = re.compile(
    r"(?:(?P<h>\d+)\s*h(?:ours?|rs?)?)?[\s,]*(?:(?P<m>\d+)\s*m(?:in(?:ute)?s?)?\.?)?[\s,]*"
    r"(?:(?P<s>\d+(?:[.,]\d+)?)\s*s(?:ec(?:ond)?s?)?\.?)?"
)
_NOTE = re.compile(
    r"(?P<letter>[a-h])\s*(?P<sign>♯|♭|#|b(?![a-z])|-?sharp|-?flat|s(?=$|\s)|is|es)?"
    r"(?:\s*/\s*[a-h]\s*(?:♯|♭|#|b|-?sharp|-?flat)?)?\s*[-:_]?\s*(?P<mode>major|minor|maj|min|moll|dur|m)?"
)
_CAMELOT = re.compile(r"(?P<number>1[0-2]|0?[1-9])\s*(?P<letter>[abdm])")
_SMALL_NUMBER = re.compile(r"-1(?:\.0*)?|(?:\d|1[0-2])(?:\.0*)?")
_SEMITONES = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11, "h": 11}
_RAISED, _LOWERED = {"♯", "#", "sharp", "s", "is"}, {"♭", "b", "flat", "es"}
_MODES = {
    **dict.fromkeys(("major", "maj", "dur", "majeur", "mayor", "ionian", "true", "1", "1.0"), 1.0),
    **dict.fromkeys(("minor", "min", "moll", "mineur", "menor", "aeolian", "false", "0", "0.0", "m"), 0.0),
}
_ANSWERS = {
    **dict.fromkeys(("true", "t", "yes", "y", "1", "1.0", "explicit", "e", "ja", "si", "oui", "vrai", "x"), 1.0),
    **dict.fromkeys(("false", "f", "no", "n", "0", "0.0", "clean", "not explicit", "nein", "non", "faux"), 0.0),
}

Texts = Sequence[str]


def numbers_in(texts: Texts) -> np.ndarray:
    """Return plain numbers, a unit behind them or a percent sign left away.

    A comma separates thousands where every comma of the column can, and decimals otherwise.

    >>> numbers_in(["0.53", "120 BPM", "53 %", "−4.2 dB", "1,200", "true", "?"]).tolist()
    [0.53, 120.0, 53.0, -4.2, 1200.0, 1.0, nan]
    >>> numbers_in(["0,53", "1,2"]).tolist()
    [0.53, 1.2]
    """
    found = _as_floats(np.asarray(texts, dtype=object))
    rest = np.flatnonzero(np.isnan(found))
    if len(rest):
        bare = [_UNSAID.sub("", texts[i].strip().lower().replace("−", "-").replace("\xa0", " ")).strip() for i in rest]
        found[rest] = _as_floats(np.asarray(_with_points(bare), dtype=object))
    return np.where(np.isinf(found), np.nan, found)


def _as_floats(texts: np.ndarray) -> np.ndarray:
    return np.array(pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce"), dtype=np.float64)


def _with_points(texts: list[str]) -> list[str]:
    with_comma = [text for text in texts if _DECIMAL_COMMA.fullmatch(text)]
    decimal = any(not _THOUSANDS.fullmatch(text) for text in with_comma)
    return [_ANSWER_NUMBERS.get(text) or _pointed(text, decimal=decimal) for text in texts]


_ANSWER_NUMBERS = {"true": "1", "false": "0"}


def _pointed(text: str, *, decimal: bool) -> str:
    if decimal and _DECIMAL_COMMA.fullmatch(text):
        return text.replace(",", ".")
    return re.sub(r"[,' ]", "", text) if _THOUSANDS.fullmatch(text) else text


def clock_ms(texts: Texts) -> np.ndarray:
    """Return lengths of time in milliseconds: m:ss, h:mm:ss, ISO 8601 and written out.

    >>> clock_ms(["3:13", "1:02:03", "PT3M13S", "3 min 13 s", "193"]).tolist()
    [193000.0, 3723000.0, 193000.0, 193000.0, nan]
    """
    return np.array([_milliseconds(text.strip().lower()) for text in texts], dtype=np.float64)


def _milliseconds(text: str) -> float:
    found = _CLOCK.fullmatch(text) or (text[:1] == "p" and _ISO.fullmatch(text)) or _SPOKEN.fullmatch(text)
    if not found or not any(found.groups()):
        return np.nan
    hours, minutes, seconds = (float((found[part] or "0").replace(",", ".")) for part in "hms")
    return 1000 * (3600 * hours + 60 * minutes + seconds)


def pitch_classes(texts: Texts) -> np.ndarray:
    """Return keys as pitch classes, 0 = C: numbers, notes, with major and minor or not, Camelot and Open Key codes.

    >>> pitch_classes(["C#", "C♯/D♭", "Bb minor", "F# major", "8A", "8B", "1d", "7"]).tolist()
    [1.0, 1.0, 10.0, 6.0, 9.0, 0.0, 0.0, 7.0]
    """
    return np.array([_key_and_mode(text)[0] for text in texts], dtype=np.float64)


def modes(texts: Texts) -> np.ndarray:
    """Return 1 for major and 0 for minor, as a word, a number or behind the name of a key.

    >>> modes(["Major", "minor", "1", "A minor", "Am", "8A", "C"]).tolist()
    [1.0, 0.0, 1.0, 0.0, 0.0, 0.0, nan]
    """
    words = (text.strip().lower() for text in texts)
    return np.array([_MODES.get(word, _key_and_mode(word)[1]) for word in words], dtype=np.float64)


def _key_and_mode(text: str) -> tuple[float, float]:
    """Return pitch class and mode of a key's name, each NaN where it is not said."""
    bare = text.strip()
    if code := _CAMELOT.fullmatch(bare.lower()):
        return _from_code(int(code["number"]), code["letter"])
    found = _NOTE.fullmatch(bare.lower())
    if not found:
        return (float(bare), np.nan) if _SMALL_NUMBER.fullmatch(bare) else (np.nan, np.nan)
    sign = (found["sign"] or "").lstrip("-")
    place = (_SEMITONES[found["letter"]] + (sign in _RAISED) - (sign in _LOWERED)) % 12
    return float(place), _MODES[found["mode"]] if found["mode"] else np.nan


def _from_code(number: int, letter: str) -> tuple[float, float]:
    """Return key and mode of Camelot (8B is C major, 8A A minor) and Open Key (1d is C major, 1m A minor) codes."""
    fifths = number - 8 if letter in "ab" else number - 1
    is_major = letter in "bd"
    return float((7 * fifths + (0 if is_major else 9)) % 12), float(is_major)


def answers(texts: Texts) -> np.ndarray:
    """Return 1 for yes and 0 for no, in the words that tables use.

    >>> answers(["Yes", "FALSE", "explicit", "0", "maybe"]).tolist()
    [1.0, 0.0, 1.0, 0.0, nan]
    """
    return np.array([_ANSWERS.get(text.strip().lower(), np.nan) for text in texts], dtype=np.float64)


def beats(texts: Texts) -> np.ndarray:
    """Return beats per bar of numbers and of signatures such as 6/8.

    >>> beats(["4/4", "3", "6/8"]).tolist()
    [4.0, 3.0, 6.0]
    """
    return numbers_in([re.sub(r"^(\d{1,2})\s*/\s*(?:2|4|8|16)$", r"\1", text.strip()) for text in texts])


def durations_ms(texts: Texts, own: Callable[[np.ndarray], np.ndarray], *, per_minute: int = 1) -> np.ndarray:
    """Return lengths of time in milliseconds.

    Parameters
    ----------
    texts
        Numbers and lengths as `clock_ms` reads them.
    own
        Brings plain numbers to milliseconds.
    per_minute
        What clocked lengths are divided by: 60 where minutes and seconds were taken for hours and minutes.
    """
    numbers = own(numbers_in(texts))
    timed = clock_ms(texts) / per_minute if np.isnan(numbers).any() else numbers
    return np.where(np.isnan(numbers), timed, numbers)


def shares(texts: Texts, own: Callable[[np.ndarray], np.ndarray], *, highest: float) -> np.ndarray:
    """Return values of a scale up to ``highest``; those with a percent sign are percent, whatever the unit."""
    numbers = numbers_in(texts)
    signed = np.array([text.rstrip().endswith("%") for text in texts], dtype=bool)
    return np.where(signed, numbers * highest / 100, own(numbers))


READERS: Mapping[str, Callable[[Texts], np.ndarray]] = {
    "key": pitch_classes,
    "mode": modes,
    "explicit": answers,
    "time_signature": beats,
}
"""Readers of the fields whose cells may be words."""
