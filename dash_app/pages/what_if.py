"""What-if: what if this track were different?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import ALL, ClientsideFunction, Input, Output, State, dcc, html

from dash_app.answers import whatif as ask
from dash_app.components.cards import chart_card, choice, page_title
from dash_app.components.rail import TOOLTIPS
from dash_app.figures import popularity, whatif
from dash_app.figures.theme import genre_colours
from dash_app.page import Page
from dash_app.wiring import POINT, TRACK, Drawn, Wiring, card_outputs, track_rows
from data.fields import Field
from models.bundle import Bundle

QUESTION = "What if this track were different?"
_LIKELY = "most probable"
_START = {"type": "start", "at": "what-if"}
"""Where the point started; its id is a pattern, as the browser may look for it after the screen was left."""

_CARDS = ("whatif-genres", "whatif-popularity", "whatif-why-genre", "whatif-why-popularity")


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            page_title(QUESTION, "", "whatif-lead"),
            html.Div(
                [
                    html.Section(
                        [
                            html.Header(
                                [
                                    html.H2("Its features"),
                                    html.Button("Reset", id="whatif-reset", className="quiet"),
                                ],
                                className="card-header",
                            ),
                            html.Div(id="whatif-sliders", className="sliders"),
                        ],
                        className="chart-card sliders-card",
                        **{"data-size": "third"},
                    ),
                    html.Div(
                        [
                            chart_card(
                                "whatif-genres",
                                "Which genre would it be?",
                                how="Calibrated probabilities of the genre model, from audio features alone. The thin"
                                " mark is where the track started.",
                                height=260,
                            ),
                            chart_card(
                                "whatif-popularity",
                                "How popular would it be?",
                                how="Prediction from audio features alone with its 90 % conformal interval, measured "
                                "on unseen artists.",
                                height=260,
                            ),
                            chart_card(
                                "whatif-why-genre",
                                "Why that genre?",
                                how="What each feature adds to the genre's score against the average track (exact "
                                "Shapley values of the model, Lundberg et al. 2020); together they make the "
                                "score.",
                                controls=[choice("whatif-explain", "Explain", [], None)],
                                height=340,
                            ),
                            chart_card(
                                "whatif-why-popularity",
                                "Why that popularity?",
                                how="Points of popularity that each feature adds to the average prediction (exact "
                                "Shapley values of the model).",
                                height=340,
                            ),
                        ],
                        className="grid inner",
                        **{"data-size": "most"},
                    ),
                ],
                className="grid",
            ),
            dcc.Store(id=_START),
        ]
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    sliders = {"type": "whatif", "field": ALL}
    wiring.app.clientside_callback(
        ClientsideFunction("songscape", "gatherPoint"),
        Output("done-point", "data"),
        Input(sliders, "value"),
        State(sliders, "id"),
        State({"type": "start", "at": ALL}, "data"),
        State(POINT, "data"),
        prevent_initial_call=True,
    )
    wiring.app.clientside_callback(
        ClientsideFunction("songscape", "resetPoint"),
        Output(sliders, "value"),
        Input("whatif-reset", "n_clicks"),
        State({"type": "start", "at": ALL}, "data"),
        State(sliders, "id"),
        State(sliders, "value"),
        prevent_initial_call=True,
    )

    @wiring.asked(
        Output("whatif-lead", "children"),
        Output("whatif-sliders", "children"),
        Output(_START, "data"),
        Output("whatif-explain", "options"),
        Output("whatif-explain", "value"),
        Input(TRACK, "data"),
        State(POINT, "data"),
    )
    def started(bundle: Bundle, track: str | None, point: Mapping[str, float] | None) -> tuple:
        rows = track_rows(bundle, track)
        start = ask.start_point(bundle, rows[0] if rows else None)
        shown = _moved(bundle, start, point)
        genres = [_LIKELY, *ask.predicted_genres(bundle)]
        return ask.lead(bundle, rows), _sliders(bundle, shown), start, genres, _LIKELY

    @wiring.asked(
        *(output for card in _CARDS for output in card_outputs(card)),
        Input(POINT, "data"),
        Input(_START, "data"),
        Input("whatif-explain", "value"),
    )
    def answered(bundle: Bundle, point: Mapping[str, float] | None, start: dict | None, explained: str | None) -> tuple:
        start = start or ask.start_point(bundle, None)
        said = ask.what_if(bundle, _moved(bundle, start, point), start=start)
        return _drawn(bundle, said, None if explained == _LIKELY else explained)


def _moved(bundle: Bundle, start: Mapping[str, float], point: Mapping[str, float] | None) -> dict[str, float]:
    """Return the start with the changed features put in; an address may name features that this catalogue lacks."""
    known = bundle.dictionary
    changed = {name: value for name, value in (point or {}).items() if name in start and known[name].allows(value)}
    return {**start, **changed}


def _drawn(bundle: Bundle, said: ask.WhatIf, explained: str | None) -> tuple:
    drawn = (
        _genres(bundle, said),
        _popularity(bundle, said),
        _why_genre(bundle, said, explained or said.genre),
        _why_popularity(bundle, said),
    )
    return tuple(part for card in drawn for part in card.outputs)


def _genres(bundle: Bundle, said: ask.WhatIf) -> Drawn:
    if said.genre is None:
        return Drawn(None, bundle.skipped("genre"))
    figure = whatif.probabilities(said.probability_table(), colours=genre_colours(bundle.genre_names))
    return Drawn(figure, said.headline)


def _popularity(bundle: Bundle, said: ask.WhatIf) -> Drawn:
    interval = said.popularity
    if interval is None:
        return Drawn(None, bundle.skipped("popularity"))
    figure = popularity.interval(interval.low, interval.predicted, interval.high, start=said.start_popularity)
    return Drawn(figure, said.popularity_sentence)


def _why_genre(bundle: Bundle, said: ask.WhatIf, genre: str | None) -> Drawn:
    if genre is None or genre not in said.probabilities:
        return Drawn(None, bundle.skipped("genre"))
    table = said.contribution_table(said.contributions_to(genre))
    return Drawn(whatif.contributions(table, towards=genre, limit=_limit(table)), said.why(genre))


def _why_popularity(bundle: Bundle, said: ask.WhatIf) -> Drawn:
    if said.popularity is None:
        return Drawn(None, bundle.skipped("popularity"))
    table = said.contribution_table(said.popularity_contributions)
    figure = whatif.contributions(table, towards="popularity", unit="points", limit=_limit(table))
    return Drawn(figure, said.why_popularity)


def _limit(table: pd.DataFrame) -> float:
    """Return a rounded end of the axis, so that it seldom moves while a slider is dragged."""
    largest = float(table["contribution"].abs().max())
    return next(end for end in (0.5, 1, 2, 4, 8, 16, 32, 64, 128) if end >= largest or end == 128)


def _sliders(bundle: Bundle, values: Mapping[str, float]) -> list[html.Div]:
    return [_slider(bundle.dictionary[spread.field], spread, values[spread.field]) for spread in ask.spreads(bundle)]


def _slider(field: Field, spread: ask.Spread, value: float) -> html.Div:
    identity = {"type": "whatif", "field": field.name}
    if field.is_categorical:
        options = [{"label": field.choices[code - int(field.low)], "value": str(code)} for code in spread.codes]
        control: Any = dbc.Select(id=identity, options=options, value=str(round(value)), className="choice", size="sm")
    else:
        tooltip = {"placement": "bottom", "always_visible": False}
        if field.name in TOOLTIPS:
            tooltip["transform"] = TOOLTIPS[field.name]
        control = dcc.Slider(
            id=identity,
            min=min(spread.low, value),
            max=max(spread.high, value),
            step=field.step,
            value=value,
            marks=None,
            updatemode="drag",
            allow_direct_input=False,
            tooltip=tooltip,
        )
    bars = [html.I(style={"height": f"{height:.0%}"}) for height in spread.heights]
    return html.Div(
        [
            html.Div(
                [html.Label(field.label, htmlFor=_dom_id(identity)), html.Span(spread.words, className="count")],
                className="range-title",
            ),
            html.Div(bars, className="spread", **{"aria-hidden": "true"}) if bars else None,
            control,
        ],
        className="whatif-slider",
        role="group",
        title=field.meaning,
        **{"aria-label": field.title},
    )


def _dom_id(identity: Mapping[str, str]) -> str:
    """Return the id that Dash writes into the page for a pattern-matching one."""
    return json.dumps(identity, sort_keys=True, separators=(",", ":"))


PAGE = Page("/what-if", "What-if", QUESTION, layout, wire)
