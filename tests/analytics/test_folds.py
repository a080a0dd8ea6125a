from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.folds import fold_numbers, main_artist_codes, unseen_artist_folds
from tests.planting import planted_catalogue

CREDITS = st.lists(st.lists(st.sampled_from("abcdefghij"), max_size=3, unique=True), min_size=30, max_size=80)


def _enough(artists: list[list[str]]) -> bool:
    return len(np.unique(main_artist_codes(artists))) >= 3


@settings(deadline=None, max_examples=60)
@given(CREDITS.filter(_enough), st.integers(0, 5))
def test_no_credited_artist_is_on_both_sides_and_every_row_is_judged_once(artists, seed):
    folds = unseen_artist_folds(artists, n_splits=3, seed=seed)
    assert sorted(np.concatenate([test for _, test in folds]).tolist()) == list(range(len(artists)))
    for train, test in folds:
        assert not {a for r in train for a in artists[r]} & {a for r in test for a in artists[r]}
        assert not set(train) & set(test)


@settings(deadline=None, max_examples=30)
@given(CREDITS.filter(_enough), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_decide_an_artists_fold(artists, shuffle):
    artists = [a for a in artists if a]
    order = list(range(len(artists)))
    shuffle.shuffle(order)
    if not _enough(artists):
        return
    once = fold_numbers(unseen_artist_folds(artists, n_splits=3, seed=0))
    again = fold_numbers(unseen_artist_folds([artists[i] for i in order], n_splits=3, seed=0))
    assert (once[order] == again).all()


def test_folds_are_balanced_in_size_and_by_genre():
    planted = planted_catalogue(1000)
    genre = np.unique(planted.column("genre").astype(str), return_inverse=True)[1]
    folds = unseen_artist_folds(planted.credited_artists, seed=0, stratify=genre)
    sizes = [len(test) for _, test in folds]
    assert max(sizes) - min(sizes) <= 12
    counts = np.array([np.bincount(genre[test], minlength=4) for _, test in folds])
    assert np.ptp(counts, axis=0).max() <= 10


def test_guests_are_left_out_of_training():
    artists = [["a"], ["b", "a"], ["b"], ["c"], ["d"], ["e"]]
    for train, test in unseen_artist_folds(artists, n_splits=5, seed=0):
        if 0 in test:
            assert 1 not in train


def test_tracks_without_an_artist_are_dealt_one_by_one():
    folds = unseen_artist_folds([[]] * 20, n_splits=4, seed=0)
    assert [len(test) for _, test in folds] == [5, 5, 5, 5]
    assert [len(train) for train, _ in folds] == [15, 15, 15, 15]


def test_repeats_of_a_recording_stay_together_where_no_artist_is_known():
    recordings = np.arange(40) % 20
    for train, test in unseen_artist_folds([[]] * 40, n_splits=4, seed=0, recordings=recordings):
        assert not set(recordings[train]) & set(recordings[test])


def test_artists_decide_where_they_are_known_whatever_the_recordings():
    artists = [["a"], ["a"], ["b"], []]
    assert main_artist_codes(artists, np.zeros(4, dtype=np.int64)).tolist() == [0, 0, 1, 2]


def test_too_few_artists_are_refused():
    with pytest.raises(ValueError, match="2 artists cannot be dealt into 5 folds"):
        unseen_artist_folds([["a"], ["b"], ["a"]], seed=0)
