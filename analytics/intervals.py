"""Prediction intervals whose width may depend on the track, conformalised so that they keep their promise."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analytics.calibration import interval_offsets


class Basis(NamedTuple):
    """What an interval is built from before it is conformalised, each of shape (n_tracks,).

    Parameters
    ----------
    lower, upper
        Predicted ends; both the prediction itself where nothing better is known.
    scale
        Unit in which the ends are moved, in points.
    """

    lower: np.ndarray
    upper: np.ndarray
    scale: np.ndarray

    def of(self, rows: np.ndarray) -> Basis:
        """Return the basis of some tracks."""
        return Basis(self.lower[rows], self.upper[rows], self.scale[rows])


def conformal_margins(y: np.ndarray, basis: Basis, *, coverage: float) -> tuple[float, float]:
    """Return by how many units the low and the high end are moved so that the share asked for lies inside.

    With constant ends and scale this is split conformal prediction (Lei et al., JASA 2018); with a scale by track
    its locally weighted form (section 5.2 there); with predicted quantiles as ends conformalised quantile regression
    (Romano, Patterson and Candès, NeurIPS 2019, asymmetric form of section 4).

    Parameters
    ----------
    y
        Actual values of tracks that the models have not seen, shape (n_tracks,).
    basis
        Of the same tracks.
    coverage
        Share that shall lie inside; the rest is halved between the two sides.
    """
    low = interval_offsets((y - basis.lower) / basis.scale, coverage=coverage)[0]
    high = interval_offsets((y - basis.upper) / basis.scale, coverage=coverage)[1]
    return low, high


def moved_ends(
    predicted: np.ndarray, basis: Basis, margins: tuple[float, float], *, bounds: tuple[float, float]
) -> np.ndarray:
    """Return the ends of the interval of each track, shape (n_tracks, 2): within bounds, the prediction inside."""
    low = np.minimum(basis.lower + margins[0] * basis.scale, predicted)
    high = np.maximum(basis.upper + margins[1] * basis.scale, predicted)
    return np.clip(np.column_stack([low, high]), *bounds)


def unseen_ends(
    y: np.ndarray,
    predicted: np.ndarray,
    basis: Basis,
    fold_numbers: np.ndarray,
    *,
    coverage: float,
    bounds: tuple[float, float],
) -> np.ndarray:
    """Return intervals whose margins come from the other folds, shape (n_tracks, 2)."""
    ends = np.empty((len(y), 2))
    for fold in range(int(fold_numbers.max()) + 1):
        others = fold_numbers != fold
        margins = conformal_margins(y[others], basis.of(others), coverage=coverage)
        ends[~others] = moved_ends(predicted[~others], basis.of(~others), margins, bounds=bounds)
    return ends


def inside(y: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return which values lie in their interval, booleans (n_tracks,)."""
    return (y >= ends[:, 0]) & (y <= ends[:, 1])


def interval_scores(y: np.ndarray, ends: np.ndarray, *, coverage: float) -> np.ndarray:
    """Return the interval score of each track, lower is better: the width, plus a fine for a value outside.

    Gneiting and Raftery, "Strictly proper scoring rules, prediction, and estimation" (JASA 2007), section 6.2.

    >>> interval_scores(np.array([5.0, 12.0]), np.array([[0.0, 10.0], [0.0, 10.0]]), coverage=0.9)
    array([10., 50.])
    """
    outside = np.maximum(ends[:, 0] - y, 0) + np.maximum(y - ends[:, 1], 0)
    return ends[:, 1] - ends[:, 0] + 2 / (1 - coverage) * outside
