"""The documented table of genre families, ``families.csv``, and how a tag finds its line."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from data.errors import SourceError
from data.text import searchable

FAMILY_TABLE = Path(__file__).parent / "families.csv"


def read_family_table(path: Path) -> list[tuple[str, str]]:
    """Return the lines of a table of families: pattern and family, the family empty for none.

    Raises
    ------
    SourceError
        The file is no CSV with the columns ``tag`` and ``family``.
    """
    remedy = 'Write a CSV with the columns tag and family, such as "* metal,metal" below the header'
    try:
        written = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"The table of families {path.name} cannot be read", where=str(path), remedy=remedy
        ) from error
    lines = csv.DictReader(line for line in written if not line.startswith("#"))
    if not {"tag", "family"} <= set(lines.fieldnames or ()):
        raise SourceError(f"The table of families {path.name} lacks a column", where=str(path), remedy=remedy)
    return [(line["tag"], (line["family"] or "").strip()) for line in lines if _comparable(line["tag"] or "")]


def families_by_table(tags: Sequence[str], lines: Sequence[tuple[str, str]]) -> list[str | None]:
    """Return the family of each tag by the first line that fits it; None where none does.

    >>> lines = [("* punk", "punk"), ("* pop", "pop"), ("seen *", "")]
    >>> families_by_table(["Pop-Punk", "dance pop", "seen live", "x"], lines)
    ['punk', 'pop', '', None]
    """
    rules: dict[tuple[str, str], tuple[int, str]] = {}
    for rank, (pattern, family) in enumerate(lines):
        rules.setdefault(_rule(pattern), (rank, family))
    found = [min((rules[key] for key in _keys(tag) if key in rules), default=None) for tag in tags]
    return [line[1] if line else None for line in found]


def _rule(pattern: str) -> tuple[str, str]:
    """Return where a text has to stand in a tag, and the text.

    >>> _rule("* Metal"), _rule("latin *"), _rule("*pop"), _rule("r&b")
    (('* ', 'metal'), (' *', 'latin'), ('*', 'pop'), ('', 'r b'))
    """
    bare = pattern.strip()
    before = "* " if bare.startswith("* ") else "*" if bare.startswith("*") else ""
    after = " *" if bare.endswith(" *") else ""
    return before + after, _comparable(bare)


def _comparable(tag: str) -> str:
    return searchable(tag.replace("_", " "))


def _keys(tag: str) -> Iterator[tuple[str, str]]:
    """Yield every rule that would fit a tag."""
    text = _comparable(tag)
    words = text.split()
    yield "", text
    yield from (("*", text[i:]) for i in range(len(text)))
    for i in range(len(words)):
        yield "* ", " ".join(words[i:])
        yield " *", " ".join(words[: i + 1])
        yield from (("*  *", " ".join(words[i:j])) for j in range(i + 1, len(words) + 1))
