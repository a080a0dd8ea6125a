"""Many statistics of the same tracks with intervals, from resampling whole artists once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import sparse

from analytics.scoring import Estimate

Statistic = Callable[[np.ndarray], np.ndarray]
"""From totals of columns, shape (n, n_columns), to a value per row, shape (n,)."""


class ResampledTotals:
    """Totals of columns over all tracks and over resamples of whole artists.

    Parameters
    ----------
    columns
        What is added up, dense or sparse, shape (n_tracks, n_columns).
    groups
        Artist number of each track, shape (n_tracks,).
    seed, n_resamples
        Of the cluster bootstrap (Davison and Hinkley 1997, section 3.8).
    """

    def __init__(
        self, columns: np.ndarray | sparse.spmatrix, groups: np.ndarray, *, seed: int, n_resamples: int = 200
    ) -> None:
        codes = np.unique(groups, return_inverse=True)[1]
        n_groups = int(codes.max()) + 1
        by_artist = sparse.csr_matrix((np.ones(len(codes)), (codes, np.arange(len(codes)))), (n_groups, len(codes)))
        sums = sparse.csr_matrix(by_artist @ sparse.csr_matrix(columns))
        self.whole = np.asarray(sums.sum(axis=0)).reshape(1, -1)
        self.resampled = (sparse.csr_matrix(_draws(n_groups, seed, n_resamples)) @ sums).toarray()

    def estimate(self, statistic: Statistic, *, least: float = 0.0, most: float = np.inf) -> Estimate:
        """Return a statistic of the columns' totals with its 95% interval.

        The interval is moved so that the resamples' median lies on the estimate, as in
        `analytics.scoring.cluster_bootstrap`, and kept within the possible values, ``least`` to ``most``.
        """
        value = float(statistic(self.whole)[0])
        low, median, high = np.quantile(statistic(self.resampled), (0.025, 0.5, 0.975))
        return Estimate(value, max(least, value + float(low - median)), min(most, value + float(high - median)))


def _draws(n_groups: int, seed: int, n_resamples: int) -> np.ndarray:
    """Return how often each artist is in each resample, shape (n_resamples, n_groups)."""
    rng = np.random.default_rng(seed)
    drawn = [np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups) for _ in range(n_resamples)]
    return np.array(drawn, dtype=np.float64)
