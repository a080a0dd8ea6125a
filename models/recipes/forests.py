"""Regressors of scikit-learn that are compared but not served: they cannot say where a prediction came from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from threadpoolctl import threadpool_limits

from models.predictors.context import Columns


class PlainScorer:
    """The predictions of a scikit-learn regressor, which cannot say where they came from.

    Parameters
    ----------
    features, fitted
        Columns and regressor, both fitted.
    """

    def __init__(self, features: Columns, fitted: RandomForestRegressor | HistGradientBoostingRegressor) -> None:
        self.features = features
        self.fitted = fitted

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, 1)."""
        with threadpool_limits(1, user_api="openmp"):
            return self.fitted.predict(self.features.transform(X))[:, None]


def forest(X: np.ndarray, y: np.ndarray, *, columns: Callable[[], Columns], n_trees: int, seed: int) -> PlainScorer:
    """Return a random forest of ``n_trees`` trees, a third of the features tried at each split."""
    features = columns().fit(X)
    grown = RandomForestRegressor(n_trees, min_samples_leaf=2, max_features=1 / 3, random_state=seed)
    return PlainScorer(features, grown.fit(features.transform(X), y))


def histogram(
    X: np.ndarray, y: np.ndarray, *, columns: Callable[[], Columns], n_rounds: int, rate: float, n_leaves: int
) -> PlainScorer:
    """Return scikit-learn's gradient boosting with the sizes of ours."""
    features = columns().fit(X)
    grown = HistGradientBoostingRegressor(
        max_iter=n_rounds,
        learning_rate=rate,
        max_leaf_nodes=n_leaves,
        min_samples_leaf=int(np.clip(len(y) // 60, 3, 60)),
        l2_regularization=20.0,
        early_stopping=False,
        random_state=0,
    )
    # Threads that wait for each other at every split cost more than they save.
    with threadpool_limits(1, user_api="openmp"):
        return PlainScorer(features, grown.fit(features.transform(X), y))
