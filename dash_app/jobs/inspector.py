"""The process that looks at uploaded files: a question a line on standard input, an answer a line on standard output.

It stays for a while, as most of what a question costs is starting it: a person corrects one column after the other.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
import traceback
from collections.abc import Mapping
from typing import Any

from data.errors import SongscapeError
from data.reading import inspect
from data.wishes import Wishes
from models.needs import planned

IDLE_S = 60
"""Without a question it ends after so long."""

_MOST_KB = 700_000 if sys.platform == "linux" else 700_000_000
"""Where it has grown beyond that, it ends after the answer; macOS counts bytes."""


def answered(question: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``found``, what is refused in its parts, or the text of a ``fault``.

    Parameters
    ----------
    question
        ``files``, paths in order, and ``wishes``, the JSON form of `data.wishes.Wishes`.
    """
    try:
        found = inspect(question["files"], wishes=Wishes.from_dict(question["wishes"]))
        recipes = {} if found.refusal else planned(found.catalogue)
        return {"found": {**found.as_dict(), "recipes": recipes}}
    except SongscapeError as refusal:
        return {"refused": {"what": refusal.what, "where": refusal.where, "remedy": refusal.remedy}}
    except Exception:
        return {"fault": traceback.format_exc()}


def main() -> None:
    """Answer until nobody asks any more."""
    signal.alarm(IDLE_S)
    for line in sys.stdin:
        signal.alarm(0)
        sys.stdout.write(json.dumps(answered(json.loads(line))) + "\n")
        sys.stdout.flush()
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > _MOST_KB:
            return
        signal.alarm(IDLE_S)


if __name__ == "__main__":
    main()
