"""How callbacks reach answers: off the event loop, with the bundle and the Selection parsed, refusals as notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import Dash, Input, Output, no_update, set_props
from dash.exceptions import PreventUpdate
from starlette.concurrency import run_in_threadpool

from dash_app.answers.answer import Answer
from dash_app.faults import sentence_of
from dash_app.settings import Settings
from data.errors import BundleMissing, MissingField
from data.selection import Selection
from models.bundle import Bundle, Library

CATALOGUE, SELECTION, TRACK, POINT = "view-catalogue", "view-selection", "view-track", "view-point"
"""Ids of the stores that hold the view; `assets/linked.js` keeps them equal to the address."""

BUILT = "built"
"""Id of the store that changes whenever a catalogue was built or removed."""

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
    table
        The numbers that it draws.
    """

    figure: go.Figure | None
    sentence: str
    table: pd.DataFrame | None = None

    @classmethod
    def of(cls, answer: Answer, draw: Callable[..., go.Figure], **options: Any) -> Drawn:
        """Draw an answer's table, or nothing where it is empty; caveats follow the headline."""
        sentence = " ".join([answer.headline, *answer.caveats])
        return cls(None if answer.is_empty else draw(answer.table, **options), sentence, answer.table)

    @property
    def outputs(self) -> tuple[Any, str, str, Any]:
        """Values for `card_outputs`; an empty card keeps its old chart, hidden, and shows the sentence.

        A chart of many rows says its own height, and its card scrolls.
        """
        if self.figure is None:
            return no_update, self.sentence, "sentence is-empty", no_update
        tall = self.figure.layout.height
        return self.figure, self.sentence, "sentence", {"height": f"{tall}px" if tall else "100%"}

    def as_dict(self) -> dict[str, Any]:
        """Return what `assets/view-cards.js` shows, in JSON form."""
        if self.figure is None:
            return {"sentence": self.sentence, "figure": None, "height": None}
        return {"sentence": self.sentence, "figure": self.figure.to_dict(), "height": self.figure.layout.height}


@dataclass(frozen=True, slots=True)
class Chart:
    """How a chart is drawn outside of its screen.

    Parameters
    ----------
    inputs
        Ids of the stores and controls whose values it takes after the bundle and the Selection.
    draw
        ``draw(bundle, selection, *values)``.
    """

    inputs: tuple[str, ...]
    draw: Callable[..., Drawn]


@dataclass(frozen=True, slots=True)
class Filler:
    """The callback that fills a control.

    Parameters
    ----------
    function
        ``function(bundle, *inputs)``, as it was given to `Wiring.asked`.
    place
        Where the control's value stands in what it returns; None where that is all.
    n_inputs
        How many inputs it takes after the bundle.
    """

    function: Callable[..., Any]
    place: int | None
    n_inputs: int

    def first_value(self, bundle: Bundle) -> Any:
        """Return what the control starts with where nothing was chosen yet; None where there is nothing to choose."""
        try:
            found = self.function(bundle, *[None] * self.n_inputs)
        except PreventUpdate:
            return None
        return found if self.place is None else found[self.place]


class Wiring:
    """Registers callbacks that ask answers.

    Parameters
    ----------
    app
        The Dash application.
    library
        Where bundles are opened.
    settings
        What the server was started with.
    """

    def __init__(self, app: Dash, library: Library, settings: Settings) -> None:
        self.app = app
        self.library = library
        self.charts: dict[str, Chart] = {}
        self.fillers: dict[str, Filler] = {}
        self.settings = settings

    def told(self, *arguments: Any, **options: Any) -> Callable[[Callable], Callable]:
        """Register ``function(*inputs)``, which needs no catalogue: it answers where nothing is built, too."""
        outputs, inputs = _sorted(arguments)

        def decorate(function: Callable) -> Callable:
            self.app.callback(_as_one(outputs), *inputs, **options)(_in_a_thread(function, _unchanged(outputs)))
            return function

        return decorate

    def linked(self, *arguments: Any, **options: Any) -> Callable[[Callable], Callable]:
        """Register ``function(bundle, selection, *inputs)``, asked again whenever the Selection changes."""
        return self._registered(arguments, options, linked=True)

    def asked(self, *arguments: Any, **options: Any) -> Callable[[Callable], Callable]:
        """Register ``function(bundle, *inputs)``, which does not depend on the Selection.

        The controls whose values it fills start with them in charts outside of their screens, too.
        """
        register = self._registered(arguments, options, linked=False)

        def decorate(function: Callable) -> Callable:
            self.fillers |= _fillers(function, *_sorted(arguments))
            return register(function)

        return decorate

    def chart(self, card: str, *inputs: Any) -> Callable[[Callable[..., Drawn]], Callable]:
        """Register what fills a chart card: ``function(bundle, selection, *inputs) -> Drawn``."""

        def decorate(function: Callable[..., Drawn]) -> Callable:
            self.offer(card, *(one.component_id for one in inputs), draw=function)

            def filled(*question: Any) -> tuple[Any, str, str, Any]:
                return _drawn_or_missing(function, *question).outputs

            register = self._registered((*card_outputs(card), *inputs), {}, linked=True, refused=_failed_card)
            register(filled)
            return function

        return decorate

    def offer(self, card: str, *inputs: str, draw: Callable[..., Drawn]) -> None:
        """Let a chart be asked for by an address: ``draw(bundle, selection, *values of inputs)``.

        A card that is laid out with ``by_view`` is filled from there; where nobody lays one out, it stands alone.
        """
        self.charts[card] = Chart(inputs, draw)

    def _registered(
        self,
        arguments: Sequence[Any],
        options: Mapping[str, Any],
        *,
        linked: bool,
        refused: Callable[[str], Any] | None = None,
    ) -> Callable[[Callable], Callable]:
        outputs, inputs = _sorted(arguments)
        view = [Input(CATALOGUE, "data"), Input(SELECTION, "data")][: 2 if linked else 1]

        def decorate(function: Callable) -> Callable:
            def ask(catalogue: str | None, *values: Any) -> Any:
                bundle = self.library.open(catalogue)
                if linked:
                    values = (Selection.from_query(values[0] or {}), *values[1:])
                return function(bundle, *values)

            call = _in_a_thread(ask, _unchanged(outputs), refused=refused)
            self.app.callback(_as_one(outputs), *view, *inputs, **options)(call)
            return function

        return decorate


def _in_a_thread(ask: Callable, unchanged: Any, *, refused: Callable[[str], Any] | None = None) -> Callable:
    """Return a coroutine that asks in a thread; what is refused, and faults, are said in a notice."""

    def answered(*values: Any) -> Any:
        try:
            return ask(*values)
        except PreventUpdate:
            raise
        except Exception as error:
            sentence = sentence_of(error)
            kind = " is-unbuilt" if isinstance(error, BundleMissing) else ""
            set_props(NOTICE, {"children": sentence, "className": f"notice is-shown{kind}"})
            return refused(sentence) if refused else unchanged

    async def call(*values: Any) -> Any:
        return await run_in_threadpool(answered, *values)

    return call


def _sorted(arguments: Sequence[Any]) -> tuple[list[Output], list[Any]]:
    """Return outputs, and inputs with states."""
    return [a for a in arguments if isinstance(a, Output)], [a for a in arguments if not isinstance(a, Output)]


def _fillers(function: Callable, outputs: Sequence[Output], inputs: Sequence[Any]) -> dict[str, Filler]:
    """Return the controls that a callback fills, by their ids."""
    values = [
        (one.component_id, place)
        for place, one in enumerate(outputs)
        if one.component_property == "value" and isinstance(one.component_id, str)
    ]
    return {name: Filler(function, place if len(outputs) > 1 else None, len(inputs)) for name, place in values}


def _as_one(outputs: list[Output]) -> Output | list[Output]:
    return outputs[0] if len(outputs) == 1 else outputs


def _unchanged(outputs: list[Output]) -> Any:
    return no_update if len(outputs) == 1 else tuple(no_update for _ in outputs)


def _drawn_or_missing(draw: Callable[..., Drawn], *question: Any) -> Drawn:
    try:
        return draw(*question)
    except MissingField as missing:
        return Drawn(None, str(missing))


def _failed_card(sentence: str) -> tuple[Any, str, str, Any]:
    return no_update, sentence, "sentence is-empty is-failed", no_update


def card_outputs(card: str) -> tuple[Output, Output, Output, Output]:
    """Return the outputs of a chart card: figure, sentence, state, size of the chart.

    The state stands at the sentence, not at the card: the renderer pays for each component that an answer changes.
    """
    return (
        Output(f"{card}-graph", "figure"),
        Output(f"{card}-sentence", "children"),
        Output(f"{card}-sentence", "className"),
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
