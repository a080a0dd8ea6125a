"""Text made comparable: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ı": "i", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "$": "s", "'": None, "’": None}
)
"""Letters that Unicode does not decompose, by what is typed for them."""

_NOT_WORD = re.compile(r"[^\w]+")


def searchable(text: str) -> str:
    """Return text as a search compares it: case folded, accents and punctuation removed, single spaces.

    >>> searchable("Björk – It's  Oh So Quiet!")
    'bjork its oh so quiet'
    >>> searchable("Ke$ha"), searchable("Røyksopp")
    ('kesha', 'royksopp')
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare).strip()
