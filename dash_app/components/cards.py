"""Cards: the frame around a chart, a table or a number, with its title, its sentence and how it was computed."""

from __future__ import annotations

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dash_app.components.links import screen_link
from dash_app.figures import theme

_BLANK = {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def chart_card(
    card: str,
    title: str,
    *,
    how: str,
    controls: Sequence[Component] = (),
    size: str = "half",
    height: int = 320,
    by_view: bool = False,
) -> html.Section:
    """Return a card whose chart, sentence and state `Wiring.chart` fills, or the browser by itself.

    Parameters
    ----------
    card
        Id; the parts are ``{card}-card``, ``{card}-graph`` and ``{card}-sentence``.
    title
        The question it answers.
    how
        How it was computed and how to read it.
    controls
        What the reader can choose, beside the title.
    size
        Width in the grid: ``third``, ``half``, ``most`` or ``full``.
    height
        Pixels reserved for the chart.
    by_view
        Whether it hangs on the view alone: `assets/view-cards.js` asks for all such cards of a screen at once, by what
        `Wiring.offer` knows of them.
    """
    graph = dcc.Graph(id=f"{card}-graph", figure=_BLANK, config=theme.CONFIG, responsive=True, style={"height": "100%"})
    return html.Section(
        [
            card_header(card, title, how=how, controls=controls, menu=card_menu(title)),
            html.Div(
                graph,
                className="chart-body",
                tabIndex=0,  # a chart of many rows scrolls: by keyboard too
                style={"height": f"{height}px"},
                role="figure",
                **{"aria-labelledby": f"{card}-sentence"},
            ),
            html.P(id=f"{card}-sentence", className="sentence is-waiting", role="status"),
            html.Div(className="chart-table"),
        ],
        id=f"{card}-card",
        className="chart-card",
        **{"data-size": size, "data-chart": card} | ({"data-by": "view"} if by_view else {}),
    )


def panel(
    identity: str,
    title: str,
    *,
    how: str,
    size: str = "half",
    controls: Sequence[Component] = (),
    offered: bool = False,
) -> html.Section:
    """Return a card whose body, with id ``identity``, a callback fills with tables or text.

    Parameters
    ----------
    identity
        Id of the body.
    title, how, size, controls
        As of `chart_card`.
    offered
        Whether `Wiring.offer` knows its table: it can then be saved and opened alone, as a chart can.
    """
    named = {"id": f"{identity}-card"} if offered else {}
    menu = card_menu(title, only="table") if offered else None
    return html.Section(
        [
            card_header(identity, title, how=how, controls=controls, menu=menu),
            html.Div(id=identity, className="panel-body", role="status"),
        ],
        className="chart-card panel-card",
        **named,
        **{"data-size": size, **({"data-chart": identity} if offered else {})},
    )


def card_header(
    identity: str, title: str, *, how: str, controls: Sequence[Component] = (), menu: Component | None = None
) -> html.Header:
    """Return a card's title with its controls and, on demand, how it was computed and what can be done with it."""
    button = html.Button("?", id=f"{identity}-how", className="how", **{"aria-label": f"How computed: {title}"})
    explained = dbc.Popover(
        dbc.PopoverBody(how), target=f"{identity}-how", trigger="legacy", placement="bottom-end", className="explained"
    )
    return html.Header(
        [html.H2(title), html.Div([*controls, button, explained, menu], className="controls")], className="card-header"
    )


def card_menu(title: str, *, only: str = "") -> html.Details:
    """Return what can be done with a chart, or ``only`` with a ``table``; `assets/cards.js` fills it when opened."""
    summary = html.Summary("⋯", className="how", **{"aria-label": f"More: {title}"})
    return html.Details([summary, html.Div(className="menu")], className="card-menu", **{"data-menu": only})


def page_title(question: str, lead: str, identity: str | None = None) -> html.Div:
    """Return a screen's question with a sentence under it; with an id, a callback can rewrite the sentence."""
    sentence = html.P(lead, className="lead") if identity is None else html.P(lead, className="lead", id=identity)
    return html.Div([html.H1(question), sentence], className="page-title")


def choice(identity: str, label: str, options: Sequence[dict], value: object) -> html.Div:
    """Return a labelled drop-down."""
    return html.Div(
        [
            html.Label(label, htmlFor=identity, className="visually-hidden"),
            dbc.Select(id=identity, options=list(options), value=value, className="choice", size="sm"),
        ],
        className="choice-frame",
        title=label,
    )


def cards_link() -> html.A:
    """Return the way to the model cards."""
    return screen_link("Model cards", "/models")


def tile(value: str, label: str) -> html.Div:
    """Return a number with what it counts."""
    return html.Div([html.Strong(value), html.Span(label)], className="tile")
