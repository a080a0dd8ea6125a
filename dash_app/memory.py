"""Keeps a worker small: the smallest hosted machines have 512 MB."""

from __future__ import annotations

import ctypes
import sys

import pyarrow as pa

_M_ARENA_MAX = -8
"""glibc's mallopt(3)."""


def keep_small() -> None:
    """Give freed memory back instead of keeping it by thread; call before threads start.

    On the embedded catalogue a worker that has answered every screen holds 275 MB instead of 302: glibc keeps an arena
    for each thread, and Arrow's own pool keeps what it once used.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, 1)
