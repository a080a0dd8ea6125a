"""Work that comes out the same whichever part of it is done first, on the processors that there are."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from functools import partial
from typing import TypeVar

from threadpoolctl import threadpool_limits

from models.recipe import Progress, silent

MOST_WORKERS = 2

Made = TypeVar("Made")

Task = tuple[Callable[[], None], str]
"""What to do, which uses one thread and writes to a place of its own, and what to say when it is done."""


def in_parallel(tasks: Sequence[Task], progress: Progress) -> None:
    """Do every task, two at a time where there are two processors; say what was done from this thread.

    They start in their order: put the longest first, so that none is left over at the end.
    """
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


def side_by_side(*works: Callable[[], Made], progress: Progress = silent) -> list[Made]:
    """Return what each piece of work makes, in their order, made two at a time where there are two processors."""
    made: list[Made | None] = [None] * len(works)

    def keep(i: int) -> None:
        made[i] = works[i]()

    in_parallel([(partial(keep, i), "") for i in range(len(works))], progress)
    return made  # type: ignore[return-value]  # every place is filled


def _one_thread() -> None:
    threadpool_limits(1, user_api="openmp")
