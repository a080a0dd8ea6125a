"""The stylesheet of the figures knows plotly's class names and the theme's variables."""

from __future__ import annotations

import re
from pathlib import Path

from plotly.offline import get_plotlyjs

ASSETS = Path(__file__).resolve().parents[2] / "assets"
COMPOSED = {"legendtext", "traceneutral-marks", "active"}
"""Names that plotly.js puts together while drawing."""
VARIABLES = {"--ink", "--ink-2", "--line", "--surface", "--surface-2", "--accent"}


def _stylesheet() -> str:
    text = (ASSETS / "figures.css").read_text(encoding="utf-8")
    return re.sub(r"(?s)/\*.*?\*/", "", text)


def test_plotly_draws_every_class_that_is_coloured():
    selectors = re.sub(r"(?s)\{.*?\}", "", _stylesheet())
    names = set(re.findall(r"\.([a-z][\w-]+)", selectors)) - COMPOSED
    script = get_plotlyjs()
    assert len(names) >= 12
    assert [name for name in sorted(names) if name not in script] == []


def test_only_variables_of_the_theme_are_used():
    used = set(re.findall(r"var\((--[\w-]+)\)", _stylesheet()))
    assert used
    assert used <= VARIABLES


def test_no_colour_is_fixed():
    assert re.findall(r"#[0-9a-f]{3,6}\b|rgba?\(", _stylesheet()) == []
