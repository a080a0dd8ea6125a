"""Learning popularity from any set of features: compared, chosen without a leak, explained, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pyarrow as pa

from analytics.intervals import inside
from analytics.scoring import Estimate
from models.predictors.popularity import POPULARITY_RANGE, Spread
from models.predictors.scorers import Scorer
from models.recipe import Progress, ScoreCard
from models.recipes import effects, popularity_intervals, popularity_tables, popularity_zeros, regressors
from models.recipes.importance import groups_sentence
from models.recipes.parallel import side_by_side
from models.recipes.popularity_judging import Judged, explained, judge
from models.recipes.regressors import Plan, Views
from models.recipes.splits import Split

Depth = Literal["quick", "thorough"]
"""``quick`` compares a mean, a line and trees; ``thorough`` all candidates and kinds of intervals."""


@dataclass(frozen=True, eq=False, slots=True)
class Lesson:
    """Tracks to learn popularity from.

    Parameters
    ----------
    recipe
        Name of the recipe, with which its tables begin.
    X, y
        Features (n_tracks, n_columns) and popularity (n_tracks,).
    split
        How the judged tracks are kept apart.
    plain_names
        Names of the first columns of X.
    columns
        Columns of X by feature, all features in order.
    labels
        How a person reads each feature.
    views
        How features become columns of a model.
    """

    recipe: str
    X: np.ndarray
    y: np.ndarray
    split: Split
    plain_names: Sequence[str]
    columns: Mapping[str, Sequence[int]]
    labels: Mapping[str, str]
    views: Views


@dataclass(frozen=True, eq=False, slots=True)
class Learnt:
    """What was learned from a lesson.

    Parameters
    ----------
    judged
        All candidates on unseen artists.
    scorer, spread, margins
        The served model and its interval, refitted on all tracks.
    scores, tables, facts
        As in `models.recipe.Fitted`.
    """

    judged: Judged
    scorer: Scorer
    spread: Spread
    margins: tuple[float, float]
    scores: tuple[ScoreCard, ...]
    tables: dict[str, pa.Table]
    facts: dict[str, object]


def learn(
    lesson: Lesson, plan: Plan, *, coverage: float, importance_rows: int, seed: int, progress: Progress
) -> Learnt:
    """Compare the candidates and the kinds of intervals, refit what is served, and explain it."""
    X, y, name = lesson.X, lesson.y, lesson.recipe
    zeros = popularity_zeros.zero_facts(y)
    mass = bool(zeros["zero_is_mass"])
    compared = regressors.candidates(plan, lesson.views, zeros_are_mass=mass, seed=seed)
    judged = judge(compared, X, y, lesson.split, seed=seed, progress=progress)
    grow = partial(
        regressors.boosted,
        columns=lesson.views.tree,
        n_rounds=plan.n_rounds,
        learning_rate=plan.learning_rate,
        n_leaves=plan.n_leaves,
        seed=seed,
    )
    kinds = popularity_intervals.interval_kinds(grow, coverage=coverage, thorough=plan.thorough)
    intervals = popularity_intervals.compare_intervals(
        judged, kinds, X, coverage=coverage, seed=seed, progress=lambda _, doing: progress(0.65, doing)
    )
    progress(0.75, "refitting the chosen model on all tracks")
    scorer = regressors.learned_alone(compared[judged.served], compared, X, y)
    spread = kinds[intervals.served].fit(X, y, scorer)
    progress(0.8, "permutation importance and effects of each feature")
    tables, said = _explained(lesson, judged, scorer, n_rows=importance_rows, seed=seed)
    progress(0.95, "scores")
    covered = inside(y, intervals.nested)
    return Learnt(
        judged,
        scorer,
        spread,
        intervals.margins,
        scores=popularity_tables.score_cards(name, judged, covered, coverage=coverage, seed=seed),
        tables={
            f"{name}_candidates": popularity_tables.candidate_table(judged, seed=seed),
            f"{name}_intervals": popularity_intervals.interval_table(judged, intervals, coverage=coverage, seed=seed),
            **tables,
        },
        facts={
            **popularity_tables.choice_facts(judged, seed=seed),
            **zeros,
            **(popularity_zeros.without_zeros(judged, X, seed=seed) if mass else {}),
            **popularity_zeros.treatment(judged, covered, mass=mass),
            **popularity_intervals.interval_facts(judged, intervals, coverage=coverage),
            **said,
            **lesson.split.facts,
            "candidates_left_out": regressors.left_out(plan),
            "depth": "thorough" if plan.thorough else "quick",
            "n_tracks": len(y),
        },
    )


def _explained(
    lesson: Lesson, judged: Judged, scorer: Scorer, *, n_rows: int, seed: int
) -> tuple[dict[str, pa.Table], dict[str, object]]:
    """Return tables of importance and of curves, and the sentence on features that go together."""
    X, name = lesson.X, lesson.recipe
    plain = X[:, : len(lesson.plain_names)]
    groups = effects.named_groups(plain, lesson.plain_names)
    groups += [[other] for other in lesson.columns if other not in lesson.plain_names]

    def predict(rows: np.ndarray) -> np.ndarray:
        return np.clip(scorer.scores(rows), *POPULARITY_RANGE)

    (curves, lines), (alone, together) = side_by_side(
        partial(effects.effect_tables, predict, X, lesson.plain_names, ["popularity"], seed=seed),
        partial(popularity_tables.importance_tables, judged, X, lesson.columns, groups, seed=seed, n_rows=n_rows),
    )
    tables = {
        f"{name}_importance": alone,
        f"{name}_importance_groups": together,
        f"effects_{name}": curves.drop_columns(["output"]),
        f"effects_{name}_lines": lines.drop_columns(["output"]),
    }
    return tables, {"groups_sentence": groups_sentence(groups, lesson.labels)}


def naive_forest(lesson: Lesson, judged: Judged, *, seed: int) -> dict[str, object]:
    """Return what a split of random rows would have claimed for a random forest: the size of the illusion.

    Nothing where no forest was compared or artists could not be kept apart: there is nothing honest to hold it
    against.
    """
    names = [candidate.name for candidate in judged.candidates]
    if "forest" not in names or not judged.split.unseen_artists:
        return {}
    test = np.random.default_rng(seed).random(len(lesson.y)) < 1 / len(judged.split.folds)
    at = names.index("forest")
    learned = judged.candidates[at].fit(lesson.X[~test], lesson.y[~test], {})
    predicted = np.clip(learned.scores(lesson.X[test])[:, 0], *POPULARITY_RANGE)
    naive = explained(lesson.y[test], predicted, judged.split.groups[test], seed=seed)
    honest = explained(lesson.y, judged.predicted[at], judged.split.groups, seed=seed)
    return {
        "naive_forest_r2": list(naive),
        "honest_forest_r2": list(honest),
        "naive_forest_sentence": _illusion(naive, honest),
    }


def _illusion(naive: Estimate, honest: Estimate) -> str:
    if naive.low > honest.value:
        return (
            f"Split at random, with the same artists on both sides, a random forest would claim to explain "
            f"{naive.value:.1%} of the variation; with artists kept apart it explains {honest.value:.1%}."
        )
    return (
        f"A random split, with the same artists on both sides, would flatter nothing here: a random forest explains "
        f"{naive.value:.1%} of the variation by it, and {honest.value:.1%} with artists kept apart."
    )
