"""What a person says about a table that Songscape would otherwise find out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, Self, get_args

from data.errors import SourceError, SourceNotFound
from data.fields import OWN_CONTEXT, OWN_FEATURE, OWN_TEXT

Labels = Literal["auto", "as published", "families"]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was said; what was not said is found out.

    Parameters
    ----------
    fields
        Field by column: the column is taken for it.
    units
        Unit by field: its values are read in it.
    ignored
        Columns to leave out.
    labels
        How genre labels are made: as they are published, as families of tags, or "auto": families where tracks
        carry several tags or there are very many.
    families
        Path of a CSV with the columns tag and family, whose lines stand above those of the documented table.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    labels: Labels = "auto"
    families: str = ""

    def __post_init__(self) -> None:
        """Refuse labels that are none.

        Raises
        ------
        SourceError
            Neither of the three.
        """
        if self.labels not in get_args(Labels):
            raise SourceError(
                f"Genre labels cannot be made {self.labels!r}", remedy=f"Choose one of: {', '.join(get_args(Labels))}"
            )

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON form, as a saved mapping file holds it.

        >>> Wishes.from_dict(Wishes(fields={"bpm": "tempo"}).as_dict()).fields
        {'bpm': 'tempo'}
        """
        return {**asdict(self), "ignored": list(self.ignored)}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Return what a JSON form says: that of `as_dict`, or what the command inspect prints with ``--json``.

        Raises
        ------
        SourceError
            It has another form.
        """
        try:
            if "files" in saved:
                return cls(labels=saved.get("labels", "auto"))._with_columns(saved["files"])
            texts = {part: _texts(saved.get(part, {})) for part in ("fields", "units")}
            ignored = tuple(_text(name) for name in saved.get("ignored", ()))
            families = _text(saved.get("families", ""))
            return cls(texts["fields"], texts["units"], ignored, saved.get("labels", "auto"), families)
        except (AttributeError, KeyError, TypeError) as error:
            raise SourceError("This mapping cannot be read", remedy=_FORM) from error

    def _with_columns(self, files: Sequence[Mapping[str, Any]]) -> Self:
        columns = [column for file in files for column in file["mapping"]["columns"]]
        kept = [column for column in columns if column["field"]]
        return replace(
            self,
            fields={column["column"]: _KINDS.get(column["field"][:2], column["field"]) for column in kept},
            units={column["column"]: column["unit"] for column in kept if column["unit"]},
            ignored=tuple(column["column"] for column in columns if not column["field"]),
        )

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what a saved mapping file says.

        Raises
        ------
        SourceNotFound, SourceError
            No such file; no such mapping.
        """
        try:
            return cls.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except OSError as error:
            raise SourceNotFound(f"There is no mapping file named {path.name}", remedy="Check the path") from error
        except ValueError as error:
            raise SourceError(f"{path.name} is not a mapping in JSON", remedy=_FORM) from error

    def also(
        self,
        *,
        fields: Sequence[str] = (),
        units: Sequence[str] = (),
        ignored: Sequence[str] = (),
        labels: str = "",
        families: str = "",
    ) -> Self:
        """Return these wishes with those of a command line, ``COLUMN=FIELD`` and ``FIELD=UNIT``, added.

        Raises
        ------
        SourceError
            One is not of that form.
        """
        return type(self)(
            {**self.fields, **dict(_pair(text, "COLUMN=FIELD") for text in fields)},
            {**self.units, **dict(_pair(text, "FIELD=UNIT") for text in units)},
            (*self.ignored, *ignored),
            labels or self.labels,  # type: ignore[arg-type]  # refused above where it is none
            families or self.families,
        )


_KINDS = {OWN_FEATURE: "feature", OWN_CONTEXT: "context", OWN_TEXT: "metadata"}
_FORM = 'Write it as {"fields": {"COLUMN": "FIELD"}, "units": {"FIELD": "UNIT"}, "ignored": ["COLUMN"]}'


def _pair(text: str, form: str) -> tuple[str, str]:
    left, equals, right = text.rpartition("=")
    if not equals or not left.strip() or not right.strip():
        raise SourceError(f"{text!r} cannot be read", remedy=f"Write it as {form}")
    return left.strip(), right.strip()


def _texts(pairs: Mapping[str, str]) -> dict[str, str]:
    return {_text(key): _text(value) for key, value in pairs.items()}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value
