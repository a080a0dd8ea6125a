"""From a path to a `RawTable`: what the file is, its reader, and one set of checks for all."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from pathlib import Path

import pyarrow as pa

from data.errors import SourceError, SourceNotFound
from data.files.cells import with_decimal_commas
from data.files.columnar import read_arrow, read_parquet
from data.files.columns import plain
from data.files.delimited import read_delimited
from data.files.documents import is_json, read_json
from data.files.encodings import as_utf8
from data.files.headers import check_width
from data.files.kinds import PACKED, Kind, kind_of
from data.files.raw import Cells, RawTable, malformed_table, rows_kept
from data.files.unpacking import (
    MOST_BYTES,
    check_size,
    chosen_member,
    refusing_damage,
    unpacked,
    unpacked_member,
)
from data.files.workbooks import is_workbook, read_workbook


def read_raw(path: Path, *, member: str | None = None, most_bytes: int | None = None) -> RawTable:
    """Read a table from a file, told by its content.

    CSV and its relatives, JSON, XLSX, Parquet and Arrow, packed with gzip, bzip2, xz, Zstandard or ZIP or not.

    Parameters
    ----------
    path
        The file.
    member
        Which file of a ZIP archive; by default the only table in it.
    most_bytes
        How large the table may be when unpacked; by default `data.files.unpacking.MOST_BYTES`.

    Raises
    ------
    SourceNotFound
        No such file.
    SourceError
        It is no table, is damaged, or is larger than is read.
    """
    path = Path(path)
    _check_file(path)
    most_bytes = MOST_BYTES if most_bytes is None else most_bytes
    try:
        with tempfile.TemporaryDirectory(prefix="songscape-") as folder:
            source, cells = _opened(path, Path(folder), member=member, most_bytes=most_bytes)
        return _checked(path, source, cells)
    except (pa.ArrowException, UnicodeError, OSError, MemoryError) as error:
        why = getattr(error, "strerror", None) or (str(error) or type(error).__name__).splitlines()[0]
        raise SourceError(
            f"{path.name} cannot be read: {why.replace(str(path), path.name)}",
            remedy="Save the table as UTF-8 CSV with one header line, or as Parquet",
        ) from error


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise SourceError(f"{path.name} is a folder", remedy="Name the files in it")
    if not path.is_file():
        raise SourceNotFound(f"There is no file named {path.name}", remedy="Check the path")


def _opened(path: Path, folder: Path, *, member: str | None, most_bytes: int) -> tuple[str, Cells]:
    kind, name = kind_of(path, path.name), path.name
    if kind is Kind.ZIP:
        return _opened_archive(path, folder, member=member, most_bytes=most_bytes)
    if kind in PACKED:
        path = unpacked(path, kind, folder / "unpacked", name=name, most_bytes=most_bytes)
    return name, _cells(path, folder, name=name, most_bytes=most_bytes)


def _opened_archive(path: Path, folder: Path, *, member: str | None, most_bytes: int) -> tuple[str, Cells]:
    with refusing_damage(path.name), zipfile.ZipFile(path) as archive:
        if is_workbook(archive, path.name):
            return path.name, read_workbook(archive, folder, name=path.name, most_bytes=most_bytes)
        chosen = chosen_member(archive, path.name, member)
        name = f"{path.name}/{chosen.filename}"
        inside = unpacked_member(archive, chosen, folder / "member", name=name, most_bytes=most_bytes)
    return name, _cells(inside, folder, name=name, most_bytes=most_bytes)


def _cells(path: Path, folder: Path, *, name: str, most_bytes: int) -> Cells:
    """The cells of a file that is packed no more."""
    kind = kind_of(path, name)
    check_size(path.stat().st_size, name, most_bytes)
    if kind is Kind.PARQUET:
        return read_parquet(path, name=name, most_bytes=most_bytes)
    if kind in (Kind.ARROW_FILE, Kind.ARROW_STREAM):
        return read_arrow(path, kind, name=name, most_bytes=most_bytes)
    if kind is Kind.ZIP:
        return _packed_workbook(path, folder, name=name, most_bytes=most_bytes)
    if kind in PACKED:
        raise _nested(name)
    text, notes = as_utf8(path, folder / "text", name=name)
    cells = read_json(text, name=name) if is_json(text) else read_delimited(text, folder, name=name)
    return Cells(cells.table, cells.odd, [*notes, *cells.notes])


def _packed_workbook(path: Path, folder: Path, *, name: str, most_bytes: int) -> Cells:
    with refusing_damage(name), zipfile.ZipFile(path) as archive:
        if not is_workbook(archive, name):
            raise _nested(name)
        return read_workbook(archive, folder, name=name, most_bytes=most_bytes)


def _nested(name: str) -> SourceError:
    return SourceError(f"{name} is an archive within an archive", remedy="Unpack it and give the table inside")


def _checked(path: Path, source: str, cells: Cells) -> RawTable:
    table, changed = plain(cells.table)
    table, commas = with_decimal_commas(table, between_commas=True)
    check_width(table.num_columns, source)
    if not table.num_rows:
        raise SourceError(f"{source} has no rows", remedy="Export it again with its rows")
    if table.num_columns < 2:
        raise SourceError(f"{source} has only one column", remedy="Give a table with a column per property of a track")
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return RawTable(
        source=source,
        sha256=sha256,
        table=table,
        rows=rows_kept(table.num_rows, cells.odd),
        malformed=malformed_table(cells.odd),
        notes=(*cells.notes, *changed, *commas),
    )
