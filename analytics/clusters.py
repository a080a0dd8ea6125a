"""Cutting a continuum of tracks into groups, judging the cut, and naming the groups."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from scipy.stats import rankdata
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_rand_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    silhouette_score,
)
from threadpoolctl import threadpool_limits

from analytics.neighbours import nearest_centre
from data.fields import Field, is_own_number

CRITERIA = ("silhouette", "davies_bouldin", "calinski_harabasz", "stability")
STRONG_EFFECT, SLIGHT_EFFECT = 0.5, 0.2
"""Medium and small standardised differences (Cohen 1988)."""


class Cut(NamedTuple):
    """Groups numbered by size, the largest 0, and their centres (n_groups, n_dimensions)."""

    labels: np.ndarray
    centres: np.ndarray


def kmeans_cut(space: np.ndarray, k: int, *, seed: int, n_init: int = 4) -> Cut:
    """Return a k-means cut of points (n_tracks, n_dimensions) into ``k`` groups."""
    # Threads add up in any order: one thread gives the same centres to the last bit each time.
    with threadpool_limits(1, user_api="openmp"):
        fitted = KMeans(k, n_init=n_init, random_state=seed).fit(space)
    sizes = np.bincount(fitted.labels_, minlength=k)
    order = np.lexsort((fitted.cluster_centers_[:, 0], -sizes))
    return Cut(np.argsort(order)[fitted.labels_], fitted.cluster_centers_[order])


def cut_criteria(
    space: np.ndarray, cut: Cut, *, seed: int, n_sample: int = 3000, n_refits: int = 5
) -> dict[str, float]:
    """Return the four criteria of a cut.

    Silhouette (Rousseeuw 1987; on a random sample of the tracks, since it needs all pairs),
    Davies-Bouldin (1979; lower is better), Calinski-Harabasz (1974), and stability: the mean
    adjusted Rand index between this cut and cuts of random halves of the tracks, carried over to
    all of them by nearest centre (Ben-Hur, Elisseeff and Guyon 2002).
    """
    rng = np.random.default_rng(seed)
    sampled = rng.permutation(len(space))[:n_sample]
    return {
        "silhouette": _silhouette(space[sampled], cut.labels[sampled]),
        "davies_bouldin": float(davies_bouldin_score(space, cut.labels)),
        "calinski_harabasz": float(calinski_harabasz_score(space, cut.labels)),
        "stability": _stability(space, cut, rng=rng, n_refits=n_refits),
    }


def choice_table(ks: Sequence[int], criteria: Sequence[dict[str, float]]) -> pa.Table:
    """Return ``k``, the four criteria, ``mean_rank`` over them and ``chosen``: the lowest one.

    Ties go to the smaller k.
    """
    columns = {name: np.array([c[name] for c in criteria]) for name in CRITERIA}
    better = {name: v if name == "davies_bouldin" else -v for name, v in columns.items()}
    ranks = np.mean([rankdata(values) for values in better.values()], axis=0)
    chosen = np.arange(len(ks)) == ranks.argmin()
    k = np.array(ks, dtype=np.int16)
    return pa.table({"k": k, **columns, "mean_rank": ranks, "chosen": chosen})


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


def _stability(space: np.ndarray, cut: Cut, *, rng: np.random.Generator, n_refits: int) -> float:
    k = len(cut.centres)
    agreements: list[float] = []
    for _ in range(n_refits):
        half = rng.permutation(len(space))[: max(k, len(space) // 2)]
        refit = kmeans_cut(space[half], k, seed=int(rng.integers(2**31)), n_init=2)
        carried_over = nearest_centre(space, refit.centres)
        agreements.append(float(adjusted_rand_score(cut.labels, carried_over)))
    return float(np.mean(agreements))


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
