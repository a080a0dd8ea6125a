"""Score cards of candidates that were compared on the same tracks."""

from __future__ import annotations

from collections.abc import Sequence

from analytics.scoring import Estimate
from models.recipe import ScoreCard
from models.recipes.splits import Split


def compared_card(
    recipe: str,
    served: str,
    split: Split,
    metric: str,
    found: Estimate,
    baseline: str,
    baseline_value: float,
    *,
    larger_is_better: bool = True,
    model: str = "",
) -> ScoreCard:
    """Return a card of the model that is served, or of the other one that ``model`` names.

    Parameters
    ----------
    recipe
        Name of the recipe.
    served
        Label of the model that is served.
    split
        How the judged tracks were kept from the models.
    metric, found
        What was measured, and the score.
    baseline, baseline_value
        What knows nothing, and its score.
    larger_is_better
        Direction of the metric.
    model
        Label of another model; empty for the one that is served.
    """
    return ScoreCard(
        recipe=recipe,
        model=model or served,
        metric=metric,
        value=found.value,
        low=found.low,
        high=found.high,
        baseline=baseline,
        baseline_value=baseline_value,
        split=split.words,
        n=len(split.groups),
        larger_is_better=larger_is_better,
        served=not model,
    )


def choice_sentence(served: str, by_fold: Sequence[str]) -> str:
    """Return what the scores of a choice are scores of, since it is not always the model that answers.

    Parameters
    ----------
    served
        Label of the model that answers.
    by_fold
        Label of the candidate that the other folds chose, one per fold.

    >>> choice_sentence("Trees", ["Trees", "Line"]).partition(": ")[2][:54]
    'Trees, which answers, for 1 of 2 folds, otherwise Line'
    """
    others = sorted(set(by_fold) - {served})
    own = sum(label == served for label in by_fold)
    chosen = f"{served}, which answers, for all {own} folds"
    if others:
        chosen = f"{served}, which answers, for {own} of {len(by_fold)} folds, otherwise {' or '.join(others)}"
    return (
        f"The scores are those of the choice among candidates, made on other folds: {chosen}. This is no double "
        "cross-validation: what the other folds were judged by had learned from the judged fold too."
    )
