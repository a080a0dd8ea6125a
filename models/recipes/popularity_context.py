"""Popularity from sound together with what is known of the release: genres, year, explicit lyrics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.scoring import r2
from data.catalogue import Catalogue
from data.recordings import recording_codes
from models.needs import genres_of_popularity, known_popularity, missing_popularity_context, varying_context
from models.predictors.context import ContextColumns
from models.predictors.features import FilledFeatures, MusicalFeatures
from models.predictors.popularity import PopularityContextPredictor, genre_columns
from models.recipe import Fitted, Progress, silent
from models.recipes.effects import label_of
from models.recipes.popularity import PopularityRecipe, unseen_array
from models.recipes.popularity_judging import explained, served_on
from models.recipes.popularity_learning import Learnt, Lesson, learn
from models.recipes.regressors import Views
from models.recipes.splits import split_by_artist


@dataclass(frozen=True, slots=True)
class PopularityContextRecipe(PopularityRecipe):
    """Learns popularity from audio features, genres, release year and explicit lyrics, as far as they are known.

    Parameters are those of `PopularityRecipe`, and

    Parameters
    ----------
    fewest_in_genre
        Tracks a genre needs to count.
    """

    fewest_in_genre: int = 20

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "popularity_context"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_popularity_context(
            catalogue,
            fewest_in_genre=self.fewest_in_genre,
            fewest_tracks=self.fewest_tracks,
            fewest_artists=self.fewest_artists,
        )

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Compare the regressors, choose one without a leak, refit it on all tracks."""
        rows, _ = known_popularity(catalogue)
        genres = self.genres(catalogue)
        lesson = self.lesson(catalogue, genres, seed=seed)
        learnt = learn(
            lesson,
            self._plan,
            coverage=self.coverage,
            importance_rows=self.importance_rows,
            seed=seed,
            progress=progress,
        )
        predictor = PopularityContextPredictor(
            learnt.scorer,
            feature_names=tuple(lesson.columns),
            genres=genres,
            offsets=learnt.margins,
            spread=learnt.spread,
        )
        return Fitted(
            scores=learnt.scores,
            tables=learnt.tables,
            arrays={f"{self.name}_oof": unseen_array(len(catalogue), rows, learnt.judged.nested)},
            estimators={f"{self.name}_model": predictor},
            facts={
                **learnt.facts,
                **_several_facts(lesson, learnt, catalogue, genres, seed=seed),
                "genres": genres,
                "features": list(lesson.columns),
            },
        )

    def genres(self, catalogue: Catalogue) -> list[str]:
        """Return the genres that count, in alphabetical order."""
        return genres_of_popularity(catalogue, fewest=self.fewest_in_genre)

    def lesson(self, catalogue: Catalogue, genres: list[str], *, seed: int) -> Lesson:
        """Return what there is to learn of tracks with a popularity, and the folds that judge it."""
        rows, y = known_popularity(catalogue)
        credited, recordings = catalogue.credited_artists, recording_codes(catalogue)[rows]
        names = (*catalogue.feature_names, *varying_context(catalogue, rows))
        carried = catalogue.tracks["genres"].take(pa.array(rows)).to_pylist() if genres else [[]] * len(rows)
        plain = np.column_stack([catalogue.column(name)[rows] for name in names]).astype(np.float64)
        columns = {name: [i] for i, name in enumerate(names)}
        if genres:
            columns["genre"] = list(range(len(names), len(names) + len(genres)))
        n_plain = len(names)
        return Lesson(
            self.name,
            np.column_stack([plain, genre_columns([c or [] for c in carried], genres)]),
            y,
            split_by_artist([credited[r] for r in rows], recordings, n_splits=self.n_splits, seed=seed),
            plain_names=names,
            columns=columns,
            labels=label_of(catalogue.dictionary),
            views=Views(
                linear=lambda: ContextColumns(MusicalFeatures(names), n_plain),
                tree=lambda: ContextColumns(FilledFeatures(), n_plain),
            ),
        )


def _several_facts(
    lesson: Lesson, learnt: Learnt, catalogue: Catalogue, genres: Sequence[str], *, seed: int
) -> dict[str, object]:
    """Return what is explained if each track carries its primary genre alone.

    A track with several labels often stood in several playlists, as popular tracks do.
    """
    own = lesson.columns.get("genre", [])
    several = np.nansum(lesson.X[:, own], axis=1) > 1 if len(own) else np.zeros(len(lesson.y), dtype=bool)
    if not several.any():
        return {"several_genres_share": 0.0, "several_genres_sentence": ""}
    judged, (rows, _) = learnt.judged, known_popularity(catalogue)
    primary = [[genre] if genre is not None else [] for genre in catalogue.column("genre")[rows]]
    X = lesson.X.copy()
    X[:, own] = genre_columns(primary, genres)
    predicted = served_on(judged, X, judged.split.folds)
    one = explained(lesson.y, predicted, judged.split.groups, seed=seed)
    all_labels = r2(lesson.y, judged.of_served, np.ones(len(lesson.y)))
    return {
        "several_genres_share": float(several.mean()),
        "r2_primary_genre": one.value,
        "r2_primary_genre_interval": [one.low, one.high],
        "several_genres_sentence": (
            f"{several.mean():.1%} of the tracks carry several genres, often because popular tracks were collected "
            f"several times. With the primary genre alone {one.value:.1%} of the variation is explained instead of "
            f"{all_labels:.1%}: part of what genres tell is how the table was made."
        ),
    }


RECIPE = PopularityContextRecipe()
