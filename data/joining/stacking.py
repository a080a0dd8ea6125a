"""Tables of one shape as one: several files of the same columns, one below the other."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from data.errors import SourceError

if TYPE_CHECKING:
    from data.files import RawTable

_NAMED = 3
"""More sources than this are counted instead of named."""


@dataclass(frozen=True, eq=False, slots=True)
class Stacked:
    """Several tables as one.

    Parameters
    ----------
    raw
        The table; ``rows`` counts within each source, ``malformed`` names the source in its reasons.
    sources
        Name of each source, in order.
    source_of
        Number of the source of each row, int64 of shape (n_rows,).
    """

    raw: RawTable
    sources: tuple[str, ...]
    source_of: np.ndarray


def alike(raws: Sequence[RawTable]) -> list[list[RawTable]]:
    """Return the tables grouped by the set of their column names, in the order in which the sets first appear."""
    groups: dict[frozenset[str], list[RawTable]] = {}
    for raw in raws:
        groups.setdefault(frozenset(raw.table.column_names), []).append(raw)
    return list(groups.values())


def stacked(raws: Sequence[RawTable]) -> Stacked:
    """Return tables of the same columns, in whatever order they stand, as one.

    A column is whole numbers and fractions: fractions; numbers and text: text; dates and times: times. The hash of the
    result is that of the hashes of the sources.

    Raises
    ------
    SourceError
        The tables do not have the same columns, or there is none.
    """
    if len(alike(raws)) != 1:
        raise SourceError(
            "These tables do not have the same columns", where=_names(raws), remedy="Stack only files of one layout"
        )
    sources = tuple(raw.source for raw in raws)
    lengths = [raw.table.num_rows for raw in raws]
    source_of = np.repeat(np.arange(len(raws)), lengths).astype(np.int64)
    if len(raws) == 1:
        return Stacked(raws[0], sources, source_of)
    names = raws[0].table.column_names
    counted = ", ".join(
        f"{source} ({n:,} {'row' if n == 1 else 'rows'})" for source, n in zip(sources, lengths, strict=True)
    )
    raw = dataclasses.replace(
        raws[0],
        source=_names(raws),
        sha256=hashlib.sha256("".join(raw.sha256 for raw in raws).encode()).hexdigest(),
        table=pa.table([_column([raw.table[name] for raw in raws]) for name in names], names),
        rows=np.concatenate([raw.rows for raw in raws]),
        malformed=pa.concat_tables([_named(raw) for raw in raws]),
        notes=tuple(
            [f"{len(raws)} files of the same columns stand one below the other: {counted}."]
            + [f"{raw.source}: {note}" for raw in raws for note in raw.notes]
        ),
    )
    return Stacked(raw, sources, source_of)


def _names(raws: Sequence[RawTable]) -> str:
    names = [raw.source for raw in raws]
    return " + ".join(names) if len(names) <= _NAMED else f"{names[0]} and {len(names) - 1} more"


def _named(raw: RawTable) -> pa.Table:
    """Return the malformed rows of a table with its name in their reasons."""
    reasons = [f"{raw.source}: {reason}" for reason in raw.malformed["reason"].to_pylist()]
    place = raw.malformed.column_names.index("reason")
    return raw.malformed.set_column(place, "reason", pa.array(reasons, pa.string()))


def _column(parts: Sequence[pa.ChunkedArray]) -> pa.ChunkedArray:
    """Return the parts of one column below each other, in a type that holds them all."""
    wanted = {part.type for part in parts if not kinds.is_null(part.type)}
    kind = _common(wanted)
    try:
        chunks = [part.cast(kind) if part.type != pa.string() else part for part in parts]
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):  # whole numbers beyond 2^53, lists beside numbers
        kind = pa.string()
    if kind == pa.string():
        chunks = [_text(part) for part in parts]
    return pa.chunked_array([chunk for part in chunks for chunk in part.chunks], kind)


def _common(found: set[pa.DataType]) -> pa.DataType:
    if len(found) <= 1:
        return next(iter(found), pa.null())
    if all(kinds.is_integer(kind) or kinds.is_boolean(kind) for kind in found):
        return pa.int64()
    if all(kinds.is_integer(kind) or kinds.is_floating(kind) for kind in found):
        return pa.float64()
    if all(kinds.is_temporal(kind) for kind in found):
        return pa.timestamp("us")
    return pa.string()


def _text(part: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return cells as text; a list as JSON, a truth value as true or false."""
    if kinds.is_nested(part.type):
        cells = [
            None if cell is None else json.dumps(cell, ensure_ascii=False, default=str) for cell in part.to_pylist()
        ]
        return pa.chunked_array([pa.array(cells, pa.string())])
    if kinds.is_floating(part.type):
        return pc.replace_substring_regex(part.cast(pa.string()), r"^(-?\d+)\.0+$", r"\1")
    return part.cast(pa.string())
