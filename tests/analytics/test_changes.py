"""Changes of course: planted ones are found with their year, and where none is planted none is claimed."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from analytics.changes import (
    MIN_YEARS,
    break_rows,
    changes_of,
    course_of,
    grouped_by_year,
    line_costs,
    penalty,
    resampled_medians,
)

YEARS = np.arange(1970, 2020)


def found_in(course, seed, *, by_year=0.15):
    """Changes found where tracks scatter around a course, and years around it by ``by_year``."""
    rng = np.random.default_rng(seed)
    yearly = course + rng.normal(0, by_year, len(YEARS))
    n = rng.integers(15, 300, len(YEARS))
    values = np.repeat(yearly, n) + rng.normal(0, 1, n.sum())
    grouped = grouped_by_year(values, np.repeat(YEARS, n), YEARS)
    resampled = resampled_medians(grouped, rng=rng, n_resamples=60)
    return changes_of(course_of(grouped, YEARS, resampled), resampled, rng=rng)


@pytest.mark.parametrize("slope", [0.0, 0.05])
def test_a_steady_course_has_no_change(slope):
    claimed = [bool(found_in(slope * (YEARS - 1970), seed)) for seed in range(60)]
    assert np.mean(claimed) < 0.07


def test_a_planted_jump_is_found_within_a_year_and_lies_in_its_interval():
    everything = [found_in(2.0 * (YEARS >= 1995) + 0.02 * (YEARS - 1970), seed) for seed in range(20)]
    for changes in everything:
        one = min(changes, key=lambda change: abs(change.year - 1995))
        assert abs(one.year - 1995) <= 1
        assert one.is_jump
        assert one.confidence > 0.7
        assert one.after - one.before == pytest.approx(2.0, abs=0.5)
    covered = [any(c.low_year <= 1995 <= c.high_year for c in changes) for changes in everything]
    assert np.mean(covered) >= 0.9
    assert sum(len(changes) == 1 for changes in everything) >= 18


def test_two_planted_changes_are_both_found():
    course = 1.5 * (YEARS >= 1985) - 1.5 * (YEARS >= 2005)
    for seed in range(8):
        found = [change.year for change in found_in(course, seed)]
        assert all(min(abs(year - planted) for year in found) <= 1 for planted in (1985, 2005)), seed


def test_a_turn_without_a_jump_is_known_to_be_vague():
    changes = [change for seed in range(10) for change in found_in(0.1 * np.maximum(YEARS - 1995, 0), seed)]
    near = [change for change in changes if abs(change.year - 1995) <= 8]
    assert len(near) >= 9
    assert np.mean([change.low_year <= 1995 <= change.high_year for change in near]) >= 0.9
    assert np.median([change.high_year - change.low_year for change in near]) >= 3
    assert all(change.slope_after > change.slope_before + 0.04 for change in near)


def test_the_cheapest_partition_is_that_of_trying_them_all():
    rng = np.random.default_rng(0)
    for _ in range(5):
        values = rng.normal(0, 1, 18) + 4 * (np.arange(18) >= rng.integers(6, 12))
        costs = line_costs(YEARS[:18], values, np.ones(18))
        assert break_rows(costs) == _best_of_all(costs)


def _best_of_all(costs):
    n = len(costs)
    tried = [breaks for m in range(n // MIN_YEARS) for breaks in combinations(range(MIN_YEARS, n), m)]

    def price(breaks):
        edges = [0, *breaks, n]
        stretches = list(pairwise(edges))
        if min(end - start for start, end in stretches) < MIN_YEARS:
            return np.inf
        return sum(costs[start, end - 1] for start, end in stretches) + penalty(n) * len(breaks)

    return list(min(tried, key=price))


def test_costs_are_those_of_the_best_line():
    rng = np.random.default_rng(1)
    values, variances = rng.normal(size=12), rng.uniform(0.5, 2, 12)
    costs = line_costs(YEARS[:12], values, variances)
    slope, level = np.polyfit(YEARS[2:9], values[2:9], 1, w=1 / np.sqrt(variances[2:9]))
    residuals = values[2:9] - slope * YEARS[2:9] - level
    assert costs[2, 8] == pytest.approx((residuals**2 / variances[2:9]).sum())
    assert costs[5, 2] == 0
    assert costs[3, 3] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("n", [7, 40])
def test_medians_are_resampled_as_by_drawing_tracks(n):
    rng = np.random.default_rng(2)
    values = rng.exponential(size=n)
    grouped = grouped_by_year(values, np.full(n, 2000), np.array([2000]))
    quick = resampled_medians(grouped, rng=rng, n_resamples=20_000)[:, 0]
    drawn = np.median(rng.choice(values, (20_000, n)), axis=1)
    assert quick.mean() == pytest.approx(drawn.mean(), abs=0.05)
    assert quick.std() == pytest.approx(drawn.std(), rel=0.15)


def test_a_few_years_have_no_change_and_a_constant_feature_none():
    assert break_rows(line_costs(YEARS[:9], np.arange(9.0) ** 3, np.ones(9))) == []
    grouped = grouped_by_year(np.ones(500), np.repeat(YEARS, 10), YEARS)
    rng = np.random.default_rng(0)
    resampled = resampled_medians(grouped, rng=rng, n_resamples=20)
    assert changes_of(course_of(grouped, YEARS, resampled), resampled, rng=rng) == []


def test_missing_values_and_other_years_are_left_out():
    grouped = grouped_by_year(np.array([3.0, np.nan, 1.0, 2.0, 9.0]), np.array([1, 1, 1, 2, 5]), np.array([1, 2]))
    assert grouped.values.tolist() == [1, 3, 2]
    assert grouped.starts.tolist() == [0, 2]
    assert grouped.n.tolist() == [2, 1]
