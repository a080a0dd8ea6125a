"""CSV and its relatives, through Arrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from data.errors import SourceError
from data.files.cells import exact, with_decimal_commas
from data.files.dialects import Dialect, dialect_of, fields_of
from data.files.quotes import mended_quotes, odd_quotes
from data.files.raw import Cells, OddRow

BLOCK_BYTES = 8 << 20
"""How much is parsed at once."""
LARGEST_BLOCK_BYTES = 256 << 20
"""The same where a row is longer than that."""

_ONE_TOO_LONG = "straddling object"
_RAGGED = "CSV parse error: "


def read_delimited(path: Path, folder: Path, *, name: str) -> Cells:
    """Read a text table in UTF-8.

    Parameters
    ----------
    path
        The file.
    folder
        Where a mended copy may be written.
    name
        What it is called in sentences.

    Raises
    ------
    SourceError
        It is no table; see `dialect_of`.
    """
    dialect = dialect_of(path, name=name)
    cells, quoted = _cells(path, dialect)
    if quoted or odd_quotes(path):
        cells = _better(cells, path, folder, dialect)
    if cells.odd and not cells.table.num_rows:
        raise SourceError(
            f"None of the {len(cells.odd):,} rows of {name} fits its header of {len(dialect.names)} fields",
            remedy="Save it again as CSV with the same number of fields in every line",
        )
    table, notes = with_decimal_commas(cells.table, between_commas=dialect.delimiter == ",")
    return Cells(table, cells.odd, [*cells.notes, *notes])


def _better(cells: Cells, path: Path, folder: Path, dialect: Dialect) -> Cells:
    """The cells, or those that are found with unclosed quotation marks taken as they stand, where these are more."""
    mended, unclosed = mended_quotes(path, folder / "mended.csv", dialect)
    if not unclosed:
        return cells
    again, _ = _cells(mended, dialect)
    if again.table.num_rows - len(again.odd) <= cells.table.num_rows - len(cells.odd):
        return cells
    lines = "1 line" if unclosed == 1 else f"{unclosed:,} lines"
    return replace(again, notes=[*again.notes, f"{lines} with a quotation mark that does not close read as written."])


def _cells(path: Path, dialect: Dialect) -> tuple[Cells, bool]:
    """The cells, and whether some odd row holds a quotation mark."""
    try:
        return _cells_by_block(path, dialect, BLOCK_BYTES)
    except pa.ArrowInvalid as error:
        if _ONE_TOO_LONG not in str(error):
            raise
        return _cells_by_block(path, dialect, LARGEST_BLOCK_BYTES)


def _cells_by_block(path: Path, dialect: Dialect, block_bytes: int) -> tuple[Cells, bool]:
    places = _Places(dialect)
    read = partial(_read, path, dialect, block_bytes)
    try:
        table, handler = read(), None
    except pa.ArrowInvalid as error:
        if not str(error).startswith(_RAGGED):
            raise
        table, handler = read(handler=places.note), _skipped
    table = exact(table, lambda columns: read(handler=handler, text=columns))
    table = table.rename_columns(dialect.names)
    if dialect.spare and table.columns[-1].null_count == table.num_rows:
        table = table.remove_column(table.num_columns - 1)
    return Cells(table, places.odd, dialect.notes), places.quoted


class _Places:
    """Where the odd rows are. Arrow counts rows from 1, the skipped lines and lines of spaces included."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.odd: list[OddRow] = []
        self.quoted = False
        self._blank = 0

    def note(self, row: pa.csv.InvalidRow) -> str:
        if not row.text.strip():
            self._blank += 1
            return "skip"
        names, cells = self.dialect.names, fields_of(row.text, self.dialect)
        more = (f"column {place}" for place in range(len(names) + 1, len(cells) + 1))
        fields = "1 field" if row.actual_columns == 1 else f"{row.actual_columns} fields"
        reason = f"{fields}, the header has {len(names) - self.dialect.spare}"
        place = row.number - self.dialect.skip - 1 - self._blank
        self.odd.append(OddRow(place, reason, dict(zip([*names[: len(cells)], *more], cells, strict=True))))
        self.quoted |= '"' in row.text
        return "skip"


def _skipped(_: pa.csv.InvalidRow) -> str:
    return "skip"


def _read(
    path: Path,
    dialect: Dialect,
    block_bytes: int,
    *,
    handler: Callable[[pa.csv.InvalidRow], str] | None = None,
    text: Sequence[str] | None = None,
) -> pa.Table:
    """The rows of a table, with columns named by their place; or some columns of it as text."""
    return pa.csv.read_csv(
        path,
        read_options=pa.csv.ReadOptions(
            column_names=[str(place) for place in range(len(dialect.names))],
            skip_rows=dialect.skip,
            block_size=block_bytes,
            use_threads=handler is None,  # only one thread knows which row it is at
        ),
        parse_options=pa.csv.ParseOptions(
            delimiter=dialect.delimiter,
            escape_char="\\" if dialect.escape else False,
            newlines_in_values=True,
            invalid_row_handler=handler,
        ),
        # Only an empty cell is empty: NA, NaN and null are titles and names too.
        convert_options=pa.csv.ConvertOptions(
            null_values=[""],
            strings_can_be_null=True,
            include_columns=text,
            column_types=dict.fromkeys(text or (), pa.string()),
        ),
    )
