"""Scores along something: a threshold, the tracks learned from, the features kept."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import span
from dash_app.figures.axes import diagonal, level, note, number_axis, share_axis
from dash_app.figures.theme import SELECTED, layout
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, hover, percent, plain


def roc(table: pd.DataFrame) -> go.Figure:
    """Draw how many of a genre are found against how many others are taken for it; the diagonal is chance.

    Parameters
    ----------
    table
        One row per threshold: ``threshold``, ``false_positive_rate``, ``true_positive_rate`` (0 to 1).
    """
    figure = _by_threshold(table, "false_positive_rate", "true_positive_rate", "taken for it wrongly", "found")
    return figure.update_layout(
        xaxis=share_axis("Other tracks taken for it (%)", bounds=[0, 1]),
        yaxis=share_axis("Tracks of it that are found (%)", bounds=[0, 1]),
        shapes=[diagonal(0, 1)],
    )


def precision_recall(table: pd.DataFrame, *, share: float) -> go.Figure:
    """Draw how many called so are so against how many are found.

    Parameters
    ----------
    table
        One row per threshold: ``threshold``, ``recall``, ``precision`` (0 to 1).
    share
        The genre's share of the tracks: the precision of knowing nothing.
    """
    figure = _by_threshold(table, "recall", "precision", "found", "of those called so, right")
    said = note(f"knowing nothing: {percent(share)}", x=1, xanchor="right", y=share, yanchor="bottom")
    return figure.update_layout(
        xaxis=share_axis("Tracks of it that are found (%)", bounds=[0, 1]),
        yaxis=share_axis("Tracks called so that are so (%)", bounds=[0, 1]),
        shapes=[level(share)],
        annotations=[said],
    )


def _by_threshold(table: pd.DataFrame, x: str, y: str, across: str, up: str) -> go.Figure:
    texts = [
        hover(f"over {percent(row['threshold'])}", {f"{across}:": percent(row[x]), f"{up}:": percent(row[y])})
        for row in table.to_dict("records")
    ]
    line = centre(table, x=x, y=y, colour=SELECTED, hoverinfo="text", hovertext=texts)
    return go.Figure(line, layout(hovermode="closest"))


def by_number(table: pd.DataFrame, *, x_title: str, value_title: str) -> go.Figure:
    """Draw a score with its interval along a growing number, on a scale of ratios.

    Parameters
    ----------
    table
        One row per number: ``x``, ``value`` with ``low`` and ``high`` (0 to 1), and optionally ``kept``, text for the
        hover.
    x_title
        What is counted, with its unit.
    value_title
        What the score is, with its unit.
    """
    table = table.sort_values("x", kind="stable")
    texts = [
        hover(count(row["x"]), {"score": percent(row["value"]), "": plain(row.get("kept", ""))})
        for row in table.to_dict("records")
    ]
    marks = {"mode": "lines+markers", "marker": {"size": 7, "color": SELECTED}}
    return go.Figure(
        [
            band(table, x="x", colour=SELECTED),
            centre(table, x="x", y="value", colour=SELECTED, hoverinfo="text", hovertext=texts, **marks),
        ],
        layout(
            xaxis={**number_axis(x_title), "type": "log", "tickvals": table["x"].to_numpy("float32"), **_ticks(table)},
            yaxis=share_axis(value_title, bounds=span(table["low"], table["high"])),
            hovermode="closest",
        ),
    )


def _ticks(table: pd.DataFrame) -> dict[str, list[str]]:
    return {"ticktext": [count(number) for number in table["x"]]}
