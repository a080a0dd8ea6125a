"""Uploads and builds: bring files, see what they would become, build, watch, cancel."""

from __future__ import annotations

import contextlib
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from dash_app.api.asking import Asked, FoundJob
from dash_app.api.job_forms import JobState, Order, SaidOfColumns
from dash_app.jobs.refusals import JobConflict
from dash_app.jobs.uploading import received

router = APIRouter(tags=["jobs"])
_READING = anyio.CapacityLimiter(20)
"""Threads that wait for files to be read, besides those that answer."""

_RAW = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


@router.post("/uploads", openapi_extra=_RAW)
async def upload(
    request: Request,
    jobs: Asked,
    file: Annotated[str, Query(min_length=1, max_length=300, description="Name of the file", examples=["tracks.csv"])],
    job: Annotated[str, Query(description="Id of a draft to add the file to; empty makes one", examples=[""])] = "",
) -> JobState:
    """Bring a file as the body of the request; several files make one catalogue."""
    draft = await run_in_threadpool(jobs.job, job) if job else await run_in_threadpool(jobs.draft)
    await run_in_threadpool(request.app.state.inspections.warm)
    try:
        await received(jobs, draft, file, request.stream(), length=_length(request))
    except ClientDisconnect:
        raise JobConflict("The upload was broken off", remedy="Upload the file again") from None
    finally:
        if not job and not draft.files:
            await run_in_threadpool(jobs.cancel, draft)
    return await run_in_threadpool(JobState.of, jobs, draft)


@router.delete("/jobs/{job}/files/{file}")
def remove_file(
    jobs: Asked,
    draft: FoundJob,
    file: Annotated[str, Path(description="Name of the file, as it was kept", examples=["tracks.csv"])],
) -> JobState:
    """Take a file out of a draft."""
    draft.require_draft()
    for path in draft.files:
        if path.name == file:
            path.unlink(missing_ok=True)
    return JobState.of(jobs, draft)


@router.post("/jobs/{job}/inspection")
async def inspection(request: Request, jobs: Asked, draft: FoundJob, wishes: SaidOfColumns) -> dict[str, Any]:
    """Say what the files hold, what each column is taken for, and which recipes would run; nothing is built."""
    inspections = request.app.state.inspections
    return await anyio.to_thread.run_sync(inspections.inspection, draft, wishes.model_dump(), limiter=_READING)


@router.post("/jobs")
def start(jobs: Asked, order: Order) -> JobState:
    """Build a catalogue in the background; it waits where as many builds run as are allowed to."""
    job = jobs.job(order.job) if order.job else jobs.draft()
    try:
        jobs.start(job, name=order.name or None, source=order.source, wishes=order.wishes.model_dump())
    except BaseException:
        if not order.job:
            with contextlib.suppress(JobConflict):
                jobs.cancel(job)
        raise
    return JobState.of(jobs, job)


@router.get("/jobs/{job}")
def state(request: Request, job: FoundJob) -> JobState:
    """Say what is going on."""
    return JobState.of(request.app.state.jobs, job)


@router.delete("/jobs/{job}")
def cancel(jobs: Asked, job: FoundJob) -> JobState:
    """Stop a build, or remove a draft; what was built before stays as it is."""
    said = JobState.of(jobs, job)
    jobs.cancel(job)
    return JobState.of(jobs, job) if job.folder.is_dir() else said.model_copy(update={"state": "cancelled"})


def _length(request: Request) -> int | None:
    text = request.headers.get("content-length", "")
    return int(text) if text.isdecimal() else None
