"""What a build would make of uploaded files, found out in processes of their own: workers stay small and answer on."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from typing import Any

from dash_app.jobs import running
from dash_app.jobs.job import Job
from dash_app.jobs.refusals import JobConflict
from dash_app.settings import Settings
from data.errors import SourceError

LONGEST_S = 180
AT_ONCE = 2
"""Processes of one worker that look at files at once."""


class Inspections:
    """Inspections under way in this worker; a new one of the same job ends the one before.

    Parameters
    ----------
    settings
        The folders that are served from.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._idle: list[_Inspector] = []
        self._latest: dict[str, _Inspector] = {}
        self._choosing = threading.Lock()
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def warm(self) -> None:
        """Start a process where none is, so that a question that comes soon waits less."""
        with self._choosing:
            if not self._idle and not self._latest:
                self._idle.append(_Inspector(self.settings))

    def inspection(self, job: Job, wishes: Mapping[str, Any]) -> dict[str, Any]:
        """Return what ``inspect --json`` says of a job's files.

        Raises
        ------
        JobConflict
            Another inspection of the same job was asked for meanwhile, or there are no files.
        SourceError
            A file cannot be read, or reading took too long.
        """
        if not job.files:
            raise JobConflict("There is nothing to read yet", remedy="Upload a table")
        self._end_earlier(job)
        question = {"files": [str(path) for path in job.files], "wishes": dict(wishes)}
        with self._room:
            inspector = self._chosen(job)
            answer = inspector.asked(question)
            if not answer and not inspector.stopped:
                # It ended just as it was asked, since it had grown large or nobody had asked for long.
                inspector.end()
                inspector = self._begun(job)
                answer = inspector.asked(question)
            self._done(job, inspector)
        return _found(answer, inspector)

    def close(self) -> None:
        """End all processes."""
        with self._choosing:
            for inspector in (*self._idle, *self._latest.values()):
                inspector.end()
            self._idle.clear()
            self._latest.clear()

    def _end_earlier(self, job: Job) -> None:
        with self._choosing:
            earlier = self._latest.get(job.id)
        if earlier is not None:
            earlier.stop("Another answer was asked for meanwhile")

    def _chosen(self, job: Job) -> _Inspector:
        with self._choosing:
            while self._idle and not self._idle[-1].is_alive:
                self._idle.pop().end()
            if not self._idle:
                return self._begun(job)
            inspector = self._latest[job.id] = self._idle.pop()
        return inspector

    def _begun(self, job: Job) -> _Inspector:
        inspector = self._latest[job.id] = _Inspector(self.settings)
        return inspector

    def _done(self, job: Job, inspector: _Inspector) -> None:
        with self._choosing:
            if self._latest.get(job.id) is inspector:
                del self._latest[job.id]
            if inspector.is_alive:
                self._idle.append(inspector)
            else:
                inspector.end()


class _Inspector:
    """A process of `dash_app.jobs.inspector`."""

    def __init__(self, settings: Settings) -> None:
        self.stopped = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "dash_app.jobs.inspector"],
            cwd=running.ROOT,
            env=running.environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        running.be_nice(self._process.pid)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked again."""
        return not self.stopped and self._process.poll() is None

    def asked(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return its answer, empty where it ended instead."""
        assert self._process.stdin and self._process.stdout  # noqa: S101 - pipes were asked for
        waits = threading.Timer(LONGEST_S, self.stop, [f"Reading took longer than {LONGEST_S} seconds"])
        waits.start()
        try:
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except (BrokenPipeError, ValueError):
            line = ""
        finally:
            waits.cancel()
        return json.loads(line) if line else {}

    def stop(self, why: str) -> None:
        """Kill it; whoever waits for its answer gets none."""
        self.stopped = why
        self._process.kill()

    def end(self) -> None:
        """Kill it and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()


def _found(answer: Mapping[str, Any], inspector: _Inspector) -> dict[str, Any]:
    if "found" in answer:
        return answer["found"]
    if "refused" in answer:
        raise SourceError(**answer["refused"])
    if "fault" in answer:
        raise RuntimeError(answer["fault"])
    raise JobConflict(
        inspector.stopped or "The files could not be read: the server ran out of memory",
        remedy="Try again, or give a part of the table",
    )
