"""The map by hand and by keyboard: what it draws, where it flies, what it says, and how little it asks for."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dash_app.answers import map_view
from data.fields import NOTES
from data.selection import MAP_EXTENT
from models.build import write_bundle
from models.recipe import Fitted
from models.train import Learned
from tests.browser.test_screens import lasso, visit, words
from tests.conftest import ROOT, environment, free_port, stop, wait_until_ready
from tests.planting import planted_catalogue
from tests.ui.generated import write_generated

MANY = map_view.MOST_AT_ONCE + 20_000


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server over more tracks than are sent at once, and over few with dates and three dimensions."""
    home: Path = tmp_path_factory.mktemp("crowded")
    write_generated(home, MANY, name="crowded")
    write_generated(home, 3_000, name="dated")
    write_turning(home, 3_000, name="turning")
    port, log = free_port(), home / "log.txt"
    command = [sys.executable, "-m", "uvicorn", "dash_app.asgi:server", "--port", str(port), "--lifespan", "on"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment(home), stdout=output, stderr=output)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def write_turning(home: Path, n: int, *, name: str) -> None:
    """Write a bundle of planted tracks whose map is there in three dimensions too."""
    catalogue = replace(planted_catalogue(n, seed=0, genres=12), name=name)
    placed = np.random.default_rng(0).integers(0, MAP_EXTENT, (n, 3), dtype=np.int16)
    arrays = {"map_xy": np.ascontiguousarray(placed[:, :2]), "map_xyz": placed}
    fitted = {"map": Fitted(scores=(), tables={}, arrays=arrays, estimators={}, facts={})}
    skipped = dict.fromkeys(("clusters", "neighbours", "genre", "popularity", "trends"), "Nothing was learned")
    write_bundle(Learned(catalogue, 0, fitted, skipped), home, timings={})


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


def test_a_saved_picture_names_the_catalogue_what_is_selected_and_every_colour(server, page):
    visit(page, f"{server}/map?genre=metal&against=rest")
    page.locator("#map-colour").select_option("key")
    expect(page.locator("#map-legend .legend-entry")).to_have_count(12)
    painted(page)
    page.locator(".map-controls details summary").click()
    with page.expect_download() as saved:
        page.locator('.map-controls [data-do="svg"]').click()
    picture = Path(saved.value.path()).read_text(encoding="utf-8")
    for text in (
        "Map of tracks, coloured by key",
        "sample: 845 of 4,605 tracks: metal",
        "C♯/D♭",
        "compared with the rest",
    ):
        assert text in picture, text
    assert picture.count("●") == 13
    assert "rgb(189, 135, 33)" in picture, "the colour of the first key"


def boxes(page: Page, selector: str) -> list[dict[str, float]]:
    """Return where all elements of a kind are: left, right, top, bottom."""
    return page.evaluate(
        """selector => [...document.querySelectorAll(selector)].map(one => {
            const { left, right, top, bottom } = one.getBoundingClientRect();
            return { left, right, top, bottom }; })""",
        selector,
    )


def overlap(one: dict[str, float], other: dict[str, float]) -> bool:
    across = one["left"] < other["right"] and other["left"] < one["right"]
    return across and one["top"] < other["bottom"] and other["top"] < one["bottom"]


@pytest.mark.parametrize("colour", ["energy", "error"])
@pytest.mark.parametrize(
    ("width", "height", "scheme"), [(1440, 900, "light"), (1440, 900, "dark"), (390, 844, "light")]
)
def test_the_colour_bar_is_whole_and_lies_on_nothing(width, height, scheme, colour, server, open_page):
    page = visit(
        open_page(viewport={"width": width, "height": height}, color_scheme=scheme), f"{server}/map?genre=metal"
    )
    painted(page)
    page.get_by_label("Colour by").select_option(colour)
    expect(page.locator("#map-graph .colorbar")).to_be_visible()
    page.wait_for_timeout(300)
    (bar,) = boxes(page, "#map-graph .colorbar .cbfills")
    (title,) = boxes(page, "#map-graph .colorbar .cbtitle")
    (stage,) = boxes(page, "#map-stage")
    ticks = boxes(page, "#map-graph .colorbar .cbaxis text")
    assert 200 < bar["right"] - bar["left"] < 240
    assert len(ticks) >= 3
    assert not any(overlap(one, other) for one, other in itertools.combinations([bar, title, *ticks], 2))
    for part in (bar, title, *ticks):
        assert stage["left"] <= part["left"] < part["right"] <= stage["right"] + 1
        assert stage["top"] <= part["top"] < part["bottom"] <= stage["bottom"] + 1
        assert not any(overlap(part, panel) for panel in boxes(page, ".float-panel, .map-foot"))
    ground = page.evaluate("getComputedStyle(document.querySelector('#map-graph .colorbar .cbbg')).fill")
    assert ground == "none"


def test_keys_are_colours_with_names_and_a_filter_of_keys_lights_up_as_many_as_it_selects(server, page):
    visit(page, f"{server}/map?key=2..4")
    painted(page)
    page.get_by_label("Colour by").select_option("key")
    page.wait_for_function("() => window.songscapeMap.map.coloured === 'key'")
    assert page.locator("#map-legend .label").all_inner_texts() == list(NOTES)
    expect(page.locator("#map-graph .colorbar")).to_have_count(0)
    swatches = page.evaluate("[...document.querySelectorAll('#map-legend .swatch')].map(one => one.style.background)")
    assert len(set(swatches)) == len(NOTES)
    page.wait_for_function("n => window.songscapeMap.count() === n", arg=said_number(page))


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


def layout_by(page: Page, name: str) -> None:
    page.get_by_label("Lay out by").select_option(name)
    page.wait_for_function("name => window.songscapeMap.map.layout === name", arg=name)
    page.wait_for_timeout(200)


def said_number(page: Page) -> int:
    return int(words(page).inner_text().split(" of ")[0].replace(",", ""))


def test_a_lasso_selects_what_lies_in_it_in_the_layout_shown(server, page):
    visit(page, f"{server}/map")
    painted(page)
    layout_by(page, "pca")
    expect(page.locator("#map-sentence")).to_contain_text("principal components")
    lasso(page)
    expect(words(page)).to_contain_text("inside the shape drawn on the map by PCA")
    expect(page).to_have_url(re.compile(r"lasso=pca\."))
    page.wait_for_function("n => window.songscapeMap.count() === n", arg=said_number(page))
    assert page.evaluate("window.songscapeMap.map.outline.length > 2")
    layout_by(page, "umap")
    page.wait_for_function("n => window.songscapeMap.count() === n", arg=said_number(page))
    assert page.evaluate("window.songscapeMap.map.outline") is None


def draw_box(page: Page, left: float, right: float, *, held: str = "") -> None:
    """Draw a shape over the middle of the map, between shares of its width."""
    place = page.locator("#map-graph .nsewdrag").bounding_box()
    assert place
    corners = [(left, 0.2), (right, 0.2), (right, 0.8), (left, 0.8), (left, 0.22)]
    points = [(place["x"] + place["width"] * x, place["y"] + place["height"] * y) for x, y in corners]
    if held:
        page.keyboard.down(held)
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=4)
    page.mouse.up()
    if held:
        page.keyboard.up(held)


def lit(page: Page) -> set[int]:
    return set(
        page.evaluate(
            "[...window.songscapeMap.map.points.picked.keys()].filter(i => window.songscapeMap.map.points.picked[i])"
        )
    )


def test_shift_adds_a_lasso_and_a_plain_one_replaces_all(server, page, open_page):
    visit(page, f"{server}/map")
    painted(page)
    draw_box(page, 0.3, 0.5)
    expect(words(page)).to_contain_text("inside the shape drawn on the map")
    first = lit(page)
    draw_box(page, 0.45, 0.65, held="Shift")
    expect(words(page)).to_contain_text("inside any of 2 shapes drawn on the map")
    both = lit(page)
    assert first < both
    assert len(both) == said_number(page)
    assert page.evaluate("window.songscapeMap.map.outline.length") >= 8
    expect(page).to_have_url(re.compile(r"lasso=[0-9.]+,[0-9.]+$"))
    other = visit(open_page(), f"{page.url}&energy=0..")  # asked of the server, as the browser knows no energies
    painted(other)
    other.wait_for_function("n => window.songscapeMap.count() === n", arg=len(both))
    assert lit(other) == both
    draw_box(page, 0.55, 0.65)
    expect(words(page)).to_contain_text("inside the shape drawn on the map")
    assert lit(page) - first, "the first shape holds no longer"
    expect(page).to_have_url(re.compile(r"lasso=[0-9.]+$"))


def test_what_two_lassos_took_out_stays_out(server, page):
    visit(page, f"{server}/map")
    painted(page)
    page.get_by_role("radio", name="Take out").click()
    draw_box(page, 0.3, 0.45)
    expect(words(page)).to_contain_text("not inside the shape drawn on the map")
    left = said_number(page)
    draw_box(page, 0.55, 0.7)
    expect(words(page)).to_contain_text("not inside any of 2 shapes drawn on the map")
    assert said_number(page) < left
    page.wait_for_function("n => window.songscapeMap.count() === n", arg=said_number(page))


def test_a_sample_draws_no_track_that_it_left_out(server, page):
    visit(page, f"{server}/map?genre=metal")
    painted(page)
    layout_by(page, "tsne")
    said = page.locator("#map-count")
    expect(said).to_contain_text("of 4,605 tracks drawn")
    expect(said).to_contain_text("selected ones among them")
    n = page.evaluate("window.songscapeMap.map.points.shown.reduce((sum, one) => sum + one, 0)")
    assert f"{n:,} of 4,605 tracks drawn" in said.inner_text()


def test_what_the_selection_is_compared_with_is_drawn_in_its_own_colour(server, page):
    visit(page, f"{server}/map?genre=metal&against=genre:rock")
    painted(page)
    expect(page.locator("#map-count")).to_have_text("514 tracks in brown are what the selection is compared with")
    brown = """() => { const canvas = document.getElementById('map-canvas');
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let n = 0;
        for (let i = 0; i < data.length; i += 4)
          if (Math.abs(data[i] - 0x9a) + Math.abs(data[i + 1] - 0x75) + Math.abs(data[i + 2] - 0x68) < 40) n += 1;
        return n; }"""
    assert page.evaluate(brown) > 500
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#map-count")).to_have_text("")
    page.wait_for_timeout(200)
    assert page.evaluate(brown) < 200


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_is_selected_lies_on_what_it_is_compared_with(scheme, server, open_page):
    page = visit(open_page(color_scheme=scheme), f"{server}/map?genre=metal&against=rest")
    painted(page)
    expect(page.locator("#map-count")).to_contain_text("tracks in brown")
    page.wait_for_timeout(300)
    off = page.evaluate(
        """() => { const { map, placeOf, stage } = window.songscapeMap, box = stage().getBoundingClientRect();
        const canvas = document.getElementById('map-canvas'), context = canvas.getContext('2d');
        const ratio = canvas.width / box.width, { picked, colour } = map.points, found = [];
        picked.forEach((is, i) => {
            if (!is) return;
            const [x, y] = placeOf(i).map((at, k) => (at - (k ? box.top : box.left)) * ratio);
            const seen = context.getImageData(x, y, 1, 1).data;
            found.push(Math.max(...map.meta.palette[colour[i]].map((part, k) => Math.abs(part - seen[k]))));
        });
        return found; }"""
    )
    inside = [one for one in off if one < 200]  # the others lie outside of the view
    assert len(inside) > 700
    assert np.mean(np.array(inside) < 30) > 0.95


def test_very_many_say_how_many_of_the_other_side_are_in_view(crowded, page):
    visit(page, f"{crowded}/map?catalogue=crowded&genre=genre 1&against=genre:genre 3")
    expect(page.locator("#map-count")).to_contain_text("in brown are compared with, drawn as density")


def test_three_dimensions_turn_by_hand_and_by_keys(crowded, page):
    visit(page, f"{crowded}/map?catalogue=turning")
    painted(page)
    layout_by(page, "umap3")
    expect(page.locator("#map-sentence")).to_contain_text("There is no lasso in three dimensions")
    turn = "({ ...window.songscapeMap.map.turn })"
    picture = "document.getElementById('map-canvas').toDataURL()"
    seen, at = page.evaluate(picture), page.evaluate(turn)
    box = page.locator("#map-stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 90, y + 30, steps=5)
    page.mouse.up()
    page.wait_for_function(f"old => {picture} !== old", arg=seen)
    dragged = page.evaluate(turn)
    assert dragged["yaw"] > at["yaw"]
    expect(page).not_to_have_url(re.compile("lasso"))
    page.mouse.wheel(0, -400)
    page.wait_for_function("old => window.songscapeMap.map.turn.zoom > old", arg=dragged["zoom"])
    page.locator("#map-stage").focus()
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(turn)["yaw"] < dragged["yaw"]
    page.wait_for_timeout(300)  # the last turn is painted
    still = page.evaluate(picture)
    page.wait_for_timeout(400)
    assert page.evaluate(picture) == still, "it turns by itself"
    page.locator("#map-legend").get_by_role("button", name="genre 1", exact=True).click()
    page.wait_for_function("() => window.songscapeMap.count() > 0")
    n_lit = page.evaluate("window.songscapeMap.count()")
    expect(words(page)).to_contain_text(f"{n_lit:,} of")
    page.wait_for_function(f"old => {picture} !== old", arg=still)


def shown_tracks(page: Page) -> int:
    return page.evaluate("window.songscapeMap.map.points.shown.reduce((sum, one) => sum + one, 0)")


def test_the_years_play_pause_and_follow_the_slider(crowded, page):
    visit(page, f"{crowded}/map?catalogue=dated")
    painted(page)
    film = page.locator(".map-film")
    said, slider = film.locator("output"), film.get_by_label("Year shown")
    expect(said).to_have_text("All years")
    film.get_by_role("button", name="Play the years").click()
    expect(said).to_contain_text("tracks")
    first = said.inner_text()
    expect(said).not_to_have_text(first)
    film.get_by_role("button", name="Pause the years").click()
    page.wait_for_timeout(300)
    paused = said.inner_text()
    page.wait_for_timeout(400)
    assert said.inner_text() == paused
    assert paused.endswith(f": {shown_tracks(page):,} tracks")
    year = int(slider.input_value())
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(said).to_contain_text(f"to {year + 1}:")
    box = slider.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    late = int(slider.input_value())
    assert late > year + 1
    expect(said).to_contain_text(f"to {late}: {shown_tracks(page):,} tracks")
    film.get_by_role("button", name="All years").click()
    expect(said).to_have_text("All years")
    assert page.evaluate("window.songscapeMap.map.points.shown") is None


def test_the_years_of_very_many_tracks_are_played_in_the_view(crowded, page):
    visit(page, f"{crowded}/map?catalogue=crowded")
    expect(page.locator("#map-count")).to_contain_text("drawn as density")
    film = page.locator(".map-film")
    film.get_by_role("button", name="Play the years").click()
    expect(film.locator("output")).to_contain_text("tracks in view")
    film.get_by_role("button", name="Pause the years").click()
    expect(page.locator("#map-count")).to_contain_text("of the years shown")
    page.wait_for_timeout(500)
    n = film.locator("output").inner_text().split(": ")[1].split(" ")[0]
    expect(page.locator("#map-count")).to_contain_text(f"{n} of them of the years shown")
    expect(page).not_to_have_url(re.compile("year"))
    film.get_by_role("button", name="All years").click()
    expect(page.locator("#map-count")).not_to_contain_text("of the years shown")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (390, 844)])
def test_the_map_fills_its_screen_however_the_selection_line_wraps(size, server, open_page):
    width, height = size
    long = "genre=metal,rock,country&energy=0.2..0.95&danceability=0.2..0.9&against=rest"
    page = visit(open_page(viewport={"width": width, "height": height}), f"{server}/map?{long}")
    painted(page)
    across, along = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert across <= width
    if width >= 768:
        assert along <= height, "the page is taller than the window"
    stage = page.locator("#map-stage").bounding_box()
    assert stage
    assert stage["width"] > 250
    assert stage["height"] > 200
    said = page.locator(".map-foot").bounding_box()
    assert said
    assert said["y"] >= stage["y"] + stage["height"] - 1, "what is said lies on the map"
    if width >= 768:
        assert said["y"] + said["height"] <= height + 1
