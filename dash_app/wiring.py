"""How callbacks reach answers: off the event loop, with the bundle and the Selection parsed, refusals as notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import Dash, Input, Output, no_update, set_props
from dash.exceptions import PreventUpdate
from starlette.concurrency import run_in_threadpool

from dash_app.answers.answer import Answer
from dash_app.faults import sentence_of
from data.errors import MissingField
from data.selection import Selection
from models.bundle import Bundle, Library

CATALOGUE, SELECTION, TRACK, POINT = "view-catalogue", "view-selection", "view-track", "view-point"
"""Ids of the stores that hold the view; `assets/linked.js` keeps them equal to the address."""

NOTICE = "notice"


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
    def outputs(self) -> tuple[Any, str, str, Any]:
        """Values for `card_outputs`; an empty card keeps its old chart, hidden, and shows the sentence.

        A chart of many rows says its own height, and its card scrolls.
        """
        if self.figure is None:
            return no_update, self.sentence, "chart-card is-empty", no_update
        tall = self.figure.layout.height
        return self.figure, self.sentence, "chart-card", {"height": f"{tall}px" if tall else "100%"}


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
        return self._registered(arguments, options, linked=True)

    def asked(self, *arguments: Any, **options: Any) -> Callable[[Callable], Callable]:
        """Register ``function(bundle, *inputs)``, which does not depend on the Selection."""
        return self._registered(arguments, options, linked=False)

    def chart(self, card: str, *inputs: Any) -> Callable[[Callable[..., Drawn]], Callable]:
        """Register what fills a chart card: ``function(bundle, selection, *inputs) -> Drawn``."""

        def decorate(function: Callable[..., Drawn]) -> Callable:
            def filled(*question: Any) -> tuple[Any, str, str, Any]:
                try:
                    return function(*question).outputs
                except MissingField as missing:
                    return Drawn(None, str(missing)).outputs

            register = self._registered((*card_outputs(card), *inputs), {}, linked=True, refused=_failed_card)
            register(filled)
            return function

        return decorate

    def _registered(
        self,
        arguments: Sequence[Any],
        options: Mapping[str, Any],
        *,
        linked: bool,
        refused: Callable[[str], Any] | None = None,
    ) -> Callable[[Callable], Callable]:
        outputs = [a for a in arguments if isinstance(a, Output)]
        inputs = [a for a in arguments if not isinstance(a, Output)]
        view = [Input(CATALOGUE, "data"), Input(SELECTION, "data")][: 2 if linked else 1]
        unchanged = no_update if len(outputs) == 1 else tuple(no_update for _ in outputs)

        def decorate(function: Callable) -> Callable:
            def ask(catalogue: str | None, *values: Any) -> Any:
                bundle = self.library.open(catalogue)
                if linked:
                    values = (Selection.from_query(values[0] or {}), *values[1:])
                return function(bundle, *values)

            def answered(*values: Any) -> Any:
                try:
                    return ask(*values)
                except PreventUpdate:
                    raise
                except Exception as error:
                    sentence = sentence_of(error)
                    set_props(NOTICE, {"children": sentence, "className": "notice is-shown"})
                    return refused(sentence) if refused else unchanged

            async def call(*values: Any) -> Any:
                return await run_in_threadpool(answered, *values)

            self.app.callback(outputs[0] if len(outputs) == 1 else outputs, *view, *inputs, **options)(call)
            return function

        return decorate


def _failed_card(sentence: str) -> tuple[Any, str, str, Any]:
    return no_update, sentence, "chart-card is-empty is-failed", no_update


def card_outputs(card: str) -> tuple[Output, Output, Output, Output]:
    """Return the outputs of a chart card: figure, sentence, state, size of the chart."""
    return (
        Output(f"{card}-graph", "figure"),
        Output(f"{card}-sentence", "children"),
        Output(f"{card}-card", "className"),
        Output(f"{card}-graph", "style"),
    )


def wait_for(*choices: str | None) -> None:
    """Draw nothing before the choices of a card are filled."""
    if None in choices:
        raise PreventUpdate


def track_rows(bundle: Bundle, track_id: str | None) -> list[int]:
    """Return the row of the focused track as a list of one, empty where none is in this catalogue."""
    row = bundle.row_of.get(track_id or "")
    return [] if row is None else [row]
