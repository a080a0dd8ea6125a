"""Every candidate's scores with intervals, and the sentences that say why one of them is served."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from scipy import sparse

from analytics.choice import paired_difference
from analytics.resampling import ResampledTotals, Statistic
from analytics.scoring import Estimate, confidence_bins
from models.recipes.comparison import Comparison

_TRACKS, _RIGHT, _TOP_2, _LOSS = range(4)
_CONFUSION = 4
"""Columns that are added up by artist: tracks, hits, hits among two, losses; then cells of the confusion; then gaps."""


def candidate_table(compared: Comparison, *, seed: int) -> pa.Table:
    """Return one row per candidate, each calibrated and judged on tracks it has not seen.

    Columns ``model``, ``label``; ``accuracy``, ``balanced_accuracy``, ``macro_f1``, ``top_2``, ``log_loss``, ``ece``,
    each with ``_low`` and ``_high``; ``n_bytes`` (size on disk), ``served``, ``why``.
    """
    rows = [_row(compared, i, seed=seed) for i in range(len(compared.candidates))]
    return pa.Table.from_pylist(rows)


def why(compared: Comparison, i: int, *, seed: int) -> str:
    """Return the sentence that says why a candidate is served or not."""
    candidate, served = compared.candidates[i], compared.served
    if candidate.not_served:
        return candidate.not_served
    if i != served:
        gap = _gap(compared, i, served, seed=seed)
        if gap.low <= 0 <= gap.high:
            return "Not served: no better than the served model, within the noise, and larger."
        return f"Not served: log loss higher by {gap.value:.3f} ({gap.low:.3f} to {gap.high:.3f})."
    allowed = [j for j, c in enumerate(compared.candidates) if not c.not_served]
    best = min(allowed, key=lambda j: compared.losses[j].mean())
    if best == served:
        return f"Served: lowest log loss on {compared.split.unseen} it had not seen."
    tied = compared.candidates[best].label
    return f"Served: as good as {tied} within the noise, and simpler."


def _gap(compared: Comparison, i: int, j: int, *, seed: int) -> Estimate:
    return paired_difference(compared.losses[i], compared.losses[j], compared.split.groups, seed=seed)


def _row(compared: Comparison, i: int, *, seed: int) -> dict[str, object]:
    candidate = compared.candidates[i]
    found = all_scores(compared, compared.log_proba[i], seed=seed)
    return {
        "model": candidate.name,
        "label": candidate.label,
        **{f"{name}{end}": value for name, one in found.items() for end, value in zip(_ENDS, one, strict=True)},
        "n_bytes": sum(compared.unseen.n_bytes[name] for name in candidate.parts),
        "served": i == compared.served,
        "why": why(compared, i, seed=seed),
    }


def all_scores(compared: Comparison, log_proba: np.ndarray, *, seed: int) -> dict[str, Estimate]:
    """Return accuracy, balanced accuracy, macro F1, top 2, log loss and calibration error of log probabilities.

    By their names in `candidate_table`; ``log_proba`` has the shape (n_tracks, n_genres).
    """
    y = compared.lesson.y
    totals = ResampledTotals(_columns(log_proba, -log_proba[np.arange(len(y)), y], y), compared.split.groups, seed=seed)
    return {
        name: totals.estimate(statistic, most=np.inf if name == "log_loss" else 1.0)
        for name, statistic in _statistics(compared.lesson.n_classes).items()
    }


_ENDS = ("", "_low", "_high")


def _columns(log_proba: np.ndarray, losses: np.ndarray, y: np.ndarray) -> sparse.spmatrix:
    """Return what is added up by artist, a row per track."""
    n_tracks, n_classes = log_proba.shape
    rows, predicted = np.arange(n_tracks), log_proba.argmax(axis=1)
    right = (predicted == y).astype(np.float64)
    better = (log_proba > log_proba[rows, y][:, None]).sum(axis=1)
    confidence = np.exp(log_proba.max(axis=1).astype(np.float64))
    plain = np.column_stack([np.ones(n_tracks), right, better < 2, losses])
    cells = sparse.csr_matrix((np.ones(n_tracks), (rows, y * n_classes + predicted)), (n_tracks, n_classes**2))
    gaps = sparse.csr_matrix((confidence - right, (rows, confidence_bins(confidence))))
    return sparse.hstack([sparse.csr_matrix(plain), cells, gaps], format="csr")


def _statistics(n_classes: int) -> dict[str, Statistic]:
    end = _CONFUSION + n_classes**2

    def share(column: int) -> Statistic:
        return lambda totals: totals[:, column] / totals[:, _TRACKS]

    def confusions(totals: np.ndarray) -> np.ndarray:
        return totals[:, _CONFUSION:end].reshape(-1, n_classes, n_classes)

    return {
        "accuracy": share(_RIGHT),
        "balanced_accuracy": lambda totals: _balanced_accuracy(confusions(totals)),
        "macro_f1": lambda totals: macro_f1(confusions(totals)),
        "top_2": share(_TOP_2),
        "log_loss": share(_LOSS),
        "ece": lambda totals: np.abs(totals[:, end:]).sum(axis=1) / totals[:, _TRACKS],
    }


def _balanced_accuracy(confusions: np.ndarray) -> np.ndarray:
    """Return the mean recall of the classes that occur, shape (n,), from counts (n, n_classes, n_classes)."""
    support = confusions.sum(axis=2)
    right = np.diagonal(confusions, axis1=1, axis2=2)
    return _mean_where(right, support)


def macro_f1(confusions: np.ndarray) -> np.ndarray:
    """Return the mean F1 of the classes that occur or are predicted, shape (n,), from counts as above."""
    sizes = confusions.sum(axis=1) + confusions.sum(axis=2)
    return _mean_where(2 * np.diagonal(confusions, axis1=1, axis2=2), sizes)


def _mean_where(tops: np.ndarray, bottoms: np.ndarray) -> np.ndarray:
    occurs = bottoms > 0
    return (tops / np.where(occurs, bottoms, 1)).sum(axis=1) / occurs.sum(axis=1)
