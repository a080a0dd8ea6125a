"""How a text table is laid out, found out from its beginning: delimiter, header line, what stands above it."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data.errors import SourceError
from data.files.headers import check_header, check_width, named

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
"""What fields may be separated by, and what that is called."""

SAMPLE_CHARS = 256 << 10
"""How much of the beginning is looked at."""

_MOST_RECORDS = 200
_MOST_TITLE_LINES = 30
_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?(\r\n|\r|\n)")  # Excel's own hint
_BACKSLASH_QUOTE = re.compile(r'\\"(?![",;\t|\r\n]|$)')
_TORN = re.compile(r'[,;\t|]"|"[,;\t|]')

Record = list[str]


@dataclass(frozen=True, slots=True)
class Dialect:
    r"""The layout of a text table.

    Parameters
    ----------
    delimiter
        One of `DELIMITERS`.
    names
        Names of its columns: unique and not empty.
    skip
        Physical lines to the end of the header.
    escape
        Whether quotation marks inside a cell are written ``\"`` instead of ``""``.
    spare
        Whether each row ends with a delimiter, so that the last column is no column.
    notes
        Sentences about the layout.
    """

    delimiter: str
    names: tuple[str, ...]
    skip: int
    escape: bool = False
    spare: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Sample:
    records: list[Record]
    ends: list[int]  # physical lines to the end of each record
    width: int  # most frequent number of fields
    share: float  # of records that have it
    complete: bool  # whether no cell was too long to look at


def dialect_of(path: Path, *, name: str) -> Dialect:
    """Return the layout of a text table in UTF-8.

    Raises
    ------
    SourceError
        It is empty, has one column, no header, no rows, too many columns, or is no table.
    """
    text, whole = _beginning(path)
    if not text.strip():
        raise SourceError(f"{name} is empty", remedy="Give a table with one header line and one row per track")
    told = _SEPARATOR_LINE.match(text)
    escape = bool(_BACKSLASH_QUOTE.search(text)) and not re.search(r'[^,;\t|\r\n]""[^,;\t|\r\n]', text)
    candidates = {told[1]: DELIMITERS.get(told[1], "")} if told and told[1] in DELIMITERS else DELIMITERS
    samples = {each: _sampled(text, each, whole=whole, escape=escape) for each in candidates}
    delimiter = max(samples, key=lambda each: (_likelihood(samples[each]), samples[each].width))
    return _dialect(samples[delimiter], delimiter, escape=escape, whole=whole, name=name)


def _likelihood(sample: _Sample) -> float:
    """From 0 to 1: how many records have as many fields as most.

    Less where the first one stands apart, or cells begin or end with quotation marks around another delimiter.
    """
    if not sample.records:
        return 0.0
    begins = abs(len(sample.records[0]) - sample.width) <= 1 < len(sample.records[0])
    torn = sum(any(_TORN.search(cell) for cell in record) for record in sample.records) / len(sample.records)
    return sample.share * (1.0 if begins else 0.5) * (1 - torn / 2)


def _dialect(sample: _Sample, delimiter: str, *, escape: bool, whole: bool, name: str) -> Dialect:
    if sample.width < 2:
        raise SourceError(
            f"{name} has only one column: no comma, semicolon, tab or bar separates its fields",
            remedy="Save it as CSV with one header line and commas between the fields",
        )
    place = _header_place(sample)
    check_width(max(sample.width, len(sample.records[place])), name)
    header, spare, notes = _fitted(sample.records[place], sample, sample.records[place + 1 :])
    check_header(header, name)
    if whole and sample.complete and place + 1 == len(sample.records):
        raise SourceError(f"{name} has a header but no rows", remedy="Export it again with its rows")
    if sample.share < 0.5 and not _reads_like_names(header):
        raise SourceError(
            f"{name} does not look like a table: its lines hold different numbers of fields",
            remedy="Save it as CSV with one header line and commas between the fields",
        )
    names, changed = named(header[:-1] if spare else header)
    names = named([*names, ""])[0] if spare else names
    if place:
        notes.insert(0, f"{place} {'line' if place == 1 else 'lines'} above the header left out.")
    if delimiter != ",":
        notes.insert(0, f"Fields are separated by {DELIMITERS[delimiter]}.")
    return Dialect(delimiter, tuple(names), sample.ends[place], escape, spare, (*notes, *changed))


def fields_of(text: str, dialect: Dialect) -> Record:
    """Return the cells of one record as it stands in the file."""
    return next(_reader(text, dialect.delimiter, escape=dialect.escape), [])


def _reader(text: str, delimiter: str, *, escape: bool) -> csv.reader:
    # newline="": line ends as they are, so that line_num counts what a reader of lines counts.
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, escapechar="\\" if escape else None)


def _beginning(path: Path) -> tuple[str, bool]:
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as file:
        text = file.read(SAMPLE_CHARS)
        return text, not file.read(1)


def _sampled(text: str, delimiter: str, *, whole: bool, escape: bool) -> _Sample:
    reader = _reader(text, delimiter, escape=escape)
    found = []
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                found.append((record, reader.line_num))
            if len(found) > _MOST_RECORDS:
                break
        complete = True
    except csv.Error:  # a cell longer than the module takes
        complete = False
    if not whole and 1 < len(found) <= _MOST_RECORDS:
        found.pop()  # cut short by the end of the sample
    found = [each for each in found if not _SEPARATOR_LINE.match(delimiter.join(each[0]) + "\n")]
    records, ends = [record for record, _ in found], [end for _, end in found]
    widths = Counter(len(record) for record in records if len(record) > 1)
    if not widths:
        return _Sample(records, ends, 1, 0.0, complete)
    first = next(iter(widths))  # the width of the header wins a tie
    width = max(widths, key=lambda each: (widths[each], each == first, each))
    return _Sample(records, ends, width, widths[width] / len(records), complete)


def _header_place(sample: _Sample) -> int:
    """The first record as wide as most are, or one field off and worded like a header."""
    for place, record in enumerate(sample.records[:_MOST_TITLE_LINES]):
        if len(record) == sample.width:
            return place
        follows = sample.records[place + 1 : place + 2]
        if abs(len(record) - sample.width) == 1 and len(record) > 1 and not any(map(_reads_like_names, follows)):
            return place
    return 0


def _fitted(header: Record, sample: _Sample, rows: Sequence[Record]) -> tuple[Record, bool, list[str]]:
    """The header with as many fields as most rows, whether its last stands for a spare delimiter, and notes."""
    if len(header) == sample.width:
        return header, False, []
    if len(header) > sample.width:
        return (header[:-1] if not header[-1].strip() else header), False, []
    full = [row for row in rows if len(row) == sample.width]
    if not any(row[-1].strip() for row in full):
        return [*header, ""], True, ["Each row ends with a separator more than the header."]
    return ["", *header], False, ["The rows have a field more than the header: their first one has no name."]


def _reads_like_names(record: Record) -> bool:
    cells = [cell.strip() for cell in record]
    return len(set(cells)) == len(cells) and all(0 < len(each) <= 60 and not each[0].isdigit() for each in cells)
