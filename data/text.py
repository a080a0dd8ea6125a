"""Text made comparable: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^\w]+")


def searchable(text: str) -> str:
    """Return text as a search compares it: case folded, accents and punctuation removed, single spaces.

    >>> searchable("Björk – It's  Oh So Quiet!")
    'bjork its oh so quiet'
    """
    decomposed = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", ""))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return _NOT_WORD.sub(" ", bare.casefold()).strip()
