"""How callbacks reach answers: off the event loop, with the bundle and the Selection parsed, refusals as notices."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import Dash, Input, Output, no_update, set_props
from dash.exceptions import PreventUpdate
from starlette.concurrency import run_in_threadpool

from dash_app.answers.answer import Answer
from data.errors import MissingField, SongscapeError
from data.selection import Selection
from models.bundle import Bundle, Library

CATALOGUE, SELECTION, TRACK, POINT = "view-catalogue", "view-selection", "view-track", "view-point"
"""Ids of the stores that hold the view; `assets/linked.js` keeps them equal to the address."""

NOTICE = "notice"
_log = logging.getLogger("songscape")


@dataclass(frozen=True, eq=False, slots=True)
class Drawn:
    """What a chart card shows.

    Parameters
    ----------
    figure
        The chart; None where there is nothing to draw.
    sentence
        What the chart shows, or why there is none.
    """

    figure: go.Figure | None
    sentence: str

    @classmethod
    def of(cls, answer: Answer, draw: Callable[..., go.Figure], **options: Any) -> Drawn:
        """Draw an answer's table, or nothing where it is empty; caveats follow the headline."""
        sentence = " ".join([answer.headline, *answer.caveats])
        return cls(None if answer.is_empty else draw(answer.table, **options), sentence)

    @property
    def outputs(self) -> tuple[Any, str, str]:
        """Values for `card_outputs`; an empty card keeps its old chart, hidden, and shows the sentence."""
        if self.figure is None:
            return no_update, self.sentence, "chart-card is-empty"
        return self.figure, self.sentence, "chart-card"


class Wiring:
    """Registers callbacks that ask answers.

    Parameters
    ----------
    app
        The Dash application.
    library
        Where bundles are opened.
    """

    def __init__(self, app: Dash, library: Library) -> None:
        self.app = app
        self.library = library

    def linked(self, *arguments: Any, **options: Any) -> Callable[[Callable], Callable]:
        """Register ``function(bundle, selection, *inputs)``, asked again whenever the Selection changes."""
        return self._registered(
            self._ask_linked, Input(CATALOGUE, "data"), Input(SELECTION, "data"), arguments, options
        )

    def asked(self, *arguments: Any, **options: Any) -> Callable[[Callable], Callable]:
        """Register ``function(bundle, *inputs)``, which does not depend on the Selection."""
        return self._registered(self._ask, Input(CATALOGUE, "data"), None, arguments, options)

    def chart(self, card: str, *inputs: Any) -> Callable[[Callable[..., Drawn]], Callable]:
        """Register what fills a chart card: ``function(bundle, selection, *inputs) -> Drawn``."""

        def decorate(function: Callable[..., Drawn]) -> Callable:
            def filled(*question: Any) -> tuple[Any, str, str]:
                try:
                    drawn = function(*question)
                except MissingField as missing:
                    drawn = Drawn(None, str(missing))
                return drawn.outputs

            return self.linked(*card_outputs(card), *inputs)(filled)

        return decorate

    def _registered(
        self, ask: Callable, catalogue: Input, selection: Input | None, arguments: tuple, options: Mapping
    ) -> Callable[[Callable], Callable]:
        outputs = [a for a in arguments if isinstance(a, Output)]
        inputs = [a for a in arguments if not isinstance(a, Output)]
        view = [catalogue] if selection is None else [catalogue, selection]

        def decorate(function: Callable) -> Callable:
            async def call(*values: Any) -> Any:
                return await run_in_threadpool(ask, function, *values)

            only_output = outputs[0] if len(outputs) == 1 else outputs
            self.app.callback(only_output, *view, *inputs, **options)(call)
            return function

        return decorate

    def _ask_linked(self, function: Callable, catalogue: str, query: Mapping[str, str] | None, *rest: Any) -> Any:
        return self._answered(lambda: function(self.library.open(catalogue), Selection.from_query(query or {}), *rest))

    def _ask(self, function: Callable, catalogue: str, *rest: Any) -> Any:
        return self._answered(lambda: function(self.library.open(catalogue), *rest))

    @staticmethod
    def _answered(question: Callable[[], Any]) -> Any:
        try:
            return question()
        except PreventUpdate:
            raise
        except SongscapeError as refusal:
            set_props(NOTICE, {"children": str(refusal), "className": "notice is-shown"})
        except Exception:
            reference = secrets.token_hex(4)
            _log.exception("a question failed, reference %s", reference)
            sentence = f"This could not be answered because of a fault on our side (reference {reference})."
            set_props(NOTICE, {"children": sentence, "className": "notice is-shown"})
        raise PreventUpdate


def card_outputs(card: str) -> tuple[Output, Output, Output]:
    """Return the outputs of a chart card: figure, sentence, state."""
    return (
        Output(f"{card}-graph", "figure"),
        Output(f"{card}-sentence", "children"),
        Output(f"{card}-card", "className"),
    )


def track_rows(bundle: Bundle, track_id: str | None) -> list[int]:
    """Return the row of the focused track as a list of one, empty where none is in this catalogue."""
    row = bundle.row_of.get(track_id or "")
    return [] if row is None else [row]
