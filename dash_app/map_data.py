"""Addresses from which `assets/map.js` gets the map as arrays, so that only what changes is sent.

``/data/map/NAME/BUNDLE/positions``, ``colours``, ``years``, ``mask``, ``other`` and ``view``. The bundle stands in the
address: an answer never changes, and the browser keeps it.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response

from dash_app.answers import map_view
from dash_app.answers.map_colours import colourings
from dash_app.answers.map_layouts import UMAP, UMAP_3D
from dash_app.faults import sentence_of
from dash_app.map_look import map_look
from data.errors import MissingField, QueryError, SongscapeError
from data.selection import Selection
from models.bundle import Bundle, Library

_HEADERS = {"Content-Encoding": "gzip", "Cache-Control": "private, max-age=86400, immutable"}


def mount_map_data(server: FastAPI, library: Library) -> None:
    """Serve the map's arrays."""
    router = APIRouter(prefix="/data/map/{name}/{bundle}", include_in_schema=False)

    def route(part: str, packed: Callable[[Bundle, Request], bytes]) -> None:
        def answer(name: str, bundle: str, request: Request) -> Response:
            try:
                return Response(packed(_opened(library, name, bundle), request), headers=_HEADERS)
            except Exception as fault:
                status = int(fault.status) if isinstance(fault, SongscapeError) else 500
                return JSONResponse({"error": {"sentence": sentence_of(fault)}}, status_code=status)

        router.add_api_route(part, answer, methods=["GET"])

    @router.get("/start")
    def start(name: str, bundle: str, request: Request) -> Response:
        """Say how the map is to be painted: asked while the page's own scripts are still at work."""
        try:
            found = library.open(None if name == "default" else name)
            known = colourings(found)
            colour = request.query_params.get("colour", "")
            return JSONResponse(map_look(found, colour if colour in known else next(iter(known))))
        except SongscapeError as refusal:
            return JSONResponse({"error": {"sentence": str(refusal)}}, status_code=int(refusal.status))

    route("/positions", lambda bundle, request: map_view.positions(bundle, _layout(request)))
    route("/colours", lambda bundle, request: map_view.colours(bundle, _colour(bundle, request)))
    route("/years", lambda bundle, _: map_view.years(_dated(bundle)))
    route("/mask", lambda bundle, request: map_view.mask(bundle, _selection(request).alone))
    route("/other", lambda bundle, request: map_view.other_mask(bundle, _selection(request)))
    route("/view", _viewed)
    server.include_router(router)


def _viewed(bundle: Bundle, request: Request) -> bytes:
    asked = _box(request), _colour(bundle, request), _selection(request), _flat(request)
    return map_view.view(bundle, *asked)


def _opened(library: Library, name: str, bundle_id: str) -> Bundle:
    bundle = library.open(name)
    if "map_x" not in bundle.columns:
        raise MissingField(bundle.skipped("map") or "This catalogue has no map")
    if bundle.id != bundle_id:
        raise QueryError("This catalogue was built anew", remedy="Reload the page")
    return bundle


def _colour(bundle: Bundle, request: Request) -> str:
    colour = request.query_params.get("colour", "")
    if colour not in colourings(bundle):
        raise QueryError(f"The map has no colouring {colour!r}", remedy="Take one from the list on the screen")
    return colour


def _dated(bundle: Bundle) -> Bundle:
    if "release_year" not in bundle.columns:
        raise MissingField("This catalogue has no release dates")
    return bundle


def _selection(request: Request) -> Selection:
    return Selection.from_query(request.query_params)


def _layout(request: Request) -> str:
    return request.query_params.get("layout", UMAP)


def _flat(request: Request) -> str:
    layout = _layout(request)
    if layout == UMAP_3D:
        raise QueryError("Three dimensions have no part in view", remedy="Ask for positions?layout=umap3")
    return layout


def _box(request: Request) -> map_view.Box:
    try:
        box = map_view.Box(*(int(number) for number in request.query_params.get("box", "").split(",")))
    except (TypeError, ValueError):
        box = map_view.Box(0, 0, 0, 0, 0, 0)
    if not box.is_sound:
        raise QueryError("This view cannot be read", remedy="Write it as box=x0,x1,y0,y1,width,height")
    return box
