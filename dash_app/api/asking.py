"""What changes something is asked for with a header of its own, which pages of other hosts cannot send."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Header, Path, Request

from dash_app.jobs import Job, Jobs
from dash_app.jobs.refusals import NotAsked

HEADER = "X-Songscape"

Said = Annotated[
    str | None,
    Header(
        alias=HEADER,
        description="Any text. Required, as pages of other hosts cannot send it without being allowed to",
        examples=["upload"],
    ),
]
JobId = Annotated[str, Path(description="Id of the job, as it was given when it was made", examples=["A" * 22])]


def asked(request: Request, said: Said = None) -> Jobs:
    """Return where jobs are asked for.

    Raises
    ------
    SwitchedOff
        This server changes nothing.
    NotAsked
        The header is missing.
    """
    jobs: Jobs = request.app.state.jobs
    jobs.require_allowed()
    if not said:
        raise NotAsked(f"The header {HEADER} is missing", remedy=f"Send it with any text, such as '{HEADER}: upload'")
    return jobs


def found(request: Request, job: JobId) -> Job:
    """Return the job in the address."""
    return request.app.state.jobs.job(job)


Asked = Annotated[Jobs, Depends(asked)]
"""Jobs, for a request that changes something."""

FoundJob = Annotated[Job, Depends(found)]
"""A path parameter ``job``, found."""
