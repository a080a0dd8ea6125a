"""Work that comes out the same whichever part of it is done first, on the processors that there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed

from threadpoolctl import threadpool_limits

from models.recipe import Progress

MOST_WORKERS = 2

Task = tuple[Callable[[], None], str]
"""What to do, which uses one thread and writes to a place of its own, and what to say when it is done."""


def in_parallel(tasks: Sequence[Task], progress: Progress) -> None:
    """Do every task, two at a time where there are two processors; say what was done from this thread."""
    workers = min(MOST_WORKERS, os.cpu_count() or 1)
    # Threads of linear algebra are a matter of the process, those of OpenMP of the thread that asks for them.
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers, initializer=_one_thread) as pool:
        words: dict[Future, str] = {pool.submit(work): said for work, said in tasks}
        try:
            for done, future in enumerate(as_completed(words)):
                future.result()
                progress(done / len(tasks), words[future])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _one_thread() -> None:
    threadpool_limits(1, user_api="openmp")
