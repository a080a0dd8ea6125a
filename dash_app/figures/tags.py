"""Tags: scores over all and by tag, what a model says of one track, and how tags and genres go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, span
from dash_app.figures.axes import name_axis, number_axis, row_height, share_axis, title
from dash_app.figures.cells import shares_written, written
from dash_app.figures.clusters import BAR_BELOW
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.theme import DIVERGING, INK_2, OTHER, SELECTED, SEQUENTIAL, colour_bar, layout
from dash_app.figures.words import count, decimal, hover, percent, plain, short_names

_CELLS_WITH_ROOM, _NAMES_ABREAST = 14, 6
_ROW, _ROOM = 22, 110
_FREQUENCIES = "tag frequencies"
_TICK = {"symbol": "line-ns", "size": 16, "line": {"width": 2, "color": INK_2}}


def overall(table: pd.DataFrame) -> go.Figure:
    """Draw each score of each model: the served one in the accent with its interval, frequencies as a tick.

    Parameters
    ----------
    table
        One row per score and model: ``metric``, ``model``, ``knows``, ``served``, ``value`` (0 to 1) with ``low`` and
        ``high``. The model named ``tag frequencies`` knows nothing of a track.
    """
    metrics = list(dict.fromkeys(table["metric"].astype(str)))
    served = table["served"].fillna(False).astype(bool)
    blind = table["model"] == _FREQUENCIES
    kinds = {
        "served": table[served],
        "others": table[~served & ~blind],
        "knows nothing": table[blind],
    }
    markers = {
        "served": {"symbol": "circle", "size": 11, "color": SELECTED},
        "others": {"symbol": "circle-open", "size": 9, "color": OTHER, "line": {"width": 1.5}},
        "knows nothing": _TICK,
    }
    chosen = kinds["served"]
    rows = chosen["metric"].astype(str).tolist()
    traces: list[Any] = [whiskers(chosen, low="low", high="high", rows=rows, colours=[SELECTED] * len(rows))]
    for name, part in kinds.items():
        texts = [_model_text(row) for row in part.to_dict("records")]
        uid = "neutral-tags-frequencies" if name == "knows nothing" else None
        at = {"x": float32(part["value"]), "y": part["metric"].astype(str).tolist()}
        marks = {"mode": "markers", "marker": markers[name], "hoverinfo": "text", "hovertext": texts, "uid": uid}
        traces.append(go.Scatter(name=name, cliponaxis=False, **at, **marks))
    traces[0].showlegend = False
    return go.Figure(
        traces,
        layout(
            xaxis=number_axis("Score (0 to 1)", bounds=span(table["value"], table["high"], with_zero=True)),
            yaxis=name_axis(metrics),
            showlegend=True,
            hovermode="closest",
        ),
    )


def by_tag(table: pd.DataFrame) -> go.Figure:
    """Draw average precision by tag with its interval, in front of chance, and F1, in the table's order.

    Parameters
    ----------
    table
        One row per tag: ``tag``, ``n``, ``ap`` with ``ap_low`` and ``ap_high``, ``baseline_ap``, ``f1``, ``precision``,
        ``recall``, ``threshold`` (all 0 to 1).
    """
    names = table["tag"].astype(str).tolist()
    texts = [_tag_text(row) for row in table.to_dict("records")]
    rows: dict[str, Any] = {"rows": names, "colours": [SELECTED] * len(names)}
    f1 = {"symbol": "diamond-open", "color": OTHER, "size": 9, "line": {"width": 1.5}}
    chance = {"x": float32(table["baseline_ap"]), "y": names, "name": "by chance", "uid": "neutral-tags-chance"}
    scored = {"x": float32(table["f1"]), "y": names, "name": "F1", "marker": f1, "hovertext": texts}
    return go.Figure(
        [
            whiskers(table, low="ap_low", high="ap_high", **rows).update(showlegend=False),
            go.Scatter(mode="markers", marker=_TICK, hoverinfo="skip", cliponaxis=False, **chance),
            go.Scatter(mode="markers", hoverinfo="text", cliponaxis=False, **scored),
            dots(table, value="ap", hovertext=texts, **rows).update(name="average precision"),
        ],
        layout(
            xaxis=number_axis("Score (0 to 1)", bounds=[0, 1]),
            yaxis=name_axis(names),
            showlegend=True,
            hovermode="closest",
            height=row_height(len(names)),
        ),
    )


def vector(table: pd.DataFrame, *, own: str) -> go.Figure:
    """Draw what a model says of one track, in the table's order, the track's own labels in the accent.

    Parameters
    ----------
    table
        One row per label: ``name``, ``probability`` (0 to 1), ``own`` and, where labels are named from a threshold on,
        ``threshold``, drawn as a tick.
    own
        What the track's own labels are called beside their bar.
    """
    names = table["name"].astype(str).tolist()
    is_own = table["own"].fillna(False).astype(bool).tolist()
    top = float(np.nanmax([0.1, *table["probability"], *table.get("threshold", [])]))
    texts = [_vector_text(row, own) for row in table.to_dict("records")]
    bars = go.Bar(
        x=float32(table["probability"]),
        y=names,
        orientation="h",
        marker={"color": [SELECTED if mine else OTHER for mine in is_own]},
        hoverinfo="text",
        hovertext=texts,
        showlegend=False,
    )
    return go.Figure(
        [bars, *_thresholds(table, names), _said(table, names, own=own, at=0.99 * _ROOM_FOR_TEXT * top)],
        layout(
            xaxis={
                **share_axis("Probability (%)", bounds=[0, _ROOM_FOR_TEXT * top]),
                "tickvals": _ticks(top),
                "tickangle": 0,
            },
            yaxis=name_axis(names),
            showlegend="threshold" in table,
            bargap=0.35,
            height=row_height(len(names)),
        ),
    )


_ROOM_FOR_TEXT = 1.8
"""Of the axis, in longest bars: the numbers stand behind all of them, in one column."""


def _ticks(top: float) -> np.ndarray:
    """Return a few round shares up to the longest bar, where the numbers begin."""
    step = 0.25 if top > 0.6 else 0.2 if top > 0.35 else 0.1
    return np.arange(0, top + step / 4, step).astype(np.float32)


def _said(table: pd.DataFrame, names: list[str], *, own: str, at: float) -> go.Scatter:
    """Return the probabilities in words, those of the track's own labels with what they are called."""
    pairs = zip(table["probability"], table["own"].fillna(False).astype(bool), strict=True)
    texts = [f"{f'{own} ' if mine else ''}{p:.0%}" if p == p else "" for p, mine in pairs]
    place = {"x": np.full(len(names), at, dtype=np.float32), "y": names, "textposition": "middle left"}
    return go.Scatter(
        mode="text", text=[plain(text) for text in texts], hoverinfo="skip", showlegend=False, cliponaxis=False, **place
    )


def _thresholds(table: pd.DataFrame, names: list[str]) -> list[go.Scatter]:
    if "threshold" not in table:
        return []
    at = {"x": float32(table["threshold"]), "y": names, "uid": "neutral-tags-threshold"}
    shown = {"marker": _TICK, "name": "named from here on", "showlegend": True}
    return [go.Scatter(mode="markers", hoverinfo="skip", cliponaxis=False, **shown, **at)]


def correspondence(table: pd.DataFrame, *, order: Sequence[str]) -> go.Figure:
    """Draw how far every tag goes with every genre.

    Parameters
    ----------
    table
        One row per tag and genre, tags in order: ``tag``, ``genre``, ``r`` (-1 to 1), ``speaks``.
    order
        The genres from left to right.
    """
    tags, genres = list(dict.fromkeys(table["tag"].astype(str))), [str(name) for name in order]
    texts = [_pair_text(row) for row in table.to_dict("records")]
    bar = {**colour_bar("Correlation (−1 to 1)", side="bottom"), **BAR_BELOW, "nticks": 5}
    cells = _cells(table, tags, genres, keys=("tag", "genre"), value="r", texts=texts)
    numbers = [[decimal(v).replace("0.", ".") if v == v else "" for v in row] for row in cells["z"]]
    trace = go.Heatmap(colorbar=bar, **written(cells["z"], numbers, scale=DIVERGING, ends=(-1, 1)), **cells)
    return _heatmap(trace, tags, genres, titles=("Genre (correlation with the tag)", "")).update_xaxes(
        side="top", tickangle=-90 if len(genres) > _NAMES_ABREAST else 0
    )


def crossed(table: pd.DataFrame, *, order: Sequence[str]) -> go.Figure:
    """Draw which genre the tags speak for where the other model says which; each row adds up to 100%.

    Parameters
    ----------
    table
        One row per pair: ``genre`` (of the model of one genre), ``by_tags``, ``n`` tracks, ``share`` (of the genre).
    order
        Genres on both axes.
    """
    genres = [str(name) for name in order]
    texts = [
        hover(f"{row['genre']}, by tags {row['by_tags']}", {"tracks": count(row["n"]), "share": percent(row["share"])})
        for row in table.to_dict("records")
    ]
    cells = _cells(table, genres, genres, keys=("genre", "by_tags"), value="share", texts=texts)
    inside = written(cells["z"], shares_written(cells["z"]), scale=SEQUENTIAL, ends=(0, 1))
    trace = go.Heatmap(showscale=False, **inside, **cells)
    return _heatmap(trace, genres, genres, titles=("The tags speak for (% of row)", "The model of one genre says"))


def _cells(
    table: pd.DataFrame, rows: list[str], columns: list[str], *, keys: tuple[str, str], value: str, texts: list[str]
) -> dict[str, Any]:
    """Return what both heatmaps share; cells without a row stay empty."""
    z = np.full((len(rows), len(columns)), np.nan, dtype=np.float32)
    shown = np.full(z.shape, "", dtype=object)
    down, across = ({name: place for place, name in enumerate(names)} for names in (rows, columns))
    for one, other, number, text in zip(*(table[key].astype(str) for key in keys), table[value], texts, strict=True):
        if one in down and other in across:
            z[down[one], across[other]], shown[down[one], across[other]] = number, text
    return {
        **{"x": columns, "y": rows, "z": z, "xgap": 1, "ygap": 1},
        **{"hoverongaps": False, "hoverinfo": "text", "hovertext": shown.tolist()},
    }


def _heatmap(trace: go.Heatmap, rows: list[str], columns: list[str], *, titles: tuple[str, str]) -> go.Figure:
    across = {"type": "category", "showgrid": False, "categoryorder": "array", "categoryarray": columns}
    return go.Figure(
        trace,
        layout(
            xaxis={**title(titles[0]), **across, "labelalias": short_names(columns), "nticks": len(columns) + 1},
            yaxis={**name_axis(rows, text=titles[1]), "range": [max(len(rows), 1) - 0.5, -0.5]},
            height=_ROW * len(rows) + _ROOM if len(rows) > _CELLS_WITH_ROOM else None,
        ),
    )


def _model_text(row: Mapping[str, Any]) -> str:
    interval = f"{decimal(row['value'])} ({decimal(row['low'])} to {decimal(row['high'])})"
    return hover(row["model"], {"": str(row["knows"]), f"{plain(row['metric'])}:": interval})


def _tag_text(row: Mapping[str, Any]) -> str:
    interval = f"{decimal(row['ap'])} ({decimal(row['ap_low'])} to {decimal(row['ap_high'])})"
    return hover(
        row["tag"],
        {
            "average precision": interval,
            "by chance": decimal(row["baseline_ap"]),
            **{name.replace("f1", "F1"): decimal(row[name]) for name in ("f1", "precision", "recall")},
            "named from": percent(row["threshold"]),
            "tracks": count(row["n"]),
        },
    )


def _vector_text(row: Mapping[str, Any], own: str) -> str:
    facts = {"probability": percent(row["probability"])}
    if "threshold" in row:
        facts["named from"] = percent(row["threshold"])
    return hover(row["name"], {**facts, **({"": own} if row["own"] else {})})


def _pair_text(row: Mapping[str, Any]) -> str:
    facts = {"r": decimal(row["r"]), **({"": "speaks for it"} if row["speaks"] else {})}
    return hover(f"{row['tag']} and {row['genre']}", facts)
