"""What every screen owes the frame, the callbacks and the reader."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from typing import Any

import dash_bootstrap_components as dbc
import pytest
from dash import dcc, html
from dash.development.base_component import Component

from dash_app.alone import titles
from dash_app.components.shell import shell
from dash_app.pages import BESIDE, NOT_FOUND, PAGES
from tests.conftest import ROOT
from tests.dash_app.asking import ask, callbacks, client_of, dash_of, parts_of

EVERY_PAGE = (*PAGES, *BESIDE, NOT_FOUND)
MADE_BY_CALLBACKS = {"choose-track", "rail-list", "rail-range", "legend"}
"""Types of the pattern ids; the components themselves are made by a callback, or by the shell."""

every_page = pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.title)


@pytest.fixture(scope="module")
def client(sample_home):
    with client_of(sample_home) as client:
        yield client


@pytest.fixture(scope="module")
def wired(client) -> list[tuple[str, set[str]]]:
    """Every callback's output with the ids that it reads or writes."""
    found = []
    for output, record in dash_of(client).callback_map.items():
        read = {one["id"] for one in (*record["inputs"], *record["state"])}
        found.append((output, read | {one for one, _ in parts_of(output)}))
    return found


def components(layout: Component) -> Iterator[Component]:
    yield layout
    yield from (part for _, part in layout._traverse_with_paths() if isinstance(part, Component))


def ids(*layouts: Component) -> list[str]:
    found = (getattr(part, "id", None) for layout in layouts for part in components(layout))
    return [one if isinstance(one, str) else json.dumps(one, sort_keys=True) for one in found if one]


def types_in(value: Any) -> set[str]:
    """Types of all pattern ids in a JSON value."""
    if isinstance(value, dict):
        own = {value["id"]["type"]} if isinstance(value.get("id"), dict) else set()
        return own.union(*map(types_in, value.values()))
    return set().union(*map(types_in, value)) if isinstance(value, list) else set()


def test_the_contract_covers_the_seven_screens_in_the_order_of_the_menu():
    titles = [page.title for page in PAGES]
    assert titles == ["Overview", "Map", "Genres", "Popularity", "Trends", "Similar", "What-if"]


def test_addresses_and_titles_are_unique():
    assert len({page.path for page in EVERY_PAGE}) == len({page.title for page in EVERY_PAGE}) == len(EVERY_PAGE)


@every_page
def test_its_layout_is_plain_json_and_the_same_each_time(page):
    first, second = (json.dumps(page.layout().to_plotly_json(), default=lambda c: c.to_plotly_json()) for _ in "ab")
    assert first == second


@every_page
def test_its_ids_are_unique_together_with_those_of_the_frame(page):
    repeated = [one for one, n in Counter(ids(shell(PAGES), page.layout())).items() if n > 1]
    assert repeated == []


def test_no_two_screens_share_an_id():
    counted = Counter(one for page in EVERY_PAGE for one in set(ids(page.layout())))
    assert [one for one, n in counted.items() if n > 1] == []


@every_page
def test_its_heading_is_its_question(page):
    headings = [part for part in components(page.layout()) if isinstance(part, html.H1)]
    assert len(headings) == 1
    if page is not NOT_FOUND:
        assert headings[0].children == page.question
        assert page.question.endswith("?")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_it_is_in_the_menu_and_in_the_readme(page):
    tabs = {tab.href: tab.children for tab in components(shell(PAGES)) if getattr(tab, "className", "") == "screen-tab"}
    assert tabs[page.path] == page.title or page.path == "/"
    assert page.title in json.dumps(shell(PAGES).to_plotly_json(), default=lambda c: c.to_plotly_json())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^- \*\*{page.title}\*\*: \S", readme, re.MULTILINE)


@pytest.mark.parametrize("page", [*PAGES, *BESIDE], ids=lambda page: page.title)
def test_every_screen_says_in_the_help_what_it_shows_and_from_where(page):
    assert page.help is not None
    for text in (page.help.shown, page.help.computed, page.help.read):
        assert len(text) > 60
        assert text.endswith(".")
    assert page.help.sources


def test_callbacks_name_only_components_that_exist(wired):
    known = {*ids(shell(PAGES)), *(one for page in EVERY_PAGE for one in ids(page.layout()))}
    assert len(wired) > 50
    for output, used in wired:
        plain = {one for one in used if not one.startswith("{")}
        assert plain <= known, output


def test_a_callback_depends_on_one_screen_at_most(wired):
    frame = set(ids(shell(PAGES)))
    screens = {page.title: set(ids(page.layout())) for page in (*PAGES, *BESIDE)}
    for output, used in wired:
        own = {one for one in used - frame if not one.startswith("{")}
        assert not own or any(own <= screen for screen in screens.values()), output


def test_pattern_ids_are_of_known_types(wired):
    used = {json.loads(one)["type"] for _, ids in wired for one in ids if one.startswith("{")}
    assert used == MADE_BY_CALLBACKS


def test_components_of_every_pattern_are_made(client, sample_track):
    shown = [client.get("/_dash-layout").json()]
    shown += [ask(client, "page.children", address_pathname=page.path).changes for page in EVERY_PAGE]
    for output in callbacks(dash_of(client)):
        first = ".".join(parts_of(output)[0])
        reply = ask(client, first, view_selection_data={"energy": "0.5.."}, view_track_data=sample_track)
        shown.append(reply.changes)
    assert types_in(shown) >= MADE_BY_CALLBACKS


@pytest.fixture(scope="module")
def sample_track(client) -> str:
    return client.get("/api/v1/catalogues/sample/rows/0").json()["track_id"]


DRAWING = tuple(page for page in EVERY_PAGE if any(isinstance(part, dcc.Graph) for part in components(page.layout())))
"""Screens with charts."""


def test_every_screen_of_the_menu_has_charts_and_some_beside_it():
    assert set(PAGES) < set(DRAWING)
    assert {"Clusters", "Tags"} <= {page.title for page in DRAWING}


@pytest.mark.parametrize("page", DRAWING, ids=lambda page: page.title)
class TestCards:
    def test_every_chart_says_how_it_was_computed(self, page):
        layout = page.layout()
        explained = explanations(layout)
        charts = [part.id.removesuffix("-graph") for part in components(layout) if isinstance(part, dcc.Graph)]
        assert charts
        for card in charts:
            if card == "map":
                continue  # fills the screen; its sentence says how good it is
            assert len(explained[f"{card}-how"]) > 40, card
            assert explained[f"{card}-how"].rstrip().endswith("."), card

    def test_every_explanation_has_its_button(self, page):
        layout = page.layout()
        buttons = {part.id for part in components(layout) if isinstance(part, html.Button) and part.className == "how"}
        assert buttons == explanations(layout).keys()

    def test_every_card_has_a_question_or_a_name(self, page):
        titles = [part.children for part in components(page.layout()) if isinstance(part, html.H2)]
        assert all(isinstance(title, str) and title for title in titles)
        assert len(set(titles)) == len(titles)

    def test_every_chart_is_named_for_those_who_hear_the_page(self, page):
        layout, known = page.layout(), set(ids(page.layout()))
        for part in components(layout):
            if isinstance(part, html.Div) and getattr(part, "role", None) == "img":
                assert getattr(part, "aria-labelledby") in known


def explanations(layout: Component) -> dict[str, str]:
    popovers = [part for part in components(layout) if isinstance(part, dbc.Popover)]
    return {popover.target: popover.children.children for popover in popovers}


def test_every_card_that_is_filled_is_in_a_layout(wired):
    known = {one for page in EVERY_PAGE for one in ids(page.layout())}
    cards = {one.removesuffix("-graph") for _, used in wired for one in used if one.endswith("-graph")} - {"map"}
    assert len(cards) > 20
    assert {part for card in cards for part in parts_of_card(card)} <= known


def parts_of_card(card: str) -> tuple[str, ...]:
    return f"{card}-card", f"{card}-graph", f"{card}-sentence", f"{card}-how"


def selects(page) -> dict[str, Any]:
    """Drop-downs of a screen with the values that they are laid out with, None where a callback fills them."""
    return {part.id: part.value for part in components(page.layout()) if isinstance(part, dbc.Select)}


def started(client, page) -> dict[str, Any]:
    """Values of the drop-downs of a screen that has just opened."""
    values = selects(page)
    filled = {one for output in callbacks(dash_of(client)) for one in map(".".join, parts_of(output))}
    for name in [name for name, value in values.items() if value is None and f"{name}.value" in filled]:
        values[name] = ask(client, f"{name}.value").changes.get(f"{name}.value")
    return {name: value for name, value in values.items() if value is not None}


@pytest.mark.parametrize("page", [*PAGES, *BESIDE], ids=lambda page: page.title)
class TestItsViewAsOneFile:
    def test_it_has_every_chart_without_any_choice_in_the_address(self, page, client):
        answer = client.get(f"/export/{page.title.lower()}.html", params={"catalogue": "sample"})
        assert answer.status_code == 200, answer.text[-300:]
        headings = [unescape(found) for found in re.findall("<h2>(.*?)</h2>", answer.text)]
        assert headings == list(titles([page]).values())

    def test_a_chart_alone_starts_as_the_screen_does(self, page, client):
        chosen = started(client, page)
        for card in titles([page]):
            bare, named = (client.get(f"/charts/{card}.json", params=query) for query in ({}, chosen))
            assert bare.status_code == 200, card
            assert bare.json() == named.json(), card
