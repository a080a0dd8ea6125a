from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.correlation import clustered_order, pearson, spearman
from analytics.profiles import Moments, effect_sizes, effects_of, feature_profile, histogram, nice_edges

rng = np.random.default_rng(0)
VALUES = arrays(np.float32, st.integers(1, 60), elements=st.floats(-100, 100, width=32) | st.just(np.nan))


@settings(deadline=None)
@given(VALUES, st.integers(0, 2**32 - 1))
def test_profiles_equal_numpys_quantiles_in_any_order(values, seed):
    groups = np.random.default_rng(seed).integers(-1, 3, size=len(values))
    table = feature_profile(values, groups, 4).to_pydict()
    for group in range(4):
        own = values[(groups == group) & np.isfinite(values)].astype(float)
        assert table["n"][group] == len(own)
        if len(own):
            expected = np.quantile(own, (0.05, 0.25, 0.5, 0.75, 0.95))
            found = [table[q][group] for q in ("q05", "q25", "median", "q75", "q95")]
            assert found == pytest.approx(expected, abs=1e-4)
            assert table["mean"][group] == pytest.approx(own.mean(), abs=1e-4)
        else:
            assert np.isnan(table["median"][group])


@settings(deadline=None)
@given(VALUES, st.integers(1, 40))
def test_every_value_is_in_one_bin_of_nice_edges(values, n):
    edges = nice_edges(values, low=-100, high=100, n=n)
    assert (np.diff(edges) > 0).all()
    assert histogram(values, edges).sum() == np.isfinite(values).sum()


def test_edges_are_round_and_not_led_by_an_outlier():
    durations = np.append(rng.normal(220_000, 40_000, 5000), 30_000_000)
    edges = nice_edges(durations, low=1000, high=36_000_000, n=30)
    assert edges[-1] < 600_000
    assert 15 <= len(edges) <= 60
    assert set(np.diff(edges).round(6)) == {np.diff(edges)[0].round(6)}


def test_histograms_by_group_add_up():
    values, groups = rng.random(500), rng.integers(3, size=500)
    edges = np.linspace(0, 1, 11)
    by_group = histogram(values, edges, groups, 3)
    assert (by_group.sum(axis=0) == histogram(values, edges)[0]).all()
    assert (by_group.sum(axis=0) == np.histogram(values, edges)[0]).all()


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_correlations_equal_pandas(missing):
    features = rng.normal(size=(300, 5)) @ rng.normal(size=(5, 5))
    features[:, 4] = features[:, 4].round(0)
    features[rng.random(features.shape) < missing] = np.nan
    table = pd.DataFrame(features)
    assert pearson(features) == pytest.approx(table.corr().to_numpy())
    assert spearman(features) == pytest.approx(table.corr("spearman").to_numpy())


def test_a_constant_feature_has_no_correlation():
    features = np.column_stack([np.ones(50), rng.normal(size=50)])
    assert np.isnan(pearson(features)[0, 1])


def test_features_that_go_together_stand_together():
    a, b = rng.normal(size=(2, 400))
    noise = 0.3 * rng.normal(size=(4, 400))
    features = np.column_stack([a, b, -a, b]) + noise.T
    order = clustered_order(pearson(features)).tolist()
    assert sorted(order) == [0, 1, 2, 3]
    assert abs(order.index(0) - order.index(2)) == 1


def test_a_planted_effect_lies_in_its_interval():
    inside = np.arange(2000) < 600
    features = rng.normal(size=(2000, 3)) + np.outer(inside, [0.8, 0.0, -0.5])
    features[::9, 1] = np.nan
    table = effect_sizes(features, inside).to_pydict()
    for planted, low, high in zip((0.8, 0.0, -0.5), table["low"], table["high"], strict=True):
        assert low - 0.03 < planted < high + 0.03
    opposite = effect_sizes(features, ~inside).to_pydict()
    assert opposite["effect"] == pytest.approx([-e for e in table["effect"]])


def test_effects_do_not_depend_on_the_unit():
    features, inside = rng.normal(size=(200, 2)), np.arange(200) < 50
    scaled = features * np.array([1000.0, 0.01]) + 5
    assert effect_sizes(scaled, inside)["effect"].to_pylist() == pytest.approx(
        effect_sizes(features, inside)["effect"].to_pylist()
    )


def test_nothing_to_compare_is_not_a_number():
    table = effect_sizes(np.ones((10, 1)), np.zeros(10, dtype=bool))
    assert np.isnan(table["effect"].to_pylist()[0])


def test_effects_from_the_moments_of_all_equal_those_from_both_sides():
    rng = np.random.default_rng(3)
    features = rng.normal(1_000, 1, (500, 3))
    features[rng.random((500, 3)) < 0.1] = np.nan
    inside = rng.random(500) < 0.3
    everything = Moments.of_columns(list(features.T))
    group = Moments.of_columns(list(features[inside].T))
    ours, expected = effects_of(group, everything), effect_sizes(features, inside)
    for name in expected.column_names:
        assert np.allclose(ours[name].to_numpy(), expected[name].to_numpy(), atol=1e-9)
