"""Colours tell apart what they stand for: on both surfaces, and for colour-blind eyes."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from dash_app.figures import theme

LIGHT, DARK = "#ffffff", "#15181c"

# Machado, Oliveira and Fernandes (2009), A physiologically-based model for simulation of color
# vision deficiency, IEEE TVCG 15(6), table of matrices for severity 1.0; applied to linear RGB.
VISIONS = {
    "normal": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
}
XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
"""Linear sRGB to CIE XYZ, D65."""

# CIE76 counts 2.3 as just noticeable between large patches (Mahy et al. 1994). Points of 3 px need
# far more, so the measure is what published palettes for colour-blind readers keep by the same
# computation: Okabe and Ito's eight colours 17.0, Tol's bright seven 16.6, his muted nine 15.6.
FAR_ENOUGH = 15.6
WCAG_GRAPHICS = 3.0
WCAG_TEXT = 4.5


def _linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def _contrast(one: str, other: str) -> float:
    lighter, darker = sorted((XYZ[1] @ _linear(c) for c in (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _lab(linear: np.ndarray) -> np.ndarray:
    x = XYZ @ np.clip(linear, 0, 1) / np.array([0.95047, 1.0, 1.08883])
    f = np.where(x > (6 / 29) ** 3, np.cbrt(x), x * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def _distance(one: str, other: str, *, vision: np.ndarray) -> float:
    return float(np.linalg.norm(_lab(vision @ _linear(one)) - _lab(vision @ _linear(other))))


@pytest.mark.parametrize("surface", [LIGHT, DARK])
@pytest.mark.parametrize(
    "colour",
    [*theme.GENRE_PALETTE, theme.OTHER, theme.SELECTED, theme.AGAINST, theme.POSITIVE, theme.NEGATIVE],
)
def test_data_colours_read_on_both_surfaces(colour, surface):
    assert _contrast(colour, surface) >= WCAG_GRAPHICS


def test_text_of_exported_images_reads():
    assert _contrast(theme.INK, theme.SURFACE) >= WCAG_TEXT
    assert _contrast(theme.INK_2, theme.SURFACE) >= WCAG_TEXT


@pytest.mark.parametrize("vision", VISIONS)
def test_genre_colours_are_told_apart(vision):
    pairs = combinations([*theme.GENRE_PALETTE, theme.OTHER], 2)
    distances = {pair: _distance(*pair, vision=VISIONS[vision]) for pair in pairs}
    nearest = min(distances, key=distances.__getitem__)
    assert distances[nearest] >= FAR_ENOUGH, nearest


@pytest.mark.parametrize("vision", VISIONS)
def test_ends_of_diverging_scales_are_told_apart(vision):
    scale = dict(theme.DIVERGING)
    for one, other in [(0.0, 1.0), (0.0, 0.5), (0.5, 1.0)]:
        assert _distance(scale[one], scale[other], vision=VISIONS[vision]) >= FAR_ENOUGH
    assert _distance(theme.NEGATIVE, theme.POSITIVE, vision=VISIONS[vision]) >= FAR_ENOUGH


@pytest.mark.parametrize("surface", [LIGHT, DARK])
def test_the_middle_of_the_diverging_scale_is_seen(surface):
    assert _contrast(dict(theme.DIVERGING)[0.5], surface) >= 2


def test_ten_largest_genres_have_colours_of_their_own():
    names = [f"genre {place}" for place in range(14)]
    colours = theme.genre_colours(names)
    assert list(colours) == names
    assert len(set(list(colours.values())[:10])) == 10
    assert set(list(colours.values())[10:]) == {theme.OTHER}


def test_nothing_is_sent_to_another_host():
    assert theme.CONFIG["showSendToCloud"] is False
    assert theme.CONFIG["displaylogo"] is False
    assert theme.MAP_CONFIG["showSendToCloud"] is False
    assert "lasso2d" not in theme.MAP_CONFIG["modeBarButtonsToRemove"]


def test_every_colour_stands_in_the_theme():
    modules = [path for path in Path(theme.__file__).parent.glob("*.py") if path.stem != "theme"]
    drawn = {path.name: re.findall(r"[\"']#[0-9a-f]{6}|rgba\(\d", _code(path)) for path in modules}
    assert len(drawn) >= 10
    assert {name: colours for name, colours in drawn.items() if colours} == {}


def _code(path: Path) -> str:
    """Return a module without its docstrings, whose examples name colours."""
    return re.sub(r'"""(?s:.*?)"""', "", path.read_text(encoding="utf-8"))
