"""Files that a command writes: whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from data.errors import SourceError


def write_whole(out: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` make a file aside and put it in the place of ``out``.

    Raises
    ------
    SourceError
        It cannot be written; nothing of it is left.
    """
    aside = out.with_name(f".{out.name}.part")
    try:
        write(aside)
        aside.replace(out)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise SourceError(f"{out.name} cannot be written: {error.strerror}", remedy="Choose another --out") from error
