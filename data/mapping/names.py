"""Names of columns: compared without case and punctuation, made into column names and labels of our own."""

from __future__ import annotations

import re
from collections.abc import Collection

from data.text import searchable

LONGEST_SLUG = 48

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_DIGITS = re.compile(r"(?<=[a-z])(?=\d)")
_SIGNS = (("dB", "db"), ("DB", "db"), ("%", " percent "), ("#", " number "), ("♯", " sharp "), ("_", " "))
_SPELLED = {
    **{word: word.upper() for word in ("mfcc", "stft", "rms", "bpm", "zcr", "lufs", "id", "url", "uri", "isrc", "cqt")},
    **{"var": "variance", "std": "standard deviation", "avg": "average", "db": "dB", "perceptr": "percussive"},
    **{"harmony": "harmonic", "rolloff": "roll-off"},
}
"""What words of column names are in a label: librosa's ``harmony`` and ``perceptr`` are the separated signals."""


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a column name, case folded, without accents and punctuation.

    >>> name_words("Beats Per Minute (BPM)"), name_words("trackName"), name_words("Loudness..dB..")
    (('beats', 'per', 'minute', 'bpm'), ('track', 'name'), ('loudness', 'db'))
    """
    for sign, word in _SIGNS:
        name = name.replace(sign, word)
    return tuple(searchable(_CAMEL.sub(" ", name)).split())


def plain_name(name: str) -> str:
    """Return what two spellings of one column name have in common.

    >>> plain_name("Time Signature") == plain_name("time_signature") == plain_name("timeSignature")
    True
    """
    return "".join(name_words(name))


def slug(name: str, *, taken: Collection[str] = (), prefix: str = "") -> str:
    """Return a column name of lower-case letters, digits and underscores that is not among ``taken``.

    >>> slug("MFCC 1 (mean)", prefix="x_"), slug("Größe", taken={"grosse"}), slug("音")
    ('x_mfcc_1_mean', 'grosse_2', 'column')
    """
    words = re.sub(r"[^a-z0-9]+", "_", " ".join(name_words(name)).replace("ß", "ss")).strip("_")
    made = prefix + (words[:LONGEST_SLUG].rstrip("_") or "column")
    again, number = made, 2
    while again in taken:
        again, number = f"{made}_{number}", number + 1
    return again


def label(name: str) -> str:
    """Return a column name as a person reads it.

    >>> label("mfcc1_mean"), label("chroma_stft_var"), label("spectralCentroid")
    ('MFCC 1 mean', 'Chroma STFT variance', 'Spectral centroid')
    """
    words = [part for word in name_words(name) for part in _DIGITS.sub(" ", word).split()]
    text = " ".join(_SPELLED.get(word, word) for word in words) or name.strip()
    return text[:1].upper() + text[1:]
