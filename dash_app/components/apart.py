"""What sets two selections apart, as a table."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from dash import html

from dash_app.answers.answer import signed
from data.fields import Field

MOST_ROWS = 15
_WIDEST = 2.0
"""Standard deviations that fill the bar."""


def apart_table(
    table: pd.DataFrame, fields: Mapping[str, Field], *, sides: tuple[str, str] = ("Selected", "Compared")
) -> html.Div:
    """Return the largest differences: both means, the effect with its interval and a bar.

    Parameters
    ----------
    table
        One row per field, largest difference first: ``field``, ``label``, ``mine``, ``theirs``, ``effect``, ``low``,
        ``high``, ``significant``.
    fields
        The fields by name.
    sides
        What the two sides are called.
    """
    titles = ("Feature", *sides, "Difference (sd)", "95% interval")
    head = html.Thead(html.Tr([html.Th(title, scope="col") for title in titles]))
    body = html.Tbody([_row(row, fields[row.field]) for row in table.head(MOST_ROWS).itertuples()])
    caption = html.Caption("Means of both sides, and by how far they differ", className="visually-hidden")
    left = len(table) - MOST_ROWS
    more = html.P(f"{left} more differ less.", className="count") if left > 0 else None
    return html.Div([html.Table([caption, head, body], className="plain-table apart-table"), more])


def _row(row: tuple, field: Field) -> html.Tr:
    if pd.isna(row.effect):
        return html.Tr([html.Th(row.label, scope="row"), *[html.Td("not known", className="number")] * 4])
    share = min(abs(row.effect) / _WIDEST, 1)
    bar = html.Span(className="apart-bar", style={"width": f"{50 * share:.1f}%"}, **{"aria-hidden": "true"})
    side = "is-more" if row.effect > 0 else "is-less"
    return html.Tr(
        [
            html.Th(row.label, scope="row"),
            html.Td(field.text(row.mine), className="number"),
            html.Td(field.text(row.theirs), className="number"),
            html.Td([html.Span(signed(row.effect, 2)), bar], className=f"number apart-cell {side}"),
            html.Td(f"{signed(row.low, 2)} to {signed(row.high, 2)}", className="number"),
        ],
        className="" if row.significant else "is-unsure",
    )
