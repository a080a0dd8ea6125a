"""What each column of a table is taken for, before anyone corrects it.

Columns claim fields (`claims`): by the family's adapter, by name, by synonym, by a misspelt name, by their values.
The surest claim gets its field, one column each; what is left over becomes an extra feature, context, metadata or is
left out. Nothing depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.adapters import FAMILIES
from data.adapters.adapter import Adapter
from data.mapping.claims import Claim, claim, claims_of_content
from data.mapping.columns import CONTEXT, FEATURE, METADATA, Column
from data.mapping.content import Content, as_text, content, sampled_rows
from data.mapping.names import name_words, plain_name, slug
from data.mapping.synonyms import CHART_WORDS, WEAK, fields_named, is_context
from data.mapping.units import SURE, UNITS, found_unit

MOST_FEATURES = 600
"""Extra features that a table may bring; further ones are left out, in the order of its columns."""

MOST_LABELS = 30
"""A column called "label" or "class" with more different values holds no genres."""

GENERAL = "general"
"""Name of the way of tables that are of no known family."""

_GIVEN_BY_FAMILY = 0.99
_ROW_NUMBERS = 1.5
"""Different whole numbers that leave less than a third of their range free are row numbers."""


def proposed_columns(table: pa.Table) -> tuple[str, tuple[Column, ...]]:
    """Return the family of a table and what each of its columns is taken for.

    Parameters
    ----------
    table
        Cells as published, with unique column names.

    Returns
    -------
    family
        Name of an adapter, or `GENERAL`.
    columns
        One per column of the table, in its order.
    """
    names = table.column_names
    adapter = next((family for family in FAMILIES if family.recognises(names)), None)
    rows = sampled_rows(table.num_rows)
    contents = [content(column, rows) for column in table.itercolumns()]
    fixed = _fixed(adapter, names, contents)
    claims = [*_family_claims(adapter, names, contents), *_named_claims(names, contents)]
    given = _with_agreed_units(_assigned([c for c in claims if c.place not in fixed]), contents)
    wanted = {c.place: c for c in sorted(claims, key=lambda c: c.confidence)}
    taken = {c.field: names[c.place] for c in given.values()}
    columns: list[Column] = []
    for place, name in enumerate(names):
        held, known = given.get(place), contents[place]
        if held:
            made = Column(name, held.field, held.unit, held.confidence, held.why, known.samples)
        elif place in fixed and known.kind and not (known.n_distinct <= 1 and _is_constant(table.column(place))):
            made = Column(name, fixed[place], "", _GIVEN_BY_FAMILY, "as this family has it", known.samples)
        else:
            made = _left_over(name, table.column(place), known, wanted.get(place), taken)
        columns.append(_with_own_name(made, {column.field for column in columns}))
    return adapter.name if adapter else GENERAL, _at_most(columns, MOST_FEATURES)


def _fixed(adapter: Adapter | None, names: Sequence[str], contents: Sequence[Content]) -> dict[int, str]:
    """Return the columns that a family's adapter sends past all fields, by place."""
    return {
        place: field
        for place, field in _of_family(adapter, names).items()
        if not field or field.startswith((FEATURE, CONTEXT, METADATA))
    }


def _of_family(adapter: Adapter | None, names: Sequence[str]) -> dict[int, str]:
    """Return what an adapter names the columns of a table, by place, in the order of its preference."""
    if adapter is None:
        return {}
    places = {plain_name(name): place for place, name in reversed(list(enumerate(names)))}
    return {places[plain]: field for raw, field in adapter.columns.items() if (plain := plain_name(raw)) in places}


def _family_claims(adapter: Adapter | None, names: Sequence[str], contents: Sequence[Content]) -> Iterable[Claim]:
    for rank, (place, field) in enumerate(_of_family(adapter, names).items()):
        if adapter is None or not field or field.startswith((FEATURE, CONTEXT, METADATA)):
            continue
        sure = _GIVEN_BY_FAMILY + 0.005 - rank * 1e-5
        for made in _either(place, field, sure, f"column of {adapter.name}", contents[place], name_words(names[place])):
            unit = adapter.units.get(made.field)
            yield (
                made if unit is None or made.unit_confidence >= SURE else replace(made, unit=unit, unit_confidence=1.0)
            )


def _named_claims(names: Sequence[str], contents: Sequence[Content]) -> Iterable[Claim]:
    in_charts = any(CHART_WORDS & set(name_words(name)) for name in names)
    for place, named in enumerate(fields_named(names)):
        words = name_words(names[place])
        for field, sure, why in named:
            is_weak = sure <= WEAK
            if is_weak and (in_charts if field == "release_date" else field == "genre" and not _few(contents[place])):
                continue
            yield from _either(place, field, sure, why, contents[place], words)
        yield from claims_of_content(place, contents[place], words)


def _few(known: Content) -> bool:
    """Return whether a "label" or "class" can be a genre: record labels are many."""
    return known.n_distinct <= MOST_LABELS


def _either(place: int, field: str, sure: float, why: str, known: Content, words: Sequence[str]) -> Iterable[Claim]:
    """Yield a column's claim to a field; single labels are a genre and lists of them genres, whatever the name."""
    wanted = ("genre", "genres") if field in ("genre", "genres") else (field,)
    for rank, name in enumerate(wanted):
        if made := claim(place, name, sure * 0.95**rank, why, known, words):
            yield made


def _assigned(claims: Iterable[Claim]) -> dict[int, Claim]:
    """Return the claims that hold, by place: the surest first, of equally sure ones the first column."""
    given: dict[int, Claim] = {}
    fields: set[str] = set()
    for each in sorted(claims, key=lambda c: (-c.confidence, c.place, c.field)):
        if each.place not in given and each.field not in fields:
            given[each.place] = each
            fields.add(each.field)
    return given


def _with_agreed_units(given: dict[int, Claim], contents: Sequence[Content]) -> dict[int, Claim]:
    """Let columns of scales that do not tell their unit follow those that do."""
    scales = {place: c for place, c in given.items() if "tenths" in UNITS.get(c.field, {}) and c.field != "popularity"}
    sure = [c.unit for c in scales.values() if c.unit_confidence >= SURE]
    n_percent = sure.count("percent")
    if not sure or 2 * n_percent == len(sure):
        return given
    unit = "percent" if 2 * n_percent > len(sure) else ""
    follow = {
        place: replace(c, unit=unit, why=f"{c.why.partition(';')[0]}; in {unit or 'values from 0 to 1'}, as others are")
        for place, c in scales.items()
        if c.unit_confidence < SURE and c.unit in ("", "percent") and c.unit != unit
        and (unit or contents[place].numbers.max() <= 1)
    }  # fmt: skip
    return given | follow


def _left_over(
    name: str, column: pa.ChunkedArray, known: Content, wanted: Claim | None, taken: dict[str, str]
) -> Column:
    """Return what a column without a field is kept as."""
    if not known.kind:
        return Column(name, "", "", 1.0, "empty", known.samples)
    if known.n_distinct <= 1 and _is_constant(column):
        return Column(name, "", "", 1.0, "the same everywhere", known.samples)
    is_number = known.kind in ("number", "boolean") or (known.kind == "text" and known.numeric_share >= 0.9)
    if not is_number:
        why = _taken(wanted, taken) or "text that no field stands for"
        return Column(name, slug(name, prefix=METADATA), "", 0.9, why, known.samples)
    why = _why_context(name, column, known) or _taken(wanted, taken)
    if why:
        return Column(name, slug(name, prefix=CONTEXT), "", 0.8, why, known.samples)
    named = next((field for field, _, _ in fields_named([name])[0] if field in UNITS), None)
    belied = f"not {named}: {_belied(named, known)}" if named else "a number that no field stands for"
    return Column(name, slug(name, prefix=FEATURE), "", 0.6, belied, known.samples)


def _belied(field: str, known: Content) -> str:
    if field == "release_date" or not len(known.numbers):
        return "the values are others"
    return found_unit(field, known.numbers).why.partition(" look like ")[0]


def _taken(wanted: Claim | None, taken: dict[str, str]) -> str:
    if wanted is None or wanted.field not in taken:
        return ""
    return f"{wanted.field} is taken from {taken[wanted.field]!r}"


def _is_constant(column: pa.ChunkedArray) -> bool:
    return len(pc.unique(pc.drop_null(as_text(column) if pa.types.is_nested(column.type) else column))) <= 1


def _why_context(name: str, column: pa.ChunkedArray, known: Content) -> str:
    if known.kind == "boolean" or set(np.unique(known.numbers).tolist()) <= {0.0, 1.0}:
        return "a yes or no"
    if is_context(name):
        return "the name speaks of a count, a rank, an id or a time, not of sound"
    return "numbers the rows" if _numbers_rows(column, known) else ""


def _numbers_rows(column: pa.ChunkedArray, known: Content) -> bool:
    """Return whether there are different whole numbers almost without gaps, in any order."""
    if not pa.types.is_integer(column.type) or known.n_distinct < known.n_present:
        return False
    ends = pc.min_max(column).as_py()
    n_present = len(column) - column.null_count
    span = ends["max"] - ends["min"] + 1
    return span <= _ROW_NUMBERS * n_present and pc.count_distinct(column, mode="only_valid").as_py() == n_present


def _with_own_name(column: Column, taken: set[str]) -> Column:
    if not column.field or column.field not in taken:
        return column
    return replace(column, field=slug(column.field[2:], taken=taken, prefix=column.field[:2]))


def _at_most(columns: Sequence[Column], most: int) -> tuple[Column, ...]:
    features = [i for i, column in enumerate(columns) if column.field.startswith(FEATURE)]
    beyond = set(features[most:])
    why = f"beyond the first {most} extra features"
    return tuple(replace(c, field="", why=why) if i in beyond else c for i, c in enumerate(columns))
