"""What-if: what if this track were different?"""

from __future__ import annotations

from functools import partial
from typing import Any

from dash import ClientsideFunction, Input, Output, State, ctx, dcc, html
from dash.exceptions import PreventUpdate

from dash_app.answers import whatif as ask
from dash_app.answers import whatif_changes as ask_changes
from dash_app.answers import whatif_sliders as starts
from dash_app.answers.whatif_models import AUDIO, CONTEXT, context_names, kinds
from dash_app.components.cards import chart_card, choice, page_title, panel
from dash_app.components.changes import change
from dash_app.components.sliders import slider_data
from dash_app.components.tracks import nothing
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.pages.what_if_cards import CARDS, LIKELY, alone, moved
from dash_app.wiring import POINT, SELECTION, TRACK, Wiring, track_rows, wait_for
from data.fields import in_a_sentence
from models.bundle import Bundle

QUESTION = "What if this track were different?"
_FEATURES = "whatif-features"
"""What the sliders are drawn from: `assets/whatif.js` draws them, and asks `whatif_data` when one is moved."""

_CHOOSE = "Choose what it should become."


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            page_title(QUESTION, "", "whatif-lead"),
            html.Div(
                [_slider_card(), html.Div(_cards(), className="grid inner", **{"data-size": "most"})], className="grid"
            ),
            dcc.Store(id=_FEATURES),
        ]
    )


def _slider_card() -> html.Section:
    reset = html.Button("Reset", id="whatif-reset", className="quiet")
    controls = html.Div([choice("whatif-model", "Models", [], None), reset], className="controls")
    return html.Section(
        [
            html.Header([html.H2("Its features"), controls], className="card-header"),
            html.Div(id="whatif-sliders", className="sliders"),
        ],
        className="chart-card sliders-card",
        **{"data-size": "third"},
    )


def _cards() -> list[Any]:
    return [
        html.P(id="whatif-usual", className="usual", role="status"),
        chart_card(
            "whatif-genres",
            "Which genre would it be?",
            how="Calibrated probabilities of the genre model; the thin mark is where the track started. The set is "
            "made of the genres over a threshold that held the right one of nine in ten tracks that the model had not "
            "seen, by other artists where they are known (split conformal prediction). A click on a bar selects the "
            "genre's tracks.",
            height=260,
        ),
        chart_card(
            "whatif-popularity",
            "How popular would it be?",
            how="Prediction with its 90% conformal interval, measured on tracks that the model had not "
            "seen, by other artists where they are known.",
            height=260,
        ),
        chart_card(
            "whatif-why-genre",
            "Why that genre?",
            how="What each feature adds to the genre's score against the average; together they make the score. Of a "
            "regression these are its terms, of boosted trees exact TreeSHAP values (Lundberg et al. 2020), of neural "
            "networks integrated gradients from the average track (Sundararajan et al. 2017). The sentence says which "
            "answer here.",
            controls=[choice("whatif-explain", "Explain", [], None)],
            height=340,
        ),
        chart_card(
            "whatif-why-popularity",
            "Why that popularity?",
            how="Points of popularity that each feature adds to the average prediction; together they make the "
            "prediction, before it is kept between 0 and 100. The sentence says what they are for the model that "
            "answers here.",
            height=340,
        ),
        panel(
            "whatif-change",
            "What is the smallest change that makes this …?",
            how="Starts from real tracks that are what is wanted, walks back towards this one feature by feature, and "
            "stops before it stops being so (after Poyiadzi et al., FACE, 2020). Points further from known tracks "
            "than 99% of the catalogue's own are left out. Size: changes in standard deviations, and half of one for "
            "each feature that changes.",
            size="full",
            controls=[
                choice("whatif-target", "It should become", [], None),
                html.Button("Find it", id="whatif-find", className="quiet"),
            ],
        ),
    ]


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_browser(wiring)
    _wire_start(wiring)
    _wire_change(wiring)
    for place, card in enumerate(CARDS):
        wiring.offer(card, TRACK, POINT, "whatif-explain", "whatif-model", draw=partial(alone, place))


def _wire_browser(wiring: Wiring) -> None:
    wiring.app.clientside_callback(
        ClientsideFunction("songscape", "askWhatIf"),
        Output("done-point", "data"),
        Input(_FEATURES, "data"),
        Input("whatif-explain", "value"),
        prevent_initial_call=True,
    )
    wiring.app.clientside_callback(
        ClientsideFunction("songscape", "pickGenre"),
        Output(SELECTION, "data", allow_duplicate=True),
        Input("whatif-genres-graph", "clickData"),
        prevent_initial_call=True,
    )


def _wire_start(wiring: Wiring) -> None:
    @wiring.asked(
        Output("whatif-lead", "children"),
        Output("whatif-model", "options"),
        Output("whatif-model", "value"),
        Output("whatif-explain", "options"),
        Output("whatif-explain", "value"),
        Output(_FEATURES, "data"),
        Input(TRACK, "data"),
        Input("whatif-model", "value"),
    )
    def started(bundle: Bundle, track: str | None, chosen: str | None) -> tuple:
        known, rows = kinds(bundle), track_rows(bundle, track)
        kind = chosen if chosen in known else AUDIO
        features = {"track": track, "kind": kind, "sliders": _drawn_from(bundle, rows, kind)}
        models = [{"label": _kind_label(bundle, one), "value": one} for one in known]
        return starts.lead(bundle, rows, kind), models, kind, [LIKELY, *ask.predicted_genres(bundle)], LIKELY, features


def _drawn_from(bundle: Bundle, rows: list[int], kind: str) -> list[dict[str, Any]]:
    return slider_data(
        starts.spreads(bundle, kind),
        starts.start_point(bundle, rows[0] if rows else None, kind),
        dictionary=bundle.dictionary,
        folded=[name for name in bundle.feature_names if name not in starts.first_features(bundle)],
    )


def _kind_label(bundle: Bundle, kind: str) -> str:
    if kind == AUDIO:
        return "Audio only"
    beside = [in_a_sentence(bundle.dictionary[name].label) for name in context_names(bundle, CONTEXT)]
    return " + ".join(["Audio", *(beside or ["genre"])])


def _wire_change(wiring: Wiring) -> None:
    @wiring.asked(
        Output("whatif-target", "options"),
        Output("whatif-target", "value"),
        Output("whatif-change", "children"),
        Input(TRACK, "data"),
        State("whatif-target", "value"),
    )
    def wanted(bundle: Bundle, _: str | None, chosen: str | None) -> tuple:
        known = ask_changes.targets(bundle)
        options = [{"label": label, "value": value} for value, label in known.items()]
        said = _CHOOSE if known else "Neither genres nor popularity are predicted in this catalogue."
        return options, chosen if chosen in known else next(iter(known), None), nothing(said)

    @wiring.asked(
        Output("whatif-change", "children", allow_duplicate=True),
        Input("whatif-find", "n_clicks"),
        State("whatif-target", "value"),
        State("whatif-model", "value"),
        State(TRACK, "data"),
        State(POINT, "data"),
        prevent_initial_call=True,
        running=[(Output("whatif-find", "disabled"), True, False)],
    )
    def found(bundle: Bundle, clicks: int | None, target: str, kind: str, track: str, point: dict | None) -> Any:
        wait_for(clicks, target)
        if ctx.triggered_id != "whatif-find":
            raise PreventUpdate  # another catalogue: what was found is for the one before
        rows, kind = track_rows(bundle, track), kind or AUDIO
        start = starts.start_point(bundle, rows[0] if rows else None, kind)
        genres = starts.genres_of(bundle, rows[0] if rows else None)
        here = moved(bundle, start, point)
        return change(ask_changes.smallest(bundle, here, target, kind=kind, genres=genres))


PAGE = Page("/what-if", "What-if", QUESTION, layout, wire, helps.WHAT_IF)
