"""Every way to select, on the embedded catalogue and on a published one of 28,000 tracks, against the catalogue itself.

What the line says, what the map lights up and what is in the address must be the same tracks. The published catalogue
is built where its file is in the folder that SONGSCAPE_CACHE names.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dash_app.answers.selecting import selected
from dash_app.answers.whatif_sliders import start_point
from data.selection import KEYS, Selection
from models.bundle import Bundle, Library
from tests.browser.test_linking import click, drag, spot
from tests.browser.test_screens import SETTLED_MS, lasso, settle, tick, visit, words
from tests.conftest import ROOT, environment, serving

PUBLISHED = "spotify_songs.csv"
LONGEST_ADDRESS = 700


@dataclass(frozen=True)
class Served:
    """A catalogue as the server shows it, and as it is."""

    address: str
    bundle: Bundle

    def at(self, path: str, query: str = "") -> str:
        return f"{self.address}{path}?catalogue={self.bundle.name}{'&' * bool(query)}{query}"

    @property
    def sizes(self) -> dict[str, int]:
        """Tracks by primary genre, the largest first."""
        genres = self.bundle.columns["genre"]
        counts = np.bincount(genres[genres >= 0], minlength=len(self.bundle.genre_names))
        return {self.bundle.genre_names[i]: int(counts[i]) for i in np.argsort(-counts)}


@pytest.fixture(scope="module")
def tidytuesday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server over the published catalogue."""
    folder = Path(os.environ.get("SONGSCAPE_CACHE", "."))
    if not (folder / PUBLISHED).is_file():
        pytest.skip(f"{PUBLISHED} is not in the folder that SONGSCAPE_CACHE names.")
    home = tmp_path_factory.mktemp("tidytuesday")
    command = [sys.executable, "-m", "dash_app", "build", "tidytuesday", "--quick"]
    settings = environment(home) | {"SONGSCAPE_CACHE": str(folder)}
    subprocess.run(command, cwd=ROOT, env=settings, check=True, capture_output=True)
    with serving(home, home / "log.txt") as address:
        yield address, home


@pytest.fixture(params=["sample", "tidytuesday"])
def served(request: pytest.FixtureRequest) -> Served:
    """Each catalogue in turn."""
    if request.param == "sample":
        address, home = request.getfixturevalue("server"), request.getfixturevalue("sample_home")
    else:
        address, home = request.getfixturevalue("tidytuesday")
    return Served(address, Library(home).open(request.param))


def chosen(page: Page, served: Served) -> np.ndarray:
    """Return which tracks the address selects, once the line counts exactly these."""
    query = {key: value for key, value in parse_qsl(urlsplit(page.url).query) if key in KEYS}
    mask = selected(served.bundle, Selection.from_query(query))
    n, total = int(mask.sum()), len(served.bundle)
    expect(words(page)).to_contain_text(f"{n:,} of {total:,} tracks" if n < total else f"All {total:,} tracks")
    assert len(urlsplit(page.url).query) < LONGEST_ADDRESS
    return mask


def lit(page: Page, n: int) -> None:
    """Wait until the map lights up so many tracks."""
    page.wait_for_function("n => window.songscapeMap.count() === n", arg=n, timeout=SETTLED_MS)


def in_address(page: Page, part: str) -> None:
    page.wait_for_url(re.compile(re.escape(part)), timeout=SETTLED_MS)


def not_in_address(page: Page, part: str) -> None:
    page.wait_for_url(lambda url: part not in url, timeout=SETTLED_MS)


def test_a_lasso_and_a_filter_beside_it_light_up_what_both_let_pass(served, page):
    visit(page, served.at("/map"))
    page.wait_for_function("() => window.songscapeMap.map.points")
    lasso(page)
    in_address(page, "lasso=")
    inside = chosen(page, served)
    lit(page, int(inside.sum()))
    genre = next(iter(served.sizes))
    tick(page, genre).click()
    in_address(page, "genre=")
    both = chosen(page, served)
    assert 0 < both.sum() < inside.sum()
    assert not (both & ~inside).any()
    lit(page, int(both.sum()))


def test_a_box_is_a_shape_like_any_other(served, page):
    visit(page, served.at("/map"))
    page.wait_for_function("() => window.songscapeMap.map.points")
    page.locator(".map-graph").hover()
    page.locator(".modebar-btn[data-val=select]").click()
    box = page.locator("#map-graph .nsewdrag").bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    page.mouse.up()
    in_address(page, "lasso=")
    lit(page, int(chosen(page, served).sum()))
    assert len(dict(parse_qsl(urlsplit(page.url).query))["lasso"].split(".")) == 8


def test_a_double_click_takes_the_shape_away_and_escape_stops_drawing_one(served, page):
    visit(page, served.at("/map"))
    page.wait_for_function("() => window.songscapeMap.map.points")
    lasso(page)
    in_address(page, "lasso=")
    box = page.locator("#map-graph .nsewdrag").bounding_box()
    page.mouse.dblclick(box["x"] + 12, box["y"] + box["height"] / 2)
    not_in_address(page, "lasso=")
    assert chosen(page, served).all()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 500, box["y"] + 500, steps=4)
    expect(page.locator(".map-lasso")).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator(".map-lasso")).not_to_be_attached()
    page.mouse.up()
    expect(page).not_to_have_url(re.compile("lasso="))


def test_a_click_on_a_bar_selects_shift_adds_and_alt_takes_out(served, page):
    first, second = list(served.sizes)[:2]
    visit(page, served.at("/"))
    click(page, "overview-balance-graph", 50, first)
    in_address(page, f"genre={first}")
    one = chosen(page, served)
    click(page, "overview-balance-graph", 50, second, held="Shift")
    in_address(page, second)
    two = chosen(page, served)
    assert two.sum() > one.sum() >= served.sizes[first]
    click(page, "overview-balance-graph", 50, second, held="Alt")
    not_in_address(page, second)
    assert (chosen(page, served) == one).all()


def test_a_brush_selects_exactly_its_range(served, page):
    visit(page, served.at("/"))
    drag(page, "overview-histogram-graph", (0.5, 0.05), (0.8, 0.06))
    in_address(page, "energy=")
    low, high = map(float, dict(parse_qsl(urlsplit(page.url).query))["energy"].split(".."))
    energy = served.bundle.columns["energy"]
    assert chosen(page, served).sum() == ((energy >= np.float32(low)) & (energy <= np.float32(high))).sum()


def test_a_drag_along_parallel_axes_selects_its_range(served, page):
    visit(page, served.at("/"))
    drag(page, "overview-parallel-graph", (0.8, 0.5), (1.2, 1.04))
    in_address(page, "..")
    assert 0 < chosen(page, served).sum() < len(served.bundle)


def test_a_name_in_a_legend_selects_its_genre(served, page):
    visit(page, served.at("/map"))
    genre = next(iter(served.sizes))
    page.locator("#map-legend").get_by_role("button", name=genre).click()
    in_address(page, "genre=")
    lit(page, int(chosen(page, served).sum()))


def test_a_cluster_is_selected_has_a_panel_and_goes_with_its_chip(served, page):
    visit(page, served.at("/map", "cluster=0"))
    n = int(chosen(page, served).sum())
    lit(page, n)
    expect(page.locator("#map-cluster")).to_contain_text(f"{n:,}")
    page.locator("#selection-chips button").first.click()
    not_in_address(page, "cluster=")
    assert chosen(page, served).all()


def test_a_cell_of_the_confusions_selects_its_tracks(served, page):
    genres = served.bundle.facts("genre")["classes"]
    visit(page, served.at("/genres"))
    click(page, "genres-confusion-graph", genres[0], genres[1])
    in_address(page, "predicted=")
    assert 0 < chosen(page, served).sum() < min(served.sizes[genre] for genre in genres[:2])
    page.get_by_role("link", name="Map", exact=True).click()
    page.wait_for_function("() => window.songscapeMap.map.points")
    lit(page, int(chosen(page, served).sum()))


def test_back_forward_undo_and_clear_go_through_the_views(served, page):
    first, second = list(served.sizes)[:2]
    visit(page, served.at("/"))
    tick(page, first).click()
    in_address(page, "genre=")
    one = chosen(page, served)
    tick(page, second).click()
    in_address(page, ",")
    two = chosen(page, served)
    page.go_back()
    not_in_address(page, ",")
    assert (chosen(page, served) == one).all()
    page.go_forward()
    in_address(page, ",")
    assert (chosen(page, served) == two).all()
    page.get_by_role("button", name="Undo").click()
    not_in_address(page, ",")
    assert (chosen(page, served) == one).all()
    page.get_by_role("button", name="Clear filters").click()
    not_in_address(page, "genre=")
    assert chosen(page, served).all()


def test_a_selection_is_kept_by_name_and_held_against_another(served, page):
    first, second = list(served.sizes)[:2]
    visit(page, served.at("/", f"genre={first}"))
    page.locator("#keep-menu summary").click()
    page.get_by_placeholder("Name for this selection").fill("mine")
    page.keyboard.press("Enter")
    page.goto(served.at("/", f"genre={second}"))
    settle(page)
    page.locator("#compare-menu summary").click()
    page.get_by_role("button", name="with mine").click()
    in_address(page, "against=")
    expect(page.locator("#overview-apart-sentence, #overview-apart").first).to_contain_text("Compared with")
    alone = Selection.from_query({"genre": second})
    n = int(selected(served.bundle, alone).sum())
    expect(words(page)).to_contain_text(f"{n:,} of")


def test_what_if_follows_a_slider_and_starts_anew_with_another_track(served, page):
    visit(page, served.at("/what-if"))
    before = page.locator("#whatif-genres-sentence").inner_text()
    page.locator(".whatif-slider input").nth(1).focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    in_address(page, "point=")
    expect(page.locator("#whatif-genres-sentence")).not_to_have_text(before)
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#whatif-genres-sentence")).to_have_text(before)


def test_sliders_say_their_values_as_the_rest_of_the_screen_writes_them(served, page):
    row = len(served.bundle) // 2
    track = served.bundle.tracks["track_id"][row].as_py()
    visit(page, served.at("/what-if", f"track={track}"))
    shown = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('.whatif-slider [data-field]')].map((one) =>
        [one.dataset.field, one.selectedOptions?.[0].text ?? one.getAttribute('aria-valuetext')]))"""
    )
    start = start_point(served.bundle, row)
    assert shown == {name: served.bundle.dictionary[name].text(value) for name, value in start.items()}


def test_a_slider_that_is_moved_fast_asks_one_question_at_a_time_and_the_last_counts(served, page):
    visit(page, served.at("/what-if"))
    now, most, asked = set(), 0, []

    def begins(request):
        nonlocal most
        if "/data/what-if" in request.url:
            now.add(request)
            asked.append(request)
            most = max(most, len(now))

    page.on("request", begins)
    page.on("requestfinished", lambda request: now.discard(request))
    thumb = page.locator(".whatif-slider input").nth(1)
    thumb.focus()
    for _ in range(30):
        page.keyboard.press("ArrowLeft")
    value = float(thumb.input_value())
    page.wait_for_function("v => location.search.includes(`point=energy:${v}`)", arg=value, timeout=SETTLED_MS)
    settle(page)
    assert most == 1
    assert 2 <= len(asked) <= 30


def test_search_leads_to_the_nearest_tracks(served, page):
    visit(page, served.at("/similar"))
    page.locator("#similar-track .track").first.click()
    expect(page.locator("#similar-list .track")).to_have_count(12, timeout=SETTLED_MS)
    expect(page).to_have_url(re.compile("track="))


def test_a_brush_over_years_selects_them_everywhere(served, page):
    if "release_year" not in served.bundle.columns:
        visit(page, served.at("/trends"))
        expect(page.locator("#trends-undated")).to_contain_text("release dates")
        return
    visit(page, served.at("/trends"))
    low, high = page.evaluate("document.querySelector('#trends-medians-graph .js-plotly-plot')._fullLayout.yaxis.range")
    left, right = (spot(page, "trends-medians-graph", year, (low + high) / 2) for year in (1995.5, 2005.5))
    page.mouse.move(*left)
    page.mouse.down()
    page.mouse.move(*right, steps=6)
    page.mouse.up()
    in_address(page, "year=")
    years = served.bundle.columns["release_year"]
    mask = chosen(page, served)
    assert 0 < mask.sum() < len(served.bundle)
    assert (years[mask] > 0).all()
