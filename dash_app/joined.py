"""Scripts and styles in three files instead of twenty: Dash's own, which seldom change, ours, and the style sheet.

A first load is waited for request by request; each of the three is named by its contents and kept by the browser.
"""

from __future__ import annotations

import hashlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from dash import Dash
from dash.fingerprint import check_fingerprint
from fastapi import FastAPI
from fastapi.responses import Response

SUITES, ASSETS = "/_dash-component-suites/", "/assets/"
ALWAYS = ("dash/dcc/async-graph.js", "dash/dcc/async-slider.js")
"""Parts that Dash would ask for one by one once a screen shows a chart and the rail a slider."""

_PLOTLY_FILE = Path(__file__).parent.parent / "assets" / "vendor" / "plotly" / "plotly.min.js"
PLOTLY_JS = f"{SUITES}plotly/package_data/plotly.v{hashlib.sha256(_PLOTLY_FILE.read_bytes()).hexdigest()[:12]}.min.js"
"""Our own build of plotly.js, under an address that names its contents."""

NEVER = ("/dash_table/",)
"""Component suites that no screen uses."""

_SOURCE = re.compile(r'(?:src|href)="([^"]+)"')
_MAP = re.compile(r"//[#@] sourceMappingURL=\S+\s*$")


class JoinedDash(Dash):
    """A Dash application whose pages load joined files.

    Beside its dcc scripts, from where Dash's loader asks for further parts.
    """

    def join(self) -> Mapping[str, tuple[str, bytes]]:
        """Return media type and contents of the joined files by their path, and let pages load them."""
        scripts = [one for one in _sources(super()._generate_scripts_html()) if not any(n in one for n in NEVER)]
        suites = [one for one in scripts if one.startswith(SUITES)]
        dashes = self._joined([*suites, *(f"{SUITES}{part}" for part in ALWAYS)], ";\n")
        ours = self._joined([one for one in scripts if one not in suites], ";\n")
        styles = self._joined(list(_sources(super()._generate_css_dist_html())), "\n")
        named = f"{SUITES}dash/dcc/dash_renderer-and-parts.v{_digest(dashes)}.js"
        self._scripts = "".join(
            f'<script src="{src}"></script>' for src in (named, f"{ASSETS}songscape.js?m={_digest(ours)}")
        )
        self._styles = f'<link rel="stylesheet" href="{ASSETS}songscape.css?m={_digest(styles)}">'
        return {
            named: ("text/javascript", dashes),
            f"{ASSETS}songscape.js": ("text/javascript", ours),
            f"{ASSETS}songscape.css": ("text/css", styles),
        }

    def _joined(self, addresses: list[str], between: str) -> bytes:
        texts = [_MAP.sub("", _contents(self, address)) for address in addresses]
        return between.join(texts).encode()

    def _generate_scripts_html(self) -> str:
        return getattr(self, "_scripts", "") or super()._generate_scripts_html()

    def _generate_css_dist_html(self) -> str:
        return getattr(self, "_styles", "") or super()._generate_css_dist_html()

    def _config(self) -> dict:
        """Return what the page is told: where plotly.js is, and nothing of the socket that no callback uses.

        Else its worker would be fetched.
        """
        told = {name: value for name, value in super()._config().items() if name != "websocket"}
        return {**told, "serve_locally": False, "plotlyjs_url": PLOTLY_JS}


def mount_joined(server: FastAPI, files: Mapping[str, tuple[str, bytes]]) -> None:
    """Serve the joined files, before the routes of Dash, which know only the parts."""

    def route(path: str, media_type: str, body: bytes) -> None:
        async def answer() -> Response:
            return Response(body, media_type=media_type)

        server.add_api_route(path, answer, methods=["GET"], include_in_schema=False)
        server.router.routes.insert(0, server.router.routes.pop())

    for path, (media_type, body) in files.items():
        route(path, media_type, body)


def _sources(tags: str) -> Iterator[str]:
    yield from _SOURCE.findall(tags)


def _contents(app: Dash, address: str) -> str:
    path = address.partition("?")[0]
    if path.startswith(ASSETS):
        return (Path(app.config.assets_folder) / path.removeprefix(ASSETS)).read_text(encoding="utf-8")
    package, _, inner = path.removeprefix(SUITES).partition("/")
    found = pkgutil.get_data(package, check_fingerprint(inner)[0])
    if found is None:
        raise FileNotFoundError(address)
    return found.decode("utf-8")


def _digest(contents: bytes) -> str:
    return hashlib.sha256(contents).hexdigest()[:12]
