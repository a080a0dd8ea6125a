"""What the contributions to a prediction are, part by part of the model that is served."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.predictors.hurdles import HurdleScorer
from models.predictors.networks import NetworkScorer
from models.predictors.scorers import BlendScorer, ConstantScorer, TreeScorer

LINEAR, TREES, NETWORK, CONSTANT = "linear", "trees", "network", "constant"
"""Kinds of parts, each with contributions of its own kind."""

_KINDS = {TreeScorer: TREES, NetworkScorer: NETWORK, ConstantScorer: CONSTANT}

_EXACT = {
    LINEAR: "Contributions are the terms of the regression, which is exact.",
    TREES: "Contributions are exact TreeSHAP values of the boosted trees.",
    NETWORK: "Contributions are integrated gradients of the neural networks from the average track: they add up to the "
    "score, but are no Shapley values.",
    CONSTANT: "The model says the same of every track: there is nothing to explain.",
}
_PARTS = {
    LINEAR: "regression, by its terms",
    TREES: "boosted trees, by TreeSHAP",
    NETWORK: "neural networks, by integrated gradients from the average track",
    CONSTANT: "the same for every track",
}


def kinds_of_parts(scorer: Any) -> dict[str, float]:
    """Return the share of each kind of part in a scorer's weights, the largest first; they sum to 1.

    Parameters
    ----------
    scorer
        Of `models.predictors.scorers`, as it is served.
    """
    found: dict[str, float] = {}
    for kind, weight in _parts(scorer, 1.0):
        found[kind] = found.get(kind, 0.0) + weight
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _parts(scorer: Any, weight: float) -> list[tuple[str, float]]:
    if isinstance(scorer, BlendScorer):
        weighted = zip(scorer.weights, scorer.parts, strict=True)
        return [found for share, part in weighted if share for found in _parts(part, weight * float(share))]
    if isinstance(scorer, HurdleScorer):
        return [*_parts(scorer.chance, weight / 2), *_parts(scorer.given, weight / 2)]
    return [(_KINDS.get(type(scorer), LINEAR), weight)]


def explained_sentence(scorer: Any) -> str:
    """Return what the contributions to a scorer's predictions are, in a sentence computed from its parts."""
    shares = kinds_of_parts(scorer)
    if isinstance(scorer, HurdleScorer):
        return (
            "Contributions to the chance of more than 0 and to the value then expected grow together from none to all "
            f"(Aumann and Shapley), each found {_listed(shares)}: they add up, but are no Shapley values."
        )
    if len(shares) == 1:
        return _EXACT[next(iter(shares))]
    return (
        f"Contributions are a mixture by weight: {_weighted(shares)}. They add up to the score, but are no Shapley "
        "values of the whole model."
    )


def _weighted(shares: Mapping[str, float]) -> str:
    return "; ".join(f"{share:.0%} {_PARTS[kind]}" for kind, share in shares.items())


def _listed(shares: Mapping[str, float]) -> str:
    return " and ".join(_PARTS[kind].rpartition(", ")[2] for kind in shares)
