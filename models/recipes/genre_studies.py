"""What a thorough build finds out about genres beside the model that it serves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from models.recipe import Progress
from models.recipes.comparison import Comparison
from models.recipes.genre_curves import MOST_GENRES, learning_table, threshold_tables
from models.recipes.genre_features import feature_curve, group_table
from models.recipes.genre_lesson import GenreLesson
from models.recipes.genre_pairs import pair_table


@dataclass(frozen=True, eq=False, slots=True)
class Studies:
    """What was found out.

    Parameters
    ----------
    tables
        By stem, less the recipe's name.
    facts
        Sentences and numbers.
    """

    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    facts: Mapping[str, object] = field(default_factory=dict)


def all_studies(compared: Comparison, task: GenreLesson, *, seed: int, progress: Progress) -> Studies:
    """Return pairs of genres, feature selection, the learning curve and curves by threshold."""
    lesson, split, names = compared.lesson, compared.split, task.names
    pairs = pair_table(lesson, split, task.classes, names, seed=seed, progress=_within(progress, 0.0, 0.3))
    curve, enough = feature_curve(lesson, split, names, seed=seed, progress=_within(progress, 0.3, 0.5))
    groups = group_table(lesson, split, names, seed=seed, progress=_within(progress, 0.5, 0.65))
    learning, helps = learning_table(compared, seed=seed, progress=_within(progress, 0.65, 0.9))
    progress(0.9, "curves by threshold")
    tables = {
        "pairs": pairs,
        "feature_curve": curve,
        "learning": learning,
        **({"feature_groups": groups} if groups is not None else {}),
        **threshold_tables(compared, task.classes, seed=seed),
    }
    return Studies(tables, {**enough, **helps, "pairs_sentence": _pairs_sentence(pairs, len(task.classes))})


def _pairs_sentence(pairs: pa.Table, n_classes: int) -> str:
    rows = sorted(pairs.to_pylist(), key=lambda row: row["balanced_accuracy"])
    hardest, easiest = rows[0], rows[-1]
    among = f"Among the {MOST_GENRES} largest of {n_classes} genres, " if n_classes > MOST_GENRES else ""
    told = f"{easiest['a']} and {easiest['b']} are told apart best ({easiest['balanced_accuracy']:.0%})"
    if len(rows) > 1:
        told += f", {hardest['a']} and {hardest['b']} worst ({hardest['balanced_accuracy']:.0%})"
    sentence = f"{among}{told}, where chance is 50%."
    return sentence[0].upper() + sentence[1:]


def _within(progress: Progress, start: float, end: float) -> Progress:
    return lambda share, doing: progress(start + (end - start) * share, doing)
