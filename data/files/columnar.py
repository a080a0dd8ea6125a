"""Parquet and Arrow files, batch by batch, so that a small file cannot fill the memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from data.errors import SourceError
from data.files.headers import check_width
from data.files.kinds import Kind
from data.files.raw import Cells
from data.files.unpacking import check_size


def read_parquet(path: Path, *, name: str, most_bytes: int) -> Cells:
    """Read a Parquet file.

    Raises
    ------
    SourceError
        It is damaged, too wide or too large.
    """
    with _refusing_damage(name, "Parquet"), pa.parquet.ParquetFile(path) as file:
        check_width(file.metadata.num_columns, name)
        groups = (file.metadata.row_group(i) for i in range(file.metadata.num_row_groups))
        check_size(sum(group.total_byte_size for group in groups), name, most_bytes)
        return Cells(_table(file.iter_batches(), file.schema_arrow, name=name, most_bytes=most_bytes))


def read_arrow(path: Path, kind: Kind, *, name: str, most_bytes: int) -> Cells:
    """Read an Arrow IPC file (Feather) or stream.

    Raises
    ------
    SourceError
        It is damaged, too wide or too large.
    """
    with _refusing_damage(name, "Arrow"), pa.OSFile(str(path)) as file:
        if kind is Kind.ARROW_STREAM:
            reader = pa.ipc.open_stream(file)
            batches: Iterable[pa.RecordBatch] = reader
        else:
            reader = pa.ipc.open_file(file)
            batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
        check_width(len(reader.schema), name)
        table = _table(batches, reader.schema, name=name, most_bytes=most_bytes)
        table.validate(full=True)
        return Cells(table)


def _table(batches: Iterable[pa.RecordBatch], schema: pa.Schema, *, name: str, most_bytes: int) -> pa.Table:
    kept, n_bytes = [], 0
    for batch in batches:
        n_bytes += batch.nbytes
        check_size(n_bytes, name, most_bytes)
        kept.append(batch)
    return pa.Table.from_batches(kept, schema).replace_schema_metadata(None)


@contextmanager
def _refusing_damage(name: str, form: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, UnicodeError) as error:
        raise SourceError(
            f"{name} begins like {form} but is damaged or cut short", remedy="Download or save it again"
        ) from error
