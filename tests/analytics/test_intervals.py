from __future__ import annotations

import numpy as np
import pytest

from analytics.intervals import Basis, conformal_margins, inside, interval_scores, moved_ends, unseen_ends
from analytics.spikes import zero_spike

ANY = (-np.inf, np.inf)


@pytest.fixture
def noisy():
    """A target whose noise grows with x, with the truth known."""
    rng = np.random.default_rng(0)
    x = rng.random(6000)
    spread = 1 + 9 * x
    return x, spread, rng.normal(0, spread)


def by_kind(spread):
    zero, one = np.zeros(len(spread)), np.ones(len(spread))
    return {
        "plain": Basis(zero, zero, one),
        "scaled": Basis(zero, zero, spread),
        "quantiles": Basis(-1.645 * spread, 1.645 * spread, one),
    }


@pytest.mark.parametrize("kind", ["plain", "scaled", "quantiles"])
def test_nine_in_ten_unseen_tracks_lie_in_their_interval(noisy, kind):
    _, spread, y = noisy
    numbers = np.arange(len(y)) % 5
    ends = unseen_ends(y, np.zeros(len(y)), by_kind(spread)[kind], numbers, coverage=0.9, bounds=ANY)
    assert inside(y, ends).mean() == pytest.approx(0.9, abs=0.01)


def test_under_uneven_noise_only_intervals_that_know_it_cover_both_quiet_and_noisy_tracks(noisy):
    x, spread, y = noisy
    covered = {}
    for kind, basis in by_kind(spread).items():
        ends = moved_ends(np.zeros(len(y)), basis, conformal_margins(y, basis, coverage=0.9), bounds=ANY)
        covered[kind] = [inside(y, ends)[part].mean() for part in (x < 0.2, x > 0.8)]
    assert covered["plain"][0] > 0.98 and covered["plain"][1] < 0.82
    assert covered["scaled"] == pytest.approx([0.9, 0.9], abs=0.03)
    assert covered["quantiles"] == pytest.approx([0.9, 0.9], abs=0.03)


def test_intervals_that_know_the_noise_are_narrower_and_score_better(noisy):
    _, spread, y = noisy
    widths, scores = {}, {}
    for kind, basis in by_kind(spread).items():
        ends = moved_ends(np.zeros(len(y)), basis, conformal_margins(y, basis, coverage=0.9), bounds=ANY)
        widths[kind] = np.diff(ends, axis=1).mean()
        scores[kind] = interval_scores(y, ends, coverage=0.9).mean()
    assert widths["scaled"] < 0.97 * widths["plain"]
    assert scores["scaled"] < 0.9 * scores["plain"]
    assert scores["quantiles"] < 0.9 * scores["plain"]


def test_intervals_stay_in_bounds_and_hold_the_prediction():
    predicted = np.array([-5.0, 50.0, 120.0])
    basis = Basis(predicted + 30, predicted + 40, np.ones(3))
    ends = moved_ends(predicted, basis, (0.0, 0.0), bounds=(0, 100))
    assert ends.min() >= 0 and ends.max() <= 100
    assert (ends[:, 0] <= np.clip(predicted, 0, 100)).all() and (np.clip(predicted, 0, 100) <= ends[:, 1]).all()


def test_a_spike_of_zeros_is_recognised_and_a_slope_towards_zero_is_not():
    rng = np.random.default_rng(1)
    smooth = np.round(rng.exponential(20, 20_000)).clip(0, 100)
    assert not zero_spike(smooth).is_mass
    spiked = np.where(rng.random(20_000) < 0.1, 0, smooth)
    assert zero_spike(spiked).is_mass
    assert zero_spike(spiked).share == pytest.approx(0.1 + 0.9 * (smooth == 0).mean(), abs=0.01)


@pytest.mark.parametrize("ratio", [0.3, 0.6, 0.9])
def test_however_steep_a_geometric_slope_towards_zero_is_no_spike(ratio):
    values = np.random.default_rng(2).geometric(1 - ratio, 20_000) - 1
    assert not zero_spike(values.astype(float)).is_mass


def test_continuous_values_and_none_at_all_have_no_spike():
    assert not zero_spike(np.random.default_rng(3).random(1000) * 100).is_mass
    assert not zero_spike(np.full(3, np.nan)).is_mass
