"""The ways of predicting popularity that are compared, the simplest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np
from sklearn.linear_model import Ridge

from models.predictors.features import FilledFeatures, MusicalFeatures
from models.predictors.scorers import ConstantScorer, LinearScorer, Scorer, TreeScorer
from models.recipes.classifiers import BOOSTING_BASICS


@dataclass(frozen=True, eq=False, slots=True)
class Regressor:
    """One way of learning a number.

    Parameters
    ----------
    name, label
        Short and readable name.
    fit
        From features (n_tracks, n_features) and targets (n_tracks,) to one score per track.
    """

    name: str
    label: str
    fit: Callable[[np.ndarray, np.ndarray], Scorer]


def mean(X: np.ndarray, y: np.ndarray) -> ConstantScorer:
    """Return the mean of the targets, whatever the track."""
    return ConstantScorer(np.array([y.mean()]))


def ridge(X: np.ndarray, y: np.ndarray, *, feature_names: tuple[str, ...], penalty: float) -> LinearScorer:
    """Return ridge regression on `MusicalFeatures`.

    Parameters
    ----------
    X, y
        What to learn from.
    feature_names
        Columns of X.
    penalty
        L2 penalty, in tracks.
    """
    features = MusicalFeatures(feature_names).fit(X)
    fitted = Ridge(alpha=penalty).fit(features.transform(X), y)
    return LinearScorer(features, fitted.coef_, np.array([fitted.intercept_]))


def boosted(
    X: np.ndarray, y: np.ndarray, *, n_rounds: int, learning_rate: float, n_leaves: int, seed: int
) -> TreeScorer:
    """Return LightGBM's gradient boosted trees, the same to the last bit for the same seed.

    Parameters
    ----------
    X, y
        What to learn from.
    n_rounds, learning_rate, n_leaves
        Number of boosting rounds, shrinkage, and leaves of a tree.
    seed
        Of the features tried at each split.
    """
    features = FilledFeatures().fit(X)
    parameters = {
        "objective": "regression",
        "learning_rate": learning_rate,
        "num_leaves": n_leaves,
        "min_data_in_leaf": int(np.clip(len(y) // 60, 3, 60)),
        "feature_fraction_bynode": 0.5,
        "lambda_l2": 20.0,
        **BOOSTING_BASICS,
        "seed": seed,
    }
    data = lgb.Dataset(features.transform(X), y)
    return TreeScorer(features, lgb.train(parameters, data, n_rounds))
