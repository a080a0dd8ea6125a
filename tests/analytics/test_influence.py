"""Scores with intervals from how much each track moves them, against resampling and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, mean_absolute_error, r2_score

from analytics.influence import class_scores, difference, error_scores, estimate
from analytics.scoring import balanced_accuracy, cluster_bootstrap, confusion_counts, r2

N, CLASSES = 3_000, 4


@pytest.fixture(scope="module")
def judged():
    """Actual and predicted classes of tracks by 400 artists, whose tracks are alike."""
    rng = np.random.default_rng(0)
    artists = rng.integers(400, size=N)
    actual = rng.integers(CLASSES, size=400)[artists]
    hard = rng.random(400)[artists]
    predicted = np.where(rng.random(N) < 0.3 + 0.6 * hard, actual, rng.integers(CLASSES, size=N))
    return actual, predicted, artists


@pytest.fixture(scope="module")
def measured():
    rng = np.random.default_rng(1)
    artists = rng.integers(300, size=N)
    known = rng.normal(size=300)[artists]
    return known + rng.normal(size=N), 0.8 * known, artists


def test_scores_of_classes_are_those_of_scikit_learn(judged):
    actual, predicted, _ = judged
    found = class_scores(actual, predicted, CLASSES)
    assert found["accuracy"].value == pytest.approx(accuracy_score(actual, predicted))
    assert found["balanced_accuracy"].value == pytest.approx(balanced_accuracy_score(actual, predicted))
    assert found["macro_f1"].value == pytest.approx(f1_score(actual, predicted, average="macro"))


def test_scores_of_numbers_are_those_of_scikit_learn(measured):
    actual, predicted, _ = measured
    found = error_scores(actual, predicted)
    assert found["r2"].value == pytest.approx(r2_score(actual, predicted))
    assert found["mae"].value == pytest.approx(mean_absolute_error(actual, predicted))
    assert found["bias"].value == pytest.approx(np.mean(actual - predicted))


@pytest.mark.parametrize("score", ["accuracy", "balanced_accuracy", "macro_f1"])
def test_influences_are_the_derivative_of_a_class_score_by_the_weight_of_a_track(score, judged):
    actual, predicted, _ = (part[:200] for part in judged)
    twice = np.arange(200).repeat(1_000)
    for track in (0, 7, 100):
        more = np.append(twice, track)
        moved = class_scores(actual[more], predicted[more], CLASSES)[score].value
        own = class_scores(actual, predicted, CLASSES)[score]
        assert (moved - own.value) * 1_000 == pytest.approx(own.influence[track], rel=0.02, abs=1e-7)
        assert own.influence.sum() == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("score", ["r2", "mae", "bias"])
def test_influences_are_the_derivative_of_an_error_by_the_weight_of_a_track(score, measured):
    actual, predicted, _ = (part[:200] for part in measured)
    twice = np.arange(200).repeat(1_000)
    for track in (0, 7, 100):
        more = np.append(twice, track)
        moved = error_scores(actual[more], predicted[more])[score].value
        own = error_scores(actual, predicted)[score]
        assert (moved - own.value) * 1_000 == pytest.approx(own.influence[track], rel=0.02, abs=1e-7)


def test_intervals_of_classes_are_as_wide_as_those_from_resampling_artists(judged):
    actual, predicted, artists = judged
    found = estimate(class_scores(actual, predicted, CLASSES)["balanced_accuracy"], artists)
    resampled = cluster_bootstrap(
        artists,
        lambda weights: balanced_accuracy(confusion_counts(actual, predicted, CLASSES, weights)),
        seed=0,
        n_resamples=600,
    )
    assert found.high - found.low == pytest.approx(resampled.high - resampled.low, rel=0.12)


def test_intervals_of_the_variation_explained_are_as_wide_as_those_from_resampling_artists(measured):
    actual, predicted, artists = measured
    found = estimate(error_scores(actual, predicted)["r2"], artists)
    resampled = cluster_bootstrap(artists, lambda weights: r2(actual, predicted, weights), seed=0, n_resamples=600)
    assert found.high - found.low == pytest.approx(resampled.high - resampled.low, rel=0.12)


def test_a_set_does_not_differ_from_itself(judged):
    actual, predicted, artists = judged
    score = class_scores(actual, predicted, CLASSES)["macro_f1"]
    rows = np.arange(N)
    assert difference(score, score, rows, rows, artists) == pytest.approx((0, 0, 0), abs=1e-12)


def test_what_two_sets_of_artists_differ_by_is_as_sure_as_both_together(judged):
    actual, predicted, artists = judged
    sides = [np.flatnonzero(artists < 200), np.flatnonzero(artists >= 200)]
    one, two = (class_scores(actual[rows], predicted[rows], CLASSES)["accuracy"] for rows in sides)
    widths = [np.ptp(estimate(score, artists[rows])[1:]) for score, rows in zip((one, two), sides, strict=True)]
    apart = difference(one, two, *sides, artists)
    assert apart.value == pytest.approx(one.value - two.value)
    assert apart.high - apart.low == pytest.approx(np.hypot(*widths), rel=0.01)


def test_one_artist_says_nothing_of_others(judged):
    actual, predicted, _ = judged
    found = estimate(class_scores(actual, predicted, CLASSES)["accuracy"], np.zeros(N))
    assert np.isnan(found.low)
    assert np.isnan(found.high)


def test_numbers_that_do_not_vary_have_no_variation_to_explain():
    found = error_scores(np.full(5, 3.0), np.arange(5.0))
    assert np.isnan(found["r2"].value)
    assert found["mae"].value == pytest.approx(1.4)
