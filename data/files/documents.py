"""JSON: one record per line, a list of records, or columns as pandas and jq write them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from data.errors import SourceError
from data.files.headers import check_width
from data.files.raw import Cells, OddRow

MOST_DOCUMENT_BYTES = 400_000_000
"""How large JSON may be that has to be held as a whole."""

_STARTS = re.compile(r'\s*(\{\s*("|\}|$)|\[\s*([\[{"\d\]-]|$))')
_FIRST_LINE_CHARS = 1 << 20
_MOST_LISTED = 5
_BIGGEST_EXACT = 2**53
_SHAPES = 'Give a list of records such as [{"title": "...", "tempo": 120}, ...], one record per line, or columns'

Record = Mapping[str, Any]


def is_json(path: Path) -> bool:
    """Return whether a text file in UTF-8 begins as JSON does."""
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        return bool(_STARTS.match(file.read(4096)))


def read_json(path: Path, *, name: str) -> Cells:
    """Read a JSON file in UTF-8.

    Raises
    ------
    SourceError
        It is broken, too large, or holds no records.
    """
    if _is_lines(path):
        return _lines(path, name)
    _check_bytes(path, name)
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except json.JSONDecodeError as error:
        raise SourceError(
            f"{name} is broken JSON: {error.msg} in line {error.lineno}, column {error.colno}",
            remedy="If it was cut short, download or export it again",
        ) from error
    except (RecursionError, ValueError) as error:
        raise SourceError(f"{name} is JSON nested too deeply or with endless numbers", remedy=_SHAPES) from error
    return _document(document, name)


def _check_bytes(path: Path, name: str) -> None:
    if path.stat().st_size > MOST_DOCUMENT_BYTES:
        raise SourceError(
            f"{name} holds more than {MOST_DOCUMENT_BYTES // 10**6} MB of JSON, which has to be read as a whole",
            remedy="Save the table as CSV, Parquet or JSON with one record per line of the same fields",
        )


def _is_lines(path: Path) -> bool:
    with path.open(encoding="utf-8-sig") as file:
        first = next((line for line in iter(lambda: file.readline(_FIRST_LINE_CHARS), "") if line.strip()), "")
        rest = file.readline(_FIRST_LINE_CHARS)
    return first.endswith("\n") and bool(rest) and isinstance(_parsed(first), dict)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _lines(path: Path, name: str) -> Cells:
    notes = ["Read as JSON, one record per line."]
    try:
        table = pa.json.read_json(path, read_options=pa.json.ReadOptions(block_size=8 << 20))
        if not any(_lost_digits(column) for column in table.columns):
            return Cells(table, (), notes)
    except pa.ArrowInvalid:
        pass  # values of one field differ in kind, or a line is no record
    _check_bytes(path, name)
    with path.open(encoding="utf-8-sig") as file:
        texts = [line.rstrip("\r\n") for line in file if line.strip()]
    cells = _records(map(_parsed, texts), name, shown=texts)
    return Cells(cells.table, cells.odd, [*notes, *cells.notes])


def _lost_digits(column: pa.ChunkedArray) -> bool:
    return pa.types.is_floating(column.type) and (pc.max(pc.abs(column)).as_py() or 0) >= _BIGGEST_EXACT


def _document(document: Any, name: str) -> Cells:
    if isinstance(document, list):
        return _records(document, name, shown=document)
    if not isinstance(document, dict):
        raise SourceError(f"{name} is JSON without records", remedy=_SHAPES)
    if {"columns", "data"} <= document.keys() and isinstance(document["data"], list):
        return _split(document["columns"], document["data"], name)
    lists = dict(_lists_of_records(document))
    if len(lists) == 1:
        ((where, records),) = lists.items()
        found = _records(records, name, shown=records)
        return Cells(found.table, found.odd, [f'The records were found under "{where}".', *found.notes])
    if lists:
        listed = ", ".join(list(lists)[:_MOST_LISTED])
        raise SourceError(f"{name} holds several lists of records: {listed}", remedy="Save each as a file of its own")
    values = list(document.values())
    if values and all(isinstance(each, dict) for each in values):
        return _by_index(document, name)
    if values and all(isinstance(each, list) for each in values):
        return _by_column(document, name)
    raise SourceError(f"{name} is JSON without records", remedy=_SHAPES)


def _lists_of_records(document: Record, path: str = "", depth: int = 3) -> Iterator[tuple[str, list[Any]]]:
    for key, value in document.items():
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            yield f"{path}{key}", value
        elif isinstance(value, dict) and depth > 1 and len(document) <= 20:
            yield from _lists_of_records(value, f"{path}{key}.", depth - 1)


def _records(records: Iterable[Any], name: str, *, shown: Sequence[Any]) -> Cells:
    kept, odd = [], []
    for place, record in enumerate(records):
        if isinstance(record, dict) and record:
            kept.append(record)
        else:
            odd.append(OddRow(place, "no JSON object with fields", shown[place]))
    if odd and len(kept) <= len(odd):
        raise SourceError(f"{name} is JSON without records", remedy=_SHAPES)
    names = list(dict.fromkeys(key for record in kept for key in record))
    check_width(len(names), name)
    return Cells(_table({each: [record.get(each) for record in kept] for each in names}), odd)


def _split(columns: Any, rows: list[Any], name: str) -> Cells:
    if not isinstance(columns, list) or not columns:
        raise SourceError(f"{name} is JSON without records", remedy=_SHAPES)
    check_width(len(columns), name)
    fits = [isinstance(row, list) and len(row) == len(columns) for row in rows]
    odd = [
        OddRow(place, f"not a list of {len(columns)} cells", rows[place]) for place, fit in enumerate(fits) if not fit
    ]
    kept = [row for row, fit in zip(rows, fits, strict=True) if fit]
    arrays = [column_of([row[i] for row in kept]) for i in range(len(columns))]
    return Cells(pa.table(arrays, names=[_text(each) for each in columns]), odd)


def _by_index(document: Mapping[str, Record], name: str) -> Cells:
    """Columns of cells by row, as pandas writes them; or rows of cells by column, under their number or id."""
    inner = dict.fromkeys(key for cells in document.values() for key in cells)
    if len(document) > len(inner) and not all(key.isdigit() for key in inner):
        return _rows_by_key(document, inner, name)
    check_width(len(document), name)
    notes = ["Read as JSON by column."]
    return Cells(_table({each: [cells.get(key) for key in inner] for each, cells in document.items()}), (), notes)


def _rows_by_key(document: Mapping[str, Record], names: Iterable[str], name: str) -> Cells:
    columns = {each: [record.get(each) for record in document.values()] for each in names}
    check_width(len(columns), name)
    if not all(key.isdigit() for key in document):
        columns = {"key": list(document), **columns}
    return Cells(_table(columns), (), ["Read as JSON of records by key."])


def _by_column(document: Mapping[str, list[Any]], name: str) -> Cells:
    check_width(len(document), name)
    lengths = {len(cells) for cells in document.values()}
    if len(lengths) > 1:
        raise SourceError(
            f"{name} is JSON by column, and its columns hold between {min(lengths):,} and {max(lengths):,} cells",
            remedy="Give each column a cell for every row",
        )
    return Cells(_table(document), (), ["Read as JSON by column."])


def _table(columns: Mapping[str, Sequence[Any]]) -> pa.Table:
    return pa.table([column_of(cells) for cells in columns.values()], names=[_text(each) for each in columns])


def column_of(cells: Sequence[Any]) -> pa.Array:
    """Return Python values as an Arrow array; as text where they differ in kind or a number is too large.

    >>> column_of([1, 2.5]).type, column_of(["a", 1]).to_pylist(), column_of([2**70]).to_pylist()
    (DataType(double), ['a', '1'], ['1180591620717411303424'])
    """
    try:
        return pa.array(cells)
    except (pa.ArrowException, OverflowError, UnicodeError):
        return pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())


def _text(cell: Any) -> str:
    text = cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace").decode("utf-8")
