"""What an adapter is: a family's name, how to recognise its columns, how to name them as fields."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd


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
        Raw column name (lower case) -> column of a catalogue. Of several that name the same one, the first wins.
    artists
        Splits the text of the artist column into single artists.
    origin
        Publisher and licence, where the family has one publisher.
    nothing
        Texts that stand for an empty cell in tables of this family; elsewhere they may be a title or a name.
    """

    name: str
    meaning: str
    recognises: Callable[[Sequence[str]], bool]
    columns: Mapping[str, str]
    artists: Callable[[str], list[str]]
    origin: str = ""
    nothing: tuple[str, ...] = ()

    def translate(self, raw: pd.DataFrame) -> pd.DataFrame:
        """Return the table with its columns renamed to fields, one row per raw row; nothing is dropped but columns.

        Columns are picked by position: of two with one name, the first wins.
        """
        n_columns = len(raw.columns)
        places = {str(column).lower(): n_columns - 1 - i for i, column in enumerate(reversed(raw.columns.tolist()))}
        chosen: dict[str, int] = {}
        for column, field in self.columns.items():
            if column in places and field not in chosen:
                chosen[field] = places[column]
        picked = raw.iloc[:, list(chosen.values())].set_axis(list(chosen), axis="columns")
        return picked.mask(picked.isin(self.nothing)) if self.nothing else picked


def one_artist(text: str) -> list[str]:
    """Return the text as a single artist, for tables in which a comma belongs to a name.

    >>> one_artist("Tyler, The Creator")
    ['Tyler, The Creator']
    """
    name = text.strip()
    return [name] if name else []


def separated_artists(text: str) -> list[str]:
    """Split artists given as ``a;b`` or as a Python list in text.

    >>> separated_artists("Dan + Shay;Justin Bieber"), separated_artists("['A', 'B']")
    (['Dan + Shay', 'Justin Bieber'], ['A', 'B'])
    """
    if text.startswith("[") and text.endswith("]"):
        try:
            listed = ast.literal_eval(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            listed = [text]
        return [name.strip() for name in map(str, listed) if name.strip()]
    return [name.strip() for name in text.split(";") if name.strip()]
