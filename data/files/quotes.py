"""Quotation marks that are opened and never closed, which would swallow every row up to the next one."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import IO

from data.files.dialects import Dialect

_CHUNK = 4 << 20
_MOST_LINES = 100
"""Lines that one record may span before its quotation mark counts as not closed."""


def odd_quotes(path: Path) -> bool:
    """Return whether the number of quotation marks in a file is odd, as it never is where each is closed."""
    with path.open("rb") as file:
        return sum(chunk.count(b'"') for chunk in iter(lambda: file.read(_CHUNK), b"")) % 2 == 1


def mended_quotes(path: Path, target: Path, dialect: Dialect) -> tuple[Path, int]:
    """Write a text table anew, with lines whose quotation marks do not close taken as they stand.

    Returns
    -------
    ``target`` and the number of such lines.
    """
    unclosed = 0
    with path.open(encoding="utf-8", newline="") as file, target.open("w", encoding="utf-8", newline="") as out:
        out.writelines(islice(file, dialect.skip))
        for record, closed in _records(file, dialect):
            out.write(record if closed else _quoted_anew(record, dialect))
            unclosed += not closed
    return target, unclosed


def _records(file: IO[str], dialect: Dialect) -> Iterator[tuple[str, bool]]:
    """Yield the lines of each record, and whether its quotation marks are closed."""
    ahead: deque[str] = deque()
    while line := ahead.popleft() if ahead else file.readline():
        if line.count('"') % 2 == 0 or _is_record(line, dialect):
            yield line, True
            continue
        ahead.extend(islice(file, _MOST_LINES - len(ahead)))
        more = next((i for i, each in enumerate(ahead, 1) if each.count('"') % 2), 0)
        joined = line + "".join(islice(ahead, more))
        closed = more > 0 and _is_record(joined, dialect)
        yield (joined, True) if closed else (line, False)
        for _ in range(more if closed else 0):
            ahead.popleft()


def _is_record(text: str, dialect: Dialect) -> bool:
    escape = "\\" if dialect.escape else None
    lines = io.StringIO(text, newline="")
    try:
        records = list(csv.reader(lines, delimiter=dialect.delimiter, escapechar=escape, strict=True))
    except csv.Error:
        return False
    return len(records) == 1 and len(records[0]) == len(dialect.names)


def _quoted_anew(line: str, dialect: Dialect) -> str:
    mark = '\\"' if dialect.escape else '""'
    cells = line.rstrip("\r\n").split(dialect.delimiter)
    return dialect.delimiter.join(f'"{cell.replace(chr(34), mark)}"' if '"' in cell else cell for cell in cells) + "\n"
