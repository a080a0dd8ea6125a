"""From cells as published to columns named as fields, in the fields' own units.

Nothing is judged here: a value out of range stays. Cells that are there and cannot be read are counted.

In columns of numbers, words such as "NA" are nothing (`cells.MISSING_WORDS`). In columns of text they may be a
title or a name ("NaN" is a song, "None" a band), so they stay, but for three cases: the family's adapter says so; the
column holds genres, none of which has such a name; one word fills `IMPLAUSIBLE` of the cells and at least
`FEWEST_IMPLAUSIBLE` of them, which no title or name does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.adapters.adapter import Adapter
from data.fields import FIELDS, NUMERIC_FIELDS, Field, Role
from data.mapping.cells import LABEL_WORDS, MISSING_WORDS, READERS, durations_ms, modes, numbers_in, shares
from data.mapping.columns import CONTEXT, FEATURE, Column
from data.mapping.content import as_text, is_list, is_text
from data.mapping.dates import dates
from data.mapping.lists import Lists, artist_lists, id_lists, kept_whole, tag_lists
from data.mapping.names import label
from data.mapping.units import UNITS

IMPLAUSIBLE = 0.02
FEWEST_IMPLAUSIBLE = 5
_TEXT = pd.StringDtype("pyarrow", na_value=pd.NA)
_URI = r"^(?:spotify:track:|https?://(?:open|play)\.spotify\.com/(?:intl-\w+/)?track/)([0-9A-Za-z]+).*$"
_LABELS = ("genre", "subgenre")


@dataclass(frozen=True, eq=False, slots=True)
class Translated:
    """A table in the terms of the data dictionary.

    Parameters
    ----------
    table
        One row per row of the source, columns named as fields. Text is stripped, empty text missing; numbers are
        float64 in the field's own unit, NaN where missing or unreadable, ``x_`` and ``c_`` columns too.
        ``artist_names``, ``genres`` and ``artist_ids`` hold lists of text; rows with the same cell share one list.
        ``release_date`` is ISO text as far as known, with ``release_precision`` and ``release_year``.
    extra
        A `Field` for every ``x_`` and ``c_`` column.
    unread
        Cells that are there and could not be read, by field.
    notes
        Sentences about the whole table.
    """

    table: pd.DataFrame
    extra: Mapping[str, Field]
    unread: Mapping[str, int]
    notes: tuple[str, ...]


def translated(
    table: pa.Table, columns: Sequence[Column], *, adapter: Adapter | None, today: date | None = None
) -> Translated:
    """Translate a table as its columns are taken.

    Parameters
    ----------
    table
        Cells as published.
    columns
        What they are taken for; all are in the table.
    adapter
        The family's, None for the general path.
    today
        Later release dates are missing; by default the current date.
    """
    made: dict[str, object] = {}
    unread: dict[str, int] = {}
    notes = list(adapter.notes) if adapter else []
    ids = None
    for column in columns:
        cells = table.column(column.column)
        if column.is_left_out:
            continue
        if column.field == "release_date":
            _add_dates(made, unread, notes, cells, column.unit, today)
        elif _is_number(column.field):
            made[column.field], n_unread = read_numbers(column.field, cells, column.unit)
            unread |= {column.field: n_unread} if n_unread else {}
        elif column.field == "genres":
            made["genres"] = tag_lists(cells)
        elif column.field == "artist_ids":
            ids = id_lists(cells)
            made["artist_ids"] = ids.rows()
        else:
            text, said = _texts(column.field, cells, nothing=adapter.nothing if adapter else ())
            made[column.field], notes = text, notes + said
    notes += [n for c in columns if (n := _note_on_unit(c))]
    _add_mode(made, notes, table, columns)
    _add_copies(made, adapter)
    _add_artists(made, table, columns, adapter, ids)
    notes += _notes_on_clips(made)
    frame = pd.DataFrame({name: _as_series(values) for name, values in made.items()}, index=pd.RangeIndex(len(table)))
    extra = {c.field: _extra_field(c, made[c.field]) for c in columns if c.field.startswith((FEATURE, CONTEXT))}
    return Translated(frame, extra, unread, tuple(notes))


def _is_number(field: str) -> bool:
    return field in NUMERIC_FIELDS or field.startswith((FEATURE, CONTEXT))


def _as_series(values: object) -> pd.Series:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return pd.Series(pd.array(values, dtype=_TEXT), dtype=_TEXT)
    return pd.Series(values, dtype=object if np.asarray(values).dtype == object else np.float64)


def read_numbers(field: str, cells: pa.ChunkedArray, unit: str) -> tuple[np.ndarray, int]:
    """Return a column of numbers in the field's own unit, and how many cells are there but unreadable.

    Parameters
    ----------
    field
        A numeric field, or an extra column's name.
    cells
        Numbers, booleans or text, shape (n,).
    unit
        A unit of the field in `data.mapping.units.UNITS`.
    """
    own = UNITS[field][unit].own if field in UNITS else _unchanged
    if pa.types.is_boolean(cells.type) or pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type):
        numbers = cells.cast(pa.float64(), safe=False).to_numpy()
        values, said = own(np.where(np.isinf(numbers), np.nan, numbers)), ~np.isnan(numbers)
    else:
        encoded = pc.dictionary_encode(as_text(cells).combine_chunks() if not is_list(cells.type) else _joined(cells))
        texts = encoded.dictionary.to_pylist()
        codes = encoded.indices.fill_null(len(texts)).to_numpy()
        read = _reader(field, unit, own)(texts) if texts else np.empty(0)
        values = np.append(read, np.nan)[codes]
        said = np.array([*(text.lower() not in MISSING_WORDS for text in texts), False])[codes]
    if unit == "count" and field in UNITS:
        values = own(values)
    if field in ("key", "mode"):
        unknown = values == -1
        values, said = np.where(unknown, np.nan, values), said & ~unknown
    return values, int((said & np.isnan(values)).sum())


def _unchanged(values: np.ndarray) -> np.ndarray:
    return values


def _reader(field: str, unit: str, own: Callable[[np.ndarray], np.ndarray]) -> Callable[[list[str]], np.ndarray]:
    if field in READERS:
        return lambda texts: own(READERS[field](texts))
    if field == "duration_ms":
        return lambda texts: durations_ms(texts, own, per_minute=60 if unit == "m:ss:00" else 1)
    if field in UNITS and "tenths" in UNITS[field] and unit != "count":
        return lambda texts: shares(texts, own, highest=FIELDS[field].high)
    return numbers_in if unit == "count" else lambda texts: own(numbers_in(texts))


def _joined(cells: pa.ChunkedArray) -> pa.Array:
    """Return lists as text, their items with commas between them."""
    flat = cells.combine_chunks()
    items = pa.ListArray.from_arrays(flat.offsets, as_text(flat.values)) if pa.types.is_list(flat.type) else flat
    return pc.binary_join(items.cast(pa.list_(pa.string())), ", ")


def _add_dates(
    made: dict[str, object],
    unread: dict[str, int],
    notes: list[str],
    cells: pa.ChunkedArray,
    unit: str,
    today: date | None,
) -> None:
    found = dates(cells, unit=unit, today=today)
    made["release_date"], made["release_precision"] = found.text, found.precision
    made["release_year"] = found.year
    notes += found.notes
    if found.n_unread:
        unread["release_date"] = found.n_unread


def _texts(field: str, cells: pa.ChunkedArray, *, nothing: Sequence[str]) -> tuple[pa.ChunkedArray, list[str]]:
    """Return stripped text, missing where a cell is empty or holds a word for nothing."""
    text = as_text(cells) if not is_list(cells.type) else pa.chunked_array([_joined(cells)], pa.string())
    if field == "track_id":
        text = pc.replace_substring_regex(text, _URI, r"\1")
    words, notes = _words_for_nothing(field, text, nothing)
    empty = pc.is_in(text, value_set=pa.array(["", *words], pa.string()))
    return pc.if_else(empty, pa.scalar(None, pa.string()), text), notes


def _words_for_nothing(field: str, text: pa.ChunkedArray, nothing: Sequence[str]) -> tuple[list[str], list[str]]:
    spelled = sorted(
        {form for word in LABEL_WORDS for form in (word, word.upper(), word.capitalize(), _CAMEL.get(word))}
        - {None, ""}
    )
    found = pc.value_counts(pc.filter(text, pc.is_in(text, value_set=pa.array(spelled, pa.string()))))
    counts = dict(zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True))
    least = max(FEWEST_IMPLAUSIBLE, IMPLAUSIBLE * (len(text) - text.null_count))
    is_implausible = {word: field in _LABELS or count >= least for word, count in counts.items()}
    words = sorted({*nothing, *(word for word, holds in is_implausible.items() if holds)})
    said = [
        f"{word!r} stands for nothing in {counts[word]:,} cells of {field}."
        for word in words
        if word in counts and word not in nothing
    ]
    return words, said


_CAMEL = {"nan": "NaN", "<na>": "<NA>", "n/a": "N/A"}


def _add_artists(
    made: dict[str, object], table: pa.Table, columns: Sequence[Column], adapter: Adapter | None, ids: Lists | None
) -> None:
    """Add ``artist_names``, and put the names back into ``artists`` with commas between them."""
    source = next((table.column(c.column) for c in columns if c.field == "artists"), None)
    if source is None:
        return
    cells = source if is_list(source.type) else made["artists"]
    names = artist_lists(cells, split=adapter.artists if adapter else None)
    if ids is not None and not is_list(source.type):
        names = kept_whole(names, ids, cells)
    made["artists"], made["artist_names"] = pa.chunked_array([names.joined()]), names.rows()


def _add_mode(made: dict[str, object], notes: list[str], table: pa.Table, columns: Sequence[Column]) -> None:
    """Read major and minor from the names of keys, where no column says it."""
    key = next((c for c in columns if c.field == "key"), None)
    if key is None or "mode" in made or not is_text(table.column(key.column).type):
        return
    encoded = pc.dictionary_encode(as_text(table.column(key.column)).combine_chunks())
    found = modes([text if not text.isdigit() else "" for text in encoded.dictionary.to_pylist()])
    codes = encoded.indices.fill_null(len(found)).to_numpy(zero_copy_only=False)
    if np.isfinite(found).any():
        made["mode"] = np.append(found, np.nan)[codes]
        notes.append(f"Major and minor are read from the names of the keys in {key.column!r}.")


def _add_copies(made: dict[str, object], adapter: Adapter | None) -> None:
    for field, source in (adapter.also if adapter else {}).items():
        if field not in made and source in made:
            made[field] = made[source]


_CLIP = r"^(.+\.\d{3,})\.\d+(?:\.\w+)?$"


def _notes_on_clips(made: Mapping[str, object]) -> list[str]:
    ids = made.get("track_id")
    if not isinstance(ids, pa.ChunkedArray):
        return []
    files = pc.extract_regex(ids.slice(0, 1000), r"^(?P<file>.+\.\d{3,})\.\d+(?:\.\w+)?$")
    if files.null_count > 0.5 * len(files):
        return []
    all_files = pc.replace_substring_regex(ids, _CLIP, r"\1")
    n_files = len(pc.unique(all_files))
    return (
        [f"{len(ids):,} rows are clips of {n_files:,} files: clips of one file are alike."]
        if n_files < len(ids)
        else []
    )


def _note_on_unit(column: Column) -> str:
    if column.field == "popularity" and column.unit == "count":
        return f"Popularity is the percentile rank, 0 to 100, of the counts in {column.column!r}."
    if column.field == "loudness" and column.unit == "amplitude":
        return f"Loudness in {column.column!r} is read as amplitude; a scale of 0 to 1 would look the same."
    return ""


def _extra_field(column: Column, values: object) -> Field:
    numbers = np.asarray(values, dtype=np.float64)
    finite = numbers[np.isfinite(numbers)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 0.0)
    return Field(
        name=column.field,
        label=label(column.column),
        role=Role.AUDIO if column.field.startswith(FEATURE) else Role.CONTEXT,
        meaning=f"As the source has it in {column.column!r}.",
        low=low,
        high=high,
        low_word="low",
        high_word="high",
        step=_step(low, high, whole=bool((finite == np.floor(finite)).all())),
        source="the table's own column",
    )


def _step(low: float, high: float, *, whole: bool) -> float:
    """Return the power of ten that cuts a range into some hundred steps; 1 at least for whole numbers."""
    width = high - low
    step = float(10 ** np.floor(np.log10(width / 50))) if width > 0 and np.isfinite(width) else 1.0
    return max(1.0, step) if whole else step
