"""From files to one table whose columns are fields: stacked where they are alike, mapped, joined where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from data import mapping
from data.cleaning import REJECTED, rejected_rows
from data.digest import file_sha256
from data.errors import SourceError
from data.fields import FIELDS, Field
from data.files import RawTable, read_raw
from data.joining.joins import JoinedTables, joined_all
from data.joining.stacking import Stacked, alike, stacked
from data.mapping.mapping import Translated
from data.public.fma import fma_tables, is_fma
from data.wishes import Wishes


@dataclass(frozen=True, eq=False, slots=True)
class FileRead:
    """One file, or several of the same columns, and what its columns were taken for.

    Parameters
    ----------
    stack
        The table as read.
    mapping
        What each column was taken for.
    translated
        The table with columns named as fields.
    """

    stack: Stacked
    mapping: mapping.Mapping
    translated: Translated

    @property
    def name(self) -> str:
        """What sentences call it."""
        return self.stack.raw.source

    @property
    def n_rows(self) -> int:
        """Rows of the file, those that do not fit its header included."""
        return self.stack.raw.table.num_rows + self.stack.raw.malformed.num_rows

    @property
    def origin(self) -> str:
        """Publisher and licence, where the family has one."""
        return self.mapping.family.origin if self.mapping.family else ""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about how it was read."""
        return (*self.stack.raw.notes, *self.translated.notes)

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, as a manifest holds it."""
        raw = self.stack.raw
        described = {"source": raw.source, "sha256": raw.sha256, "rows": self.n_rows}
        return described | {"malformed": raw.malformed.num_rows, "mapping": self.mapping.as_dict()}

    @property
    def misshapen(self) -> pa.Table:
        """Rows that do not fit the header, as refused rows."""
        found = self.stack.raw.malformed
        source = pa.array([self.name] * found.num_rows, pa.string())
        return pa.table([source, found["row"], found["reason"], found["record"]], schema=REJECTED)


@dataclass(frozen=True, eq=False, slots=True)
class Understood:
    """Files as one table with a row per row of the main file.

    Parameters
    ----------
    files
        The main one first.
    table
        Columns named as fields.
    joins
        How the other files were brought in.
    """

    files: tuple[FileRead, ...]
    table: pd.DataFrame
    joins: JoinedTables

    @property
    def main(self) -> FileRead:
        """The file whose rows are the tracks."""
        return self.files[0]

    @property
    def dictionary(self) -> Mapping[str, Field]:
        """Every known field by name, and those that only these files have."""
        own = {name: field for file in reversed(self.files) for name, field in file.translated.extra.items()}
        return {**FIELDS, **own}

    @property
    def unread(self) -> dict[str, int]:
        """Cells that are there and could not be read, by field."""
        found: dict[str, int] = {}
        for file in self.files:
            for name, n in file.translated.unread.items():
                found[name] = found.get(name, 0) + n
        return found

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about how the files were read and joined."""
        named = len(self.files) > 1
        said = [f"{file.name}: {note}" if named else note for file in self.files for note in file.notes]
        return (*said, *self.joins.hows)

    @property
    def left_over(self) -> list[pa.Table]:
        """Rows that no track took: those that fit no header, and those of other files that matched nothing."""
        by_name = {file.name: file for file in self.files}
        found = [file.misshapen for file in self.files]
        for name, step in self.joins.steps:
            raw, why = by_name[name].stack.raw, np.full(by_name[name].stack.raw.table.num_rows, "", dtype=object)
            why[step.unmatched] = f"matched nothing in {self.joins.main}"
            found.append(rejected_rows(name, raw.table, raw.rows, why))
        return found

    @property
    def fuzzy(self) -> list[dict[str, Any]]:
        """Every match of titles that are alike but not equal: ``title``, ``other_title``, ``artist``, ``score``."""
        return [match for _, step in self.joins.steps for match in step.fuzzy.to_pylist()]

    @property
    def n_joined(self) -> int:
        """Rows of other files that were found by a track."""
        rows = {file.name: file.stack.raw.table.num_rows for file in self.files}
        return sum(rows[name] - len(step.unmatched) for name, step in self.joins.steps)


def understand(paths: Sequence[Path], wishes: Wishes) -> Understood:
    """Read files and find out what their columns are.

    Raises
    ------
    SourceError
        A file cannot be read, a wish names what is not there, or files have nothing in common.
    """
    stacks = [stacked(group) for group in alike([raw for path in paths for raw in _tables_of(path)])]
    if len(stacks) > 1:
        _refuse_unknown_columns(stacks, wishes)
    files = [_mapped(stack, wishes, alone=len(stacks) == 1) for stack in stacks]
    joins = joined_all([(file.name, file.translated.table) for file in files])
    ordered = sorted(files, key=lambda file: file.name != joins.main)
    return Understood(tuple(ordered), joins.table, joins)


def _tables_of(path: Path) -> list[RawTable]:
    """Return the tables of a file: one, but for the archive of the Free Music Archive, which holds two."""
    if not is_fma(path):
        return [read_raw(path)]
    sha256 = file_sha256(path)
    none = pa.table([[], [], []], schema=pa.schema([REJECTED.field(name) for name in ("row", "reason", "record")]))
    return [
        RawTable(f"{path.name}/{name}.csv", sha256, table, np.arange(table.num_rows), none, ())
        for name, table in fma_tables(path).items()
    ]


def _mapped(stack: Stacked, wishes: Wishes, *, alone: bool) -> FileRead:
    names = set(stack.raw.table.column_names)
    found = mapping.propose(stack.raw).overridden(
        fields={column: field for column, field in wishes.fields.items() if alone or column in names},
        ignored=[column for column in wishes.ignored if alone or column in names],
    )
    units = {name: unit for name, unit in wishes.units.items() if alone or found.column_of(name) or name in names}
    settled = found.overridden(units=units).settled(stack.raw)
    return FileRead(stack, settled, settled.translate(stack.raw))


def _refuse_unknown_columns(stacks: Sequence[Stacked], wishes: Wishes) -> None:
    names = [name for stack in stacks for name in stack.raw.table.column_names]
    for column in (*wishes.fields, *wishes.ignored):
        if column not in names:
            raise SourceError(f"There is no column named {column!r}", remedy=f"Columns: {', '.join(names[:20])}")
