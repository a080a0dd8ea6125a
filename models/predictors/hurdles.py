"""A number that is often zero: whether it is, times what it is where it is not."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from models.predictors.scorers import Scorer

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
_STEPS, _SHARES = (_NODES + 1) / 2, _WEIGHTS / 2


class HurdleScorer:
    """The chance of a value over zero, times the value that is then expected.

    Cragg, "Some statistical models for limited dependent variables" (Econometrica 1971).

    Parameters
    ----------
    chance
        One score: log odds that the value is over zero.
    given
        One score: the expected value where it is.
    """

    def __init__(self, chance: Scorer, given: Scorer) -> None:
        self.chance = chance
        self.given = given

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, 1)."""
        return self.chance_above_zero(X)[:, None] * self.given.scores(X)

    def chance_above_zero(self, X: np.ndarray) -> np.ndarray:
        """Return the chance of a value over zero, shape (n_tracks,)."""
        return expit(self.chance.scores(X)[:, 0])

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return (n_tracks, 1, n_features + 1), the base value last; sums to the scores.

        The contributions to both parts grow together from none to all; what each adds on the way is summed up
        (Aumann and Shapley 1974), by Gauss-Legendre quadrature with 32 nodes. What that leaves, rounding, is given
        to the base value.
        """
        odds, value = self.chance.contributions(X)[:, 0], self.given.contributions(X)[:, 0]
        grown_odds = odds[:, -1] + _STEPS[:, None] * odds[:, :-1].sum(axis=1)
        grown_value = value[:, -1] + _STEPS[:, None] * value[:, :-1].sum(axis=1)
        chance = expit(grown_odds)
        by_odds = _SHARES @ (chance * (1 - chance) * grown_value)
        by_value = _SHARES @ chance
        found = by_odds[:, None] * odds[:, :-1] + by_value[:, None] * value[:, :-1]
        base = self.scores(X)[:, 0] - found.sum(axis=1)
        return np.column_stack([found, base])[:, None, :]
