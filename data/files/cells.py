"""Cells of text tables: typed where nothing is lost by it, text where something would be."""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

_BIGGEST_EXACT = 2**53
"""From here on a double no longer tells neighbouring integers apart."""
_LONG_INTEGER = r"^\s*[+-]?\d{16,}\s*$"
_KEPT = (pa.types.is_string, pa.types.is_boolean, pa.types.is_date, pa.types.is_timestamp, pa.types.is_null)

_COMMA_NUMBER = r"^\s*[+-]?(\d{1,3}(\.\d{3})+,\d+|\d*[.,]?\d+([eE][+-]?\d+)?|(?i:nan|[+-]?inf))\s*$"
_SURE_FRACTION = r"^\s*[+-]?(0,\d+|\d+,\d{1,2}|\d+,\d{4,}|\d+,\d+[eE][+-]?\d+)\s*$"
_ZERO_FRACTION = r"^\s*[+-]?0,\d+\s*$"
_HEAD_ROWS = 2_000


def exact(table: pa.Table, as_text: Callable[[list[str]], pa.Table]) -> pa.Table:
    """Return a table whose guessed types lost nothing: leading zeros, long integers and times of day are text.

    Parameters
    ----------
    table
        Columns with unique names, of types guessed from their text.
    as_text
        The same rows of the named columns, as text.
    """
    doubtful = [name for name in table.column_names if _doubtful(table[name])]
    if not doubtful:
        return table
    published = as_text(doubtful)
    for name in doubtful:
        if _loses(table[name].type, published[name]):
            table = table.set_column(table.column_names.index(name), name, published[name])
    return table


def _doubtful(column: pa.ChunkedArray) -> bool:
    if pa.types.is_floating(column.type):
        finite = pc.if_else(pc.is_finite(column), pc.abs(column), 0.0)
        return (pc.max(finite).as_py() or 0) >= _BIGGEST_EXACT
    return not any(kept(column.type) for kept in _KEPT)


def _loses(guessed: pa.DataType, text: pa.ChunkedArray) -> bool:
    if pa.types.is_floating(guessed):
        return bool(pc.any(pc.match_substring_regex(text, _LONG_INTEGER)).as_py())
    if not pa.types.is_integer(guessed):
        return True
    bare = pc.ascii_ltrim(pc.ascii_trim_whitespace(text), "+-")
    padded = pc.and_(pc.starts_with(bare, "0"), pc.greater(pc.binary_length(bare), 1))
    return bool(pc.any(padded).as_py())


def with_decimal_commas(table: pa.Table, *, between_commas: bool) -> tuple[pa.Table, list[str]]:
    """Return a table whose text columns of numbers such as "0,53" are double, and a note naming how many.

    "1,234" may be a grouped thousand, and "12,17" a list where commas separate fields, so a file has decimal commas
    only once one of its columns leaves no doubt.

    Parameters
    ----------
    table
        Any columns; those of text are looked at.
    between_commas
        Whether commas separate the fields of the file.
    """
    numbers = {name: table[name] for name in table.column_names if _has_comma_numbers(table[name])}
    sure = _ZERO_FRACTION if between_commas else _SURE_FRACTION
    if not any(pc.any(pc.match_substring_regex(column, sure)).as_py() for column in numbers.values()):
        return table, []
    for name, column in numbers.items():
        table = table.set_column(table.column_names.index(name), name, _from_commas(column))
    n = len(numbers)
    return table, [f"Numbers with a decimal comma were read in {n} {'column' if n == 1 else 'columns'}."]


def _has_comma_numbers(column: pa.ChunkedArray) -> bool:
    if not pa.types.is_string(column.type) or column.null_count == len(column):
        return False
    return _all_comma_numbers(column.drop_null()[:_HEAD_ROWS]) and _all_comma_numbers(column) and _any_comma(column)


def _all_comma_numbers(column: pa.ChunkedArray) -> bool:
    return bool(pc.all(pc.match_substring_regex(column, _COMMA_NUMBER)).as_py())


def _any_comma(column: pa.ChunkedArray) -> bool:
    return bool(pc.any(pc.match_substring(column, ",")).as_py())


def _from_commas(column: pa.ChunkedArray) -> pa.ChunkedArray:
    has_comma = pc.match_substring(column, ",")
    ungrouped = pc.if_else(has_comma, pc.replace_substring(column, ".", ""), column)
    bare = pc.utf8_ltrim(pc.utf8_trim_whitespace(pc.replace_substring(ungrouped, ",", ".")), "+")
    return pc.cast(bare, pa.float64())
