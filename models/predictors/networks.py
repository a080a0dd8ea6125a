"""Small neural networks as plain arrays, whose contributions are exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from analytics.attribution import grouped
from models.predictors.features import MusicalFeatures


class Layers(NamedTuple):
    """One network of rectified linear units: ``scores = max(columns @ inner + shift, 0) @ outer + base``.

    Parameters
    ----------
    inner, shift
        Shape (n_columns, n_units) and (n_units,).
    outer, base
        Shape (n_units, n_scores) and (n_scores,).
    """

    inner: np.ndarray
    shift: np.ndarray
    outer: np.ndarray
    base: np.ndarray

    def scores(self, columns: np.ndarray) -> np.ndarray:
        """Return scores (n_tracks, n_scores) of columns (n_tracks, n_columns)."""
        return np.maximum(columns @ self.inner + self.shift, 0) @ self.outer + self.base


class NetworkScorer:
    """The mean of small networks with one hidden layer on `MusicalFeatures`.

    Parameters
    ----------
    features
        Fitted.
    networks
        At least one.
    """

    def __init__(self, features: MusicalFeatures, networks: Sequence[Layers]) -> None:
        self.features = features
        self.networks = tuple(networks)

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_scores)."""
        columns = self.features.transform(X)
        return np.mean([network.scores(columns) for network in self.networks], axis=0)

    def contributions(self, X: np.ndarray) -> np.ndarray:
        """Return exact contributions against the mean track, summed over a feature's columns.

        Integrated gradients (Aumann-Shapley values; Sundararajan, Taly and Yan, "Axiomatic attribution for deep
        networks", ICML 2017). On the straight line from the mean track each unit has at most one kink, so that the
        integral of its slope is its rise divided by what went into it, and nothing is approximated.
        """
        columns = self.features.transform(X)
        found = np.mean([_from_the_mean(columns, network) for network in self.networks], axis=0)
        return grouped(found, self.features.sources_, X.shape[1])


def _from_the_mean(columns: np.ndarray, network: Layers) -> np.ndarray:
    """Return (n_tracks, n_scores, n_columns + 1) of one network, the mean track's score last."""
    into = columns @ network.inner
    resting = np.maximum(network.shift, 0)
    rise = np.maximum(into + network.shift, 0) - resting
    slope = np.divide(rise, into, out=(np.tile(network.shift, (len(into), 1)) > 0).astype(np.float64), where=into != 0)
    through = np.einsum("tu,cu,us->tsc", slope, network.inner, network.outer, optimize=True)
    parts = through * columns[:, None, :]
    base = np.broadcast_to((resting @ network.outer + network.base)[None, :, None], (*parts.shape[:2], 1))
    return np.concatenate([parts, base], axis=2)
