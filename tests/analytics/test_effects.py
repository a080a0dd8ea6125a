from __future__ import annotations

import numpy as np
import pytest

from analytics.effects import accumulated_effects, individual_curves, quantile_grid
from analytics.grouping import feature_groups
from analytics.importance import joint_drops, permutation_drops


def additive(X):
    """A known function: a square, a slope, and nothing of the third feature."""
    return (4 * X[:, 0] ** 2 - 3 * X[:, 1])[:, None]


@pytest.fixture
def independent():
    return np.random.default_rng(0).random((3000, 3))


@pytest.fixture
def pair():
    """Two features that are nearly one, and a third of its own."""
    rng = np.random.default_rng(1)
    first = rng.random(4000)
    return np.column_stack([first, first + rng.normal(0, 0.02, 4000), rng.random(4000)])


def test_partial_dependence_of_a_known_function_comes_back(independent):
    grid = quantile_grid(independent[:, 0])
    curve = individual_curves(additive, independent, 0, grid).mean(axis=0)[:, 0]
    assert curve == pytest.approx(4 * grid**2 - 3 * independent[:, 1].mean())


def test_accumulated_effects_of_a_known_function_come_back_centred(independent):
    grid = quantile_grid(independent[:, 0])
    found = accumulated_effects(additive, independent, 0, grid, seed=0)
    assert found.value[:, 0] == pytest.approx(4 * grid**2 - (4 * independent[:, 0] ** 2).mean(), abs=0.01)
    slope = accumulated_effects(additive, independent, 1, grid, seed=0)
    assert slope.value[:, 0] == pytest.approx(-3 * (grid - independent[:, 1].mean()), abs=0.01)
    nothing = accumulated_effects(additive, independent, 2, grid, seed=0)
    assert nothing.value == pytest.approx(0)
    assert (found.low <= found.value).all() and (found.value <= found.high).all()


def test_single_tracks_differ_where_features_interact(independent):
    crossed = individual_curves(lambda X: X[:, :1] * X[:, 1:2], independent, 0, np.array([0.0, 1.0]))
    assert crossed[:, 1, 0] - crossed[:, 0, 0] == pytest.approx(independent[:, 1])


def test_where_features_go_together_accumulated_effects_are_right_and_partial_dependence_is_not(pair):
    def model(X):
        """Along the diagonal, where the tracks are, x0; off it, where none is, far too much."""
        return (X[:, 0] + 50 * (X[:, 0] - X[:, 1]) ** 2)[:, None]

    grid = quantile_grid(pair[:, 0])
    partial = individual_curves(model, pair[:500], 0, grid).mean(axis=0)[:, 0]
    local = accumulated_effects(model, pair, 0, grid, seed=0).value[:, 0]
    assert np.ptp(local) == pytest.approx(1, abs=0.25)
    assert np.ptp(partial) > 5


def test_a_grid_has_at_most_as_many_points_as_asked_and_spans_the_feature():
    values = np.r_[np.random.default_rng(2).exponential(size=5000), np.nan]
    grid = quantile_grid(values, most=24)
    assert len(grid) == 24
    assert grid[0] == np.nanmin(values) and grid[-1] == np.nanmax(values)
    assert (np.diff(grid) > 0).all()
    assert quantile_grid(np.array([3.0, 1.0, np.nan, 3.0])).tolist() == [1, 3]


def test_features_that_go_together_are_one_group_and_others_stand_alone(pair):
    assert feature_groups(pair) == [[0, 1], [2]]
    assert feature_groups(np.column_stack([pair[:, 2], -pair[:, 0], pair[:, 1]])) == [[0], [1, 2]]
    assert feature_groups(pair[:, :1]) == [[0]]


def test_what_two_stand_ins_tell_is_seen_only_when_they_are_shuffled_together(pair):
    y = 10 * pair[:, 0]
    folds = [(np.arange(2000), np.arange(2000, 4000)), (np.arange(2000, 4000), np.arange(2000))]

    def scores(X):
        return 5 * X[:, :1] + 5 * X[:, 1:2]

    def nearness(said, rows):
        return -np.abs(said[:, 0] - y[rows])

    sets = [[0], [1], [2], [0, 1]]
    _, drops = joint_drops(pair, sets, folds, [scores, scores], nearness, seed=0, n_rows=2000)
    alone, other, nothing, together = drops.mean(axis=1)
    assert nothing == 0
    assert alone == pytest.approx(other, rel=0.1)
    assert together == pytest.approx(2 * alone, rel=0.1)
    assert together == pytest.approx(10 / 3, rel=0.1)


def test_single_columns_shuffled_as_sets_are_permutation_importance(pair):
    folds = [(np.arange(2000), np.arange(2000, 4000))]
    args = folds, [additive], lambda said, rows: -np.abs(said[:, 0])
    rows, drops = joint_drops(pair, [[0], [1], [2]], *args, seed=3, n_rows=500)
    same_rows, same = permutation_drops(pair, *args, seed=3, n_rows=500)
    assert (rows == same_rows).all()
    assert np.array_equal(drops, same)
