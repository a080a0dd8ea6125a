"""Words about a split say what was done, and no more."""

from __future__ import annotations

import numpy as np
import pytest

from models.recipes.splits import split_by_artist

N = 60
EACH = np.arange(N)
SOLO = [[f"artist {i % 20}"] for i in range(N)]


def split(artists, recordings=EACH):
    return split_by_artist(artists, recordings, n_splits=5, seed=0)


def test_artists_that_were_kept_apart_are_said_to_be():
    found = split(SOLO)
    assert found.facts == {"split": "5 folds, artists unseen in training", "unseen_artists": True}
    assert found.unseen == "artists"


@pytest.mark.parametrize(
    ("artists", "words"),
    [
        ([[]] * N, "5 folds of random recordings, no artist known: likely too favourable"),
        ([[], *SOLO[1:]], "5 folds, artists unseen in training (tracks without one: 1)"),
        ([[*a, "Various"] for a in SOLO], "5 folds, main artists unseen in training, guests may be seen"),
        (
            [["artist a"], *([["artist b"]] * (N - 1))],
            "5 folds of random recordings, fewer artists than folds: likely too favourable",
        ),
    ],
)
def test_where_they_were_not_nothing_else_is_claimed(artists, words):
    found = split(artists)
    assert found.facts == {"split": words, "unseen_artists": False}
    assert found.unseen == "tracks"
    assert sorted(np.concatenate([test for _, test in found.folds])) == list(range(N))


@pytest.mark.parametrize("artists", [[[]] * N, [["one"]] * N])
def test_repeats_of_a_recording_stay_together(artists):
    recordings = EACH % 30
    for train, test in split(artists, recordings).folds:
        assert not set(recordings[train]) & set(recordings[test])
