"""Without a pointer: points of charts, cells, boxes and tracks of the map are reached, named and picked by keys."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_interaction import Served, chosen, served, tidytuesday  # noqa: F401 (fixtures)
from tests.browser.test_linking import spot
from tests.browser.test_screens import AXE, settle, visit, words
from tests.conftest import ROOT

RING = """() => { const box = document.querySelector('.key-ring').getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2]; }"""
RANGE = "document.querySelector('#overview-scatter-graph .js-plotly-plot')._fullLayout.xaxis.range"
CORNERS = "document.querySelector('.map-cross polygon').getAttribute('points')"


def said(page: Page):
    return page.locator("#keys-live")


def said_on_map(page: Page):
    return page.locator("#map-live")


def enter_chart(page: Page, card: str) -> None:
    """Reach a chart as Tab does: the focus is seen."""
    page.keyboard.press("Shift")
    page.locator(f"#{card}-card .chart-body").focus()
    expect(page.locator(f"#{card}-card")).to_have_attribute(
        "data-keys", re.compile("Arrow keys go from point to point")
    )


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(40)
    page.wait_for_timeout(300)  # what comes to rest is said


def on_map(page: Page, address: str) -> Page:
    visit(page, address)
    page.wait_for_function("() => window.songscapeMap.map.points")
    page.keyboard.press("Shift")
    page.locator("#map-stage").focus()
    return page


def number_in(text: str) -> int:
    return int(re.search(r"([\d,]+) tracks?", text).group(1).replace(",", ""))


def test_every_chart_that_hears_a_click_says_what_enter_does(server, page):
    visit(page, server)
    heard = page.evaluate(
        """async () => (await (await fetch('/_dash-dependencies')).json()).flatMap(one => one.inputs)
        .filter(one => one.property === 'clickData').map(one => one.id)"""
    )
    assert len(heard) >= 10
    told = re.findall(r'"([a-z-]+-graph)":', (ROOT / "assets" / "keys.js").read_text(encoding="utf-8"))
    assert sorted(heard) == sorted(told)


def test_enter_on_a_bar_selects_its_genre_shift_adds_and_alt_takes_out(server, page):
    visit(page, server)
    enter_chart(page, "overview-balance")
    press(page, "ArrowDown", "ArrowDown", "ArrowDown")
    expect(said(page)).to_have_text("metal, tracks 845")
    press(page, "Enter")
    expect(words(page)).to_have_text("845 of 4,605 tracks: metal")
    press(page, "End")
    expect(said(page)).to_contain_text("rock, tracks")
    press(page, "Shift+Enter")
    expect(words(page)).to_have_text("1,359 of 4,605 tracks: metal or rock")
    press(page, "Alt+Enter")
    expect(words(page)).to_have_text("845 of 4,605 tracks: metal")


def test_enter_on_a_cell_of_the_confusions_selects_its_tracks(server, page):
    visit(page, f"{server}/genres")
    enter_chart(page, "genres-confusion")
    press(page, "Home", "ArrowDown", "ArrowRight", "ArrowRight")
    expect(said(page)).to_contain_text("deep-house, predicted metal, tracks 20")
    left, top = spot(page, "genres-confusion-graph", "metal", "deep-house")
    assert page.evaluate(RING) == pytest.approx([left, top], abs=2)
    press(page, "Enter")
    expect(words(page)).to_have_text("20 of 4,605 tracks: deep-house, taken for metal")
    settle(page)
    expect(page.locator("#genres-confusion-graph .hovertext")).to_contain_text("share 100.0")
    left, top = spot(page, "genres-confusion-graph", "metal", "deep-house")
    assert page.evaluate(RING) == pytest.approx([left, top], abs=2)


def test_enter_on_a_cell_of_the_correlations_draws_the_two_features(server, page):
    visit(page, server)
    enter_chart(page, "overview-correlation")
    press(page, "Home", "ArrowRight")
    expect(said(page)).to_have_text(re.compile(r"^(\w+) and (?!\1,)"))
    label = said(page).inner_text()
    press(page, "Enter")
    x, y = (page.locator(f"#overview-{side} option:checked") for side in "xy")
    expect(page.locator("#overview-scatter-sentence")).to_be_in_viewport()
    assert {x.inner_text(), y.inner_text()} == set(re.match("(.+) and (.+), Spearman", label).groups())


def test_enter_selects_a_cluster_and_the_genre_of_a_what_if(server, page):
    visit(page, f"{server}/clusters")
    enter_chart(page, "clusters-sizes")
    press(page, "Home")
    expect(said(page)).to_contain_text(", tracks ")
    name, n = re.match(r"(.+), tracks ([\d,]+)", said(page).inner_text()).groups()
    press(page, "Enter")
    expect(words(page)).to_have_text(f"{n} of 4,605 tracks: {name}")
    visit(page, f"{server}/what-if")
    enter_chart(page, "whatif-genres")
    press(page, "Home")
    expect(said(page)).to_contain_text("now")
    genre = said(page).inner_text().split(",")[0]
    press(page, "Enter")
    expect(words(page)).to_contain_text(f" of 4,605 tracks: {genre}")


def test_a_panel_of_several_features_is_a_single_stop(server, page):
    visit(page, server)
    enter_chart(page, "overview-pairs")
    press(page, "Home", "ArrowRight")
    label = said(page)
    expect(label).to_have_text(re.compile("^[A-Z][a-z]+ and [A-Z][a-z]+$"))
    first, second = label.inner_text().split(" and ")
    press(page, "Enter")
    expect(page.locator("#overview-x option:checked")).to_have_text(first)
    expect(page.locator("#overview-y option:checked")).to_have_text(second)


def test_enter_on_a_point_of_the_scatter_opens_its_track(server, page):
    visit(page, server)
    enter_chart(page, "overview-scatter")
    press(page, "ArrowDown", "ArrowRight")
    expect(said(page)).to_contain_text("Energy")
    loudness, energy = map(float, re.findall(r"-?\d+\.\d+", said(page).inner_text()))
    press(page, "Enter")
    page.wait_for_url("**track=*")
    track = parse_qs(urlsplit(page.url).query)["track"][0]
    fields = page.request.get(f"{server}/api/v1/catalogues/default/tracks/{track}").json()["fields"]
    assert fields["loudness"] == pytest.approx(loudness, abs=0.051)
    assert fields["energy"] == pytest.approx(energy, abs=0.0051)


def test_a_click_opens_a_track_where_arrow_keys_were_used_before(server, page):
    visit(page, server)
    enter_chart(page, "overview-scatter")
    press(page, "ArrowDown", "ArrowRight")
    expect(said(page)).to_contain_text("Energy")
    page.wait_for_timeout(500)  # the page has scrolled
    page.mouse.move(*page.evaluate(RING))
    page.wait_for_timeout(300)
    page.mouse.down()
    page.mouse.up()
    page.wait_for_url("**track=*")
    expect(page.locator(".key-ring")).to_have_count(0)


def test_the_scatter_is_zoomed_about_its_point_and_back(server, page):
    visit(page, server)
    enter_chart(page, "overview-scatter")
    press(page, "ArrowDown")
    low, high = page.evaluate(RANGE)
    press(page, "+")
    page.wait_for_function(f"width => {{ const [a, b] = {RANGE}; return b - a < 0.6 * width; }}", arg=high - low)
    page.wait_for_timeout(300)
    press(page, "-")
    page.wait_for_function(
        f"([low, high]) => {{ const [a, b] = {RANGE}; return a === low && b === high; }}", arg=[low, high]
    )


def test_points_of_a_line_are_read_one_after_the_other(server, page):
    visit(page, f"{server}/trends")
    enter_chart(page, "trends-medians")
    press(page, "Home")
    expect(said(page)).to_contain_text("median energy")
    first = said(page).inner_text()
    press(page, "ArrowRight")
    expect(said(page)).not_to_have_text(first)
    press(page, "ArrowLeft")
    expect(said(page)).to_have_text(first)
    press(page, "ArrowLeft")
    expect(said(page)).to_have_text("No point further that way")


def test_escape_and_leaving_a_chart_take_the_ring_away(server, page):
    visit(page, server)
    enter_chart(page, "overview-balance")
    press(page, "ArrowDown")
    expect(page.locator(".key-ring")).to_have_count(1)
    press(page, "Escape")
    expect(page.locator(".key-ring")).to_have_count(0)
    press(page, "ArrowDown")
    expect(page.locator(".key-ring")).to_have_count(1)
    press(page, "Tab")
    expect(page.locator(".key-ring")).to_have_count(0)
    expect(page.locator("#overview-balance-card .chart-body")).to_have_attribute("role", "figure")


def test_a_pointer_shows_no_hint_of_keys(server, page):
    visit(page, server)
    page.locator("#overview-balance-card .chart-body").click(position={"x": 5, "y": 5})
    expect(page.locator("[data-keys]")).to_have_count(0)


def test_a_box_drawn_by_keys_holds_the_tracks_that_were_said(served: Served, page):  # noqa: F811
    on_map(page, served.at("/map"))
    press(page, "b", "Enter", *["Shift+ArrowRight"] * 2, *["Shift+ArrowUp"] * 2)
    expect(said_on_map(page)).to_contain_text("in the box")
    n = number_in(said_on_map(page).inner_text())
    press(page, "Enter")
    page.wait_for_url("**lasso=*")
    assert chosen(page, served).sum() == n > 0
    page.wait_for_function("n => window.songscapeMap.count() === n", arg=n)


def test_boxes_are_added_and_taken_out(server, page):
    on_map(page, f"{server}/map")
    press(page, "b", "Enter", *["Shift+ArrowRight"] * 2, *["Shift+ArrowUp"] * 2, "Enter")
    expect(words(page)).to_contain_text("inside the shape drawn on the map")
    first = number_in(words(page).inner_text().replace(" of 4,605", ""))
    press(page, "Enter", *["Shift+ArrowLeft"] * 4, "Shift+ArrowUp", "Shift+Enter")
    expect(words(page)).to_contain_text("inside any of 2 shapes drawn on the map")
    assert number_in(words(page).inner_text().replace(" of 4,605", "")) > first
    press(page, "Enter", *["Shift+ArrowDown"] * 2, *["Shift+ArrowRight"] * 2, "Alt+Enter")
    page.wait_for_url("**out=*")
    assert page.url.count("lasso") == 2


def test_escape_drops_the_box_then_leaves_the_crosshair(server, page):
    on_map(page, f"{server}/map")
    press(page, "b", "Enter", "Shift+ArrowRight", "Shift+ArrowDown")
    assert len(page.evaluate(CORNERS).split()) == 4
    press(page, "Escape")
    expect(said_on_map(page)).to_have_text("Box dropped.")
    page.wait_for_function(f"() => {CORNERS} === ''")
    press(page, "Escape")
    expect(page.locator(".map-cross")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("lasso"))
    press(page, "ArrowRight")
    expect(said_on_map(page)).to_contain_text("BPM")


def test_the_crosshair_names_and_opens_the_nearest_track(server, page):
    on_map(page, f"{server}/map")
    press(page, "b", "ArrowUp", "t")
    page.wait_for_url("**track=*")
    title = page.locator("#map-track .track-card .title")
    expect(title).to_be_visible()
    expect(said_on_map(page)).to_have_text(re.compile(f"^{re.escape(title.inner_text())}"))
    expect(page.locator("#hover-card.is-shown")).to_contain_text(title.inner_text())
    press(page, "Tab")
    expect(page.locator("#hover-card.is-shown")).to_have_count(0)
    expect(page.locator(".map-cross")).to_have_count(0)


def test_the_map_follows_the_crosshair_over_its_edge_and_home_shows_all(server, page):
    on_map(page, f"{server}/map")
    view = "Object.values(window.songscapeMap.viewNow())"
    whole = page.evaluate(view)
    press(page, "b", "+", "+")
    page.wait_for_timeout(300)
    x0, x1, *_ = page.evaluate(view)
    assert x1 - x0 == pytest.approx((whole[1] - whole[0]) / 4, rel=0.01)
    press(page, *["Shift+ArrowLeft"] * 8)
    page.wait_for_timeout(300)
    assert page.evaluate(view)[0] < x0 - 1
    press(page, "Home")
    page.wait_for_function(
        f"width => {{ const [a, b] = {view}; return b - a > 0.9 * width; }}", arg=whole[1] - whole[0]
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["/map", "/genres"])
def test_axe_finds_nothing_where_keys_are_in_use(path, scheme, server, open_page):
    page = open_page(color_scheme=scheme, bypass_csp=True)
    if path == "/map":
        on_map(page, server + path)
        press(page, "b", "Enter", "Shift+ArrowRight", "Shift+ArrowDown")
    else:
        visit(page, server + path)
        enter_chart(page, "genres-confusion")
        press(page, "ArrowDown", "ArrowDown")
        expect(said(page)).to_contain_text("predicted")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert not found, "\n".join(f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found)
