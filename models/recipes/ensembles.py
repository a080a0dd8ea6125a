"""Ways of telling genres that are only compared: forests and the boosting of other libraries."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier

from models.predictors.features import FilledFeatures
from models.recipes.classifiers import Lesson, Scoring, majority

if TYPE_CHECKING:
    import xgboost

Trees = RandomForestClassifier | ExtraTreesClassifier

_MOST_CELLS = 300_000
"""Leaves of a tree times genres: each leaf holds a share of every genre."""


class TreeVotes:
    """Probabilities of a scikit-learn ensemble of trees, kept off zero.

    Parameters
    ----------
    features
        Fitted.
    model
        Fitted.
    n_classes
        Number of genres.
    least
        Probability that every genre gets before the rest.
    """

    def __init__(
        self, features: FilledFeatures, model: Trees | HistGradientBoostingClassifier, n_classes: int, least: float
    ) -> None:
        self.features = features
        self.model = model
        self.n_classes = n_classes
        self.least = least

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return logarithms of probabilities, shape (n_tracks, n_genres)."""
        wide = np.full((len(X), self.n_classes), self.least)
        wide[:, self.model.classes_] += self.model.predict_proba(self.features.transform(X))
        return np.log(wide)


def forest(lesson: Lesson, *, n_trees: int, seed: int) -> TreeVotes:
    """Return a random forest (Breiman 2001) of ``n_trees`` trees."""
    return _grown(RandomForestClassifier, lesson, n_trees=n_trees, seed=seed)


def extra_trees(lesson: Lesson, *, n_trees: int, seed: int) -> TreeVotes:
    """Return extremely randomised trees (Geurts, Ernst and Wehenkel 2006), ``n_trees`` of them."""
    return _grown(ExtraTreesClassifier, lesson, n_trees=n_trees, seed=seed)


def _grown(kind: type[Trees], lesson: Lesson, *, n_trees: int, seed: int) -> TreeVotes:
    features = FilledFeatures().fit(lesson.X)
    n_leaves = max(2, _MOST_CELLS // lesson.n_classes)
    # One thread: several add up probabilities in any order, and the last bit with them.
    model = kind(n_trees, min_samples_leaf=3, max_leaf_nodes=_unless_more(n_leaves, lesson), random_state=seed)
    model.fit(features.transform(lesson.X), lesson.y)
    return TreeVotes(features, model, lesson.n_classes, 1 / (lesson.n_classes * n_trees))


def _unless_more(n_leaves: int, lesson: Lesson) -> int | None:
    """Return a limit only where it would bind: growing best leaves first is slower."""
    return n_leaves if n_leaves < len(lesson.y) / 3 else None


def histogram_boosted(
    lesson: Lesson, *, n_rounds: int, learning_rate: float, n_leaves: int, seed: int
) -> TreeVotes | Scoring:
    """Return scikit-learn's histogram gradient boosting; where one genre is left to learn from, its share.

    Parameters
    ----------
    lesson
        What to learn from.
    n_rounds, learning_rate, n_leaves, seed
        As in `models.recipes.classifiers.boosted`.
    """
    if len(np.unique(lesson.y)) < 2:
        return majority(lesson)
    features = FilledFeatures().fit(lesson.X)
    model = HistGradientBoostingClassifier(
        max_iter=n_rounds,
        learning_rate=learning_rate,
        max_leaf_nodes=n_leaves,
        l2_regularization=10.0,
        max_features=0.5,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(features.transform(lesson.X), lesson.y)
    return TreeVotes(features, model, lesson.n_classes, 1e-6)


class XgbScores:
    """Scores of XGBoost's trees.

    Parameters
    ----------
    features
        Fitted.
    booster
        Trained on the filled features.
    """

    def __init__(self, features: FilledFeatures, booster: xgboost.Booster) -> None:
        self.features = features
        self.booster = booster

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_genres)."""
        from xgboost import DMatrix

        columns = DMatrix(self.features.transform(X), nthread=1)
        return self.booster.predict(columns, output_margin=True).astype(np.float64).reshape(len(X), -1)


def xgboosted(lesson: Lesson, *, n_rounds: int, learning_rate: float, n_leaves: int, seed: int) -> XgbScores:
    """Return XGBoost's gradient boosted trees, by one thread.

    Parameters
    ----------
    lesson
        What to learn from.
    n_rounds, learning_rate, n_leaves, seed
        As in `models.recipes.classifiers.boosted`.
    """
    import xgboost  # takes a second, and only the thorough comparison needs it

    features = FilledFeatures().fit(lesson.X)
    parameters = {
        "objective": "multi:softprob",
        "num_class": lesson.n_classes,
        "eta": learning_rate,
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_depth": 0,
        "max_leaves": n_leaves,
        "max_bin": 127,
        "colsample_bynode": 0.5,
        "lambda": 10.0,
        "min_child_weight": float(np.clip(len(lesson.y) // 1000, 1, 5)),
        "nthread": 1,
        "seed": seed,
    }
    data = xgboost.DMatrix(features.transform(lesson.X), lesson.y, nthread=1)
    return XgbScores(features, xgboost.train(parameters, data, n_rounds))


def has_xgboost() -> bool:
    """Return whether XGBoost is installed: there is no wheel of it for every platform."""
    return find_spec("xgboost") is not None
