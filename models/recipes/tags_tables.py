"""Tables and score cards of models of several tags per track."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.multilabel import TagScores, agreement, implied_labels, nested_thresholds, tag_scores
from data.catalogue import Catalogue
from models.recipe import ScoreCard
from models.recipes.cards import compared_card
from models.recipes.splits import Split
from models.recipes.tags_models import TagLesson

BASELINE = "tag frequencies"

_METRICS = {
    "lrap": "label_ranking_average_precision",
    "micro_f1": "f1_micro",
    "macro_f1": "f1_macro",
    "map": "average_precision_macro",
}
"""Scores that are a card, and their names in scikit-learn's terms."""

_ENDS = ("", "_low", "_high")


@dataclass(frozen=True, eq=False, slots=True)
class Judged:
    """One model, judged on tracks it has not seen.

    Parameters
    ----------
    label, features
        What it is, and what it knows of a track, in words.
    probabilities
        Shape (n_tracks, n_tags).
    scores
        With thresholds that were tuned on the other folds.
    """

    label: str
    features: str
    probabilities: np.ndarray
    scores: TagScores


def judged(
    label: str, probabilities: np.ndarray, lesson: TagLesson, split: Split, *, seed: int, features: str = "audio"
) -> Judged:
    """Return a model with its scores, thresholds tuned on the folds that do not judge."""
    named = probabilities >= nested_thresholds(lesson.carried, probabilities, split.numbers)
    scores = tag_scores(lesson.carried, probabilities, named, split.groups, seed=seed)
    return Judged(label, features, probabilities, scores)


def candidate_table(compared: Sequence[Judged], served: Judged) -> pa.Table:
    """Return columns ``model``, ``features``, ``served``, and every overall score with ``_low`` and ``_high``."""
    rows = [
        {
            "model": one.label,
            "features": one.features,
            "served": one.label == served.label and one.features == served.features,
            **{f"{name}{end}": v for name, e in one.scores.overall.items() for end, v in zip(_ENDS, e, strict=True)},
        }
        for one in compared
    ]
    return pa.Table.from_pylist(rows)


def score_table(
    served: Judged, baseline: Judged, lesson: TagLesson, tags: Sequence[str], thresholds: np.ndarray
) -> pa.Table:
    """Return one row per tag: ``tag``, ``n``, ``threshold``; ``ap``, ``f1``, ``precision``, ``recall`` with intervals.

    ``baseline_ap`` is what knowing nothing reaches: about the share of tracks that carry the tag.
    """
    rows = [
        {
            "tag": tag,
            "n": int(lesson.carried[:, k].sum()),
            "threshold": float(thresholds[k]),
            "baseline_ap": baseline.scores.by_label[k]["ap"].value,
            **{
                f"{name}{end}": value
                for name, estimate in served.scores.by_label[k].items()
                for end, value in zip(_ENDS, estimate, strict=True)
            },
        }
        for k, tag in enumerate(tags)
    ]
    return pa.Table.from_pylist(rows)


def score_cards(
    recipe: str, served: Judged, others: Sequence[Judged], baseline: Judged, split: Split
) -> list[ScoreCard]:
    """Return the cards of the served model first, then of the others."""
    return [
        compared_card(
            recipe,
            served.label,
            split,
            metric,
            one.scores.overall[name],
            BASELINE,
            baseline.scores.overall[name].value,
            model="" if one is served else _named(one),
        )
        for one in (served, *others)
        for name, metric in _METRICS.items()
    ]


def _named(one: Judged) -> str:
    return one.label if one.features == "audio" else f"{one.label} ({one.features})"


def labels_of_tags(catalogue: Catalogue, tags: Sequence[str]) -> dict[str, str]:
    """Return the primary genre that each tag speaks for: its family, or the genre of its own name, if there is one."""
    families = {found["tag"]: found["family"] for found in catalogue.quality.get("families", ()) if found["family"]}
    genres = set(catalogue.tracks["genre"].drop_null().to_pylist()) if catalogue.has("genre") else set()
    speaks = {tag: families.get(tag, tag) for tag in tags}
    return {tag: genre for tag, genre in speaks.items() if genre in genres}


def against_labels(base: np.ndarray, advanced: np.ndarray, labels: Sequence[str]) -> pa.Table | None:
    """Return where the likeliest labels of two models differ, or None where they never do or have nothing in common.

    Columns ``genre`` (of the base model), ``by_tags``, ``n`` and ``share`` (of all rows compared); arguments as in
    `analytics.multilabel.agreement`.
    """
    found = agreement(base, advanced, labels)
    if not found.pairs:
        return None
    one, other, n = zip(*found.pairs, strict=True)
    shares = np.array(n) / found.n
    return pa.table({"genre": one, "by_tags": other, "n": np.array(n, np.int32), "share": shares.astype(np.float32)})


def published_against_tags(
    catalogue: Catalogue, rows: np.ndarray, probabilities: np.ndarray, tags: Sequence[str]
) -> tuple[dict[str, pa.Table], Mapping[str, object]]:
    """Return where the published genre and the one that tags speak for differ, as ``against_genre``, and facts.

    Parameters
    ----------
    catalogue, rows
        Tracks that were judged.
    probabilities
        Of the tags, from models that have not seen the tracks, shape (n_rows, n_tags).
    tags
        Names of the tags.
    """
    speaks = labels_of_tags(catalogue, tags)
    labels = sorted(set(speaks.values()))
    facts: dict[str, object] = {"genre_of_tag": speaks}
    if len(labels) < 2:
        return {}, {**facts, "against_genre_sentence": ""}
    genres = catalogue.tracks["genre"].to_pylist()
    published = np.full((len(rows), len(labels)), np.nan)
    for i, row in enumerate(rows):
        if genres[row] in labels:
            published[i] = [genres[row] == label for label in labels]
    advanced = implied_labels(probabilities, tags, labels, speaks)
    table, found = against_labels(published, advanced, labels), agreement(published, advanced, labels)
    sentence = (
        f"The genre that the predicted tags speak for is the published one for {100 * found.share:.0f}% of "
        f"{found.n:,} tracks."
    )
    facts["against_genre_sentence"] = sentence if found.n else ""
    return ({} if table is None else {"against_genre": table}), facts
