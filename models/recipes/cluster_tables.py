"""What is told of clusters: how the number was chosen, what sets each apart, which tracks are typical."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from analytics.clusters import Cut, effects_by_group, extreme_rows, group_names
from data.catalogue import Catalogue
from data.fields import Field

STABLE = 0.8
"""Agreement of refits from which a cut is called stable (Hennig 2007 asks 0.75 to 0.85 of the Jaccard index)."""

_GENRES_FOUND = 0.5
"""Adjusted Rand index from which clusters may be called genres found."""

_MIDDLE = 0.75
"""Share of the tracks on islands from which the largest is the middle of the cloud."""


def profile_table(points: np.ndarray, labels: np.ndarray, n_groups: int, used: Sequence[Field]) -> pa.Table:
    """Return ``cluster, name, n, field, effect, low, high``: by how much each group differs from the rest.

    Parameters
    ----------
    points
        Shape (n_tracks, n_fields), centred.
    labels
        Group of each track, negative for none.
    used
        The fields of the columns of ``points``.
    """
    found = effects_by_group(points, labels, n_groups)
    names = group_names(found.effect, used)
    sizes = np.bincount(labels[labels >= 0], minlength=n_groups)
    n = len(used)
    return pa.table(
        {
            "cluster": np.repeat(np.arange(n_groups, dtype=np.int16), n),
            "name": pa.array(np.repeat(np.array(names, dtype=object), n), pa.string()),
            "n": np.repeat(sizes, n).astype(np.int32),
            "field": pa.array([field.name for field in used] * n_groups, pa.string()),
            "effect": found.effect.ravel(),
            "low": found.low.ravel(),
            "high": found.high.ravel(),
        }
    )


def names_in(profiles: pa.Table) -> list[str]:
    """Return the names of the groups of one profile table, group 0 first."""
    return list(dict(zip(profiles["cluster"].to_pylist(), profiles["name"].to_pylist(), strict=True)).values())


def all_profiles(by_k: Mapping[int, pa.Table]) -> pa.Table:
    """Return the profile tables of every cut below each other, with ``k`` as first column."""
    parts = [t.add_column(0, "k", [np.full(len(t), k, dtype=np.int16)]) for k, t in by_k.items()]
    return pa.concat_tables(parts).combine_chunks()


def agreement_with_genre(catalogue: Catalogue, cuts: Mapping[int, Cut]) -> dict[str, np.ndarray]:
    """Return ``ari_with_genre`` and ``nmi_with_genre`` by cut; nothing where there are no genres.

    Adjusted Rand index (Hubert and Arabie 1985), 0 by chance, and normalised mutual information (Strehl and Ghosh
    2002), which grows with the number of clusters by chance alone.
    """
    if not catalogue.has("genre"):
        return {}
    genres = catalogue.column("genre")
    known = np.array([genre is not None for genre in genres])
    codes = np.unique(genres[known].astype(str), return_inverse=True)[1]
    found = [cut.labels[known] for cut in cuts.values()]
    return {
        "ari_with_genre": np.array([adjusted_rand_score(codes, labels) for labels in found]),
        "nmi_with_genre": np.array([normalized_mutual_info_score(codes, labels) for labels in found]),
    }


def example_table(catalogue: Catalogue, points: np.ndarray, cut: Cut, recordings: np.ndarray, *, n: int) -> pa.Table:
    """Return ``cluster, kind, rank, row, track_id, distance``: the tracks nearest a centre and farthest from it.

    ``kind`` is "typical" or "odd", ``rank`` counts from 1; each recording is listed once.
    """
    distances = np.sqrt(((points - cut.centres[cut.labels]) ** 2).sum(axis=1))
    parts = []
    for cluster in range(len(cut.centres)):
        own = np.flatnonzero(cut.labels == cluster)
        typical = extreme_rows(distances, own, recordings, n)
        odd = np.setdiff1d(extreme_rows(-distances, own, recordings, n), typical, assume_unique=True)
        odd = odd[np.argsort(-distances[odd], kind="stable")]
        parts += [(cluster, "typical", i + 1, row) for i, row in enumerate(typical)]
        parts += [(cluster, "odd", i + 1, row) for i, row in enumerate(odd)]
    clusters, kinds, ranks, rows = zip(*parts, strict=True)
    at = np.array(rows, dtype=np.int32)
    return pa.table(
        {
            "cluster": np.array(clusters, dtype=np.int16),
            "kind": list(kinds),
            "rank": np.array(ranks, dtype=np.int16),
            "row": at,
            "track_id": catalogue.tracks["track_id"].take(pa.array(at)).combine_chunks(),
            "distance": distances[at].astype(np.float32),
        }
    )


def choice_facts(choice: pa.Table, silhouette: float) -> dict[str, object]:
    """Return the chosen ``k``, its agreement with the genres (None where there are none), and what is said of it.

    Parameters
    ----------
    choice
        As `analytics.clusters.choice_table` gives it, with `agreement_with_genre` where that is known.
    silhouette
        Of the chosen cut.
    """
    chosen = choice.filter(choice["chosen"]).to_pylist()[0]
    ari = chosen.get("ari_with_genre")
    return {
        "k": chosen["k"],
        "ari_with_genre": ari,
        "nmi_with_genre": chosen.get("nmi_with_genre"),
        "choice_sentence": choice_sentence(choice),
        "stability_sentence": stability_sentence(choice),
        "structure_sentence": structure_sentence(silhouette, ari),
    }


def choice_sentence(choice: pa.Table) -> str:
    """Return why this number of clusters was chosen, and how near the next one came."""
    table = choice.to_pydict()
    k = table["k"][table["chosen"].index(True)]
    said = (
        f"{k} clusters have the best mean rank over silhouette, Davies-Bouldin, Calinski-Harabasz and stability "
        f"among {min(table['k'])} to {max(table['k'])}"
    )
    ranks = sorted(zip(table["mean_rank"], table["k"], strict=True))
    best = min(ranks)[0]
    near = sorted(other for rank, other in ranks if rank <= best + 1 and other != k)
    if not near:
        return f"{said}."
    return f"{said}; {listed([str(other) for other in near])} {'come' if len(near) > 1 else 'comes'} close."


def stability_sentence(choice: pa.Table) -> str:
    """Return which cuts come out alike when half of the tracks are cut anew."""
    pairs = zip(choice["k"].to_pylist(), choice["stability_low"].to_pylist(), strict=True)
    stable = [str(k) for k, low in pairs if low >= STABLE]
    if not stable:
        return f"No cut comes out alike when half of the tracks are cut anew (agreement under {STABLE})."
    if len(stable) == len(choice):
        return "Every cut comes out alike when half of the tracks are cut anew."
    return f"Only the {'cuts' if len(stable) > 1 else 'cut'} into {listed(stable)} " + (
        f"{'come' if len(stable) > 1 else 'comes'} out alike when half of the tracks are cut anew "
        f"(agreement at least {STABLE})."
    )


def structure_sentence(silhouette: float, agreement: float | None) -> str:
    """Return how much structure there is, in Kaufman and Rousseeuw's (1990) terms."""
    if silhouette < 0.25:
        beside = ", not as genres found" if agreement is None or agreement < _GENRES_FOUND else ""
        strength = (
            f"The tracks form a continuum without separate groups (silhouette {silhouette:.2f}; "
            f"structure begins at 0.25): take the clusters as a useful cut{beside}."
        )
    elif silhouette < 0.5:
        strength = f"The clusters are weakly separated (silhouette {silhouette:.2f})."
    else:
        strength = f"The clusters are clearly separated (silhouette {silhouette:.2f})."
    if agreement is None:
        return strength
    return (
        f"{strength} Agreement with the genres is {agreement:.2f} on a scale where 0 is chance and "
        "1 is identity (adjusted Rand index)."
    )


def density_sentence(sizes: Sequence[int], noise: int, *, sampled: int | None = None) -> str:
    """Return how many islands there are and how many tracks lie in none.

    Parameters
    ----------
    sizes
        Tracks by island, the largest first.
    noise
        Tracks in none.
    sampled
        Recordings that were searched where that was a sample, else None.
    """
    how = "HDBSCAN" if sampled is None else f"HDBSCAN on a sample of {sampled:,} recordings"
    if not sizes:
        return f"No region is set apart by density ({how}): the tracks are one cloud without islands."
    n, held = sum(sizes) + noise, listed([f"{size:,}" for size in sizes])
    found = f"there is one island of {held}" if len(sizes) == 1 else f"there are {len(sizes)} islands of {held}"
    middle = sizes[0] > _MIDDLE * sum(sizes)
    said = f"{', the largest being the middle of the cloud rather than a group apart' if middle else ''}"
    return (
        f"By density {found} tracks{said}; {noise / n:.0%} of the tracks lie between or around and belong to none "
        f"({how})."
    )


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence.

    >>> listed(["2", "3", "5"])
    '2, 3 and 5'
    """
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
