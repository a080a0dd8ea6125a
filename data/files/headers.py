"""Names of columns: stripped, never empty, each once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.errors import SourceError

MOST_COLUMNS = 2_000
MOST_LISTED = 5
_NUMBER = re.compile(r"\s*[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?\s*")
_FRACTION = re.compile(r"\s*[+-]?\d+[.,]\d+([eE][+-]?\d+)?\s*")


def named(names: Sequence[object]) -> tuple[list[str], list[str]]:
    """Return usable names of columns, in order, and notes on those that were changed.

    >>> names, notes = named([" tempo ", "", "tempo"])
    >>> names
    ['tempo', 'column 2', 'tempo.2']
    >>> notes
    ['A column without a name is called "column 2".', 'A second "tempo" is called "tempo.2".']
    """
    clean = [_clean(name) for name in names]
    taken, found, repeated, nameless = set(clean), [], [], []
    for place, name in enumerate(clean, 1):
        if name and name not in found:
            found.append(name)
            continue
        free = _free(name or f"column {place}", taken, counted=bool(name))
        taken.add(free)
        found.append(free)
        (repeated.append((name, free)) if name else nameless.append(free))
    return found, [*_nameless_note(nameless), *_repeated_note(repeated)]


def check_width(width: int, name: str) -> None:
    """Raise SourceError when a table has more than `MOST_COLUMNS` columns."""
    if width > MOST_COLUMNS:
        raise SourceError(
            f"{name} has {width:,} columns; at most {MOST_COLUMNS:,} are read",
            remedy="Give a table with one row per track and one column per property, leaving out what is not needed",
        )


def check_header(names: Sequence[str], name: str) -> None:
    """Raise SourceError when what stands for the names of columns in the table called ``name`` are values."""
    cells = [cell for cell in names if cell.strip()]
    fractions = sum(bool(_FRACTION.fullmatch(cell)) for cell in cells)
    if all(_NUMBER.fullmatch(cell) for cell in cells) or fractions >= 2:
        raise SourceError(
            f"{name} has no header: its first line holds values",
            remedy="Write the names of the columns in a first line",
        )


def _clean(name: object) -> str:
    text = str(name).encode("utf-8", "replace").decode("utf-8").strip("\ufeff \t\r\n\0")
    return re.sub(r"\s+", " ", text).strip()


def _free(name: str, taken: set[str], *, counted: bool) -> str:
    if not counted and name not in taken:
        return name
    number = 2
    while f"{name}.{number}" in taken:
        number += 1
    return f"{name}.{number}"


def _nameless_note(names: list[str]) -> list[str]:
    if len(names) <= 1:
        return [f'A column without a name is called "{name}".' for name in names]
    return [f"{len(names)} columns without a name are called {_listed(names)}."]


def _repeated_note(pairs: list[tuple[str, str]]) -> list[str]:
    if len(pairs) <= MOST_LISTED:
        return [f'A second "{name}" is called "{free}".' for name, free in pairs]
    return [f"{len(pairs)} columns repeat a name and are numbered: {_listed([free for _, free in pairs])}."]


def _listed(names: Sequence[str]) -> str:
    more = ", ..." if len(names) > MOST_LISTED else ""
    return ", ".join(f'"{name}"' for name in names[:MOST_LISTED]) + more
