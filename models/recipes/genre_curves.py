"""How genres are told at every threshold, and how much more tracks would help."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from analytics.choice import paired_difference
from analytics.curves import curve_areas, threshold_curves
from analytics.scoring import clustered_mean
from models.recipe import Progress
from models.recipes.comparison import Comparison, judged_on
from models.recipes.splits import Split

MOST_GENRES = 20
"""Largest genres that get curves and pairs of their own."""

_SHARES = (0.1, 0.25, 0.5)


def largest_genres(y: np.ndarray, most: int = MOST_GENRES) -> list[int]:
    """Return the codes of the genres with most tracks, ascending."""
    counts = np.bincount(y)
    return sorted(np.argsort(-counts, kind="stable")[:most].tolist())


def threshold_tables(compared: Comparison, classes: Sequence[str], *, seed: int) -> dict[str, pa.Table]:
    """Return curves of each of the largest genres against the rest, on tracks not seen.

    Returns
    -------
    dict
        ``roc`` (genre, threshold, false_positive_rate, true_positive_rate), ``pr`` (genre, threshold, recall,
        precision), each with at most 200 points a genre; ``auc`` (genre, auc, auc_low, auc_high, average_precision,
        average_precision_low, average_precision_high, share, n), where the share is the average precision of knowing
        nothing.
    """
    proba, y = np.exp(compared.nested.astype(np.float64)), compared.lesson.y
    roc, pr, areas = [], [], []
    for code in largest_genres(y):
        member = y == code
        curves = threshold_curves(proba[:, code], member)
        named = {"genre": [classes[code]] * len(curves.threshold), "threshold": curves.threshold}
        rates = {"false_positive_rate": curves.false_positive_rate, "true_positive_rate": curves.true_positive_rate}
        roc.append(pa.table({**named, **rates}))
        pr.append(pa.table({**named, "recall": curves.true_positive_rate, "precision": curves.precision}))
        auc, ap = curve_areas(proba[:, code], member, compared.split.groups, seed=seed)
        areas.append(
            {
                "genre": classes[code],
                **dict(zip(("auc", "auc_low", "auc_high"), auc, strict=True)),
                **dict(zip(_AP, ap, strict=True)),
                "share": float(member.mean()),
                "n": int(member.sum()),
            }
        )
    return {"roc": pa.concat_tables(roc), "pr": pa.concat_tables(pr), "auc": pa.Table.from_pylist(areas)}


_AP = ("average_precision", "average_precision_low", "average_precision_high")


def learning_table(compared: Comparison, *, seed: int, progress: Progress) -> tuple[pa.Table, dict[str, object]]:
    """Return the served model's scores by the number of artists it learned from, and what the end of the curve says.

    Columns ``share``, ``n_tracks`` and ``n_artists`` (of training, mean over folds), ``accuracy`` and ``log_loss``
    with ``_low`` and ``_high``.
    """
    y, groups = compared.lesson.y, compared.split.groups
    losses = compared.losses[compared.served]
    rows, lost = [], []
    for i, share in enumerate(_SHARES):
        split = _thinned(compared.split, share, seed=seed)
        progress(i / len(_SHARES), f"learning from {share:.0%} of the {compared.split.unseen}")
        judged = judged_on(compared, split, progress=lambda share, doing: None)
        right = (judged.log_proba.argmax(axis=1) == y).astype(np.float64)
        rows.append(_learning_row(share, split, right, judged.losses, seed=seed))
        lost.append(judged.losses)
    right = (compared.log_proba[compared.served].argmax(axis=1) == y).astype(np.float64)
    rows.append(_learning_row(1.0, compared.split, right, losses, seed=seed))
    gain = paired_difference(lost[-1], losses, groups, seed=seed)
    unseen = compared.split.unseen
    helps = "more tracks would help further" if gain.low > 0 else "more tracks of this kind would hardly help"
    sentence = (
        f"From half of the {unseen} to all of them, accuracy went from {rows[-2]['accuracy']:.1%} to "
        f"{rows[-1]['accuracy']:.1%}: {helps}."
    )
    return pa.Table.from_pylist(rows), {"learning_sentence": sentence}


def _thinned(split: Split, share: float, *, seed: int) -> Split:
    """Return the split with a share of the artists left to learn from, the same in each fold."""
    codes = np.unique(split.groups, return_inverse=True)[1]
    kept = np.random.default_rng(seed).random(int(codes.max()) + 1)[codes] < share
    folds = [(train[kept[train]] if kept[train].any() else train, test) for train, test in split.folds]
    return Split(folds, split.groups, split.words, split.unseen_artists)


def _learning_row(share: float, split: Split, right: np.ndarray, losses: np.ndarray, *, seed: int) -> dict[str, object]:
    accuracy = clustered_mean(right, split.groups, seed=seed)
    loss = clustered_mean(losses, split.groups, seed=seed)
    return {
        "share": share,
        "n_tracks": float(np.mean([len(train) for train, _ in split.folds])),
        "n_artists": float(np.mean([len(np.unique(split.groups[train])) for train, _ in split.folds])),
        **dict(zip(("accuracy", "accuracy_low", "accuracy_high"), accuracy, strict=True)),
        **dict(zip(("log_loss", "log_loss_low", "log_loss_high"), loss, strict=True)),
    }
