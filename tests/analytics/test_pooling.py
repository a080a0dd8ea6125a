"""Pools, resampled totals and curves against theory and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.metrics import average_precision_score, balanced_accuracy_score, log_loss, roc_auc_score

from analytics.curves import curve_areas, threshold_curves
from analytics.pooling import chosen_pool, fit_pool
from analytics.resampling import ResampledTotals
from analytics.scoring import clustered_mean

rng = np.random.default_rng(0)
TRUTH = log_softmax(2 * rng.normal(size=(4000, 3)), axis=1)
LABELS = (TRUTH + rng.gumbel(size=TRUTH.shape)).argmax(axis=1)
FOLDS = np.arange(4000) % 5


def test_a_pool_of_one_is_temperature_scaling():
    pool = fit_pool(3 * TRUTH[None], LABELS)
    searched = minimize_scalar(lambda t: log_loss(LABELS, softmax(3 * TRUTH / t, axis=1)), bounds=(0.5, 10)).x
    assert pool.temperature == pytest.approx(searched, rel=0.01)
    assert pool.temperature == pytest.approx(3, rel=0.1)


def test_noise_gets_no_weight():
    noise = rng.normal(size=TRUTH.shape)
    assert fit_pool(np.stack([TRUTH, noise]), LABELS).shares == pytest.approx([1, 0], abs=0.05)


def test_equal_parts_of_the_truth_share_the_weight():
    part = 0.5 * TRUTH + 0.5 * rng.normal(size=TRUTH.shape)
    other = 0.5 * TRUTH + 0.5 * rng.normal(size=TRUTH.shape)
    assert fit_pool(np.stack([part, other]), LABELS).shares == pytest.approx([0.5, 0.5], abs=0.2)


def test_biases_are_found_where_classes_are_off_and_left_out_where_they_are_not():
    off = np.array([1.0, 0.0, -1.0])
    shifted = chosen_pool((TRUTH + off)[None], LABELS, FOLDS)
    assert shifted.biases - shifted.biases.mean() == pytest.approx(-off, abs=0.2)
    assert np.abs(chosen_pool(TRUTH[None], LABELS, FOLDS).biases).max() < 0.1


def test_scores_that_know_nothing_still_give_probabilities():
    noise = rng.normal(size=TRUTH.shape)
    pool = fit_pool(noise[None], LABELS)
    assert 0 < pool.temperature < 20
    assert np.exp(pool.log_proba(noise[None])).sum(axis=1) == pytest.approx(1)


def test_resampled_totals_agree_with_the_bootstrap_of_a_mean():
    groups, values = rng.integers(100, size=1000), rng.normal(size=1000)
    totals = ResampledTotals(np.column_stack([np.ones(1000), values]), groups, seed=0, n_resamples=2000)
    found = totals.estimate(lambda t: t[:, 1] / t[:, 0], least=-np.inf)
    quick = clustered_mean(values, groups, seed=0, n_resamples=2000)
    assert found.value == pytest.approx(values.mean())
    assert found.high - found.low == pytest.approx(quick.high - quick.low, rel=0.1)


def test_totals_give_balanced_accuracy():
    actual, right = rng.integers(2, size=500), rng.random(500) < 0.7
    columns = np.column_stack([actual == 0, (actual == 0) & right, actual == 1, (actual == 1) & right])
    found = ResampledTotals(columns.astype(float), np.arange(500), seed=0).estimate(
        lambda t: (t[:, 1] / t[:, 0] + t[:, 3] / t[:, 2]) / 2
    )
    assert found.value == pytest.approx(balanced_accuracy_score(actual, np.where(right, actual, 1 - actual)))


def test_areas_equal_scikit_learns_even_with_ties():
    scores = np.round(rng.normal(size=600), 1)
    member = rng.random(600) < 1 / (1 + np.exp(-2 * scores))
    area, precision = curve_areas(scores, member, np.arange(600) // 3, seed=0)
    assert area.value == pytest.approx(roc_auc_score(member, scores))
    assert precision.value == pytest.approx(average_precision_score(member, scores))
    assert area.low < area.value < area.high


def test_curves_are_thinned_and_keep_their_ends():
    scores = rng.random(5000)
    curves = threshold_curves(scores, rng.random(5000) < scores, n_points=50)
    assert len(curves.threshold) <= 50
    assert curves.true_positive_rate[-1] == curves.false_positive_rate[-1] == 1
    assert (np.diff(curves.threshold) < 0).all()
