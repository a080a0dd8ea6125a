"""Genres from sound together with what is known of the release: year, popularity, explicit lyrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from analytics.spikes import zero_spike
from data.catalogue import Catalogue
from models.needs import context_names, missing_genre_context
from models.predictors.genre import GenrePredictor
from models.recipe import Progress
from models.recipes.classifiers import Candidate, pooled
from models.recipes.comparison import Comparison
from models.recipes.genre import GenreRecipe
from models.recipes.genre_candidates import served_candidates
from models.recipes.genre_features import group_table, study_facts
from models.recipes.genre_lesson import GenreLesson
from models.recipes.genre_studies import Studies


@dataclass(frozen=True, slots=True)
class GenreContextRecipe(GenreRecipe):
    """Learns to tell a track's primary genre from audio features, release year, explicit lyrics and popularity.

    Parameters are those of `GenreRecipe`.
    """

    estimator_stem: ClassVar[str] = "genre_context_model"

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "genre_context"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_genre_context(
            catalogue, fewest_tracks=self.fewest_tracks, fewest_artists=self.fewest_artists, n_splits=self.n_splits
        )

    def _features(self, catalogue: Catalogue) -> tuple[str, ...]:
        return (*catalogue.feature_names, *context_names(catalogue))

    def _candidates(self, task: GenreLesson, *, seed: int) -> tuple[list[Candidate], str]:
        parts = ("logistic", "lightgbm", "network")
        blend = pooled("blend", "Boosting, network and regression, weighted", parts=parts)
        return [*served_candidates(self.plan, task.names, len(task.classes), seed=seed), blend], ""

    def _explaining(
        self, compared: Comparison, task: GenreLesson, predictor: GenrePredictor, *, seed: int
    ) -> Mapping[str, Callable[[], pa.Table]]:
        return {}

    def _studies(self, compared: Comparison, task: GenreLesson, *, seed: int, progress: Progress) -> Studies:
        groups = group_table(compared.lesson, compared.split, task.names, seed=seed, progress=progress)
        facts = study_facts(compared.lesson, compared.split)
        return Studies({"feature_groups": groups}, facts) if groups is not None else Studies()

    def _estimators(self, predictor: GenrePredictor, classes: list[str]) -> dict[str, object]:
        return {self.estimator_stem: predictor}

    def _more_facts(self, catalogue: Catalogue) -> dict[str, object]:
        return {"context": list(context_names(catalogue)), "artefact_sentence": artefact_sentence(catalogue)}


def artefact_sentence(catalogue: Catalogue) -> str:
    """Return the warning where a context field looks like a trace of how the table was made; empty where none does.

    Zeros of popularity do where they are a mass of their own by `analytics.spikes.RULE`.
    """
    if "popularity" not in context_names(catalogue):
        return ""
    spike = zero_spike(catalogue.column("popularity"))
    if not spike.is_mass:
        return ""
    return (
        f"Popularity is 0 for {spike.share:.1%} of the tracks, which often stands for no data: what it tells of genres "
        "may be how the table was collected, and would not carry over to other tracks."
    )


RECIPE = GenreContextRecipe()
"""Beside the audio model, as quick."""
