"""The ways of predicting popularity that are compared, the simplest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import lightgbm as lgb
import numpy as np
from sklearn.linear_model import Ridge

from models.predictors.context import Columns
from models.predictors.features import FilledFeatures, MusicalFeatures
from models.predictors.hurdles import HurdleScorer
from models.predictors.scorers import BlendScorer, ConstantScorer, LinearScorer, Scorer, TreeScorer
from models.recipes.classifiers import BOOSTING_BASICS
from models.recipes.ensembles import XgbScores, has_xgboost
from models.recipes.forests import forest, histogram

Fit = Callable[[np.ndarray, np.ndarray], Scorer]
"""From features (n_tracks, n_features) and targets (n_tracks,) to one score per track."""


@dataclass(frozen=True, eq=False, slots=True)
class Regressor:
    """One way of learning a number.

    Parameters
    ----------
    name, label
        Short and readable name.
    fit
        From features (n_tracks, n_features), targets (n_tracks,) and what its parts learned from the same, by name,
        to one score per track.
    not_served
        Why it is only compared; empty for a candidate that may be served.
    parts
        Names of the candidates it is made of; they stand before it.
    """

    name: str
    label: str
    fit: Callable[[np.ndarray, np.ndarray, Mapping[str, Scorer]], Scorer]
    not_served: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Hyper-parameters of the candidates.

    Parameters
    ----------
    penalty
        Of ridge regression.
    n_rounds, learning_rate, n_leaves
        Of gradient boosting.
    n_forest_trees
        Trees of the random forest.
    thorough
        Whether all candidates are compared, or only the quick ones.
    """

    penalty: float = 100.0
    n_rounds: int = 200
    learning_rate: float = 0.03
    n_leaves: int = 15
    n_forest_trees: int = 40
    thorough: bool = False


@dataclass(frozen=True, eq=False, slots=True)
class Views:
    """How features become columns.

    Parameters
    ----------
    linear, tree
        Return unfitted columns for linear models and for trees.
    """

    linear: Callable[[], Columns]
    tree: Callable[[], Columns] = field(default=FilledFeatures)


def candidates(plan: Plan, views: Views, *, zeros_are_mass: bool, seed: int) -> list[Regressor]:
    """Return the candidates, the simplest first."""
    grow = partial(boosted, n_rounds=plan.n_rounds, learning_rate=plan.learning_rate, n_leaves=plan.n_leaves, seed=seed)
    quick = [
        Regressor("mean", "Mean of all tracks", alone(mean)),
        Regressor("ridge", "Ridge regression", alone(partial(ridge, columns=views.linear, penalty=plan.penalty))),
        Regressor("lightgbm", "Gradient boosting (LightGBM)", alone(partial(grow, columns=views.tree))),
    ]
    if not plan.thorough:
        return quick
    random_splits = partial(grow, columns=views.tree, n_rounds=3 * plan.n_rounds, extra_trees=True)
    bent = partial(grow, columns=views.linear, n_rounds=3 * plan.n_rounds // 2)
    by_histogram = partial(
        histogram, columns=views.tree, n_rounds=plan.n_rounds, rate=plan.learning_rate, n_leaves=plan.n_leaves
    )
    return [
        *quick,
        *([_xgboost(plan, views, seed)] if has_xgboost() else []),
        blend("blend", "Boosting and regression, averaged", parts=("ridge", "lightgbm")),
        Regressor("random_splits", "Boosting with random splits (LightGBM)", alone(random_splits)),
        Regressor("bent", "Boosting on musical features (LightGBM)", alone(bent)),
        blend("vote", "Mean of all boosting with LightGBM", parts=("lightgbm", "random_splits", "bent")),
        *([_hurdle(partial(grow, columns=views.tree))] if zeros_are_mass else []),
        Regressor("histogram", "Histogram boosting (scikit-learn)", alone(by_histogram), _NO_CONTRIBUTIONS),
        Regressor(
            "forest",
            "Random forest",
            alone(partial(forest, columns=views.tree, n_trees=plan.n_forest_trees, seed=seed)),
            _TOO_LARGE,
        ),
    ]


_NO_CONTRIBUTIONS = "Compared only: has no contributions of its own."
_TOO_LARGE = "Compared only: large, and without exact contributions."
_SECOND_LIBRARY = "Compared only: a second boosting library in every worker for no gain."


def left_out(plan: Plan) -> list[dict[str, str]]:
    """Return ``model``, ``label`` and ``why`` of each candidate that this machine or the depth leaves out."""
    if not plan.thorough:
        return []
    missing = {"model": "xgboost", "label": "Gradient boosting (XGBoost)", "why": "Not compared: not installed here."}
    return [] if has_xgboost() else [missing]


def alone(fit: Fit) -> Callable[[np.ndarray, np.ndarray, Mapping[str, Scorer]], Scorer]:
    """Return ``fit`` in the form of a candidate that builds on no other."""
    return lambda X, y, learned: fit(X, y)


def blend(name: str, label: str, *, parts: tuple[str, ...]) -> Regressor:
    """Return the candidate that averages the scores of others."""

    def averaged(X: np.ndarray, y: np.ndarray, learned: Mapping[str, Scorer]) -> BlendScorer:
        return BlendScorer([learned[part] for part in parts])

    return Regressor(name, label, averaged, parts=parts)


def learned_alone(candidate: Regressor, all_candidates: Sequence[Regressor], X: np.ndarray, y: np.ndarray) -> Scorer:
    """Return what a candidate learns, its parts learned first."""
    parts = {c.name: c.fit(X, y, {}) for c in all_candidates if c.name in candidate.parts}
    return candidate.fit(X, y, parts)


def mean(X: np.ndarray, y: np.ndarray) -> ConstantScorer:
    """Return the mean of the targets, whatever the track."""
    return ConstantScorer(np.array([y.mean()]))


def ridge(X: np.ndarray, y: np.ndarray, *, columns: Callable[[], Columns], penalty: float) -> LinearScorer:
    """Return ridge regression.

    Parameters
    ----------
    X, y
        What to learn from.
    columns
        Returns unfitted columns, centred once fitted.
    penalty
        L2 penalty, in tracks.
    """
    features = columns().fit(X)
    fitted = Ridge(alpha=penalty).fit(features.transform(X), y)
    return LinearScorer(features, fitted.coef_, np.array([fitted.intercept_]))  # type: ignore[arg-type]


def boosted(
    X: np.ndarray,
    y: np.ndarray,
    *,
    columns: Callable[[], Columns],
    n_rounds: int,
    learning_rate: float,
    n_leaves: int,
    seed: int,
    **special: object,
) -> TreeScorer:
    """Return LightGBM's gradient boosted trees, the same to the last bit for the same seed.

    Parameters
    ----------
    X, y
        What to learn from.
    columns
        Returns unfitted columns.
    n_rounds, learning_rate, n_leaves
        Number of boosting rounds, shrinkage, and leaves of a tree.
    seed
        Of the features tried at each split.
    special
        Parameters of LightGBM that differ, such as ``objective``.
    """
    features = columns().fit(X)
    parameters = {
        "objective": "regression",
        "learning_rate": learning_rate,
        "num_leaves": n_leaves,
        "min_data_in_leaf": int(np.clip(len(y) // 60, 3, 60)),
        "feature_fraction_bynode": 0.5,
        "lambda_l2": 20.0,
        **BOOSTING_BASICS,
        "seed": seed,
        **special,
    }
    data = lgb.Dataset(features.transform(X), y)
    return TreeScorer(features, lgb.train(parameters, data, n_rounds))  # type: ignore[arg-type]


def hurdle(X: np.ndarray, y: np.ndarray, *, grow: Callable[..., Scorer]) -> Scorer:
    """Return the chance of a value over zero times the value expected then, each by its own trees."""
    above = y > 0
    if above.all() or above.sum() < 2:
        return grow(X, y)
    return HurdleScorer(grow(X, above.astype(np.float64), objective="binary"), grow(X[above], y[above]))


def _hurdle(grow: Callable[..., Scorer]) -> Regressor:
    label = "Chance of a zero, and popularity if it is none (LightGBM)"
    return Regressor("hurdle", label, alone(partial(hurdle, grow=grow)))


def xgboost(X: np.ndarray, y: np.ndarray, *, plan: Plan, columns: Callable[[], Columns], seed: int) -> XgbScores:
    """Return XGBoost's trees with the sizes of the plan, on one thread, the same for the same seed."""
    import xgboost as xgb  # an optional package that takes a second to load

    features = columns().fit(X)
    parameters = {
        "objective": "reg:squarederror",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_leaves": plan.n_leaves,
        "max_depth": 0,
        "max_bin": 127,
        "eta": plan.learning_rate,
        "min_child_weight": int(np.clip(len(y) // 60, 3, 60)),
        "colsample_bynode": 0.5,
        "lambda": 20.0,
        "nthread": 1,
        "seed": seed,
    }
    data = xgb.DMatrix(features.transform(X), y, nthread=1)
    return XgbScores(features, xgb.train(parameters, data, plan.n_rounds))


def _xgboost(plan: Plan, views: Views, seed: int) -> Regressor:
    fit = partial(xgboost, plan=plan, columns=views.tree, seed=seed)
    return Regressor("xgboost", "Gradient boosting (XGBoost)", alone(fit), _SECOND_LIBRARY)


def musical(names: tuple[str, ...]) -> Callable[[], Columns]:
    """Return a maker of `MusicalFeatures` of the named columns."""
    return lambda: MusicalFeatures(names)
