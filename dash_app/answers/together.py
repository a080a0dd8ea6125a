"""How much features matter that go together, shuffled at once."""

from __future__ import annotations

import pandas as pd

from dash_app.answers.answer import Answer
from models.bundle import Bundle
from models.words import together


def importance_of_groups(bundle: Bundle, recipe: str, measure: str, words: str, *, times: int = 1) -> Answer:
    """Return groups of features by what shuffling them together costs, the largest first.

    Columns ``feature`` (names parted by commas), ``label``, ``members`` (all labels), ``n_features``, ``drop`` with its
    interval ``low`` to ``high``, ``sum_alone``.

    Parameters
    ----------
    bundle, recipe
        A catalogue, and the recipe whose table it is; it is there.
    measure
        What the loss is called in the table.
    words, times
        What a loss means, with a place for the number, which is so many times the loss.
    """
    table = bundle.table(f"{recipe}_importance_groups").to_pandas().rename(columns={measure: "drop"})
    labels = [[bundle.dictionary[name].label for name in names] for names in table["features"]]
    table = table.assign(
        label=[together(names) for names in labels],
        members=[", ".join(names) for names in labels],
        feature=[",".join(names) for names in table["features"]],
    )
    table = table.drop(columns="features").sort_values("drop", ascending=False).reset_index(drop=True)
    top, said = table.iloc[0], bundle.facts(recipe).get("groups_sentence")
    headline = f"{top['label']} matter{'s' if top['n_features'] == 1 else ''} most: without {_them(top)}, "
    headline += f"{words.format(times * top['drop'])}."
    if top["low"] <= 0:
        headline = "Nothing matters more than chance would have it."
    return Answer(table, headline, bundle.id, (str(said),) if said else ())


def _them(row: pd.Series) -> str:
    return "it" if row["n_features"] == 1 else "them"
