"""Several genre tags per track: networks and a forest, judged on unseen artists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import expit

from analytics.choice import nested_choice, paired_difference, simplest_of_the_best
from analytics.multilabel import best_thresholds, ranking_precision
from data.catalogue import Catalogue
from data.fields import Role, in_a_sentence
from data.recordings import recording_codes
from models.needs import carried_tags, commonest_tags, missing_tags
from models.predictors.networks import NetworkScorer
from models.predictors.tags import CompactForest, TagsPredictor
from models.recipe import Fitted, Progress, silent
from models.recipes.splits import Split, split_by_artist
from models.recipes.tags_models import TagLesson, tag_forest, tag_networks
from models.recipes.tags_tables import (
    BASELINE,
    Judged,
    candidate_table,
    judged,
    published_against_tags,
    score_cards,
    score_table,
)

NETWORK, FOREST, AVERAGE = "neural networks", "random forest", "networks and forest"
_NOT_SERVED = (FOREST,)


@dataclass(frozen=True, slots=True)
class TagsRecipe:
    """Learns which of the commonest genre tags a track carries, from its audio features.

    Parameters
    ----------
    n_tags
        Most tags that are learned, the commonest.
    fewest_rows
        Rows that a tag needs.
    fewest_per_row
        Tags that a row with tags carries on average; with fewer, tags are genres to choose from.
    n_splits
        Folds of unseen artists; with 4, each is learned from three quarters of the artists.
    n_networks, n_units, n_epochs
        Of the neural networks (`models.recipes.tags_models.tag_networks`).
    n_trees, most_leaves
        Of the forest.
    most_rows, most_forest_rows
        Rows that networks and the forest learn from at most.
    depth
        ``quick`` for the networks alone; ``thorough`` also for the forest, and for models that know popularity.
    """

    n_tags: int = 30
    fewest_rows: int = 50
    fewest_per_row: float = 1.2
    n_splits: int = 4
    n_networks: int = 8
    n_units: int = 64
    n_epochs: int = 50
    n_trees: int = 80
    most_leaves: int = 500
    most_rows: int = 20_000
    most_forest_rows: int = 8000
    depth: Literal["quick", "thorough"] = "quick"

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "tags"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_tags(
            catalogue,
            most=self.n_tags,
            fewest_rows=self.fewest_rows,
            fewest_per_row=self.fewest_per_row,
            n_splits=self.n_splits,
        )

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Learn on each fold, choose without a leak, refit on all tracks that carry a tag."""
        tags, rows, lesson, split = self.lesson(catalogue, seed=seed)
        found = self.unseen(lesson, split, catalogue.feature_names, seed=seed, progress=_within(progress, 0.0, 0.55))
        progress(0.55, "judging")
        compared = [judged(label, proba, lesson, split, seed=seed) for label, proba in found.items()]
        choice = chosen(compared, lesson, split, seed=seed)
        if self.depth == "thorough":
            compared += self._with_context(
                catalogue, rows, lesson, split, seed=seed, progress=_within(progress, 0.65, 0.9)
            )
        progress(0.9, "refitting on all tracks")
        thresholds = best_thresholds(lesson.carried, found[choice.label])
        predictor = self._predictor(choice.label, lesson, catalogue.feature_names, tags, thresholds, seed=seed)
        baseline, served = compared[0], choice.nested
        others = [one for one in compared[1:] if one.label != choice.label or one.features != "audio"]
        differs, facts = published_against_tags(catalogue, rows, served.probabilities, tags)
        progress(0.98, "tables")
        tables = {"scores": score_table(served, baseline, lesson, tags, thresholds)}
        tables |= {"candidates": candidate_table(compared, served), **differs}
        return Fitted(
            scores=tuple(score_cards(self.name, served, others, baseline, split)),
            tables={f"{self.name}_{stem}": table for stem, table in tables.items()},
            arrays={f"{self.name}_oof_proba": _per_track(served.probabilities, rows, len(catalogue))},
            estimators={"tags_model": predictor},
            facts={
                **split.facts,
                **facts,
                "tags": tags,
                "thresholds": thresholds.tolist(),
                "features": list(catalogue.feature_names),
                "depth": self.depth,
                "served": choice.label,
                "choice_sentence": choice.sentence,
                "n_judged": len(rows),
                "sentence": _sentence(served, baseline, tags, len(rows)),
            },
        )

    def lesson(self, catalogue: Catalogue, *, seed: int) -> tuple[list[str], np.ndarray, TagLesson, Split]:
        """Return the tags, the rows that carry one, what there is to learn of them, and the folds that judge it."""
        labels = catalogue.tracks["genres"].to_pylist()
        tags = commonest_tags(labels, most=self.n_tags, fewest=self.fewest_rows)
        carried = carried_tags(labels, tags)
        rows = np.flatnonzero(carried.any(axis=1))
        carried, credited = carried[rows], catalogue.credited_artists
        # The tags stand in order of frequency: the last one of a row is its rarest.
        rarest = len(tags) - 1 - carried[:, ::-1].argmax(axis=1)
        split = split_by_artist(
            [credited[row] for row in rows],
            recording_codes(catalogue)[rows],
            n_splits=self.n_splits,
            seed=seed,
            stratify=rarest,
        )
        return tags, rows, TagLesson(catalogue.features()[rows].astype(np.float64), carried, split.groups), split

    def unseen(
        self, lesson: TagLesson, split: Split, names: tuple[str, ...], *, seed: int, progress: Progress
    ) -> dict[str, np.ndarray]:
        """Return each model's probabilities of tracks it has not seen, from the simplest model on."""
        labels = (BASELINE, NETWORK, FOREST, AVERAGE)[: 4 if self.depth == "thorough" else 2]
        found = {label: np.zeros(lesson.carried.shape) for label in labels}
        for number, (train, test) in enumerate(split.folds):
            progress(number / len(split.folds), f"tags: fold {number + 1} of {len(split.folds)}")
            part, X = lesson.part(train), lesson.X[test]
            found[BASELINE][test] = part.carried.mean(axis=0)
            found[NETWORK][test] = expit(self._networks(part, names, seed=seed).scores(X))
            if FOREST in found:
                found[FOREST][test] = self._forest(part, seed=seed).predict_proba(X)
                found[AVERAGE][test] = (found[NETWORK][test] + found[FOREST][test]) / 2
        return found

    def _networks(self, lesson: TagLesson, names: tuple[str, ...], *, seed: int) -> NetworkScorer:
        return tag_networks(
            lesson.sample(self.most_rows, seed=seed),
            names,
            n_networks=self.n_networks,
            n_units=self.n_units,
            n_epochs=self.n_epochs,
            seed=seed,
        )

    def _forest(self, lesson: TagLesson, *, seed: int) -> CompactForest:
        some = lesson.sample(self.most_forest_rows, seed=seed)
        return tag_forest(some, n_trees=self.n_trees, most_leaves=self.most_leaves, seed=seed)

    def _with_context(
        self, catalogue: Catalogue, rows: np.ndarray, lesson: TagLesson, split: Split, *, seed: int, progress: Progress
    ) -> list[Judged]:
        """Return the models that also know popularity and numbers of the catalogue's own; none where there is none."""
        context = context_names(catalogue, rows)
        if not context:
            return []
        X = np.column_stack([lesson.X, catalogue.features(context)[rows].astype(np.float64)])
        wider = TagLesson(X, lesson.carried, lesson.groups)
        found = self.unseen(wider, split, (*catalogue.feature_names, *context), seed=seed, progress=progress)
        words = " + ".join(["audio", *(in_a_sentence(catalogue.dictionary[name].label) for name in context)])
        return [
            judged(label, proba, lesson, split, seed=seed, features=words)
            for label, proba in found.items()
            if label in (NETWORK, AVERAGE)
        ]

    def _predictor(
        self,
        label: str,
        lesson: TagLesson,
        names: tuple[str, ...],
        tags: list[str],
        thresholds: np.ndarray,
        *,
        seed: int,
    ) -> TagsPredictor:
        return TagsPredictor(
            self._networks(lesson, names, seed=seed),
            self._forest(lesson, seed=seed) if label == AVERAGE else None,
            tags=tags,
            thresholds=thresholds,
            feature_names=names,
        )


RECIPE = TagsRecipe()


@dataclass(frozen=True, eq=False, slots=True)
class Choice:
    """The model that is served, why, and what choosing on the other folds alone would have predicted."""

    label: str
    sentence: str
    nested: Judged


def chosen(compared: list[Judged], lesson: TagLesson, split: Split, *, seed: int) -> Choice:
    """Choose by ranking precision; networks are served alone unless the average is better beyond the noise."""
    allowed = [one for one in compared if one.label not in (*_NOT_SERVED, BASELINE)]
    losses = np.array([1 - ranking_precision(lesson.carried, one.probabilities) for one in (compared[0], *allowed)])
    numbers, groups = split.numbers, split.groups
    by_fold = nested_choice(np.array([losses] * len(split.folds)), numbers, groups, seed=seed)
    label = allowed[max(simplest_of_the_best(losses, groups, seed=seed), 1) - 1].label
    why = _why(label, losses, groups, seed=seed)
    served = next(one for one in allowed if one.label == label)
    if all(allowed[max(model, 1) - 1] is served for model in by_fold):
        return Choice(label, why, served)
    nested = np.zeros(lesson.carried.shape)
    for fold, model in enumerate(by_fold):
        nested[numbers == fold] = allowed[max(model, 1) - 1].probabilities[numbers == fold]
    return Choice(label, why, judged(label, nested, lesson, split, seed=seed))


def _why(label: str, losses: np.ndarray, groups: np.ndarray, *, seed: int) -> str:
    if len(losses) < 3:
        return "Neural networks answer; no forest was compared with them."
    gap = paired_difference(losses[1], losses[2], groups, seed=seed)
    words = f"the average of networks and forest ranks better by {gap.value:.4f} ({gap.low:.4f} to {gap.high:.4f})"
    if label == AVERAGE:
        return f"On tracks not seen before {words}: it answers, its forest cut to a few hundred leaves a tree."
    return f"On tracks not seen before {words}, which is within the noise: the networks answer alone."


def context_names(catalogue: Catalogue, rows: np.ndarray) -> tuple[str, ...]:
    """Return popularity and numbers of the catalogue's own that are no sound, as far as they vary in the rows."""
    own = (name for name, known in catalogue.own_fields.items() if known.role is Role.CONTEXT)
    return tuple(name for name in ("popularity", *own) if catalogue.has(name) and _varies(catalogue.column(name)[rows]))


def _varies(values: np.ndarray) -> bool:
    known = values[np.isfinite(values)]
    return len(known) > 0 and float(np.ptp(known)) > 0


def _sentence(served: Judged, baseline: Judged, tags: list[str], n: int) -> str:
    found, nothing = served.scores.overall["lrap"], baseline.scores.overall["lrap"].value
    return (
        f"Which of the {len(tags)} commonest tags a track carries, told from its sound: ranking precision "
        f"{found.value:.2f} ({found.low:.2f} to {found.high:.2f}) on {n:,} tracks that carry one, {nothing:.2f} by "
        "knowing only how common each tag is. Probabilities are those of a track that carries one of them."
    )


def _per_track(probabilities: np.ndarray, rows: np.ndarray, n_tracks: int) -> np.ndarray:
    """Return probabilities of every track of the catalogue, NaN where none of the tags is carried."""
    found = np.full((n_tracks, probabilities.shape[1]), np.nan, dtype=np.float32)
    found[rows] = probabilities
    return found


def _within(progress: Progress, start: float, end: float) -> Progress:
    return lambda share, doing: progress(start + (end - start) * share, doing)
