"""The frame around every screen: top bar, filter rail, selection line, notices and the stores that hold the view."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html

from dash_app.components.help import help_button, help_panel, welcome
from dash_app.components.links import screen_link
from dash_app.components.selection_line import selection_line
from dash_app.page import Page
from dash_app.wiring import BUILT, CATALOGUE, NOTICE, POINT, SELECTION, TRACK
from data.selection import KEYS


def shell(pages: Sequence[Page], beside: Sequence[Page] = ()) -> html.Div:
    """Return the layout that all screens share; those beside the menu have help, too."""
    return html.Div(
        [
            dcc.Location(id="address", refresh="callback-nav"),
            *_stores(),
            html.A("Skip to content", href="#page", className="skip-link"),
            _top_bar(pages),
            html.Div(id="shade"),
            html.Div(
                [
                    html.Aside(
                        [html.H2("Filters", className="visually-hidden"), html.Div(id="rail", className="rail-body")],
                        className="rail",
                        **{"aria-label": "Filters"},
                    ),
                    html.Main(
                        [selection_line(), welcome(), html.Div(id="page", className="page", tabIndex=-1)],
                        className="main",
                    ),
                ],
                className="frame",
            ),
            help_panel([*pages, *beside]),
            html.Div(id=NOTICE, className="notice", role="alert"),
            html.Div(id="hover-card", className="hover-card"),
        ],
        id="songscape",
    )


def _stores() -> list[dcc.Store]:
    return [
        dcc.Store(id=CATALOGUE),
        dcc.Store(id=SELECTION, data={}),
        dcc.Store(id=TRACK),
        dcc.Store(id=POINT, data={}),
        dcc.Store(id=BUILT),
        dcc.Store(id="selection-keys", data=list(KEYS)),
        *(
            dcc.Store(id=f"done-{name}")
            for name in (
                "address",
                "screen",
                "rail",
                "cards",
                "theme",
                "undo",
                "mark",
                "point",
                "track",
                "click",
                "bench",
                "pick",
            )
        ),
    ]


def _top_bar(pages: Sequence[Page]) -> html.Header:
    return html.Header(
        [
            screen_link(
                [html.Span(className="mark"), html.Span("Songscape", className="name")], "/", class_name="brand"
            ),
            html.Nav(
                [screen_link(page.title, page.path, class_name="screen-tab") for page in pages],
                className="tabs",
                **{"aria-label": "Screens"},
            ),
            _search(),
            html.Div(
                [
                    html.Label("Catalogue", htmlFor="catalogue", className="visually-hidden"),
                    dbc.Select(id="catalogue", className="choice", size="sm"),
                ],
                className="choice-frame catalogue-choice",
                title="Catalogue",
            ),
            screen_link(
                [
                    html.Span("+", **{"aria-hidden": "true"}),
                    html.Span("Catalogues", className="visually-hidden"),
                ],
                "/catalogues",
                class_name="quiet icon catalogues-link",
                title="Catalogues: build, compare, delete",
            ),
            html.Button(
                "Filters",
                id="rail-toggle",
                className="quiet rail-toggle",
                **{"aria-controls": "rail", "aria-expanded": "false"},
            ),
            html.Button(
                html.Span(className="theme-icon"),
                id="theme",
                className="quiet icon",
                title="Switch between light and dark",
                **{"aria-label": "Switch between light and dark"},
            ),
            help_button(),
            html.A("API", href="/api/docs", className="quiet api-link", title="The same answers for programs"),
        ],
        className="top-bar",
    )


def _search() -> html.Div:
    return html.Div(
        [
            html.Label("Find a track by title or artist", htmlFor="search", className="visually-hidden"),
            dcc.Input(id="search", type="search", placeholder="Find a track ( / )", autoComplete="off"),
            html.Ul(id="search-results", role="listbox", **{"aria-label": "Tracks found"}),
        ],
        className="search",
    )
