"""Settings: one table, read once, documented."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from dash_app.settings import SETTINGS, Settings
from data.errors import SettingError
from tests.conftest import ROOT


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
class TestEverySetting:
    def test_is_documented_in_the_readme(self, setting):
        rows = [line for line in (ROOT / "README.md").read_text(encoding="utf-8").splitlines() if "|" in line]
        documented = [row for row in rows if f"`{setting.name}`" in row.split("|")[1]]
        assert len(documented) == 1
        assert setting.default in documented[0]

    def test_says_what_it_does_in_one_sentence(self, setting):
        assert setting.help[0].isupper()
        assert setting.help.endswith(".")
        assert setting.form

    def test_reads_its_own_default(self, setting):
        setting.read(setting.default)


def test_there_is_one_value_for_every_setting():
    assert len(fields(Settings)) == len(SETTINGS) == len({setting.name for setting in SETTINGS})


def test_defaults_serve_on_this_machine_alone():
    found = Settings.from_environment({})
    assert (found.port, found.host, found.home, found.threads) == (8050, "127.0.0.1", Path("var").absolute(), 8)
    assert found.cache == found.home / "downloads"


def test_the_environment_goes_before_the_default():
    found = Settings.from_environment(
        {
            "PORT": "9000",
            "HOST": "0.0.0.0",  # noqa: S104 - a value that is read, nothing listens
            "SONGSCAPE_HOME": "/srv/songscape",
            "SONGSCAPE_CACHE": "/srv/tables",
            "SONGSCAPE_THREADS": "3",
            "SONGSCAPE_UPLOAD_MB": "0",
            "SONGSCAPE_BUILDS": "2",
        }
    )
    assert found == Settings(9000, "0.0.0.0", Path("/srv/songscape"), Path("/srv/tables"), 3, 0, 2)  # noqa: S104


def test_the_process_environment_is_read_where_none_is_given(monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.delenv("SONGSCAPE_HOME", raising=False)
    found = Settings.from_environment()
    assert (found.port, found.home) == (8123, Path("var").absolute())


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_an_empty_variable_counts_as_not_set(setting):
    assert Settings.from_environment({setting.name: ""}) == Settings.from_environment({})


def test_downloads_follow_the_home():
    assert Settings.from_environment({"SONGSCAPE_HOME": "/srv"}).cache == Path("/srv/downloads")


def test_a_home_may_begin_with_a_tilde(monkeypatch):
    monkeypatch.setenv("HOME", "/users/ada")
    assert Settings.from_environment({"SONGSCAPE_HOME": "~/songs"}).home == Path("/users/ada/songs")


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("PORT", "http", "a whole number from 1 to 65535"),
        ("PORT", "0", "a whole number from 1 to 65535"),
        ("PORT", "65536", "a whole number from 1 to 65535"),
        ("PORT", "80.5", "a whole number from 1 to 65535"),
        ("SONGSCAPE_THREADS", "0", "a positive whole number"),
        ("SONGSCAPE_THREADS", "-1", "a positive whole number"),
        ("SONGSCAPE_THREADS", "many", "a positive whole number"),
        ("SONGSCAPE_UPLOAD_MB", "-1", "a whole number, or 0"),
        ("SONGSCAPE_UPLOAD_MB", "1.5", "a whole number, or 0"),
        ("SONGSCAPE_BUILDS", "0", "a positive whole number"),
    ],
)
def test_a_value_that_does_not_parse_is_refused_by_name(name, text, form):
    with pytest.raises(SettingError) as refusal:
        Settings.from_environment({name: text})
    assert str(refusal.value) == f"The setting {name}={text} is not {form}. Set {name} to {form}."
