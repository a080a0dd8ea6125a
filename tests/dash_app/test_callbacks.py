"""Callbacks as a browser asks them: off the event loop, with a notice instead of a fault."""

from __future__ import annotations

import logging
import re
import threading

import pytest

from dash_app.answers import overview
from dash_app.answers.answer import Answer
from dash_app.pages import PAGES
from data.errors import MissingField
from tests.dash_app.asking import ask, callbacks, client_of, dash_of, parts_of

FAULT = re.compile(r"^This could not be answered because of a fault on our side \(reference ([0-9a-f]{8})\)\.$")
TRACK = "5sICkBXVmaCQk5aISGR3x1"
CHOICES = ("overview_field_value", "overview_x_value", "trends_axis_value", "map_colour_value")
VIEWS = {
    "just opened": {},
    "a selection": {"view_selection_data": {"energy": "0.5..0.9", "cluster": "0,1"}},
    "one that holds nothing": {"view_selection_data": {"energy": "2..3"}},
    "a lasso": {"view_selection_data": {"lasso": "0.0.32000.0.32000.32000"}},
    "a track": {"view_track_data": TRACK},
    "a track of another catalogue": {"view_track_data": "gone"},
    "a point": {"view_point_data": {"energy": 0.1, "tempo": 170}},
    "choices not yet filled": dict.fromkeys(CHOICES),
    "another axis": {"trends_axis_value": "duration_ms", "trends_field_value": "tempo"},
    "only selected tracks are near": {"view_track_data": TRACK, "similar_within_value": ["within"]},
}
REFUSED = {
    "genre=polka": ({"genre": "polka"}, "This catalogue has no genre named 'polka'. Remove that filter"),
    "year=1990..": ({"year": "1990.."}, "This catalogue has no release year to filter by. Remove that filter."),
    "energy=loud": ({"energy": "loud"}, "The filter energy=loud cannot be read."),
    "lasso=1.2": ({"lasso": "1.2"}, "The filter lasso=1.2 cannot be read."),
}


@pytest.fixture(scope="module")
def planted_client(planted_home):
    with client_of(planted_home) as client:
        yield client


def replies(client, **view):
    """Ask every callback; yield its first output with the reply."""
    for output in callbacks(dash_of(client)):
        first = ".".join(parts_of(output)[0])
        yield first, ask(client, first, **view)


class TestEveryCallback:
    @pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
    def test_answers_without_a_notice(self, view, client):
        answered = 0
        for output, reply in replies(client, **view):
            assert reply.status in (200, 204), output
            assert reply.notice == "", output
            answered += reply.status == 200
        assert answered > 30

    @pytest.mark.parametrize("name", ["planted", "poor"])
    @pytest.mark.parametrize("view", [v for v in VIEWS.values() if "view_track_data" not in v])
    def test_answers_for_other_catalogues_too(self, view, name, planted_client):
        for output, reply in replies(planted_client, view_catalogue_data=name, **view):
            assert reply.status in (200, 204), output
            assert reply.notice == "" or not FAULT.match(reply.notice), output

    def test_a_track_of_a_poor_catalogue_has_a_card(self, planted_client, poor):
        track = poor.tracks["track_id"][3].as_py()
        for output, reply in replies(planted_client, view_catalogue_data="poor", view_track_data=track):
            assert not FAULT.match(reply.notice), output
        card = ask(planted_client, "similar-track.children", view_catalogue_data="poor", view_track_data=track)
        assert "Untitled" in card.text
        assert "Unknown artist" in card.text

    @pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
    def test_the_frame_shows_each_screen(self, page, client):
        assert page.question in ask(client, "page.children", address_pathname=page.path).text

    def test_an_empty_card_shows_a_sentence_and_no_chart(self, client):
        changes = ask(client, "overview-box-graph.figure", view_selection_data={"energy": "2..3"}).changes
        assert "overview-box-graph.figure" not in changes
        assert changes["overview-box-sentence.className"] == "sentence is-empty"
        assert changes["overview-box-sentence.children"] == "No tracks are selected: remove a filter above."

    def test_a_filled_card_shows_a_chart_and_a_sentence(self, client):
        changes = ask(client, "overview-box-graph.figure").changes
        assert changes["overview-box-graph.figure"]["data"]
        assert changes["overview-box-sentence.className"] == "sentence"
        assert changes["overview-box-sentence.children"].endswith(".")


class TestWhatCannotBeAnswered:
    @pytest.mark.parametrize(("selection", "sentence"), REFUSED.values(), ids=REFUSED)
    def test_is_said_in_a_notice(self, selection, sentence, client):
        reply = ask(client, "overview-tiles.children", view_selection_data=selection)
        assert reply.status == 200
        assert reply.notice.startswith(sentence)
        assert reply.changes == {}

    @pytest.mark.parametrize(("selection", "sentence"), REFUSED.values(), ids=REFUSED)
    def test_is_said_in_the_card(self, selection, sentence, client):
        changes = ask(client, "overview-balance-graph.figure", view_selection_data=selection).changes
        assert changes["overview-balance-sentence.children"].startswith(sentence)
        assert changes["overview-balance-sentence.className"] == "sentence is-empty is-failed"

    def test_an_unknown_catalogue_is_named(self, client):
        reply = ask(client, "overview-tiles.children", view_catalogue_data="jazz")
        assert reply.notice == "There is no catalogue named 'jazz'. Built so far: sample."

    def test_a_missing_field_is_the_cards_own_sentence_without_a_notice(self, client, monkeypatch):
        def lacking(*_: object) -> Answer:
            raise MissingField("This catalogue has no tempo")

        monkeypatch.setattr(overview, "genre_balance", lacking)
        reply = ask(client, "overview-balance-graph.figure")
        assert reply.notice == ""
        assert reply.changes["overview-balance-sentence.children"] == "This catalogue has no tempo."

    def test_refusals_are_not_logged_as_faults(self, client, caplog):
        ask(client, "overview-tiles.children", view_selection_data={"genre": "polka"})
        assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


class TestFaults:
    @pytest.fixture
    def broken(self, client, monkeypatch):
        """A client of a server whose questions about counts and balance fail."""

        def fail(*_: object) -> Answer:
            raise RuntimeError("secret of /srv/private")

        monkeypatch.setattr(overview, "counts", fail)
        monkeypatch.setattr(overview, "genre_balance", fail)
        return client

    @pytest.mark.parametrize("output", ["overview-lead.children", "overview-balance-graph.figure"])
    def test_give_a_notice_with_a_reference_that_the_log_explains(self, output, broken, caplog):
        reply = ask(broken, output)
        assert reply.status == 200
        reference = FAULT.match(reply.notice)[1]
        (record,) = [one for one in caplog.records if one.levelno == logging.ERROR]
        assert reference in record.getMessage()
        assert isinstance(record.exc_info[1], RuntimeError)

    @pytest.mark.parametrize("output", ["overview-lead.children", "overview-balance-graph.figure"])
    def test_tell_nothing_of_the_code(self, output, broken):
        text = ask(broken, output).text
        for word in ("secret", "private", "Traceback", "RuntimeError", ".py"):
            assert word not in text

    def test_leave_the_rest_of_the_screen_as_it_was(self, broken):
        assert ask(broken, "overview-lead.children").changes == {}
        assert ask(broken, "overview-box-graph.figure").changes["overview-box-graph.figure"]["data"]

    def test_have_another_reference_each_time(self, broken):
        notices = {ask(broken, "overview-lead.children").notice for _ in range(3)}
        assert len(notices) == 3


class TestSlowAnswers:
    @pytest.mark.parametrize("threads", [1, 2])
    def test_do_not_keep_the_server_from_answering(self, threads, sample_home, monkeypatch):
        asked, release, released = threading.Event(), threading.Event(), threading.Event()

        def slow(bundle, selection) -> Answer:
            asked.set()
            release.wait(20)
            released.set()
            return overview.genre_balance(bundle, selection)

        monkeypatch.setattr(overview, "counts", slow)
        with client_of(sample_home, threads=threads) as client:
            waiting = threading.Thread(target=ask, args=[client, "overview-lead.children"])
            waiting.start()
            try:
                assert asked.wait(20)
                assert client.get("/healthz").json() == {"status": "alive"}
                if threads > 1:
                    assert client.get("/").status_code == 200
                    assert ask(client, "rail.children").status == 200
                assert not released.is_set()
            finally:
                release.set()
                waiting.join()
