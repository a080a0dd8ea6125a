"""Charts outside of their screens: every card has an address, a table and a place in the exported view."""

from __future__ import annotations

import base64
import io
import json
import re

import numpy as np
import pandas as pd
import pytest

from dash_app.alone import MOST_ROWS, Shown, page_of, titles
from dash_app.answers.spreadsheets import as_csv
from dash_app.pages import EVERY_PAGE, PAGES
from dash_app.wiring import Drawn
from tests.dash_app.asking import client_of

CHOSEN = {
    "overview-field": "energy",
    "overview-x": "loudness",
    "overview-y": "energy",
    "overview-method": "spearman",
    "popularity-feature": "energy",
    "trends-field": "energy",
    "trends-axis": "popularity",
    "map-colour": "genre",
}
CARDS = titles(EVERY_PAGE)
PANELS = (
    *("overview-apart", "overview-unusual", "clusters-list", "quality-rows", "quality-columns", "tags-differ"),
    *("trends-changes", "models-scores", "similar-list", "popularity-table"),
)


@pytest.fixture(scope="module")
def client(sample_home):
    with client_of(sample_home) as client:
        yield client


@pytest.fixture(scope="module")
def track(client) -> str:
    return client.get("/api/v1/catalogues/default/tracks", params={"q": "the", "limit": 1}).json()["tracks"][0][
        "track_id"
    ]


@pytest.mark.parametrize("card", CARDS)
class TestEveryCard:
    def test_it_is_a_page_of_its_own_with_its_title(self, client, track, card):
        answer = client.get(f"/charts/{card}", params={**CHOSEN, "track": track})
        assert answer.status_code == 200, answer.text[:300]
        assert f"<h2>{CARDS[card]}</h2>" in answer.text.replace("&#x27;", "'")
        figures = re.findall(r"<script type='application/json'[^>]*>(.*?)</script>", answer.text, re.DOTALL)
        assert all(json.loads(figure)["data"] for figure in figures)

    def test_its_data_are_the_same_as_a_table_and_as_csv(self, client, track, card):
        query = {**CHOSEN, "track": track}
        rows = client.get(f"/charts/{card}.json", params=query).json()
        if not rows["n_rows"]:
            pytest.skip("nothing to draw in this catalogue")
        table = pd.read_csv(io.StringIO(client.get(f"/charts/{card}.csv", params=query).text))
        assert (list(table.columns), len(table)) == (rows["columns"], rows["n_rows"])


def test_a_chart_follows_the_selection(client):
    everything = client.get("/charts/overview-balance.json").json()
    metal = client.get("/charts/overview-balance.json", params={"genre": "metal"}).json()
    assert everything["sentence"] != metal["sentence"]
    assert "metal" in metal["sentence"]


def test_a_map_alone_draws_the_selection_in_front_of_the_others(client):
    query = {"genre": "metal", "against": "genre:rock", "map-colour": "genre"}
    page = client.get("/charts/map-tracks", params=query).text
    assert "<h2>Map of tracks</h2>" in page
    (figure,) = re.findall(r"<script type='application/json'[^>]*>(.*?)</script>", page, re.DOTALL)
    traces = {trace.get("meta", {}).get("role"): trace for trace in json.loads(figure)["data"]}
    assert list(traces)[:2] == ["compared", "points"], "what it is compared with lies beneath"
    rows = client.get("/charts/map-tracks.csv", params=query).text
    table = pd.read_csv(io.StringIO(rows))
    assert (table["selected"] == (table["colour"] == "metal")).all()
    assert (table["compared"] == (table["colour"] == "rock")).all()
    assert array_length(traces["points"]["selectedpoints"]) == table["selected"].sum() == 845
    assert array_length(traces["compared"]["x"]) == table["compared"].sum() == 514
    everything = client.get("/charts/map-tracks", params={"map-colour": "key"}).text
    assert '"role":"compared"' not in everything
    assert '"name":"C\\u266f\\u002fD\\u266d"' in everything or "C♯/D♭" in everything, "a legend names the keys"


def array_length(array: list | dict) -> int:
    """Return the length of an array of a figure, which may be packed."""
    if isinstance(array, list):
        return len(array)
    return len(np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"]))


def test_a_panel_alone_writes_its_table_and_a_chart_one_under_it(client):
    for card in ("overview-unusual", "overview-balance"):
        rows = client.get(f"/charts/{card}.json").json()
        page = client.get(f"/charts/{card}").text
        assert page.count("<tr>") == 1 + len(rows["data"]) > 1
        assert f"<caption>{rows['n_rows']:,} rows</caption>" in page
    many = client.get("/charts/overview-scatter", params=CHOSEN).text
    assert (many.count("<tr>"), "the first 200 are shown" in many) == (1 + MOST_ROWS, True)


def test_texts_of_a_table_are_no_markup():
    drawn = Drawn(None, "Said.", pd.DataFrame({"<b>": ["<script>", None], "n": [0.123456789, 2.0]}))
    page = page_of([Shown("one", "One", drawn)], title="One")
    assert "<td>&lt;script&gt;</td><td>0.123457</td>" in page
    assert "<th scope='col'>&lt;b&gt;</th>" in page
    assert "<td></td><td>2</td>" in page


@pytest.mark.parametrize("card", PANELS)
def test_every_panel_that_has_a_menu_has_a_table_in_the_exported_view(client, track, card):
    screen = card.partition("-")[0]
    query = {**CHOSEN, "track": track, "genre": "metal,rock"}
    rows = client.get(f"/charts/{card}.json", params=query).json()
    text = client.get(f"/export/{screen}.html", params=query).text
    assert f"<h2>{CARDS[card]}</h2>" in text
    assert (f"aria-label='{CARDS[card]}: its numbers'" in text) == bool(rows["n_rows"])


def test_cards_of_an_exported_view_stand_in_the_order_of_the_screen(client):
    text = client.get("/export/overview.html", params=CHOSEN).text
    places = [text.index(f"<h2>{title}</h2>") for card, title in CARDS.items() if card.startswith("overview-")]
    assert places == sorted(places)


def test_a_chart_that_is_not_there_and_a_choice_that_is_not_made(client):
    unknown = client.get("/charts/nothing.json")
    assert (unknown.status_code, "There is no chart named" in unknown.text) == (404, True)
    unchosen, chosen = (client.get("/charts/overview-histogram.csv", params=one) for one in ({}, CHOSEN))
    assert (unchosen.status_code, unchosen.text) == (200, chosen.text)
    page = client.get("/charts/overview-histogram", params={"genre": "polka", "overview-field": "energy"})
    assert page.status_code == 400
    assert "no genre named" in page.text


@pytest.mark.parametrize("screen", [page.title.lower() for page in PAGES])
def test_a_whole_view_is_one_file_that_asks_no_server(client, track, screen):
    answer = client.get(f"/export/{screen}.html", params={**CHOSEN, "track": track, "genre": "metal,rock"})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    assert "metal or rock" in answer.text
    bare = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", answer.text, flags=re.DOTALL)
    assert not re.search(r"""(src|href)=["']?[^"'#]""", bare)


@pytest.fixture(scope="module")
def any_client(planted_home):
    with client_of(planted_home) as client:
        yield client


@pytest.mark.parametrize("catalogue", ["planted", "poor"])
@pytest.mark.parametrize("page", EVERY_PAGE, ids=lambda page: page.title)
def test_a_view_of_a_dated_and_of_a_bare_catalogue_needs_no_choice(any_client, page, catalogue):
    answer = any_client.get(f"/export/{page.title.lower()}.html", params={"catalogue": catalogue})
    assert answer.status_code == 200, answer.text[-300:]
    cards = titles([page])
    assert len(re.findall(r"<h2>", answer.text)) == len(cards)
    sentences = re.findall(r"<p class='sentence'>(.*?)</p>", answer.text, re.DOTALL)
    assert len(sentences) == len(cards)
    assert all(len(sentence) > 10 for sentence in sentences)


def test_no_feature_is_followed_along_itself_at_first(any_client):
    for catalogue in ("planted", "poor"):
        course = any_client.get("/charts/trends-medians.json", params={"catalogue": catalogue}).json()
        assert course["n_rows"] > 1, course["sentence"]


def test_near_tracks_as_a_table_are_those_of_the_selection_if_asked(client, sample, track):
    query = {"track": track, "genre": "metal"}
    anywhere = client.get("/charts/similar-list.json", params=query).json()
    within = client.get("/charts/similar-list.json", params={**query, "similar-within": "within"}).json()
    assert anywhere["n_rows"] == within["n_rows"] == 12
    assert anywhere["data"] != within["data"]
    named = within["columns"].index("track_id")
    assert {sample.tracks["genre"][sample.row_of[row[named]]].as_py() for row in within["data"]} == {"metal"}


def test_texts_that_a_spreadsheet_would_run_are_neutralised():
    table = pd.DataFrame({"=cmd": ["=1+1", "+44", "-5", "@x", "\tz", None], "n": [-1, 2, 3, 4, 5, 6]})
    lines = as_csv(table).splitlines()
    assert lines == ["'=cmd,n", "'=1+1,-1", "+44,2", "-5,3", "'@x,4", "'\tz,5", ",6"]


def test_a_scatter_starts_with_two_features(any_client):
    for catalogue in ("planted", "poor"):
        rows = any_client.get("/charts/overview-scatter.json", params={"catalogue": catalogue}).json()
        across, up = (rows["columns"].index(side) for side in "xy")
        assert any(row[across] != row[up] for row in rows["data"])
