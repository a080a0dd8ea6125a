"""Clusters: criteria by their number, what sets each apart, genres within, and how true maps are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.arrays import float32, integers, span
from dash_app.figures.axes import name_axis, note, number_axis, row_height, title
from dash_app.figures.cells import put_beside, shares_written, written
from dash_app.figures.intervals import dots, whiskers
from dash_app.figures.panels import Panel
from dash_app.figures.sides import NAMED
from dash_app.figures.theme import DIVERGING, INK_2, OTHER, SELECTED, SEQUENTIAL, colour_bar, layout
from dash_app.figures.trendline import band, centre
from dash_app.figures.words import count, decimal, hover, percent, plain, short_names

CRITERIA = {
    "silhouette": "Silhouette ↑",
    "davies_bouldin": "Davies-Bouldin ↓",
    "calinski_harabasz": "Calinski-Harabasz ↑",
    "stability": "Stability ↑",
}
"""What each panel measures, and which way is better."""

WIDEST = 2.0
"""Standard deviations at which the colours end."""

_ROWS_THAT_FIT = 11
_ROW, _ROOM = 24, 170
_MEASURES = {"trustworthiness": ("low", "high"), "continuity": ("continuity_low", "continuity_high")}
_SYMBOLS = {"trustworthiness": "circle", "continuity": "diamond-open"}


def criteria(table: pd.DataFrame, *, shown: int | None = None) -> go.Figure:
    """Draw four criteria along the number of clusters: the chosen one as a dot on a line, the shown one as a ring.

    Parameters
    ----------
    table
        One row per number of clusters: ``k``, the columns of `CRITERIA`, ``stability_low`` and ``stability_high``,
        ``mean_rank`` and ``chosen``.
    shown
        The number that the other charts show.
    """
    figure = go.Figure(layout=layout(margin={"l": 8, "r": 16, "t": 30, "b": 8}, hovermode="x"))
    for place, (name, heading) in enumerate(CRITERIA.items()):
        _draw_criterion(figure, Panel(place, 2, 2, heading), table, name=name, shown=shown)
    return figure


def _draw_criterion(figure: go.Figure, panel: Panel, table: pd.DataFrame, *, name: str, shown: int | None) -> None:
    x, y = f"x{panel.number}", f"y{panel.number}"
    axes = {"xaxis": x, "yaxis": y}
    chosen = table[table["chosen"].fillna(False).astype(bool)]
    other = table[table["k"] == shown].drop(index=chosen.index, errors="ignore")
    if name == "stability":
        figure.add_trace(band(table, x="k", low="stability_low", high="stability_high", colour=OTHER, **axes))
    texts = [_criterion_text(row, name) for row in table.to_dict("records")]
    figure.add_trace(centre(table, x="k", y=name, colour=OTHER, hoverinfo="text", hovertext=texts, **axes))
    figure.add_traces([_marks(chosen, name, "circle", axes), _marks(other, name, "circle-open", axes)])
    for k in chosen["k"].tolist():
        upright = {"x0": k, "x1": k, "y0": 0, "y1": 1, "xref": x, "yref": f"{y} domain"}
        figure.add_shape(type="line", layer="below", line={"color": INK_2, "width": 1, "dash": "dot"}, **upright)
    lowest = panel.place >= panel.columns * (panel.rows - 1)
    across = {**number_axis("Clusters (number)" if lowest else ""), "domain": panel.across, "anchor": y, "nticks": 5}
    whole = {"tickformat": ","} if name == "calinski_harabasz" else {}
    up = {**number_axis(""), "domain": panel.up, "anchor": x, "nticks": 4, **whole}
    figure.update_layout({f"xaxis{panel.number}": {**across, "showgrid": False}, f"yaxis{panel.number}": up})
    corner = {"x": panel.across[0], "y": panel.up[1], "xanchor": "left", "yanchor": "bottom"}
    figure.add_annotation(note(panel.title, xref="paper", yref="paper", **corner))


def _criterion_text(row: Mapping[str, Any], name: str) -> str:
    digits = 0 if name == "calinski_harabasz" else 3
    facts = {CRITERIA[name][:-2]: decimal(row[name], digits=digits)}
    if name == "stability":
        facts["interval"] = f"{decimal(row['stability_low'])} to {decimal(row['stability_high'])}"
    return hover(f"{count(row['k'])} clusters", {**facts, "mean rank": decimal(row["mean_rank"], digits=1)})


def _marks(table: pd.DataFrame, name: str, symbol: str, axes: Mapping[str, str]) -> go.Scatter:
    marker = {"color": SELECTED, "size": 11, "symbol": symbol, "line": {"width": 2, "color": SELECTED}}
    at = {"x": integers(table["k"]), "y": float32(table[name])}
    return go.Scatter(mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False, **at, **axes)


def profiles(table: pd.DataFrame) -> go.Figure:
    """Draw by how far each cluster differs from all other tracks, a row per cluster, a column per feature.

    Parameters
    ----------
    table
        One row per cluster and feature, clusters in order: ``name`` of the cluster, ``label`` of the feature,
        ``effect`` (standard deviations) with its interval ``low`` to ``high``, and ``n`` tracks.
    """
    rows, columns = _order(table["name"]), _order(table["label"])
    texts = _grid(table, rows, columns, [_effect_text(row) for row in table.to_dict("records")])
    cells = _cells(table, rows, columns, "effect", texts)
    effects = [[_effect(value) for value in row] for row in cells["z"].tolist()]
    trace = go.Heatmap(
        colorbar={
            **colour_bar("Difference (standard deviations)", side="bottom"),
            **BAR_BELOW,
            "tickvals": np.array([-2, -1, 0, 1, 2], dtype=np.float32),
            "ticktext": ["−2", "−1", "0", "1", "2"],
        },
        **written(cells["z"], effects, scale=DIVERGING, ends=(-WIDEST, WIDEST)),
        **cells,
    )
    return _heatmap(trace, rows, columns, columns_title="Feature (over the whole catalogue)")


def genre_shares(
    table: pd.DataFrame, *, order: Sequence[str], other: pd.DataFrame | None = None, sides: Sequence[str] = NAMED
) -> go.Figure:
    """Draw which genres each cluster is made of, a row per cluster; each row adds up to 100%.

    Parameters
    ----------
    table
        One row per cluster and genre, clusters in order: ``name`` of the cluster, ``genre``, ``n`` tracks, ``share``
        (of the cluster) and ``share_all`` (of all selected tracks).
    order
        The genres from left to right.
    other
        The same table of the tracks compared with: a matrix beside, in the same colours.
    sides
        What both sides are called.
    """
    tables = [table] if other is None else [table, other]
    most = max(float(np.nan_to_num(float32(one["share"])).max(initial=0)) for one in tables) or 1.0
    figure, *theirs = [_genre_shares(one, order, most) for one in tables]
    for one in theirs:
        put_beside(figure, one, sides=sides)
    return figure


def _genre_shares(table: pd.DataFrame, order: Sequence[str], most: float) -> go.Figure:
    rows, columns = _order(table["name"]), [str(name) for name in order]
    texts = _grid(table, rows, columns, [_share_text(row) for row in table.to_dict("records")], column="genre")
    cells = _cells(table, rows, columns, "share", texts, column="genre")
    trace = go.Heatmap(
        colorbar={
            **colour_bar("Share of the cluster (%)", side="bottom"),
            **BAR_BELOW,
            "tickformat": ".0%",
            "nticks": 5,
        },
        **written(cells["z"], shares_written(cells["z"]), scale=SEQUENTIAL, ends=(0, most)),
        **cells,
    )
    return _heatmap(trace, rows, columns, columns_title="Genre (share of the cluster)")


def faithfulness(table: pd.DataFrame) -> go.Figure:
    """Draw how true each map is: trustworthiness as dots, continuity as diamonds, both with intervals.

    Parameters
    ----------
    table
        One row per map and pool of tracks: ``method``, ``dimensions``, ``among`` (so many tracks it was judged),
        ``trustworthiness`` with ``low`` and ``high``, ``continuity`` with ``continuity_low`` and ``continuity_high``.
    """
    table = table.sort_values(["among", "trustworthiness"], ascending=[True, False], kind="stable")
    names = [_map_name(row) for row in table.to_dict("records")]
    texts = [_map_text(row, name) for row, name in zip(table.to_dict("records"), names, strict=True)]
    colours = [SELECTED if method == "UMAP" else OTHER for method in table["method"]]
    rows: dict[str, Any] = {"rows": names, "colours": colours}
    traces: list[Any] = []
    for measure, (low, high) in _MEASURES.items():
        marker = {"symbol": _SYMBOLS[measure], "size": 10, "line": {"width": 2 if "open" in _SYMBOLS[measure] else 0}}
        traces.append(whiskers(table, low=low, high=high, **rows).update(showlegend=False))
        traces.append(dots(table, value=measure, hovertext=texts, showlegend=False, marker=marker, **rows))
        nothing = np.full(len(names[:1]), np.nan, dtype=np.float32)
        entry = {"x": nothing, "y": names[:1], "name": measure, "mode": "markers", "marker": {**marker, "color": OTHER}}
        traces.append(go.Scatter(**entry))
    bounds = span(*(table[name] for pair in _MEASURES.values() for name in pair), padding=0.08)
    return go.Figure(
        traces,
        layout(
            xaxis=number_axis("Neighbours kept (0 to 1)", bounds=bounds),
            yaxis={**name_axis(names), "labelalias": {name: plain(name) for name in names}},
            barmode="overlay",
            showlegend=True,
            hovermode="closest",
            height=row_height(len(names)),
        ),
    )


BAR_BELOW: Mapping[str, Any] = {
    **{"orientation": "h", "x": 0, "xanchor": "left", "y": 0, "yanchor": "top"},
    **{"len": 160, "lenmode": "pixels"},
}
"""A colour bar under a heatmap whose columns are named on top, where they are seen however many rows there are."""


def _order(names: pd.Series) -> list[str]:
    return list(dict.fromkeys(names.astype(str)))


def _grid(table: pd.DataFrame, rows: list[str], columns: list[str], texts: list[str], *, column: str = "label") -> list:
    """Return texts as rows x columns, empty where there is none."""
    cells = np.full((len(rows), len(columns)), "", dtype=object)
    at = {name: place for place, name in enumerate(columns)}
    down = {name: place for place, name in enumerate(rows)}
    for name, what, text in zip(table["name"].astype(str), table[column].astype(str), texts, strict=True):
        if what in at:
            cells[down[name], at[what]] = text
    return cells.tolist()


def _cells(
    table: pd.DataFrame, rows: list[str], columns: list[str], value: str, texts: list, *, column: str = "label"
) -> dict[str, Any]:
    """Return what heatmaps of clusters share."""
    wide = table.assign(**{"name": table["name"].astype(str), column: table[column].astype(str)})
    z = wide.pivot_table(index="name", columns=column, values=value, aggfunc="first", dropna=False, observed=False)
    numbers = float32(z.reindex(index=rows, columns=columns)) if len(table) else np.zeros((0, 0), dtype=np.float32)
    return {
        **{"x": columns, "y": rows, "z": numbers, "xgap": 1, "ygap": 1},
        **{"hoverongaps": False, "hoverinfo": "text", "hovertext": texts},
    }


def _heatmap(trace: go.Heatmap, rows: list[str], columns: list[str], *, columns_title: str) -> go.Figure:
    axis = {**title(columns_title), "type": "category", "showgrid": False}
    across = {"categoryorder": "array", "categoryarray": columns, "nticks": len(columns) + 1}
    return go.Figure(
        trace,
        layout(
            xaxis={**axis, **across, "labelalias": short_names(columns), "autotickangles": [0, -90], "side": "top"},
            yaxis={**name_axis(rows), "range": [max(len(rows), 1) - 0.5, -0.5]},
            height=_ROW * len(rows) + _ROOM if len(rows) > _ROWS_THAT_FIT else None,
        ),
    )


def _effect(value: float) -> str:
    return decimal(value, digits=1) if value == value else ""


def _effect_text(row: Mapping[str, Any]) -> str:
    facts = {
        f"{plain(row['label'])}:": f"{decimal(row['effect'])} standard deviations",
        "95% interval": f"{decimal(row['low'])} to {decimal(row['high'])}",
        "tracks": count(row["n"]),
    }
    return hover(row["name"], facts)


def _share_text(row: Mapping[str, Any]) -> str:
    facts = {f"{plain(row['genre'])}:": percent(row["share"]), "of all selected": percent(row["share_all"])}
    return hover(row["name"], {**facts, "tracks": count(row["n"])})


def _map_name(row: Mapping[str, Any]) -> str:
    space = f" {row['dimensions']:.0f}-D" if row["dimensions"] != 2 else ""
    return f"{row['method']}{space} ({count(row['among'])} tracks)"


def _map_text(row: Mapping[str, Any], name: str) -> str:
    facts = {}
    for measure, ends in _MEASURES.items():
        value, low, high = (decimal(row[one], digits=3) for one in (measure, *ends))
        facts[measure] = f"{value} ({low} to {high})"
    return hover(name, facts)
