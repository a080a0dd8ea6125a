from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.metrics import balanced_accuracy_score, r2_score

from analytics import choice, scoring
from analytics.calibration import interval_offsets, prediction_sets, set_threshold

rng = np.random.default_rng(0)
LABELS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=60)


@settings(deadline=None)
@given(LABELS)
def test_scores_from_counts_equal_scikit_learns(pairs):
    actual, predicted = np.array(pairs).T
    counts = scoring.confusion_counts(actual, predicted, 4)
    present = np.unique(np.concatenate([actual, predicted]))
    # scikit-learn warns of single labels and of predictions that never occur.
    if len(present) > 1 and np.isin(predicted, actual).all():
        assert scoring.balanced_accuracy(counts) == pytest.approx(balanced_accuracy_score(actual, predicted))


def test_r2_equals_scikit_learns():
    actual, predicted = rng.normal(size=(2, 50))
    assert scoring.r2(actual, predicted, np.ones(50)) == pytest.approx(r2_score(actual, predicted))
    assert scoring.r2(np.ones(5), np.ones(5), np.ones(5)) == 0


def test_the_interval_of_a_mean_covers_as_often_as_it_says():
    covered = 0
    for trial in range(150):
        own = np.random.default_rng(trial)
        groups = np.repeat(np.arange(60), 5)
        values = own.normal(size=60)[groups] + own.normal(size=300)
        found = scoring.clustered_mean(values, groups, seed=trial, n_resamples=300)
        covered += found.low <= 0 <= found.high
    assert 0.88 <= covered / 150 <= 0.99


def test_artists_widen_an_interval_that_tracks_alone_would_make_too_narrow():
    groups = np.repeat(np.arange(20), 50)
    values = rng.normal(size=20)[groups]
    by_artist = scoring.clustered_mean(values, groups, seed=0)
    by_track = scoring.clustered_mean(values, np.arange(1000), seed=0)
    assert by_artist.high - by_artist.low > 4 * (by_track.high - by_track.low)


def test_the_general_bootstrap_agrees_with_the_quick_one():
    groups, values = rng.integers(80, size=400), rng.normal(size=400)
    quick = scoring.clustered_mean(values, groups, seed=1, n_resamples=2000)
    general = scoring.cluster_bootstrap(groups, lambda w: float(w @ values / w.sum()), seed=1, n_resamples=1000)
    assert general.value == pytest.approx(quick.value)
    assert general.low == pytest.approx(quick.low, abs=0.02)
    assert general.high == pytest.approx(quick.high, abs=0.02)


def test_calibration_error_of_a_known_truth():
    confidence = rng.uniform(0.3, 1, 20_000)
    honest = (rng.random(20_000) < confidence).astype(float)
    boasting = (rng.random(20_000) < confidence - 0.2).astype(float)
    bins = scoring.confidence_bins(confidence)
    assert scoring.expected_calibration_error(bins, confidence, honest) < 0.015
    assert scoring.expected_calibration_error(bins, confidence, boasting) == pytest.approx(0.2, abs=0.015)
    table = scoring.reliability(bins, confidence, boasting)
    assert table["n"].to_numpy().sum() == 20_000
    assert np.ptp(table["n"].to_numpy()) <= 1


def test_prediction_sets_hold_the_truth_as_often_as_asked():
    proba = softmax(rng.normal(size=(8000, 5)) * 1.5, axis=1)
    actual = (proba.cumsum(axis=1) > rng.random((8000, 1))).argmax(axis=1)
    threshold = set_threshold(proba[:4000], actual[:4000])
    members = prediction_sets(proba[4000:], threshold)
    assert members[np.arange(4000), actual[4000:]].mean() == pytest.approx(0.9, abs=0.02)
    assert members.any(axis=1).all()


def test_interval_offsets_follow_a_skewed_distribution():
    residuals = rng.exponential(size=8000) - 1
    low, high = interval_offsets(residuals[:4000])
    fresh = residuals[4000:]
    assert ((fresh >= low) & (fresh <= high)).mean() == pytest.approx(0.9, abs=0.02)
    assert high > -low


def test_a_tie_goes_to_the_simpler_model_and_a_difference_to_the_better():
    groups = np.repeat(np.arange(100), 3)
    base, noise = rng.random((2, 300))
    nothing, simple = base + 1, base + 0.3 * noise
    tied = np.array([nothing, simple, simple + rng.normal(-0.001, 0.1, 300)])
    better = np.array([nothing, simple, simple - 0.2 + rng.normal(0, 0.1, 300)])
    assert choice.simplest_of_the_best(tied, groups, seed=0) == 1
    assert choice.simplest_of_the_best(better, groups, seed=0) == 2
    assert choice.simplest_of_the_best(better[::-1], groups, seed=0) == 0


def test_nested_choice_does_not_look_at_its_own_fold():
    numbers = np.repeat([0, 1], 50)
    losses = np.ones((3, 100))
    losses[1, :50], losses[2, 50:] = 0.0, 0.0
    without = np.broadcast_to(losses, (2, 3, 100))
    assert choice.nested_choice(without, numbers, np.arange(100), seed=0) == [2, 1]
