"""Hashes of files, and those that are recorded in a folder because nobody has published them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pooch

from data.errors import SourceError

HASHES = "hashes.json"
"""File in a cache folder that holds its recorded hashes."""

SHA256 = "sha256:"


def file_hash(path: Path, *, like: str) -> str:
    """Return the hash of a file by the algorithm of another one, such as ``sha1:f0df49ff…``."""
    algorithm = like.partition(":")[0]
    return f"{algorithm}:{pooch.file_hash(str(path), alg=algorithm)}"


def recorded(folder: Path) -> dict[str, str]:
    """Return the recorded hashes by file name.

    Raises
    ------
    SourceError
        The file that holds them is damaged.
    """
    path = folder / HASHES
    try:
        return {str(file): str(found) for file, found in json.loads(path.read_text(encoding="utf-8")).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError) as error:
        raise SourceError(
            "The recorded hashes cannot be read", where=str(path), remedy="Delete the file, and download again"
        ) from error


def record(folder: Path, file: str, found: str) -> None:
    """Add a hash to the recorded ones; their file is replaced at once, never half written.

    Raises
    ------
    OSError
        The folder cannot be written to.
    SourceError
        The file that holds them is damaged.
    """
    hashes = recorded(folder) | {file: found}
    aside = folder / f".{HASHES}.{os.getpid()}"
    try:
        aside.write_text(json.dumps(hashes, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        aside.replace(folder / HASHES)
    finally:
        aside.unlink(missing_ok=True)
