"""How much a model loses when features are shuffled: one by one, and those that go together at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pyarrow as pa

from analytics.grouping import TOGETHER
from analytics.scoring import Estimate
from models.words import together

_MOST_GROUPS = 4
"""Most groups that a sentence names."""

Loss = Callable[[Sequence[Sequence[int]]], Sequence[Estimate]]
"""From sets of columns to what shuffling each of them costs."""


def alone_and_together(
    loss: Loss, columns: Mapping[str, Sequence[int]], groups: Sequence[Sequence[str]], *, measure: str
) -> tuple[pa.Table, pa.Table]:
    """Return what shuffling costs, feature by feature and group by group.

    Parameters
    ----------
    loss
        Shuffles sets of columns, all in one go.
    columns
        Columns that each feature has; they are shuffled together.
    groups
        Features that go together, each feature in one group.
    measure
        What the loss is called, such as ``drop_in_accuracy``.

    Returns
    -------
    features
        ``feature``, the measure, ``low``, ``high``, the largest first.
    groups
        ``features`` (list of text), ``n_features``, the measure, ``low``, ``high``, and ``sum_alone``: the losses of
        its features alone, added up.
    """
    several = [group for group in groups if len(group) > 1]
    found = loss([*columns.values(), *([c for name in group for c in columns[name]] for group in several)])
    alone = dict(zip(columns, found, strict=False))
    at_once = dict(zip(map(tuple, several), found[len(columns) :], strict=True))
    single = [{"feature": name, **_ended(measure, lost)} for name, lost in alone.items()]
    grouped = [
        {
            "features": list(group),
            "n_features": len(group),
            **_ended(measure, at_once.get(tuple(group), alone[group[0]])),
            "sum_alone": sum(alone[name].value for name in group),
        }
        for group in groups
    ]
    return _largest_first(single, measure), _largest_first(grouped, measure)


def _ended(measure: str, found: Estimate) -> dict[str, float]:
    return {measure: found.value, "low": found.low, "high": found.high}


def _largest_first(rows: list[dict[str, object]], measure: str) -> pa.Table:
    return pa.Table.from_pylist(sorted(rows, key=lambda row: -row[measure]))  # type: ignore[operator]


def groups_sentence(groups: Sequence[Sequence[str]], labels: Mapping[str, str]) -> str:
    """Return which features go together, so that none of them can be judged alone."""
    found = [together([labels[name] for name in group]) for group in groups if len(group) > 1]
    if not found:
        return f"No features go together (rank correlation over {TOGETHER:g}): each can be judged alone."
    more = len(found) - _MOST_GROUPS
    if more > 0:
        found = [*found[:_MOST_GROUPS], f"{more} more group{'s' if more > 1 else ''}"]
    return (
        f"These go together (rank correlation over {TOGETHER:g}), so that either can stand in for the other and both "
        f"look less important alone than they are together: {'; '.join(found)}."
    )
