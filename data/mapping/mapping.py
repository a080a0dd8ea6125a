"""What the columns of a source are taken for: proposed, corrected by a person, saved, and carried out."""

from __future__ import annotations

from collections import abc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from rapidfuzz import process

from data.adapters import FAMILIES
from data.adapters.adapter import Adapter
from data.errors import SourceError
from data.mapping.claims import claim
from data.mapping.columns import AUTO, CONTEXT, FEATURE, MAPPABLE, METADATA, Column
from data.mapping.content import content, sampled_rows
from data.mapping.names import name_words, slug
from data.mapping.proposing import proposed_columns
from data.mapping.translating import Translated, translated
from data.mapping.units import UNITS

if TYPE_CHECKING:
    from data.files import RawTable

__all__ = ["Column", "Mapping", "Translated", "propose"]

FORMAT = "songscape-mapping-1"
_NEAR = 60
"""Score of rapidfuzz from which a name is suggested for one that is not there."""

_KINDS = {"feature": FEATURE, "context": CONTEXT, "metadata": METADATA}


@dataclass(frozen=True, slots=True)
class Mapping:
    """What every column of a source is taken for.

    Parameters
    ----------
    adapter
        Name of the family, ``"general"`` for the general path.
    columns
        One per column of the source, in its order.
    """

    adapter: str
    columns: tuple[Column, ...]

    @property
    def family(self) -> Adapter | None:
        """The family's adapter; None on the general path."""
        return next((family for family in FAMILIES if family.name == self.adapter), None)

    def column_of(self, field: str) -> Column | None:
        """Return the column that is taken for a field."""
        return next((column for column in self.columns if column.field == field), None)

    def overridden(
        self,
        *,
        fields: abc.Mapping[str, str] = {},
        units: abc.Mapping[str, str] = {},
        ignored: Sequence[str] = (),
    ) -> Mapping:
        """Return the mapping with a person's corrections.

        Parameters
        ----------
        fields
            Column -> what it is taken for: a field, or ``feature``, ``context``, ``metadata`` for a column that no
            field stands for. A column that held the field before is left out.
        units
            Field or column -> unit. A column that was given a field without a unit has its unit found out when the
            table is translated.
        ignored
            Columns to leave out.

        Raises
        ------
        SourceError
            There is no such column, field or unit.
        """
        found = self
        for name, field in fields.items():
            found = found._given(name, field)
        for name in ignored:
            place = found._place(name)
            found = found._with(place, replace(found.columns[place], field="", unit="", confidence=1.0, why="given"))
        for name, unit in units.items():
            found = found._in_unit(name, unit)
        return found

    def _with(self, place: int, column: Column) -> Mapping:
        return replace(self, columns=(*self.columns[:place], column, *self.columns[place + 1 :]))

    def _place(self, name: str) -> int:
        names = [column.column for column in self.columns]
        if name in names:
            return names.index(name)
        raise SourceError(
            f"There is no column named {name!r}", remedy=_suggestion(name, names, "The columns are", most=12)
        )

    def _given(self, name: str, asked: str) -> Mapping:
        place = self._place(name)
        taken = {column.field for i, column in enumerate(self.columns) if i != place}
        field = _field_named(asked, name, taken)
        others = tuple(
            replace(column, field="", unit="", why=f"gave way to {name!r}") if column.field == field else column
            for column in self.columns
        )
        unit = AUTO if field in UNITS else ""
        given = replace(self.columns[place], field=field, unit=unit, confidence=1.0, why="given")
        return replace(self, columns=others)._with(place, given)

    def _in_unit(self, name: str, unit: str) -> Mapping:
        asked = "release_date" if name == "release_year" else name
        place = next((i for i, column in enumerate(self.columns) if column.field == asked), None)
        place = self._place_for_unit(name) if place is None else place
        column = self.columns[place]
        known = UNITS.get(column.field, {})
        wanted = "" if unit in _own_names(column.field) else unit
        if wanted not in known:
            listed = ", ".join(map(repr, filter(None, known))) or "none"
            raise SourceError(
                f"{column.field or name} cannot be in {unit!r}",
                remedy=f"Its units are {listed}, beside its own, which is {_own_names(column.field)[0]!r}",
            )
        return self._with(place, replace(column, unit=wanted, confidence=1.0, why=f"{column.why}; unit given"))

    def _place_for_unit(self, name: str) -> int:
        names = [column.column for column in self.columns]
        if name in names:
            return names.index(name)
        held = [column.field for column in self.columns if column.field in UNITS]
        if name in UNITS:
            raise SourceError(
                f"No column is taken for {name}, so it has no unit",
                remedy=f"Say which one is, with --map COLUMN={name}",
            )
        raise SourceError(f"There is no field named {name!r}", remedy=_suggestion(name, held, "Fields with a unit are"))

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form, as a saved mapping file holds it."""
        return {"format": FORMAT, "adapter": self.adapter, "columns": [column.as_dict() for column in self.columns]}

    @classmethod
    def from_dict(cls, form: object) -> Mapping:
        """Return the mapping of a JSON form.

        Raises
        ------
        SourceError
            It is no such form, or names an unknown field or unit, or gives a field to two columns.
        """
        try:
            listed = form["columns"]  # type: ignore[index]
            mapping = cls(str(form["adapter"]), tuple(Column.from_dict(each) for each in listed))  # type: ignore[index]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise SourceError(
                "This is no saved mapping", remedy="Save one with inspect, and change that: see the help of --mapping"
            ) from error
        return mapping._checked()

    def _checked(self) -> Mapping:
        for column in self.columns:
            if column.field and not column.field.startswith(tuple(_KINDS.values())) and column.field not in MAPPABLE:
                _field_named(column.field, column.column, set())
            if column.unit not in (*UNITS.get(column.field, {"": None}), AUTO):
                self._in_unit(column.column, column.unit)
        held = [column.field for column in self.columns if column.field]
        twice = sorted({field for field in held if held.count(field) > 1})
        if twice:
            raise SourceError(
                f"Two columns are taken for {twice[0]}", remedy="Leave the field of one of them empty in the mapping"
            )
        return self

    def settled(self, raw: RawTable) -> Mapping:
        """Return the mapping as it is carried out on a table: in its order, with every unit found out.

        Columns of the table that the mapping does not name are left out.

        Raises
        ------
        SourceError
            The table lacks a column that the mapping takes something from.
        """
        table = raw.table
        known = {column.column: column for column in self.columns}
        absent = [c.column for c in self.columns if not c.is_left_out and c.column not in table.column_names]
        if absent:
            listed = ", ".join(map(repr, absent[:6])) + (" ..." if len(absent) > 6 else "")
            raise SourceError(
                f"The mapping is of another table: there {'is' if len(absent) == 1 else 'are'} no {listed}",
                remedy="Leave --mapping away to have the columns proposed anew, or save a mapping of this table",
            )
        rows = sampled_rows(table.num_rows)
        columns = tuple(
            _with_unit(known.get(name) or Column(name, "", "", 1.0, "not in the mapping"), table.column(name), rows)
            for name in table.column_names
        )
        return replace(self, columns=columns)

    def translate(self, raw: RawTable, *, today: date | None = None) -> Translated:
        """Return the table in the terms of the data dictionary.

        Parameters
        ----------
        raw
            The table that the mapping is of.
        today
            Later release dates are missing; by default the current date.

        Raises
        ------
        SourceError
            The table lacks a column of the mapping.
        """
        settled = self.settled(raw)
        return translated(raw.table, settled.columns, adapter=self.family, today=today)


def propose(raw: RawTable) -> Mapping:
    """Return what the columns of a table seem to be: a known family's, or what names and values tell."""
    return Mapping(*proposed_columns(raw.table))


def _with_unit(column: Column, cells: pa.ChunkedArray, rows: np.ndarray | None) -> Column:
    if column.unit != AUTO:
        return column
    held = claim(0, column.field, 1.0, column.why, content(cells, rows), name_words(column.column))
    if held is None:
        return replace(column, unit="", why=f"{column.why}; the values do not tell the unit")
    return replace(column, unit=held.unit, why=held.why)


def _field_named(asked: str, column: str, taken: abc.Collection[str]) -> str:
    if asked in MAPPABLE:
        return asked
    if asked == "release_year":
        return "release_date"
    if asked in _KINDS:
        return slug(column, taken=taken, prefix=_KINDS[asked])
    if asked.startswith(tuple(_KINDS.values())) and asked == slug(asked[2:], prefix=asked[:2]):
        return asked
    choices = [*MAPPABLE, *_KINDS]
    raise SourceError(
        f"There is no field named {asked!r}", remedy=_suggestion(asked, choices, "The fields are", most=len(choices))
    )


def _own_names(field: str) -> tuple[str, ...]:
    """Return what a person may call a field's own unit."""
    return (*_OWN_UNITS.get(field, ()), "own", "")


_OWN_UNITS = {
    "duration_ms": ("ms",),
    "loudness": ("dB", "db"),
    "tempo": ("BPM", "bpm"),
    "popularity": ("0-100", "percent", "score"),
    "release_date": ("date", "year"),
    "key": ("from 0",),
} | {field: ("ratio", "0-1") for field, units in UNITS.items() if "percent" in units}


def _suggestion(asked: str, names: Sequence[str], listing: str, *, most: int = 40) -> str:
    """Return what might have been meant, or what there is."""
    near = process.extractOne(asked.casefold(), names, processor=str.casefold, score_cutoff=_NEAR)
    listed = ", ".join(names[:most]) + (" ..." if len(names) > most else "")
    return f"Perhaps {near[0]!r} is meant" if near else f"{listing} {listed}"
