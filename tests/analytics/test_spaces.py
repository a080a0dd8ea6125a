"""Clusters, maps, neighbours and contributions: what is planted in a space comes back."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness
from sklearn.metrics import adjusted_rand_score

from analytics.attribution import grouped, largest_gap, linear_contributions
from analytics.clusters import choice_table, cut_criteria, group_names, kmeans_cut
from analytics.embedding import continuity_of, trustworthiness_of
from analytics.importance import permutation_drops
from analytics.neighbours import (
    label_precision,
    nearest,
    nearest_centre,
    nearest_rows,
    random_pair_distances,
)
from data.fields import FIELDS

rng = np.random.default_rng(0)
FOUR = np.repeat(np.arange(4), (100, 80, 60, 40))
CENTRES = np.array([[0, 0, 0], [5, 0, 0], [0, 5, 0], [0, 0, 5]])
SPACE = CENTRES[FOUR] + rng.normal(0, 0.5, (280, 3))


def test_planted_clusters_come_back_numbered_by_size():
    cut = kmeans_cut(SPACE, 4, seed=0)
    assert adjusted_rand_score(FOUR, cut.labels) == 1
    assert np.bincount(cut.labels).tolist() == [100, 80, 60, 40]
    assert (nearest_centre(SPACE, cut.centres) == cut.labels).all()


def test_the_criteria_choose_the_planted_number():
    ks = (3, 4, 5, 6)
    criteria = [cut_criteria(SPACE, kmeans_cut(SPACE, k, seed=0), seed=0, n_refits=3) for k in ks]
    table = choice_table(ks, criteria)
    assert table.filter(table["chosen"])["k"].to_pylist() == [4]
    assert criteria[1]["stability"] == pytest.approx(1)


def test_row_order_does_not_matter_to_well_separated_clusters():
    order = rng.permutation(len(SPACE))
    one, other = kmeans_cut(SPACE, 4, seed=0), kmeans_cut(SPACE[order], 4, seed=0)
    assert (one.labels[order] == other.labels).all()


def test_names_say_what_sets_a_group_apart():
    fields = [FIELDS[name] for name in ("energy", "loudness", "tempo", "key")]
    effects = np.array([[1.2, 0.8, 0.1, 3.0], [-0.9, -1.1, 0.0, 0.0], [0.05, 0.1, 0.3, 0.0]])
    assert group_names(effects, fields) == ["energetic, loud", "quiet, calm", "fast"]


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-2, 2), min_size=3, max_size=3), min_size=1, max_size=12))
def test_names_are_unique_and_never_empty(effects):
    fields = [FIELDS[name] for name in ("energy", "loudness", "key")]
    names = group_names(np.array(effects), fields)
    assert len(set(names)) == len(names)
    assert all(names)


def test_trustworthiness_and_continuity_equal_scikit_learns():
    plane = SPACE[:, :2] + rng.normal(0, 0.3, (280, 2))
    every = np.arange(280)
    for k in (5, 15):
        assert trustworthiness_of(SPACE, plane, every, k=k).mean() == pytest.approx(
            trustworthiness(SPACE, plane, n_neighbors=k)
        )
        assert continuity_of(SPACE, plane, every, k=k).mean() == pytest.approx(
            trustworthiness(plane, SPACE, n_neighbors=k)
        )


def test_a_sample_of_rows_estimates_the_whole():
    plane = SPACE[:, :2] + rng.normal(0, 0.3, (280, 2))
    each = trustworthiness_of(SPACE, plane, np.arange(280))
    assert trustworthiness_of(SPACE, plane, np.array([7, 100])) == pytest.approx(each[[7, 100]])
    assert trustworthiness_of(SPACE, SPACE, np.arange(280)) == pytest.approx(1)


def test_too_many_neighbours_are_refused():
    with pytest.raises(ValueError, match="k = 15 must be under half of 20 tracks"):
        trustworthiness_of(SPACE[:20], SPACE[:20, :2], np.arange(20))


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**32 - 1), st.integers(1, 30))
def test_nearest_is_what_sorting_all_distances_gives(seed, k):
    own = np.random.default_rng(seed)
    space = own.integers(0, 4, (40, 2)).astype(np.float32)
    query = space[0]
    rows, distances = nearest(space, query, k, np.array([0]))
    expected = np.linalg.norm(space - query, axis=1)
    order = [r for r in np.lexsort((np.arange(40), expected)) if r != 0][:k]
    assert rows.tolist() == order
    assert distances == pytest.approx(expected[order])


def test_nearest_gives_what_is_left():
    rows, distances = nearest(np.zeros((3, 2), np.float32), np.zeros(2), 5, np.array([True, True, False]))
    assert (rows.tolist(), distances.tolist()) == ([2], [0.0])
    assert len(nearest(np.zeros((1, 2), np.float32), np.zeros(2), 5, np.array([0]))[0]) == 0


def test_many_queries_agree_with_one():
    space = SPACE.astype(np.float32)
    many = nearest_rows(space, space[:20], 6)
    for row in range(20):
        assert many[row].tolist() == nearest(space, space[row], 6)[0].tolist()
    assert label_precision(many, FOUR, FOUR[:20]) == pytest.approx(1)


def test_random_pairs_are_pairs_of_different_rows():
    assert random_pair_distances(np.array([[0.0], [1.0]]), seed=0, n_pairs=100).tolist() == [1.0] * 100


def test_linear_contributions_sum_to_the_score_before_and_after_grouping():
    columns, coefficients, intercepts = rng.normal(size=(20, 5)), rng.normal(size=(3, 5)), rng.normal(size=3)
    found = linear_contributions(columns, coefficients, intercepts)
    scores = columns @ coefficients.T + intercepts
    assert largest_gap(found, scores) < 1e-12
    by_feature = grouped(found, np.array([0, 0, 1, 2, 1]), 3)
    assert by_feature.shape == (20, 3, 4)
    assert largest_gap(by_feature, scores) < 1e-12
    assert by_feature[:, :, 0] == pytest.approx(found[:, :, 0] + found[:, :, 1])


def test_only_the_planted_feature_is_important():
    X = rng.normal(size=(400, 3))
    folds = [(np.arange(200, 400), np.arange(200)), (np.arange(200), np.arange(200, 400))]
    with warnings.catch_warnings():
        rows, drops = permutation_drops(
            X,
            folds,
            [lambda X: X[:, :1]] * 2,
            lambda scores, rows: -((scores[:, 0] - X[rows, 0]) ** 2),
            seed=0,
            n_rows=300,
        )
    assert sorted(rows.tolist()) == sorted(set(rows.tolist()))
    assert drops.shape == (3, 300)
    assert drops[0].mean() == pytest.approx(2, abs=0.5)
    assert (drops[1:] == 0).all()
