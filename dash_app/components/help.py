"""The help panel, and what a first visit is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from dash import dcc, html

from dash_app.page import Help, Page

EXAMPLE = "/map?cluster=0"
"""Where the guided example leads: what is energetic, but dark."""

_GENERAL = (
    "Everything here is about one catalogue of tracks. What you select on one screen stays selected on all of them, is "
    "said in the line at the top, and stands in the address: a copied address is the same view for somebody else."
)


def help_panel(pages: Sequence[Page]) -> html.Aside:
    """Return the texts of all screens as data; `assets/help.js` writes that of the screen one is on.

    As components they would be a quarter of the page, and the renderer asks each with every change of anything.
    """
    texts = {page.path: _text(page.question, page.help) for page in pages if page.help}
    return html.Aside(
        id="help",
        className="help-panel",
        hidden=True,
        **{"aria-label": "Help", "data-texts": json.dumps({**texts, "": _OTHER}, ensure_ascii=False)},
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
    """Return what a first visit is told, above the screen; `assets/early-theme.js` knows whether it is one."""
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
        **{"aria-label": "Welcome"},
    )


def _text(question: str, known: Help) -> dict[str, Any]:
    parts = {"What is shown": known.shown, "How it was computed": known.computed, "How to read it": known.read}
    return {"title": question, "parts": list(parts.items()), "sources": list(known.sources)}


_OTHER = {"title": "Songscape", "parts": [("", _GENERAL)], "sources": []}
