"""Score cards of candidates that were compared on the same tracks."""

from __future__ import annotations

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
