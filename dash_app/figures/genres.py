"""How well genres are told apart: confusions, confidence and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32
from dash_app.figures.axes import (
    diagonal,
    name_axis,
    note,
    number_axis,
    row_height,
    share_axis,
    title,
)
from dash_app.figures.cells import shares_written, written
from dash_app.figures.intervals import dots
from dash_app.figures.sides import DIAMOND, LINES, NAMED, dashed_line, every_row, lay_over
from dash_app.figures.theme import AGAINST, OTHER, SELECTED, SEQUENTIAL, SURFACE, layout
from dash_app.figures.trendline import centre
from dash_app.figures.words import count, decimal, hover, percent, plain, short, short_names

_HALVES = ([0, 0.49], [0.51, 1])
"""Of the width, where two matrices stand side by side."""
_ROOM_ABOVE = {"l": 8, "r": 16, "t": 28, "b": 8}
_FEWEST_ROWS = 3
"""Of a matrix: fewer are drawn no higher than so many would be."""
_SYMBOLS = {"precision": "circle-open", "recall": "diamond-open", "f1": "circle"}


def confusion(
    table: pd.DataFrame,
    *,
    order: Sequence[str],
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw what each actual genre was predicted as; compared, one matrix beside the other.

    Parameters
    ----------
    table
        One row per pair that occurs: ``actual``, ``predicted``, ``n`` tracks, ``share_of_actual``
        (0 to 1).
    order
        Genres on both axes.
    other
        The same table of the tracks compared with.
    sides
        What both sides are called.
    """
    names = [str(name) for name in order]
    axis = {"type": "category", "labelalias": short_names(names), "showgrid": False}
    axis |= {"categoryorder": "array", "categoryarray": names, "nticks": len(names) + 1}
    held = set(table["actual"].astype(str)) | (set() if other is None else set(other["actual"].astype(str)))
    there = [name for name in names if name in held]
    tall = {"range": [max(len(there), 1) - 0.5, -0.5], "domain": [1 - min(1, len(there) / _FEWEST_ROWS), 1]}
    up = {**axis, **title("Actual genre"), "categoryarray": there, **(tall if there else {})}
    if other is None:
        across = {**axis, **title("Predicted genre (% of actual)")}
        return go.Figure(_matrix(table, names, there), layout(xaxis=across, yaxis=up))
    left, right = ({**axis, **title("Predicted (%)"), "domain": domain} for domain in _HALVES)
    figure = go.Figure(
        [_matrix(table, names, there, abreast=2), _matrix(other, names, there, abreast=2, xaxis="x2")],
        layout(xaxis=left, xaxis2={**right, "anchor": "y"}, yaxis=up, margin=_ROOM_ABOVE),
    )
    return figure.update_layout(
        annotations=[_heading(words, at) for words, (at, _) in zip(sides, _HALVES, strict=True)]
    )


def _heading(words: str, at: float) -> dict[str, Any]:
    place = {"x": at, "y": 1, "xanchor": "left", "yanchor": "bottom"}
    return note(words, longest=30, xref="paper", yref="paper", **place)


def _matrix(table: pd.DataFrame, names: list[str], there: list[str], *, abreast: int = 1, **axes: str) -> go.Heatmap:
    """Return shares of the genres that are there, a row each, by predicted genre."""
    rows = [names.index(name) for name in there]
    shares = _grid(table, "share_of_actual", names)[rows]
    counts = _grid(table, "n", names)[rows]
    return go.Heatmap(
        x=names,
        y=there,
        z=shares,
        showscale=False,
        xgap=1,
        ygap=1,
        hoverongaps=False,
        hoverinfo="text",
        hovertext=_confusion_texts(there, names, shares, counts),
        **written(shares, shares_written(shares), scale=SEQUENTIAL, ends=(0, 1), abreast=abreast),
        **axes,
    )


def _grid(table: pd.DataFrame, column: str, names: list[str]) -> np.ndarray:
    """Return a column as actual x predicted, NaN for pairs that do not occur."""
    place = {name: index for index, name in enumerate(names)}
    known = table[table["actual"].isin(place) & table["predicted"].isin(place)]
    cells = np.full((len(names), len(names)), np.nan, dtype=np.float32)
    rows = known["actual"].map(place).to_numpy(dtype=np.int64)
    columns = known["predicted"].map(place).to_numpy(dtype=np.int64)
    cells[rows, columns] = float32(known[column])
    return cells


def _confusion_texts(rows: list[str], names: list[str], shares: np.ndarray, counts: np.ndarray) -> list[list[str]]:
    return [
        [
            hover(f"{actual}, predicted {predicted}", {"tracks": count(n), "share": percent(share)})
            for predicted, n, share in zip(names, row_counts, row_shares, strict=True)
        ]
        for actual, row_counts, row_shares in zip(rows, counts, shares, strict=True)
    ]


def reliability(
    table: pd.DataFrame,
    *,
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw how often predictions of a stated confidence are right; the diagonal is honest.

    Parameters
    ----------
    table
        One row per bin: ``confidence``, ``accuracy`` (0 to 1) and ``n`` tracks.
    other
        The same table of the tracks compared with, drawn dashed.
    sides
        What both sides are called.
    """
    tracks = np.nan_to_num(float32(table["n"]))
    largest = 12 if other is None else 9
    sizes = 6 + (largest - 6) * np.sqrt(tracks / max(1.0, float(tracks.max(initial=0))))
    line = centre(
        table,
        x="confidence",
        y="accuracy",
        colour=SELECTED,
        mode="lines+markers",
        marker={
            "size": sizes,
            "color": SELECTED,
            "opacity": 1,
            "line": {"width": 0},
        },
        cliponaxis=False,
        hoverinfo="text",
        hovertext=_sure_texts(table),
    )
    figure = go.Figure(
        line,
        layout(
            xaxis=share_axis("Stated confidence (%)", bounds=[0, 1]),
            yaxis=share_axis("Predictions that are right (%)", bounds=[0, 1]),
            shapes=[diagonal(0, 1)],
            hovermode="closest",
        ),
    )
    if other is None:
        return figure
    texts = [f"{plain(sides[1])}<br>{text}" for text in _sure_texts(other)]
    shown = {"mode": "lines+markers", "marker": DIAMOND, "hoverinfo": "text", "hovertext": texts, "cliponaxis": False}
    lay_over(figure, [dashed_line(other, x="confidence", y="accuracy", **shown)], sides=sides, marks=LINES)
    return figure


def _sure_texts(table: pd.DataFrame) -> list[str]:
    return [
        hover(
            f"{percent(row['confidence'])} sure",
            {"right": percent(row["accuracy"]), "tracks": count(row["n"])},
        )
        for row in table.to_dict("records")
    ]


def class_scores(
    table: pd.DataFrame,
    *,
    colours: Mapping[str, str],
    other: pd.DataFrame | None = None,
    sides: Sequence[str] = NAMED,
) -> go.Figure:
    """Draw precision, recall and F1 per genre, the best F1 on top.

    Parameters
    ----------
    table
        One row per genre: ``genre``, ``precision``, ``recall`` and ``f1`` (0 to 1), ``support``
        tracks.
    colours
        Colour by genre.
    other
        The same table of the tracks compared with, drawn in brown with a dot inside.
    sides
        What both sides are called.
    """
    table = _best_first(table)
    names = table["genre"].astype(str).tolist()
    every = names if other is None else every_row(names, list(_best_first(other)["genre"]))
    own = [colours.get(name, OTHER) for name in names]
    texts = [_score_text(row) for row in table.to_dict("records")]
    shared: dict[str, Any] = {"rows": names, "colours": own, "hovertext": texts}
    scores = [
        dots(table, value=score, showlegend=False, marker=_score_marker(symbol), **shared)
        for score, symbol in _SYMBOLS.items()
    ]
    theirs = [] if other is None else [*_other_scores(other, sides[1]), *_side_legend(every[:1], sides)]
    return go.Figure(
        [*scores, *theirs, *_score_legend(names[:1])],
        layout(
            xaxis=number_axis("Score (0 to 1)", bounds=[0, 1]),
            yaxis=name_axis(every),
            showlegend=True,
            hovermode="y",
            height=row_height(len(every)),
        ),
    )


def _best_first(table: pd.DataFrame) -> pd.DataFrame:
    known = table["f1"].fillna(table["recall"]).fillna(table["precision"])
    return table.loc[known.sort_values(ascending=False, kind="stable").index]


def _other_scores(table: pd.DataFrame, words: str) -> list[go.Scatter]:
    rows = table["genre"].astype(str).tolist()
    shared: dict[str, Any] = {"rows": rows, "colours": [AGAINST] * len(rows), "showlegend": False}
    shared["hovertext"] = [f"{plain(words)}<br>{_score_text(row)}" for row in table.to_dict("records")]
    return [
        dots(table, value=score, marker=_dotted(_score_marker(symbol)), **shared) for score, symbol in _SYMBOLS.items()
    ]


def _dotted(marker: dict[str, Any]) -> dict[str, Any]:
    """Return a mark with a dot inside, so that its side can be told without its colour."""
    filled = {"line": {"width": 1.5, "color": SURFACE}, "size": 11} if "open" not in marker["symbol"] else {}
    return {**marker, "symbol": f"{marker['symbol']}-dot", **filled}


def _side_legend(row: list[str], sides: Sequence[str]) -> list[go.Scatter]:
    nothing = np.full(len(row), np.nan, dtype=np.float32)
    marks = (
        {"symbol": "square", "size": 9, "color": OTHER},
        {"symbol": "square-open-dot", "size": 9, "color": AGAINST, "line": {"width": 2}},
    )
    return [
        go.Scatter(x=nothing, y=row, name=short(words, longest=20), mode="markers", marker=mark)
        for words, mark in zip(sides, marks, strict=True)
    ]


def _score_marker(symbol: str) -> dict[str, Any]:
    return {"symbol": symbol, "size": 10, "line": {"width": 2 if "open" in symbol else 0}}


def _score_legend(row: list[str]) -> list[go.Scatter]:
    nothing = np.full(len(row), np.nan, dtype=np.float32)
    return [
        go.Scatter(
            x=nothing,
            y=row,
            name=score.replace("f1", "F1"),
            mode="markers",
            marker={**_score_marker(symbol), "color": OTHER},
        )
        for score, symbol in _SYMBOLS.items()
    ]


def _score_text(row: Mapping[str, Any]) -> str:
    scores = {name.replace("f1", "F1"): decimal(row[name]) for name in _SYMBOLS}
    return hover(row["genre"], {**scores, "tracks": count(row["support"])})
