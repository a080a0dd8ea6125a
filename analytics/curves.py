"""Curves of how well scores tell members of a class from the rest, with areas and their intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analytics.scoring import Estimate


class Curves(NamedTuple):
    """Receiver operating characteristic and precision against recall, from the strictest threshold on.

    Parameters
    ----------
    threshold
        Descending, shape (n_points,).
    false_positive_rate, true_positive_rate, precision
        Of taking everything at or above a threshold for a member; the true positive rate is the recall.
    """

    threshold: np.ndarray
    false_positive_rate: np.ndarray
    true_positive_rate: np.ndarray
    precision: np.ndarray


def threshold_curves(scores: np.ndarray, member: np.ndarray, *, n_points: int = 200) -> Curves:
    """Return the curves at no more than ``n_points`` thresholds, spread evenly along the ROC curve.

    Parameters
    ----------
    scores
        Higher for likelier members, shape (n_tracks,).
    member
        Whether a track is one, shape (n_tracks,); some are and some are not.
    n_points
        Most points.
    """
    order = np.argsort(-scores, kind="stable")
    ranked, hits = scores[order], member[order]
    ends = np.append(np.flatnonzero(np.diff(ranked)), len(ranked) - 1)
    true, taken = np.cumsum(hits)[ends], ends + 1
    rates = (taken - true) / (~hits).sum(), true / hits.sum()
    walked = rates[0] + rates[1]
    kept = np.unique(np.searchsorted(walked, np.linspace(walked[0], walked[-1], n_points)).clip(max=len(ends) - 1))
    return Curves(ranked[ends][kept], rates[0][kept], rates[1][kept], (true / taken)[kept])


def curve_areas(
    scores: np.ndarray, member: np.ndarray, groups: np.ndarray, *, seed: int, n_resamples: int = 100
) -> tuple[Estimate, Estimate]:
    """Return the area under the ROC curve and the average precision, with intervals from resampling whole artists.

    Parameters
    ----------
    scores, member
        As in `threshold_curves`.
    groups
        Artist number of each track, shape (n_tracks,).
    seed, n_resamples
        Of the cluster bootstrap.
    """
    codes = np.unique(groups, return_inverse=True)[1]
    n_groups, rng = int(codes.max()) + 1, np.random.default_rng(seed)
    order = np.argsort(-scores, kind="stable")
    hits, drawn_from = member[order], codes[order]
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    whole = _areas(np.ones(len(order)), hits, ends)
    found = []
    for _ in range(n_resamples):
        drawn = np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups)
        found.append(_areas(drawn[drawn_from].astype(np.float64), hits, ends))
    low, high = np.nanquantile(np.array(found), (0.025, 0.975), axis=0)
    return tuple(  # type: ignore[return-value]  # two of them
        Estimate(float(v), float(min(a, v)), float(max(b, v))) for v, a, b in zip(whole, low, high, strict=True)
    )


def _areas(weights: np.ndarray, hits: np.ndarray, ends: np.ndarray) -> tuple[float, float]:
    """Return ROC area and average precision of weighted tracks in order of descending scores; ties end at ``ends``."""
    true = np.cumsum(weights * hits)[ends]
    false = np.cumsum(weights * ~hits)[ends]
    if true[-1] <= 0 or false[-1] <= 0:
        return np.nan, np.nan
    before = np.append(0.0, true[:-1])
    area = float(((before + true) / 2 * np.diff(false, prepend=0.0)).sum() / (true[-1] * false[-1]))
    taken = true + false
    precision = np.divide(true, taken, out=np.zeros_like(true), where=taken > 0)
    return area, float((precision * (true - before)).sum() / true[-1])
