"""Kinds of intervals around predicted popularity: the narrowest of those that keep their promise is served."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from analytics.choice import paired_difference
from analytics.intervals import Basis, conformal_margins, inside, interval_scores, moved_ends, unseen_ends
from analytics.scoring import clustered_mean
from models.predictors.popularity import POPULARITY_RANGE, EvenSpread, QuantileSpread, ScaledSpread, Spread
from models.predictors.scorers import Scorer
from models.recipe import Progress
from models.recipes.parallel import in_parallel
from models.recipes.popularity_judging import Judged
from models.recipes.splits import Split

_HOW_WIDE = {
    "even": "All are equally wide",
    "scaled": "They widen with the expected error",
    "quantiles": "They lie between predicted quantiles",
}


@dataclass(frozen=True, eq=False, slots=True)
class Kind:
    """One way of making intervals.

    Parameters
    ----------
    name, label
        Short and readable name.
    fit
        From features, targets and a model that was fitted to them to the spread around its predictions.
    """

    name: str
    label: str
    fit: Callable[[np.ndarray, np.ndarray, Scorer], Spread]


@dataclass(frozen=True, eq=False, slots=True)
class Intervals:
    """Intervals around what the served model says of tracks whose artists it has not seen.

    Parameters
    ----------
    kinds
        The simplest first.
    ends
        By kind, shape (n_kinds, n_tracks, 2).
    nested
        Of the kind that the other folds chose, shape (n_tracks, 2).
    served
        Position of the kind to serve.
    margins
        By which its ends are moved.
    """

    kinds: Sequence[Kind]
    ends: np.ndarray
    nested: np.ndarray
    served: int
    margins: tuple[float, float]


def interval_kinds(grow: Callable[..., Scorer], *, coverage: float, thorough: bool) -> list[Kind]:
    """Return the kinds to compare, the simplest first.

    Parameters
    ----------
    grow
        Fits boosted trees to features and targets; takes LightGBM's parameters.
    coverage
        Of the intervals.
    thorough
        Whether widths that depend on the track are tried too.
    """
    even = Kind("even", "Same width for all", lambda X, y, scorer: EvenSpread())
    if not thorough:
        return [even]

    def scaled(X: np.ndarray, y: np.ndarray, scorer: Scorer) -> ScaledSpread:
        predicted = np.clip(scorer.scores(X)[:, 0], *POPULARITY_RANGE)
        return ScaledSpread(grow(X, np.abs(y - predicted)))

    def quantiles(X: np.ndarray, y: np.ndarray, scorer: Scorer) -> QuantileSpread:
        tail = (1 - coverage) / 2
        at = partial(grow, X, y, objective="quantile", lambda_l2=1.0)
        return QuantileSpread(at(alpha=tail), at(alpha=1 - tail))

    return [
        even,
        Kind("scaled", "In proportion to the expected error", scaled),
        Kind("quantiles", "Between predicted quantiles", quantiles),
    ]


def compare_intervals(
    judged: Judged, kinds: Sequence[Kind], X: np.ndarray, *, coverage: float, seed: int, progress: Progress
) -> Intervals:
    """Make intervals of every kind around what the served model says of unseen artists.

    The choice of a kind is judged on folds that had no say in it.
    """
    y, split, predicted = judged.y, judged.split, judged.of_served
    bases = _unseen_bases(kinds, judged, X, progress=progress)
    numbers = split.numbers
    make = partial(unseen_ends, y, predicted, fold_numbers=numbers, coverage=coverage, bounds=POPULARITY_RANGE)
    ends = np.stack([make(basis) for basis in bases])
    every = np.ones(len(y), dtype=bool)
    chosen = [
        _narrowest(y, predicted, bases, numbers != fold, split, coverage=coverage, seed=seed)
        for fold in range(len(split.folds))
    ]
    served = _narrowest(y, predicted, bases, every, split, coverage=coverage, seed=seed)
    nested = ends[np.array(chosen)[numbers], np.arange(len(y))]
    return Intervals(kinds, ends, nested, served, conformal_margins(y, bases[served], coverage=coverage))


def _unseen_bases(kinds: Sequence[Kind], judged: Judged, X: np.ndarray, *, progress: Progress) -> list[Basis]:
    """Return what the intervals of each kind are made from, for tracks that its models have not seen."""
    found = np.empty((len(kinds), 3, len(judged.y)))
    folds, scorers = judged.split.folds, judged.scorers

    def learn(i: int, fold: int) -> None:
        train, test = folds[fold]
        spread = kinds[i].fit(X[train], judged.y[train], scorers[fold])
        found[i][:, test] = spread.basis(X[test], judged.of_served[test])

    tasks = [
        (partial(learn, i, fold), f"intervals: {kinds[i].label.lower()}, fold {fold + 1} of {len(folds)}")
        for i in reversed(range(len(kinds)))
        for fold in range(len(folds))
    ]
    in_parallel(tasks, progress)
    return [Basis(*one) for one in found]


def _narrowest(
    y: np.ndarray,
    predicted: np.ndarray,
    bases: Sequence[Basis],
    rows: np.ndarray,
    split: Split,
    *,
    coverage: float,
    seed: int,
) -> int:
    """Return the first kind whose mean width, at equal coverage, cannot be told from the least one."""
    widths = []
    for basis in bases:
        part = basis.of(rows)
        margins = conformal_margins(y[rows], part, coverage=coverage)
        ends = moved_ends(predicted[rows], part, margins, bounds=POPULARITY_RANGE)
        widths.append(ends[:, 1] - ends[:, 0])
    best = int(np.argmin([width.mean() for width in widths]))
    for kind in range(best):
        if paired_difference(widths[kind], widths[best], split.groups[rows], seed=seed).low <= 0:
            return kind
    return best


def interval_table(judged: Judged, found: Intervals, *, coverage: float, seed: int) -> pa.Table:
    """Return one row per kind, judged on unseen artists.

    Columns ``kind``, ``label``, ``coverage`` with ``coverage_low`` and ``coverage_high``, ``width`` (mean, in points),
    ``narrow`` and ``wide`` (5 and 95% quantile of the width), ``interval_score`` (lower is better), ``served``.
    """
    rows = []
    for i, (kind, ends) in enumerate(zip(found.kinds, found.ends, strict=True)):
        covered = clustered_mean(inside(judged.y, ends).astype(np.float64), judged.split.groups, seed=seed)
        widths = ends[:, 1] - ends[:, 0]
        narrow, wide = np.quantile(widths, (0.05, 0.95))
        rows.append(
            {
                "kind": kind.name,
                "label": kind.label,
                "coverage": covered.value,
                "coverage_low": covered.low,
                "coverage_high": covered.high,
                "width": float(widths.mean()),
                "narrow": float(narrow),
                "wide": float(wide),
                "interval_score": float(interval_scores(judged.y, ends, coverage=coverage).mean()),
                "served": i == found.served,
            }
        )
    return pa.Table.from_pylist(rows)


def interval_facts(judged: Judged, found: Intervals, *, coverage: float) -> dict[str, object]:
    """Return how far intervals reach on average, how many tracks lie inside, and a sentence that says both."""
    covered = float(inside(judged.y, found.nested).mean())
    widths = found.nested[:, 1] - found.nested[:, 0]
    reach = found.nested - judged.of_served[:, None]
    kind = found.kinds[found.served]
    return {
        "offsets": [float(value) for value in reach.mean(axis=0)],
        "margins": [float(value) for value in found.margins],
        "interval_kind": kind.name,
        "interval_width": float(widths.mean()),
        "interval_sentence": (
            f"Intervals are {widths.mean():.0f} of 100 points wide on average and hold {covered:.1%} of tracks that "
            f"the model had not seen ({coverage:.0%} asked for). {_HOW_WIDE[kind.name]}."
        ),
        "coverage": covered,
        "coverage_target": coverage,
    }
