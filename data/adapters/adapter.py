"""What an adapter is: a family's name, how to recognise its columns, how to name them as fields."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Adapter:
    """Knows one family of source tables.

    Parameters
    ----------
    name
        Short name, as provenance holds it.
    meaning
        One sentence: where such tables come from.
    recognises
        Whether these column names are of the family.
    columns
        Raw column name -> what it is taken for, as `Column` has it; empty for one that is left out. Names
        are compared without case and punctuation. Of several for the same field, the first that is there wins.
    artists
        Splits the text of the artist column into single artists; one without bracket, comma and semicolon is one.
    origin
        Publisher and licence, where the family has one publisher.
    nothing
        Texts that stand for an empty cell in tables of this family; elsewhere they may be a title or a name.
    units
        Units of fields, by field, for columns whose values do not tell.
    also
        Fields that hold the same as another where no column claims them, such as a title made of a file's name.
    notes
        Sentences that hold for every table of the family.
    """

    name: str
    meaning: str
    recognises: Callable[[Sequence[str]], bool]
    columns: Mapping[str, str]
    artists: Callable[[str], list[str]]
    origin: str = ""
    nothing: tuple[str, ...] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def one_artist(text: str) -> list[str]:
    """Return the text as a single artist, for tables in which a comma belongs to a name.

    >>> one_artist("Tyler, The Creator")
    ['Tyler, The Creator']
    """
    name = text.strip()
    return [name] if name else []


_PLAIN_LIST = re.compile(r"\['[^'\"\\]*'(?:, '[^'\"\\]*')*\]")


def separated_artists(text: str) -> list[str]:
    """Split artists given as ``a;b`` or as a list in text.

    >>> separated_artists("Dan + Shay;Justin Bieber"), separated_artists("['A', 'B']")
    (['Dan + Shay', 'Justin Bieber'], ['A', 'B'])
    """
    if text.startswith("[") and text.endswith("]"):
        listed = text[2:-2].split("', '") if _PLAIN_LIST.fullmatch(text) else _evaluated(text)
        return [name.strip() for name in listed if name.strip()]
    return [name.strip() for name in text.split(";") if name.strip()]


def _evaluated(text: str) -> list[str]:
    try:
        return [str(item) for item in ast.literal_eval(text)]
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return [text]


_COMMA = re.compile(r"(?<!\\),(?!\s*(?:(?:the|jr\.?|sr\.?|inc\.?)\b|&|and\b))\s*", re.IGNORECASE)
_WITH_COMMAS = (
    *("Earth, Wind & Fire", "Crosby, Stills, Nash & Young", "Crosby, Stills & Nash", "Blood, Sweat & Tears"),
    *("Emerson, Lake & Palmer", "Peter, Paul and Mary", "Peter, Paul & Mary", "Medeski, Martin & Wood"),
    *("Dave Dee, Dozy, Beaky, Mick & Tich", "Dave Dee, Dozy, Beaky, Mick and Tich", "10,000 Maniacs", "Now, Now"),
)
_PROTECTED = re.compile("|".join(map(re.escape, _WITH_COMMAS)), re.IGNORECASE)


def comma_artists(text: str) -> list[str]:
    r"""Split artists at semicolons where there are any, else at commas; lists are split as lists.

    A comma stays where a backslash stands before it, before "The" and "&", and in a few well-known names.

    >>> comma_artists("Tyler, The Creator, Earth, Wind & Fire,Björk"), comma_artists("Now\\, Then, B")
    (['Tyler, The Creator', 'Earth, Wind & Fire', 'Björk'], ['Now, Then', 'B'])
    """
    if ";" in text or text.startswith("["):
        return separated_artists(text)
    if "," not in text:
        return one_artist(text)
    guarded = _PROTECTED.sub(lambda found: found[0].replace(",", "\0"), text)
    names = (name.replace("\\,", ",").replace("\0", ",").strip() for name in _COMMA.split(guarded))
    return [name for name in names if name]
