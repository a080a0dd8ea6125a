"""What a person says about a table wins over what is found out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from data.errors import SourceError, SourceNotFound
from data.reading import inspect
from data.wishes import Wishes
from tests.data.tables import kaggle_table


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tracks.csv"
    kaggle_table(80).assign(mood=np.linspace(0, 100, 80).round(2)).to_csv(path, index=False)
    return str(path)


def test_a_column_is_taken_for_what_is_said(table):
    found = inspect(table, wishes=Wishes(fields={"mood": "valence"}, units={"valence": "percent"})).catalogue
    assert 0 <= np.nanmin(found.column("valence")) <= np.nanmax(found.column("valence")) <= 1
    assert inspect(table).catalogue.has("x_mood")


def test_a_column_is_left_out_where_that_is_said(table):
    assert not inspect(table, wishes=Wishes(ignored=("mood",))).catalogue.has("x_mood")


def test_what_inspect_prints_is_a_mapping_that_gives_the_same_catalogue(table, tmp_path):
    first = inspect(table)
    saved = tmp_path / "mapping.json"
    saved.write_text(json.dumps(first.as_dict()))
    again = inspect(table, wishes=Wishes.read(saved))
    assert again.catalogue.tracks.equals(first.catalogue.tracks)


def test_a_command_line_adds_to_a_saved_mapping():
    saved = Wishes(fields={"bpm": "tempo"}, ignored=("notes",))
    both = saved.also(fields=["a=b=energy"], units=["energy=percent"], ignored=["x"], labels="families")
    assert both.fields == {"bpm": "tempo", "a=b": "energy"}
    assert (both.units, both.ignored, both.labels) == ({"energy": "percent"}, ("notes", "x"), "families")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (lambda: Wishes(labels="clever"), "Genre labels cannot be made 'clever'"),
        (lambda: Wishes().also(fields=["bpm"]), "'bpm' cannot be read"),
        (lambda: Wishes.from_dict({"fields": ["bpm"]}), "This mapping cannot be read"),
        (lambda: Wishes.from_dict({"files": [{}]}), "This mapping cannot be read"),
    ],
)
def test_a_wish_that_cannot_be_read_is_refused(wrong, sentence):
    with pytest.raises(SourceError, match=sentence):
        wrong()


def test_a_mapping_file_that_is_none(tmp_path):
    with pytest.raises(SourceNotFound, match="There is no mapping file named"):
        Wishes.read(tmp_path / "nothing.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(SourceError, match=r"bad\.json is not a mapping in JSON"):
        Wishes.read(tmp_path / "bad.json")


@pytest.mark.parametrize(
    "wishes",
    [Wishes(fields={"moood": "valence"}), Wishes(fields={"mood": "valance"}), Wishes(units={"tempo": "percent"})],
)
def test_a_wish_for_what_is_not_there_names_what_is(table, wishes):
    with pytest.raises(SourceError) as refusal:
        inspect(table, wishes=wishes)
    assert refusal.value.remedy
