"""How every screen looks, in light, dark and on a telephone, against pictures that a person has looked at.

The pictures are a fifth as wide as the screen, so that what a font's edges do, or a bar a pixel longer, is nothing, and
a card that is missing, covers another or has lost its colours is something. The points of the map are left out: where
they lie may differ between machines. ``SONGSCAPE_RENEW_GOLDEN=1`` takes the pictures anew; look at each of them then.
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter
from playwright.sync_api import Page

from dash_app.pages import BESIDE, PAGES
from tests.browser.test_screens import settle
from tests.conftest import ROOT

PICTURES = ROOT / "tests" / "golden" / "screens"
RENEW = os.environ.get("SONGSCAPE_RENEW_GOLDEN") == "1"
LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1440, "height": 1500}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1440, "height": 1500}},
    "mobile": {"color_scheme": "light", "viewport": {"width": 390, "height": 1800}},
}
PATHS = [page.path for page in (*PAGES, *BESIDE)]
SHRUNK = 5
FAR_APART = 48
"""Difference of a colour, of 255, that a person would point at."""
MOST_FAR_APART = 0.025
"""Share of a picture that may be far apart."""
UNSTEADY = (
    "#map-canvas, #map-graph .main-svg, #similar-map-graph { visibility: hidden !important; } "
    "* { caret-color: transparent !important; }"
)


def picture_of(page: Page) -> Image.Image:
    """Return what is on the screen, shrunk and without sharp edges."""
    whole = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    size = (whole.width // SHRUNK, whole.height // SHRUNK)
    return whole.resize(size, Image.Resampling.BOX)


def apart(one: Image.Image, two: Image.Image) -> float:
    """Return the share of one picture that is unlike another of its size.

    Each pixel may lie two pixels off: it is compared with what is lightest and darkest around it.
    """
    value = np.asarray(one.filter(ImageFilter.BoxBlur(1)), dtype=np.int16)
    low, high = (
        np.asarray(two.filter(kind(5)), dtype=np.int16) for kind in (ImageFilter.MinFilter, ImageFilter.MaxFilter)
    )
    outside = np.maximum(low - value, value - high).max(axis=2)
    return float((outside > FAR_APART).mean())


def shown(page: Page, address: str) -> Image.Image:
    page.goto(address)
    page.wait_for_selector("#page h1", state="attached")
    settle(page)
    page.wait_for_function("() => document.fonts.status === 'loaded'")
    page.add_style_tag(content=UNSTEADY)
    page.wait_for_timeout(700)
    return picture_of(page)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("path", PATHS)
def test_a_screen_looks_as_it_did(path, look, server, open_page, tmp_path):
    now = shown(open_page(bypass_csp=True, **LOOKS[look]), server + path)
    file = PICTURES / f"{path.strip('/') or 'overview'}-{look}.png"
    if RENEW:
        file.parent.mkdir(parents=True, exist_ok=True)
        now.quantize(96, dither=Image.Dither.NONE).save(file, optimize=True)
    share = max(apart(now, (before := Image.open(file).convert("RGB"))), apart(before, now))
    if share > MOST_FAR_APART:
        kept = Path(tmp_path, file.name)
        now.save(kept)
        pytest.fail(f"{share:.1%} of {path} ({look}) looks different from {file.relative_to(ROOT)}: see {kept}")


def test_what_a_person_would_see_is_seen(server, open_page):
    page = open_page(bypass_csp=True)
    before = shown(page, f"{server}/genres")
    spoiled = {
        "a card is gone": ".chart-card[data-chart='genres-confusion'] { display: none; }",
        "charts are empty": ".chart-card .main-svg { visibility: hidden; }",
        "a panel lies over the charts": ".page { position: relative; top: -120px; }",
        "the surface has lost its colour": ":root { --surface: #7a7f8a !important; --surface-2: #7a7f8a !important; }",
    }
    for what, style in spoiled.items():
        tag = page.add_style_tag(content=style)
        page.wait_for_timeout(200)
        now = picture_of(page)
        assert max(apart(now, before), apart(before, now)) > MOST_FAR_APART, what
        tag.evaluate("tag => tag.remove()")
    page.wait_for_timeout(200)
    assert max(apart(picture_of(page), before), apart(before, picture_of(page))) < MOST_FAR_APART / 5
