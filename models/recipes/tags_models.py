"""What there is to learn of tags, and the models that learn it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.neural_network import MLPClassifier

from models.predictors.features import FilledFeatures, MusicalFeatures
from models.predictors.networks import Layers, NetworkScorer
from models.predictors.tags import CompactForest, Trees

_BATCH = 256
_RATE = 6e-3
_DECAY = 0.5
_PATIENCE = 5
"""Epochs without a lower loss on the artists left out, after which a network is as it was at its best."""

_LEAST = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class TagLesson:
    """Tracks that carry at least one of the tags.

    Parameters
    ----------
    X
        Features, float64 of shape (n_tracks, n_features), NaN where missing.
    carried
        Which tags each carries, booleans of shape (n_tracks, n_tags).
    groups
        Number of the main artist of each, shape (n_tracks,).
    """

    X: np.ndarray
    carried: np.ndarray
    groups: np.ndarray

    def part(self, rows: np.ndarray) -> TagLesson:
        """Return some of the tracks."""
        return TagLesson(self.X[rows], self.carried[rows], self.groups[rows])

    def sample(self, most: int, *, seed: int) -> TagLesson:
        """Return at most so many tracks, drawn at random."""
        if len(self.X) <= most:
            return self
        return self.part(np.sort(np.random.default_rng(seed).permutation(len(self.X))[:most]))


def tag_networks(
    lesson: TagLesson, feature_names: tuple[str, ...], *, n_networks: int, n_units: int, n_epochs: int, seed: int
) -> NetworkScorer:
    """Return networks with a sigmoid output per tag, each stopped early by artists of its own that it does not see.

    The artists are dealt into as many parts as there are networks; network ``i`` learns from all but part ``i`` and
    is kept as it was when the log loss on that part was lowest: a cross-validation committee (Krogh and Vedelsby,
    "Neural network ensembles, cross validation, and active learning", NIPS 1994).

    Parameters
    ----------
    lesson
        What to learn from; nothing else is looked at.
    feature_names
        Columns of X.
    n_networks, n_units, n_epochs
        Number of networks, hidden units of each, and most times that each sees a track.
    seed
        Of parts, first weights and order.
    """
    features = MusicalFeatures(feature_names).fit(lesson.X)
    columns = features.transform(lesson.X).astype(np.float32)
    parts = _parts(lesson.groups, n_networks, seed=seed)
    networks = []
    for i in range(n_networks):
        judges = parts == i
        learns = ~judges if judges.any() and not judges.all() else np.ones(len(parts), dtype=bool)
        judges = judges if judges.any() else learns
        untrained = MLPClassifier(
            (n_units,),
            alpha=_DECAY,
            batch_size=min(_BATCH, int(learns.sum())),
            learning_rate_init=_RATE,
            random_state=np.random.RandomState((1000 * seed + i) % 2**32),
        )
        networks.append(_stopped_early(untrained, columns, lesson.carried, learns, judges, n_epochs))
    return NetworkScorer(features, networks)


def _parts(groups: np.ndarray, n_parts: int, *, seed: int) -> np.ndarray:
    """Return the part of each row, whole groups together, shape (n_rows,)."""
    codes = np.unique(groups, return_inverse=True)[1]
    order = np.random.default_rng(seed).permutation(int(codes.max()) + 1)
    return order[codes] % n_parts


def _stopped_early(
    network: MLPClassifier,
    columns: np.ndarray,
    carried: np.ndarray,
    learns: np.ndarray,
    judges: np.ndarray,
    n_epochs: int,
) -> Layers:
    targets = carried[learns].astype(np.int64)
    lowest, best, since = np.inf, None, 0
    for _ in range(n_epochs):
        network.partial_fit(columns[learns], targets, classes=np.arange(carried.shape[1]))
        loss = log_loss(carried[judges], network.predict_proba(columns[judges]))
        if loss < lowest or best is None:
            lowest, best, since = loss, _layers(network), 0
        else:
            since += 1
        if since == _PATIENCE:
            break
    return best


def log_loss(carried: np.ndarray, probabilities: np.ndarray) -> float:
    """Return the mean log loss over rows and tags."""
    likely = np.clip(np.where(carried, probabilities, 1 - probabilities), _LEAST, 1)
    return -float(np.log(likely).mean())


def _layers(network: MLPClassifier) -> Layers:
    (inner, outer), (shift, base) = network.coefs_, network.intercepts_
    return Layers(*(part.astype(np.float64) for part in (inner, shift, outer, base)))


def tag_forest(lesson: TagLesson, *, n_trees: int, most_leaves: int, seed: int) -> CompactForest:
    """Return a forest of shallow trees, each with all tags in its leaves.

    Squared error of 0 and 1 splits as the Gini index does; trees of a few hundred leaves lose little, and are stored
    in a few megabytes where full ones take a hundred.

    Parameters
    ----------
    lesson
        What to learn from.
    n_trees, most_leaves
        Trees, and leaves of each.
    seed
        Of samples and features.
    """
    features = FilledFeatures().fit(lesson.X)
    forest = RandomForestRegressor(
        n_trees, min_samples_leaf=3, max_leaf_nodes=most_leaves, max_features="sqrt", random_state=seed, n_jobs=1
    ).fit(features.transform(lesson.X), lesson.carried.astype(np.float64))
    return CompactForest(features, _joined([grown.tree_ for grown in forest.estimators_]))


def _joined(grown: Sequence[object]) -> Trees:
    """Return scikit-learn's trees as plain arrays."""
    sizes = np.array([tree.node_count for tree in grown])
    roots = np.cumsum(sizes) - sizes
    own = np.arange(sizes.sum(), dtype=np.int32)
    offset = np.repeat(roots, sizes)
    left, right = (np.concatenate([getattr(t, side) for t in grown]) for side in ("children_left", "children_right"))
    is_leaf = left < 0
    values = np.concatenate([tree.value.reshape(tree.node_count, -1) for tree in grown])
    return Trees(
        roots.astype(np.int32),
        np.where(is_leaf, 0, np.concatenate([tree.feature for tree in grown])).astype(np.int16),
        np.where(is_leaf, 0, np.concatenate([tree.threshold for tree in grown])),
        np.where(is_leaf, own, left + offset).astype(np.int32),
        np.where(is_leaf, own, right + offset).astype(np.int32),
        (np.cumsum(is_leaf) - 1).astype(np.int32),
        values[is_leaf].astype(np.float16),
    )
