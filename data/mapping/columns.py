"""What one column of a source is taken for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from data.fields import FIELDS

FEATURE, CONTEXT, METADATA = "x_", "c_", "m_"
"""Prefixes of columns that no field stands for: model feature, number that is none, text."""

MAPPABLE: tuple[str, ...] = (*(name for name in FIELDS if name != "release_year"), "release_date", "artist_ids")
"""What a column can be taken for, beside the prefixed ones; years are dates."""

AUTO = "auto"
"""A unit that is found out when the table is translated."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the source and what it is taken for.

    Parameters
    ----------
    column
        Its name in the source.
    field
        One of `MAPPABLE`; ``x_<slug>``, an extra number that is a model feature; ``c_<slug>``, an extra number that is
        context; ``m_<slug>``, text kept as metadata; or empty: left out.
    unit
        The unit found in the source, as `data.mapping.units.UNITS` names it; empty for the field's own.
    confidence
        0 to 1.
    why
        A short clause: "same name", "values look like minutes and seconds", "given".
    samples
        Up to 3 different values as text.
    """

    column: str
    field: str
    unit: str
    confidence: float
    why: str
    samples: tuple[str, ...] = ()

    @property
    def is_left_out(self) -> bool:
        """Whether nothing is taken from it."""
        return not self.field

    def as_dict(self) -> dict[str, object]:
        """Return the JSON form."""
        return {**asdict(self), "samples": list(self.samples)}

    @classmethod
    def from_dict(cls, form: Mapping[str, object]) -> Column:
        """Return the column of a JSON form.

        Raises
        ------
        KeyError, TypeError, ValueError
            It is no such form.
        """
        samples = form.get("samples", ())
        if not isinstance(samples, (list, tuple)):
            raise TypeError("samples are a list")
        return cls(
            column=str(form["column"]),
            field=str(form["field"]),
            unit=str(form.get("unit", "")),
            confidence=float(str(form.get("confidence", 1.0))),
            why=str(form.get("why", "given")),
            samples=tuple(map(str, samples)),
        )
