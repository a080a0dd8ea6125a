from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from data.catalogue import Catalogue
from data.recordings import recording_codes
from tests.planting import planted_catalogue, with_column, with_repeats, without

N = 60
FIRST, REPEAT = 3, N
"""A track, and the row in which it is repeated."""


def repeated(*, with_artists: bool = True, **moved: float) -> Catalogue:
    """A catalogue whose last row repeats one track, but for features that are moved a little."""
    catalogue = with_repeats(planted_catalogue(N, with_artists=with_artists, missing_share=0), [FIRST])
    for name, by in moved.items():
        values = catalogue.column(name).copy()
        values[FIRST] = np.round(values[FIRST], 1)
        values[REPEAT] = values[FIRST] + by
        catalogue = with_column(catalogue, name, pa.array(values))
    return catalogue


def test_tracks_that_differ_are_recordings_of_their_own():
    assert recording_codes(planted_catalogue(N)).tolist() == list(range(N))


@pytest.mark.parametrize("with_artists", [True, False])
def test_a_repeat_has_the_number_of_its_recording(with_artists):
    codes = recording_codes(repeated(with_artists=with_artists))
    assert codes.dtype == np.int64
    assert codes.tolist() == [*range(N), FIRST]


@pytest.mark.parametrize("moved", [{"energy": 0.0004}, {"tempo": 0.04}, {"duration_ms": 90}])
def test_differences_below_the_resolution_do_not_count(moved):
    codes = recording_codes(repeated(**moved))
    assert codes[REPEAT] == codes[FIRST]


@pytest.mark.parametrize("moved", [{"energy": 0.002}, {"tempo": 2}, {"duration_ms": 2000}, {"key": 1}])
def test_differences_above_it_do(moved):
    codes = recording_codes(repeated(**moved))
    assert codes[REPEAT] != codes[FIRST]


def test_another_artist_is_another_recording():
    catalogue = repeated()
    names = catalogue.credited_artists
    names[REPEAT] = ["somebody else"]
    codes = recording_codes(with_column(catalogue, "artist_names", pa.array(names)))
    assert codes[REPEAT] != codes[FIRST]


def test_without_an_artist_another_title_is_another_recording():
    catalogue = repeated(with_artists=False)
    titles = catalogue.tracks["track_name"].to_pylist()
    titles[REPEAT] = "Another"
    assert len(set(recording_codes(with_column(catalogue, "track_name", pa.array(titles))))) == N + 1


def test_without_artists_and_titles_features_decide():
    assert len(set(recording_codes(without(repeated(with_artists=False), "track_name")))) == N


def test_a_missing_value_equals_a_missing_one():
    catalogue = repeated()
    liveness = catalogue.column("liveness").copy()
    liveness[[FIRST, REPEAT]] = np.nan
    codes = recording_codes(with_column(catalogue, "liveness", pa.array(liveness)))
    assert codes[REPEAT] == codes[FIRST]


def test_tracks_without_features_are_recordings_of_their_own():
    one = planted_catalogue(1)
    assert not one.feature_names
    assert recording_codes(one).tolist() == [0]


def test_hardly_any_feature_is_too_little_to_tell():
    catalogue = repeated()
    for name in catalogue.feature_names[3:]:
        values = catalogue.column(name).copy()
        values[[FIRST, REPEAT]] = np.nan
        catalogue = with_column(catalogue, name, pa.array(values))
    codes = recording_codes(catalogue)
    assert codes[REPEAT] != codes[FIRST]
