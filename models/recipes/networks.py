"""Small neural networks, trained side by side and kept as plain arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from models.predictors.features import MusicalFeatures
from models.predictors.networks import Layers, NetworkScorer
from models.predictors.scorers import ConstantScorer
from models.recipes.classifiers import UNSEEN, Lesson, majority

_BATCH = 128
_RATE = 8e-3
"""Of the first step; it falls evenly to 0, which spares epochs."""

_KEEP, _KEEP_SQUARES, _EPSILON = 0.9, 0.999, 1e-8


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
    known = np.unique(lesson.y)
    if len(known) < 2:
        return majority(lesson)
    features = MusicalFeatures(feature_names).fit(lesson.X)
    columns, codes = features.transform(lesson.X), np.searchsorted(known, lesson.y)
    found = trained(columns, codes, n_networks=n_networks, n_units=n_units, n_seen=n_seen, seed=seed)
    return NetworkScorer(features, [_widened(layers, known, lesson.n_classes) for layers in found])


def trained(
    columns: np.ndarray, codes: np.ndarray, *, n_networks: int, n_units: int, n_seen: int, seed: int
) -> list[Layers]:
    """Return networks that tell classes from columns.

    Parameters
    ----------
    columns
        Standardised, shape (n_tracks, n_columns).
    codes
        Class of each track, from 0, none missing, shape (n_tracks,).
    n_networks, n_units, n_seen, seed
        As in `networks`.
    """
    columns = columns.astype(np.float32)
    actual = np.eye(codes.max() + 1, dtype=np.float32)[codes]
    rng = np.random.default_rng(seed)
    learning = _Learning([columns.shape[1], n_units, actual.shape[1]], n_networks, rng)
    n_epochs = int(np.clip(n_seen // len(columns), 5, 60))
    batch = min(_BATCH, len(columns))
    n_batches = len(columns) // batch
    decay = float(np.clip(3000 / len(columns), 0.03, 1.0)) / batch
    for epoch in range(n_epochs):
        order = np.stack([rng.permutation(len(columns))[: n_batches * batch] for _ in range(n_networks)])
        for number, rows in enumerate(np.split(order, n_batches, axis=1), start=epoch * n_batches):
            rate = _RATE * (1 - number / (n_epochs * n_batches))
            learning.step(columns[rows], actual[rows], decay=decay, rate=rate)
    return learning.layers()


class _Learning:
    """Networks of one size that learn at once, by Adam (Kingma and Ba, ICLR 2015).

    All weights lie in one vector, so that a step costs a few operations however many networks there are.

    Parameters
    ----------
    widths
        Columns, hidden units and scores.
    n_networks
        Number of networks.
    rng
        Of the first weights (Glorot and Bengio, AISTATS 2010).
    """

    def __init__(self, widths: Sequence[int], n_networks: int, rng: np.random.Generator) -> None:
        ends = list(pairwise(widths))
        self._shapes = [(n_networks, *shape) for n_in, n_out in ends for shape in ((n_in, n_out), (1, n_out))]
        bounds = np.repeat([np.sqrt(6 / (n_in + n_out)) for n_in, n_out in ends], 2)
        self._flat = np.concatenate(
            [rng.uniform(-b, b, np.prod(s)) for b, s in zip(bounds, self._shapes, strict=True)]
        ).astype(np.float32)
        self._slopes, self._mean, self._square, self._decayed = (np.zeros_like(self._flat) for _ in range(4))
        self._parts, self._slope_parts = self._views(self._flat), self._views(self._slopes)
        for weights in self._views(self._decayed)[::2]:
            weights[:] = 1
        self._n_steps = 0

    def _views(self, flat: np.ndarray) -> list[np.ndarray]:
        ends = np.cumsum([np.prod(shape) for shape in self._shapes])
        return [part.reshape(s) for part, s in zip(np.split(flat, ends[:-1]), self._shapes, strict=True)]

    def step(self, columns: np.ndarray, actual: np.ndarray, *, decay: float, rate: float) -> None:
        """Learn from a batch: columns and actual classes as 0 or 1, each of shape (n_networks, n_batch, ...)."""
        inner, shift, outer, base = self._parts
        hidden = np.maximum(columns @ inner + shift, 0)
        off = hidden @ outer + base
        off = np.exp(off - off.max(axis=2, keepdims=True))
        off = (off / off.sum(axis=2, keepdims=True) - actual) / np.float32(columns.shape[1])
        back = off @ outer.transpose(0, 2, 1) * (hidden > 0)
        for i, (into, out) in enumerate(((columns, back), (hidden, off))):
            np.matmul(into.transpose(0, 2, 1), out, out=self._slope_parts[2 * i])
            out.sum(axis=1, keepdims=True, out=self._slope_parts[2 * i + 1])
        self._slopes += np.float32(decay) * self._decayed * self._flat
        self._move(np.float32(rate))

    def _move(self, rate: np.float32) -> None:
        self._n_steps += 1
        self._mean += np.float32(1 - _KEEP) * (self._slopes - self._mean)
        self._square += np.float32(1 - _KEEP_SQUARES) * (self._slopes**2 - self._square)
        rate *= np.sqrt(1 - _KEEP_SQUARES**self._n_steps) / (1 - _KEEP**self._n_steps)
        self._flat -= np.float32(rate) * self._mean / (np.sqrt(self._square) + np.float32(_EPSILON))

    def layers(self) -> list[Layers]:
        """Return the networks as they are."""
        inner, shift, outer, base = (part.astype(np.float64) for part in self._parts)
        return [Layers(*layers) for layers in zip(inner, shift[:, 0], outer, base[:, 0], strict=True)]


def _widened(layers: Layers, known: np.ndarray, n_classes: int) -> Layers:
    """Return a network with a score for every genre, also those that no training track has."""
    outer, base = np.zeros((len(layers.outer), n_classes)), np.full(n_classes, UNSEEN)
    outer[:, known], base[known] = layers.outer, layers.base
    return Layers(layers.inner, layers.shift, outer, base)
