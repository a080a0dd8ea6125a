"""Models side by side: names that differ in their last words stay apart."""

from __future__ import annotations

import pandas as pd

from dash_app.figures.compared import compared

NAMES = (
    "Boosting with random splits (LightGBM)",
    "Boosting with random rows (LightGBM)",
    "Boosting with random features (LightGBM)",
    "Mean <of> all",
)


def _table(names: tuple[str, ...]) -> pd.DataFrame:
    columns = {"label": list(names), "knows": "From sound alone", "more": False, "served": False}
    return pd.DataFrame({**columns, "value": 0.4, "low": 0.3, "high": 0.5})


def test_long_names_stand_in_two_lines_and_differ():
    written = compared(_table(NAMES), value_title="Accuracy (%)").layout.yaxis.labelalias
    assert [text.count("<br>") for text in written.values()] == [1, 1, 1, 0]
    assert len(set(written.values())) == len(NAMES)
    assert all("…" not in text for text in written.values())
    assert written["Mean <of> all"] == "Mean &lt;of&gt; all"


def test_many_names_in_two_lines_get_room_and_short_ones_need_none():
    many = tuple(f"Boosting with random splits, number {place}" for place in range(24))
    assert compared(_table(many), value_title="Accuracy (%)").layout.height >= 24 * 30
    assert compared(_table(tuple("abcdefghijklmnopqrstuvwx")), value_title="Accuracy (%)").layout.height is None
