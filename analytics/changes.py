"""Where a feature's course over the years breaks off and another begins, and how sure that is."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import ruptures

MIN_YEARS = 5
"""Years that a stretch between two changes has at least: fewer make a line of any noise."""

PARAMETERS_PER_CHANGE = 3
"""Where it happens, and the level and the slope of the new line."""

_WITHIN, _MOST_ROUNDS = 1, 10


class Course(NamedTuple):
    """The yearly medians of a feature, and the variance that each has, all of shape (n_years,).

    Parameters
    ----------
    years, medians
        Ascending years and their medians.
    sampling
        Variance from the tracks of the year being a sample.
    scatter
        Variance from year to year that sampling does not explain, one number.
    """

    years: np.ndarray
    medians: np.ndarray
    sampling: np.ndarray
    scatter: float

    @property
    def variances(self) -> np.ndarray:
        """Variance of each median, never 0."""
        least = (1e-3 * float(self.medians.std())) ** 2 + 1e-18
        return self.sampling + self.scatter + least


class Change(NamedTuple):
    """A change of course: the first year of the new line, and how sure it is.

    Parameters
    ----------
    year, low_year, high_year
        First year of the new line with its 95% interval.
    confidence
        Share of resamples that have a change within a year of it.
    before, after
        The old line in the year before, the new line in the year.
    jump_error
        Standard error of ``after - before``.
    slope_before, slope_after
        Per year.
    """

    year: int
    low_year: int
    high_year: int
    confidence: float
    before: float
    after: float
    jump_error: float
    slope_before: float
    slope_after: float

    @property
    def is_jump(self) -> bool:
        """Whether the level jumps, by more than chance would have it; else only the slope turns."""
        return abs(self.after - self.before) > 1.96 * self.jump_error


class ByYear(NamedTuple):
    """Values sorted within runs of one year each.

    Parameters
    ----------
    values
        Ascending within each run.
    starts, n
        Where each year's run begins and how long it is, shape (n_years,).
    """

    values: np.ndarray
    starts: np.ndarray
    n: np.ndarray


class _LineCost(ruptures.base.BaseCost):
    """Hands ruptures costs of stretches that are known beforehand, shape (n_years, n_years)."""

    model = ""
    min_size = MIN_YEARS

    def fit(self, signal: np.ndarray) -> _LineCost:
        """Take the costs as the signal."""
        self.signal = signal
        return self

    def error(self, start: int, end: int) -> float:
        """Return the cost of the stretch from ``start`` to before ``end``."""
        return float(self.signal[start, end - 1])


def grouped_by_year(values: np.ndarray, years: np.ndarray, wanted: np.ndarray) -> ByYear:
    """Return the known values of some years, sorted within each."""
    there = np.isfinite(values) & np.isin(years, wanted)
    codes, found = np.searchsorted(wanted, years[there]), values[there].astype(np.float64)
    n = np.bincount(codes, minlength=len(wanted))
    return ByYear(found[np.lexsort((found, codes))], np.cumsum(n) - n, n)


def resampled_medians(grouped: ByYear, *, rng: np.random.Generator, n_resamples: int) -> np.ndarray:
    """Return medians of resamples of each year's tracks, float64 of shape (n_resamples, n_years).

    Nothing is drawn but the place of the median: in a resample of n values it is distributed as the middle of n
    uniform numbers, which is a beta distribution (Maritz and Jarrett 1978). A million tracks cost what a hundred do.
    """
    middle = (grouped.n + 1) / 2
    share = rng.beta(middle, middle, size=(n_resamples, len(middle)))
    rank = np.clip(share * grouped.n - 0.5, 0, grouped.n - 1)
    floor = np.floor(rank).astype(np.int64)
    low = grouped.values[grouped.starts + floor]
    high = grouped.values[grouped.starts + np.minimum(floor + 1, grouped.n - 1)]
    return low + (rank - floor) * (high - low)


def course_of(grouped: ByYear, years: np.ndarray, resampled: np.ndarray) -> Course:
    """Return the yearly medians with their variances, from the tracks of each year and resamples of them."""
    stretches = zip(grouped.starts, grouped.n, strict=True)
    medians = np.array([np.median(grouped.values[start : start + n]) for start, n in stretches])
    sampling = resampled.var(axis=0)
    return Course(years, medians, sampling, _scatter(medians, sampling))


def changes_of(course: Course, resampled: np.ndarray, *, rng: np.random.Generator) -> list[Change]:
    """Return the years in which a feature leaves one line and follows another.

    A steady trend is one line, so it has no change. Lines are fitted to yearly medians weighted by the inverse of
    their variance, so that years with many tracks count for more, though not without limit. Where to break is found
    exactly by PELT (Killick, Fearnhead and Eckley, JASA 2012; ruptures of Truong, Oudre and Vayatis, Signal
    Processing 2020); each break has to save its `penalty`.

    Parameters
    ----------
    course
        Yearly medians.
    resampled
        Medians of resamples of each year's tracks, shape (n_resamples, n_years). What years scatter beyond sampling is
        added to them at random: resampling tracks alone would call every accident of a well-filled year certain.
    rng
        Of that scatter.
    """
    costs = line_costs(course.years, course.medians, course.variances)
    unexplained = _unexplained(costs)
    found = break_rows(costs / unexplained)
    if not found:
        return []
    drawn = resampled + rng.normal(0, np.sqrt(course.scatter), resampled.shape)
    costs_drawn = (line_costs(course.years, medians, course.variances) for medians in drawn)
    breaks = [break_rows(costs / unexplained) for costs in costs_drawn]
    edges = [0, *found, len(course.years)]
    return [_change(course, edges, i, breaks) for i in range(1, len(edges) - 1)]


def _unexplained(costs: np.ndarray) -> float:
    """Return by how much the variances fall short of the scatter around the best lines; 1 where they do not.

    The scatter is known from a few dozen years only. Where it is put too low, lines leave too much over; the larger
    one allows fewer lines, so it is settled when it no longer grows.
    """
    factor, n = 1.0, len(costs)
    for _ in range(_MOST_ROUNDS):
        found = break_rows(costs / factor)
        edges = [0, *found, n]
        left = sum(costs[start, end - 1] for start, end in itertools.pairwise(edges))
        freedom = n - 2 - PARAMETERS_PER_CHANGE * len(found)
        if freedom < 1 or left / freedom <= factor * 1.001:
            return factor
        factor = float(left / freedom)
    return factor


def line_costs(years: np.ndarray, values: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Return the squared error, in variances, of the best line through every stretch of years.

    Returns
    -------
    np.ndarray
        Shape (n_years, n_years): first year by last year of the stretch, both included; 0 below the diagonal.
    """
    x, y, w = years - years.mean(), values - values.mean(), 1 / variances
    n, sx, sy, sxx, sxy, syy = (_stretch_sums(w * part) for part in (1, x, y, x * x, x * y, y * y))
    n = np.where(n > 0, n, 1)
    across, along, up = sxx - sx**2 / n, sxy - sx * sy / n, syy - sy**2 / n
    explained = np.where(across > 1e-9 * n, along**2 / np.where(across > 0, across, 1), 0)
    return np.triu(np.maximum(up - explained, 0))


def break_rows(costs: np.ndarray) -> list[int]:
    """Return the first row of each new stretch in the cheapest partition; none where one line does.

    Parameters
    ----------
    costs
        As `line_costs` gives them.
    """
    n = len(costs)
    if n < 2 * MIN_YEARS:
        return []
    search = ruptures.Pelt(custom_cost=_LineCost(), min_size=MIN_YEARS, jump=1).fit(costs)
    return [int(row) for row in search.predict(pen=penalty(n))[:-1]]


def penalty(n_years: int) -> float:
    """Return what a change has to save, in variances, to be found: the information criterion's price of it.

    The Bayesian criterion (Schwarz 1978) as Liu, Wu and Zidek (Statistica Sinica 1997) made it stricter for lines
    whose breaks are searched for: 0.299 (log n) ** 2.1 for each parameter in place of log n. With the plain one,
    every tenth series of 50 years without a change was given one; with this, one in forty
    (*tests/analytics/test_changes*).

    >>> round(penalty(50), 1), round(3 * math.log(50), 1)
    (15.7, 11.7)
    """
    return PARAMETERS_PER_CHANGE * 0.299 * math.log(n_years) ** 2.1


def _stretch_sums(values: np.ndarray) -> np.ndarray:
    """Return sums from row i to row j, both included, shape (n, n)."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return sums[None, 1:] - sums[:-1, None]


def _scatter(medians: np.ndarray, sampling: np.ndarray) -> float:
    """Return the variance from year to year beyond sampling, from second differences (Gasser, Sroka and Jennen 1986).

    Lines have none, a change has one or two; the median passes over those.
    """
    if len(medians) < MIN_YEARS:
        return 0.0
    second = medians[:-2] - 2 * medians[1:-1] + medians[2:]
    known = sampling[:-2] + 4 * sampling[1:-1] + sampling[2:]
    # The median of a squared normal number is 0.455 of its variance.
    return max(0.0, float(np.median(second**2) / 0.455 - np.median(known)) / 6)


def _change(course: Course, edges: Sequence[int], i: int, breaks: Sequence[Sequence[int]]) -> Change:
    """Return the change at edge ``i``, from the rows of the changes in the resamples."""
    row, years = edges[i], course.years
    nearest = [min(found, key=lambda r: abs(r - row)) for found in breaks if found]
    within = [r for r in nearest if abs(years[r] - years[row]) <= _WITHIN]
    reach = (edges[i - 1] + row) / 2, (row + edges[i + 1]) / 2
    same = [years[r] for r in nearest if reach[0] <= r <= reach[1]] or [years[row]]
    low, high = np.quantile(np.array(same), (0.025, 0.975), method="inverted_cdf")
    before, slope_before, error_before = _line(course, edges[i - 1], row, years[row - 1])
    after, slope_after, error_after = _line(course, row, edges[i + 1], years[row])
    return Change(
        year=int(years[row]),
        low_year=min(int(low), int(years[row])),
        high_year=max(int(high), int(years[row])),
        confidence=len(within) / len(breaks),
        before=before,
        after=after,
        jump_error=float(np.hypot(error_before, error_after)),
        slope_before=slope_before,
        slope_after=slope_after,
    )


def _line(course: Course, start: int, end: int, at: float) -> tuple[float, float, float]:
    """Return the value in a year, the slope, and the standard error of the value, of a stretch's line."""
    x, y, w = course.years[start:end], course.medians[start:end], 1 / course.variances[start:end]
    centre = np.average(x, weights=w)
    spread = float(w @ (x - centre) ** 2)
    slope = float(w @ ((x - centre) * y)) / spread
    value = float(np.average(y, weights=w)) + slope * (at - centre)
    return float(value), slope, float(np.sqrt(1 / w.sum() + (at - centre) ** 2 / spread))
