"""The screen for addresses that are none."""

from __future__ import annotations

from dash import dcc, html

from dash_app.page import Page
from dash_app.wiring import Wiring


def layout() -> html.Div:
    """Say that there is nothing here, and where to go."""
    return html.Div(
        [
            html.H1("There is no screen at this address"),
            html.P(
                [
                    "It may have been mistyped. ",
                    dcc.Link("Go to the overview", href="/", id={"type": "keep", "path": "/", "at": "404"}),
                    ".",
                ],
                className="lead",
            ),
        ],
        className="page-title not-found",
    )


def wire(wiring: Wiring) -> None:
    """Register nothing: the screen does not change."""


PAGE = Page("/404", "Not found", "Where am I?", layout, wire)
