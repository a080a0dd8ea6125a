"""What stands in a column: a sample of its cells, read as numbers and as text, so that names can be believed or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.mapping.cells import MISSING_WORDS, numbers_in

SAMPLE_ROWS = 20_000
SEED = 0
N_SAMPLES = 3
LONGEST_SAMPLE = 60


@dataclass(frozen=True, eq=False, slots=True)
class Content:
    """A column's cells, in no order.

    Parameters
    ----------
    kind
        ``number``, ``boolean``, ``text``, ``list``, ``date``, or empty where no cell says anything.
    numbers
        The cells that are finite numbers, float64 in any order.
    texts
        The different cells as text, sorted; of lists, their items. Empty for columns of numbers and booleans.
    counts
        How many cells hold each text.
    n_present
        Cells that say anything.
    samples
        Up to `N_SAMPLES` different values as text.
    """

    kind: str
    numbers: np.ndarray
    texts: tuple[str, ...]
    counts: np.ndarray
    n_present: int
    samples: tuple[str, ...]

    @property
    def numeric_share(self) -> float:
        """Share of the present cells that are numbers."""
        return len(self.numbers) / self.n_present if self.n_present else 0.0

    @property
    def n_distinct(self) -> int:
        """Number of different values in the sample."""
        return len(self.texts) if self.texts else len(np.unique(self.numbers))

    def share(self, holds: Sequence[bool] | np.ndarray) -> float:
        """Return the share of cells whose text ``holds``, given for every text."""
        total = self.counts.sum()
        return float(self.counts[np.asarray(holds, dtype=bool)].sum() / total) if total else 0.0


def sampled_rows(n_rows: int) -> np.ndarray | None:
    """Return `SAMPLE_ROWS` places spread over a table, always the same ones; None where the table is smaller."""
    if n_rows <= SAMPLE_ROWS:
        return None
    edges = np.linspace(0, n_rows, SAMPLE_ROWS + 1)
    return np.floor(np.random.default_rng(SEED).uniform(edges[:-1], edges[1:])).astype(np.int64)


def content(column: pa.ChunkedArray, rows: np.ndarray | None) -> Content:
    """Return what stands in a column, at ``rows`` or everywhere."""
    if column.null_count == len(column):
        return _EMPTY
    cells = column if rows is None else column.take(pa.array(rows))
    if cells.null_count == len(cells):
        cells = column.drop_null().slice(0, SAMPLE_ROWS)
    cells = pc.drop_null(cells.combine_chunks())
    if pa.types.is_boolean(cells.type):
        return _of_numbers("boolean", cells.cast(pa.int8()))
    if pa.types.is_integer(cells.type) or pa.types.is_floating(cells.type) or pa.types.is_decimal(cells.type):
        return _of_numbers("number", cells)
    if is_list(cells.type):
        return _of_texts("list", pc.drop_null(as_text(pc.list_flatten(cells))))
    kind = "date" if pa.types.is_temporal(cells.type) and not pa.types.is_time(cells.type) else "text"
    return _of_texts(kind, as_text(cells))


def is_list(type_: pa.DataType) -> bool:
    """Return whether cells are lists."""
    return pa.types.is_list(type_) or pa.types.is_large_list(type_) or pa.types.is_fixed_size_list(type_)


def is_text(type_: pa.DataType) -> bool:
    """Return whether cells are text."""
    return pa.types.is_string(type_) or pa.types.is_large_string(type_)


def as_text(cells: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Return cells as text, those that are text without blanks around them; numbers that are whole without a point."""
    if is_text(cells.type):
        return pc.utf8_trim_whitespace(cells).cast(pa.string())
    if pa.types.is_floating(cells.type):
        whole = pc.all(pc.or_kleene(pc.is_nan(cells), pc.equal(cells, pc.floor(cells)))).as_py()
        ends = pc.max(pc.abs(pc.if_else(pc.is_finite(cells), cells, None))).as_py()
        if whole and ends is not None and ends < 2**53:
            return pc.if_else(pc.is_finite(cells), cells, None).cast(pa.int64()).cast(pa.string())
    if pa.types.is_nested(cells.type):
        written = pa.array([None if cell is None else str(cell) for cell in cells.to_pylist()], pa.string())
        return pa.chunked_array([written]) if isinstance(cells, pa.ChunkedArray) else written
    return cells.cast(pa.string())


def _of_numbers(kind: str, cells: pa.Array) -> Content:
    values = cells.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    known = values[~np.isnan(values)]
    finite = np.sort(known[np.isfinite(known)])
    distinct = np.unique(finite)
    shown = tuple(f"{number:.6g}" if number % 1 else f"{number:.0f}" for number in _spread(distinct.tolist()))
    return Content(kind if len(known) else "", finite, (), np.empty(0, np.int64), len(known), shown)


def _of_texts(kind: str, cells: pa.Array) -> Content:
    found = pc.value_counts(cells)
    pairs = sorted(zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True))
    pairs = [(text, count) for text, count in pairs if text.lower() not in MISSING_WORDS]
    if not pairs:
        return _EMPTY
    texts, counts = tuple(text for text, _ in pairs), np.array([count for _, count in pairs])
    numbers = numbers_in(texts) if kind == "text" else np.empty(0)
    known = np.isfinite(numbers)
    repeated = np.sort(np.repeat(numbers[known], counts[known])) if kind == "text" else numbers
    shown = tuple(text if len(text) <= LONGEST_SAMPLE else text[: LONGEST_SAMPLE - 1] + "…" for text in _spread(texts))
    return Content(kind, repeated, texts, counts, int(counts.sum()), shown)


def _spread(values: Sequence) -> list:
    """Return the first, the middle and the last of sorted values."""
    places = sorted({0, (len(values) - 1) // 2, len(values) - 1}) if len(values) else []
    return [values[i] for i in places[:N_SAMPLES]]


_EMPTY = Content("", np.empty(0), (), np.empty(0, np.int64), 0, ())
