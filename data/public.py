"""Public tables by name: downloaded once, checked against a known hash, kept in a cache folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pooch
import requests

from data.errors import SourceError, SourceNotFound


@dataclass(frozen=True, slots=True)
class PublicTable:
    """A table that its publisher offers at a fixed address.

    Parameters
    ----------
    name
        Short name on the command line.
    file
        File name in the cache.
    url
        Where it is published.
    sha256
        Hash of the bytes; a download that differs is refused.
    meaning
        One sentence: what it holds.
    """

    name: str
    file: str
    url: str
    sha256: str
    meaning: str


_ALL = (
    PublicTable(
        name="tidytuesday",
        file="spotify_songs.csv",
        url="https://raw.githubusercontent.com/rfordatascience/tidytuesday/main/data/2020/2020-01-21/spotify_songs.csv",
        sha256="9902920cfe4940f0914ebb6716801a42f7f19ac88fbd6693eaae7e2822b16845",
        meaning="28,352 dated tracks in six playlist genres, 8 MB",
    ),
)

PUBLIC_TABLES: Mapping[str, PublicTable] = {table.name: table for table in _ALL}
"""Every public table by name."""


def fetch(name: str, cache: Path, *, progressbar: bool = False) -> Path:
    """Return the path of a public table, downloading it where the cache does not hold it yet.

    Parameters
    ----------
    name
        A key of `PUBLIC_TABLES`.
    cache
        Folder that downloads are kept in.
    progressbar
        Whether to show progress on standard error.

    Raises
    ------
    SourceNotFound
        No public table of that name.
    SourceError
        It could not be downloaded, or its bytes are not the ones that were published.
    """
    if name not in PUBLIC_TABLES:
        raise SourceNotFound(
            f"There is no public catalogue named {name!r}", remedy=f"Known names: {', '.join(PUBLIC_TABLES)}"
        )
    wanted = PUBLIC_TABLES[name]
    try:
        return Path(
            pooch.retrieve(
                wanted.url,
                known_hash=f"sha256:{wanted.sha256}",
                fname=wanted.file,
                path=cache,
                progressbar=progressbar,
            )
        )
    except (requests.RequestException, OSError) as error:
        raise SourceError(
            f"{wanted.file} could not be downloaded: {type(error).__name__}",
            where=wanted.url,
            remedy=f"Check the connection, or put the file into {cache}",
        ) from error
    except ValueError as error:
        raise SourceError(
            f"{wanted.file} does not have the published contents",
            where=wanted.url,
            remedy="Try again later; nothing was kept of it",
        ) from error
