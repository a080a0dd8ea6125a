"""What catalogues are called."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from data.errors import SourceError

SAMPLE = "sample"
LONGEST_NAME = 40
RESERVED_NAMES = {SAMPLE: "that is the embedded one", "default": "that stands for the first one"}

Source = str | Sequence[str]
"""``"sample"`` for the embedded catalogue, or the path of a table, or the paths of several."""


def catalogue_name(source: Source) -> str:
    """Return a short name that is safe in an address and as a folder.

    >>> catalogue_name("/music/My Tracks (2020).csv.gz")
    'my-tracks-2020'
    """
    first = source if isinstance(source, str) else source[0]
    words = re.sub(r"[^a-z0-9]+", "-", _SUFFIXES.sub("", Path(first).name.lower())).strip("-")
    return words[:LONGEST_NAME].rstrip("-") or "catalogue"


_SUFFIXES = re.compile(r"(\.(csv|tsv|txt|json|jsonl|ndjson|parquet|arrow|feather|xlsx|gz|bz2|xz|zst|zip))+$")


def usable_name(source: Source, name: str | None = None) -> str:
    """Return the name that a catalogue of ``source`` is built under: ``name``, or one made from the file's name.

    Raises
    ------
    SourceError
        The name is not safe in an address and as a folder, or it stands for something else.
    """
    chosen = catalogue_name(source) if name is None else name
    if chosen != catalogue_name(chosen):
        raise SourceError(
            f"A catalogue cannot be named {chosen!r}",
            remedy=f"Use at most {LONGEST_NAME} lower-case letters, digits and single hyphens between them, such as "
            f"--name {catalogue_name(chosen)}",
        )
    if chosen in RESERVED_NAMES and (chosen, source) != (SAMPLE, SAMPLE):
        raise SourceError(
            f"A catalogue cannot be named {chosen!r}: {RESERVED_NAMES[chosen]}",
            remedy=f"Choose another name, such as --name my-{chosen}",
        )
    return chosen
