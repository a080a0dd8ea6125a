"""How few features tell genres as well as all, and what groups of them add."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import lightgbm as lgb
import numpy as np
import pyarrow as pa

from analytics.choice import paired_difference
from analytics.scoring import Estimate, clustered_mean
from models.predictors.features import FilledFeatures
from models.predictors.scorers import TreeScorer
from models.recipe import Progress
from models.recipes.classifiers import Candidate, Lesson, boosted
from models.recipes.comparison import calibrated
from models.recipes.parallel import in_parallel
from models.recipes.splits import Split

_MOST_COUNTS = 9
_MOST_TRACKS = 6000
"""Most training tracks of a fold: the study compares features, and needs no more to do it."""

_N_ROUNDS, _RATE, _N_LEAVES, _MOST_TREES = 100, 0.1, 15, 1500


def counts_to_try(n_features: int) -> list[int]:
    """Return numbers of features, spread evenly by ratio, the largest first.

    >>> counts_to_try(12), counts_to_try(3)
    ([12, 9, 6, 5, 3, 2, 1], [3, 2, 1])
    """
    spread = np.geomspace(1, n_features, min(_MOST_COUNTS, n_features))
    return sorted({round(float(n)) for n in spread}, reverse=True)


def feature_curve(
    lesson: Lesson, split: Split, names: Sequence[str], *, seed: int, progress: Progress
) -> tuple[pa.Table, dict[str, object]]:
    """Return scores on tracks not seen by the number of features kept, and the least number that is enough.

    Features are left out step by step, those of least gain in the trees that were grown from the others (recursive
    elimination; Guyon, Weston, Barnhill and Vapnik, "Gene selection for cancer classification using support vector
    machines", Machine Learning 2002), anew in the training part of each fold.

    Columns ``n_features``, ``accuracy`` and ``log_loss`` with ``_low`` and ``_high``, and ``kept``: the features that
    most folds kept, parted by commas.
    """
    counts = counts_to_try(len(names))
    scores = np.empty((len(counts), len(lesson.y), lesson.n_classes), dtype=np.float32)
    kept: list[list[np.ndarray]] = [[] for _ in split.folds]
    tasks = [
        (partial(_eliminate, lesson, split, fold, counts, scores, kept, seed), f"feature selection, fold {fold + 1}")
        for fold in range(len(split.folds))
    ]
    in_parallel(tasks, progress)
    rows, losses = [], []
    for i, count in enumerate(counts):
        found, lost = _scored(scores[i], lesson, split, seed=seed)
        often = Counter(int(feature) for fold in kept for feature in fold[i])
        best = sorted(often, key=lambda feature: (-often[feature], feature))[:count]
        rows.append({"n_features": count, **found, "kept": ", ".join(names[f] for f in sorted(best))})
        losses.append(lost)
    enough = min(
        (i for i in range(len(counts)) if paired_difference(losses[i], losses[0], split.groups, seed=seed).low <= 0),
        key=lambda i: counts[i],
    )
    sentence = (
        f"{counts[enough]} of {len(names)} features tell the genres as well as all of them, within the noise."
        if counts[enough] < len(names)
        else f"All {len(names)} features are needed: with any fewer that were tried, genres are told less well."
    )
    facts = {"features_enough": counts[enough], "features_sentence": sentence, **study_facts(lesson, split)}
    return pa.Table.from_pylist(rows[::-1]), facts


def study_facts(lesson: Lesson, split: Split) -> dict[str, object]:
    """Return by which model features are compared, which is smaller than the one served, and on how many tracks.

    ``study_model`` in words, and ``study_tracks``: tracks that it learns from, mean over the folds.
    """
    return {
        "study_model": f"gradient boosting (LightGBM) of {_rounds(lesson.n_classes)} rounds with {_N_LEAVES} leaves",
        "study_tracks": round(float(np.mean([len(_some(train)) for train, _ in split.folds]))),
    }


def feature_groups(names: Sequence[str]) -> dict[str, list[int]]:
    """Return the features of each group that this table has, by label; no group is all there is."""
    found = {label: [i for i, name in enumerate(names) if belongs(name)] for label, belongs in _GROUPS.items()}
    return {label: features for label, features in found.items() if 0 < len(features) < len(names)}


def _ends(*ends: str) -> Callable[[str], bool]:
    return lambda name: name.endswith(ends)


def _holds(*words: str) -> Callable[[str], bool]:
    return lambda name: any(word in name for word in words)


_GROUPS = {
    "Variances": _ends("_var", "_variance", "_std"),
    "MFCCs": _holds("mfcc"),
    "Chroma": _holds("chroma"),
    "Spectral shape": _holds("spectral", "rolloff", "zero_crossing", "bandwidth", "centroid", "contrast", "flatness"),
    "Harmony and percussion": _holds("harmony", "perceptr", "percuss", "tonnetz"),
    "Rhythm": _holds("tempo", "danceability", "time_signature", "beat"),
    "Loudness and energy": _holds("loudness", "energy", "rms"),
    "Voice and instruments": _holds("speechiness", "instrumentalness", "acousticness"),
    "Mood and mode": lambda name: name in {"valence", "key", "mode"},
    "Length": _holds("duration"),
    "Popularity": lambda name: name == "popularity",
    "Release year": lambda name: name == "release_year",
}


def group_table(
    lesson: Lesson, split: Split, names: Sequence[str], *, seed: int, progress: Progress
) -> pa.Table | None:
    """Return scores on tracks not seen with and without groups of features; None where there is no group.

    Columns ``group``, ``n_features``, ``features`` (parted by commas), ``accuracy_with``, ``accuracy_without``, and
    ``change`` with ``low`` and ``high``: what leaving the group out does to the accuracy.
    """
    groups = feature_groups(names)
    if not groups:
        return None
    every = list(range(len(names)))
    kept = [every, *([i for i in every if i not in own] for own in groups.values())]
    scores = np.empty((len(kept), len(lesson.y), lesson.n_classes), dtype=np.float32)
    tasks = [
        (partial(_judge_some, lesson, split, fold, features, scores[i], seed), f"groups of features, fold {fold + 1}")
        for fold in range(len(split.folds))
        for i, features in enumerate(kept)
    ]
    in_parallel(tasks, progress)
    right = [_right(one, lesson, split) for one in scores]
    rows = []
    for i, (label, features) in enumerate(groups.items(), start=1):
        change = paired_difference(right[i], right[0], split.groups, seed=seed)
        rows.append(
            {
                "group": label,
                "n_features": len(features),
                "features": ", ".join(names[f] for f in features),
                "accuracy_with": float(right[0].mean()),
                "accuracy_without": float(right[i].mean()),
                "change": change.value,
                "low": change.low,
                "high": change.high,
            }
        )
    return pa.Table.from_pylist(rows)


def _eliminate(
    lesson: Lesson,
    split: Split,
    fold: int,
    counts: Sequence[int],
    scores: np.ndarray,
    kept: list[list[np.ndarray]],
    seed: int,
) -> None:
    train, test = split.folds[fold]
    features, gains = np.arange(lesson.X.shape[1]), np.zeros(lesson.X.shape[1])
    for i, count in enumerate(counts):
        features = np.sort(features[np.argsort(-gains, kind="stable")[:count]])
        learned = _learned(lesson, train, features, seed)
        scores[i, test] = learned.scores(lesson.X[test][:, features])
        gains = _gains(learned.booster, learned.features, len(features))
        kept[fold].append(features)


def _judge_some(
    lesson: Lesson, split: Split, fold: int, features: Sequence[int], scores: np.ndarray, seed: int
) -> None:
    train, test = split.folds[fold]
    scores[test] = _learned(lesson, train, np.array(features), seed).scores(lesson.X[test][:, features])


def _learned(lesson: Lesson, train: np.ndarray, features: np.ndarray, seed: int) -> TreeScorer:
    some = _some(train)
    part = Lesson(lesson.X[some][:, features], lesson.y[some], lesson.groups[some], lesson.n_classes)
    return boosted(part, n_rounds=_rounds(lesson.n_classes), learning_rate=_RATE, n_leaves=_N_LEAVES, seed=seed)


def _some(train: np.ndarray) -> np.ndarray:
    return train[:: -(-len(train) // _MOST_TRACKS)]


def _rounds(n_classes: int) -> int:
    return max(15, min(_N_ROUNDS, _MOST_TREES // n_classes))


def _gains(booster: lgb.Booster, filled: FilledFeatures, n_features: int) -> np.ndarray:
    """Return by how much each feature's columns lowered the training loss, shape (n_features,)."""
    return np.bincount(filled.sources_, booster.feature_importance("gain"), n_features)


def _scored(scores: np.ndarray, lesson: Lesson, split: Split, *, seed: int) -> tuple[dict[str, float], np.ndarray]:
    log_proba = _calibrated(scores, lesson, split)
    losses = -log_proba[np.arange(len(lesson.y)), lesson.y]
    right = (log_proba.argmax(axis=1) == lesson.y).astype(np.float64)
    accuracy = clustered_mean(right, split.groups, seed=seed)
    loss = clustered_mean(losses, split.groups, seed=seed)
    return {**_ended("accuracy", accuracy), **_ended("log_loss", loss)}, losses


def _ended(name: str, found: Estimate) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), found, strict=True))


def _right(scores: np.ndarray, lesson: Lesson, split: Split) -> np.ndarray:
    return (_calibrated(scores, lesson, split).argmax(axis=1) == lesson.y).astype(np.float64)


def _calibrated(scores: np.ndarray, lesson: Lesson, split: Split) -> np.ndarray:
    trees = Candidate("trees", "Gradient boosting", None, parts=("trees",))
    return calibrated(trees, {"trees": scores}, lesson.y, split.numbers)[0]
