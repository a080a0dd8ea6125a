"""The screen for addresses that are none."""

from __future__ import annotations

from dash import html

from dash_app.components.links import screen_link
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
                    screen_link("Go to the overview", "/", class_name=""),
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
