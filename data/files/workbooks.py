"""XLSX workbooks: the first sheet with a table."""

from __future__ import annotations

import datetime as dt
import mmap
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from data.errors import SourceError
from data.files.documents import column_of
from data.files.headers import check_header, check_width, named
from data.files.raw import Cells
from data.files.unpacking import unpacked_member

MOST_SHEET_BYTES = 1_000_000_000
"""How large a workbook may be when unpacked: its cells are held as a whole."""
MOST_CELLS = 30_000_000
"""How large the rectangle of a sheet may be: one stray cell in a far corner would fill the memory."""

OTHER_OFFICE = {"word/document.xml": "a Word document", "ppt/presentation.xml": "a presentation"}
_NEEDED = re.compile(r"^(\[Content_Types\]\.xml|_rels/.*|xl/(?!media/|drawings/|charts/|embeddings/).*\.(xml|rels))$")
_WORKBOOK = "xl/workbook.xml"
_BINARY_WORKBOOK = "xl/workbook.bin"
_EXACT = 2**53
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,8})(\d{1,10})["']""")
_PLACELESS = re.compile(rb"""<(?:[\w.-]+:)?(row|c)\b(?![^>]*\br\s*=)""")

Row = Sequence[Any]


def is_workbook(archive: zipfile.ZipFile, name: str) -> bool:
    """Return whether a ZIP archive is an XLSX workbook.

    Raises
    ------
    SourceError
        It is another document of an office program.
    """
    members = set(archive.namelist())
    other = [what for member, what in OTHER_OFFICE.items() if member in members]
    other += ["a binary workbook (.xlsb)"] if _BINARY_WORKBOOK in members else []
    other += ["an OpenDocument file"] if {"mimetype", "content.xml"} <= members else []
    other += ["an archive of NumPy arrays"] if members and all(each.endswith(".npy") for each in members) else []
    if other:
        raise SourceError(f"{name} looks like {other[0]}", remedy="Save the table as XLSX or CSV and give that file")
    return _WORKBOOK in members


def read_workbook(archive: zipfile.ZipFile, folder: Path, *, name: str, most_bytes: int) -> Cells:
    """Read the first sheet of an XLSX workbook that holds a table.

    Raises
    ------
    SourceError
        It has a password, is damaged, or no sheet holds a table.
    """
    safe = _copied(archive, folder, name=name, most_bytes=min(most_bytes, MOST_SHEET_BYTES))
    try:
        with CalamineWorkbook.from_path(safe) as workbook:
            for sheet in workbook.sheet_names:
                rows = workbook.get_sheet_by_name(sheet).iter_rows()
                if cells := _cells(rows, name):
                    several = [f'The table is on the sheet "{sheet}".'] if len(workbook.sheet_names) > 1 else []
                    return Cells(cells.table, (), [*several, *cells.notes])
    except PasswordError as error:
        raise SourceError(f"{name} is locked with a password", remedy="Save it without a password") from error
    except (CalamineError, OSError, ValueError) as error:
        raise SourceError(f"{name} is a damaged workbook", remedy="Open it, save it as XLSX or CSV again") from error
    except BaseException as error:  # a panic of the Rust reader is no Exception
        if type(error).__name__ != "PanicException":
            raise
        raise SourceError(f"{name} is a damaged workbook", remedy="Open it, save it as XLSX or CSV again") from error
    raise SourceError(
        f"{name} has no sheet with a table", remedy="Put the names of the columns in one row and the tracks below it"
    )


def _copied(archive: zipfile.ZipFile, folder: Path, *, name: str, most_bytes: int) -> Path:
    """A copy whose unpacked size is known: the reader of workbooks has no bounds of its own."""
    target, left = folder / "workbook.xlsx", most_bytes
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        for member in archive.infolist():
            if _NEEDED.match(member.filename):
                part = unpacked_member(archive, member, folder / "part", name=name, most_bytes=left)
                left -= part.stat().st_size
                _check_extent(part, name)
                copy.write(part, member.filename)
    return target


def _check_extent(part: Path, name: str) -> None:
    """Raise SourceError when the cells of a sheet may span more than `MOST_CELLS`; an upper bound is looked at."""
    if not part.stat().st_size:
        return
    with part.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        columns, rows = set(), set()
        for found in _PLACE.finditer(text):
            columns.add(found[1])
            rows.add(found[2])
        placeless = Counter(found[1] for found in _PLACELESS.finditer(text))
    width = max(map(_column_number, columns), default=0) + placeless[b"c"]
    height = max(map(int, rows), default=0) + placeless[b"row"]
    if width * height > MOST_CELLS:
        raise SourceError(
            f"{name} has a sheet that spans {height:,} rows and {width:,} columns",
            remedy="Delete what stands far from the table, or save the sheet as CSV",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _cells(rows: Iterable[Row], name: str) -> Cells | None:
    filled = [row for row in rows if any(cell != "" for cell in row)]
    widths = Counter(_extent(row) for row in filled[:200])
    width = max((each for each in widths if each > 1), key=lambda each: (widths[each], each), default=0)
    place = next((i for i, row in enumerate(filled[:30]) if 1 < width <= 1 + sum(cell != "" for cell in row)), None)
    if place is None or place + 1 == len(filled):
        return None
    header, body = filled[place], filled[place + 1 :]
    used = [i for i in range(len(header)) if header[i] != "" or any(row[i] != "" for row in body)]
    check_width(len(used), name)
    shown = [_shown(header[i]) for i in used]
    check_header(shown, name)
    names, notes = named(shown)
    above = [f"{place} {'row' if place == 1 else 'rows'} above the header left out."] if place else []
    return Cells(pa.table([_column([row[i] for row in body]) for i in used], names=names), (), [*above, *notes])


def _extent(row: Row) -> int:
    return max(i for i, cell in enumerate(row, 1) if cell != "")


def _column(cells: Sequence[Any]) -> pa.Array:
    cells = [None if cell == "" else cell for cell in cells]
    kinds = {type(cell) for cell in cells} - {type(None)}
    if kinds <= {int, float} and all(cell is None or _is_whole(cell) for cell in cells):
        return pa.array([None if cell is None else int(cell) for cell in cells], pa.int64())
    if kinds == {dt.date, dt.datetime}:
        cells = [dt.datetime.combine(cell, dt.time()) if type(cell) is dt.date else cell for cell in cells]
    elif len(kinds - {int, float}) > 1 or kinds & {dt.time, dt.timedelta} or (len(kinds) > 1 and kinds - {int, float}):
        cells = [None if cell is None else _shown(cell) for cell in cells]
    return column_of(cells)


def _is_whole(cell: float) -> bool:
    return float(cell).is_integer() and abs(cell) < _EXACT


def _shown(cell: Any) -> str:
    """A cell as text: whole numbers without a point, times of day and durations as h:mm:ss."""
    return str(int(cell)) if isinstance(cell, float) and _is_whole(cell) else str(cell)
