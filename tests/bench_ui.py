"""Prints how long a visitor waits, beside a bare Dash page with one Scattergl of the same points in the same run.

``make bench-ui`` measures generated catalogues of 28,000, 114,000 and 1.2 million tracks, and what-if on the embedded
one. ``ARGS="--repeats 7 --only load,filter"`` chooses; ``SONGSCAPE_BENCH_HOME`` names a home to build in once.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

import httpx2 as httpx
from playwright.sync_api import Browser, sync_playwright
from rich.console import Console
from rich.table import Table

from models.bundle import Library
from tests.bench import resident_mb
from tests.browser.conftest import ARGUMENTS
from tests.conftest import ROOT, environment, find_chromium, free_port, stop
from tests.ui import crowd, visits
from tests.ui.generated import write_generated

console = Console(highlight=False, width=150)
SIZES = {"g28k": 28_000, "g114k": 114_000, "g1200k": 1_200_000}
PARTS = ("load", "highlight", "filter", "whatif", "summaries", "million", "crowd")
SETTLED_MS = {"g28k": 200, "g114k": 350, "g1200k": 600}
LASSO = "6000.6000.22000.7000.25000.21000.9000.24000"


def main() -> None:
    """Measure the parts that are asked for."""
    chosen = _arguments()
    if find_chromium() is None:
        sys.exit("No Chromium was found: set SONGSCAPE_CHROMIUM.")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(os.environ.get("SONGSCAPE_BENCH_HOME", folder))
        prepare(home, chosen.only)
        _measure(home, chosen)
        if "crowd" in chosen.only:  # after the browser, whose event loop would be in the way
            console.print(crowds(home, chosen))


def _measure(home: Path, chosen: argparse.Namespace) -> None:
    measures = {
        "load": first_loads,
        "highlight": highlights,
        "filter": filters,
        "whatif": what_ifs,
        "summaries": summaries,
        "million": million,
    }
    command = ["uvicorn", "dash_app.asgi:server", "--lifespan", "on"]
    with _browser() as browser, served(command, home, chosen.root) as (address, _):
        for part in [part for part in PARTS if part in chosen.only and part in measures]:
            console.print(measures[part](browser, address, home, chosen.repeats))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", type=lambda text: text.split(","), default=list(PARTS), metavar=",".join(PARTS))
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--root", type=Path, default=ROOT, help="Checkout to measure; this one where none is named.")
    return parser.parse_args()


@contextmanager
def _browser() -> Iterator[Browser]:
    options = [*ARGUMENTS, "--js-flags=--expose-gc"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=options)
        yield browser
        browser.close()


def prepare(home: Path, parts: Sequence[str]) -> None:
    """Generate the catalogues that are not there yet, and build the embedded one."""
    known = Library(home).names
    for name, n in SIZES.items():
        if name not in known:
            write_generated(home, n, name=name)
    if "sample" not in known and "whatif" in parts:
        command = [sys.executable, "-m", "dash_app", "build", "sample", "--quick"]
        subprocess.run(command, cwd=ROOT, env=environment(home), check=True, stdout=subprocess.DEVNULL)


@contextmanager
def served(module: Sequence[str], home: Path, root: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen]]:
    """Serve with ``python -m MODULE``; yield address and process once it answers."""
    port = free_port()
    asking = ["--port", str(port), "--log-level", "warning", *options] if module[0] == "uvicorn" else [str(port)]
    process = subprocess.Popen([sys.executable, "-m", *module, *asking], cwd=root, env=environment(home))
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address, process)
        yield address, process
    finally:
        stop(process)


def _wait(address: str, process: subprocess.Popen) -> None:
    for _ in range(600):
        try:
            if process.poll() is None and httpx.get(address, timeout=20).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    sys.exit(f"{address} does not answer")


def first_loads(browser: Browser, address: str, home: Path, repeats: int) -> Table:
    """Open the Map and the bare page in turn, with empty caches."""
    table = _table("First load of the Map", "bare", "Map", "ratio")
    for name in ("g28k", "g114k"):
        with served(["tests.ui.bare", str(home), name], home, ROOT) as (bare, _):
            pairs = [
                (visits.first_load(browser, bare), visits.first_load(browser, f"{address}/map?catalogue={name}"))
                for _ in range(repeats + 1)
            ][1:]
        for key, unit in (("drawn_ms", "ms"), ("received", "bytes"), ("requests", ""), ("callbacks", "")):
            values = [median(getattr(pair[side], key) for pair in pairs) for side in (0, 1)]
            _compare(table, f"{name} {key}", *values, unit)
        table.add_row(f"{name} server, warm", "", f"{server_ms(pairs[-1][1]):.0f} ms", "")
    return table


def server_ms(load: visits.Load) -> float:
    """Return milliseconds that a warm server spends on all questions of a load, asked one after the other."""
    spent = []
    with httpx.Client(timeout=60, headers={"Accept-Encoding": "gzip"}) as client:
        for url, body in load.asked:
            took = []
            for _ in range(4):
                started = time.perf_counter()
                client.post(url, content=body, headers={"Content-Type": "application/json"}) if body else client.get(
                    url
                )
                took.append(1000 * (time.perf_counter() - started))
            spent.append(median(took[1:]))
    return sum(spent)


def highlights(browser: Browser, address: str, home: Path, repeats: int) -> Table:
    """Highlight Selections, beside recolouring all points of the bare page."""
    table = _table("Highlight of a Selection, from click to picture", "bare recolouring", "Map", "ratio")
    for name in ("g28k", "g114k"):
        with served(["tests.ui.bare", str(home), name], home, ROOT) as (bare, _), visits.visit(browser, bare) as page:
            visits.drawn(page)
            recoloured = [visits.recoloured_bare(page) for _ in range(repeats + 1)][1:]
        with visits.visit(browser, f"{address}/map?catalogue={name}") as page:
            visits.drawn(page)
            visits.quiet(page)
            genres = [visits.highlighted(page, {"genre": f"genre {i}"}) for i in range(repeats + 1)][1:]
            lassos = [visits.highlighted(page, {"lasso": f"{6000 + i}{LASSO[4:]}"}) for i in range(repeats)]
        _compare(table, f"{name} a genre", median(recoloured), median(genres), "ms")
        _compare(table, f"{name} a lasso", median(recoloured), median(lassos), "ms")
    return table


def filters(browser: Browser, address: str, home: Path, repeats: int) -> Table:
    """Draw lassos."""
    table = _table("Cross-filter, from mouse-up", "map shows it", "last chart settled", "at most")
    for name, most in [(name, most) for name, most in SETTLED_MS.items() if name in Library(home).names]:
        with visits.visit(browser, f"{address}/map?catalogue={name}") as page:
            visits.drawn(page)
            visits.quiet(page)
            page.evaluate("() => performance.getEntriesByName('map-painted').length || window.probe.follow()")
            took = [visits.cross_filtered(page, i) for i in range(repeats + 1)][1:]
        table.add_row(name, *(f"{median(side):.0f} ms" for side in zip(*took, strict=True)), f"{most} ms")
    return table


def what_ifs(browser: Browser, address: str, home: Path, repeats: int) -> Table:
    """Move sliders."""
    table = _table("What-if, from key to settled", "median", "requests", "at most")
    with visits.visit(browser, f"{address}/what-if?catalogue=sample") as page:
        page.wait_for_selector(".whatif-slider input")
        page.wait_for_timeout(1500)
        took = [visits.what_if(page, i) for i in range(repeats + 2)][2:]
    table.add_row("sample", f"{median(t for t, _ in took):.0f} ms", f"{median(n for _, n in took):.0f}", "150 ms, 1")
    return table


def summaries(browser: Browser, address: str, home: Path, repeats: int) -> Table:
    """Ask for the charts beside the map, each time for another Selection."""
    table = _table("Server, charts beside the Map", "median", "p95", "p95 at most")
    chance = random.Random(0)  # noqa: S311 - nothing secret
    with httpx.Client(base_url=address, timeout=60) as client:
        for name, most in (("g28k", 60), ("g114k", 150), ("g1200k", 300)):
            for title, cards in (("words", []), ("words and charts", ["map-balance", "map-apart"])):
                took = []
                for _ in range(32):
                    asked = crowd.view(name, chance, *cards)
                    started = time.perf_counter()
                    client.get("/data/view", params=asked).raise_for_status()
                    took.append(1000 * (time.perf_counter() - started))
                p95 = quantiles(took[2:], n=20)[-1]
                table.add_row(f"{name} {title}", f"{median(took[2:]):.0f} ms", f"{p95:.0f} ms", f"{most} ms")
    return table


def million(browser: Browser, address: str, home: Path, repeats: int) -> Table:
    """Open, zoom, pan and hold 1.2 million tracks."""
    table = _table("1.2 million tracks", "28 k", "1.2 M", "ratio")
    loads = [
        [visits.first_load(browser, f"{address}/map?catalogue={name}") for name in ("g28k", "g1200k")]
        for _ in range(repeats + 1)
    ][1:]
    for key, unit in (("drawn_ms", "ms"), ("received", "bytes")):
        _compare(table, f"first {key}", *(median(getattr(pair[side], key) for pair in loads) for side in (0, 1)), unit)
    for name in ("g28k", "g1200k"):
        with visits.visit(browser, f"{address}/map?catalogue={name}") as page:
            visits.drawn(page)
            visits.quiet(page)
            zooms = [visits.refined(page, -200 if i % 4 else -500) for i in range(repeats + 1)][1:]
            table.add_row(f"{name} zoom refined", "", f"{median(zooms):.0f} ms", "300 ms")
            table.add_row(f"{name} heap", "", f"{visits.heap_mb(page):.0f} MB", "300 MB")
    return table


def crowds(home: Path, chosen: argparse.Namespace) -> Table:
    """Let many people explore the catalogue of 28,000 tracks, served by two workers."""
    table = _table(f"{chosen.people} people, 2 workers, {chosen.seconds:.0f} s", "value", "", "at most")
    command = ["uvicorn", "dash_app.asgi:server", "--lifespan", "on"]
    with served(command, home, chosen.root, "--workers", "2") as (address, process):
        asyncio.run(crowd.explore(address, "g28k", people=chosen.people, seconds=min(20, chosen.seconds)))
        before = _family_mb(process.pid)
        seen = asyncio.run(crowd.explore(address, "g28k", people=chosen.people, seconds=chosen.seconds))
        after = _family_mb(process.pid)
    rows = quantiles(seen.spent, n=20)
    table.add_row("answers", f"{len(seen.spent):,}", "", "")
    table.add_row("median, p95", f"{median(seen.spent):.0f} ms, {rows[-1]:.0f} ms", "", "500 ms")
    table.add_row("errors", f"{len(seen.errors)}", " ".join(seen.errors[:2]), "0")
    table.add_row("memory of all workers", f"{before:.0f} MB, then {after:.0f} MB", "", "flat")
    return table


def _family_mb(pid: int) -> float:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return resident_mb(pid) + sum(_family_mb(int(child)) for child in children)


def _table(title: str, *columns: str) -> Table:
    return Table("what", *columns, title=title)


def _compare(table: Table, what: str, left: float, right: float, unit: str) -> None:
    table.add_row(what, f"{left:,.0f} {unit}", f"{right:,.0f} {unit}", f"{right / left:.2f}" if left else "")


if __name__ == "__main__":
    main()
