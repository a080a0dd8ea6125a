"""Several tags per track: small networks and a compact forest as plain arrays, so that no trainer is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from models.predictors.features import FilledFeatures
from models.predictors.networks import NetworkScorer

_ROWS_AT_ONCE = 4096


class Trees(NamedTuple):
    """The nodes of all trees one after the other; a node without children points at itself.

    Parameters
    ----------
    roots
        First node of each tree, shape (n_trees,).
    feature, threshold
        What a node asks, shape (n_nodes,): a row whose value is at most the threshold goes left.
    left, right
        The next nodes, shape (n_nodes,).
    leaf
        Row of ``shares`` of each node that has no children.
    shares
        Share of training rows with each tag, float16 of shape (n_leaves, n_tags).
    """

    roots: np.ndarray
    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    leaf: np.ndarray
    shares: np.ndarray


class CompactForest:
    """A random forest with one output per tag (Breiman 2001), a few megabytes in all.

    Parameters
    ----------
    features
        Fitted.
    trees
        Grown on the filled features as float32.
    """

    def __init__(self, features: FilledFeatures, trees: Trees) -> None:
        self.features = features
        self.trees = trees

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n_tracks, n_tags)."""
        filled = self.features.transform(X).astype(np.float32)
        parts = [self._shares(filled[i : i + _ROWS_AT_ONCE]) for i in range(0, len(filled), _ROWS_AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, self.trees.shares.shape[1]))

    def _shares(self, filled: np.ndarray) -> np.ndarray:
        found = np.zeros((len(filled), self.trees.shares.shape[1]))
        for leaf in self._leaves(filled).T:
            found += self.trees.shares[leaf]
        return found / len(self.trees.roots)

    def _leaves(self, filled: np.ndarray) -> np.ndarray:
        """Return the leaf of each row in each tree, shape (n_tracks, n_trees)."""
        trees, rows = self.trees, np.arange(len(filled))[:, None]
        node = np.tile(trees.roots, (len(filled), 1))
        while True:
            goes_left = filled[rows, trees.feature[node]] <= trees.threshold[node]
            following = np.where(goes_left, trees.left[node], trees.right[node])
            if np.array_equal(following, node):
                return trees.leaf[node]
            node = following


class TagsPredictor:
    """The probability of each tag, and which tags are plausible.

    Parameters
    ----------
    network
        Log odds of each tag.
    forest
        Averaged with the network, or None.
    tags
        Names, in the order of the columns.
    thresholds
        Probability from which a tag is plausible, shape (n_tags,).
    feature_names
        Names of the columns of X.

    Notes
    -----
    Probabilities are those of a track that carries at least one of the tags, as those it learned from do.
    """

    def __init__(
        self,
        network: NetworkScorer,
        forest: CompactForest | None = None,
        *,
        tags: Sequence[str],
        thresholds: np.ndarray,
        feature_names: tuple[str, ...],
    ) -> None:
        self.network = network
        self.forest = forest
        self.tags = tuple(tags)
        self.thresholds = thresholds
        self.feature_names = feature_names

    def predict_proba(self, X: np.ndarray) -> np.ndarray:
        """Return probabilities of shape (n_tracks, n_tags); tags do not exclude each other."""
        found = expit(self.network.scores(X))
        return found if self.forest is None else (found + self.forest.predict_proba(X)) / 2

    def predict(self, X: np.ndarray) -> np.ndarray:
        """Return which tags are plausible, booleans of shape (n_tracks, n_tags)."""
        return self.predict_proba(X) >= self.thresholds

    def plausible(self, x: np.ndarray) -> list[tuple[str, float]]:
        """Return the plausible tags of one track, shape (n_features,), with probabilities, the likeliest first."""
        found = self.predict_proba(x[None])[0]
        order = np.argsort(-found, kind="stable")
        return [(self.tags[i], float(found[i])) for i in order if found[i] >= self.thresholds[i]]
