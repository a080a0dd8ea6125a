"""Rejected rows as a file to look through, in the columns they came in."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from dash_app.answers.spreadsheets import harmless
from models.bundle import Bundle

_BATCH_ROWS = 500
_BYTE_ORDER_MARK = "\ufeff"
"""By it spreadsheet programs know UTF-8."""


def rejected_csv(bundle: Bundle) -> Iterator[str]:
    """Yield a CSV file of every rejected row in pieces: where it stood, why, and its cells."""
    rejected = bundle.table("rejected")
    leading = [name for name in rejected.column_names if name != "record"]
    cells = _columns_of(rejected) if "record" in rejected.column_names else []
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_BYTE_ORDER_MARK)
    writer.writerow([harmless(name) for name in (*leading, *cells)])
    for batch in rejected.to_batches(max_chunksize=_BATCH_ROWS):
        for row in batch.to_pylist():
            record = _record(row.get("record"))
            writer.writerow([harmless(row[n]) for n in leading] + [harmless(record.get(n)) for n in cells])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _columns_of(rejected: pa.Table) -> list[str]:
    names: dict[str, None] = {}
    for text in rejected["record"].to_pylist():
        names |= dict.fromkeys(_record(text))
    return list(names)


def _record(text: str | None) -> Mapping[str, Any]:
    found = json.loads(text) if text else {}
    return found if isinstance(found, dict) else {"record": found}
