"""Numbers as a real table: with a heading for every column and row, and a caption."""

from __future__ import annotations

from collections.abc import Sequence

from dash import html
from dash.development.base_component import Component

Cell = str | Component


def data_table(
    head: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    caption: str,
    words: Sequence[str] = (),
    marked: Sequence[bool] = (),
) -> html.Div:
    """Return a table whose first column names the rows.

    Parameters
    ----------
    head
        Titles of the columns.
    rows
        Cells, each row in the order of ``head``.
    caption
        What the table holds, for those who hear the page.
    words
        Titles of the columns that hold sentences; all others hold numbers.
    marked
        Which rows stand out, one per row; none by default.
    """
    shown = [*marked, *[False] * (len(rows) - len(marked))]
    return html.Div(
        html.Table(
            [
                html.Caption(caption, className="visually-hidden"),
                html.Thead(html.Tr([html.Th(title, scope="col") for title in head])),
                html.Tbody([_row(head, row, words, is_marked) for row, is_marked in zip(rows, shown, strict=True)]),
            ]
        ),
        className="scores",
        tabIndex=0,
        role="region",
        **{"aria-label": caption},
    )


def with_small(text: str, beneath: str) -> html.Span:
    """Return a text, such as a number, over a smaller one, such as its interval."""
    return html.Span([text, html.Span(beneath, className="count")])


def number(value: float, spec: str, *, sign: str = "", unit: str = "") -> str:
    """Return a number as a format says, without a minus zero, and a dash where it is not known.

    >>> number(-0.0004, ".1%"), number(1234.56, ",.1f"), number(float("nan"), ".1f"), number(0.02, ".1%", sign="+")
    ('0.0%', '1,234.6', '–', '+2.0%')
    >>> number(2.04, ".1f", unit=" MB"), number(float("nan"), ".1f", unit=" MB")
    ('2.0 MB', '–')
    """
    return f"{value:{sign}z{spec}}{unit}" if value == value else "–"


def _row(head: Sequence[str], row: Sequence[Cell], words: Sequence[str], marked: bool) -> html.Tr:
    first, *rest = row
    cells = [
        html.Td(cell, className="words" if title in words else "number")
        for title, cell in zip(head[1:], rest, strict=True)
    ]
    return html.Tr([html.Th(first, scope="row"), *cells], className="is-served" if marked else "")
