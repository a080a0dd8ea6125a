"""Compressed files and archives, unpacked as a stream that stops before it fills the disk."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa

from data.errors import SourceError
from data.files.kinds import Kind

MOST_BYTES = 4_000_000_000
"""How large a table may be when unpacked."""
MOST_RATIO = 200
"""How many times its packed size a file may grow, once it is larger than `RATIO_FROM_BYTES`."""
RATIO_FROM_BYTES = 50_000_000

TABULAR = re.compile(r"(?i)\.(csv|tsv|tab|json|jsonl|ndjson|parquet|arrow|feather|ipc|xlsx)(\.(gz|bz2|xz|zst))?$")
BESIDE = re.compile(r"(?i)(^|/)(__MACOSX/|\.|readme|licen[cs]e|copying|notice|metadata\.json$)")
MOST_LISTED = 6
_CHUNK = 1 << 20
_DAMAGED = (
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    pa.ArrowException,
    OSError,
    NotImplementedError,
    RuntimeError,
)

_OPENED: dict[Kind, Callable[[Path], Any]] = {
    Kind.GZIP: gzip.open,
    Kind.BZIP2: bz2.open,
    Kind.XZ: lzma.open,
    Kind.ZSTD: lambda path: pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"),
}


def unpacked(path: Path, kind: Kind, target: Path, *, name: str, most_bytes: int = MOST_BYTES) -> Path:
    """Write what a compressed file holds to ``target`` and return it.

    Raises
    ------
    SourceError
        It is damaged or cut short, or grows beyond ``most_bytes`` or `MOST_RATIO`.
    """
    with refusing_damage(name), _OPENED[kind](path) as packed:
        _copy(packed, target, name=name, packed_bytes=path.stat().st_size, most_bytes=most_bytes)
    return target


def unpacked_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, target: Path, *, name: str, most_bytes: int = MOST_BYTES
) -> Path:
    """Write one member of a ZIP archive to ``target`` and return it.

    Raises
    ------
    SourceError
        As for `unpacked`; or it is encrypted, or packed by a method that Python does not know.
    """
    if member.flag_bits & 1:
        raise SourceError(f"{name} is locked with a password", remedy="Unpack it and give the table inside")
    with refusing_damage(name):
        try:
            packed = archive.open(member)
        except NotImplementedError as error:
            raise SourceError(
                f"{name} is packed by a method that is not read here", remedy="Unpack it and give the table inside"
            ) from error
        with packed:
            _copy(packed, target, name=name, packed_bytes=member.compress_size, most_bytes=most_bytes)
    return target


def chosen_member(archive: zipfile.ZipFile, name: str, member: str | None = None) -> zipfile.ZipInfo:
    """Return the only table in an archive, or the named one.

    Raises
    ------
    SourceError
        There is none, there are several, or none has that name.
    """
    members = [each for each in archive.infolist() if not each.is_dir()]
    if member is not None:
        members = [each for each in members if each.filename == member]
    elif len(members) > 1:
        members = [each for each in members if not BESIDE.search(each.filename)]
        members = [each for each in members if TABULAR.search(each.filename)] or members
    if len(members) == 1:
        return members[0]
    if not members:
        missing = "no files" if member is None else f"no file named {member}"
        raise SourceError(f"{name} holds {missing}", remedy="Check the archive, or unpack it and give the table inside")
    raise SourceError(
        f"{name} holds several files: {_listed(members)}",
        remedy="Unpack it and give the tables you want, one file each",
    )


def check_size(n_bytes: int, name: str, most_bytes: int) -> None:
    """Raise SourceError when a table is larger than is read."""
    if n_bytes > most_bytes:
        raise SourceError(
            f"{name} holds more than {_size(most_bytes)} of data, which is the most that is read",
            remedy="Give a part of the table, or leave out columns that are not needed",
        )


@contextmanager
def refusing_damage(name: str) -> Iterator[None]:
    """Turn what a decompressor raises on broken bytes into a SourceError."""
    try:
        yield
    except _DAMAGED as error:
        if isinstance(error, OSError) and error.strerror:
            raise SourceError(
                f"{name} could not be unpacked: {error.strerror}", remedy="See that the disk has room and try again"
            ) from error
        raise SourceError(f"{name} is damaged or cut short", remedy="Download or save it again") from error


def _copy(packed: Any, target: Path, *, name: str, packed_bytes: int, most_bytes: int) -> None:
    total = 0
    with target.open("wb") as out:
        while chunk := packed.read(_CHUNK):
            total += len(chunk)
            check_size(total, name, most_bytes)
            if total > max(RATIO_FROM_BYTES, MOST_RATIO * packed_bytes):
                raise SourceError(
                    f"{name} grows to more than {MOST_RATIO} times its size, which is unusual for a table and could "
                    "fill the disk",
                    remedy="If it is a table, unpack it yourself and give that file",
                )
            out.write(chunk)


def _listed(members: list[zipfile.ZipInfo]) -> str:
    names = [PurePosixPath(each.filename).name for each in members]
    more = f" and {len(names) - MOST_LISTED} more" if len(names) > MOST_LISTED else ""
    return ", ".join(names[:MOST_LISTED]) + more


def _size(n_bytes: int) -> str:
    for unit, scale in (("GB", 10**9), ("MB", 10**6)):
        if n_bytes >= scale:
            return f"{n_bytes / scale:.3g} {unit}"
    return f"{n_bytes / 1000:.3g} KB"
