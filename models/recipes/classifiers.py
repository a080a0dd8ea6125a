"""The ways of telling genres that are compared, the simplest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import lightgbm as lgb
import numpy as np
from scipy.special import logsumexp
from sklearn.linear_model import LogisticRegression

from analytics.neighbours import nearest_rows
from models.predictors.features import FilledFeatures, MusicalFeatures
from models.predictors.scorers import ConstantScorer, LinearScorer, TreeScorer

UNSEEN = -12.0
"""Score of a genre that no training track has."""


class Scoring(Protocol):
    """Anything with unnormalised log probabilities."""

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_genres)."""
        ...


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """Tracks to learn genres from.

    Parameters
    ----------
    X
        Features, shape (n_tracks, n_features).
    y
        Genre codes, shape (n_tracks,).
    groups
        Artist numbers, shape (n_tracks,).
    n_classes
        Number of genres, some of which may be missing from ``y``.
    """

    X: np.ndarray
    y: np.ndarray
    groups: np.ndarray
    n_classes: int


@dataclass(frozen=True, eq=False, slots=True)
class Candidate:
    """One way of learning.

    Parameters
    ----------
    name, label
        Short and readable name.
    fit
        From a lesson to scores; None for a candidate that is made of others.
    not_served
        Why it is only compared; empty for a candidate that may be served.
    parts
        Names of the candidates it is made of: its own where it has a ``fit``.
    join
        From the parts' calibrated log probabilities (n_parts, n_tracks, n_genres) to scores (n_tracks, n_genres); None
        where weights are fitted to the parts' scores instead.
    """

    name: str
    label: str
    fit: Callable[[Lesson], Scoring] | None
    not_served: str = ""
    parts: tuple[str, ...] = ()
    join: Callable[[np.ndarray], np.ndarray] | None = None


def single(name: str, label: str, fit: Callable[[Lesson], Scoring], not_served: str = "") -> Candidate:
    """Return a candidate that is made of no other."""
    return Candidate(name, label, fit, not_served, parts=(name,))


def pooled(name: str, label: str, *, parts: tuple[str, ...]) -> Candidate:
    """Return the candidate that adds up the scores of others, by weights fitted to tracks they have not seen."""
    return Candidate(name, label, None, parts=parts)


def vote(name: str, label: str, *, parts: tuple[str, ...], not_served: str) -> Candidate:
    """Return the candidate that averages the calibrated probabilities of others: a soft vote."""
    return Candidate(name, label, None, not_served, parts, _mean_probability)


def _mean_probability(log_proba: np.ndarray) -> np.ndarray:
    return logsumexp(log_proba, axis=0) - np.log(len(log_proba))


def majority(lesson: Lesson) -> ConstantScorer:
    """Return the shares of the genres, whatever the track."""
    counts = np.bincount(lesson.y, minlength=lesson.n_classes) + 1.0
    return ConstantScorer(np.log(counts / counts.sum()))


def logistic(lesson: Lesson, *, feature_names: tuple[str, ...], strength: float) -> LinearScorer | ConstantScorer:
    """Return a multinomial logistic regression on `MusicalFeatures`.

    Where only one genre is left to learn from, as in a fold of a tiny catalogue, its shares.

    Parameters
    ----------
    lesson
        What to learn from.
    feature_names
        Columns of X.
    strength
        Inverse of the L2 penalty.
    """
    if len(np.unique(lesson.y)) < 2:
        return majority(lesson)
    features = MusicalFeatures(feature_names).fit(lesson.X)
    columns = features.transform(lesson.X)
    fitted = LogisticRegression(C=strength, max_iter=2000).fit(columns, lesson.y)
    coefficients, intercepts = fitted.coef_, fitted.intercept_
    if len(fitted.classes_) == 2:
        coefficients = np.vstack([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    wide = np.zeros((lesson.n_classes, columns.shape[1]))
    base = np.full(lesson.n_classes, UNSEEN)
    wide[fitted.classes_], base[fitted.classes_] = coefficients, intercepts
    return LinearScorer(features, wide, base)


def boosted(lesson: Lesson, *, n_rounds: int, learning_rate: float, n_leaves: int, seed: int) -> TreeScorer:
    """Return LightGBM's gradient boosted trees, the same to the last bit for the same seed.

    Of few tracks, thresholds are drawn at random and only the best of them is kept (Geurts, Ernst and Wehenkel,
    "Extremely randomized trees", Machine Learning 2006): on artists not seen this gains up to a point over searching
    for the best threshold. From `MANY` tracks on nothing is gained by it: each tree then searches among half of the
    features at each split, on a sample of the tracks (Friedman, "Stochastic gradient boosting", Computational
    Statistics & Data Analysis 2002), in fewer and larger steps, which takes half the time.

    Parameters
    ----------
    lesson
        What to learn from.
    n_rounds, learning_rate, n_leaves
        Number of boosting rounds, shrinkage, and leaves of a tree, of few tracks.
    seed
        Of the thresholds, features and tracks tried.
    """
    features = FilledFeatures().fit(lesson.X)
    many = len(lesson.y) >= MANY
    parameters = {
        "objective": "multiclass",
        "num_class": lesson.n_classes,
        "learning_rate": min(_FASTEST, 1.6 * learning_rate) if many else learning_rate,
        "num_leaves": 3 * n_leaves // 2 if many else n_leaves,
        "min_data_in_leaf": int(np.clip(len(lesson.y) // 100, 3, 30)),
        "lambda_l2": 5.0,
        **(_SEARCHED if many else {"extra_trees": True}),
        **BOOSTING_BASICS,
        "seed": seed,
    }
    data = lgb.Dataset(features.transform(lesson.X), lesson.y)
    return TreeScorer(features, lgb.train(parameters, data, 3 * n_rounds // 8 if many else n_rounds))


MANY = 10_000
"""Tracks from which trees search for thresholds instead of drawing them."""

_SEARCHED = {"feature_fraction_bynode": 0.5, "bagging_fraction": 0.7, "bagging_freq": 1}
_FASTEST = 0.2


BOOSTING_BASICS = {
    "max_bin": 127,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,
    "verbosity": -1,
}
"""The same to the last bit (LightGBM's documentation of ``deterministic``). One thread: trees this
small gain 1.6 times from a second one on an idle machine, and lose 50 times where a core is taken,
since threads wait for each other at every split."""


class NeighbourVotes:
    """Genres by vote of the nearest tracks, with one vote shared by all genres as they occur.

    Parameters
    ----------
    features
        Fitted.
    lesson
        The tracks that vote.
    k
        Number of votes.
    """

    def __init__(self, features: MusicalFeatures, lesson: Lesson, k: int) -> None:
        self.features = features
        self.points = features.space_.transform(lesson.X)
        self.lesson = lesson
        self.k = min(k, len(lesson.y))

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return logarithms of shares of votes, shape (n_tracks, n_genres)."""
        return self.scores_of(nearest_rows(self.points, self.features.space_.transform(X), self.k))

    def scores_of(self, neighbours: np.ndarray) -> np.ndarray:
        """Return the same for given voters, shape (n_tracks, k)."""
        n_classes = self.lesson.n_classes
        cells = self.lesson.y[neighbours] + n_classes * np.arange(len(neighbours))[:, None]
        votes = np.bincount(cells.ravel(), minlength=n_classes * len(neighbours))
        shares = np.bincount(self.lesson.y, minlength=n_classes) + 1.0
        votes = votes.reshape(-1, n_classes) + shares / shares.sum()
        return np.log(votes / votes.sum(axis=1, keepdims=True))


def neighbour_votes(
    lesson: Lesson, *, feature_names: tuple[str, ...], ks: tuple[int, ...], seed: int
) -> NeighbourVotes:
    """Return k-NN with k searched by log loss on a fifth of the artists, kept apart.

    Parameters
    ----------
    lesson
        What to learn from.
    feature_names
        Columns of X.
    ks
        Numbers of neighbours to try.
    seed
        Decides which artists are kept apart.
    """
    features = MusicalFeatures(feature_names).fit(lesson.X)
    codes = np.unique(lesson.groups, return_inverse=True)[1]
    apart = np.random.default_rng(seed).random(codes.max() + 1)[codes] < 0.2
    if apart.all() or not apart.any():
        return NeighbourVotes(features, lesson, ks[0])
    inner = Lesson(lesson.X[~apart], lesson.y[~apart], lesson.groups[~apart], lesson.n_classes)
    voters = NeighbourVotes(features, inner, max(ks))
    queries = features.space_.transform(lesson.X[apart])
    neighbours = nearest_rows(voters.points, queries, voters.k)
    wanted = np.arange(len(queries)), lesson.y[apart]
    losses = [-voters.scores_of(neighbours[:, :k])[wanted].mean() for k in ks]
    return NeighbourVotes(features, lesson, ks[int(np.argmin(losses))])
