"""Trends: how the middle of each feature moved over the years of release."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from analytics.scoring import Estimate, clustered_ratio
from analytics.trends import Slope, adjusted, median_by_bin, smoothed_means, trend_slope
from data.catalogue import Catalogue
from data.fields import Field, continuous
from data.recordings import recording_codes
from models.predictors.features import SoundSpace
from models.recipe import Fitted, Progress, ScoreCard, silent
from models.recipes.clusters import missing_space
from models.recipes.splits import Split, split_by_artist


@dataclass(frozen=True, slots=True)
class TrendsRecipe:
    """Learns the slope of each feature's yearly median.

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
    """

    fewest_tracks: int = 10
    fewest_years: int = 5
    bandwidth_years: float = 2.0
    n_splits: int = 5

    @property
    def name(self) -> str:
        """Short name, as in the manifest."""
        return "trends"

    def missing(self, catalogue: Catalogue) -> str:
        """Return the sentence that says what is missing, or an empty text."""
        if not catalogue.has("release_year"):
            return "No release dates: trends over the years are not computed."
        _, n = np.unique(_known_years(catalogue), return_counts=True)
        if (n >= self.fewest_tracks).sum() < self.fewest_years:
            return (
                f"Fewer than {self.fewest_years} years with {self.fewest_tracks} tracks: trends "
                "over the years are not computed."
            )
        return missing_space(catalogue, "trends over the years are not computed")

    def fit(self, catalogue: Catalogue, *, seed: int, progress: Progress = silent) -> Fitted:
        """Fit slopes to yearly medians, and judge how much the year tells of a track."""
        names = continuous(catalogue.feature_names)
        years = catalogue.column("release_year").astype(np.float64)
        known = years[np.isfinite(years)]
        edges = np.arange(known.min(), known.max() + 2) - 0.5
        slopes: list[Slope] = []
        for i, name in enumerate(names):
            progress(0.6 * i / len(names), catalogue.dictionary[name].label)
            slopes.append(self._slope(catalogue.column(name), years, edges))
        progress(0.6, "judging on unseen artists")
        card, strongest = self._judged(catalogue, years, seed=seed)
        counts = np.histogram(known, edges)[0]
        counted = (edges[:-1] + 0.5)[counts >= self.fewest_tracks].astype(int)
        return Fitted(
            scores=(card,),
            tables={"trend_slopes": _slope_table([catalogue.dictionary[name] for name in names], slopes, counted)},
            facts={
                "first_year": int(counted.min()),
                "last_year": int(counted.max()),
                "n_years": len(counted),
                "fewest_tracks": self.fewest_tracks,
                "years_left_out": int(((counts > 0) & (counts < self.fewest_tracks)).sum()),
                "strongest_field": strongest,
                "sentence": f"The year of release explains {max(card.value, 0):.1%} of the "
                f"differences between tracks, averaged over features; most of "
                f"{catalogue.dictionary[strongest].label.lower()}.",
            },
        )

    def _slope(self, values: np.ndarray, years: np.ndarray, edges: np.ndarray) -> Slope:
        yearly = median_by_bin(values, years, edges)
        enough = yearly["n"].to_numpy() >= self.fewest_tracks
        if enough.sum() < 3:
            return Slope(float("nan"), float("nan"), float("nan"), 1.0, int(enough.sum()))
        return trend_slope(yearly["centre"].to_numpy()[enough], yearly["median"].to_numpy()[enough])

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


def _known_years(catalogue: Catalogue) -> np.ndarray:
    years = catalogue.column("release_year")
    return years[np.isfinite(years)]


def _slope_table(fields: Sequence[Field], slopes: Sequence[Slope], years: np.ndarray) -> pa.Table:
    """Return ``field, slope_per_decade, low, high, p_adjusted, n_years, sentence``."""
    p_adjusted = adjusted(np.array([slope.p_value for slope in slopes]))
    return pa.table(
        {
            "field": [field.name for field in fields],
            "slope_per_decade": [10 * slope.slope for slope in slopes],
            "low": [10 * slope.low for slope in slopes],
            "high": [10 * slope.high for slope in slopes],
            "p_adjusted": p_adjusted,
            "n_years": np.array([slope.n for slope in slopes], dtype=np.int32),
            "sentence": [
                _sentence(field, slope, float(p), years)
                for field, slope, p in zip(fields, slopes, p_adjusted, strict=True)
            ],
        }
    )


def _sentence(field: Field, slope: Slope, p_adjusted: float, years: np.ndarray) -> str:
    when = f"from {years.min()} to {years.max()}"
    if not np.isfinite(slope.slope):
        return f"{field.label}: too few years with values."
    if p_adjusted >= 0.05 or slope.low <= 0 <= slope.high:
        return f"{field.label} shows no steady trend {when}."
    if 10 * abs(slope.slope) < field.step / 10:
        return f"{field.label} hardly moved {when}."
    verb = "rose" if slope.slope > 0 else "fell"
    least, most = sorted((abs(slope.low), abs(slope.high)))
    return (
        f"{field.label} {verb} by {_amount(field, abs(slope.slope))} a decade {when} "
        f"(95 % interval {_amount(field, least)} to {_amount(field, most)})."
    )


def _amount(field: Field, per_year: float) -> str:
    per_decade = 10 * per_year
    if field.unit == "ms":
        return f"{per_decade / 1000:.1f} s"
    digits = 3 if field.high <= 1 else 1 if field.step >= 1 else 2
    return f"{per_decade:.{digits}f} {field.unit}".strip()


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
