"""Small neural networks, trained by scikit-learn and kept as plain arrays."""

from __future__ import annotations

import numpy as np
from sklearn.neural_network import MLPClassifier

from models.predictors.features import MusicalFeatures
from models.predictors.networks import Layers, NetworkScorer
from models.predictors.scorers import ConstantScorer
from models.recipes.classifiers import UNSEEN, Lesson, majority

_BATCH = 128
_RATE = 2e-3


def networks(
    lesson: Lesson, *, feature_names: tuple[str, ...], n_networks: int, n_units: int, n_seen: int, seed: int
) -> NetworkScorer | ConstantScorer:
    """Return several networks with one hidden layer that start from different weights.

    Where only one genre is left to learn from, its share.

    Parameters
    ----------
    lesson
        What to learn from.
    feature_names
        Columns of X.
    n_networks, n_units
        Number of networks, and of hidden units of each.
    n_seen
        Tracks shown to each network, those shown again counted again; every track is shown 5 to 60 times.
    seed
        Of first weights and order.
    """
    if len(np.unique(lesson.y)) < 2:
        return majority(lesson)
    features = MusicalFeatures(feature_names).fit(lesson.X)
    columns = features.transform(lesson.X)
    n_epochs = int(np.clip(n_seen // len(lesson.y), 5, 60))
    trained = [_trained(columns, lesson, n_units, n_epochs, seed=(1000 * seed + i) % 2**32) for i in range(n_networks)]
    return NetworkScorer(features, [_layers(network, lesson.n_classes) for network in trained])


def _trained(columns: np.ndarray, lesson: Lesson, n_units: int, n_epochs: int, *, seed: int) -> MLPClassifier:
    network = MLPClassifier(
        (n_units,),
        alpha=float(np.clip(3000 / len(columns), 0.03, 1.0)),
        batch_size=min(_BATCH, len(columns)),
        learning_rate_init=_RATE,
        random_state=np.random.RandomState(seed),  # goes on from epoch to epoch, where a number would start anew
    )
    classes = np.unique(lesson.y)
    # Epoch by epoch, since `fit` warns of an end that was meant.
    for _ in range(n_epochs):
        network.partial_fit(columns, lesson.y, classes=classes)
    return network


def _layers(network: MLPClassifier, n_classes: int) -> Layers:
    outer, base = network.coefs_[1], network.intercepts_[1]
    if len(network.classes_) == 2:
        outer, base = np.hstack([-outer, outer]) / 2, np.concatenate([-base, base]) / 2
    wide = np.zeros((len(outer), n_classes))
    wide_base = np.full(n_classes, UNSEEN)
    wide[:, network.classes_], wide_base[network.classes_] = outer, base
    return Layers(network.coefs_[0], network.intercepts_[0], wide, wide_base)
