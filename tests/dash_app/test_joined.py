"""Scripts and styles in three files: everything is in them, in order, under addresses that name the contents."""

from __future__ import annotations

import re

from tests.conftest import ROOT

TAG = re.compile(r'(?:src|href)="(/[^"]+\.(?:js|css)[^"]*)"')


def test_a_page_loads_four_files(client):
    loads = TAG.findall(client.get("/map").text)
    assert len(loads) == 4, loads


def test_every_script_of_ours_is_in_the_joined_one(client):
    joined = next(one for one in TAG.findall(client.get("/").text) if "songscape.js" in one)
    text = client.get(joined).text
    for script in (ROOT / "assets").glob("*.js"):
        is_in = script.read_text(encoding="utf-8") in text
        assert is_in == (script.name not in ("early-theme.js", "alone.js")), script.name


def test_parts_that_no_screen_needs_are_left_out(client):
    suites = next(one for one in TAG.findall(client.get("/").text) if "dash_renderer" in one)
    text = client.get(suites).text
    assert "webpackChunkdash_core_components" in text
    assert "//# sourceMappingURL" not in text
    assert "window.dash_table" not in text


def test_the_page_asks_for_no_socket(client):
    assert "ws-worker" not in client.get("/").text
