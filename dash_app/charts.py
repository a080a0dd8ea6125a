"""Addresses of single charts and of whole views: ``/charts/NAME``, ``.csv``, ``.json``, and ``/export/SCREEN.html``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from dash_app.alone import Shown, file_of, first_values, page_of, shown, titles
from dash_app.answers.selecting import in_words
from dash_app.answers.spreadsheets import as_csv
from dash_app.faults import sentence_of
from dash_app.page import Page
from dash_app.wiring import Wiring
from data.errors import SongscapeError, UnknownChart
from data.selection import Selection


def mount_charts(server: FastAPI, wiring: Wiring, pages: Sequence[Page]) -> None:
    """Serve every chart that the screens have offered to the wiring."""
    router = APIRouter(include_in_schema=False)
    named, laid = titles(pages), first_values(pages)
    in_order = sorted(wiring.charts, key=lambda card: list(named).index(card) if card in named else len(named))

    def asked(card: str, request: Request) -> Shown:
        return shown(wiring, card, named.get(card, card), request.query_params, laid=laid)

    @router.get("/charts/{card}.csv")
    def as_table(card: str, request: Request) -> Response:
        try:
            table = asked(card, request).table
        except Exception as fault:
            return _refused_json(fault)
        headers = {"Content-Disposition": f'attachment; filename="songscape-{card}.csv"'}
        return Response(as_csv(table), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/charts/{card}.json")
    def as_rows(card: str, request: Request) -> Response:
        try:
            return JSONResponse(asked(card, request).as_dict())
        except Exception as fault:
            return _refused_json(fault)

    @router.get("/charts/{card}")
    def as_page(card: str, request: Request) -> HTMLResponse:
        try:
            chart = asked(card, request)
        except Exception as fault:
            return _refused_page(fault)
        return HTMLResponse(page_of([chart], title=chart.title, tables=True))

    @router.get("/export/{screen}.html")
    def as_file(screen: str, request: Request) -> Response:
        try:
            page = _page_named(screen, pages)
            prefix = f"{screen.replace('-', '')}-"
            charts = [asked(card, request) for card in in_order if card.startswith(prefix)]
            said = _selection_in_words(wiring, request.query_params)
        except Exception as fault:
            return _refused_page(fault)
        headers = {"Content-Disposition": f'attachment; filename="songscape-{screen}.html"'}
        return HTMLResponse(file_of(charts, title=page.question, lead=said), headers=headers)

    server.include_router(router)


def _page_named(screen: str, pages: Sequence[Page]) -> Page:
    for page in pages:
        if page.title.lower() == screen:
            return page
    raise UnknownChart(f"There is no screen named {screen!r}", remedy="Take its name from the menu, in lower case")


def _selection_in_words(wiring: Wiring, query: Mapping[str, str]) -> str:
    bundle = wiring.library.open(query.get("catalogue"))
    return f"{bundle.name}: {in_words(bundle, Selection.from_query(query))}. Bundle {bundle.id}."


def _status(fault: Exception) -> int:
    return int(fault.status) if isinstance(fault, SongscapeError) else 500


def _refused_json(fault: Exception) -> Response:
    body = json.dumps({"error": {"sentence": sentence_of(fault)}}, ensure_ascii=False)
    return Response(body, status_code=_status(fault), media_type="application/json")


def _refused_page(fault: Exception) -> HTMLResponse:
    page = page_of([], title="Not shown").replace("<main>", f"<main><p role='alert'>{escape(sentence_of(fault))}</p>")
    return HTMLResponse(page, status_code=_status(fault))
