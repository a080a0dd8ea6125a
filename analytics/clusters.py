"""Cutting a continuum of tracks into groups, judging the cut, and naming the groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import count
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from scipy.stats import rankdata, t
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)
from threadpoolctl import ThreadpoolController

from analytics.neighbours import nearest_centre
from data.fields import Field, is_own_number

CRITERIA = ("silhouette", "davies_bouldin", "calinski_harabasz", "stability")
STRONG_EFFECT, SLIGHT_EFFECT = 0.5, 0.2
"""Medium and small standardised differences (Cohen 1988)."""

MOST_FITTED = 60_000
"""Tracks on which k-means is fitted at most: more would move the centres by less than a refit does."""

_MOST_REFITTED, _MOST_COMPARED = 5_000, 10_000
_Z95 = 1.959964


class Cut(NamedTuple):
    """Groups numbered by size, the largest 0, and their centres (n_groups, n_dimensions)."""

    labels: np.ndarray
    centres: np.ndarray


class Effects(NamedTuple):
    """Standardised differences of each group from the rest with their 95% intervals, each (n_groups, n_features)."""

    effect: np.ndarray
    low: np.ndarray
    high: np.ndarray


def kmeans_cut(space: np.ndarray, k: int, *, seed: int, n_init: int = 4) -> Cut:
    """Return a k-means cut of points (n_tracks, n_dimensions) into ``k`` groups.

    Of more than `MOST_FITTED` points a random sample is fitted, and all join the nearest centre.
    """
    if len(space) > MOST_FITTED:
        sample = np.sort(np.random.default_rng(seed).permutation(len(space))[:MOST_FITTED])
        centres = _fitted_centres(space[sample], k, seed=seed, n_init=n_init).cluster_centers_
        return _by_size(nearest_centre(space, centres), centres)
    fitted = _fitted_centres(space, k, seed=seed, n_init=n_init)
    return _by_size(fitted.labels_, fitted.cluster_centers_)


def cut_criteria(
    space: np.ndarray, cut: Cut, *, seed: int, n_sample: int = 3000, n_refits: int = 5
) -> dict[str, float]:
    """Return the four criteria of a cut, and ``stability_low`` and ``stability_high``.

    Silhouette (Rousseeuw 1987; on a random sample of the tracks, since it needs all pairs),
    Davies-Bouldin (1979; lower is better), Calinski-Harabasz (1974), and stability as `refit_agreements` measures
    it, with the 95% interval of its mean.
    """
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(len(space))
    sampled, judged = shuffled[:n_sample], np.sort(shuffled[:MOST_FITTED])
    agreements = refit_agreements(space, cut, rng=rng, n_refits=n_refits)
    low, high = _mean_interval(agreements)
    return {
        "silhouette": _silhouette(space[sampled], cut.labels[sampled]),
        "davies_bouldin": float(davies_bouldin_score(space[judged], cut.labels[judged])),
        "calinski_harabasz": float(calinski_harabasz_score(space[judged], cut.labels[judged])),
        "stability": float(agreements.mean()),
        "stability_low": low,
        "stability_high": high,
    }


def refit_agreements(space: np.ndarray, cut: Cut, *, rng: np.random.Generator, n_refits: int) -> np.ndarray:
    """Return how far cuts of random halves of the tracks agree with a cut, float64 of shape (n_refits,).

    Each is the adjusted Rand index between the cut and a fresh cut of half of the tracks (5,000 at most), carried
    over to the others by nearest centre (Ben-Hur, Elisseeff and Guyon 2002). A refit starts anew: one that started
    from the cut's own centres would make any cut look stable.
    """
    k = len(cut.centres)
    n_half = min(max(k, len(space) // 2), _MOST_REFITTED)
    compared = np.sort(rng.permutation(len(space))[:_MOST_COMPARED])
    agreements = np.empty(n_refits)
    for i in range(n_refits):
        half = rng.permutation(len(space))[:n_half]
        refit = kmeans_cut(space[half], k, seed=int(rng.integers(2**31)), n_init=2)
        carried_over = nearest_centre(space[compared], refit.centres)
        agreements[i] = adjusted_rand_score(cut.labels[compared], carried_over)
    return agreements


def choice_table(ks: Sequence[int], criteria: Sequence[Mapping[str, float]]) -> pa.Table:
    """Return ``k``, all that was measured, ``mean_rank`` over the four criteria and ``chosen``: the lowest one.

    Ties go to the smaller k.
    """
    columns = {name: np.array([c[name] for c in criteria]) for name in criteria[0]}
    better = [columns[name] * (1 if name == "davies_bouldin" else -1) for name in CRITERIA]
    ranks = np.mean([rankdata(values) for values in better], axis=0)
    chosen = np.arange(len(ks)) == ranks.argmin()
    k = np.array(ks, dtype=np.int16)
    return pa.table({"k": k, **columns, "mean_rank": ranks, "chosen": chosen})


def effects_by_group(space: np.ndarray, labels: np.ndarray, n_groups: int) -> Effects:
    """Return how each group differs from the rest, as `analytics.profiles.effect_sizes`, for all groups at once.

    Parameters
    ----------
    space
        Centred columns without NaN, shape (n_tracks, n_features).
    labels
        Group of each track, negative for none: such tracks are part of every group's rest.
    n_groups
        Number of groups.
    """
    n1, sums1, squares1 = _sums_by_group(space, labels, n_groups)
    n2, sums2, squares2 = len(space) - n1, space.sum(axis=0) - sums1, (space**2).sum(axis=0) - squares1
    mean1, mean2 = sums1 / np.maximum(n1, 1), sums2 / np.maximum(n2, 1)
    deviations = squares1 - n1 * mean1**2 + squares2 - n2 * mean2**2
    pooled = np.sqrt(np.maximum(deviations, 0) / np.maximum(n1 + n2 - 2, 1))
    usable = (n1 > 1) & (n2 > 1) & (pooled > 1e-9)
    effect = np.where(usable, (mean1 - mean2) / np.where(usable, pooled, 1), np.nan)
    variance = 1 / np.maximum(n1, 1) + 1 / np.maximum(n2, 1) + effect**2 / (2 * np.maximum(n1 + n2, 1))
    half = _Z95 * np.sqrt(variance)
    return Effects(effect, effect - half, effect + half)


def extreme_rows(distances: np.ndarray, rows: np.ndarray, recordings: np.ndarray, n: int) -> np.ndarray:
    """Return up to ``n`` of some rows with the least distances, each recording once, the nearest first.

    Parameters
    ----------
    distances, recordings
        By row of the whole catalogue, shape (n_tracks,).
    rows
        The rows to choose from.
    """
    ordered = rows[np.lexsort((rows, distances[rows]))]
    first = np.sort(np.unique(recordings[ordered], return_index=True)[1])
    return ordered[first[:n]]


def group_names(effects: np.ndarray, fields: Sequence[Field]) -> list[str]:
    """Return a unique name per group from what sets it apart, such as "loud, fast".

    Parameters
    ----------
    effects
        Standardised differences of each group from the rest, shape (n_groups, n_fields).
    fields
        Their fields; those without adjectives are passed over.
    """
    ranked = [_adjectives(row, fields) for row in np.nan_to_num(effects)]
    names: list[str] = []
    for row, words in zip(np.nan_to_num(effects), ranked, strict=True):
        names.append(_unique_name(words, _n_strong(row, fields), taken=names))
    return names


def _silhouette(space: np.ndarray, labels: np.ndarray) -> float:
    n_found = len(np.unique(labels))
    return float(silhouette_score(space, labels)) if 1 < n_found < len(labels) else 0.0


def _fitted_centres(space: np.ndarray, k: int, *, seed: int, n_init: int) -> KMeans:
    # Threads add up in any order: one thread gives the same centres to the last bit each time.
    with _thread_pools().limit(limits=1, user_api="openmp"):
        return KMeans(k, n_init=n_init, random_state=seed).fit(space)


@cache
def _thread_pools() -> ThreadpoolController:
    """Return what holds the thread pools of this process: looking for them takes longer than a small fit."""
    return ThreadpoolController()


def _by_size(labels: np.ndarray, centres: np.ndarray) -> Cut:
    sizes = np.bincount(labels, minlength=len(centres))
    order = np.lexsort((centres[:, 0], -sizes))
    return Cut(np.argsort(order)[labels], centres[order])


def _mean_interval(values: np.ndarray) -> tuple[float, float]:
    """Return the ends of Student's 95% interval of a mean of agreements, which are 1 at most."""
    mean, n = float(values.mean()), len(values)
    half = float(t.ppf(0.975, n - 1) * values.std(ddof=1) / np.sqrt(n)) if n > 1 else 0.0
    return mean - half, min(mean + half, max(1.0, mean))


def _sums_by_group(space: np.ndarray, labels: np.ndarray, n_groups: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return counts (n_groups, 1), sums and sums of squares (n_groups, n_features)."""
    codes = np.where(labels < 0, n_groups, labels)
    n = np.bincount(codes, minlength=n_groups + 1)[:n_groups, None]
    sums = [np.bincount(codes, column, n_groups + 1)[:n_groups] for column in space.T]
    squares = [np.bincount(codes, column**2, n_groups + 1)[:n_groups] for column in space.T]
    return n, np.column_stack(sums), np.column_stack(squares)


def _adjectives(effects: np.ndarray, fields: Sequence[Field]) -> list[str]:
    """Return the adjectives of a group, the strongest first."""
    order = np.argsort(-np.abs(effects), kind="stable")
    named = [(effects[i], fields[i]) for i in order if _has_words(fields[i])]
    return [f.adjective(effect) for effect, f in named]


def _n_strong(effects: np.ndarray, fields: Sequence[Field]) -> int:
    sizes = np.abs([e for e, f in zip(effects, fields, strict=True) if _has_words(f)])
    strong = int((sizes >= STRONG_EFFECT).sum())
    return min(3, strong) if strong else int((sizes >= SLIGHT_EFFECT).any())


def _has_words(field: Field) -> bool:
    return bool(field.high_word) or is_own_number(field.name)


def _unique_name(words: Sequence[str], n_words: int, *, taken: Sequence[str]) -> str:
    for n in range(n_words, len(words) + 1):
        name = ", ".join(words[:n]) or "in the middle"
        if name not in taken:
            return name
    base = ", ".join(words[:n_words]) or "in the middle"
    return next(name for i in count(2) if (name := f"{base} ({i})") not in taken)
