"""Builds in the background: they outlive who started them, wait for their turn, and leave nothing half-written."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dash_app.api.asking import HEADER
from dash_app.jobs import Jobs, State, running
from dash_app.jobs.desk import KEPT_S
from dash_app.jobs.job import DIED, is_id, new_id
from dash_app.jobs.locks import is_held
from dash_app.jobs.refusals import JobConflict, SwitchedOff, UnknownJob
from dash_app.jobs.tending import tended
from data.errors import SourceError
from tests.conftest import ROOT
from tests.dash_app import pretended
from tests.dash_app.asking import client_of, settings_of
from tests.dash_app.songs import songs, songs_csv

ASKED = {HEADER: "test"}
SOON_S = 60
BUILT_S = 240


@pytest.fixture
def pretending(monkeypatch):
    """Builds only pretend; their catalogue's name says what they do."""
    monkeypatch.setattr(running, "command", lambda *words: [sys.executable, pretended.__file__, *words])


@pytest.fixture
def jobs(tmp_path, pretending):
    """Where jobs are asked for; whatever still runs is stopped at the end."""
    jobs = Jobs(settings_of(tmp_path))
    yield jobs
    for folder in (tmp_path / "jobs").glob("*/process.json"):
        jobs.cancel(jobs.job(folder.parent.name))


def ordered(jobs: Jobs, name: str, **wishes: Any):
    """Start a build of one file."""
    job = jobs.draft()
    (job.files_folder / "songs.csv").write_text("a,b\n1,2\n")
    jobs.start(job, name=name, wishes=wishes)
    return job


def wait_until(holds: Callable[[], bool], seconds: float = SOON_S) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "this takes too long"
        time.sleep(0.05)


def ends(jobs: Jobs, job) -> State:
    wait_until(lambda: jobs.status(job).state.has_ended)
    return job.state


class TestABuild:
    def test_tells_its_steps_and_what_it_built(self, jobs):
        job = ordered(jobs, "quick", fields={"bpm": "tempo"})
        assert ends(jobs, job) is State.DONE
        status = job.status
        assert status.bundle == "0123456789abcdef"
        assert [(step["step"], step["share"]) for step in status.steps] == [("reading", 1.0), ("genre", 1.0)]

    def test_is_given_the_files_and_what_was_said_of_their_columns(self, jobs):
        job = ordered(jobs, "slow", fields={"bpm": "tempo"})
        wait_until(lambda: len(job.status.steps) == 2)
        lines = [json.loads(line) for line in job.progress.read_text().splitlines()]
        assert lines[0]["doing"] == "songs.csv"
        assert json.loads(lines[1]["doing"]) == {"fields": {"bpm": "tempo"}}

    def test_that_fails_says_why(self, jobs):
        job = ordered(jobs, "fails")
        assert ends(jobs, job) is State.FAILED
        assert job.status.sentence == "Only 3 tracks are left of 4 rows."

    def test_whose_process_dies_is_a_failure_with_a_sentence(self, jobs):
        job = ordered(jobs, "dies")
        assert ends(jobs, job) is State.FAILED
        assert job.status.sentence == DIED

    def test_that_is_killed_from_outside_frees_its_place(self, jobs):
        first, second = ordered(jobs, "slow"), ordered(jobs, "quick")
        wait_until(lambda: first.process is not None)
        os.killpg(first.process, signal.SIGKILL)
        assert ends(jobs, second) is State.DONE
        assert first.status.sentence == DIED

    def test_goes_on_when_the_worker_that_started_it_has_ended(self, jobs, tmp_path):
        code = (
            "import sys; from pathlib import Path; from dash_app.jobs import Jobs, running;"
            "from tests.dash_app.asking import settings_of; from tests.dash_app.test_jobs import ordered;"
            f"running.command = lambda *words: [sys.executable, {pretended.__file__!r}, *words];"
            f"print(ordered(Jobs(settings_of(Path({str(tmp_path)!r}))), 'short').id, flush=True)"
        )
        started = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
        job = jobs.job(started.stdout.strip())
        assert ends(jobs, job) is State.DONE

    def test_lets_answers_go_first(self, jobs):
        job = ordered(jobs, "slow")
        assert os.getpriority(os.PRIO_PROCESS, job.process) > os.getpriority(os.PRIO_PROCESS, 0)


class TestWaiting:
    def test_one_build_at_a_time_the_next_says_so_and_follows(self, jobs):
        first, second = ordered(jobs, "short-1"), ordered(jobs, "short-2")
        assert jobs.status(first).state is State.RUNNING
        status = jobs.status(second)
        assert (status.state, status.sentence) == (State.WAITING, "Waits for its turn: 1 build is before it.")
        assert ends(jobs, second) is State.DONE
        assert first.state is State.DONE

    def test_several_run_where_the_setting_allows(self, tmp_path, pretending):
        jobs = Jobs(settings_of(tmp_path, builds=2))
        three = [ordered(jobs, f"short-{n}") for n in range(3)]
        assert [jobs.status(job).state for job in three] == [State.RUNNING, State.RUNNING, State.WAITING]
        assert [ends(jobs, job) for job in three] == [State.DONE] * 3

    def test_workers_agree_about_who_builds(self, jobs):
        other = Jobs(jobs.settings)
        first, second = ordered(jobs, "short-1"), ordered(other, "short-2")
        assert other.status(other.job(first.id)).state is State.RUNNING
        assert jobs.status(jobs.job(second.id)).state is State.WAITING
        assert ends(other, first) is ends(jobs, second) is State.DONE

    def test_a_running_server_starts_what_waits_though_nobody_looks(self, jobs):
        first, second = ordered(jobs, "short-1"), ordered(jobs, "short-2")
        with tended(jobs):
            wait_until(lambda: second.final_line() != {})
        assert first.state is second.state is State.DONE

    def test_two_builds_of_one_name_are_refused(self, jobs):
        first = ordered(jobs, "slow")
        with pytest.raises(JobConflict, match="A catalogue named 'slow' is being built already"):
            ordered(jobs, "slow")
        jobs.cancel(first)
        again = ordered(jobs, "slow")
        assert again.state in (State.RUNNING, State.WAITING)

    @pytest.mark.parametrize("name", ["../up", "Capital", "default", "a/b", ""])
    def test_a_name_that_cannot_be_used_is_refused(self, name, jobs):
        with pytest.raises(SourceError, match="A catalogue cannot be named"):
            ordered(jobs, name)

    def test_nothing_is_started_twice_or_without_files(self, jobs):
        job = ordered(jobs, "quick")
        with pytest.raises(JobConflict, match="started already"):
            jobs.start(job, name="other", wishes={})
        with pytest.raises(JobConflict, match="nothing to build from"):
            jobs.start(jobs.draft(), name="other", wishes={})


class TestCancelling:
    @pytest.mark.parametrize("name", ["slow", "stubborn"])
    def test_ends_the_process_and_leaves_nothing_half_written(self, name, jobs, tmp_path, monkeypatch):
        monkeypatch.setattr(running, "_PATIENCE_S", 1.0)
        job = ordered(jobs, name)
        wait_until(lambda: job.status.steps[-1:] and job.status.steps[-1]["share"] == 0.5)
        assert list(tmp_path.glob("bundles/*/.building-*"))
        jobs.cancel(job)
        assert not is_held(job.alive)
        assert job.status.sentence == "Cancelled. Nothing was changed."
        assert list(tmp_path.glob("bundles/*")) == []
        assert job.files == []

    def test_leaves_what_was_built_before(self, jobs, tmp_path):
        shelf = tmp_path / "bundles" / "slow"
        shelf.mkdir(parents=True)
        (shelf / "CURRENT").write_text("before")
        job = ordered(jobs, "slow")
        wait_until(lambda: len(list(shelf.glob(".building-*"))) == 1)
        jobs.cancel(job)
        assert [path.name for path in shelf.iterdir()] == ["CURRENT"]

    def test_takes_what_waits_out_of_the_queue(self, jobs):
        first, second, third = ordered(jobs, "short-1"), ordered(jobs, "slow"), ordered(jobs, "quick")
        jobs.cancel(second)
        assert second.state is State.CANCELLED
        assert ends(jobs, third) is State.DONE
        assert first.state is State.DONE
        assert second.process is None

    def test_removes_a_draft(self, jobs):
        job = jobs.draft()
        jobs.cancel(job)
        assert not job.folder.exists()

    def test_changes_nothing_about_what_has_ended(self, jobs):
        job = ordered(jobs, "quick")
        ends(jobs, job)
        jobs.cancel(job)
        assert job.state is State.DONE


class TestKeeping:
    def test_ids_are_long_and_of_harmless_letters(self):
        ids = {new_id() for _ in range(200)}
        assert len(ids) == 200
        assert all(is_id(one) and len(one) == 22 for one in ids)

    @pytest.mark.parametrize("identity", ["", ".", "..", "../jobs", "lock", "A" * 22, "A" * 21 + "/"])
    def test_only_jobs_are_found(self, identity, jobs):
        jobs.draft()
        with pytest.raises(UnknownJob):
            jobs.job(identity)

    def test_what_ended_and_drafts_go_after_a_day_and_what_runs_stays(self, jobs):
        done, draft, fresh = ordered(jobs, "quick"), jobs.draft(), jobs.draft()
        ends(jobs, done)
        slow = ordered(jobs, "slow")
        long_ago = time.time() - KEPT_S - 60
        for job in (done, draft, slow):
            for path in (*job.folder.rglob("*"), job.folder):
                os.utime(path, (long_ago, long_ago))
        jobs.tidy()
        assert [job.folder.exists() for job in (done, draft, fresh, slow)] == [False, False, True, True]

    def test_a_server_that_is_switched_off_makes_no_drafts(self, tmp_path):
        with pytest.raises(SwitchedOff):
            Jobs(settings_of(tmp_path, upload_mb=0)).draft()
        assert not (tmp_path / "jobs").exists()


def table_with_odd_rows() -> bytes:
    table = songs()
    table.loc[3, "Top Genre"] = "=HYPERLINK(1)"
    table["Loudness"] = table["Loudness"].astype(object)
    table.loc[3, "Loudness"] = "-7.5"
    return table.to_csv(index=False).encode()


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("workshop")


@pytest.fixture(scope="module")
def client(home):
    with client_of(home) as client:
        yield client


@pytest.fixture(scope="module")
def built(client) -> dict[str, Any]:
    """The last state of a real build of an uploaded table, and the steps that were seen on the way."""
    job = client.post("/api/v1/uploads?file=mine.csv", content=table_with_odd_rows(), headers=ASKED).json()["id"]
    order = {"job": job, "name": "mine", "wishes": {"ignored": ["Sparkle"]}}
    assert client.post("/api/v1/jobs", json=order, headers=ASKED).status_code == 200
    seen: set[str] = set()
    state: dict[str, Any] = {}

    def over() -> bool:
        state.update(client.get(f"/api/v1/jobs/{job}").json())
        seen.update(step["step"] for step in state["steps"])
        return state["state"] in ("done", "failed")

    wait_until(over, BUILT_S)
    return {**state, "seen": seen}


class TestARealBuild:
    def test_is_served_without_a_restart(self, built, client):
        assert (built["state"], built["sentence"]) == ("done", "")
        assert {"reading", "clusters", "genre", "bundle"} <= built["seen"]
        told = client.get("/api/v1/catalogues/mine").json()
        assert told["bundle"] == built["bundle"]
        assert told["n_tracks"] == 119

    def test_tells_what_became_of_every_row(self, built, client):
        told = client.get("/api/v1/catalogues/mine/quality").json()
        assert told["account"] == "121 rows read = 119 kept + 1 merged + 1 rejected"
        assert {column["field"] for column in told["quality"]["columns"]} >= {"tempo", "energy", "genre"}

    def test_its_rejected_rows_come_as_a_file_without_formulas(self, built, client):
        answer = client.get("/api/v1/catalogues/mine/rejected.csv")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="mine-rejected.csv"'
        (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert row["reason"] == "neither title nor artist"
        assert (row["row"], row["Top Genre"], row["Loudness"]) == ("3", "'=HYPERLINK(1)", "-7.5")

    def test_a_catalogue_that_is_being_built_is_not_deleted(self, built, client, pretending, home):
        jobs = Jobs(settings_of(home))
        job = ordered(jobs, "slow")
        (home / "bundles" / "slow").mkdir(exist_ok=True)
        (home / "bundles" / "slow" / "CURRENT").write_text("before")
        answer = client.delete("/api/v1/catalogues/slow", headers=ASKED)
        assert answer.status_code == 409
        assert answer.json()["error"]["sentence"].startswith("The catalogue 'slow' is being built.")
        jobs.cancel(job)
        assert client.delete("/api/v1/catalogues/slow", headers=ASKED).json() == {"removed": "slow"}

    def test_is_deleted_whole_and_the_last_one_too(self, built, client, home):
        assert client.delete("/api/v1/catalogues/mine", headers={}).status_code == 403
        assert client.delete("/api/v1/catalogues/nope", headers=ASKED).status_code == 404
        assert client.delete("/api/v1/catalogues/mine", headers=ASKED).json() == {"removed": "mine"}
        assert client.get("/api/v1/catalogues").json() == []
        assert list((home / "bundles").glob("*/")) == []

    def test_of_too_small_a_table_fails_with_the_sentence_and_changes_nothing(self, client, home):
        job = client.post("/api/v1/uploads?file=few.csv", content=songs_csv(20), headers=ASKED).json()["id"]
        client.post("/api/v1/jobs", json={"job": job, "name": "few"}, headers=ASKED)
        wait_until(lambda: client.get(f"/api/v1/jobs/{job}").json()["state"] == "failed", BUILT_S)
        assert client.get(f"/api/v1/jobs/{job}").json()["sentence"].startswith("Only 19 tracks are left of 21 rows")
        assert not (home / "bundles" / "few").exists()


class TestOrders:
    @pytest.mark.parametrize(
        ("order", "status", "what"),
        [
            ({"source": "nope"}, 404, "There is no public catalogue named 'nope'."),
            ({"job": "A" * 22}, 404, "There is no such build."),
            ({}, 409, "There is nothing to build from."),
            ({"source": "sample", "name": "Bad Name"}, 422, "A catalogue cannot be named 'Bad Name'."),
            ({"source": "sample", "nome": "x"}, 422, "The request is not of the form"),
            ({"source": "sample", "wishes": {"labels": "other"}}, 422, "The request is not of the form"),
        ],
    )
    def test_that_cannot_be_filled_are_refused_and_leave_nothing(self, order, status, what, tmp_path):
        with client_of(tmp_path) as client:
            answer = client.post("/api/v1/jobs", json=order, headers=ASKED)
        assert answer.status_code == status
        assert answer.json()["error"]["sentence"].startswith(what)
        assert [path for path in tmp_path.glob("jobs/*") if path.is_dir()] == []

    def test_need_the_header(self, tmp_path):
        with client_of(tmp_path) as client:
            assert client.post("/api/v1/jobs", json={"source": "sample"}).status_code == 403
