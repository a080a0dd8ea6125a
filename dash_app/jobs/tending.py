"""While a server runs, builds that wait start when their turn comes, whether or not anybody looks."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator

from dash_app.jobs.desk import Jobs

EVERY_S = 2.0

_log = logging.getLogger("songscape")


@contextlib.contextmanager
def tended(jobs: Jobs) -> Iterator[None]:
    """Tend jobs in a thread for as long as a server runs; old ones are removed first."""
    over = threading.Event()
    thread = threading.Thread(target=_tend, args=[jobs, over], name="jobs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _tend(jobs: Jobs, over: threading.Event) -> None:
    said = False
    with contextlib.suppress(OSError):
        jobs.tidy()
    while True:
        try:
            jobs.tend()
        except OSError as error:  # a home that cannot be written to: there is nothing to tend either
            if not said:
                _log.warning("Builds that wait cannot be started: %s", error)
            said = True
        if over.wait(EVERY_S):
            return
