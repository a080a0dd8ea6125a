"""What is refused about uploads and builds, besides what is wrong with a table.

::

    JobError              something about a job
    ├── SwitchedOff           this server takes no uploads and builds nothing
    ├── NotAsked              the request does not come from Songscape's own page or from a program
    ├── UnknownJob            no job of that id
    ├── JobConflict           a job is not, or no longer, in the state for it
    ├── TooLarge              more bytes than are taken
    └── NoRoom                the disk is full
"""

from __future__ import annotations

from http import HTTPStatus

from data.errors import SongscapeError


class JobError(SongscapeError):
    """Something about an upload or a build."""

    status = HTTPStatus.BAD_REQUEST


class SwitchedOff(JobError):
    """The setting SONGSCAPE_UPLOAD_MB is 0."""

    status = HTTPStatus.FORBIDDEN

    def __init__(self) -> None:
        super().__init__(
            "This server takes no uploads, builds nothing and deletes nothing",
            remedy="Run Songscape yourself to build catalogues of your own",
        )


class NotAsked(JobError):
    """A request without the header that pages of other hosts cannot send."""

    status = HTTPStatus.FORBIDDEN


class UnknownJob(JobError):
    """No job of that id."""

    status = HTTPStatus.NOT_FOUND


class JobConflict(JobError):
    """The job, or another one, is in a state that does not allow it."""

    status = HTTPStatus.CONFLICT


class TooLarge(JobError):
    """More bytes than the setting SONGSCAPE_UPLOAD_MB allows."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class NoRoom(JobError):
    """The disk is full."""

    status = HTTPStatus.INSUFFICIENT_STORAGE
