"""What a track shares with the tracks nearest to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.axes import name_axis, number_axis, row_height, rule
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.theme import OTHER, SELECTED, layout
from dash_app.figures.words import count, hover


def profile(table: pd.DataFrame) -> go.Figure:
    """Draw a track's percentile per feature over the spread of its neighbours' percentiles.

    Parameters
    ----------
    table
        One row per feature in order: ``field``, ``label``, and percentiles in the catalogue (0 to
        100): ``track``, ``neighbours`` (their middle), ``low`` to ``high`` (their spread).
    """
    names = table["label"].astype(str).tolist()
    grey: dict[str, Any] = {"rows": names, "colours": [OTHER] * len(names)}
    accent: dict[str, Any] = {"rows": names, "colours": [SELECTED] * len(names)}
    middle = {"symbol": "line-ns", "size": 13, "line": {"width": 2, "color": OTHER}}
    spread = whiskers(table, low="low", high="high", width=0.5, opacity=0.4, **grey)
    spread.name, spread.showlegend = "spread of its neighbours", True
    texts = [_text(row) for row in table.to_dict("records")]
    return go.Figure(
        [
            spread,
            dots(table, value="neighbours", marker=middle, hoverinfo="skip", showlegend=False, **grey),
            dots(table, value="track", name="this track", hovertext=texts, **accent),
        ],
        layout(
            xaxis=number_axis("Percentile in the catalogue (0 to 100)", bounds=[0, 100]),
            yaxis=name_axis(names),
            shapes=[rule(50)],
            showlegend=True,
            hovermode="y",
            height=row_height(len(names)),
        ),
    )


def _text(row: Mapping[str, Any]) -> str:
    return hover(
        row["label"],
        {
            "above": f"{count(row['track'])}% of the catalogue",
            "its neighbours:": f"{count(row['neighbours'])} ({count(row['low'])} to {count(row['high'])})",
        },
    )
