"""What the browser asks for by itself: the view in words, and several cards in one answer."""

from __future__ import annotations

import json

import pytest

from dash_app import chart_data
from dash_app.answers import whatif_sliders
from dash_app.answers.selecting import selected
from dash_app.components.sliders import slider_data
from dash_app.pages.what_if_cards import CARDS
from data.selection import Selection
from tests.dash_app.asking import client_of
from tests.dash_app.test_answers import ENTER_SANDMAN

POINT = "energy:0.31,key:4"


@pytest.fixture(scope="module")
def client(sample_home):
    with client_of(sample_home) as client:
        yield client


def test_a_view_is_said_in_words_and_fills_the_cards_that_hang_on_it(client, sample):
    view = {"genre": "metal", "energy": "0.9.."}
    told = client.get("/data/view", params={**view, "cards": "map-balance,map-apart"}).json()
    n = int(selected(sample, Selection.from_query(view)).sum())
    assert told["words"].startswith(f"{n:,} of 4,605 tracks: metal, energy over 0.90")
    assert list(told["chips"]) == ["genre", "energy"]
    assert list(told["cards"]) == ["map-balance", "map-apart"]
    for card, shown in told["cards"].items():
        assert shown["sentence"] == client.get(f"/charts/{card}.json", params=view).json()["sentence"]
        assert shown["figure"]["data"]


def test_without_cards_a_view_is_said_in_words_alone(client):
    assert client.get("/data/view").json() == {"words": "All 4,605 tracks", "chips": {}, "cards": {}}


@pytest.mark.parametrize(
    ("view", "sentence"),
    [
        ({"energy": "2..1"}, "energy"),
        ({"catalogue": "polka"}, "There is no catalogue named 'polka'"),
        ({"cards": "polka"}, "There is no chart named 'polka'"),
    ],
)
def test_what_cannot_be_answered_is_refused_in_a_sentence(client, view, sentence):
    told = client.get("/data/view", params=view).json()
    assert list(told) == ["error"]
    assert sentence in told["error"]["sentence"]


def test_a_fault_is_no_answer_and_is_told_without_its_traceback(sample_home, monkeypatch):
    def broken(*_: object) -> str:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr(chart_data, "in_words", broken)
    with client_of(sample_home) as client:
        answer = client.get("/data/view")
    assert answer.status_code == 500
    assert "fault on our side" in answer.json()["error"]["sentence"]
    assert "secret" not in answer.text


def test_what_if_says_of_every_card_what_the_card_says_at_its_own_address(client):
    view = {"track": ENTER_SANDMAN, "point": POINT, "whatif-explain": "metal"}
    told = client.get("/data/what-if", params=view).json()["cards"]
    assert list(told) == list(CARDS)
    for card, shown in told.items():
        alone = client.get(f"/charts/{card}.json", params=view).json()
        assert shown["sentence"] == alone["sentence"]
        assert shown["figure"]["data"]


def test_a_change_moves_every_prediction_and_what_cannot_be_is_left_out(client):
    start, moved, impossible = (
        client.get("/data/what-if", params={"point": point}).json() for point in ("", POINT, "energy:7,polka:1")
    )
    assert impossible == start
    for card in CARDS:
        assert moved["cards"][card]["sentence"] != start["cards"][card]["sentence"]


def test_a_point_far_from_all_tracks_is_said_to_be(client):
    told = client.get("/data/what-if", params={"point": "energy:0,loudness:0,acousticness:1,tempo:40"}).json()
    assert told["is_unusual"] is True
    assert told["usual"]


def test_sliders_hold_where_the_point_starts_and_say_how_it_is_written(sample):
    start = whatif_sliders.start_point(sample, sample.row_of[ENTER_SANDMAN])
    made = slider_data(whatif_sliders.spreads(sample), start, dictionary=sample.dictionary, folded=["liveness"])
    assert {one["field"]: one["start"] for one in made} == start
    assert [one["field"] for one in made if one["is_folded"]] == ["liveness"]
    assert json.loads(json.dumps(made)) == made
    for one in made:
        assert one["outline"] or one["codes"]
        assert one["ends"][0] < one["ends"][1]
