"""What every chart keeps to, whatever its table holds."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from collections.abc import Iterator
from typing import Any, get_type_hints

import plotly.graph_objects as go
import pytest

import dash_app.figures
from dash_app.figures.theme import layout
from tests.figures.samples import CALLS, CASES, SAMPLES, Case

MANY = 200_000
POINT_CHARTS = {name: sample for name, sample in CALLS.items() if "tracks_map" in name or "two_" in name}
BYTES_PER_POINT = {
    "scatter.two_fields-scatter": (4 + 4 + 1) * 4 / 3,
    "scatter.two_fields-scatter_compared": (4 + 4 + 1) * 4 / 3,
    "tracks_map.tracks_map-map": (2 + 2 + 1 + 4) * 4 / 3,
    "tracks_map.tracks_map-continuous_map": (2 + 2 + 4) * 4 / 3,
}
"""Two coordinates, a colour and, where a mask is given, a row number, in base64."""
SHARED_BYTES = 30_000
UNITS_SAID = ("(", "genre", "year", "Key", "Mode")
"""An axis of numbers has its unit or scale in brackets; names, years and codes have none."""
UNPACKED = (".base", ".marker.size", ".marker.line.width")
"""Attributes of the charts with one row per thing that plotly itself turns into lists."""
SMALL_TYPES = {"u1", "i1", "i2", "i4", "f4"}


def _charts() -> dict[str, Any]:
    """Return every public function of the modules that returns a figure."""
    found = {}
    for module in pkgutil.iter_modules(dash_app.figures.__path__):
        loaded = importlib.import_module(f"dash_app.figures.{module.name}")
        for name, function in inspect.getmembers(loaded, inspect.isfunction):
            own = function.__module__ == loaded.__name__ and not name.startswith("_")
            if own and get_type_hints(function).get("return") is go.Figure:
                found[f"{module.name}.{name}"] = function
    return found


CHARTS = _charts()


def _as_sent(figure: go.Figure) -> dict[str, Any]:
    """Return the figure as the browser parses it."""
    return json.loads(figure.to_json())


def _nodes(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    yield path, node
    if isinstance(node, dict | list):
        children = node.items() if isinstance(node, dict) else enumerate(node)
        for key, child in children:
            yield from _nodes(child, f"{path}.{key}")


def _axes(figure: dict[str, Any]) -> list[dict[str, Any]]:
    parts = figure["layout"].items()
    return [axis for name, axis in parts if name.startswith(("xaxis", "yaxis"))]


def test_charts_are_collected():
    assert len(CHARTS) >= 20


def test_every_chart_has_samples_and_every_sample_a_chart():
    assert set(SAMPLES) == set(CHARTS)
    assert all(SAMPLES.values())


@pytest.mark.parametrize("chart", CHARTS)
def test_table_comes_first_and_options_are_named(chart):
    first, *rest = inspect.signature(CHARTS[chart]).parameters.values()
    assert first.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD
    if chart != "popularity.interval":  # its "table" is one row of three numbers
        assert all(option.kind is inspect.Parameter.KEYWORD_ONLY for option in rest)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("call", CALLS)
def test_no_table_breaks_a_chart(call, case):
    figure = CALLS[call](CASES[case])
    assert isinstance(figure, go.Figure)
    assert _as_sent(figure)["layout"]["template"] == _as_sent(go.Figure(layout=layout()))["layout"]["template"]


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("call", CALLS)
def test_numbers_travel_as_small_typed_arrays(call, case):
    traces = _as_sent(CALLS[call](CASES[case]))["data"]
    for path, node in _nodes(traces):
        if isinstance(node, list):
            numbers = [item for item in node if isinstance(item, int | float)]
            assert ".colorscale" in path or path.endswith(UNPACKED) or not numbers, path
        if isinstance(node, dict) and "bdata" in node:
            assert node["dtype"] in SMALL_TYPES, path


@pytest.mark.parametrize("call", CALLS)
def test_axes_say_their_unit(call):
    sent = _as_sent(CALLS[call](CASES["usual"]))
    shown = [axis for axis in _axes(sent) if axis.get("visible", True)]
    titles = [axis["title"]["text"] for axis in shown if axis.get("title", {}).get("text")]
    if not call.startswith(("tracks_map.", "map_frame.", "correlation.")):
        assert titles
    assert all(any(word in title for word in UNITS_SAID) for title in titles), titles
    numeric = [a for a in shown if a.get("type") != "category" and not a.get("anchor")]
    assert all(axis.get("title", {}).get("text") for axis in numeric)


@pytest.mark.parametrize("call", CALLS)
def test_width_follows_the_page(call):
    figure = CALLS[call](CASES["usual"])
    assert figure.layout.width is None
    assert figure.layout.autosize


@pytest.mark.parametrize("call", CALLS)
def test_names_are_not_taken_for_markup(call):
    marked = Case(names=("<i>one</i>", "<i>two</i>", "a<i>", "c&d", "e<f", "g"))
    sent = _as_sent(CALLS[call](marked))
    shown = {".hovertext", ".text", ".name", ".ticktext", ".labelalias"}
    for path, node in _nodes(sent):
        if isinstance(node, str) and any(part in path for part in shown):
            assert "<i>" not in node, path


def test_point_charts_are_collected():
    assert set(POINT_CHARTS) == set(BYTES_PER_POINT)


@pytest.mark.parametrize("call", POINT_CHARTS)
def test_many_points_stay_small(call):
    figure = CALLS[call](Case(points=MANY))
    sent = figure.to_json().replace("\\u002f", "/")  # escaped for pages, one byte once zipped
    assert len(sent) < MANY * BYTES_PER_POINT[call] + SHARED_BYTES
    points = [trace for trace in json.loads(sent)["data"] if trace["type"] == "scattergl"]
    assert points
    assert all(set(trace[axis]) == {"dtype", "bdata"} for trace in points for axis in "xy")
