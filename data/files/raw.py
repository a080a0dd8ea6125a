"""What comes out of a file: the table as published, the rows that do not fit it, and what was noticed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

MALFORMED = pa.schema([("row", pa.int64()), ("reason", pa.string()), ("record", pa.string())])
"""Columns of `RawTable.malformed`."""


@dataclass(frozen=True, eq=False, slots=True)
class RawTable:
    """A table as its publisher wrote it.

    Only an empty cell is empty: "NA" and "null" are titles too.

    Parameters
    ----------
    source
        File name, never a path; inside an archive ``songs.zip/songs.csv``.
    sha256
        Hexadecimal hash of the bytes of the file as given.
    table
        (n rows, 2 or more columns) with unique, non-empty names. Columns are string, int64, double, bool, date,
        timestamp or lists of these.
    rows
        int64 (n,), ascending: the data row of the source, counted from 0 without blank lines, of each row of ``table``.
    malformed
        Columns ``row``, ``reason`` and ``record`` (JSON text): the data rows that do not fit the header.
    notes
        Sentences about how the file was read.
    """

    source: str
    sha256: str
    table: pa.Table
    rows: np.ndarray
    malformed: pa.Table
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OddRow:
    """A data row that does not fit the header: which one (from 0), why, and what it holds by column."""

    row: int
    reason: str
    record: Any


@dataclass(frozen=True, eq=False, slots=True)
class Cells:
    """What a reader of one kind of file hands on.

    Parameters
    ----------
    table
        The rows that fit; any Arrow types, unique non-empty names.
    odd
        The rows that do not, in their order.
    notes
        Sentences about the reading.
    """

    table: pa.Table
    odd: Sequence[OddRow] = ()
    notes: Sequence[str] = ()


def malformed_table(odd: Sequence[OddRow]) -> pa.Table:
    """Return odd rows as a table of the schema `MALFORMED`.

    >>> malformed_table([OddRow(3, "1 field, the header has 2", {"a": "x"})]).to_pylist()
    [{'row': 3, 'reason': '1 field, the header has 2', 'record': '{"a": "x"}'}]
    """
    return pa.table(
        {
            "row": [each.row for each in odd],
            "reason": [each.reason for each in odd],
            "record": [json.dumps(each.record, ensure_ascii=False, default=str) for each in odd],
        },
        schema=MALFORMED,
    )


def rows_kept(n: int, odd: Sequence[OddRow]) -> np.ndarray:
    """Return which data rows the ``n`` rows of a table are, when odd rows stood between them: int64 (n,).

    >>> rows_kept(3, [OddRow(1, "", {})])
    array([0, 2, 3])
    """
    fits = np.ones(n + len(odd), dtype=bool)
    fits[[each.row for each in odd]] = False
    return np.flatnonzero(fits).astype(np.int64)
