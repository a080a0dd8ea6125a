"""Files that arrive: streamed to the disk, bounded, told by their content, named without a path."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import unicodedata
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from dash_app.jobs.desk import Jobs
from dash_app.jobs.job import Job
from dash_app.jobs.refusals import NoRoom, TooLarge
from data.errors import SourceError
from data.files.kinds import Kind, kind_of
from data.files.unpacking import MOST_RATIO, RATIO_FROM_BYTES

LONGEST_NAME = 120
MOST_FILES = 20
_BATCH_BYTES = 1 << 20


async def received(jobs: Jobs, job: Job, given: str, chunks: AsyncIterator[bytes], *, length: int | None) -> str:
    """Keep a file that arrives in chunks; return the name it is kept under.

    Parameters
    ----------
    jobs
        Says how many bytes are taken.
    job
        A draft.
    given
        What the file is called where it comes from.
    chunks
        Its bytes.
    length
        How many it is said to have, None where nothing is said.

    Raises
    ------
    TooLarge, NoRoom
        The files of the job are too large together, the disk is full; nothing of this one is kept.
    SourceError
        It is empty, or no file that holds a table.
    """
    await run_in_threadpool(job.require_draft)
    name = safe_name(given)
    room = jobs.most_bytes - sum(path.stat().st_size for path in job.files)
    _check_room(jobs, job, length or 0, room)
    part = job.files_folder / f".{secrets.token_hex(8)}.part"
    try:
        await _written(chunks, part, jobs=jobs, room=room)
        return await run_in_threadpool(_accepted, part, job, name)
    except OSError as error:
        raise NoRoom(
            f"{name} could not be kept: {error.strerror or 'the disk cannot be written to'}",
            remedy="Make room on the server's disk and upload it again",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def safe_name(given: str) -> str:
    r"""Return a file name without folders, control characters and leading dots.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\music\\.tracks.csv"), safe_name("..")
    ('passwd', 'tracks.csv', 'table')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1]
    plain = "".join(c for c in last if c.isprintable()).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    while len(plain.encode()) > LONGEST_NAME and stem:
        stem = stem[:-1]
        plain = stem + dot + ending[:20]
    return plain.encode()[:LONGEST_NAME].decode(errors="ignore") or "table"


def _check_room(jobs: Jobs, job: Job, wanted: int, room: int) -> None:
    if len(job.files) >= MOST_FILES:
        raise TooLarge(f"At most {MOST_FILES} files make one catalogue", remedy="Put them together, or leave some out")
    if wanted > room:
        raise _too_large(jobs)
    if wanted > shutil.disk_usage(job.folder).free:
        raise NoRoom("The server's disk has no room for this file", remedy="Make room on it and upload the file again")


def _too_large(jobs: Jobs) -> TooLarge:
    return TooLarge(
        f"At most {jobs.settings.upload_mb} MB are taken for one catalogue",
        remedy="Compress the table (gz, zip) or save it as Parquet, leave out columns that are not needed, or build it "
        "on the command line",
    )


async def _written(chunks: AsyncIterator[bytes], part: Path, *, jobs: Jobs, room: int) -> None:
    total, batch = 0, bytearray()
    with part.open("wb") as file:
        async for chunk in chunks:
            total += len(chunk)
            if total > room:
                raise _too_large(jobs)
            batch += chunk
            if len(batch) >= _BATCH_BYTES:
                await run_in_threadpool(file.write, bytes(batch))
                batch.clear()
        await run_in_threadpool(file.write, bytes(batch))


def _accepted(part: Path, job: Job, name: str) -> str:
    if not part.stat().st_size:
        raise SourceError(f"{name} is empty", remedy="Check that it was saved completely")
    if kind_of(part, name) is Kind.ZIP:
        _refuse_bomb(part, name)
    return _put_in_place(part, job, name)


def _refuse_bomb(part: Path, name: str) -> None:
    """Refuse an archive that says of itself that it grows without measure; one that lies is stopped when unpacked."""
    try:
        with zipfile.ZipFile(part) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise SourceError(f"{name} is damaged or cut short", remedy="Download or save it again") from error
    grown, packed = sum(one.file_size for one in members), sum(one.compress_size for one in members)
    if grown > max(RATIO_FROM_BYTES, MOST_RATIO * packed):
        raise SourceError(
            f"{name} grows to more than {MOST_RATIO} times its size, which is unusual for a table and could fill the "
            "disk",
            remedy="If it is a table, unpack it yourself and give that file",
        )


def _put_in_place(part: Path, job: Job, name: str) -> str:
    """Give a complete file its name, or one like it where that is taken."""
    stem, dot, ending = name.partition(".")
    for n in range(1, MOST_FILES + 2):
        wanted = name if n == 1 else f"{stem}-{n}{dot}{ending}"
        try:
            os.link(part, job.files_folder / wanted)
        except FileExistsError:
            continue
        return wanted
    raise AssertionError("there are fewer files than names")
