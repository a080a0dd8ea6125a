"""The map by hand and by keyboard: what it draws, where it flies, what it says, and how little it asks for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dash_app.answers import map_view
from tests.browser.test_screens import lasso, visit, words
from tests.conftest import ROOT, environment, free_port, stop, wait_until_ready
from tests.ui.generated import write_generated

MANY = map_view.MOST_AT_ONCE + 20_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over more tracks than are sent at once."""
    home: Path = tmp_path_factory.mktemp("crowded")
    write_generated(home, MANY, name="crowded")
    port, log = free_port(), home / "log.txt"
    command = [sys.executable, "-m", "uvicorn", "dash_app.asgi:server", "--port", str(port), "--lifespan", "on"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(home), stdout=output, stderr=output)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def painted(page: Page) -> None:
    page.wait_for_function("() => performance.getEntriesByName('map-painted').length && window.songscapeMap.map.points")


def test_a_first_load_asks_for_little(server, page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, f"{server}/map")
    painted(page)
    sent = [url for url in asked if url.startswith("http")]
    assert len(sent) <= 25, sent
    assert sum("_dash-update-component" in url for url in sent) <= 12, sent
    others = [url for url in sent if "_dash-update-component" not in url]
    assert len(others) == len(set(others)), "asked for twice"


def test_what_the_browser_has_it_selects_itself(server, page):
    visit(page, f"{server}/map")
    painted(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    lasso(page)
    expect(words(page)).to_contain_text("inside the shape")
    page.locator("#map-legend").get_by_role("button", name="metal").click()
    expect(words(page)).to_contain_text("metal")
    page.wait_for_timeout(300)
    n = int(words(page).inner_text().split(" of ")[0].replace(",", ""))
    assert page.evaluate("window.songscapeMap.count()") == n
    assert not [url for url in asked if "/data/map/" in url]


def test_arrow_keys_go_from_track_to_track_and_enter_opens_one(server, page):
    visit(page, f"{server}/map")
    painted(page)
    page.locator("#map-stage").focus()
    said = []
    for key in ("ArrowRight", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        page.wait_for_function(
            "old => !['', old].includes(document.getElementById('map-live').textContent)", arg=(said or [""])[-1]
        )
        said.append(page.locator("#map-live").inner_text())
    assert len(set(said)) == 3
    page.keyboard.press("Enter")
    title = page.locator("#map-track .track-card .title")
    expect(title).to_be_visible()
    assert said[-1].startswith(title.inner_text())


def test_search_flies_to_the_track(server, page):
    visit(page, f"{server}/map")
    painted(page)
    before = page.evaluate("document.querySelector('#map-graph .js-plotly-plot')._fullLayout.xaxis.range")
    page.keyboard.press("/")
    page.keyboard.type("metallica ent")
    page.locator("#search-results [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_function(
        """width => { const [a, b] = document.querySelector('#map-graph .js-plotly-plot')._fullLayout.xaxis.range;
        return b - a < 0.9 * width; }""",
        arg=before[1] - before[0],
    )


def test_contours_are_drawn_on_demand(server, page):
    visit(page, f"{server}/map")
    painted(page)
    before = page.evaluate("document.getElementById('map-canvas').toDataURL().length")
    page.get_by_label("Contours of density").check()
    page.wait_for_function("old => document.getElementById('map-canvas').toDataURL().length !== old", arg=before)


def test_a_cluster_has_a_panel_with_a_list_to_save(server, page):
    visit(page, f"{server}/map?cluster=0")
    panel = page.locator(".map-cluster")
    expect(panel.get_by_role("heading", name="Typical tracks")).to_be_visible()
    with page.expect_download() as saved:
        panel.get_by_role("button", name="Save the typical tracks").click()
    lines = Path(saved.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("track_id")
    assert len(lines) > 3
    page.get_by_role("button", name="Clear filters").click()
    expect(panel).to_have_count(0)


def test_prediction_error_is_a_colouring(server, page):
    visit(page, f"{server}/map")
    page.get_by_label("Colour by").select_option("error")
    expect(page.locator("#map-graph .colorbar")).to_be_visible()


def test_many_tracks_are_a_raster_with_exact_counts_then_points(crowded, page):
    visit(page, f"{crowded}/map")
    expect(page.locator("#map-count")).to_contain_text("drawn as density")
    lasso(page)
    expect(words(page)).to_contain_text("inside the shape")
    expect(page.locator("#map-count")).to_contain_text("of them selected")
    box = page.locator("#map-stage").bounding_box()
    assert box
    for _ in range(30):
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.wheel(0, -600)
        page.wait_for_timeout(60)
    expect(page.locator("#map-count")).to_contain_text("all drawn")
    painted(page)
    n, inside = page.evaluate("[window.songscapeMap.map.points.x.length, window.songscapeMap.count()]")
    assert 0 <= inside <= n <= map_view.MOST_IN_VIEW
