"""What a person does: open each screen, lasso, search, drag, switch the theme, send a link to somebody else."""

from __future__ import annotations

import re
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect

from dash_app.pages import PAGES

SETTLED_MS = 15_000
AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
CHARTS = {
    "/": 5,
    "/map": 2,
    "/genres": 5,
    "/popularity": 4,
    "/trends": 3,
    "/similar": 1,
    "/what-if": 4,
}


def visit(page: Page, address: str) -> Page:
    """Open an address and wait until its charts are drawn."""
    page.goto(address)
    page.wait_for_selector("#rail .rail-range", state="attached", timeout=SETTLED_MS)
    settle(page)
    return page


def settle(page: Page) -> None:
    """Wait until no card waits for its first answer and every chart shown is drawn."""
    page.wait_for_function(
        """() => document.querySelector('#page > *') && !document.querySelector('.is-waiting') &&
        [...document.querySelectorAll('.chart-card:not(:has(> .sentence.is-empty)) .dash-graph, #map-graph')]
            .every(g => g.querySelector('.js-plotly-plot')?._fullLayout)""",
        timeout=SETTLED_MS,
    )
    page.wait_for_timeout(300)


def drawn_charts(page: Page) -> int:
    return page.evaluate(
        """() => [...document.querySelectorAll('.chart-card:not(:has(> .sentence.is-empty)) .js-plotly-plot')]
        .filter(p => p.data && p.data.length).length"""
    )


def words(page: Page):
    return page.locator("#selection-words")


def tick(page: Page, name: str):
    """The filter of one genre."""
    return page.locator("#rail").get_by_role("checkbox", name=re.compile(f"^{name} "))


def lasso(page: Page) -> None:
    """Draw a shape over the middle of the map."""
    box = page.locator("#map-graph .nsewdrag").bounding_box()
    assert box
    x, y, w, h = box["x"], box["y"], box["width"], box["height"]
    corners = [(0.35, 0.3), (0.6, 0.3), (0.65, 0.5), (0.6, 0.7), (0.4, 0.7), (0.35, 0.5), (0.35, 0.32)]
    page.mouse.move(x + w * corners[0][0], y + h * corners[0][1])
    page.mouse.down()
    for cx, cy in corners[1:]:
        page.mouse.move(x + w * cx, y + h * cy, steps=4)
    page.mouse.up()


def test_every_screen_is_listed_here():
    assert set(CHARTS) == {page.path for page in PAGES}


@pytest.mark.parametrize("path", CHARTS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_screen_draws_its_charts(path, scheme, server, open_page):
    page = visit(open_page(color_scheme=scheme), server + path)
    assert drawn_charts(page) >= CHARTS[path] - (path == "/map")
    assert page.locator("html").get_attribute("data-bs-theme") == scheme
    expect(page.locator("h1")).to_have_count(1)
    assert not page.locator(".notice.is-shown").count()


@pytest.mark.parametrize("path", CHARTS)
def test_a_screen_fits_a_telephone(path, server, open_page):
    page = visit(open_page(viewport={"width": 390, "height": 844}), server + path)
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, f"{overflow} px too wide"


def test_a_lasso_selects_and_every_screen_stays_with_it(server, page):
    visit(page, f"{server}/map")
    lasso(page)
    expect(words(page)).to_contain_text("inside the shape drawn on the map")
    said = words(page).inner_text()
    n = int(re.match(r"([\d,]+) of 4,605 tracks", said).group(1).replace(",", ""))
    assert 50 < n < 4_605
    settle(page)
    page.wait_for_function("n => window.songscapeMap.count() === n", arg=n)
    expect(page.locator("#map-apart-sentence")).to_contain_text("Compared with all other tracks")
    page.get_by_role("link", name="Overview").click()
    expect(page.locator("#overview-tiles")).to_contain_text(f"{n:,}", timeout=SETTLED_MS)
    expect(words(page)).to_have_text(said)


def test_a_copied_address_shows_the_same_view_to_somebody_else(server, page, open_page):
    visit(page, f"{server}/map")
    lasso(page)
    expect(words(page)).to_contain_text("inside the shape")
    tick(page, "metal").click()
    expect(words(page)).to_contain_text("metal")
    expect(page).to_have_url(re.compile("genre=metal.*lasso=|lasso=.*genre=metal"))
    other = visit(open_page(), page.url)
    expect(words(other)).to_have_text(words(page).inner_text())
    expect(other.locator("#map-apart-sentence")).to_have_text(page.locator("#map-apart-sentence").inner_text())
    expect(tick(other, "metal")).to_be_checked()
    shown = "window.songscapeMap.count()"
    other.wait_for_function(f"() => {shown} > 0")
    assert other.evaluate(shown) == page.evaluate(shown)


def test_filters_are_undone_by_the_back_button_and_cleared_by_one_button(server, page):
    visit(page, server)
    tick(page, "metal").click()
    expect(words(page)).to_contain_text("845 of 4,605 tracks: metal")
    tick(page, "rock").click()
    expect(words(page)).to_contain_text("1,359 of 4,605 tracks: metal or rock")
    page.go_back()
    expect(words(page)).to_contain_text("845 of 4,605 tracks: metal")
    expect(tick(page, "rock")).not_to_be_checked()
    page.get_by_role("button", name="Clear filters").click()
    expect(words(page)).to_have_text("All 4,605 tracks")
    expect(page).not_to_have_url(re.compile("genre"))


def test_a_chip_takes_its_filter_away(server, page):
    visit(page, f"{server}/?genre=metal&energy=0.8..")
    expect(words(page)).to_contain_text("metal, energy over 0.80")
    page.get_by_role("button", name="Remove filter: metal").click()
    expect(words(page)).not_to_contain_text("metal")
    expect(words(page)).to_contain_text("energy over 0.80")


def test_a_range_is_moved_by_the_keyboard(server, page):
    visit(page, server)
    page.get_by_role("slider").first.focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(words(page)).to_contain_text("popularity from", timeout=SETTLED_MS)


def test_search_finds_by_parts_of_artist_and_title(server, page):
    visit(page, f"{server}/map")
    page.keyboard.press("/")
    page.keyboard.type("metallica ent")
    expect(page.locator("#search-results [role=option]").first).to_contain_text("Enter Sandman")
    page.keyboard.press("Enter")
    expect(page.locator("#map-track")).to_contain_text("Enter Sandman")
    expect(page.locator("#map-track .track")).to_have_count(8)
    page.wait_for_function("() => document.querySelector('#map-graph .js-plotly-plot').data[0].x.length === 9")
    expect(page).to_have_url(re.compile("track="))


def test_a_search_without_a_match_says_so(server, page):
    visit(page, server)
    page.locator("#search").fill("zzzzqqqq")
    expect(page.locator("#search-results")).to_contain_text("No track matches “zzzzqqqq”")


def test_a_click_on_the_map_focuses_the_track(server, page):
    visit(page, f"{server}/map")
    page.wait_for_function("() => window.songscapeMap.map.points")
    spot = page.evaluate(
        """() => { const { map, placeOf, stage } = window.songscapeMap, box = stage().getBoundingClientRect();
        const off = ([x, y]) => Math.hypot(x - box.left - box.width / 2, y - box.top - box.height / 2);
        let best = 0;
        for (let i = 1; i < map.points.x.length; i++) if (off(placeOf(i)) < off(placeOf(best))) best = i;
        return placeOf(best); }"""
    )
    page.mouse.move(*spot)
    expect(page.locator("#hover-card.is-shown")).to_be_visible()
    title = page.locator("#hover-card strong").inner_text()
    page.mouse.click(*spot)
    expect(page.locator("#map-track .track-card")).to_contain_text(title)


def test_what_if_starts_from_a_track_and_answers_while_dragging(server, page):
    visit(page, f"{server}/similar")
    page.locator("#similar-track .track").first.click()
    expect(page.locator("#similar-list .track")).to_have_count(12)
    title = page.locator("#similar-track .track-card .title").inner_text()
    page.get_by_role("link", name="What-if", exact=True).click()
    expect(page.locator("#whatif-lead")).to_contain_text(f"Starts from {title}")
    settle(page)
    before = page.locator("#whatif-genres-sentence").inner_text()
    thumb = page.locator(".whatif-slider input").nth(1)
    box = thumb.bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.5 * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.1 * box["width"], middle, steps=6)
    expect(page.locator("#whatif-genres-sentence")).not_to_have_text(before)
    expect(page).not_to_have_url(re.compile("point="))
    page.mouse.up()
    expect(page).to_have_url(re.compile("point=energy"))
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#whatif-genres-sentence")).to_have_text(before)
    expect(page).not_to_have_url(re.compile("point="))


def test_the_theme_switch_is_kept(server, page):
    visit(page, server)
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_filters_are_a_drawer_on_a_telephone(server, open_page):
    page = visit(open_page(viewport={"width": 390, "height": 844}), server)
    expect(page.locator(".rail")).not_to_be_visible()
    page.get_by_role("button", name="Filters", exact=True).click()
    expect(page.locator(".rail")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".rail")).not_to_be_visible()


def test_an_empty_selection_gets_sentences(server, page):
    visit(page, f"{server}/?popularity=100..&genre=rock")
    expect(words(page)).to_contain_text("0 of 4,605 tracks")
    expect(page.locator("#overview-histogram-card")).to_contain_text("No tracks are selected")
    for path in CHARTS:
        visit(page, f"{server}{path}?popularity=100..&genre=rock")
        for sentence in page.locator(".sentence.is-empty").all_inner_texts():
            assert sentence.endswith("."), sentence


def test_an_undated_catalogue_says_so_and_names_the_command(server, page):
    visit(page, f"{server}/trends")
    expect(page.locator("#trends-undated")).to_contain_text("no release dates, and none are made up")
    expect(page.locator("#trends-undated")).to_contain_text("-m dash_app build tidytuesday")


def test_a_filter_that_cannot_be_read_is_a_notice_not_a_fault(server, page):
    page.goto(f"{server}/?energy=loud")
    expect(page.locator(".notice.is-shown")).to_contain_text("The filter energy=loud cannot be read")


def test_an_unknown_address_is_a_404_page(server, page, watch):
    watch.expect("status of 404")
    answer = page.goto(f"{server}/nothing-here")
    assert answer
    assert answer.status == 404
    expect(page.locator("h1")).to_have_text("There is no screen at this address")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", CHARTS)
def test_axe_finds_nothing(path, scheme, server, open_page):
    page = visit(open_page(color_scheme=scheme, bypass_csp=True), server + path)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert not found, "\n".join(f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found)


def selected_on_map(page: Page) -> int:
    return page.evaluate("window.songscapeMap.count()")


def said_count(page: Page) -> int:
    return int(re.match(r"([\d,]+) of", words(page).inner_text()).group(1).replace(",", ""))


def test_the_map_shows_as_many_tracks_as_the_line_says_when_a_lasso_meets_other_filters(server, page):
    visit(page, f"{server}/map?genre=deep-house&lasso=7050.9487.17389.9487.17389.19826.7050.19826")
    page.wait_for_function("() => window.songscapeMap.count() > 0")
    page.wait_for_timeout(500)
    assert selected_on_map(page) == said_count(page)
    visit(page, f"{server}/map?genre=metal")
    lasso(page)
    expect(words(page)).to_contain_text("inside the shape")
    page.wait_for_function("n => window.songscapeMap.count() === n", arg=said_count(page))
    expect(page).to_have_url(re.compile("lasso="))


def test_undo_goes_back_a_view_and_never_leaves(server, page):
    visit(page, f"{server}/?genre=rock")
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    tick(page, "metal").click()
    expect(words(page)).to_contain_text("metal or rock")
    page.get_by_role("link", name="Genres", exact=True).click()
    settle(page)
    page.get_by_role("button", name="Undo").click()
    expect(words(page)).to_contain_text("514 of 4,605 tracks: rock")
    expect(page).to_have_url(re.compile("/genres"))
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()


def test_links_between_screens_keep_the_view(server, page):
    visit(page, f"{server}/similar?genre=rock&energy=0.5..")
    page.locator("#similar-track .track").first.click()
    title = page.locator("#similar-track .track-card .title").inner_text()
    page.get_by_role("link", name="What if it were different?").click()
    expect(page.locator("#whatif-lead")).to_contain_text(f"Starts from {title}")
    expect(page).to_have_url(re.compile("genre=rock"))
    page.locator("a.brand").click()
    expect(words(page)).to_contain_text("rock, energy over 0.50")


def test_opening_what_if_changes_nothing_and_another_track_starts_anew(server, page):
    longest = "3EEJ63VT1FN3sQod8vd4e8"
    visit(page, f"{server}/what-if?track={longest}")
    page.wait_for_timeout(500)
    expect(page).not_to_have_url(re.compile("point="))
    visit(page, f"{server}/what-if?track={longest}&point=energy:0.9")
    expect(page).to_have_url(re.compile("point=energy"))
    page.keyboard.press("/")
    page.keyboard.type("metallica ent")
    page.locator("#search-results [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#whatif-lead")).to_contain_text("Enter Sandman")
    page.wait_for_timeout(500)
    expect(page).not_to_have_url(re.compile("point="))


def test_a_search_on_a_screen_without_tracks_leads_to_its_nearest(server, page):
    visit(page, f"{server}/genres")
    page.locator("#search").fill("metallica ent")
    page.locator("#search-results [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#similar-track .track-card")).to_contain_text("Enter Sandman")


def test_a_lone_percent_sign_in_an_address_is_no_fault(server, page):
    page.goto(f"{server}/?genre=%25")
    expect(page.locator(".notice.is-shown")).to_contain_text("no genre named '%'")
