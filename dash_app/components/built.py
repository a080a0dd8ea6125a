"""Catalogues as cards, and tables of what was read."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from dash import dcc, html

from dash_app.answers.answer import Answer
from dash_app.answers.catalogues import BuiltCatalogue
from dash_app.components.spread import drawn_spread

_SIDES = dict.fromkeys(("How many", "Missing", "Row", "Tags"), "number")
"""Titles over columns of numbers."""


def catalogue_card(one: BuiltCatalogue, *, current: bool, removable: bool) -> html.Article:
    """Return a catalogue with what it holds, how well it can be learned from, and what can be done with it.

    Parameters
    ----------
    one
        The catalogue.
    current
        Whether it is the one that is looked at.
    removable
        Whether it can be deleted from the page.
    """
    body = [html.P(one.refused, className="failure")] if one.refused else _facts(one)
    title = html.H2([one.name, html.Span("shown now", className="badge-now") if current else None])
    links = [] if one.refused else [_link(one, "/", "Open"), _link(one, "/quality", "Quality")]
    return html.Article(
        [title, *body, html.Div([*links, _remove(one) if removable else None], className="card-actions")],
        className=f"built-card{' is-current' if current else ''}",
    )


def row_table(answer: Answer) -> html.Table:
    """Return rows kept, merged and rejected by reason, with a bar each."""
    whole = max(int(answer.table["n"].sum()), 1)
    rows = [
        html.Tr([html.Td(row.group, className="group"), html.Td(row.why), _number(f"{row.n:,}"), _bar(row.n / whole)])
        for row in answer.table.itertuples()
    ]
    return _table(["Rows", "Why", "How many", "Share"], rows, "What became of the rows")


def column_table(answer: Answer) -> html.Div:
    """Return the columns that were read: type, unit, missing, range, spread, what is odd."""
    rows = [
        html.Tr(
            [
                html.Th(row.label, scope="row"),
                html.Td(row.column, className="group", dir="auto"),
                html.Td(f"{row.type}, {row.unit}" if row.unit else row.type),
                _number(_share(row.missing)),
                html.Td(row.span),
                html.Td(sparkline(row.histogram)),
                html.Td(row.oddities, className="oddities"),
            ]
        )
        for row in answer.table.itertuples()
    ]
    titles = ["Field", "Read from", "Type", "Missing", "Values", "Spread", "Odd"]
    table = _table(titles, rows, "Columns that were read")
    return html.Div(table, className="scrolls wide", tabIndex=0, role="region", **{"aria-label": "Columns"})


def family_table(answer: Answer) -> html.Table:
    """Return which tags became which genre."""
    rows = [
        html.Tr([html.Th(row.family, scope="row"), _number(f"{row.n:,}"), html.Td(row.tags, className="group")])
        for row in answer.table.itertuples()
    ]
    return _table(["Genre", "Tags", "With their tracks"], rows, "Tags by genre")


def example_table(answer: Answer) -> html.Table:
    """Return the first rejected rows."""
    rows = [
        html.Tr([_number(f"{row.row:,}"), html.Td(row.reason), html.Td(row.record, className="record", dir="auto")])
        for row in answer.table.itertuples()
    ]
    return _table(["Row", "Why", "What stood there"], rows, "Rejected rows")


def sparkline(counts: Sequence[int] | None) -> html.Div | None:
    """Return bars as high as the counts; None where there are none."""
    if not counts:
        return None
    most = max(*counts, 1)
    return drawn_spread([n / most for n in counts])


def _facts(one: BuiltCatalogue) -> list[html.P | html.Dl]:
    facts = " · ".join(filter(None, [one.tracks, one.dates or "no dates", one.size]))
    lacks = html.Span(f"no {', no '.join(one.lacks)}", className="lacks") if one.lacks else None
    scores = [html.Div([html.Dt(title), html.Dd(text)]) for title, text in one.scores]
    return [
        html.P(facts, className="facts"),
        html.P([", ".join(one.holds), "; " if lacks else None, lacks], className="holds"),
        html.Dl(scores, className="features scores"),
        html.P(["from ", html.Span(one.source, dir="auto")], className="source"),
    ]


def _link(one: BuiltCatalogue, path: str, text: str) -> dcc.Link:
    name = html.Span(f" {one.name}", className="visually-hidden")
    return dcc.Link([text, name], href=f"{path}?catalogue={quote(one.name)}", className="quiet")


def _remove(one: BuiltCatalogue) -> html.Button:
    name = html.Span(f" {one.name}", className="visually-hidden")
    return html.Button(["Delete", name], className="quiet remove", **{"data-remove": one.name})


def _table(titles: Sequence[str], rows: Sequence[html.Tr], caption: str) -> html.Table:
    head = html.Thead(html.Tr([html.Th(title, scope="col", className=_SIDES.get(title)) for title in titles]))
    named = html.Caption(caption, className="visually-hidden")
    return html.Table([named, head, html.Tbody(list(rows))], className="plain-table")


def _number(text: str) -> html.Td:
    return html.Td(text, className="number")


def _share(share: float) -> str:
    if not share:
        return "none"
    return f"{share:.1%}" if share >= 0.001 else "under 0.1%"


def _bar(share: float) -> html.Td:
    filled = html.Span(style={"width": f"{max(100 * share, 0.5):.1f}%"})
    return html.Td(html.Div(filled, className="bar", **{"aria-hidden": "true"}), className="bar-cell")
