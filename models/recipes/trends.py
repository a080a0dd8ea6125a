"""Trends: how the middle of each feature moved over the years of release, and where it changed its course."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from analytics.certainty import COUNTED, changes_sentence
from analytics.changes import MIN_YEARS, Change, changes_of, course_of, grouped_by_year, resampled_medians
from analytics.scoring import Estimate, clustered_ratio
from analytics.trends import smoothed_means
from data.catalogue import Catalogue
from data.fields import Field, continuous, in_a_sentence
from data.recordings import recording_codes
from models.needs import missing_trends
from models.predictors.features import SoundSpace
from models.recipe import Fitted, Progress, ScoreCard, silent
from models.recipes import trend_tables as tables
from models.recipes.splits import Split, split_by_artist


@dataclass(frozen=True, slots=True)
class TrendsRecipe:
    """Learns how much of a track its year tells, and the years in which features changed their course.

    Parameters
    ----------
    fewest_tracks
        Tracks that a year needs to count.
    fewest_years
        Years that a trend needs.
    bandwidth_years
        Standard deviation of the kernel that smooths yearly means for the score.
    n_splits
        Folds of unseen artists.
    n_resamples
        Resamples of the tracks of each year that tell how sure a change is.
    """

    fewest_tracks: int = 10
    fewest_years: int = 5
    bandwidth_years: float = 2.0
    n_splits: int = 5
    n_resamples: int = 200

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "trends"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        return missing_trends(catalogue, fewest_tracks=self.fewest_tracks, fewest_years=self.fewest_years)

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Follow yearly medians, look for changes in them, and judge how much the year tells of a track."""
        years = catalogue.column("release_year").astype(np.float64)
        known = years[np.isfinite(years)]
        edges = np.arange(known.min(), known.max() + 2) - 0.5
        counts = np.histogram(known, edges)[0]
        counted = (edges[:-1] + 0.5)[counts >= self.fewest_tracks].astype(int)
        columns = {name: catalogue.column(name) for name in _followed(catalogue)}
        fields = [catalogue.dictionary[name] for name in columns]
        progress(0.0, "following features through the years")
        changes: list[tuple[Field, Change]] = []
        for i, field in enumerate(fields):
            progress(0.1 + 0.5 * i / len(fields), field.label)
            found = self._changes(columns[field.name], years, edges, seed=seed)
            changes += [(field, change) for change in found if tables.is_noticeable(field, change)]
        progress(0.6, "judging on unseen artists")
        card, strongest = self._judged(catalogue, years, seed=seed)
        shares, told = {}, {}
        if catalogue.has("genre"):
            shares = {"trend_shares": tables.share_table(catalogue.column("genre"), years, edges)}
        if changes:
            told = {"trend_changes": tables.change_table(changes)}
        n_few = int(((counts > 0) & (counts < tables.FEW)).sum())
        return Fitted(
            scores=(card,),
            tables={
                "trend_years": tables.year_table(columns, years, edges),
                "trend_decades": tables.decade_table(columns, years, fewest=self.fewest_tracks),
                **told,
                **shares,
            },
            facts={
                "first_year": int(counted.min()),
                "last_year": int(counted.max()),
                "n_years": len(counted),
                "fewest_tracks": self.fewest_tracks,
                "years_left_out": int(((counts > 0) & (counts < self.fewest_tracks)).sum()),
                "years_with_few": n_few,
                "few_sentence": tables.few_sentence(n_few, int((counts > 0).sum())),
                **_precision_facts(catalogue),
                "n_changes": sum(change.confidence >= COUNTED for _, change in changes),
                "n_weak_changes": sum(change.confidence < COUNTED for _, change in changes),
                "changes_sentence": changes_sentence(
                    [field.name for field, _ in changes], [change.confidence for _, change in changes], len(fields)
                ),
                "strongest_field": strongest,
                "sentence": f"The year of release explains {max(card.value, 0):.1%} of the "
                f"differences between tracks, averaged over features; most of "
                f"{in_a_sentence(catalogue.dictionary[strongest].label)}.",
            },
        )

    def _changes(self, values: np.ndarray, years: np.ndarray, edges: np.ndarray, *, seed: int) -> list[Change]:
        n = np.histogram(years[np.isfinite(values)], edges)[0]
        wanted = (edges[:-1] + 0.5)[n >= self.fewest_tracks]
        if len(wanted) < 2 * MIN_YEARS:
            return []
        rng = np.random.default_rng(seed)
        grouped = grouped_by_year(values, years, wanted)
        resampled = resampled_medians(grouped, rng=rng, n_resamples=self.n_resamples)
        return changes_of(course_of(grouped, wanted, resampled), resampled, rng=rng)

    def _judged(self, catalogue: Catalogue, years: np.ndarray, *, seed: int) -> tuple[ScoreCard, str]:
        rows = np.flatnonzero(np.isfinite(years))
        credited = catalogue.credited_artists
        recordings = recording_codes(catalogue)[rows]
        split = split_by_artist([credited[r] for r in rows], recordings, n_splits=self.n_splits, seed=seed)
        space = SoundSpace(catalogue.feature_names)
        points = space.fit_transform(catalogue.features()[rows].astype(np.float64))
        errors, totals = self._errors(points, years[rows], split)
        found = clustered_ratio(totals.sum(axis=1) - errors.sum(axis=1), totals.sum(axis=1), split.groups, seed=seed)
        by_field = 1 - errors.sum(axis=0) / totals.sum(axis=0)
        strongest = catalogue.feature_names[space.columns_[by_field.argmax()]]
        return _card(found, split, n=len(rows)), strongest

    def _errors(self, points: np.ndarray, years: np.ndarray, split: Split) -> tuple[np.ndarray, np.ndarray]:
        """Return squared errors by year and around the mean, each (n_tracks, n_features)."""
        errors, totals = np.empty_like(points), np.empty_like(points)
        for train, test in split.folds:
            predicted = smoothed_means(points[train], years[train], years[test], bandwidth=self.bandwidth_years)
            errors[test] = (points[test] - predicted) ** 2
            totals[test] = (points[test] - points[train].mean(axis=0)) ** 2
        return errors, totals


RECIPE = TrendsRecipe()

_PRECISIONS = ("year", "month", "day")


def _followed(catalogue: Catalogue) -> tuple[str, ...]:
    """Return the fields that are followed through the years."""
    names = continuous(catalogue.feature_names)
    return (*names, "popularity") if catalogue.has("popularity") else names


def _precision_facts(catalogue: Catalogue) -> Mapping[str, object]:
    """Return how many dates are known how exactly, and the sentence of it."""
    counts: dict[str, int] = {}
    if catalogue.has("release_precision"):
        dated = np.isfinite(catalogue.column("release_year"))
        known = catalogue.column("release_precision")[dated]
        counts = {precision: int((known == precision).sum()) for precision in _PRECISIONS}
    return {"precision": counts, "precision_sentence": tables.precision_sentence(counts)}


def _card(found: Estimate, split: Split, *, n: int) -> ScoreCard:
    return ScoreCard(
        recipe="trends",
        model="smoothed yearly means, averaged over features",
        metric="r2",
        value=found.value,
        low=found.low,
        high=found.high,
        baseline="the mean of all years",
        baseline_value=0.0,
        split=split.words,
        n=n,
    )
