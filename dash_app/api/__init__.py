"""The REST API: one router per topic over the same answers as the pages."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from dash_app.api import catalogues, clusters, docs, jobs, predict, quality, tags, tracks
from dash_app.api.schemas import Refusal
from dash_app.faults import sentence_of
from dash_app.jobs import Jobs
from dash_app.jobs.inspecting import Inspections
from data.errors import SongscapeError
from models.bundle import Library

PREFIX = "/api/v1"
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def mount_api(server: FastAPI, library: Library, desk: Jobs, inspections: Inspections) -> None:
    """Put the API under `PREFIX`, with its documentation, JSON errors and its own 404."""
    api = FastAPI(
        title="Songscape",
        version="1",
        summary="Look up tracks, find similar ones, predict genre and popularity, build catalogues.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        responses={"default": {"model": Refusal, "description": "Why it is refused"}},
    )
    api.state.library, api.state.jobs, api.state.inspections = library, desk, inspections
    for module in (catalogues, quality, tracks, clusters, tags, predict, jobs):
        api.include_router(module.router)
    api.add_exception_handler(SongscapeError, _refused)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(Exception, _failed)
    api.add_exception_handler(404, _unknown)
    api.add_exception_handler(405, _wrong_method)
    server.mount(PREFIX, api)
    docs.mount_docs(server, openapi_url=f"{PREFIX}/openapi.json")

    async def unknown(request: Request) -> JSONResponse:
        return _unknown(request, LookupError())

    for path in ("/api", "/api/{path:path}"):
        server.add_api_route(path, unknown, methods=list(_METHODS), include_in_schema=False)


def _refused(_: Request, refusal: Exception) -> JSONResponse:
    assert isinstance(refusal, SongscapeError)  # noqa: S101 - registered for that class alone
    parts = {"what": refusal.what, "where": refusal.where, "remedy": refusal.remedy}
    return JSONResponse({"error": {"sentence": str(refusal), **parts}}, status_code=refusal.status)


def _failed(_: Request, fault: Exception) -> JSONResponse:
    what, remedy = sentence_of(fault).rstrip("."), "Ask again later, and tell us the reference"
    return _error(500, what, remedy)


def _invalid(_: Request, error: Exception) -> JSONResponse:
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    places = "; ".join(f"{'.'.join(map(str, p['loc'][1:]))}: {p['msg']}" for p in problems)
    return _error(422, f"The request is not of the form that this address takes: {places}", "/api/docs shows the form")


def _unknown(request: Request, _: Exception) -> JSONResponse:
    return _error(404, f"There is nothing at {request.url.path}", "/api/docs lists all addresses")


def _wrong_method(request: Request, error: Exception) -> JSONResponse:
    answer = _error(405, f"{request.url.path} does not answer {request.method}", "/api/docs lists what it answers")
    answer.headers.update(getattr(error, "headers", None) or {})
    return answer


def _error(status: int, what: str, remedy: str) -> JSONResponse:
    body = {"sentence": f"{what}. {remedy}.", "what": what, "where": "", "remedy": remedy}
    return JSONResponse({"error": body}, status_code=status)
