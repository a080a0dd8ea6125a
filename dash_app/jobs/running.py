"""Builds as processes of their own, which outlive the worker that started them."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from dash_app.jobs.job import Job, Request
from dash_app.jobs.locks import is_held
from dash_app.settings import Settings

ROOT = Path(__file__).parents[2]
_NICER = 10
"""A build waits for answers, not the other way round."""
_PATIENCE_S = 5.0
_LOOK_AGAIN_S = 0.05


def command(*words: str) -> list[str]:
    """Return a command of Songscape as a process is started with it."""
    return [sys.executable, "-m", "dash_app", *words]


def environment(settings: Settings) -> dict[str, str]:
    """Return this process's environment with the folders that are served from."""
    return {**os.environ, "SONGSCAPE_HOME": str(settings.home), "SONGSCAPE_CACHE": str(settings.cache)}


def start(job: Job, request: Request, settings: Settings, *, holding: Sequence[int]) -> None:
    """Start the build of a job; its process inherits the locks in ``holding`` and lets go of them when it ends."""
    sources = [request.source] if request.source else [str(path) for path in job.files]
    words = [*sources, "--name", request.name, "--mapping", str(job.wishes), "--progress", str(job.progress)]
    with (job.folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(  # noqa: S603 - our own command; files by their absolute paths, the name was checked
            command("build", *words),
            cwd=ROOT,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=holding,
        )
    job.begun(process.pid)
    be_nice(process.pid)
    threading.Thread(target=process.wait, name=f"build-{process.pid}", daemon=True).start()  # else it stays a zombie


def be_nice(process: int) -> None:
    """Let answers go before a process."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process, _NICER)


def stop(job: Job) -> None:
    """End the build of a job with all its processes, kindly at first; return once it has ended."""
    process = job.process
    for ending in (signal.SIGTERM, signal.SIGKILL):
        if process is None or not is_held(job.alive):
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process, ending)
        _wait_for(job)


def remove_half_written(process: int, shelf: Path) -> None:
    """Remove what a build that was stopped has left beside a catalogue's bundles, and the folder where it is empty."""
    for folder in shelf.glob(f".building-{process}-*"):
        shutil.rmtree(folder, ignore_errors=True)
    (shelf / f"CURRENT.{process}").unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        shelf.rmdir()


def _wait_for(job: Job) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while is_held(job.alive) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_S)
