from __future__ import annotations

import numpy as np
import pytest
import scipy

from analytics.drift import THRESHOLDS, drift_sentence, drift_table, holm, stability_index
from data.fields import FIELDS

NAMES = ("energy", "tempo", "key")


def tracks(n, *, seed, shift=0.0, keys=12):
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.normal(0.5 + shift, 0.1, n), rng.normal(120, 25, n), rng.integers(keys, size=n)])


def verdicts(new, known=None):
    table = drift_table(tracks(5000, seed=0) if known is None else known, new, NAMES)
    return dict(zip(NAMES, table["verdict"].to_pylist(), strict=True)), table


def test_tracks_of_the_same_world_are_stable():
    for seed in range(1, 6):
        for n in (30, 300, 3000):
            assert set(verdicts(tracks(n, seed=seed))[0].values()) == {"stable"}


def test_a_planted_shift_is_found_in_its_feature_alone():
    found, table = verdicts(tracks(1000, seed=1, shift=0.06))
    assert found == {"energy": "drifted", "tempo": "stable", "key": "stable"}
    assert drift_sentence(table, FIELDS).startswith("Spread otherwise than the tracks")
    assert "energy drifted" in drift_sentence(table, FIELDS)
    small, _ = verdicts(tracks(1000, seed=1, shift=0.042))
    assert small["energy"] == "shifted"


def test_the_index_of_a_normal_moved_by_half_a_standard_deviation_is_about_its_square():
    rng = np.random.default_rng(3)
    moved = stability_index(rng.normal(size=200_000), rng.normal(0.5, 1, 200_000))
    assert moved == pytest.approx(0.25, abs=0.02)


def test_codes_are_compared_by_their_shares():
    found, _ = verdicts(tracks(1000, seed=1, keys=6))
    assert found["key"] == "drifted"


def test_values_that_went_missing_are_drift():
    new = tracks(1000, seed=1)
    new[:600, 0] = np.nan
    _, table = verdicts(new)
    row = table.to_pylist()[0]
    assert row["missing_new"] == pytest.approx(0.6)
    assert row["psi"] > 0.25
    assert row["verdict"] == "drifted"
    new[:, 0] = np.nan
    assert verdicts(new)[0]["energy"] == "too few"


def test_few_tracks_are_not_judged():
    found, table = verdicts(tracks(5, seed=1, shift=0.5))
    assert set(found.values()) == {"too few"}
    assert "too few to compare" in drift_sentence(table, FIELDS)


def test_the_gap_is_scipys_and_corrected_p_values_are_those_of_holm():
    known, new = tracks(500, seed=0), tracks(200, seed=1, shift=0.1)
    _, table = verdicts(new, known)
    assert table["ks"][0].as_py() == pytest.approx(scipy.stats.ks_2samp(known[:, 0], new[:, 0]).statistic)
    assert holm(np.array([0.2, 0.001, 0.03])).tolist() == pytest.approx([0.2, 0.003, 0.06])


def test_thresholds_are_stated():
    assert "0.1" in THRESHOLDS and "0.25" in THRESHOLDS
