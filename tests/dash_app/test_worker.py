"""A serving process: small, without anything that learns, started as a host starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment, free_port, log_end, wait_until_ready

LEARNERS = {"umap", "numba", "llvmlite", "pynndescent", "ruptures", "xgboost", "models.train", "models.build"}
MOST_MB = 300
ASKED = """
import json, sys
from pathlib import Path
from starlette.testclient import TestClient
from dash_app.asgi import server

API = "/api/v1/catalogues/default"
with TestClient(server) as client:
    ready = client.get("/readyz")
    track = client.get(f"{API}/tracks?q=love&limit=1").json()["tracks"][0]["track_id"]
    answers = [
        ready,
        client.get("/"),
        client.post(f"{API}/predict", json={"features": {"energy": 0.9, "tempo": 140}}),
        client.get(f"{API}/tracks/{track}/similar"),
    ]
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    memory = [line.split()[1] for line in lines if line.startswith("VmRSS")]
print(json.dumps({
    "statuses": [answer.status_code for answer in answers],
    "modules": sorted(sys.modules),
    "resident_mb": int(memory[0]) / 1024 if memory else None,
}))
"""


@pytest.fixture(scope="module")
def worker(sample_home) -> dict:
    """What a process held after it had answered."""
    done = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=ROOT,
        env=environment(sample_home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_it_answers(worker):
    assert worker["statuses"] == [200, 200, 200, 200]


def test_it_has_imported_nothing_that_learns(worker):
    modules = set(worker["modules"])
    assert {"dash_app.asgi", "models.bundle", "models.predictors"} <= modules
    assert modules & LEARNERS == set()
    assert [name for name in modules if name.startswith("models.recipes")] == []


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Only Linux says so in /proc")
def test_it_is_small(worker):
    assert 50 < worker["resident_mb"] < MOST_MB


def started_processes(log: Path) -> set[str]:
    return {line for line in log.read_text().splitlines() if "Started server process" in line}


def test_the_procfile_starts_two_workers_that_serve(sample_home, tmp_path):
    (kind, command), *others = [line.split(":", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line]
    assert (kind, others) == ("web", [])
    port, log = free_port(), tmp_path / "log.txt"
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    settings = {"PORT": str(port), "WEB_CONCURRENCY": "2", "PATH": path}
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=ROOT,
            env=environment(sample_home) | settings,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, log)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
            assert b"react-entry-point" in page.read()
        deadline = time.monotonic() + 30
        while len(started_processes(log)) < 2 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(started_processes(log)) == 2, log_end(log)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)
    assert "Traceback" not in log_end(log)
