"""Smooth densities and unusual tracks, against what theory says."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats

from analytics.kernels import bandwidth, kernel_densities
from analytics.profiles import Moments, effect_sizes, effects_between
from analytics.unusual import robust_scores, unusualness

rng = np.random.default_rng(4)


def test_the_density_of_normal_values_is_the_normal_density():
    values, groups = rng.normal(5, 2, 40_000), np.zeros(40_000, dtype=int)
    places, found = kernel_densities(values, groups, 1, low=-5.0, high=15.0)
    np.testing.assert_allclose(found[0], scipy.stats.norm.pdf(places, 5, 2), atol=0.006)


def test_it_is_that_of_scipys_kernel_estimate_with_the_same_bandwidth():
    values = rng.gamma(3, 1, 500)
    places, found = kernel_densities(values, np.zeros(500, dtype=int), 1, low=-3.0, high=20.0)
    other = scipy.stats.gaussian_kde(values, bw_method=bandwidth(values) / values.std(ddof=1))
    np.testing.assert_allclose(found[0], other(places), atol=0.005)


def test_every_group_has_an_area_of_one_and_an_empty_one_none():
    values, groups = rng.random(3_000), rng.integers(0, 3, 3_000)
    values[:50] = np.nan
    places, found = kernel_densities(values, groups, 4, low=0.0, high=1.0)
    assert np.trapezoid(found, places, axis=1) == pytest.approx([1, 1, 1, 0], abs=0.01)


def test_scores_of_normal_values_are_standard_scores():
    scores = robust_scores(rng.normal([3, -100], [2, 50], (50_000, 2)))
    assert scores.mean(axis=0) == pytest.approx(0, abs=0.05)
    assert scores.std(axis=0) == pytest.approx(1, abs=0.05)


def test_a_long_tail_does_not_make_outliers_of_a_fifth_of_the_tracks():
    scores = robust_scores(rng.exponential(1, (20_000, 1)))
    assert (np.abs(scores) > 4).mean() < 0.01


def test_distances_of_normal_features_follow_chi_squared():
    features = rng.multivariate_normal([0, 0, 0], [[1, 0.5, 0], [0.5, 1, 0], [0, 0, 1]], 20_000)
    squared, parts = unusualness(robust_scores(features))
    assert np.quantile(squared, [0.5, 0.9]) == pytest.approx(scipy.stats.chi2.ppf([0.5, 0.9], 3), rel=0.1)
    np.testing.assert_allclose(parts.sum(axis=1), squared)


def test_a_planted_oddity_that_is_extreme_in_nothing_is_the_oddest():
    one = rng.normal(size=2_000)
    features = np.column_stack([one, one + 0.1 * rng.normal(size=2_000), rng.normal(size=2_000)])
    features[77] = [1.8, -1.8, 0]
    squared, parts = unusualness(robust_scores(features))
    assert squared.argmax() == 77
    assert set(np.argsort(-parts[77])[:2]) == {0, 1}


def test_missing_values_and_constant_features_add_nothing():
    features = np.column_stack([rng.normal(size=50), np.full(50, 3.0), np.full(50, np.nan)])
    features[0, 0] = np.nan
    scores = robust_scores(features)
    assert not scores[0].any()
    assert not scores[:, 1:].any()
    assert np.isfinite(unusualness(scores)[0]).all()


def test_effects_between_a_group_and_the_rest_are_effect_sizes():
    features, inside = rng.normal(size=(400, 3)).astype(np.float32), rng.random(400) < 0.3
    sides = (Moments.of_columns(list(features[rows].T)) for rows in (inside, ~inside))
    found, expected = effects_between(*sides).to_pandas(), effect_sizes(features, inside).to_pandas()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
