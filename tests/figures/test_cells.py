"""Numbers in coloured cells: whatever the colour, they are read on it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.colors import sample_colorscale, unlabel_rgb

from dash_app.figures import cells, theme
from tests.figures.samples import CALLS, Case

WCAG_TEXT = 4.5
WRITTEN = [call for call in CALLS if call.startswith(("correlation.", "clusters.", "genre_pairs."))]
_INK = re.compile(r"color:(#[0-9a-f]{6})'>([^<]+)<")
_STYLES = Path(__file__).resolve().parents[2] / "assets" / "figures.css"


def _luminance(red: float, green: float, blue: float) -> float:
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def _contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _contrasts(trace: Any) -> list[float]:
    """Contrast of every number that is written, with its cell."""
    found = []
    for row, texts in zip(np.asarray(trace.z), trace.text, strict=True):
        for value, text in zip(row.tolist(), texts, strict=True):
            if text:
                ink, _ = _INK.search(text).groups()
                at = min(max((value - trace.zmin) / (trace.zmax - trace.zmin), 0), 1)
                stops = [list(stop) for stop in trace.colorscale]
                cell = unlabel_rgb(sample_colorscale(stops, [at], colortype="rgb")[0])
                written = [int(ink[start : start + 2], 16) / 255 for start in (1, 3, 5)]
                found.append(_contrast(_luminance(*(c / 255 for c in cell)), _luminance(*written)))
    return found


def _traces(call: str, case: Case) -> list[Any]:
    return [trace for trace in CALLS[call](case).data if trace.type == "heatmap" and trace.text is not None]


@pytest.mark.parametrize("call", WRITTEN)
def test_every_number_in_a_cell_has_the_contrast_of_text(call):
    contrasts = [contrast for trace in _traces(call, Case()) for contrast in _contrasts(trace)]
    if "criteria" in call or "faithfulness" in call:
        assert not contrasts
    else:
        assert len(contrasts) > 3
        assert min(contrasts) >= WCAG_TEXT


@pytest.mark.parametrize("scale", [theme.SEQUENTIAL, theme.DIVERGING], ids=["sequential", "diverging"])
def test_no_colour_of_a_scale_leaves_both_inks_unread(scale):
    z = np.linspace(-1.2, 1.2, 1001).reshape(-1, 7)
    drawn = cells.written(z, cells.shares_written(z), scale=scale, ends=(-1, 1))
    assert min(_contrasts(go.Heatmap(z=z, **drawn))) >= WCAG_TEXT


def test_a_cell_without_a_number_stays_empty_and_many_columns_are_not_written_into():
    z = np.array([[0.1, np.nan], [0.9, 0.5]])
    found = cells.written(z, cells.shares_written(z), scale=theme.SEQUENTIAL, ends=(0, 1))
    assert found["text"][0][1] == ""
    assert [">50%<" in text for text in found["text"][1]] == [False, True]
    wide = np.zeros((2, cells.WITH_ROOM + 1))
    assert "text" not in cells.written(wide, cells.shares_written(wide), scale=theme.SEQUENTIAL, ends=(0, 1))
    assert "text" not in cells.written(z, cells.shares_written(z), scale=theme.SEQUENTIAL, ends=(0, 1), abreast=8)


def test_the_stylesheet_knows_every_size_that_numbers_are_written_in():
    styles = _STYLES.read_text(encoding="utf-8")
    sizes = {
        cells.written(np.zeros((1, n)), [["0"] * n], scale=theme.SEQUENTIAL, ends=(0, 1))["textfont"]["size"]
        for n in range(1, cells.WITH_ROOM + 1)
    }
    assert sizes == {int(size) for size in re.findall(r'heatmap-label > text\[style\*="font-size: (\d+)px', styles)}
