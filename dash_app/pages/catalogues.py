"""Catalogues: which are there, and how does another one come in?"""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, dcc, html

from dash_app.answers import catalogues as ask
from dash_app.components.built import catalogue_card
from dash_app.components.cards import page_title
from dash_app.components.tracks import nothing
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.wiring import BUILT, CATALOGUE, Wiring

QUESTION = "Which catalogues are there?"
_NONE = "No catalogue was built yet. Bring a table of your own, or get a public one."


def layout() -> html.Div:
    """Return the frame of the screen; `assets/catalogues.js` fills the bench."""
    return html.Div(
        [
            page_title(QUESTION, "", "catalogues-lead"),
            html.Div(id="catalogues-list", className="built-list"),
            html.Div(
                [
                    html.Section(
                        [
                            html.H2("Build one from your own table"),
                            html.P("", id="catalogues-bounds", className="nothing"),
                            html.Div(id="catalogues-drop", className="drop-zone"),
                            html.Div(id="catalogues-draft", className="draft"),
                        ],
                        className="chart-card bench",
                        id="catalogues-bench",
                    ),
                    html.Section(
                        [
                            html.H2("Get a public one"),
                            html.Div(id="catalogues-public", className="public-list"),
                        ],
                        className="chart-card",
                    ),
                ],
                className="bench-grid",
            ),
            html.Section(
                [html.H2("Builds"), html.Div(id="catalogues-jobs", className="jobs")],
                className="chart-card jobs-card",
                id="catalogues-builds",
                hidden=True,
            ),
            dcc.Store(id="catalogues-choices"),
        ],
        className="no-rail catalogues-page",
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    removable = wiring.settings.upload_mb > 0

    @wiring.told(
        Output("catalogues-lead", "children"),
        Output("catalogues-list", "children"),
        Input(BUILT, "data"),
        Input(CATALOGUE, "data"),
    )
    def listed(_: Any, catalogue: str | None) -> tuple[str, list[Any]]:
        built = ask.built_catalogues(wiring.library)
        shown = catalogue or (built[0].name if built else None)
        cards = [catalogue_card(one, current=one.name == shown, removable=removable) for one in built]
        return _counted(len(built)), cards or [nothing(_NONE)]

    @wiring.told(Output("catalogues-choices", "data"), Input("catalogues-bench", "id"))
    def choices(_: str) -> dict[str, Any]:
        return {**ask.correcting_choices(), "public": ask.public_tables(), "upload_mb": wiring.settings.upload_mb}

    wiring.app.clientside_callback(
        ClientsideFunction("songscape", "openBench"),
        Output("done-bench", "data"),
        Input("catalogues-choices", "data"),
        prevent_initial_call=True,
    )


def _counted(n: int) -> str:
    if not n:
        return ""
    return f"{n} {'catalogue is' if n == 1 else 'catalogues are'} built."


PAGE = Page("/catalogues", "Catalogues", QUESTION, layout, wire, helps.CATALOGUES)
