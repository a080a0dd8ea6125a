"""Public tables by name: downloaded once, checked against a known hash, kept in a cache folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from filelock import Timeout
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from data.errors import SourceError, SourceNotFound
from data.public.downloads import FULL, Download, Listen, collect, locked
from data.public.hashes import HASHES, SHA256, file_hash, record, recorded

PARTIAL = "partial"
"""Folder in the cache that holds what has arrived of unfinished downloads."""


class HashKind(StrEnum):
    """How the hash that a download is checked against is known."""

    PUBLISHED = "published by its authors"
    COPY = "known copy"
    RECORDED = "recorded at first download"


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
    bytes
        Its size; a download of more than twice as much is refused.
    meaning
        One sentence: what it holds.
    licence
        Terms that its publisher states.
    hash_kind
        How the hash is known.
    hash
        Algorithm and hash of the bytes, ``sha256:…``; empty where nobody published one.
    """

    name: str
    file: str
    url: str
    bytes: int
    meaning: str
    licence: str
    hash_kind: HashKind
    hash: str = ""


_ALL = (
    PublicTable(
        name="tidytuesday",
        file="spotify_songs.csv",
        url="https://raw.githubusercontent.com/rfordatascience/tidytuesday/main/data/2020/2020-01-21/spotify_songs.csv",
        bytes=7_971_379,
        meaning="27,402 dated tracks in six playlist genres, 8 MB",
        licence="CC0 1.0, as the repository states",
        hash_kind=HashKind.COPY,
        hash="sha256:9902920cfe4940f0914ebb6716801a42f7f19ac88fbd6693eaae7e2822b16845",
    ),
    PublicTable(
        name="huggingface-tracks",
        file="spotify-tracks-dataset.csv",
        url="https://huggingface.co/datasets/maharshipandya/spotify-tracks-dataset/resolve/main/dataset.csv",
        bytes=20_118_244,
        meaning="114,000 rows of Spotify tracks in 114 genres, without dates, 20 MB",
        licence="BSD, as the page on Hugging Face states",
        hash_kind=HashKind.RECORDED,
    ),
    PublicTable(
        name="fma",
        file="fma_metadata.zip",
        url="https://os.unil.cloud.switch.ch/fma/fma_metadata.zip",
        bytes=358_412_441,
        meaning="106,574 tracks of the Free Music Archive, 13,129 of them with Echo Nest audio features, 358 MB",
        licence="CC BY 4.0",
        hash_kind=HashKind.PUBLISHED,
        hash="sha1:f0df49ffe5f2a6008d7dc83c6915b31835dfe733",
    ),
)

_EXPECTED = {
    HashKind.PUBLISHED: "the contents whose hash its authors published",
    HashKind.COPY: "the contents of the known copy",
}

PUBLIC_TABLES: Mapping[str, PublicTable] = {table.name: table for table in _ALL}
"""Every public table by name."""


def fetch(
    name: str, cache: Path, *, progressbar: bool = False, listen: Listen | None = None, source: str | None = None
) -> Path:
    """Return the path of a public table, downloading it where the cache does not hold it yet.

    A file in the cache with the right hash needs no network. A hash that nobody published is recorded when the file
    first arrives, or is first found in the cache, and checked from then on (`hashes`). Unfinished downloads stay
    in the folder `PARTIAL` where they can be resumed; a file stands under its own name only when whole and checked.

    Parameters
    ----------
    name
        A key of `PUBLIC_TABLES`.
    cache
        Folder that downloads are kept in.
    progressbar
        Whether to show progress on standard error.
    listen
        Told the share that is done, 0 to 1, and what is being done; what it raises cancels the download.
    source
        Another address of the same file, such as a mirror.

    Raises
    ------
    SourceNotFound
        No public table of that name.
    SourceError
        It could not be downloaded or kept, or its bytes are not the known ones.
    """
    wanted = _named(name)
    if path := cached(name, cache):
        return path
    with _told(wanted, listen, shown=progressbar) as tell, _in_sentences(wanted, cache):
        (cache / PARTIAL).mkdir(parents=True, exist_ok=True)
        with locked(cache / PARTIAL / f"{wanted.file}.lock"):
            return cached(name, cache) or _downloaded(wanted, cache, source or wanted.url, tell)


def cached(name: str, cache: Path) -> Path | None:
    """Return the path of a public table where the cache holds it with the known hash, else None.

    Of a table whose hash is not known yet, the hash is recorded, where the folder can be written to.

    Raises
    ------
    SourceNotFound
        No public table of that name.
    SourceError
        The recorded hashes cannot be read.
    """
    wanted, path = _named(name), cache / _named(name).file
    if not path.is_file():
        return None
    known = known_hash(name, cache)
    if known:
        return path if file_hash(path, like=known) == known else None
    if not _plausible(wanted, path):
        return None
    try:
        record(cache, wanted.file, file_hash(path, like=SHA256))
    except OSError:  # a folder that others look after: there is nowhere to record it
        return path
    return path


def known_hash(name: str, cache: Path) -> str:
    """Return the hash that a table is checked against, published or recorded; empty where there is none yet.

    Raises
    ------
    SourceNotFound
        No public table of that name.
    SourceError
        The recorded hashes cannot be read.
    """
    wanted = _named(name)
    return wanted.hash or recorded(cache).get(wanted.file, "")


def _named(name: str) -> PublicTable:
    if name not in PUBLIC_TABLES:
        raise SourceNotFound(
            f"There is no public catalogue named {name!r}", remedy=f"Known names: {', '.join(PUBLIC_TABLES)}"
        )
    return PUBLIC_TABLES[name]


def _downloaded(wanted: PublicTable, cache: Path, url: str, tell: Listen) -> Path:
    """Bring the file into the cache: collected aside, checked, its hash recorded, then renamed."""
    known = known_hash(wanted.name, cache)
    part = cache / PARTIAL / f"{wanted.file}.part"
    download = Download(url, part, most_bytes=2 * wanted.bytes, checked=bool(known))
    resumed = collect(download, tell)
    if resumed and known and file_hash(part, like=known) != known:  # what was there belonged to something else
        download.forget()
        collect(download, tell)
    tell(1.0, "checking its hash")
    found = file_hash(part, like=known or SHA256)
    if found != known and (known or not _plausible(wanted, part)):
        download.forget()
        raise _wrong_contents(wanted, cache, url)
    if not known:
        record(cache, wanted.file, found)
    part.replace(cache / wanted.file)
    download.forget()
    return cache / wanted.file


def _plausible(wanted: PublicTable, path: Path) -> bool:
    """Return whether a file that no hash is known of may be the table: not a note or a page in its place."""
    return wanted.bytes / 2 <= path.stat().st_size <= 2 * wanted.bytes


def _wrong_contents(wanted: PublicTable, cache: Path, url: str) -> SourceError:
    if wanted.hash:
        return SourceError(
            f"{wanted.file} does not have {_EXPECTED[wanted.hash_kind]}",
            where=url,
            remedy="Try again later; nothing was kept of it",
        )
    if known_hash(wanted.name, cache):
        return SourceError(
            f"{wanted.file} has changed since its hash was recorded at the first download",
            where=url,
            remedy=f"If its publisher has changed it, delete its line in {cache / HASHES}; nothing was kept of it",
        )
    return SourceError(
        f"{wanted.file} is not of the size that it should have",
        where=url,
        remedy="Try again later; nothing was kept of it",
    )


@contextmanager
def _in_sentences(wanted: PublicTable, cache: Path) -> Iterator[None]:
    """Turn what goes wrong into a sentence with a remedy."""
    by_hand = f"or put the file into {cache} as {wanted.file}"
    try:
        yield
    except SourceError as error:
        if error.remedy:
            raise
        raise SourceError(
            f"{wanted.file} could not be downloaded: {error.what}",
            where=error.where,
            remedy=f"Check the connection and try again, {by_hand}",
        ) from error
    except Timeout as error:
        raise SourceError(f"{wanted.file} is being downloaded already", remedy="Wait until it has arrived") from error
    except OSError as error:
        if error.errno in FULL:
            raise SourceError(
                f"There is no room for {wanted.file}, which takes {wanted.bytes / 1e6:,.0f} MB",
                where=str(cache),
                remedy="Free some space, or choose another folder with SONGSCAPE_CACHE",
            ) from error
        raise SourceError(
            f"{wanted.file} cannot be kept in the cache: {error.strerror or type(error).__name__}",
            where=str(cache),
            remedy="Choose a folder that can be written to with SONGSCAPE_CACHE",
        ) from error


@contextmanager
def _told(wanted: PublicTable, listen: Listen | None, *, shown: bool) -> Iterator[Listen]:
    """Give what tells the listener and, where it is to be shown, a bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[doing]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not shown) as bars:
        bar = bars.add_task(wanted.file, total=1.0, doing="")

        def tell(share: float, doing: str) -> None:
            bars.update(bar, completed=share, doing=doing)
            if listen:
                listen(share, doing)

        yield tell
