"""Networks that learn side by side learn what each would alone, and the same again for the same seed."""

from __future__ import annotations

import time

import numpy as np
import pytest
from scipy.special import log_softmax
from threadpoolctl import threadpool_limits

from models.recipes.classifiers import UNSEEN, Lesson
from models.recipes.networks import networks, trained
from models.recipes.parallel import side_by_side

NAMES = ("energy", "valence")
SIZES = {"n_networks": 2, "n_units": 16, "n_seen": 60_000, "seed": 0}


@pytest.fixture(autouse=True, scope="module")
def one_thread_of_linear_algebra():
    """Limit threads as a build does."""
    with threadpool_limits(1, user_api="blas"):
        yield


def ring(n: int = 3000) -> tuple[np.ndarray, np.ndarray]:
    """Return points and whether each lies within a circle, which no straight line tells."""
    points = np.random.default_rng(0).normal(size=(n, 2))
    return points, ((points**2).sum(axis=1) < 1.4).astype(np.int64)


def test_what_no_line_tells_is_learned():
    points, inside = ring()
    found = trained(points[:2000], inside[:2000], **SIZES)
    for network in found:
        assert (network.scores(points[2000:]).argmax(axis=1) == inside[2000:]).mean() > 0.95


def test_scores_of_a_coin_are_the_odds_of_the_coin():
    rng = np.random.default_rng(1)
    columns = np.tile([[1.0], [-1.0]], (4000, 1))
    codes = (rng.random(8000) < np.where(columns[:, 0] > 0, 0.8, 0.4)).astype(np.int64)
    scores = np.mean([n.scores(columns[:2]) for n in trained(columns, codes, **SIZES)], axis=0)
    assert np.exp(log_softmax(scores, axis=1))[:, 1] == pytest.approx([0.8, 0.4], abs=0.04)


def test_networks_start_and_end_differently_but_the_same_seed_gives_the_same_bits():
    points, inside = ring(500)
    one, again = (trained(points, inside, **SIZES) for _ in range(2))
    for first, second in zip(one, again, strict=True):
        assert all((a == b).all() for a, b in zip(first, second, strict=True))
    assert np.abs(one[0].inner - one[1].inner).max() > 0.1


def test_a_genre_without_a_track_is_never_the_likeliest():
    points, inside = ring(400)
    lesson = Lesson(points, 2 * inside, np.arange(400), 4)
    scores = networks(lesson, feature_names=NAMES, **SIZES).scores(points)
    assert scores.shape == (400, 4)
    assert (scores[:, [1, 3]] == UNSEEN).all()
    assert set(scores.argmax(axis=1)) == {0, 2}


def test_work_done_side_by_side_comes_back_in_its_order():
    def late(value: float) -> float:
        time.sleep(value)
        return value

    waits = [0.05, 0.0, 0.02, 0.01]
    assert side_by_side(*((lambda wait=wait: late(wait)) for wait in waits)) == waits
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda: 1 / 0, lambda: 1)
