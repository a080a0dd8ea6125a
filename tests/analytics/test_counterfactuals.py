from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.counterfactuals import World, change_sentence, genre_margin, level_margin, smallest_change
from data.fields import FIELDS

NAMES = ("energy", "valence", "danceability", "key")


@pytest.fixture
def world():
    """Evenly spread tracks; three features from 0 to 1 and the key."""
    rng = np.random.default_rng(0)
    tracks = np.column_stack([rng.random((4000, 3)), rng.integers(12, size=4000)])
    return World.of(tracks, [FIELDS[name] for name in NAMES])


def anything(X):
    return np.ones(len(X), dtype=bool)


def search(start, world, margin, *, plausible=anything):
    start = np.array(start, dtype=float)
    towards = np.flatnonzero(margin(world.tracks) > 0)
    return smallest_change(start, world, margin=margin, plausible=plausible, towards=towards)


def energetic(X):
    """Energy over 0.705 makes it; nothing else counts."""
    return X[:, 0] - 0.705


def test_one_threshold_is_crossed_by_the_least_step_and_nothing_else_moves(world):
    found = search([0.3, 0.2, 0.9, 5], world, energetic)
    assert found.changed.tolist() == [0]
    assert found.before[0] == 0.3
    assert found.after[0] == pytest.approx(0.71, abs=0.011)
    assert found.cost == pytest.approx(0.41 / world.scales[0] + 0.5, abs=0.06)


def test_of_two_ways_the_shorter_is_taken(world):
    def either(X):
        return np.maximum(X[:, 0] - 0.9, 0.45 - X[:, 1])

    found = search([0.2, 0.5, 0.5, 0], world, either)
    assert found.changed.tolist() == [1]
    assert found.after[0] == pytest.approx(0.44, abs=0.011)


def test_where_both_must_change_both_do_as_little_as_they_can(world):
    def both(X):
        return np.minimum(X[:, 0] - 0.6, X[:, 1] - 0.8)

    found = search([0.3, 0.3, 0.5, 3], world, both)
    assert sorted(found.changed.tolist()) == [0, 1]
    after = dict(zip(found.changed.tolist(), found.after, strict=True))
    assert after[0] == pytest.approx(0.61, abs=0.021)
    assert after[1] == pytest.approx(0.81, abs=0.021)


def test_a_code_is_taken_over_whole(world):
    found = search([0.3, 0.3, 0.5, 3], world, lambda X: (X[:, 3] == 7) - 0.5)
    assert found.changed.tolist() == [3]
    assert found.after.tolist() == [7]


def test_implausible_ways_are_not_taken(world):
    """Energy over 0.7 exists only where valence is over 0.5."""
    real = world.tracks[(world.tracks[:, 0] < 0.7) | (world.tracks[:, 1] > 0.5)]
    there = replace(world, tracks=real)

    def plausible(X):
        return (X[:, 0] < 0.7) | (X[:, 1] > 0.5)

    found = search([0.3, 0.2, 0.9, 5], there, energetic, plausible=plausible)
    assert sorted(found.changed.tolist()) == [0, 1]
    assert plausible(found.point[None])[0]
    after = dict(zip(found.changed.tolist(), found.after, strict=True))
    assert after[1] == pytest.approx(0.51, abs=0.021)


def test_what_is_found_reaches_the_target_and_real_tracks_that_do_lie_there(world):
    rng = np.random.default_rng(1)

    def tilted(X):
        return X[:, 0] + 0.5 * X[:, 1] - 0.7 * X[:, 2] - 0.6

    for start in np.column_stack([rng.random((10, 3)), rng.integers(12, size=10)]):
        found = search(start, world, tilted)
        assert tilted(found.point[None])[0] > 0
        if len(found.changed):
            assert (tilted(world.tracks[found.neighbours]) > 0).all()
            nearest = world.gaps(world.tracks[tilted(world.tracks) > 0], start).sum(axis=1).min()
            assert world.gaps(found.point[None], start).sum() <= nearest + 0.1
        again = search(start, world, tilted)
        assert np.array_equal(found.point, again.point)


def test_a_track_that_is_there_already_needs_no_change(world):
    found = search([0.9, 0.2, 0.9, 5], world, energetic)
    assert not len(found.changed) and found.cost == 0
    assert change_sentence(found, "this pop", NAMES, FIELDS) == "Nothing needs to change to make this pop."


def test_a_target_that_no_real_track_reaches_is_said(world):
    found = search([0.3, 0.2, 0.9, 5], world, lambda X: X[:, 0] - 2)
    assert found is None
    assert change_sentence(found, "this pop", NAMES, FIELDS).startswith("No plausible change was found")


def test_the_change_is_told_in_the_fields_own_words(world):
    found = search([0.3, 0.2, 0.9, 5], world, energetic)
    said = change_sentence(found, "this pop", NAMES, FIELDS)
    assert said == "The smallest plausible change found that makes this pop: energy from 0.30 to 0.71."


def test_missing_values_of_real_tracks_are_no_change(world):
    world.tracks[::2, 2] = np.nan
    found = search([0.3, 0.2, 0.9, 5], world, energetic)
    assert found.changed.tolist() == [0]


def test_a_genre_is_reached_where_it_is_the_likeliest_and_a_level_where_it_is_exceeded():
    proba = np.array([[0.5, 0.3, 0.2], [0.3, 0.45, 0.25]])
    assert genre_margin(lambda X: proba, 1)(proba) == pytest.approx([-0.2, 0.15])
    assert level_margin(lambda X: X[:, 0] * 100, 40)(proba) == pytest.approx([10, -10])


def test_values_that_would_read_the_same_get_more_digits(world):
    found = search([0.3, 0.0049, 0.9, 5], world, lambda X: 0.0045 - X[:, 1])
    assert "valence from 0.0049 to " in change_sentence(found, "this pop", NAMES, FIELDS)
