"""A build that only pretends: what it does is said by the name of its catalogue.

Started as ``python pretended.py build FILE... --name N --mapping FILE --progress FILE``.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path


def main() -> None:
    """Do as the name says."""
    name, progress = after("--name"), Path(after("--progress"))
    with progress.open("a", encoding="utf-8", buffering=1) as file:

        def tell(**line: object) -> None:
            file.write(json.dumps(line) + "\n")

        tell(
            step="reading",
            share=1.0,
            doing=" ".join(Path(word).name for word in sys.argv[2 : sys.argv.index("--name")]),
        )
        tell(step="genre", share=0.25, doing=Path(after("--mapping")).read_text(encoding="utf-8"))
        if name.startswith("fails"):
            tell(failed="Only 3 tracks are left of 4 rows.")
            sys.exit(1)
        if name.startswith("dies"):
            os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("stubborn"):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        if name.startswith(("slow", "stubborn")):
            half_written(name)
            tell(step="genre", share=0.5, doing="on and on")
            time.sleep(120)
        if name.startswith("short"):
            time.sleep(1.5)
        tell(step="genre", share=1.0, doing="done")
        tell(done="0123456789abcdef")


def half_written(name: str) -> None:
    """Leave what a build leaves that is stopped while it writes."""
    aside = Path(os.environ["SONGSCAPE_HOME"]) / "bundles" / name / f".building-{os.getpid()}-x"
    aside.mkdir(parents=True)
    (aside / "tracks.arrow").write_bytes(b"half")


def after(option: str) -> str:
    """Return the word after an option."""
    return sys.argv[sys.argv.index(option) + 1]


if __name__ == "__main__":
    main()
