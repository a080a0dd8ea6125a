"""Charts outside of their screens: every card has an address, a table and a place in the exported view."""

from __future__ import annotations

import io
import json
import re

import pandas as pd
import pytest

from dash_app.alone import titles
from dash_app.answers.spreadsheets import as_csv
from dash_app.pages import EVERY_PAGE, PAGES
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


def test_a_chart_that_is_not_there_and_a_choice_that_is_not_made(client):
    unknown = client.get("/charts/nothing.json")
    assert (unknown.status_code, "There is no chart named" in unknown.text) == (404, True)
    unchosen = client.get("/charts/overview-histogram.csv")
    assert (unchosen.status_code, "overview-field" in unchosen.text) == (400, True)
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


def test_texts_that_a_spreadsheet_would_run_are_neutralised():
    table = pd.DataFrame({"=cmd": ["=1+1", "+44", "-5", "@x", "\tz", None], "n": [-1, 2, 3, 4, 5, 6]})
    lines = as_csv(table).splitlines()
    assert lines == ["'=cmd,n", "'=1+1,-1", "+44,2", "-5,3", "'@x,4", "'\tz,5", ",6"]
