"""Builds in children that are killed with SIGKILL, and prints as JSON lines what is left each time.

``python -m tests.models.killed HOME steps`` kills the first child before its first change to the file system, the
next before its second, and so on until one survives. ``... HOME moments`` kills children that build without pause,
each after another time.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np

from models.build import write_bundle
from models.bundle import Library
from models.train import Learned
from tests.models.tiny import learned

CHANGES = {"open", "os.mkdir", "os.chmod", "os.rename", "os.remove", "os.rmdir", "os.truncate"}
MOMENTS = 30
LONGEST_S = 0.15
OLDER = "0" * 16
"""A folder such as a bundle before the previous one, to be removed."""


def main(home: Path, way: str) -> None:
    """Kill one way and print what is left."""
    old, new = learned(0), learned(1)
    write_bundle(old, home, timings={})
    {"steps": at_every_step, "moments": at_many_moments}[way](home, old, new)


def at_every_step(home: Path, old: Learned, new: Learned) -> None:
    """Kill before each change of the file system in turn, each time from the same start, and build once more."""
    (home / "bundles" / old.catalogue.name / OLDER).mkdir()
    for step in count(1):
        copy = Path(shutil.copytree(home, home.with_name(f"{home.name}-{step}")))
        survived = run_child(lambda copy=copy, step=step: build_and_die(new, copy, step))
        say(copy, step=step, survived=survived)
        write_bundle(old, copy, timings={})
        say(copy, step=step, built_again=True)
        shutil.rmtree(copy)
        if survived:
            return


def at_many_moments(home: Path, old: Learned, new: Learned) -> None:
    """Kill children that build both in turn after pauses of many lengths."""
    for pause in np.random.default_rng(0).uniform(0, LONGEST_S, MOMENTS):
        run_child(lambda: build_without_end(old, new, home), kill_after=pause)
        say(home, pause=pause)
    write_bundle(old, home, timings={})
    say(home, built_again=True)


def build_and_die(learned: Learned, home: Path, step: int) -> None:
    """Write a bundle, but be killed before the change of that number."""
    changes = count(1)

    def watch(event: str, arguments: tuple) -> None:
        if event in CHANGES and str(home) in str(arguments[0]) and next(changes) == step:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    write_bundle(learned, home, timings={})


def build_without_end(old: Learned, new: Learned, home: Path) -> None:
    """Write the two bundles in turn."""
    while True:
        write_bundle(new, home, timings={})
        write_bundle(old, home, timings={})


def run_child(work: Callable[[], None], *, kill_after: float | None = None) -> bool:
    """Run in a process of its own; return whether that ended by itself and well."""
    child = os.fork()
    if not child:
        work()
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    return os.WIFEXITED(status) and os.WEXITSTATUS(status) == 0


def say(home: Path, **what: object) -> None:
    """Print what serves and what lies beside it."""
    bundle = Library(home).open()
    left = sorted(path.name for path in bundle.folder.parent.iterdir())
    print(json.dumps({**what, "seed": bundle.manifest["seed"], "left": left}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
