"""`Jobs`: where builds are asked for, wait for their turn, are looked at and cancelled."""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Iterator, Mapping
from typing import Any

from dash_app.jobs import running
from dash_app.jobs.job import Job, Request, State, Status, is_id, new_id
from dash_app.jobs.locks import alone, taken
from dash_app.jobs.refusals import JobConflict, SwitchedOff, UnknownJob
from dash_app.settings import Settings
from data.naming import SAMPLE, usable_name
from data.public.tables import PUBLIC_TABLES

KEPT_S = 24 * 3600
"""How long a job that has ended, and a draft, are kept with their files."""


class Jobs:
    """All jobs of one home folder; every worker has one of its own, and they agree through the folder.

    Parameters
    ----------
    settings
        The home folder, the largest upload and how many builds run at once.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.root = settings.home / "jobs"

    @property
    def most_bytes(self) -> int:
        """Bytes that the files of one job may have together."""
        return self.settings.upload_mb * 1_000_000

    @property
    def are_allowed(self) -> bool:
        """Whether this server takes uploads, builds and deletes."""
        return self.settings.upload_mb > 0

    def require_allowed(self) -> None:
        """Raise SwitchedOff where they are not."""
        if not self.are_allowed:
            raise SwitchedOff

    def draft(self) -> Job:
        """Return a new job without files."""
        self.require_allowed()
        self.tidy()
        job = Job(self.root / new_id())
        job.files_folder.mkdir(parents=True, mode=0o700)
        return job

    def job(self, identity: str) -> Job:
        """Return a job.

        Raises
        ------
        UnknownJob
            There is none of that id, or it was removed.
        """
        if not is_id(identity) or not (self.root / identity).is_dir():
            raise UnknownJob(
                "There is no such build", remedy="Builds are kept for a day after they end; start it again"
            )
        return Job(self.root / identity)

    def status(self, job: Job) -> Status:
        """Return what is going on with a job, with what it waits for in words."""
        status = job.status
        if status.state is not State.WAITING:
            return status
        self.tend()
        status = job.status
        return status if status.state is not State.WAITING else Status(State.WAITING, self._before(job))

    def start(self, job: Job, *, name: str | None, source: str = "", wishes: Mapping[str, Any]) -> None:
        """Put a draft in the queue, and start it where a slot is free.

        Parameters
        ----------
        job
            A draft.
        name
            Name of the catalogue; None makes one from the source's.
        source
            ``"sample"`` or a public catalogue, instead of files.
        wishes
            JSON form of `data.wishes.Wishes`.

        Raises
        ------
        SourceError
            The name cannot be used.
        JobConflict
            It was started already, has nothing to build from, or another build has that name.
        """
        self.require_allowed()
        if source and source != SAMPLE and source not in PUBLIC_TABLES:
            raise UnknownJob(f"There is no public catalogue named {source!r}", remedy="/catalogues lists them")
        if not source and not job.files:
            raise JobConflict("There is nothing to build from", remedy="Upload a table, or name a public catalogue")
        name = usable_name(source or str(job.files[0]), name)
        with self.undisturbed():
            job.require_draft()
            if self.is_building(name):
                raise JobConflict(
                    f"A catalogue named {name!r} is being built already",
                    remedy="Wait until it is built, or choose another name",
                )
            job.put(Request(name, source, time.time_ns()), wishes)
        self.tend()

    def cancel(self, job: Job) -> None:
        """Stop a build, or take it out of the queue; a draft is removed with its files.

        What has ended stays as it is.
        """
        with self.undisturbed():
            state = job.state
            if state is State.DRAFT:
                shutil.rmtree(job.folder, ignore_errors=True)
            if state.has_ended or state is State.DRAFT:
                return
            job.end(State.CANCELLED, "Cancelled. Nothing was changed.")
        running.stop(job)
        self._cleaned_up(job)

    @contextlib.contextmanager
    def undisturbed(self) -> Iterator[None]:
        """Let no job be queued, started or cancelled meanwhile, by any worker."""
        self.root.mkdir(parents=True, exist_ok=True)
        with alone(self.root / "lock"):
            yield

    def is_building(self, name: str) -> bool:
        """Return whether a catalogue of that name waits or is being built."""
        return any(job.request.name == name for job in self._unfinished() if job.request)

    def tend(self) -> None:
        """Start waiting jobs in their order while slots are free."""
        if not self.root.is_dir():
            return
        with self.undisturbed():
            waiting = [job for job in self._unfinished() if job.state is State.WAITING]
            for job in sorted(waiting, key=_queued_ns):
                if not self._started(job):
                    break

    def tidy(self) -> None:
        """Remove jobs that ended, and drafts that were left, more than a day ago."""
        for job in self._all():
            state = job.state
            if (state.has_ended or state is State.DRAFT) and time.time() - _touched(job) > KEPT_S:
                shutil.rmtree(job.folder, ignore_errors=True)

    def _all(self) -> Iterator[Job]:
        folders = list(self.root.iterdir()) if self.root.is_dir() else []
        yield from (Job(folder) for folder in folders if is_id(folder.name))

    def _unfinished(self) -> Iterator[Job]:
        yield from (job for job in self._all() if job.state in (State.WAITING, State.RUNNING))

    def _before(self, job: Job) -> str:
        earlier = [one for one in self._unfinished() if one.state is State.RUNNING or _queued_ns(one) < _queued_ns(job)]
        n = len([one for one in earlier if one.id != job.id])
        return f"Waits for its turn: {n} {'build is' if n == 1 else 'builds are'} before it."

    def _started(self, job: Job) -> bool:
        """Start a job where a slot is free; return whether one was."""
        slot = self._free_slot()
        if slot is None:
            return False
        alive = taken(job.alive)
        try:
            if alive is not None and job.request is not None:
                running.start(job, job.request, self.settings, holding=[slot, alive])
        finally:
            for handle in (slot, alive):
                if handle is not None:
                    os.close(handle)
        return True

    def _free_slot(self) -> int | None:
        slots = (taken(self.root / f"slot-{n}") for n in range(self.settings.builds))
        return next((slot for slot in slots if slot is not None), None)

    def _cleaned_up(self, job: Job) -> None:
        if "done" in (last := job.final_line()):  # it was quicker
            job.end(State.DONE, bundle=last["done"])
        elif (process := job.process) is not None and job.request is not None:
            running.remove_half_written(process, self.settings.home / "bundles" / job.request.name)
        for path in job.files:
            path.unlink(missing_ok=True)


def _queued_ns(job: Job) -> int:
    return job.request.queued_ns if job.request else 0


def _touched(job: Job) -> float:
    times = [0.0]
    for path in (job.folder, job.files_folder, job.folder / "ended.json"):
        with contextlib.suppress(FileNotFoundError):
            times.append(path.stat().st_mtime)
    return max(times)
