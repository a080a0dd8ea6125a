"""The line that says what is selected, with what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dash_app.components.links import screen_link

_MODES = (
    ("and", "And", "A pick is set beside the other filters; Shift adds to it"),
    ("replace", "Replace", "A pick replaces all filters"),
    ("remove", "Take out", "What is picked is taken out; so does Alt"),
)


def selection_line() -> html.Div:
    """Return undo, clear, how picks combine, compare, keep, export, and room for what is selected.

    `assets/view-cards.js` says it there in words and as chips.
    """
    return html.Div(
        [
            html.P(id="selection-words", className="selection-words", role="status"),
            html.Div(id="selection-chips", className="chips"),
            html.Button("Undo", id="undo", className="quiet", title="Back to the view before", disabled=True),
            html.Button("Clear filters", id="clear", className="quiet", disabled=True),
            _modes(),
            _menu("Compare", _comparing(), identity="compare-menu"),
            _apart("quiet apart-link"),
            _menu("Keep", _keeping(), identity="keep-menu"),
            html.Button(
                "Export",
                className="quiet",
                title="Save this view as one HTML file that works without a server",
                **{"data-do": "export"},
            ),
        ],
        className="selection-line",
    )


def _modes() -> html.Div:
    buttons = [
        html.Button(
            text,
            role="radio",
            title=title,
            tabIndex=0 if name == "and" else -1,  # one tab stop, which `assets/cards.js` moves; arrows go on from it
            **{"data-pick": name, "aria-checked": str(name == "and").lower()},
        )
        for name, text, title in _MODES
    ]
    return html.Div(
        buttons, className="pick-mode", role="radiogroup", **{"aria-label": "How a pick on a chart combines"}
    )


def _menu(name: str, parts: Sequence[Component], *, identity: str) -> html.Details:
    inside = html.Div(list(parts), className="menu")
    return html.Details([html.Summary(name), inside], id=identity, className="card-menu line-menu")


def _apart(class_name: str) -> html.A:
    """Return the way to the card that says what sets both sides apart; `assets/selecting.js` scrolls to it."""
    return screen_link("What sets them apart", "/", class_name=class_name, **{"data-card": "overview-apart"})


def _comparing() -> list[Component]:
    choices = {
        "rest": "with the rest",
        "all": "with all tracks",
        "aside": "set aside, and choose another",
        "": "with nothing",
    }
    buttons = [html.Button(text, className="quiet", **{"data-against": kind}) for kind, text in choices.items()]
    return [*buttons, html.Div(id="kept-to-compare"), _apart("quiet")]


def _keeping() -> list[Component]:
    name = [
        html.Label("Name for this selection", htmlFor="kept-name", className="visually-hidden"),
        dcc.Input(id="kept-name", name="kept-name", type="text", placeholder="Name for this selection", maxLength=60),
        html.Button("Keep", type="submit", className="quiet"),
    ]
    return [html.Form(name, id="keep-selection"), html.Ul(id="kept-list", **{"aria-label": "Kept selections"})]
