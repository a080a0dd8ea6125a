"""Everything that Songscape refuses, as one tree of exceptions.

::

    SongscapeError            what happened, where, what to do; an HTTP status
    ├── SourceError           a table could not be read as a catalogue
    │   ├── SourceNotFound        no such file or named source
    │   ├── UnrecognisedTable     no adapter knows these columns
    │   └── TooFewTracks          nothing worth learning from is left
    ├── QueryError            a question that cannot be answered as asked
    │   ├── SelectionError        a filter that does not parse
    │   ├── UnknownTrack          no track of that id
    │   ├── UnknownCatalogue      no catalogue of that name
    │   ├── UnknownChart          no chart of that name
    │   └── MissingField          the catalogue lacks what the question needs
    ├── BundleError           what was learned cannot be trusted
    │   ├── BundleMissing         nothing was built yet
    │   └── BundleRefused         damaged, or written by other library versions
    └── SettingError          an environment variable that does not parse
"""

from __future__ import annotations

import sys
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar


def command(*words: str) -> str:
    """Return a command of Songscape as a shell takes it, by the interpreter that runs.

    The interpreter is named by its path from the working directory where it stands below it, such as
    ``.venv/bin/python``, and ``python`` otherwise.

    >>> command("build", "sample").endswith("python -m dash_app build sample")
    True
    """
    here, interpreter = Path.cwd(), Path(sys.executable)
    python = str(interpreter.relative_to(here)) if interpreter.is_relative_to(here) else "python"
    return " ".join([python, "-m", "dash_app", *words])


class SongscapeError(Exception):
    """A refusal in three parts: what happened, where, and what to do about it.

    Parameters
    ----------
    what
        One sentence without its full stop: what happened.
    where
        The file, column, parameter or address it happened at; empty where ``what`` says it.
    remedy
        One sentence without its full stop: what the reader can do.
    """

    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        super().__init__(what, where, remedy)
        self.what = what
        self.where = where
        self.remedy = remedy

    def __str__(self) -> str:
        """Return the whole sentence, as the page, the API and the command line show it."""
        place = f" ({self.where})" if self.where else ""
        cure = f" {self.remedy}." if self.remedy else ""
        return f"{self.what}{place}.{cure}"


class SourceError(SongscapeError):
    """A table could not be read as a catalogue."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY


class SourceNotFound(SourceError):
    """There is no such file or named source."""

    status = HTTPStatus.NOT_FOUND


class UnrecognisedTable(SourceError):
    """No adapter knows these columns."""


class TooFewTracks(SourceError):
    """Too few tracks or features are left to learn anything from."""


class QueryError(SongscapeError):
    """A question that cannot be answered as asked."""

    status = HTTPStatus.BAD_REQUEST


class SelectionError(QueryError):
    """A filter that does not parse."""


class UnknownTrack(QueryError):
    """No track of that id is in the catalogue."""

    status = HTTPStatus.NOT_FOUND


class UnknownCatalogue(QueryError):
    """No catalogue of that name was built."""

    status = HTTPStatus.NOT_FOUND


class UnknownChart(QueryError):
    """No screen has a chart of that name."""

    status = HTTPStatus.NOT_FOUND


class MissingField(QueryError):
    """The catalogue lacks a field that the question needs."""

    status = HTTPStatus.CONFLICT


class BundleError(SongscapeError):
    """What was learned cannot be served."""

    status = HTTPStatus.SERVICE_UNAVAILABLE


class BundleMissing(BundleError):
    """Nothing was built under that name yet."""


class BundleRefused(BundleError):
    """A bundle that is damaged or was written by other library versions."""


class SettingError(SongscapeError):
    """An environment variable that does not parse."""
