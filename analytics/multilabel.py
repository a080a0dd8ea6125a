"""Several labels per track: how good their probabilities are, and how they compare with one label per track."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analytics.resampling import ResampledTotals, Statistic
from analytics.scoring import Estimate

_MOST_CELLS = 1_500_000
"""Rows times resamples held in memory; of many rows there are fewer resamples, but never under `_FEWEST`."""

_FEWEST = 40


def ranking_precision(carried: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return how far the labels that a row carries stand at the top of its ranking, 0 to 1, shape (n_rows,).

    The mean of it is label ranking average precision, LRAP: Tsoumakas, Katakis and Vlahavas, "Mining multi-label
    data" (Data Mining and Knowledge Discovery Handbook, 2010). Of equal scores all count as above, as in scikit-learn;
    a row that carries nothing has 1.

    Parameters
    ----------
    carried, scores
        Booleans and numbers of shape (n_rows, n_labels).

    >>> ranking_precision(np.array([[True, False, True]]), np.array([[0.9, 0.8, 0.7]])).round(3)
    array([0.833])
    """
    found = np.zeros(len(carried))
    for label in range(carried.shape[1]):
        above = scores >= scores[:, [label]]
        found += carried[:, label] * (above & carried).sum(axis=1) / above.sum(axis=1)
    n = carried.sum(axis=1)
    return np.where(n > 0, found / np.maximum(n, 1), 1.0)


def coverage_depth(carried: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """Return how far down a row's ranking its last label stands, shape (n_rows,); its mean is the coverage error."""
    last = np.where(carried, scores, np.inf).min(axis=1, keepdims=True)
    return (scores >= last).sum(axis=1)


def weighted_average_precision(carried: np.ndarray, scores: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the average precision of one label under many weightings of the rows, shape (n_weightings,).

    The sum over distinct scores of precision times the rise in recall, without interpolation, as scikit-learn's
    ``average_precision_score``; 0 where no row carries the label.

    Parameters
    ----------
    carried, scores
        Of one label, shape (n_rows,).
    weights
        How often each row counts, shape (n_weightings, n_rows).

    >>> rows = np.array([True, False, True]), np.array([0.9, 0.8, 0.7])
    >>> weighted_average_precision(*rows, np.ones((1, 3))).round(3)
    array([0.833])
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    ordered = weights[:, order]
    hits = np.cumsum(ordered * carried[order], axis=1)[:, ends]
    seen = np.cumsum(ordered, axis=1)[:, ends]
    precision = hits / np.maximum(seen, 1e-12)
    rises = np.diff(hits, axis=1, prepend=0.0)
    return (precision * rises).sum(axis=1) / np.maximum(hits[:, -1], 1e-12)


def best_thresholds(carried: np.ndarray, probabilities: np.ndarray) -> np.ndarray:
    """Return the probability from which each label is named that gives the label its highest F1, shape (n_labels,).

    Half-way to the next score: Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1
    measure" (ECML PKDD 2014). A label that no row carries is never named.

    Parameters
    ----------
    carried, probabilities
        Of rows that the model has not seen and that judge nothing later, shape (n_rows, n_labels).

    >>> best_thresholds(np.array([[True], [True], [False]]), np.array([[0.9], [0.5], [0.3]]))
    array([0.4])
    """
    return np.array([_best_threshold(c, p) for c, p in zip(carried.T, probabilities.T, strict=True)])


def _best_threshold(carried: np.ndarray, probabilities: np.ndarray) -> float:
    if not carried.any():
        return float(np.nextafter(1.0, 2.0))
    order = np.argsort(-probabilities, kind="stable")
    ranked = probabilities[order]
    ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True))
    f1 = 2 * np.cumsum(carried[order])[ends] / (ends + 1 + carried.sum())
    last = ends[f1.argmax()]
    return float((ranked[last] + ranked[last + 1]) / 2) if last + 1 < len(ranked) else float(ranked[last])


def nested_thresholds(carried: np.ndarray, probabilities: np.ndarray, fold_numbers: np.ndarray) -> np.ndarray:
    """Return `best_thresholds` of the other folds for each row, shape (n_rows, n_labels); fold numbers (n_rows,)."""
    found = np.empty(probabilities.shape)
    for fold in np.unique(fold_numbers):
        judged = fold_numbers == fold
        found[judged] = best_thresholds(carried[~judged], probabilities[~judged])
    return found


@dataclass(frozen=True, eq=False, slots=True)
class TagScores:
    """Scores of one model with 95% intervals.

    Parameters
    ----------
    overall
        ``lrap``, ``micro_f1``, ``macro_f1``, ``map`` and ``coverage_error``.
    by_label
        Per label ``ap``, ``f1``, ``precision`` and ``recall``.
    """

    overall: Mapping[str, Estimate]
    by_label: list[Mapping[str, Estimate]]


def tag_scores(
    carried: np.ndarray,
    probabilities: np.ndarray,
    named: np.ndarray,
    groups: np.ndarray,
    *,
    seed: int,
    n_resamples: int = 200,
) -> TagScores:
    """Return every score of one model, whole artists resampled.

    Parameters
    ----------
    carried, probabilities, named
        Labels that rows carry, their probabilities and which are named, shape (n_rows, n_labels).
    groups
        Artist number of each row, shape (n_rows,).
    seed, n_resamples
        Of the cluster bootstrap (`analytics.resampling.ResampledTotals`).
    """
    n_labels = carried.shape[1]
    plain = [np.ones(len(carried)), ranking_precision(carried, probabilities), coverage_depth(carried, probabilities)]
    columns = np.column_stack([*plain, named & carried, named, carried]).astype(np.float64)
    totals = ResampledTotals(columns, groups, seed=seed, n_resamples=n_resamples)
    ap = _average_precisions(carried, probabilities, groups, seed=seed, n_resamples=n_resamples)

    def of_counts(statistic: Statistic, labels: slice = slice(None)) -> Estimate:
        """Return the mean over labels of a statistic of hits, named and carried, shape (n, 3, n_labels)."""
        return totals.estimate(
            lambda t: statistic(t[:, 3:].reshape(len(t), 3, n_labels)[:, :, labels]).mean(axis=1), most=1.0
        )

    return TagScores(
        {
            "lrap": totals.estimate(lambda t: t[:, 1] / t[:, 0], most=1.0),
            "micro_f1": of_counts(lambda t: _f1(t.sum(axis=2, keepdims=True))),
            "macro_f1": of_counts(_f1),
            "map": _centred(ap.mean(axis=1)),
            "coverage_error": totals.estimate(lambda t: t[:, 2] / t[:, 0]),
        },
        [
            {"ap": _centred(ap[:, k]), **{name: of_counts(what, slice(k, k + 1)) for name, what in _BY_LABEL}}
            for k in range(n_labels)
        ],
    )


def _f1(counts: np.ndarray) -> np.ndarray:
    """Return F1 from hits, named and carried in the second axis; 0 where nothing is named or carried."""
    return 2 * counts[:, 0] / np.maximum(counts[:, 1] + counts[:, 2], 1e-12)


_BY_LABEL: tuple[tuple[str, Statistic], ...] = (
    ("f1", _f1),
    ("precision", lambda t: t[:, 0] / np.maximum(t[:, 1], 1e-12)),
    ("recall", lambda t: t[:, 0] / np.maximum(t[:, 2], 1e-12)),
)


def _average_precisions(
    carried: np.ndarray, probabilities: np.ndarray, groups: np.ndarray, *, seed: int, n_resamples: int
) -> np.ndarray:
    """Return average precision by label, of all rows first and then of each resample, (1 + n_resamples, n_labels)."""
    codes = np.unique(groups, return_inverse=True)[1]
    n_groups = int(codes.max()) + 1
    n = int(np.clip(_MOST_CELLS // len(codes), _FEWEST, n_resamples))
    rng = np.random.default_rng(seed)
    drawn = [np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups) for _ in range(n)]
    weights = np.vstack([np.ones(len(codes)), np.array(drawn)[:, codes]])
    found = [weighted_average_precision(c, p, weights) for c, p in zip(carried.T, probabilities.T, strict=True)]
    return np.column_stack(found)


def _centred(values: np.ndarray) -> Estimate:
    """Return the first value with an interval from the others, moved so that their median lies on it."""
    low, median, high = np.quantile(values[1:], (0.025, 0.5, 0.975))
    value = float(values[0])
    return Estimate(value, max(0.0, value + float(low - median)), min(1.0, value + float(high - median)))


def implied_labels(
    probabilities: np.ndarray, tags: Sequence[str], labels: Sequence[str], label_of_tag: Mapping[str, str]
) -> np.ndarray:
    """Return what tag probabilities say of one label per row, each by its likeliest tag, (n_rows, n_labels).

    Summing to 1; rows without any tag expected are NaN. Adding up the tags of a label instead would make those labels
    likelier that have more of the common tags: a country song would be rock.

    Parameters
    ----------
    probabilities
        Of tags, shape (n_rows, n_tags).
    tags, labels
        Names of the tags and of the labels.
    label_of_tag
        Label that a tag speaks for; a tag that is missing in it speaks for the label of its own name, if there is one.

    >>> tags, labels = ["metal", "nu metal", "pop"], ["metal", "pop"]
    >>> implied_labels(np.array([[0.6, 0.3, 0.2]]), tags, labels, {"nu metal": "metal"})
    array([[0.75, 0.25]])
    """
    likeliest = np.zeros((len(probabilities), len(labels)))
    for i, label in enumerate(labels):
        speaking = [k for k, tag in enumerate(tags) if label_of_tag.get(tag, tag) == label]
        if speaking:
            likeliest[:, i] = probabilities[:, speaking].max(axis=1)
    total = likeliest.sum(axis=1, keepdims=True)
    return np.divide(likeliest, total, out=np.full(likeliest.shape, np.nan), where=total > 0)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How often two models name the same label.

    Parameters
    ----------
    n, share
        Rows on which both answer, and the share of them on which they name the same label.
    overlap
        Mean probability that both give to the same labels: 1 less the total variation distance.
    pairs
        Label of the base model, label of the advanced one, rows; those that differ, the commonest first.
    """

    n: int
    share: float
    overlap: float
    pairs: tuple[tuple[str, str, int], ...]


def agreement(base: np.ndarray, advanced: np.ndarray, labels: Sequence[str]) -> Agreement:
    """Return how often the likeliest labels of two models agree, and where they differ.

    Parameters
    ----------
    base, advanced
        Probabilities of shape (n_rows, n_labels), NaN where a model does not answer (`implied_labels`). Rows whose
        likeliest label by ``base`` is one for which no tag speaks are left out: there is nothing to agree on.
    labels
        Names of the columns.
    """
    answered = np.isfinite(base).all(axis=1) & np.isfinite(advanced).all(axis=1)
    spoken_for = np.flatnonzero((advanced[answered] > 0).any(axis=0))
    one, other = base[answered], advanced[answered]
    kept = np.isin(one.argmax(axis=1), spoken_for)
    one, other = one[kept], other[kept]
    if not len(one):
        return Agreement(0, 0.0, 0.0, ())
    cells = one.argmax(axis=1) * len(labels) + other.argmax(axis=1)
    found, counts = np.unique(cells, return_counts=True)
    order = np.lexsort([found, -counts])
    pairs = [(*divmod(int(found[i]), len(labels)), int(counts[i])) for i in order]
    same = sum(n for a, b, n in pairs if a == b)
    return Agreement(
        len(one),
        same / len(one),
        float(np.minimum(one, other).sum(axis=1).mean()),
        tuple((labels[a], labels[b], n) for a, b, n in pairs if a != b),
    )


def agreement_sentence(base: np.ndarray, advanced: np.ndarray, labels: Sequence[str]) -> str:
    """Return where two models stand on one row, each of shape (n_labels,).

    >>> agreement_sentence(np.array([0.6, 0.4]), np.array([0.7, 0.3]), ["pop", "rock"])
    'Both models say pop: 60% by the base model, 70% by the tags.'
    >>> agreement_sentence(np.array([0.6, 0.4]), np.array([0.3, 0.7]), ["pop", "rock"])
    'The base model says pop (60%, by the tags 30%), the tags speak for rock (70%, by the base model 40%).'
    """
    if np.isnan(advanced).any() or np.isnan(base).any():
        return "Only one of the two models answers for this track."
    one, other = int(base.argmax()), int(advanced.argmax())
    ours, theirs = 100 * base, 100 * advanced
    if one == other:
        return f"Both models say {labels[one]}: {ours[one]:.0f}% by the base model, {theirs[one]:.0f}% by the tags."
    return (
        f"The base model says {labels[one]} ({ours[one]:.0f}%, by the tags {theirs[one]:.0f}%), "
        f"the tags speak for {labels[other]} ({theirs[other]:.0f}%, by the base model {ours[other]:.0f}%)."
    )
