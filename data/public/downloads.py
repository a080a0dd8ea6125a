"""One file over HTTP: resumed where the server allows it, bounded, and whole or not there at all."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

import requests
import urllib3
from filelock import FileLock

from data.errors import SourceError

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Numbers of the errors of a full disk."""

CONNECT_S, READ_S = 10.0, 30.0
"""Seconds to wait for a server to answer, and for each next piece."""

_AT_ONCE = 1 << 16
_MB = 1e6
_SENT_WHOLE, _SENT_REST, _NOTHING_LEFT = 200, 206, 416

Listen = Callable[[float, str], None]
"""Told the share that is done, 0 to 1, and what is being done; what it raises ends the download."""


@dataclass(frozen=True, slots=True)
class Download:
    """What is asked of a server, and what is known about it.

    Parameters
    ----------
    url
        Where the file is.
    part
        Path that it is collected at; what else is kept beside it has this name with another ending.
    most_bytes
        A longer file is refused.
    checked
        Whether a hash will tell if the parts of a resumed download belong together.
    """

    url: str
    part: Path
    most_bytes: int
    checked: bool

    @property
    def note(self) -> Path:
        """Path of what is remembered for resuming."""
        return self.part.with_suffix(".json")

    @property
    def host(self) -> str:
        """Name of the server."""
        return urlsplit(self.url).hostname or self.url

    def begun(self) -> tuple[int, str]:
        """Return the bytes that are there and the ETag that they belong to; what cannot be resumed is removed."""
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
            return self.part.stat().st_size, str(note["etag"])
        except (OSError, ValueError, KeyError, TypeError):
            self.forget()
            return 0, ""

    def forget(self) -> None:
        """Remove what was collected."""
        self.part.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file; wait for nobody.

    Raises
    ------
    filelock.Timeout
        Somebody else holds it.
    """
    with FileLock(path).acquire(timeout=0):
        yield


def collect(wanted: Download, listen: Listen) -> bool:
    """Bring the whole file to ``wanted.part`` and return whether an earlier download was resumed.

    What arrived before a failure or a cancellation stays for the next call, where the server takes it up again: it
    answers ranges, and an ETag or a known hash tells whether the file is still the same.

    Raises
    ------
    SourceError
        It did not arrive: each reason has its sentence, without a remedy.
    OSError
        It could not be written.
    """
    begun, etag = wanted.begun()
    try:
        with _request(wanted, begun, etag) as response:
            if response.status_code == _NOTHING_LEFT and begun:
                if _whole(response) == begun:
                    return True
                wanted.forget()
                return collect(wanted, listen)
            _refuse(wanted, response)
            resumed = response.status_code == _SENT_REST and _starts_at(response) == begun > 0
            _receive(wanted, response, begun if resumed else 0, listen)
            return resumed
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise SourceError(_reason(wanted, error), where=wanted.url) from error


def _request(wanted: Download, begun: int, etag: str) -> requests.Response:
    headers = {"Accept-Encoding": "identity", "User-Agent": "songscape"}
    if begun:
        headers["Range"] = f"bytes={begun}-"
    if begun and etag:
        headers["If-Range"] = etag
    return requests.get(wanted.url, headers=headers, stream=True, timeout=(CONNECT_S, READ_S))


def _refuse(wanted: Download, response: requests.Response) -> None:
    """Raise where the answer is not the file."""
    status, kind = response.status_code, response.headers.get("Content-Type", "")
    if status not in {_SENT_WHOLE, _SENT_REST}:
        raise SourceError(f"{wanted.host} answered {status} {response.reason}".rstrip(), where=wanted.url)
    if kind.partition(";")[0].strip().lower() == "text/html":
        raise SourceError(f"{wanted.host} sent a web page in place of the file", where=wanted.url)
    if wanted.url.startswith("https:") and not response.url.startswith("https:"):
        raise SourceError(f"{wanted.host} led to an address without encryption", where=wanted.url)


def _receive(wanted: Download, response: requests.Response, begun: int, listen: Listen) -> None:
    """Write what arrives behind the first ``begun`` bytes; on failure keep it only where it can be resumed."""
    total = _total(response, begun)
    etag = response.headers.get("ETag", "")
    etag = "" if etag.startswith("W/") else etag
    ranges = response.headers.get("Accept-Ranges", "").lower() == "bytes" or response.status_code == _SENT_REST
    resumable = ranges and total is not None and bool(etag or wanted.checked)
    wanted.note.unlink(missing_ok=True)
    try:
        _refuse_too_much(wanted, total or 0)
        _refuse_full_disk(wanted, (total or 0) - begun)
        with wanted.part.open("ab" if begun else "wb") as file:
            if resumable:
                wanted.note.write_text(json.dumps({"etag": etag}), encoding="utf-8")
            _write(wanted, response, file, begun, total, listen)
            file.flush()
            os.fsync(file.fileno())
    except BaseException as error:
        if not resumable or isinstance(error, _TooMuch) or (isinstance(error, OSError) and error.errno in FULL):
            wanted.forget()
        raise


def _write(
    wanted: Download, response: requests.Response, file: BinaryIO, begun: int, total: int | None, listen: Listen
) -> None:
    """Write piece by piece, as they come."""
    arrived = begun
    while piece := _piece(response):
        file.write(piece)
        arrived += len(piece)
        _refuse_too_much(wanted, arrived)
        share = arrived / (total or wanted.most_bytes)
        listen(share, f"{arrived / _MB:,.1f} of {total / _MB:,.1f} MB" if total else f"{arrived / _MB:,.1f} MB")
    if total is not None and arrived != total:
        raise SourceError(f"only {arrived:,} of {total:,} bytes arrived", where=wanted.url)


def _piece(response: requests.Response) -> bytes:
    """Return what has arrived, at most 64 KiB; nothing at the end, or where the connection broke off."""
    try:
        return response.raw.read1(_AT_ONCE, decode_content=True)
    except urllib3.exceptions.ProtocolError:
        if "Content-Length" in response.headers:  # the count of bytes says so
            return b""
        raise


def _total(response: requests.Response, begun: int) -> int | None:
    """Return the bytes of the whole file, or None where the server does not say."""
    length = response.headers.get("Content-Length", "")
    return begun + int(length) if length.isdigit() and "Content-Encoding" not in response.headers else None


def _starts_at(response: requests.Response) -> int:
    """Return the first byte of the part that was sent, -1 where it is not said."""
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


def _whole(response: requests.Response) -> int:
    """Return the bytes of the whole file as a refusal of a part says it, -1 where it does not."""
    found = re.match(r"bytes \*/(\d+)$", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else -1


class _TooMuch(SourceError):
    """The file is longer than it can be."""


def _refuse_too_much(wanted: Download, n_bytes: int) -> None:
    if n_bytes > wanted.most_bytes:
        raise _TooMuch(
            f"it is longer than {wanted.most_bytes / _MB:,.0f} MB, twice what it should be", where=wanted.url
        )


def _refuse_full_disk(wanted: Download, n_bytes: int) -> None:
    if n_bytes > shutil.disk_usage(wanted.part.parent).free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(wanted.part))


def _reason(wanted: Download, error: Exception) -> str:
    """Return why a request failed, as the end of a sentence."""
    causes = list(_causes(error))
    if any(isinstance(cause, urllib3.exceptions.NameResolutionError) for cause in causes):
        return f"no server of the name {wanted.host} was found"
    if any(isinstance(cause, requests.ConnectTimeout) for cause in causes):
        return f"{wanted.host} did not answer within {CONNECT_S:g} s"
    if any(isinstance(cause, requests.Timeout | urllib3.exceptions.ReadTimeoutError) for cause in causes):
        return f"{wanted.host} sent nothing for {READ_S:g} s"
    if any(isinstance(cause, requests.exceptions.SSLError) for cause in causes):
        return f"{wanted.host} could not prove that it is itself"
    if isinstance(error, urllib3.exceptions.ProtocolError):
        return f"the connection to {wanted.host} broke off"
    return f"{wanted.host} could not be reached"


def _causes(error: BaseException | None) -> Generator[BaseException]:
    """Yield an error and what it was raised for."""
    while error is not None:
        yield error
        reason = getattr(error, "reason", None) or next(iter(error.args), None)
        error = reason if isinstance(reason, BaseException) else error.__cause__
