"""XGBoost's trees, imported only where they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analytics.attribution import grouped
from models.predictors.context import Columns

if TYPE_CHECKING:
    import xgboost


class XgbScorer:
    """Gradient boosted trees of XGBoost with one score.

    Parameters
    ----------
    features
        Fitted.
    booster
        Trained on their columns.
    """

    def __init__(self, features: Columns, booster: xgboost.Booster) -> None:
        self.features = features
        self.booster = booster

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, 1)."""
        return self._predict(X, output_margin=True).reshape(len(X), 1)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return exact SHAP values, summed over columns; float32's rounding is given to the base value."""
        found = grouped(self._predict(X, pred_contribs=True), self.features.sources_, X.shape[1])
        found[:, -1] += self.scores(X)[:, 0] - found.sum(axis=1)
        return found[:, None, :]

    def _predict(self, X: np.ndarray, **what: bool) -> np.ndarray:
        from xgboost import DMatrix  # takes a second, and most bundles need it not

        return self.booster.predict(DMatrix(self.features.transform(X), nthread=1), **what).astype(np.float64)
