"""What one visitor waits for, in milliseconds, measured in a browser."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page, Request

from tests.browser.conftest import VIEWPORT

PROBES = (Path(__file__).parent / "probes.js").read_text(encoding="utf-8")
LASSO = [(0.35, 0.3), (0.6, 0.3), (0.65, 0.5), (0.6, 0.7), (0.4, 0.7), (0.35, 0.5), (0.35, 0.32)]
QUIET_MS = 700
LONGEST_MS = 120_000


@dataclass(frozen=True, slots=True)
class Load:
    """A first load with an empty cache."""

    drawn_ms: float
    requests: int
    received: int
    callbacks: int
    asked: tuple[tuple[str, str | None], ...]
    """Address and body of every request that a server has to think about."""


@contextmanager
def visit(browser: Browser, url: str) -> Iterator[Page]:
    """Open an address in a profile of its own, with the probes, until its points are drawn."""
    context = browser.new_context(viewport=VIEWPORT)
    context.add_init_script(PROBES)
    page = context.new_page()
    page.set_default_timeout(LONGEST_MS)
    page.goto(url)
    yield page
    context.close()


def drawn(page: Page) -> float:
    """Return milliseconds from navigation until the points were on the screen."""
    page.wait_for_function("() => window.probe.drawn", polling=50)
    return page.evaluate("window.probe.drawn")


def first_load(browser: Browser, url: str) -> Load:
    """Open an address with nothing cached, wait until all is quiet, and count."""
    context = browser.new_context(viewport=VIEWPORT)
    context.add_init_script(PROBES)
    page = context.new_page()
    page.set_default_timeout(LONGEST_MS)
    wire = page.context.new_cdp_session(page)
    asked: list[tuple[str, str | None]] = []
    received: list[float] = []
    wire.send("Network.enable")
    wire.on("Network.requestWillBeSent", lambda e: asked.append((e["request"]["url"], e["request"].get("postData"))))
    wire.on("Network.loadingFinished", lambda e: received.append(e["encodedDataLength"]))
    page.goto(url)
    took = drawn(page)
    page.wait_for_timeout(2500)
    context.close()
    sent = [(url, body) for url, body in asked if url.startswith("http")]
    thought = tuple((url, body) for url, body in sent if body or "/api/" in url or "/data/" in url)
    callbacks = sum("_dash-update-component" in url or "/data/view" in url for url, _ in sent)
    return Load(took, len(sent), int(sum(received)), callbacks, thought)


def quiet(page: Page) -> None:
    """Wait until nothing has changed for a while."""
    page.wait_for_function(f"() => performance.now() - (window.probe.changed || 0) > {QUIET_MS}", polling=50)


def recoloured_bare(page: Page) -> float:
    """Return how long plotly takes to colour all points of the bare page anew."""
    return page.evaluate(
        """async () => {
        const plot = document.querySelector("#graph .js-plotly-plot");
        const colours = Uint8Array.from(plot._fullData[0].x, () => 12 * Math.random());
        const started = performance.now();
        await window.Plotly.restyle(plot, {"marker.color": [colours]}, [0]);
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - started; }"""
    )


def highlighted(page: Page, selection: dict[str, str]) -> float:
    """Return how long it takes from a changed Selection until the map shows it, the server's answer included."""
    page.evaluate("() => { if (!performance.getEntriesByName('map-painted').length) window.probe.follow(); }")
    took = page.evaluate(
        """async (selection) => {
        const started = performance.now();
        window.probe.painted = null;
        if (window.songscape) window.songscape.setSelection(selection);
        else window.dash_clientside.set_props("view-selection", {data: selection});
        while (!(window.probe.painted > started)) await new Promise((done) => setTimeout(done, 2));
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
        return performance.now() - started; }""",
        selection,
    )
    quiet(page)
    return took


def cross_filtered(page: Page, nth: int) -> tuple[float, float]:
    """Draw a lasso; return milliseconds from mouse-up until the map, and until the last chart, shows it."""
    box = page.locator("#map-graph .nsewdrag").first.bounding_box()
    assert box
    off = 0.012 * nth
    corners = [(box["x"] + box["width"] * (x + off), box["y"] + box["height"] * y) for x, y in LASSO]
    page.evaluate(
        "() => { window.probe.up = null; addEventListener('mouseup', () => (window.probe.up = performance.now()), "
        "{capture: true, once: true}); }"
    )
    page.mouse.move(*corners[0])
    page.mouse.down()
    for corner in corners[1:]:
        page.mouse.move(*corner, steps=4)
    page.mouse.up()
    page.wait_for_timeout(QUIET_MS)
    quiet(page)
    up, painted, changed = page.evaluate("[window.probe.up, window.probe.painted, window.probe.changed]")
    return (painted or changed) - up, changed - up


def what_if(page: Page, nth: int) -> tuple[float, int]:
    """Move a slider by a key; return milliseconds until the last chart settled, and how many requests that took."""
    thumb = page.locator(".whatif-slider input").nth(nth % 5)
    thumb.focus()
    quiet(page)
    asked: list[Request] = []

    def ask(request: Request) -> None:
        asked.append(request)

    page.on("request", ask)
    page.evaluate(
        "() => addEventListener('keydown', () => (window.probe.up = performance.now()), {capture: true, once: true})"
    )
    page.keyboard.press("PageUp" if nth % 2 else "ArrowRight")
    page.wait_for_timeout(QUIET_MS)
    quiet(page)
    page.remove_listener("request", ask)
    up, changed = page.evaluate("[window.probe.up, window.probe.changed]")
    return changed - up, len(asked)


def refined(page: Page, wheel: int) -> float:
    """Turn the wheel over the map; return milliseconds until the refined picture is there."""
    box = page.locator("#map-graph .nsewdrag").first.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    page.evaluate("() => { window.probe.at = performance.now(); window.probe.refined = null; }")
    page.mouse.wheel(0, wheel)
    page.wait_for_timeout(1200)
    return page.evaluate(
        """() => { const all = [...performance.getEntriesByName('map-refined'),
        ...performance.getEntriesByName('map-painted')].map((e) => e.startTime);
        return Math.max(...all) - window.probe.at; }"""
    )


def heap_mb(page: Page, wire: CDPSession | None = None) -> float:
    """Return the JavaScript heap and the buffers behind it, in MB, after collecting garbage."""
    wire = wire or page.context.new_cdp_session(page)
    wire.send("HeapProfiler.collectGarbage")
    time.sleep(0.3)
    usage = wire.send("Runtime.getHeapUsage")
    return (usage["usedSize"] + usage.get("backingStorageSize", 0)) / 1e6
