from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, coverage_error, f1_score, label_ranking_average_precision_score

from analytics.multilabel import (
    agreement,
    agreement_sentence,
    best_thresholds,
    coverage_depth,
    implied_labels,
    nested_thresholds,
    ranking_precision,
    tag_scores,
    weighted_average_precision,
)

RNG = np.random.default_rng(0)
CARRIED = RNG.random((300, 5)) < 0.3
SCORES = (0.3 * CARRIED + RNG.random((300, 5))).round(1)
"""Rounded, so that many scores are equal."""


def test_ranking_coverage_and_average_precision_are_those_of_scikit_learn():
    assert ranking_precision(CARRIED, SCORES).mean() == pytest.approx(
        label_ranking_average_precision_score(CARRIED, SCORES)
    )
    some = CARRIED.any(axis=1)
    assert coverage_depth(CARRIED[some], SCORES[some]).mean() == pytest.approx(
        coverage_error(CARRIED[some], SCORES[some])
    )
    weights = RNG.integers(0, 4, (3, 300))
    for found, weight in zip(weighted_average_precision(CARRIED[:, 0], SCORES[:, 0], weights), weights, strict=True):
        assert found == pytest.approx(average_precision_score(CARRIED[:, 0], SCORES[:, 0], sample_weight=weight))


def test_scores_are_those_of_scikit_learn_inside_their_intervals():
    named = SCORES >= 0.8
    found = tag_scores(CARRIED, SCORES, named, np.arange(300), seed=0)
    for name, kind in (("micro_f1", "micro"), ("macro_f1", "macro")):
        assert found.overall[name].value == pytest.approx(f1_score(CARRIED, named, average=kind))
    assert found.overall["map"].value == pytest.approx(average_precision_score(CARRIED, SCORES, average="macro"))
    for estimate in (*found.overall.values(), *(e for one in found.by_label for e in one.values())):
        assert estimate.low <= estimate.value <= estimate.high


def test_tracks_of_one_artist_widen_the_interval():
    named = SCORES >= 0.8
    repeated = [np.repeat(part, 4, axis=0) for part in (CARRIED, SCORES, named)]
    artists, alone = np.repeat(np.arange(300), 4), np.arange(1200)
    honest, naive = (tag_scores(*repeated, groups, seed=0).overall["lrap"] for groups in (artists, alone))
    assert honest.high - honest.low > 1.6 * (naive.high - naive.low)


def test_no_threshold_gives_a_higher_f1_than_the_best():
    found = best_thresholds(CARRIED, SCORES)
    for k in range(5):
        best = f1_score(CARRIED[:, k], SCORES[:, k] >= found[k])
        assert all(f1_score(CARRIED[:, k], SCORES[:, k] >= t) <= best + 1e-12 for t in np.linspace(0, 1.2, 40))


def test_a_label_that_no_row_carries_is_never_named():
    assert best_thresholds(np.zeros((4, 1), bool), np.ones((4, 1)))[0] > 1


def test_thresholds_of_a_fold_do_not_know_what_its_rows_carry():
    folds = np.arange(300) % 3
    before = nested_thresholds(CARRIED, SCORES, folds)
    changed = CARRIED.copy()
    changed[folds == 1] = ~changed[folds == 1]
    after = nested_thresholds(changed, SCORES, folds)
    assert (before[folds == 1] == after[folds == 1]).all()
    assert (before[folds != 1] != after[folds != 1]).any()


def test_many_common_tags_do_not_make_their_label_likelier():
    tags = ["country", "soft rock", "folk rock", "roots rock"]
    families = dict.fromkeys(tags[1:], "rock")
    found = implied_labels(np.array([[0.5, 0.3, 0.3, 0.3]]), tags, ["country", "jazz", "rock"], families)
    assert found == pytest.approx(np.array([[0.625, 0, 0.375]]))


def test_labels_that_no_tag_speaks_for_are_not_compared():
    labels = ["jazz", "pop", "rock"]
    base = np.array([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.8, 0.1], [np.nan] * 3, [0.1, 0.2, 0.7]])
    advanced = np.array([[0, 0.5, 0.5], [0, 0.9, 0.1], [0, 0.2, 0.8], [0, 1, 0], [0, 0.1, 0.9]])
    found = agreement(base, advanced, labels)
    assert (found.n, found.share) == (3, pytest.approx(2 / 3))
    assert found.pairs == (("pop", "rock", 1),)
    assert found.overlap == pytest.approx((0.9 + 0.3 + 0.8) / 3)
    assert agreement(base[:0], advanced[:0], labels).n == 0


def test_models_without_an_answer_are_said_to_have_none():
    sentence = agreement_sentence(np.array([0.5, 0.5]), np.array([np.nan, np.nan]), ["pop", "rock"])
    assert sentence == "Only one of the two models answers for this track."
