"""What a person picks on a chart: bars, brushes, axes, cells; how picks combine, are compared, kept and explained."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.test_screens import AXE, settle, visit, words

PLACE = """([graph, x, y]) => {
    const plot = document.querySelector(`#${graph} .js-plotly-plot`), full = plot._fullLayout;
    const box = plot.getBoundingClientRect(), at = (axis, value) => axis._offset + axis.c2p(axis.d2c(value));
    return [box.left + at(full.xaxis, x), box.top + at(full.yaxis, y)];
}"""
"""Where a value of a chart is on the screen."""


def spot(page: Page, graph: str, x: float | str, y: float | str) -> tuple[float, float]:
    page.locator(f"#{graph}").scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    left, top = page.evaluate(PLACE, [graph, x, y])
    return left, top


def click(page: Page, graph: str, x: float | str, y: float | str, *, held: str = "") -> None:
    page.mouse.move(*spot(page, graph, x, y))
    page.wait_for_timeout(150)
    if held:
        page.keyboard.down(held)
    page.mouse.down()
    page.mouse.up()
    if held:
        page.keyboard.up(held)
    settle(page)


def drag(page: Page, graph: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*spot(page, graph, *start))
    page.mouse.down()
    left, top = page.evaluate(PLACE, [graph, *end])
    page.mouse.move(left, top, steps=6)
    page.mouse.up()
    settle(page)


def test_a_click_on_a_bar_selects_its_genre_shift_adds_and_alt_takes_out(server, page):
    visit(page, server)
    click(page, "overview-balance-graph", 100, "metal")
    expect(words(page)).to_have_text("845 of 4,605 tracks: metal")
    click(page, "overview-balance-graph", 100, "rock", held="Shift")
    expect(words(page)).to_have_text("1,359 of 4,605 tracks: metal or rock")
    click(page, "overview-balance-graph", 100, "rock", held="Alt")
    expect(words(page)).to_have_text("845 of 4,605 tracks: metal")
    click(page, "overview-balance-graph", 100, "metal")
    expect(words(page)).to_have_text("All 4,605 tracks")


def test_how_picks_combine_is_one_stop_of_the_tab_key_within_which_arrows_choose(server, page):
    visit(page, server)
    group = page.get_by_role("radiogroup", name="How a pick on a chart combines")
    group.get_by_role("radio", name="And").focus()
    for key, chosen in (("ArrowDown", "Replace"), ("ArrowRight", "Take out"), ("ArrowUp", "Replace")):
        page.keyboard.press(key)
        expect(group.get_by_role("radio", name=chosen)).to_be_focused()
        expect(group.get_by_role("radio", checked=True)).to_have_text(chosen)
    page.keyboard.press("Tab")
    expect(page.locator("#compare-menu summary")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(group.get_by_role("radio", name="Replace")).to_be_focused()


def test_what_is_ticked_on_a_screen_holds_for_its_table(server, page):
    visit(page, f"{server}/similar?genre=metal")
    page.locator("#similar-within label").click()
    page.locator("#similar-list-card details summary").click()
    with page.expect_request("**/charts/similar-list.json**") as asked:
        page.get_by_role("button", name="Show as a table").click()
    assert "similar-within=within" in asked.value.url


def test_a_click_on_a_legend_selects_its_genre(server, page):
    visit(page, server)
    page.locator("#overview-scatter-graph .legend .traces", has_text="dubstep").click()
    expect(words(page)).to_have_text("947 of 4,605 tracks: dubstep")
    page.get_by_role("combobox", name="Drawn as").select_option("violins")
    settle(page)
    assert page.evaluate("document.querySelector('#overview-box-graph .js-plotly-plot').data[0].meta") == "dubstep"


def test_axe_finds_nothing_in_menus_and_help_that_are_open(server, open_page):
    page = visit(open_page(bypass_csp=True), f"{server}/?genre=metal&against=rest")
    page.locator("#compare-menu summary").click()
    page.get_by_role("button", name="Help for this screen").click()
    page.locator("#keep-menu").evaluate("menu => { menu.open = true; }")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert not found, "\n".join(f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found)


def test_a_brush_on_the_histogram_sets_the_range_and_the_next_one_moves_it(server, page):
    visit(page, server)
    drag(page, "overview-histogram-graph", (0.5, 0.05), (0.8, 0.06))
    expect(words(page)).to_contain_text(re.compile(r"energy 0\.(49|50) to 0\.8[01]"))
    drag(page, "overview-histogram-graph", (0.2, 0.05), (0.4, 0.06))
    expect(words(page)).to_contain_text(re.compile(r"energy 0\.(19|20) to 0\.4[01]"))
    expect(page).to_have_url(re.compile(r"energy=0\."))
    page.go_back()
    expect(words(page)).to_contain_text(re.compile(r"energy 0\.(49|50) to"))


def test_a_drag_along_an_axis_sets_its_range(server, page):
    visit(page, server)
    drag(page, "overview-parallel-graph", (0.8, 0.5), (1.2, 1.04))
    expect(words(page)).to_contain_text(re.compile(r"energy over 0\.\d\d"))
    expect(words(page)).not_to_contain_text("loudness")


def test_a_pick_replaces_or_is_taken_out_as_the_switch_says(server, page):
    visit(page, f"{server}/?energy=0.5..")
    page.get_by_role("radio", name="Take out").click()
    click(page, "overview-balance-graph", 100, "metal")
    expect(words(page)).to_contain_text("energy over 0.50, not metal")
    page.get_by_role("radio", name="Replace").click()
    click(page, "overview-balance-graph", 100, "rock")
    expect(words(page)).to_have_text("514 of 4,605 tracks: rock")
    expect(page).not_to_have_url(re.compile("out="))


def test_what_passes_two_filters_at_once_is_not_taken_out_and_why_is_said(server, page):
    visit(page, f"{server}/genres")
    page.get_by_role("radio", name="Take out").click()
    click(page, "genres-confusion-graph", "metal", "rock")
    notice = page.locator(".notice.is-shown")
    expect(notice).to_contain_text("Taking out needs a single filter: this picks a genre and a predicted genre at once")
    expect(words(page)).to_have_text("All 4,605 tracks")
    visit(page, server)
    page.get_by_role("radio", name="Take out").click()
    drag(page, "overview-parallel-graph", (0.8, 0.5), (2.2, 0.9))
    expect(notice).to_contain_text("Taking out needs a single filter: this picks 2 filters at once")
    expect(words(page)).to_have_text("All 4,605 tracks")
    drag(page, "overview-parallel-graph", (0.8, 0.5), (1.2, 1.04))
    expect(words(page)).to_contain_text("not energy over")


def test_what_was_taken_out_is_a_chip_of_its_own(server, page):
    visit(page, f"{server}/?out=genre:metal;energy:0.4..0.6")
    expect(words(page)).to_contain_text("not metal, not energy 0.40 to 0.60")
    page.get_by_role("button", name="Remove filter: not metal").click()
    expect(words(page)).to_contain_text("tracks: not energy 0.40 to 0.60")


def test_a_cell_of_the_correlations_opens_its_scatter(server, page):
    visit(page, server)
    click(page, "overview-correlation-graph", "tempo", "valence")
    expect(page.locator("#overview-x")).to_have_value("tempo")
    expect(page.locator("#overview-y")).to_have_value("valence")
    expect(page.locator("#overview-scatter-sentence")).to_contain_text("Tempo explains")


def test_a_cell_of_the_confusions_selects_its_tracks(server, page):
    visit(page, f"{server}/genres")
    click(page, "genres-confusion-graph", "metal", "rock")
    expect(words(page)).to_contain_text("rock, taken for metal")
    expect(page).to_have_url(re.compile("predicted=metal"))


def test_a_selection_is_compared_with_the_rest_and_with_one_that_was_kept(server, page):
    visit(page, f"{server}/?genre=metal")
    page.locator("#keep-menu summary").click()
    page.get_by_placeholder("Name for this selection").fill("loud ones")
    page.keyboard.press("Enter")
    expect(page.get_by_role("list", name="Kept selections")).to_contain_text("loud ones")
    page.locator("#compare-menu summary").click()
    page.get_by_role("button", name="with the rest").click()
    settle(page)
    expect(page.get_by_role("button", name="Remove filter: compared with the rest")).to_be_visible()
    expect(page.locator("#overview-apart")).to_contain_text("Compared with the rest: ")
    page.goto(f"{server}/?genre=country")
    settle(page)
    page.locator("#compare-menu summary").click()
    page.get_by_role("button", name="with loud ones").click()
    settle(page)
    expect(page.locator("#overview-apart")).to_contain_text("Compared with metal: ")
    expect(words(page)).to_have_text("623 of 4,605 tracks: country")
    expect(page).to_have_url(re.compile("against=genre:metal"))


def test_a_kept_selection_is_applied_and_deleted(server, page):
    visit(page, f"{server}/?genre=metal&energy=0.9..")
    page.locator("#keep-menu summary").click()
    page.get_by_placeholder("Name for this selection").fill("wild")
    page.keyboard.press("Enter")
    visit(page, server)
    page.locator("#keep-menu summary").click()
    page.get_by_role("button", name="wild", exact=True).click()
    expect(words(page)).to_contain_text("metal, energy over 0.90")
    page.locator("#keep-menu summary").click()
    page.get_by_role("button", name="Delete wild").click()
    expect(page.get_by_role("list", name="Kept selections")).to_contain_text("Nothing is kept yet.")


def test_help_is_that_of_the_screen(server, page):
    visit(page, f"{server}/trends")
    page.get_by_role("button", name="Help for this screen").click()
    panel = page.get_by_role("complementary", name="Help")
    expect(panel).to_contain_text("How to read it")
    expect(panel).to_contain_text("Theil")
    page.keyboard.press("Escape")
    expect(panel).not_to_be_visible()


def test_a_first_visit_is_told_once_and_led_to_an_example(server, open_page):
    page = visit(open_page(first_visit=True), server)
    expect(page.locator("#welcome")).to_be_visible()
    page.get_by_role("link", name="Show me its largest group").click()
    expect(words(page)).to_contain_text(re.compile(r"[\d,]+ of 4,605 tracks: "))
    expect(page).to_have_url(re.compile("/map"))
    expect(page.locator("#welcome")).not_to_be_visible()
    page.reload()
    expect(page.locator("#welcome")).not_to_be_visible()


def test_what_sets_two_sides_apart_is_one_click_from_every_screen(server, page):
    visit(page, f"{server}/genres?genre=metal&against=genre:rock")
    page.locator("#compare-menu summary").click()
    page.locator("#compare-menu").get_by_role("link", name="What sets them apart").click()
    expect(page.locator("#overview-apart")).to_contain_text("Compared with rock")
    expect(page.locator("#overview-apart")).to_be_in_viewport()
    expect(page).to_have_url(re.compile("against=genre:rock"))


def test_a_click_on_a_bar_of_a_what_if_selects_the_genre(server, page):
    visit(page, f"{server}/what-if")
    bar = page.locator("#whatif-genres-graph .bars .point path").first
    expect(bar).to_be_visible()
    box = bar.bounding_box()
    page.mouse.click(box["x"] + min(4, box["width"] / 2), box["y"] + box["height"] / 2)
    page.wait_for_url("**genre=*")
    expect(words(page)).to_contain_text(" of 4,605 tracks: ")


def test_the_welcome_covers_nothing_and_is_there_from_the_start(server, open_page):
    page = visit(open_page(first_visit=True), server)
    welcome, screen = (page.locator(one).bounding_box() for one in ("#welcome", "#page"))
    assert welcome["y"] + welcome["height"] <= screen["y"]
    page.get_by_role("button", name="Look around myself").click()
    expect(page.locator("#welcome")).not_to_be_visible()
