"""Features together with codes of groups, such as genres, that a track may belong to."""

from __future__ import annotations

from typing import Protocol, Self

import numpy as np


class Columns(Protocol):
    """What turns features into a model's columns, as `models.predictors.features` does."""

    sources_: np.ndarray

    def fit(self, X: np.ndarray, y: object = None) -> Self:
        """Learn from X (n_tracks, n_features)."""
        ...

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_columns) without NaN."""
        ...


class ContextColumns:
    """Plain features by their own columns, and after them memberships, centred; an unknown one counts as the mean.

    Parameters
    ----------
    plain
        For the first ``n_plain`` features.
    n_plain
        Number of plain features; the others are memberships, 0 or 1.

    Attributes
    ----------
    sources_
        Feature number of each column, shape (n_columns,).
    """

    def __init__(self, plain: Columns, n_plain: int) -> None:
        self.plain = plain
        self.n_plain = n_plain

    def fit(self, X: np.ndarray, y: object = None) -> Self:
        """Learn the plain columns and the shares of the memberships from X (n_tracks, n_features)."""
        self.plain.fit(X[:, : self.n_plain])
        members = X[:, self.n_plain :]
        known = np.isfinite(members)
        self.shares_ = np.where(known, members, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        self.sources_ = np.concatenate([self.plain.sources_, np.arange(self.n_plain, X.shape[1])])
        return self

    def transform(self, X: np.ndarray) -> np.ndarray:
        """Return float64 of shape (n_tracks, n_columns) without NaN."""
        members = np.nan_to_num(X[:, self.n_plain :] - self.shares_)
        return np.column_stack([self.plain.transform(X[:, : self.n_plain]), members])
