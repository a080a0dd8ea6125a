"""Models side by side: one score each, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import name_axis, note, row_height, rule, share_axis
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.theme import OTHER, SELECTED, layout
from dash_app.figures.words import hover, percent, plain

_ROWS_THAT_FIT, _ROWS_IN_TWO_LINES = 28, 20
"""Its card is taller than others: so many models stand in it without scrolling, and so many with names in two lines."""
_ROW, _ROOM = 30, 70
_LINE = 24
"""Letters of a name in one line."""


def compared(table: pd.DataFrame, *, value_title: str, baseline: float | None = None, named: str = "") -> go.Figure:
    """Draw each model's score with its interval, those that serve in the accent, in the table's order.

    Parameters
    ----------
    table
        One row per model: ``label``, ``knows`` (what it is told), ``more`` (whether that is more than the sound: a
        diamond, and a plus), ``value`` with ``low`` and ``high`` (shares), ``served``.
    value_title
        What the score is, with its unit.
    baseline
        Score of what knows nothing.
    named
        What that is.
    """
    names = [f"{'+ ' if row['more'] else ''}{row['label']}" for row in table.to_dict("records")]
    colours = [SELECTED if served else OTHER for served in table["served"].fillna(False)]
    rows: dict[str, Any] = {"rows": names, "colours": colours}
    marker = {"symbol": ["diamond" if more else "circle" for more in table["more"]]}
    texts = [_text(row) for row in table.to_dict("records")]
    lines = [] if baseline is None else [baseline]
    return go.Figure(
        [
            whiskers(table, low="low", high="high", **rows),
            dots(table, value="value", hovertext=texts, marker=marker, **rows),
        ],
        layout(
            xaxis=share_axis(value_title, bounds=span(table["low"], table["high"], lines, padding=0.1)),
            yaxis={**name_axis(names), "labelalias": _in_two_lines(names), "showgrid": True, "tickson": "boundaries"},
            shapes=[rule(at) for at in lines],
            annotations=[note(named, x=at, xanchor="left", yref="paper", y=1, yanchor="bottom") for at in lines],
            margin={"l": 8, "r": 16, "t": 26, "b": 8},
            height=_height(names),
        ),
    )


def _in_two_lines(names: Sequence[str]) -> dict[str, str]:
    """Return the axis text of every name that is too long for a line: models differ in their last words."""
    found = {}
    for name in names:
        lines = _lines(name)
        if len(lines) > 1:
            found[name] = f"<span style='font-size:11px'>{'<br>'.join(lines)}</span>"
        elif lines != [name]:
            found[name] = lines[0]
    return found


def _lines(name: str) -> list[str]:
    lines = wrap(name, _LINE, max_lines=2, placeholder="…", break_long_words=True)
    return [plain(line) for line in lines]


def _height(names: Sequence[str]) -> int | None:
    if len(names) > _ROWS_IN_TWO_LINES and any(len(name) > _LINE for name in names):
        return _ROW * len(names) + _ROOM
    return row_height(len(names)) if len(names) > _ROWS_THAT_FIT else None


def _text(row: dict[str, Any]) -> str:
    interval = f"({percent(row['low'])} to {percent(row['high'])})"
    return hover(row["label"], {"": str(row["knows"]), "score": f"{percent(row['value'])} {interval}"})
