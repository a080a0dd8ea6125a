from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.fields import FIELDS, NOTES, minutes_and_seconds
from data.mapping.cells import clock_ms, durations_ms, pitch_classes
from data.mapping.units import UNITS, found_unit, percentile_ranks

RNG = np.random.default_rng(0)
SHAPES = {name: FIELDS[name] for name in UNITS if name in FIELDS}
REVERSIBLE = [(field, unit) for field, units in UNITS.items() for unit in units if unit not in ("count", "min or ms")]


@given(st.data())
def test_a_unit_and_back_is_the_same(data):
    field, unit = data.draw(st.sampled_from(REVERSIBLE))
    low, high = (FIELDS[field].low, FIELDS[field].high) if field in FIELDS else (1900, 2000)
    own = np.array(data.draw(st.lists(st.floats(low, high), min_size=1)))
    change = UNITS[field][unit]
    np.testing.assert_allclose(change.own(change.back(own)), own, atol=1e-9)


@given(st.integers(1_000, 36_000_000))
def test_a_written_duration_is_read_back(duration_ms):
    assert abs(clock_ms([minutes_and_seconds(duration_ms)])[0] - duration_ms) <= 500


@pytest.mark.parametrize("code", range(12))
def test_a_written_key_is_read_back(code):
    assert pitch_classes([NOTES[code]])[0] == code


@given(st.lists(st.floats(0, 1e12), min_size=2), st.randoms())
def test_ranks_follow_the_counts_in_any_order(counts, random):
    ranks = percentile_ranks(np.array(counts))
    assert 0 <= ranks.min() <= ranks.max() <= 100
    pairs = list(zip(counts, ranks, strict=True))
    random.shuffle(pairs)
    again = percentile_ranks(np.array([count for count, _ in pairs]))
    np.testing.assert_allclose(again, [rank for _, rank in pairs])


@pytest.mark.parametrize(
    ("field", "values", "unit"),
    [
        ("energy", RNG.uniform(0, 1, 200), ""),
        ("energy", np.append(RNG.uniform(0, 1, 200), [250, 33, 12]), ""),
        ("energy", RNG.uniform(0, 100, 200), "percent"),
        ("instrumentalness", np.append(np.zeros(200), [1, 88, 4]), "percent"),
        ("speechiness", RNG.integers(3, 9, 200), "percent"),
        ("valence", RNG.integers(0, 11, 200), "tenths"),
        ("loudness", -RNG.uniform(2, 30, 200), ""),
        ("loudness", RNG.uniform(2, 30, 200), "positive dB"),
        ("loudness", RNG.uniform(0, 1, 200), "amplitude"),
        ("duration_ms", RNG.uniform(1e5, 4e5, 200), ""),
        ("duration_ms", RNG.uniform(100, 400, 200), "s"),
        ("duration_ms", RNG.uniform(1.5, 7, 200), "min"),
        ("duration_ms", np.append(RNG.uniform(1.5, 7, 20), RNG.uniform(1e5, 4e5, 100)), "min or ms"),
        ("popularity", RNG.integers(0, 100, 200), ""),
        ("popularity", np.append(RNG.integers(0, 100, 200), 250), ""),
        ("popularity", RNG.uniform(0, 1, 200), "ratio"),
        ("popularity", RNG.integers(0, 10**7, 200), "count"),
        ("key", RNG.integers(0, 12, 200), ""),
        ("key", RNG.integers(-1, 12, 200), ""),
        ("key", RNG.integers(1, 13, 200), "from 1"),
    ],
)
def test_units_are_found_out_from_values(field, values, unit):
    found = found_unit(field, np.sort(np.asarray(values, dtype=float)))
    assert found.unit == unit
    assert found.fits > 0.8
    assert found.why.startswith("values from ")


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("energy", RNG.normal(0, 1, 200)),
        ("tempo", RNG.uniform(0, 1, 200)),
        ("mode", RNG.uniform(0, 1, 200)),
        ("key", RNG.uniform(0, 11, 200)),
    ],
)
def test_other_values_do_not_fit(field, values):
    assert found_unit(field, values).fits < 0.8


def test_names_decide_where_values_do_not():
    seconds = RNG.uniform(100, 400, 200)
    agreeing, plain, contradicting = (found_unit("duration_ms", seconds, words) for words in ({"s"}, (), {"ms"}))
    assert agreeing.confidence > plain.confidence > contradicting.confidence
    assert found_unit("popularity", RNG.integers(0, 50, 200).astype(float), {"plays"}).unit == "count"


def test_a_low_scale_is_none_of_the_known():
    assert found_unit("danceability", RNG.uniform(0, 3, 200)).fits == 0


def test_clocks_and_numbers_may_stand_in_one_column():
    read = durations_ms(["3:13", "200", "soon", "PT1M"], UNITS["duration_ms"]["s"].own)
    np.testing.assert_array_equal(read, [193_000, 200_000, np.nan, 60_000])
