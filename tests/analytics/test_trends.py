from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from analytics.trends import (
    adjusted,
    median_by_bin,
    shares_by_bin,
    smoothed_means,
    trend_slope,
    variance_inflation,
    wilson_interval,
)

rng = np.random.default_rng(0)


def test_a_planted_slope_comes_back_whatever_the_outliers():
    years = np.arange(1960, 2020, dtype=float)
    values = 3 - 0.02 * years + rng.normal(0, 0.1, 60)
    values[::12] += 50
    found = trend_slope(years, values)
    assert found.low < -0.02 < found.high
    assert found.p_value < 0.001
    assert found.n == 60


def test_no_trend_is_not_claimed():
    p_values = [trend_slope(np.arange(30.0), rng.normal(size=30)).p_value for _ in range(200)]
    assert np.mean(np.array(p_values) < 0.05) < 0.1


def autoregressive(n, n_series, *, phi, seed):
    """Stationary series of order 1 with unit variance, shape (n_series, n)."""
    noise = np.random.default_rng(seed).normal(size=(n + 100, n_series)) * np.sqrt(1 - phi**2)
    for t in range(1, len(noise)):
        noise[t] += phi * noise[t - 1]
    return noise[100:].T


def uncorrected(found):
    """The p-value as if every year told something of its own."""
    return 2 * scipy.stats.norm.sf(scipy.stats.norm.isf(found.p_value / 2) * np.sqrt(found.inflation))


@pytest.mark.parametrize(("phi", "most"), [(0.0, 0.07), (0.4, 0.11), (0.6, 0.12)])
def test_years_that_resemble_the_one_before_are_no_trend(phi, most):
    every = [trend_slope(np.arange(50.0), one) for one in autoregressive(50, 400, phi=phi, seed=1)]
    assert np.mean([found.p_value < 0.05 for found in every]) < most
    assert np.mean([found.low > 0 or found.high < 0 for found in every]) < most
    assert all(uncorrected(found) <= found.p_value * (1 + 1e-9) for found in every)
    if phi == 0.6:
        assert np.mean([uncorrected(found) < 0.05 for found in every]) > 0.25


def test_a_planted_trend_is_found_among_years_that_resemble_the_one_before():
    years = np.arange(50.0)
    every = [trend_slope(years, 0.1 * years + one) for one in autoregressive(50, 100, phi=0.6, seed=2)]
    assert np.mean([found.p_value < 0.05 for found in every]) > 0.9
    assert np.mean([found.low < 0.1 < found.high for found in every]) > 0.85


def test_without_autocorrelation_the_test_is_kendalls():
    years, values = np.arange(40.0), autoregressive(40, 1, phi=-0.5, seed=3)[0]
    found = trend_slope(years, values)
    assert found.inflation == 1
    assert found.p_value == pytest.approx(scipy.stats.kendalltau(years, values).pvalue)
    assert found[1:3] == pytest.approx(scipy.stats.theilslopes(values, years, alpha=0.95)[2:])
    assert variance_inflation(np.arange(9.0)) == 1  # too few to tell
    assert variance_inflation(np.ones(20)) == 1
    assert variance_inflation(np.repeat([0.0, 1.0, 0.0, 1.0], 10)) > 3


def test_a_flat_line_has_slope_0_and_two_points_none():
    assert trend_slope(np.arange(5.0), np.ones(5)).p_value == 1
    with pytest.raises(ValueError, match="three positions with values, here are 2"):
        trend_slope(np.arange(3.0), np.array([1, np.nan, 2]))


def test_medians_by_bin_equal_numpys():
    positions, values = rng.uniform(0, 10, 500), rng.normal(size=500)
    values[::50] = np.nan
    edges = np.array([0, 2, 5, 9, 10, 12])
    table = median_by_bin(values, positions, edges).to_pydict()
    for i in range(4):
        own = values[(positions >= edges[i]) & (positions < edges[i + 1]) & np.isfinite(values)]
        assert table["n"][i] == len(own)
        assert table["median"][i] == pytest.approx(np.median(own))
        assert table["q25"][i] == pytest.approx(np.quantile(own, 0.25))
        assert table["median_low"][i] <= table["median"][i] <= table["median_high"][i]
    assert table["n"][4] == 0
    assert np.isnan(table["median"][4])


def test_the_medians_interval_covers_at_least_95_percent():
    values = rng.exponential(size=(2000, 25))
    positions = np.repeat(np.arange(2000), 25)
    table = median_by_bin(values.ravel(), positions, np.arange(2001) - 0.5)
    low, high = table["median_low"].to_numpy(), table["median_high"].to_numpy()
    covered = (low <= np.log(2)) & (high >= np.log(2))
    assert 0.94 <= covered.mean() <= 0.985


def test_nothing_at_all_gives_rows_without_values():
    table = median_by_bin(np.array([np.nan]), np.array([1.0]), np.array([0, 1, 2]))
    assert table["n"].to_pylist() == [0, 0]
    shares = shares_by_bin(np.array([-1]), np.array([1.0]), np.array([0, 1, 2]), 2)
    assert np.isnan(shares["share"].to_pylist()).all()


def test_the_last_bin_holds_its_upper_edge():
    table = median_by_bin(np.ones(3), np.array([0.0, 1.0, 2.0]), np.array([0, 1, 2]))
    assert table["n"].to_pylist() == [1, 2]


def test_shares_add_up_to_1_in_each_bin():
    codes, positions = rng.integers(-1, 3, size=400), rng.uniform(0, 5, 400)
    table = shares_by_bin(codes, positions, np.arange(6), 3).to_pandas()
    assert table.groupby("bin").share.sum().to_numpy() == pytest.approx(1)
    assert ((table.low <= table.share) & (table.share <= table.high)).all()


def test_wilsons_interval_of_a_textbook_case():
    low, high = wilson_interval(np.array([10]), np.array([20]))
    assert (low[0], high[0]) == (pytest.approx(0.2993, abs=1e-4), pytest.approx(0.7007, abs=1e-4))


def test_smoothed_means_follow_a_curve_and_reach_beyond_it():
    years = rng.integers(0, 50, size=5000)
    values = np.sin(years / 10)[:, None] + rng.normal(0, 0.1, (5000, 1))
    wanted = np.array([5.0, 25.0, 300.0])
    found = smoothed_means(values, years, wanted, bandwidth=1.0)[:, 0]
    assert found[:2] == pytest.approx(np.sin(wanted[:2] / 10), abs=0.05)
    assert np.isfinite(found[2])


def test_adjusting_nothing_gives_nothing():
    assert len(adjusted(np.array([]))) == 0
