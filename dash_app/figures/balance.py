"""How many tracks each genre has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import integers
from dash_app.figures.axes import name_axis, number_axis, row_height
from dash_app.figures.theme import AGAINST, GHOST_FILL, OTHER, SURFACE, layout
from dash_app.figures.words import count, hover

_ROOM = "\u2002\u2002"
"""Before the text, where a diamond may stand at the end of the bar."""
_LETTER = 0.045
"""Width of a letter in longest bars, on a phone: the text stands behind the bar."""


def genre_balance(table: pd.DataFrame, *, colours: Mapping[str, str]) -> go.Figure:
    """Draw tracks per genre, selected ones in colour over all of them in grey.

    Parameters
    ----------
    table
        One row per genre: ``genre``, ``n`` selected tracks, ``n_all`` tracks and, where the selection is compared,
        ``n_other`` tracks on the other side, drawn as diamonds. A row of many
        small genres is ``pooled`` and stands last.
    colours
        Colour by genre.
    """
    table = table.sort_values("n_all", ascending=False, kind="stable")
    if "pooled" in table:
        table = table.sort_values("pooled", kind="stable")
    names = table["genre"].astype(str).tolist()
    n, n_all = integers(table["n"].fillna(0)), integers(table["n_all"].fillna(0))
    room = _ROOM if "n_other" in table else ""
    texts = [room + _count_text(some, every) for some, every in zip(n, n_all, strict=True)]
    hovers = [hover(name, {"tracks": text}) for name, text in zip(names, texts, strict=True)]
    rows = {"y": names, "orientation": "h", "hoverinfo": "text", "hovertext": hovers}
    ghost = go.Bar(
        x=n_all,
        text=texts,
        textposition="outside",
        cliponaxis=False,
        marker={"color": GHOST_FILL},
        **rows,
    )
    own = [colours.get(name, OTHER) for name in names]
    selected = go.Bar(x=n, marker={"color": own}, **rows)
    return go.Figure(
        [ghost, selected, *_others(table)],
        layout(
            xaxis=_count_axis(n_all.max(initial=1), letters=max(map(len, texts), default=0)),
            yaxis=name_axis(names),
            barmode="overlay",
            bargap=0.3,
            height=row_height(len(names)),
        ),
    )


def _others(table: pd.DataFrame) -> list[go.Scatter]:
    if "n_other" not in table:
        return []
    there = table[table["n_other"] > 0]
    n, names = integers(there["n_other"]), there["genre"].astype(str).tolist()
    mark = {"symbol": "diamond", "size": 10, "color": AGAINST, "line": {"width": 1.5, "color": SURFACE}}
    texts = [hover(name, {"compared with": f"{count(some)} tracks"}) for name, some in zip(names, n, strict=True)]
    marks = go.Scatter(x=n, y=names, mode="markers", marker=mark, hoverinfo="text", hovertext=texts, cliponaxis=False)
    return [marks]


def _count_axis(most: int, *, letters: int) -> dict[str, Any]:
    bounds = [0, most * (1 + _LETTER * letters)]
    return {**number_axis("Tracks (count)", bounds=bounds), "tickformat": ",", "nticks": 4}


def _count_text(some: int, every: int) -> str:
    return count(every) if some == every else f"{count(some)} of {count(every)}"
