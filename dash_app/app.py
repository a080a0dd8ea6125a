"""`create_server`: one FastAPI server with the API, the health checks and the Dash application on it."""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from functools import cache
from pathlib import Path

import anyio.to_thread
from dash import Dash
from dash.backends._fastapi import reset_current_request, set_current_request
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from dash_app.alone import titles
from dash_app.api import mount_api
from dash_app.chart_data import mount_chart_data
from dash_app.charts import mount_charts
from dash_app.components.shell import shell
from dash_app.delivery import Compress, Headed, csp_hash
from dash_app.frame import wire_frame
from dash_app.jobs import Jobs
from dash_app.jobs.inspecting import Inspections
from dash_app.jobs.tending import tended
from dash_app.joined import PLOTLY_JS, JoinedDash, mount_joined
from dash_app.map_data import mount_map_data
from dash_app.memory import keep_small
from dash_app.pages import BESIDE, EVERY_PAGE, PAGES
from dash_app.settings import Settings
from dash_app.wiring import Wiring
from data.errors import SongscapeError
from models.bundle import Library

ROOT = Path(__file__).parent.parent
_INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="FAVICON">
    <script>EARLY_THEME</script>
    {%css%}
    PRELOADED
    <link rel="preload" as="font" type="font/woff2" crossorigin href="/assets/vendor/inter-latin-wght-normal.woff2">
  </head>
  <body>
    {%app_entry%}
    <noscript>Songscape draws its charts in the browser and needs JavaScript.</noscript>
    <footer>{%config%}{%scripts%}{%renderer%}</footer>
  </body>
</html>"""
# In the page itself: browsers ask for it anew with every change of the address.
_FAVICON = f"data:image/svg+xml;base64,{base64.b64encode((ROOT / 'assets' / 'favicon.svg').read_bytes()).decode()}"
_EARLY_THEME = (ROOT / "assets" / "early-theme.js").read_text(encoding="utf-8")
_PRELOADED = f'<link rel="preload" as="script" href="{PLOTLY_JS}">'


def create_server(settings: Settings) -> FastAPI:
    """Return the server.

    Parameters
    ----------
    settings
        Where bundles lie and how many questions are answered at once.
    """
    keep_small()
    library, jobs, inspections = Library(settings.home), Jobs(settings), Inspections(settings)
    server = FastAPI(
        title="Songscape",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_lifespan(library, jobs, inspections),
    )
    _mount_health(server, library)
    mount_api(server, library, jobs, inspections)
    page = _page_answer(library)
    for screen in EVERY_PAGE:
        server.add_api_route(screen.path, page, methods=["GET"], include_in_schema=False)
    _mount_plotly(server)
    mount_map_data(server, library)
    app = server.state.dash = _dash(server)
    wiring = Wiring(app, library, settings)
    wire(wiring)
    mount_charts(server, wiring, EVERY_PAGE)
    mount_chart_data(server, wiring)
    app._setup_server()  # else Dash lists assets and callbacks only once "/" was asked for
    mount_joined(server, app.join())
    server.add_api_route("/{path:path}", page, methods=["GET"], include_in_schema=False)
    server.add_middleware(Headed, script_hashes=[*app.csp_hashes(), csp_hash(_EARLY_THEME)])
    server.add_middleware(Compress)
    return server


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the frame and of every screen."""
    wire_frame(wiring)
    for page in EVERY_PAGE:
        page.wire(wiring)


def _dash(server: FastAPI) -> JoinedDash:
    app = JoinedDash(
        "songscape",
        server=server,
        assets_folder=str(ROOT / "assets"),
        assets_ignore=r"(early-theme|alone)\.js",
        assets_path_ignore=["vendor"],
        suppress_callback_exceptions=True,
        update_title=None,
        title="Songscape",
        index_string=_INDEX.replace("EARLY_THEME", _EARLY_THEME)
        .replace("PRELOADED", _PRELOADED)
        .replace("FAVICON", _FAVICON),
        meta_tags=[
            {"name": "viewport", "content": "width=device-width, initial-scale=1"},
            {"name": "color-scheme", "content": "light dark"},
            {"name": "description", "content": "Explore a catalogue of music: map, genres, popularity, trends."},
        ],
    )
    app.layout = shell(PAGES, BESIDE)
    return app


def _lifespan(library: Library, jobs: Jobs, inspections: Inspections):  # noqa: ANN202 - FastAPI's own protocol
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        anyio.to_thread.current_default_thread_limiter().total_tokens = jobs.settings.threads
        threading.Thread(target=_preload, args=[library], name="preload", daemon=True).start()
        with tended(jobs), closing(inspections):
            yield

    return lifespan


def _preload(library: Library) -> None:
    """Load the default catalogue's estimators while the first page is on its way."""
    try:
        library.open().preload()
    except SongscapeError as refusal:
        logging.getLogger("songscape").warning("%s", refusal)


def _mount_health(server: FastAPI, library: Library) -> None:
    @server.api_route("/healthz", methods=["GET"], include_in_schema=False)
    async def alive() -> dict[str, str]:  # on the event loop: it answers while every thread is at work
        return {"status": "alive"}

    @server.api_route("/readyz", methods=["GET"], include_in_schema=False)
    def ready() -> Response:
        try:
            bundle = library.open()
        except SongscapeError as refusal:
            return JSONResponse({"status": "not ready", "why": str(refusal)}, status_code=503)
        return JSONResponse({"status": "ready", "catalogue": bundle.name, "bundle": bundle.id})


def _mount_plotly(server: FastAPI) -> None:
    """Answer Dash's request for plotly.js with our own build: the chart types used here, without code from text."""
    vendored = StaticFiles(directory=ROOT / "assets" / "vendor" / "plotly")

    @server.api_route(PLOTLY_JS, methods=["GET"], include_in_schema=False)
    @server.api_route(
        "/_dash-component-suites/plotly/package_data/plotly.min.js", methods=["GET"], include_in_schema=False
    )
    async def plotly_js(request: Request) -> Response:
        return await vendored.get_response("plotly.min.js", request.scope)  # 304 where the browser has it


def _page_answer(library: Library) -> Callable[[Request], HTMLResponse]:
    """Return the route of every page: the same HTML, with status 404 where there is no screen.

    Where no chart will be drawn, the browser is not told to load what draws them.
    """
    without_charts = {page.path for page in EVERY_PAGE if not titles([page])}
    known = {page.path for page in EVERY_PAGE}

    @cache
    def index(app: Dash) -> str:
        return app.index()

    def page(request: Request) -> HTMLResponse:
        status = 200 if request.url.path in known else 404
        token = set_current_request(request)  # Dash does so itself, on the paths that it knows
        try:
            body = index(request.app.state.dash)
        finally:
            reset_current_request(token)
        if request.url.path in without_charts or not library.names:
            body = body.replace(_PRELOADED, "")
        return HTMLResponse(body, status_code=status, headers={"Cache-Control": "no-cache"})

    return page
