"""Addresses from which the browser gets answers by itself, where Dash's renderer would take longer than the answer.

``/data/view?cards=CARD,CARD`` says a view in words and fills the cards that hang on it alone (`assets/view-cards.js`),
``/data/what-if`` fills all cards of a What-if (`assets/whatif.js`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from plotly.io.json import to_json_plotly

from dash_app.alone import point_of, shown
from dash_app.answers.selecting import chips, in_words
from dash_app.answers.whatif_models import AUDIO
from dash_app.faults import sentence_of
from dash_app.pages.what_if_cards import CARDS, answer, cards
from dash_app.wiring import Wiring
from data.errors import BundleMissing, SongscapeError
from data.selection import Selection


def mount_chart_data(server: FastAPI, wiring: Wiring) -> None:
    """Serve what cards show, several in one answer."""
    router = APIRouter(prefix="/data", include_in_schema=False)

    @router.get("/view")
    def view(request: Request) -> Response:
        return _told(lambda: _view(wiring, request))

    @router.get("/what-if")
    def what_if(request: Request) -> Response:
        return _told(lambda: _what_if(wiring, request))

    server.include_router(router)


def _told(tell: Callable[[], dict[str, Any]]) -> Response:
    try:
        return Response(to_json_plotly(tell()), media_type="application/json")
    except Exception as fault:
        status = 200 if isinstance(fault, SongscapeError) else 500  # a browser reports what is refused as a fault
        error = {"sentence": sentence_of(fault), "is_unbuilt": isinstance(fault, BundleMissing)}
        return JSONResponse({"error": error}, status_code=status)


def _view(wiring: Wiring, request: Request) -> dict[str, Any]:
    asked = request.query_params
    bundle, selection = wiring.library.open(asked.get("catalogue")), Selection.from_query(asked)
    return {
        "words": in_words(bundle, selection),
        "chips": chips(bundle, selection),
        "cards": {
            card: shown(wiring, card, card, asked).drawn.as_dict() for card in asked.get("cards", "").split(",") if card
        },
    }


def _what_if(wiring: Wiring, request: Request) -> dict[str, Any]:
    asked = request.query_params
    bundle = wiring.library.open(asked.get("catalogue"))
    kind = asked.get("whatif-model", AUDIO)
    said = answer(bundle, asked.get("track"), point_of(asked.get("point", "")), kind)
    drawn = cards(bundle, said, asked.get("whatif-explain"))
    return {
        "usual": said.usual_sentence,
        "is_unusual": bool(said.warning),
        "cards": {card: one.as_dict() for card, one in zip(CARDS, drawn, strict=True)},
    }
