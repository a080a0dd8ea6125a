"""Prints how long builds and answers take, what a first load weighs, and what a worker holds in memory.

``make bench`` measures the embedded catalogue, and TidyTuesday's 27,402 tracks where the table is in the download
cache or can be fetched (``SONGSCAPE_CACHE`` names the folder).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from tests.conftest import ROOT, environment, find_chromium, free_port, log_end, stop, wait_until_ready

console = Console(highlight=False)
REPEATS = 40
CATALOGUES = ("sample", "tidytuesday")
SEARCHES = ("love", "night", "fire", "blue", "black", "summer", "girl", "heart", "time", "dance")


def main() -> None:
    """Build, serve and measure each catalogue that is to be had."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        built = [name for name in CATALOGUES if build(name, home)]
        answers = Table(
            "catalogue", "question", "median", "p95", title=f"Server milliseconds, {REPEATS} questions each"
        )
        memory = Table("catalogue", "ready", "resident when ready", "resident after the questions", title="One worker")
        loads = Table(
            "catalogue", "requests", "bytes received", "map drawn", title="First load of the Map, empty cache"
        )
        for name in built:
            with served(name, home) as (address, process, ready_s):
                before = resident_mb(process.pid)
                for question, ask in questions(address, name).items():
                    spent = timed(ask)
                    answers.add_row(name, question, f"{median(spent):.1f}", f"{quantiles(spent, n=20)[-1]:.1f}")
                memory.add_row(name, f"{ready_s:.1f} s", f"{before:.0f} MB", f"{resident_mb(process.pid):.0f} MB")
                loads.add_row(name, *first_load(f"{address}/map?catalogue={name}"))
        for table in (answers, memory, loads):
            console.print(table)


def build(name: str, home: Path) -> bool:
    """Build a catalogue, print where the time went, and say whether it is there."""
    started = time.perf_counter()
    command = [sys.executable, "-m", "dash_app", "build", name]
    cache = {"SONGSCAPE_CACHE": os.environ["SONGSCAPE_CACHE"]} if "SONGSCAPE_CACHE" in os.environ else {}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(home) | cache, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    peak = peak_mb(process)
    output = process.stdout.read() if process.stdout else ""
    if process.returncode:
        console.print(f"{name} is left out: {output.strip().splitlines()[-1]}")
        return False
    seconds = json.loads(next((home / "bundles" / name).glob("*/timings.json")).read_text())
    table = Table("step", "seconds", title=f"Build of {name}")
    for step, spent in seconds.items():
        table.add_row(step, f"{spent:.1f}")
    table.add_row("whole command", f"{time.perf_counter() - started:.1f}")
    table.add_row("peak memory", f"{peak:.0f} MB")
    console.print(table)
    return True


def peak_mb(process: subprocess.Popen) -> float:
    """Wait for a process and return the most memory it held, in MB."""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, resident_mb(process.pid))
        time.sleep(0.05)
    return peak


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process in MB, 0 where it cannot be read."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)


@contextmanager
def served(name: str, home: Path) -> Iterator[tuple[str, subprocess.Popen, float]]:
    """Serve one worker; yield its address, process and seconds until it was ready."""
    port, log = free_port(), home / f"{name}.log"
    command = [sys.executable, "-m", "uvicorn", "dash_app.asgi:server", "--port", str(port)]
    command += ["--lifespan", "on", "--log-level", "warning"]
    started = time.perf_counter()
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(home), stdout=output, stderr=output)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}", process, time.perf_counter() - started
    except BaseException:
        console.print(log_end(log))
        raise
    finally:
        stop(process)


def questions(address: str, name: str) -> dict[str, Callable[[int], None]]:
    """Return what is asked, each different from the one before so that no cache answers."""
    api = f"{address}/api/v1/catalogues/{name}"
    tracks = [t["track_id"] for word in SEARCHES for t in get(f"{api}/tracks?q={word}&limit=20")["tracks"]]
    features = {"danceability": 0.5, "energy": 0.6, "loudness": -7.0, "tempo": 120.0, "valence": 0.4}
    predict = f"{api}/predict"
    return {
        "select": lambda i: get(f"{address}/data/view?catalogue={name}&{lassoed(i)}"),
        "search": lambda i: get(f"{api}/tracks?q={SEARCHES[i % len(SEARCHES)]}%20{'abcdefgh'[i % 8]}"),
        "similar": lambda i: get(f"{api}/tracks/{tracks[i % len(tracks)]}/similar"),
        "what-if": lambda i: post(predict, {"features": features | {"energy": i / (2 * REPEATS)}}),
    }


def lassoed(i: int) -> str:
    """Return a view's address as a browser asks for it when the Selection changes: never the same twice."""
    query = {"energy": f"{i / (2 * REPEATS):.4f}..0.97", "lasso": "2000.2000.30000.3000.28000.29000.4000.25000"}
    return urlencode({**query, "cards": "map-balance,map-apart"})


def timed(ask: Callable[[int], None]) -> list[float]:
    """Return milliseconds of every question, after two that are not counted."""
    spent = []
    for i in range(REPEATS + 2):
        started = time.perf_counter()
        ask(i)
        spent.append(1000 * (time.perf_counter() - started))
    return spent[2:]


def get(url: str) -> dict:
    """Return the JSON at an address of the server that was started here."""
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def post(url: str, body: dict) -> dict:
    """Send JSON and return the JSON that is answered."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def first_load(url: str) -> tuple[str, str, str]:
    """Return requests, bytes over the wire and seconds until the map's points are on the screen."""
    chromium = find_chromium()
    if chromium is None:
        return "no Chromium", "", ""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import ARGUMENTS, VIEWPORT

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        page = browser.new_page(viewport=VIEWPORT)
        wire = page.context.new_cdp_session(page)
        received: list[float] = []
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
        started = time.perf_counter()
        page.goto(url)
        page.wait_for_selector("#map-graph .gl-canvas-context, #map-graph canvas", state="attached")
        page.wait_for_function("document.querySelector('#map-graph .js-plotly-plot')?.data?.length")
        drawn = time.perf_counter() - started
        page.wait_for_timeout(3000)  # Dash keeps a socket open, so the network never falls idle
        browser.close()
    return str(len(received)), f"{sum(received) / 1e6:.2f} MB", f"{drawn:.1f} s"


if __name__ == "__main__":
    main()
