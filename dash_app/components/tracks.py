"""Tracks as a list to choose from and as a card."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from dash import html

from dash_app.answers.tracks import TrackCard


def track_list(table: pd.DataFrame, *, value: str | None = None, value_title: str = "") -> html.Ol:
    """Return tracks as buttons that focus them.

    Parameters
    ----------
    table
        Columns ``track_id``, ``track_name``, ``artists``, ``detail`` and, where ``value`` names it, a column of text.
    value
        Column shown at the right end.
    value_title
        What that column is.
    """
    items = [
        html.Li(
            html.Button(
                [
                    html.Span(
                        [
                            html.Span(row.track_name, className="title", dir="auto"),
                            html.Span(f"{row.artists} · {row.detail}", className="artists", dir="auto"),
                        ]
                    ),
                    html.Span(getattr(row, value), className="value", title=value_title) if value else None,
                ],
                id={"type": "choose-track", "track": row.track_id},
                className="track",
            )
        )
        for row in table.itertuples()
    ]
    return html.Ol(items, className="track-list")


def track_card(card: TrackCard, *, links: Sequence[html.A] = ()) -> html.Div:
    """Return the focused track: title, artists, facts and where to go with it."""
    return html.Div(
        [
            html.Strong(card.track_name, className="title", dir="auto"),
            html.Span(card.artists, className="artists", dir="auto"),
            html.P(" · ".join(card.facts), className="facts"),
            html.Dl([html.Div([html.Dt(label), html.Dd(text)]) for label, text in card.features], className="features"),
            html.Div(list(links), className="links"),
        ],
        className="track-card",
    )


def nothing(sentence: str) -> html.P:
    """Return an empty state: the sentence that says why there is nothing here."""
    return html.P(sentence, className="nothing")
