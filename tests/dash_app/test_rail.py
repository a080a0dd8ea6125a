"""The filter rail: it says what is chosen, and offers what can be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from dash import dcc, html
from dash.development.base_component import Component

from dash_app.answers.filters import FilterRange, FilterValue
from dash_app.components.rail import rail
from data.fields import FIELDS
from data.selection import Selection

RANGES = {
    "year": FilterRange("release_year", 1957, 2020, 1),
    "energy": FilterRange("energy", 0, 1, 0.01),
    "duration_ms": FilterRange("duration_ms", 60_000, 600_000, 1000),
    "loudness": FilterRange("loudness", -60, 0, 0.5),
    "key": FilterRange("key", 0, 11, 1),
}
TAKEN = [FilterValue("rock", "rock", 12), FilterValue("metal", "metal", 3)]


def _parts(made: list[Component]) -> Iterator[Component]:
    for one in made:
        yield one
        yield from (part for _, part in one._traverse_with_paths() if isinstance(part, Component))


def _rail(address: dict[str, str], **options) -> list[Component]:
    colours = {"rock": "#112233", "metal": "#332211"}
    selection = Selection.from_query(address)
    return list(_parts(rail([], [], RANGES, dictionary=FIELDS, colours=colours, selection=selection, **options)))


def _said(parts: list[Component]) -> dict[str, html.Span]:
    titles = [part.children for part in parts if getattr(part, "className", "") == "range-title"]
    return {name.children: ends for name, ends in titles}


@pytest.mark.parametrize(
    ("address", "label", "text"),
    [
        ({"year": "1990..2000"}, "Release year", "1990 – 2000"),
        ({"energy": "0.5..0.8"}, "Energy", "0.50 – 0.80"),
        ({"duration_ms": "..240000"}, "Duration", "1:00 – 4:00"),
        ({"loudness": "-20.."}, "Loudness", "−20.0 dB – 0.0 dB"),
        ({"energy": "2.."}, "Energy", "from 2.00"),
        ({"loudness": "..-70"}, "Loudness", "up to −70.0 dB"),
        ({"year": "2030..2040"}, "Release year", "from 2030"),
        ({"key": "2..4"}, "Key", "D – E"),
    ],
)
def test_the_range_that_is_chosen_stands_beside_its_name(address, label, text):
    said = _said(_rail(address))
    assert said[label].children == text
    assert [name for name, ends in said.items() if "is-chosen" in ends.className] == [label]


def test_without_a_choice_the_whole_range_stands_there_and_its_slider_spans_it():
    parts = _rail({})
    assert all(ends.children == getattr(ends, "data-whole") for ends in _said(parts).values())
    sliders = [part for part in parts if isinstance(part, dcc.RangeSlider)]
    assert all(part.value == [part.min, part.max] for part in sliders)


def test_what_a_model_takes_tracks_for_is_offered_folded_and_opens_where_it_is_chosen():
    def group(address: dict[str, str]) -> html.Details:
        return next(part for part in _rail(address, predicted=TAKEN) if _summary(part) == "Taken for")

    assert not group({}).open
    chosen = group({"predicted": "metal"})
    lists = [
        part for part in _parts([chosen]) if getattr(part, "id", None) == {"type": "rail-list", "key": "predicted"}
    ]
    assert (chosen.open, lists[0].value, len(lists[0].options)) == (True, ["metal"], 2)
    assert not any(_summary(part) == "Taken for" for part in _rail({}))


def _summary(part: Component) -> str:
    return str(part.children[0].children) if isinstance(part, html.Details) else ""
