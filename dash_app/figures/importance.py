"""Which features matter: what a score loses where they are shuffled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dash_app.figures.intervals import draw_around_zero
from dash_app.figures.sides import NAMED
from dash_app.figures.theme import SELECTED
from dash_app.figures.words import count, cut_list, decimal, hover


def importance(table: pd.DataFrame, *, drop_title: str) -> go.Figure:
    """Draw how much the score drops where a feature is shuffled, the largest drop on top.

    Parameters
    ----------
    table
        One row per feature: ``feature``, ``label``, ``drop`` with its interval ``low`` to ``high``; of features that
        were shuffled together also ``n_features``, ``members`` (all labels) and ``sum_alone``, their drops alone.
    drop_title
        What drops, with its unit.
    """
    table = table.sort_values("drop", ascending=False, kind="stable")
    figure = go.Figure()
    draw_around_zero(
        figure,
        table,
        None,
        names="label",
        value="drop",
        title=drop_title,
        texts=_texts,
        colours=[SELECTED] * len(table),
        sides=NAMED,
    )
    return figure


def _texts(table: pd.DataFrame) -> list[str]:
    return [
        hover(
            row["label"],
            {"drop": decimal(row["drop"], digits=3), "interval": _interval_text(row), **_members(row)},
        )
        for row in table.to_dict("records")
    ]


def _members(row: Mapping[str, Any]) -> dict[str, str]:
    """Return what only a group of several features has."""
    if row.get("n_features", 1) == 1:
        return {}
    alone = decimal(row["sum_alone"], digits=3)
    return {f"{count(row['n_features'])} features:": cut_list(row["members"]), "one by one, added up:": alone}


def _interval_text(row: Mapping[str, Any]) -> str:
    return f"{decimal(row['low'], digits=3)} to {decimal(row['high'], digits=3)}"
