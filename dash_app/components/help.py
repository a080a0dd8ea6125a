"""The help panel, and what a first visit is told."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html

from dash_app.page import Help, Page

EXAMPLE = "/map?cluster=0"
"""Where the guided example leads: what is energetic, but dark."""

_GENERAL = (
    "Everything here is about one catalogue of tracks. What you select on one screen stays selected on all of them, is "
    "said in the line at the top, and stands in the address: a copied address is the same view for somebody else."
)


def help_panel(pages: Sequence[Page]) -> html.Aside:
    """Return the texts of all screens; `assets/help.js` shows that of the screen one is on."""
    close = html.Button("×", id="help-close", className="quiet icon", **{"aria-label": "Close help"})
    return html.Aside(
        [html.Div(close, className="help-close"), *(_part(page, page.help) for page in pages if page.help), _other()],
        id="help",
        className="help-panel",
        hidden=True,
        **{"aria-label": "Help"},
    )


def help_button() -> html.Button:
    """Return what opens the panel."""
    return html.Button(
        "?",
        id="help-open",
        className="quiet icon",
        title="What is shown here, how it was computed, how to read it",
        **{"aria-label": "Help for this screen", "aria-controls": "help", "aria-expanded": "false"},
    )


def welcome() -> html.Section:
    """Return what a first visit is told; `assets/help.js` shows it once."""
    text = (
        "Songscape shows a catalogue of tracks by how they sound. Select with a lasso on the map, a click on a bar or "
        "a drag across a histogram, and every screen follows. Each number says how sure it is, and ? says how it was "
        "computed."
    )
    example = dcc.Link("Show me its largest group", href=EXAMPLE, className="quiet lead-on")
    done = html.Button("Look around myself", className="quiet")
    return html.Section(
        [
            html.H2("Welcome"),
            html.P(text),
            html.Div(
                [html.Span(done, **{"data-done": ""}), html.Span(example, **{"data-done": ""})], className="actions"
            ),
        ],
        id="welcome",
        className="welcome",
        hidden=True,
        **{"aria-label": "Welcome"},
    )


def _part(page: Page, known: Help) -> html.Div:
    texts = {"What is shown": known.shown, "How it was computed": known.computed, "How to read it": known.read}
    return html.Div(
        [
            html.H2(page.question),
            *(part for title, text in texts.items() for part in (html.H3(title), html.P(text))),
            html.H3("Sources"),
            html.Ul([html.Li(source) for source in known.sources], className="sources"),
        ],
        hidden=True,
        **{"data-help": page.path},
    )


def _other() -> html.Div:
    return html.Div([html.H2("Songscape"), html.P(_GENERAL)], hidden=True, **{"data-help": ""})
