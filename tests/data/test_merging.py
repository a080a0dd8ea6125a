from __future__ import annotations

from itertools import chain, combinations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.merging import SAME_ID, SAME_RECORDING, Merged, merged, merged_by_id
from data.recordings import _nearness, _searchable, recording_owners
from data.text import searchable

TRACK = {
    "track_id": "b",
    "track_name": "Title",
    "artists": "Ann",
    "artist_names": ["Ann"],
    "genre": "rock",
    "popularity": 50.0,
    "release_date": "2001",
    "release_precision": "year",
    "release_year": 2001.0,
    "energy": 0.5,
    "valence": 0.5,
    "loudness": -8.0,
    "tempo": 120.0,
    "duration_ms": 200_000.0,
    "key": 5.0,
    "mode": 1.0,
}
OTHERS = [TRACK | {"track_id": f"z{i}", "track_name": f"Other {i}", "x_flux": float(i)} for i in range(11)]


def united(*changes: dict[str, object]) -> Merged:
    """What is made of one track repeated with changes, among others."""
    return merged(pd.DataFrame([*(TRACK | change for change in changes), *OTHERS]))


def of_two(change: dict[str, object], first: dict[str, object] | None = None) -> dict[str, object]:
    """The track made of two rows of one id."""
    found = united(first or {}, change)
    assert found.by_rule == {SAME_ID: 1, SAME_RECORDING: 0}
    return found.tracks.to_pylist()[0]


class TestRowsOfOneId:
    def test_genres_are_united(self):
        assert of_two({"genre": "jazz"})["genres"] == ["jazz", "rock"]
        assert of_two({"genre": None})["genres"] == ["rock"]

    def test_of_equally_many_labels_the_rarer_is_the_primary_one(self):
        assert of_two({"genre": "jazz"})["genre"] == "jazz"

    def test_most_rows_decide_the_primary_label(self):
        assert united({}, {}, {"genre": "jazz"}).tracks["genre"][0].as_py() == "rock"

    def test_lists_of_tags_are_united_without_the_primary_label(self):
        track = of_two({"genres": ["b", "a"]}, {"genres": ["c"]})
        assert (track["genre"], track["genres"]) == ("rock", ["a", "b", "c"])
        track = of_two({"genres": ["b", "a"]}, {"genres": None})
        assert track["genres"] == ["a", "b"]

    def test_a_popularity_of_0_does_not_overwrite_a_real_one(self):
        assert of_two({"popularity": 0.0})["popularity"] == 50

    def test_a_code_is_never_an_average(self):
        assert of_two({"key": 11.0})["key"] == 5
        assert united({}, {"key": 11.0}, {"key": 11.0}).tracks["key"][0].as_py() == 11

    def test_numbers_are_the_median_of_those_known(self):
        assert of_two({"energy": 0.75})["energy"] == pytest.approx(0.625)
        assert of_two({"energy": np.nan})["energy"] == 0.5
        assert united({}, {"energy": 0.75}, {"energy": 1.0}).tracks["energy"][0].as_py() == 0.75

    def test_a_date_comes_from_the_first_one(self):
        change = {"release_date": "1975-05", "release_precision": "month", "release_year": 1975.0}
        track = of_two(change)
        assert {name: track[name] for name in change} == change
        missing = {"release_date": None, "release_precision": None, "release_year": np.nan}
        assert of_two(missing)["release_date"] == "2001"

    def test_artists_and_their_names_come_from_one_row(self):
        track = of_two({"artists": "Abe, Cid", "artist_names": ["Abe", "Cid"]})
        assert (track["artists"], track["artist_names"]) == ("Abe, Cid", ["Abe", "Cid"])

    def test_columns_of_the_tables_own_are_kept(self):
        track = of_two({"x_flux": 3.0, "c_plays": 2e9 + 1, "m_label": "B"}, {"x_flux": 1.0, "m_label": "A"})
        assert (track["x_flux"], track["c_plays"], track["m_label"]) == (2.0, 2e9 + 1, "A")

    def test_a_row_alone_is_not_touched(self):
        row = TRACK | {"genres": ["b", "a"], "artist_names": ["x", "y"]}
        track = merged(pd.DataFrame([row, *OTHERS])).tracks.to_pylist()[0]
        assert {name: track[name] for name in row} == row


class TestOneRecordingUnderSeveralIds:
    def test_they_become_one_track_that_names_the_other_ids(self):
        found = united(
            {}, {"track_id": "a", "popularity": 0.0, "genre": "jazz", "release_date": "1990"}, {"track_id": "c"}
        )
        assert found.by_rule == {SAME_ID: 0, SAME_RECORDING: 2}
        track = found.tracks.to_pylist()[0]
        wanted = {"track_id": "b", "other_ids": ["a", "c"], "popularity": 50, "release_date": "1990"}
        assert {name: track[name] for name in wanted} == wanted
        assert (track["genre"], track["genres"]) == ("rock", ["jazz", "rock"])

    def test_the_most_popular_keeps_its_id(self):
        assert united({}, {"track_id": "c", "popularity": 60.0}).tracks["track_id"][0].as_py() == "c"

    def test_of_equally_popular_ones_the_first_in_the_alphabet(self):
        assert united({}, {"track_id": "a"}).tracks["track_id"][0].as_py() == "a"
        assert (
            united({"popularity": np.nan}, {"track_id": "a", "popularity": np.nan}).tracks["track_id"][0].as_py() == "a"
        )

    @pytest.mark.parametrize(
        "change",
        [
            {"tempo": 120.9},
            {"duration_ms": 201_900.0},
            {"loudness": -8.5},
            {"energy": 0.52},
            {"x_flux": 0.05},
            {"energy": np.nan, "tempo": np.nan},
            {"track_name": "TÍTLE!"},
            {"artists": "Änn, Bob", "artist_names": ["Änn", "Bob"]},
        ],
    )
    def test_near_equal_is_the_same(self, change):
        first = {"x_flux": 0.0}
        assert united(first, first | {"track_id": "c"} | change).by_rule[SAME_RECORDING] == 1

    @pytest.mark.parametrize(
        "change",
        [
            {"tempo": 121.1},
            {"duration_ms": 202_100.0},
            {"loudness": -8.6},
            {"energy": 0.53},
            {"x_flux": 0.1},
            {"key": 6.0},
            {"mode": 0.0},
            {"track_name": "Title - Live"},
            {"track_name": None},
            {"artists": "Bob, Ann", "artist_names": ["Bob", "Ann"]},
            {"artists": None, "artist_names": []},
            {"energy": np.nan, "valence": np.nan, "loudness": np.nan, "tempo": np.nan, "duration_ms": np.nan},
        ],
    )
    def test_what_differs_is_not(self, change):
        first = {"x_flux": 0.0}
        assert united(first, first | {"track_id": "c"} | change).by_rule[SAME_RECORDING] == 0

    def test_rows_without_title_or_artist_are_never_one(self):
        for nameless in ({"track_name": None}, {"artists": None, "artist_names": []}):
            assert united(nameless, nameless | {"track_id": "c"}).by_rule[SAME_RECORDING] == 0

    def test_a_name_of_marks_alone_is_a_name(self):
        marks = {"artists": "!!!", "artist_names": ["!!!"]}
        assert united(marks, marks | {"track_id": "c"}).by_rule[SAME_RECORDING] == 1
        other = {"track_id": "c", "artists": "???", "artist_names": ["???"]}
        assert united(marks, other).by_rule[SAME_RECORDING] == 0

    def test_tracks_linked_through_others_are_one(self):
        links = [{"track_id": f"c{i}", "duration_ms": 200_000.0 + 1500 * i} for i in range(20)]
        assert united(*links).by_rule[SAME_RECORDING] == 19

    def test_a_table_without_names_has_none(self):
        rows = pd.DataFrame([TRACK, TRACK | {"track_id": "c"}])
        for left_out in (["artist_names", "artists"], ["track_name"], ["energy", "tempo", "key", "mode"]):
            assert merged(rows.drop(columns=left_out)).by_rule[SAME_RECORDING] == 0

    def test_ids_alone_can_be_merged(self):
        rows = pd.DataFrame([TRACK, TRACK, TRACK | {"track_id": "c"}])
        assert merged_by_id(rows).by_rule == {SAME_ID: 1}
        assert merged_by_id(rows).tracks["track_id"].to_pylist() == ["b", "c"]


def test_examples_show_the_largest_groups():
    found = united({}, {}, {"track_id": "c"}, {"track_id": "d"}).examples.to_pylist()
    assert found == [
        {"track_id": "b", "other_ids": ["b"], "rule": SAME_ID},
        {"track_id": "b", "other_ids": ["c", "d"], "rule": SAME_RECORDING},
    ]


def test_a_table_without_rows_stays_one():
    found = merged(pd.DataFrame([TRACK]).head(0))
    assert (found.tracks.num_rows, found.by_rule, found.examples.num_rows) == (0, {SAME_ID: 0, SAME_RECORDING: 0}, 0)


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "track_id": st.sampled_from("abcdef"),
            "track_name": st.sampled_from(["Title", "title!", "Other", None]),
            "artist_names": st.sampled_from([["Ann"], ["ann", "Bob"], ["Bob"], []]),
            "genre": st.sampled_from(["rock", "pop", "jazz", None]),
            "subgenre": st.sampled_from(["x", "y", None]),
            "popularity": st.sampled_from([0.0, 40.0, np.nan]),
            "release_date": st.sampled_from(["1999", "1999-01", None]),
            "tempo": st.sampled_from([100.0, 100.8, 102.0, np.nan]),
            "duration_ms": st.sampled_from([1e5, 1.015e5, 1.03e5, np.nan]),
            "energy": st.sampled_from([0.5, 0.51, np.nan]),
            "valence": st.sampled_from([0.2, 0.3]),
            "key": st.sampled_from([1.0, 2.0, np.nan]),
            "x_flux": st.sampled_from([0.1, 0.2, np.nan]),
        }
    ),
    min_size=1,
    max_size=25,
)


@settings(deadline=None, max_examples=60)
@given(ROWS, st.randoms())
def test_row_order_does_not_matter_and_rows_add_up(rows, random):
    for row in rows:
        row["artists"] = ", ".join(row["artist_names"]) or None
    kept, again = (merged(pd.DataFrame(each)) for each in (rows, random.sample(rows, len(rows))))
    assert again.tracks.to_pandas().equals(kept.tracks.to_pandas())
    assert again.examples.equals(kept.examples)
    assert again.by_rule == kept.by_rule
    assert len(rows) == kept.tracks.num_rows + sum(kept.by_rule.values())
    ids = [*kept.tracks["track_id"].to_pylist(), *chain.from_iterable(kept.tracks["other_ids"].to_pylist())]
    assert sorted(ids) == sorted({row["track_id"] for row in rows})
    assert kept.tracks["track_id"].to_pylist() == sorted(kept.tracks["track_id"].to_pylist())


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=9) | st.text("aZ'$_ .-é\t", max_size=9)))
def test_names_are_compared_as_a_search_does(texts):
    found = _searchable(pa.array(texts, pa.string())).to_pylist()
    for text, compared in zip(texts, found, strict=True):
        assert compared == (searchable(text) or text.strip())


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_no_near_pair_is_missed_and_no_other_is_linked(rows):
    tracks = merged_by_id(pd.DataFrame(rows)).tracks
    features = tracks.select(["tempo", "duration_ms", "energy", "valence", "key", "x_flux"])
    values = np.column_stack([column.to_numpy().astype(float) for column in features.columns])
    nearness = np.array([_nearness(name, features) for name in features.column_names]) + 1e-3
    named = zip(tracks["artist_names"].to_pylist(), tracks["track_name"].to_pylist(), strict=True)
    names = [(searchable(artists[0]), searchable(title)) if artists and title else None for artists, title in named]
    owners = np.arange(len(values))
    for one, other in combinations(range(len(values)), 2):
        apart = np.abs(values[one] - values[other])
        known = ~np.isnan(apart)
        if names[one] and names[one] == names[other] and known.sum() >= 4 and (apart <= nearness)[known].all():
            owners[owners == owners[other]] = owners[one]
    found = recording_owners(tracks)
    np.testing.assert_array_equal(found[:, None] == found, owners[:, None] == owners)
