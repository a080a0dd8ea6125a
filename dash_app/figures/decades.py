"""One field, decade beside decade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import field_axis, name_axis, row_height
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.sides import NAMED, every_row, lay_diamonds
from dash_app.figures.theme import OTHER, SELECTED, layout
from dash_app.figures.words import count, hover
from data.fields import Field, in_a_sentence


def decades(
    table: pd.DataFrame,
    *,
    field: Field,
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw the middle half of each decade's tracks, and the median with its interval, the oldest on top.

    Parameters
    ----------
    table
        One row per decade: ``decade`` in words, ``n`` tracks, ``q25``, ``median``, ``q75``, the median's interval
        ``low`` to ``high``, and ``few``: whether it stands on few tracks.
    field
        What the medians are of.
    other
        The same table over the tracks compared with: a diamond at the median, its interval dashed.
    sides
        What both sides are called.
    """
    names = table["decade"].astype(str).tolist()
    colours = [OTHER if few else SELECTED for few in table["few"]]
    rows: dict[str, Any] = {"rows": names, "colours": colours}

    def texts(shown: pd.DataFrame) -> list[str]:
        return [_text(row, field) for row in shown.to_dict("records")]

    parts = [table] if other is None else [table, other]
    bounds = span(*(part[name] for part in parts for name in ("q25", "q75", "low", "high")))
    every = names if other is None else sorted(every_row(names, list(other["decade"])))
    figure = go.Figure(
        [
            whiskers(table, low="q25", high="q75", width=0.6, opacity=0.3, **rows),
            whiskers(table, low="low", high="high", width=0.14, opacity=1, **rows),
            dots(table, value="median", hovertext=texts(table), **rows),
        ],
        layout(
            xaxis=field_axis(field, bounds=bounds),
            yaxis=name_axis(every),
            barmode="overlay",
            hovermode="y",
            height=row_height(len(every)),
        ),
    )
    lay_diamonds(figure, other, names="decade", value="median", texts=texts, rows=every, sides=sides)
    return figure


def _text(row: dict[str, Any], field: Field) -> str:
    return hover(
        row["decade"],
        {
            f"median {in_a_sentence(field.label)}": field.text(row["median"]),
            "interval": f"{field.text(row['low'])} to {field.text(row['high'])}",
            "middle half": f"{field.text(row['q25'])} to {field.text(row['q75'])}",
            "tracks": f"{count(row['n'])}{' (few)' if row['few'] else ''}",
        },
    )
