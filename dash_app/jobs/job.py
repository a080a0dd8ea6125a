"""One job: its folder, what it is to build, and what is going on."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from dash_app.jobs.locks import is_held
from dash_app.jobs.refusals import JobConflict

_ID_BYTES = 16
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
DIED = (
    "The build ended without saying why: its process was stopped, or the machine ran out of memory. Nothing was "
    "changed. Build it again, or build a part of the table."
)


def new_id() -> str:
    """Return an id that nobody can guess: it is all that is needed to see and to cancel a job."""
    return secrets.token_urlsafe(_ID_BYTES)


def is_id(text: str) -> bool:
    """Return whether a text has the form of an id, and so is safe as the name of a folder.

    >>> is_id(new_id()), is_id("../../../../etc/passwd"), is_id("")
    (True, False, False)
    """
    return bool(_ID.fullmatch(text))


class State(StrEnum):
    """Where a job stands."""

    DRAFT = "draft"
    """Files are being brought; nothing was started."""
    WAITING = "waiting"
    """For other builds to end."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be built.

    Parameters
    ----------
    name
        Name of the catalogue.
    source
        Name of a public catalogue; empty where files were uploaded.
    queued_ns
        Since when it waits, in nanoseconds since 1970.
    """

    name: str
    source: str
    queued_ns: int


@dataclass(frozen=True, slots=True)
class Status:
    """What is going on.

    Parameters
    ----------
    state
        Where the job stands.
    sentence
        The same in words; of a failed one, why.
    steps
        Per step of the build ``step``, ``share`` (0 to 1) and ``doing``, in the order in which they began.
    bundle
        Id of the bundle that was built.
    """

    state: State
    sentence: str = ""
    steps: tuple[Mapping[str, Any], ...] = ()
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job in its folder.

    Parameters
    ----------
    folder
        Named by the job's id.
    """

    folder: Path
    id: str = field(init=False)

    def __post_init__(self) -> None:
        """Take the id from the folder."""
        object.__setattr__(self, "id", self.folder.name)

    @property
    def files_folder(self) -> Path:
        """Where uploaded files lie."""
        return self.folder / "files"

    @property
    def files(self) -> list[Path]:
        """Uploaded files that are complete, in the order of their names."""
        found = self.files_folder.iterdir() if self.files_folder.is_dir() else ()
        return sorted(path for path in found if not path.name.startswith("."))

    @property
    def alive(self) -> Path:
        """What the build's process holds a lock on."""
        return self.folder / "alive"

    @property
    def progress(self) -> Path:
        """What the build says of itself."""
        return self.folder / "progress.jsonl"

    @property
    def wishes(self) -> Path:
        """What was said about the columns."""
        return self.folder / "wishes.json"

    @property
    def request(self) -> Request | None:
        """What is to be built, None for a draft."""
        found = _read(self.folder / "request.json")
        return Request(**found) if found else None

    @property
    def process(self) -> int | None:
        """Number of the process that builds, or built, it; also that of its process group."""
        found = _read(self.folder / "process.json")
        return found["pid"] if found else None

    @property
    def state(self) -> State:
        """Where it stands."""
        return self.status.state

    @property
    def status(self) -> Status:
        """What is going on, read from the folder; the end of a build is written down by whoever sees it first."""
        if ended := _read(self.folder / "ended.json"):
            return Status(State(ended["state"]), ended["sentence"], tuple(self._steps()), ended["bundle"])
        lives = is_held(self.alive)  # before the last line is read: a process that has ended says nothing more
        if lives or self.process is not None:
            return self._told(lives=lives)
        return Status(State.DRAFT if self.request is None else State.WAITING)

    def require_draft(self) -> None:
        """Raise JobConflict where the job was started already."""
        if self.state is not State.DRAFT:
            raise JobConflict("This build was started already", remedy="Upload the files again to build them once more")

    def put(self, request: Request, wishes: Mapping[str, Any]) -> None:
        """Write down what is to be built."""
        write(self.wishes, dict(wishes))
        write(self.folder / "request.json", asdict(request))

    def begun(self, process: int) -> None:
        """Write down which process builds it."""
        write(self.folder / "process.json", {"pid": process})

    def end(self, state: State, sentence: str = "", bundle: str = "") -> None:
        """Write down how it ended."""
        write(self.folder / "ended.json", {"state": state, "sentence": sentence, "bundle": bundle})

    def final_line(self) -> Mapping[str, Any]:
        """Return the build's last line, ``done`` or ``failed``, empty where there is none."""
        return next((line for line in self._lines() if "done" in line or "failed" in line), {})

    def _told(self, *, lives: bool) -> Status:
        last = self.final_line()
        if not last and lives:
            return Status(State.RUNNING, steps=tuple(self._steps()))
        state = State.DONE if "done" in last else State.FAILED
        self.end(state, "" if "done" in last else last.get("failed", DIED), last.get("done", ""))
        return self.status

    def _steps(self) -> Iterator[Mapping[str, Any]]:
        latest = {line["step"]: line for line in self._lines() if "step" in line}
        yield from latest.values()

    def _lines(self) -> Iterator[Mapping[str, Any]]:
        try:
            text = self.progress.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return
        for line in text.splitlines():
            try:
                found = json.loads(line)
            except ValueError:
                continue  # half a line: the other half is on its way
            if isinstance(found, dict):
                yield found


def write(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON so that a reader sees the old or the new, never half."""
    fresh = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    fresh.write_text(json.dumps(value), encoding="utf-8")
    fresh.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
