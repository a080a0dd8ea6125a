"""What one table knows is brought into another: by track id, else artist and title, else artist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from data.errors import SourceError
from data.fields import FIELDS, Role
from data.joining.partners import match
from data.joining.repeats import is_list, known
from data.joining.stacking import Stacked, alike, stacked

__all__ = ["Coverage", "Joined", "JoinedTables", "Stacked", "alike", "joined", "joined_all", "main_of", "stacked"]

_FILLED_TOGETHER = (("artists", "artist_names"), ("release_date", "release_precision", "release_year"))
"""Columns that are taken over only where the main table has none of them."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one column is known before and after a join.

    Parameters
    ----------
    field
        Name of the column.
    before
        Rows that had a value.
    filled
        Rows that took theirs from the other table.
    rows
        All rows.
    """

    field: str
    before: int
    filled: int
    rows: int

    def __str__(self) -> str:
        """Return the counts as a sentence.

        >>> str(Coverage("tempo", before=0, filled=4802, rows=17734))
        'tempo: 0 of 17,734 rows before, 4,802 after.'
        """
        return f"{self.field}: {self.before:,} of {self.rows:,} rows before, {self.before + self.filled:,} after."


@dataclass(frozen=True, eq=False, slots=True)
class Joined:
    """A table with what another knew about its rows.

    Parameters
    ----------
    table
        The rows of the main table in their order, with columns filled and added.
    key
        What the rows were matched by: "track id", "artist and title", "artist id" or "artist".
    how
        Sentences with the figures.
    coverage
        One per column that the other table could fill or add.
    fuzzy
        Every match of titles that are alike but not equal: title, other_title, artist, score (0 to 100).
    matched
        Which rows of the main table found a partner, bool of shape (n_rows,).
    unmatched
        Rows of the other table that no row took, int64 positions in order.
    """

    table: pd.DataFrame
    key: str
    how: str
    coverage: tuple[Coverage, ...]
    fuzzy: pa.Table
    matched: np.ndarray
    unmatched: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class JoinedTables:
    """Several tables joined to one.

    Parameters
    ----------
    table
        The rows of the main table in their order.
    main
        Name of the main table.
    steps
        Name of each other table and how it was joined, in the order in which that was done.
    """

    table: pd.DataFrame
    main: str
    steps: tuple[tuple[str, Joined], ...]

    @property
    def hows(self) -> tuple[str, ...]:
        """Sentences with the figures, one text per join."""
        return tuple(step.how for _, step in self.steps)


def main_of(tables: Sequence[pd.DataFrame]) -> int:
    """Return the position of the table whose rows are the tracks.

    It is the one with titles; of several, or of none, the one with the most columns that name a track (track id, title,
    artists, album, playlist) or its genre; then the one with more rows; then the first.
    """
    naming = [name for name, field in FIELDS.items() if field.role is Role.IDENTITY or name in {"genre", "genres"}]

    def rank(place: int) -> tuple[bool, int, int, int]:
        table = tables[place]
        return "track_name" in table, sum(name in table for name in naming), len(table), -place

    return max(range(len(tables)), key=rank)


def joined(
    main: pd.DataFrame, other: pd.DataFrame, *, main_name: str = "the main table", other_name: str = "the other table"
) -> Joined:
    """Return the main table with what the other knows about the same tracks, or about their artists.

    The first of these that finds partners decides for all rows:

    1. Track ids, where at least `partners.LEAST_SHARE` of the smaller table's stand in both; where both have
       titles, those of one id must agree.
    2. Artists, where the other table is one of artists (no titles, or its ids are ids of artists): by id, else by
       normalised name. Tags are united over all credited artists. Texts come from the main artist; numbers do too, but
       only where no track has audio features of its own; the popularity of an artist is never that of a track.
    3. Normalised main artist and title, exactly; then similar titles of one artist (`matching.similar_titles`).
       Track ids are not brought in, since one recording may have several.

    Where both tables hold a column, a value of the main one stays. Repeated keys of the other table count as one row
    (`data.joining.repeats.one_per_key`). Rows with the same key in the main table all take the values.

    Parameters
    ----------
    main, other
        Tables with columns named as fields.
    main_name, other_name
        What the sentences call them, such as their file names.

    Raises
    ------
    SourceError
        Nothing tells which rows belong together.
    """
    main, other = main.reset_index(drop=True), other.reset_index(drop=True)
    found = match(main, other)
    if found is None:
        raise SourceError(
            f"{main_name} and {other_name} have no track ids, artists and titles, or artists in common",
            remedy="Say which columns hold them, such as --map COLUMN=track_id, or build the tables one by one",
        )
    table, coverage = _filled(main, found.brought)
    left = len(found.unmatched)
    how = (
        f"{int(found.matched.sum()):,} of {len(main):,} rows of {main_name} found in {other_name} by {found.key}; "
        f"{left:,} {'row' if left == 1 else 'rows'} of {other_name} matched nothing.{found.note}"
    )
    return Joined(table, found.key, how, coverage, found.fuzzy, found.matched, found.unmatched)


def joined_all(named_tables: Sequence[tuple[str, pd.DataFrame]]) -> JoinedTables:
    """Return all tables joined to the main one of them (`main_of`), one after the other.

    They are joined in their order; one that has nothing in common with the main table is tried again after the others,
    which may have brought in what it is matched by.

    Parameters
    ----------
    named_tables
        Names for the sentences, such as file names, and tables with columns named as fields.

    Raises
    ------
    SourceError
        A table has nothing in common with the others.
    """
    waiting = list(named_tables)
    main, table = waiting.pop(main_of([table for _, table in named_tables]))
    table, steps = table.reset_index(drop=True), []
    while waiting:
        place, step = _next_step(main, table, waiting)
        steps.append((waiting.pop(place)[0], step))
        table = step.table
    return JoinedTables(table, main, tuple(steps))


def _next_step(main: str, table: pd.DataFrame, waiting: Sequence[tuple[str, pd.DataFrame]]) -> tuple[int, Joined]:
    """Return the first waiting table that can be joined now, by its place, and the join."""
    refusals = []
    for place, (name, other) in enumerate(waiting):
        try:
            return place, joined(table, other, main_name=main, other_name=name)
        except SourceError as refusal:
            refusals.append(refusal)
    raise refusals[0]


def _filled(main: pd.DataFrame, brought: pd.DataFrame) -> tuple[pd.DataFrame, tuple[Coverage, ...]]:
    """Return the main table with its gaps filled; columns that belong together are filled together."""
    columns, coverage = dict(main.items()), []
    for name in brought.columns:
        unit = next((unit for unit in _FILLED_TOGETHER if name in unit), (name,))
        held = np.any([known(main[each]) for each in unit if each in main] or [np.zeros(len(main), bool)], axis=0)
        values = _in_type_of(main.get(name), brought[name])
        taken = known(values) & ~held
        before = int(known(main[name]).sum()) if name in main else 0
        columns[name] = _with_gaps_filled(main.get(name), values, taken)
        coverage.append(Coverage(name, before, int(taken.sum()), len(main)))
    return pd.DataFrame(columns, index=main.index), tuple(coverage)


def _in_type_of(column: pd.Series | None, values: pd.Series) -> pd.Series:
    """Return values as the column to fill holds them; what cannot be written so is missing."""
    number = pd.api.types.is_numeric_dtype((values if column is None else column).dtype)
    if number:
        return pd.to_numeric(values, errors="coerce").astype(np.float64)
    if column is None or is_list(values) or not pd.api.types.is_numeric_dtype(values.dtype):
        return values
    return values.astype("string")


def _with_gaps_filled(column: pd.Series | None, values: pd.Series, taken: np.ndarray) -> pd.Series:
    """Return a column with the taken values; a missing list is an empty one."""
    filled = values.where(taken) if column is None else column.where(~taken, values)
    if not is_list(values):
        return filled
    there = known(filled)
    return filled.astype(object).where(there, pd.Series([[] for _ in range(len(filled))], filled.index, object))
