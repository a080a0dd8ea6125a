"""A real browser, watched: whatever it complains of, or asks another host for, fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

ARGUMENTS = (
    *("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
    # WebGL without a graphics card: the map is drawn by software.
    *("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
)
VIEWPORT = {"width": 1440, "height": 900}

# What Chromium itself says, whatever the page does.
HARMLESS = (
    # Software WebGL measures itself: reading pixels back, which picking a point needs, is slow.
    re.compile(r"GL Driver Message \(OpenGL, Performance, .*GPU stall due to ReadPixels"),
)


@dataclass
class Watch:
    """What a test's pages complained of, and what they asked other hosts for."""

    complaints: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=list)

    def expect(self, pattern: str) -> None:
        """Let complaints that contain a pattern pass: ``watch.expect("status of 404")``."""
        self.expected.append(re.compile(pattern))

    def follow(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("crash", lambda _: self.complaints.append("the page crashed"))
        page.on("request", self._on_request)
        page.on("websocket", lambda socket: self._on_address(socket.url))

    def unexpected(self) -> list[str]:
        """Complaints that nothing excuses."""
        excuses = (*HARMLESS, *self.expected)
        return [each for each in self.complaints if not any(e.search(each) for e in excuses)]

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            place = message.location.get("url", "")
            self.complaints.append(f"console {message.type}: {message.text} ({place})")

    def _on_request(self, request: Request) -> None:
        self._on_address(request.url)

    def _on_address(self, url: str) -> None:
        address = urlsplit(url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname != "127.0.0.1":
            self.complaints.append(f"request to another host: {url}")


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    """One headless Chromium for the session."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=list(ARGUMENTS), headless=True)
        yield chromium
        chromium.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The watch over every page of a test; asserts at its end that there was nothing to say."""
    watch = Watch()
    yield watch
    complaints = watch.unexpected()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def open_page(browser: Browser, watch: Watch) -> Iterator[Callable[..., Page]]:
    """Open a page in a browser profile of its own, watched.

    Options are those of playwright's ``new_context``, for example
    ``open_page(viewport={"width": 390, "height": 844}, color_scheme="dark")``. With ``first_visit=True`` it was never
    here before, and is told so.
    """
    contexts = []

    def open_one(*, first_visit: bool = False, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": VIEWPORT, **options})
        if not first_visit:
            context.add_init_script("localStorage.setItem('songscape-welcomed', '1')")
        contexts.append(context)
        page = context.new_page()
        watch.follow(page)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    """A page at 1440 x 900; a second visitor is another ``open_page()``."""
    return open_page()
