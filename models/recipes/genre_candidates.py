"""Which ways of telling genres are compared, by depth and by the size of the task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from models.recipes import classifiers, ensembles
from models.recipes.classifiers import Candidate, pooled, single, vote
from models.recipes.networks import networks

_NO_CONTRIBUTIONS = "Compared only: needs all tracks at hand and has no exact contributions."
_TOO_LARGE = "Compared only: large, and without exact contributions."
_SECOND_LIBRARY = "Compared only: would load a second library for trees where it answers."
_NOT_ADDITIVE = "Compared only: contributions do not add up to an average of probabilities."

_MOST_CELLS = 1_500_000
"""Tracks times genres up to which the slower libraries are compared."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Hyper-parameters of the candidates.

    Parameters
    ----------
    penalty_inverse
        Of logistic regression.
    neighbour_counts
        Numbers of neighbours that k-NN tries.
    n_forest_trees
        Trees of forests.
    n_rounds, learning_rate, n_leaves
        Of gradient boosting.
    most_trees
        Trees of gradient boosting over all genres: with many genres there are fewer, larger steps.
    n_networks, n_units, n_seen
        Of networks (`models.recipes.networks.networks`).
    """

    penalty_inverse: float = 0.05
    neighbour_counts: tuple[int, ...] = (15, 31, 61)
    n_forest_trees: int = 60
    n_rounds: int = 400
    learning_rate: float = 0.05
    n_leaves: int = 20
    most_trees: int = 3000
    n_networks: int = 5
    n_units: int = 128
    n_seen: int = 400_000

    def steps(self, n_classes: int) -> tuple[int, float]:
        """Return boosting rounds and learning rate for a number of genres."""
        n_rounds = int(np.clip(self.most_trees // n_classes, min(40, self.n_rounds), self.n_rounds))
        return n_rounds, min(0.2, self.learning_rate * self.n_rounds / n_rounds)


def quick_candidates(plan: Plan, names: tuple[str, ...], n_classes: int, *, seed: int) -> list[Candidate]:
    """Return the candidates that a first build compares, the simplest first."""
    parts = ("logistic", "lightgbm", "network")
    votes = partial(classifiers.neighbour_votes, feature_names=names, ks=plan.neighbour_counts, seed=seed)
    forest = partial(ensembles.forest, n_trees=plan.n_forest_trees, seed=seed)
    return [
        *served_candidates(plan, names, n_classes, seed=seed),
        pooled("blend", "Boosting, network and regression, weighted", parts=parts),
        single("knn", "k nearest neighbours", votes, _NO_CONTRIBUTIONS),
        single("forest", "Random forest", forest, _TOO_LARGE),
    ]


def served_candidates(plan: Plan, names: tuple[str, ...], n_classes: int, *, seed: int) -> list[Candidate]:
    """Return the single candidates that may be served, the simplest first."""
    n_rounds, rate = plan.steps(n_classes)
    logistic = partial(classifiers.logistic, feature_names=names, strength=plan.penalty_inverse)
    boosted = partial(classifiers.boosted, n_rounds=n_rounds, learning_rate=rate, n_leaves=plan.n_leaves, seed=seed)
    network = partial(
        networks,
        feature_names=names,
        n_networks=plan.n_networks,
        n_units=plan.n_units,
        n_seen=plan.n_seen,
        seed=seed,
    )
    return [
        single("majority", "Genre shares alone", classifiers.majority),
        single("logistic", "Logistic regression", logistic),
        single("network", "Neural networks, averaged", network),
        single("lightgbm", "Gradient boosting (LightGBM)", boosted),
    ]


def thorough_candidates(
    plan: Plan, names: tuple[str, ...], n_classes: int, *, n_tracks: int, seed: int
) -> tuple[list[Candidate], str]:
    """Return all candidates, the simplest first, and the sentence that says which are left out for their time."""
    grown = {"n_trees": plan.n_forest_trees, "seed": seed}
    slow, sentence = _slow_candidates(plan, n_classes, n_tracks=n_tracks, seed=seed)
    found = [
        *quick_candidates(plan, names, n_classes, seed=seed),
        single("extra_trees", "Extra trees", partial(ensembles.extra_trees, **grown), _TOO_LARGE),
        *slow,
    ]
    voters = tuple(c.name for c in found if c.fit and not c.not_served and c.name != "majority")
    return [*found, vote("vote", "Soft vote", parts=voters, not_served=_NOT_ADDITIVE)], sentence


def _slow_candidates(plan: Plan, n_classes: int, *, n_tracks: int, seed: int) -> tuple[list[Candidate], str]:
    if n_tracks * n_classes > _MOST_CELLS:
        return [], (
            f"scikit-learn's boosting and XGBoost are not compared: with {n_tracks:,} tracks and {n_classes} genres "
            "they take too long."
        )
    n_rounds, rate = plan.steps(n_classes)
    # Both search for the best threshold, and need half the steps of one that draws it.
    same = {"n_rounds": max(1, n_rounds // 2), "learning_rate": min(0.3, 2 * rate), "n_leaves": plan.n_leaves}
    histogram = partial(ensembles.histogram_boosted, **same, seed=seed)
    found = [single("histogram", "Gradient boosting (scikit-learn)", histogram, _NO_EXACT)]
    if not ensembles.has_xgboost():
        return found, "XGBoost is not compared: it is not installed here."
    xgboosted = partial(ensembles.xgboosted, **same, seed=seed)
    return [*found, single("xgboost", "Gradient boosting (XGBoost)", xgboosted, _SECOND_LIBRARY)], ""


_NO_EXACT = "Compared only: without exact contributions."
