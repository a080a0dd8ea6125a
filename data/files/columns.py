"""Columns of any Arrow type, as the few plain types that the rest of Songscape reads."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from data.files.headers import named

_KEPT = (pa.types.is_string, pa.types.is_int64, pa.types.is_float64, pa.types.is_boolean, pa.types.is_date32)

Named = tuple[str, pa.ChunkedArray]


def plain(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """Return a table of string, int64, double, bool, date, timestamp and lists of these, and notes.

    Structs become a column per field, ``album.name``; lists of structs a list per field. What has no plain type becomes
    text, and bytes that are no text are left out.
    """
    columns, notes = [], []
    for name, column in _flat(zip(table.column_names, table.columns, strict=True)):
        try:
            columns.append((name, _plain(column)))
        except pa.ArrowInvalid:
            notes.append(f'Column "{name}" holds bytes that are no text and was left out.')
    names, changed = named([name for name, _ in columns])
    return pa.table([column for _, column in columns], names=names), [*changed, *notes]


def _flat(columns: Iterator[Named]) -> Iterator[Named]:
    for name, column in columns:
        kind = column.type
        if isinstance(kind, pa.BaseExtensionType):
            yield from _flat([(name, column.cast(kind.storage_type))])
        elif pa.types.is_dictionary(kind):
            yield from _flat([(name, column.cast(kind.value_type))])
        elif pa.types.is_struct(kind):
            yield from _flat((f"{name}.{field.name}", pc.struct_field(column, [i])) for i, field in enumerate(kind))
        elif _is_list(kind) and pa.types.is_struct(kind.value_type):
            yield from _flat((f"{name}.{field.name}", _lists(column, i)) for i, field in enumerate(kind.value_type))
        else:
            yield name, column


def _is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def _lists(column: pa.ChunkedArray, field: int | None = None) -> pa.ChunkedArray:
    """Lists with plain elements, or with one field of their elements."""
    chunks = []
    for chunk in column.chunks or [pa.array([], column.type)]:
        items = pa.chunked_array([chunk.flatten()])
        items = items if field is None else pc.struct_field(items, [field])
        items = _plain(pa.chunked_array(items.chunks, items.type)) if field is None else items
        lengths = pc.fill_null(pc.list_value_length(chunk), 0)
        offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths).cast(pa.int32())])
        chunks.append(pa.ListArray.from_arrays(offsets, items.combine_chunks(), mask=chunk.is_null()))
    return pa.chunked_array(chunks)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind, types = column.type, pa.types
    if any(kept(kind) for kept in _KEPT) or types.is_timestamp(kind):
        return column
    if types.is_integer(kind):
        return _first_cast(column, pa.int64(), pa.string())  # beyond int64 every digit stays, as text
    if types.is_floating(kind) or types.is_decimal(kind):
        return column.cast(pa.float64(), safe=False)
    if types.is_date(kind):
        return column.cast(pa.date32())
    if _is_list(kind) and not types.is_nested(kind.value_type):
        return _lists(column)
    if types.is_nested(kind) or types.is_duration(kind) or types.is_interval(kind):
        return pa.chunked_array([[None if each is None else _text(each) for each in column.to_pylist()]], pa.string())
    return column.cast(pa.string())


def _first_cast(column: pa.ChunkedArray, first: pa.DataType, second: pa.DataType) -> pa.ChunkedArray:
    try:
        return column.cast(first)
    except pa.ArrowInvalid:
        return column.cast(second)


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict | tuple) else str(value)
