from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from data.adapters import FAMILIES
from data.errors import SourceError
from data.fields import FIELDS, NUMERIC_FIELDS, Role
from data.files import read_raw
from data.mapping.mapping import Column, Mapping, propose
from data.mapping.proposing import MOST_FEATURES
from tests.data.families import EXPECTED, FAMILY_TABLES, FEATURES, NAMES, Made, raw
from tests.data.general import GENERAL_TABLES

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
TODAY = date(2024, 6, 1)


def made(n: int = 80, seed: int = 0) -> Made:
    return Made(n, np.random.default_rng(seed))


def table_and_expected(name: str) -> tuple[pd.DataFrame, dict[str, str]]:
    if name in FAMILY_TABLES:
        return FAMILY_TABLES[name][1](made()), dict(EXPECTED[name])
    return GENERAL_TABLES[name](made())


def family(name: str) -> pd.DataFrame:
    return FAMILY_TABLES[name][1](made())


def taken_for(mapping: Mapping) -> dict[str, str]:
    return {c.column: f"{c.field} in {c.unit}" if c.unit else c.field for c in mapping.columns}


ALL = (*FAMILY_TABLES, *GENERAL_TABLES)


def test_every_family_has_a_table_here():
    assert {adapter for adapter, _ in FAMILY_TABLES.values()} == {adapter.name for adapter in FAMILIES}
    assert set(FAMILY_TABLES) == set(EXPECTED)


@pytest.mark.parametrize("name", ALL)
class TestEveryTable:
    def test_every_column_is_taken_for_what_it_is(self, name):
        table, expected = table_and_expected(name)
        mapping = propose(raw(table))
        assert mapping.adapter == (FAMILY_TABLES[name][0] if name in FAMILY_TABLES else "general")
        assert taken_for(mapping) == expected

    def test_values_are_in_the_units_of_their_fields(self, name):
        found = propose(raw(table_and_expected(name)[0])).translate(raw(table_and_expected(name)[0]), today=TODAY)
        for field in set(NUMERIC_FIELDS) & set(found.table):
            values = found.table[field].to_numpy()
            possible = (values >= FIELDS[field].low) & (values <= FIELDS[field].high)
            assert possible.mean() >= (0.9 if field != "release_year" or name != "minutes" else 0), field
        for field in {*FEATURES, "duration_ms", "tempo"} & set(found.table):
            low, high = {"duration_ms": (1e5, 4e5), "tempo": (60, 200)}.get(field, (0.01, 0.95))
            assert low < found.table[field].mean() < high, field

    def test_every_row_is_there_and_every_extra_number_has_a_field(self, name):
        table, _ = table_and_expected(name)
        found = propose(raw(table)).translate(raw(table), today=TODAY)
        assert found.table.index.equals(pd.RangeIndex(len(table)))
        extra = [column for column in found.table if column.startswith(("x_", "c_"))]
        assert set(found.extra) == set(extra)
        for column in extra:
            assert found.extra[column].role == (Role.AUDIO if column.startswith("x_") else Role.CONTEXT)
            assert found.table[column].dtype == np.float64

    def test_the_order_of_rows_does_not_matter(self, name):
        table, _ = table_and_expected(name)
        assert propose(raw(table.sample(frac=1, random_state=1))) == propose(raw(table))

    def test_the_saved_form_comes_back(self, name):
        mapping = propose(raw(table_and_expected(name)[0]))
        assert Mapping.from_dict(json.loads(json.dumps(mapping.as_dict()))) == mapping

    def test_every_choice_says_why_and_shows_samples(self, name):
        for column in propose(raw(table_and_expected(name)[0])).columns:
            assert column.why
            assert 0 <= column.confidence <= 1
            assert len(column.samples) <= 3


class TestTexts:
    def translated(self, table, **override):
        return propose(raw(table)).overridden(**override).translate(raw(table), today=TODAY)

    def test_artists_are_split_as_the_family_writes_them(self):
        kaggle = self.translated(family("kaggle_lists")).table
        assert kaggle["artist_names"][0] == ["Ada", "N'Dour"]
        assert kaggle["artist_names"][2] == ["Tyler, The Creator"]
        assert kaggle["artists"][0] == "Ada, N'Dour"
        assert kaggle["artist_ids"][0] == ["a1", "b2"]

    def test_commas_in_exported_names_do_not_split_them(self):
        for name in ("watsonbox", "pavelkomarov"):
            table = self.translated(family(name)).table
            assert table["artist_names"][0] == ["Ada", "Björk"]
            assert table["artist_names"][1:9].tolist() == [[name] for name in (*NAMES[1:], NAMES[0])]

    def test_one_id_keeps_a_name_whole(self):
        table = family("watsonbox")
        table.loc[1, "Artist Name(s)"] = "Me, Myself, I"
        assert self.translated(table).table["artist_names"][1] == ["Me, Myself, I"]

    def test_commas_split_where_artists_stand_alone_elsewhere(self):
        table = pd.DataFrame({"title": made().titles(), "artist": NAMES[made().whole(0, 8)], "energy": made().scale()})
        table.loc[0, "artist"] = "Me, Myself"
        assert self.translated(table).table["artist_names"][0] == ["Me, Myself"]
        table.loc[0:1, "artist"] = ["Ye, Abba", "Ye"]
        assert self.translated(table).table["artist_names"][0] == ["Ye", "Abba"]

    def test_lists_in_cells_are_lists(self):
        table, _ = GENERAL_TABLES["nested"](made())
        found = self.translated(table).table
        assert found["artist_names"][1] == ["Björk", "Guest"]
        assert found["artists"][1] == "Björk, Guest"
        assert found["genres"][0] == table["genres"][0]

    def test_genres_are_lists_of_tags(self):
        assert self.translated(family("watsonbox")).table["genres"][:2].tolist() == [["dance pop", "pop"], []]
        assert self.translated(family("kaggle_means")).table["genres"][1] == ["dance pop", "children's music"]

    def test_a_link_is_its_id(self):
        table, _ = GENERAL_TABLES["links"](made())
        found = self.translated(table).table["track_id"]
        assert found[0] == table["where"][0].rpartition("/")[2].removesuffix("?si=1")
        assert len(self.translated(family("watsonbox")).table["track_id"][0]) == 22

    def test_words_for_nothing_stay_titles_unless_the_family_says_so(self):
        kept = self.translated(family("kaggle_tracks")).table["track_name"]
        assert kept[77] == "NaN"
        nothing = self.translated(family("tidytuesday")).table
        assert nothing["track_name"].isna().tolist() == [i == 2 for i in range(80)]
        assert nothing["artist_names"][2] == []

    def test_a_word_that_fills_too_many_cells_is_nothing(self):
        table = family("kaggle_tracks")
        table.loc[:9, "album_name"] = "null"
        found = self.translated(table)
        assert found.table["album_name"].isna().sum() == 10
        assert "'null' stands for nothing in 10 cells of album_name." in found.notes

    def test_text_is_stripped_and_empty_text_missing(self):
        table = family("kaggle_tracks")
        table.loc[0, "track_name"] = "  A  "
        table.loc[1, "track_name"] = " \t "
        names = self.translated(table).table["track_name"]
        assert names[0] == "A"
        assert names[1] is pd.NA

    def test_a_file_names_its_track(self):
        found = self.translated(family("gtzan")).table
        assert found["track_name"].equals(found["track_id"])

    def test_clips_of_one_file_are_noted(self):
        found = self.translated(family("gtzan_clips"))
        assert any("rows are clips of" in note for note in found.notes)
        assert not any("clips" in note for note in self.translated(family("gtzan")).notes)

    def test_ids_that_are_numbers_are_whole(self):
        table = family("echonest").astype({"track_id": float})
        assert self.translated(table).table["track_id"][0] == str(int(table["track_id"][0]))


class TestNumbers:
    def translated(self, name):
        table, _ = table_and_expected(name)
        return table, propose(raw(table)).translate(raw(table), today=TODAY)

    def test_percentages_and_clocks(self):
        table, found = self.translated("percent_signs")
        assert found.table["danceability"][0] == pytest.approx(float(table["Dance"][0].rstrip(" %")) / 100)
        assert np.isnan(found.table["danceability"][1])
        assert np.isnan(found.table["duration_ms"][1])
        assert found.unread == {}

    def test_what_is_there_and_cannot_be_read_is_counted(self):
        table = family("playlist_machinery").astype({"Energy": object})
        table.loc[:2, "Energy"] = ["loud", "NA", "12"]
        found = propose(raw(table.astype({"Energy": str}))).translate(raw(table.astype({"Energy": str})))
        assert found.unread == {"energy": 1}
        assert found.table["energy"][:3].tolist()[2] == pytest.approx(0.12)

    def test_infinite_numbers_cannot_be_read(self):
        table = family("kaggle_tracks")
        table.loc[0, "energy"] = np.inf
        found = propose(raw(table)).translate(raw(table))
        assert found.unread == {"energy": 1}
        assert np.isnan(found.table["energy"][0])

    def test_out_of_range_values_stay(self):
        table = family("kaggle_tracks")
        table.loc[0, "popularity"] = 250
        assert propose(raw(table)).translate(raw(table)).table["popularity"][0] == 250

    def test_an_unknown_key_is_missing_and_not_counted(self):
        table = family("kaggle_tracks")
        table.loc[0, "key"] = -1
        found = propose(raw(table)).translate(raw(table))
        assert np.isnan(found.table["key"][0])
        assert found.unread == {}

    def test_counts_become_ranks_with_a_note(self):
        table, found = self.translated("fma_tracks")
        assert found.table["popularity"].min() == 0
        assert found.table["popularity"].max() == 100
        assert found.table["popularity"].rank().equals(table["listens"].rank())
        assert any("percentile rank" in note for note in found.notes)

    def test_keys_in_words_tell_the_mode_too(self):
        _, found = self.translated("german")
        assert set(found.table["key"]) == {0.0, 9.0, 6.0}
        assert set(zip(found.table["key"], found.table["mode"], strict=True)) == {(0, 1), (9, 0), (6, 1)}
        assert any("Major and minor are read" in note for note in found.notes)

    def test_decades_have_no_year(self):
        _, found = self.translated("minutes")
        assert found.table["release_year"].isna().all()
        assert found.unread == {"release_date": 80}
        assert "A decade is no year: 80 dates are missing." in found.notes

    def test_dates_are_iso_text_with_precision(self):
        _, found = self.translated("tidytuesday")
        assert found.table["release_date"][:2].tolist() == ["1987", "2004-11"]
        assert found.table["release_precision"][:3].tolist() == ["year", "month", "day"]

    def test_extra_columns_have_readable_labels(self):
        _, found = self.translated("gtzan")
        assert found.extra["x_mfcc1_mean"].label == "MFCC 1 mean"
        assert found.extra["x_chroma_stft_var"].label == "Chroma STFT variance"
        assert found.extra["x_mfcc1_mean"].low == found.table["x_mfcc1_mean"].min()


class TestTellingApart:
    def taken(self, **columns):
        table = pd.DataFrame({"title": made().titles(), "band": made().artists(), "tempo": made().tempo(), **columns})
        return table, taken_for(propose(raw(table)))

    def test_many_labels_are_no_genres(self):
        assert self.taken(label=[f"Records {i % 40}" for i in range(80)])[1]["label"] == "m_label"
        assert self.taken(label=made().genres())[1]["label"] == "genre"

    def test_an_unknown_year_of_0_is_no_date_and_not_counted(self):
        table, taken = self.taken(year=np.where(np.arange(80) % 2, 0, 1999))
        assert taken["year"] == "release_date"
        found = propose(raw(table)).translate(raw(table), today=TODAY)
        assert found.table["release_year"].isna().sum() == 40
        assert found.unread == {}

    def test_streams_count_for_more_than_likes_and_views(self):
        counts = {name: made(seed=i).whole(0, 10**6) for i, name in enumerate(("views", "likes", "streams"))}
        taken = self.taken(**counts)[1]
        assert taken["streams"] == "popularity in count"
        assert (taken["views"], taken["likes"]) == ("c_views", "c_likes")

    def test_a_score_is_preferred_to_a_count(self):
        taken = self.taken(streams=made().whole(0, 10**6), popularity=made().popularity())[1]
        assert (taken["streams"], taken["popularity"]) == ("c_streams", "popularity")

    def test_minutes_that_a_spreadsheet_took_for_hours_are_minutes(self):
        table, taken = self.taken(Length=[f"0{3 + i % 3}:{i % 60:02d}:00" for i in range(80)])
        assert taken["Length"] == "duration_ms in m:ss:00"
        found = propose(raw(table)).translate(raw(table))
        assert found.table["duration_ms"][13] == 1000 * (4 * 60 + 13)

    def test_other_artists_ids_and_dates_are_not_the_tracks(self):
        names = (
            "album_id",
            "playlist_id",
            "artist_popularity",
            "date added",
            "Added At",
            "obtained_date",
            "birth year",
        )
        taken = self.taken(**{name: made(seed=i).whole(0, 99) for i, name in enumerate(names)})[1]
        assert all(taken[name].startswith("c_") for name in names)

    def test_a_misspelt_name_begins_with_the_right_letter(self):
        assert self.taken(**{"attack time": made().scale()})[1]["attack time"] == "x_attack_time"


class TestCorrections:
    def mapping(self):
        return propose(raw(GENERAL_TABLES["belied"](made())[0]))

    def test_a_column_is_taken_for_what_is_said_and_its_unit_found_out(self):
        table, _ = GENERAL_TABLES["own_features"](made())
        table["brightness"] = made().scale(percent=True)
        mapping = propose(raw(table)).overridden(fields={"brightness": "energy"})
        assert mapping.column_of("energy").column == "brightness"
        assert mapping.settled(raw(table)).column_of("energy").unit == "percent"
        assert mapping.translate(raw(table)).table["energy"].max() <= 1

    def test_the_column_that_held_the_field_gives_way(self):
        mapping = propose(raw(family("kaggle_tracks"))).overridden(fields={"valence": "energy"})
        assert taken_for(mapping)["energy"] == ""
        assert next(c for c in mapping.columns if c.column == "energy").why == "gave way to 'valence'"

    def test_units_are_as_said(self):
        table = family("kaggle_tracks")
        found = propose(raw(table)).overridden(units={"duration_ms": "s", "energy": "percent"}).translate(raw(table))
        assert found.table["duration_ms"][0] == table["duration_ms"][0] * 1000
        assert found.table["energy"][0] == pytest.approx(table["energy"][0] / 100)
        own = propose(raw(family("playlist_machinery"))).overridden(units={"duration_ms": "ms"})
        assert own.column_of("duration_ms").unit == ""

    def test_columns_are_left_out(self):
        table = family("kaggle_tracks")
        found = propose(raw(table)).overridden(ignored=["energy"]).translate(raw(table))
        assert "energy" not in found.table

    def test_extra_columns_change_their_kind(self):
        table = family("kaggle_tracks")
        mapping = propose(raw(table)).overridden(fields={"Unnamed: 0": "feature", "track_genre": "metadata"})
        assert taken_for(mapping)["Unnamed: 0"] == "x_unnamed_0"
        assert mapping.translate(raw(table)).extra["x_unnamed_0"].role == Role.AUDIO

    def test_a_year_is_a_date(self):
        mapping = self.mapping().overridden(fields={"release": "release_year"})
        assert mapping.column_of("release_date").column == "release"

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"fields": {"valense": "energy"}}, "There is no column named 'valense'. Perhaps 'valence' is meant."),
            (
                {"fields": {"zzz": "energy"}},
                "There is no column named 'zzz'. The columns are Song / Title, artist, energy",
            ),
            ({"fields": {"valence": "enregy"}}, "There is no field named 'enregy'. Perhaps 'energy' is meant."),
            ({"fields": {"valence": "zzzz"}}, "There is no field named 'zzzz'. The fields are track_id, track_name"),
            ({"units": {"liveness": "miles"}}, "liveness cannot be in 'miles'. Its units are 'percent', 'tenths'"),
            (
                {"units": {"tempo": "s"}},
                r"No column is taken for tempo, so it has no unit. Say which one is, with --map",
            ),
            ({"units": {"zzz": "s"}}, "There is no field named 'zzz'. Fields with a unit are liveness, speechiness"),
            ({"ignored": ["Valenze"]}, "There is no column named 'Valenze'. Perhaps 'valence' is meant."),
        ],
    )
    def test_what_is_not_there_is_refused_with_what_may_be_meant(self, said, sentence):
        with pytest.raises(SourceError, match=sentence):
            self.mapping().overridden(**said)

    def test_a_mapping_of_another_table_is_refused(self):
        with pytest.raises(SourceError, match="The mapping is of another table: there are no 'Unnamed: 0', 'track_id'"):
            propose(raw(family("kaggle_tracks"))).translate(raw(GENERAL_TABLES["belied"](made())[0]))

    def test_columns_that_a_saved_mapping_does_not_know_are_left_out(self):
        table = family("kaggle_tracks")
        mapping = propose(raw(table))
        found = mapping.translate(raw(table.assign(fresh=made().tempo())))
        assert "x_fresh" not in found.table
        assert len(mapping.settled(raw(table.assign(fresh=1.5))).columns) == len(table.columns) + 1

    @pytest.mark.parametrize("form", [None, [], {}, {"adapter": "x"}, {"adapter": "x", "columns": [{"column": "a"}]}])
    def test_what_is_no_mapping_is_refused(self, form):
        with pytest.raises(SourceError, match="This is no saved mapping"):
            Mapping.from_dict(form)

    def test_a_saved_mapping_is_checked(self):
        column = Column("a", "energy", "", 1.0, "given")
        for columns, sentence in (
            ((Column("a", "enregy", "", 1.0, "given"),), "There is no field named 'enregy'"),
            ((Column("a", "energy", "miles", 1.0, "given"),), "energy cannot be in 'miles'"),
            ((column, Column("b", "energy", "", 1.0, "given")), "Two columns are taken for energy"),
        ):
            with pytest.raises(SourceError, match=sentence):
                Mapping.from_dict(Mapping("general", columns).as_dict())


class TestExtremes:
    def test_a_table_without_rows(self):
        table = family("kaggle_tracks").head(0)
        mapping = propose(raw(table))
        assert all(column.why == "empty" for column in mapping.columns)
        assert len(mapping.translate(raw(table)).table) == 0

    def test_one_row(self):
        table = family("kaggle_tracks").head(1)
        assert len(propose(raw(table)).translate(raw(table)).table) == 1

    def test_thousands_of_columns_are_cut_with_a_word(self):
        numbers = np.random.default_rng(0).normal(size=(60, 3000))
        table = pa.table({"title": [f"t{i}" for i in range(60)], **{f"f{i}": numbers[:, i] for i in range(3000)}})
        mapping = propose(raw(table))
        features = [column for column in mapping.columns if column.field.startswith("x_")]
        assert len(features) == MOST_FEATURES == 600
        assert mapping.columns[-1].why == "beyond the first 600 extra features"

    def test_names_that_make_one_slug_are_told_apart(self):
        numbers = np.random.default_rng(0).normal(size=60)
        table = pa.table(dict.fromkeys(("b c", "b-c", "音", "色", "b_c_2"), numbers))
        fields = [column.field for column in propose(raw(table)).columns]
        assert len(set(fields)) == 5

    @pytest.mark.parametrize(
        "cells",
        [
            pa.array([None] * 60, pa.null()),
            pa.array([{"a": 1}] * 60),
            pa.array([[1, 2], None, []] * 20),
            pa.array([[None, "x"], [], None] * 20),
            pa.array([np.nan, np.inf, -np.inf] * 20),
            pa.array([2**62, -(2**62), 0] * 20),
            pa.array(pd.to_datetime(["2001-02-03", None, "1850-01-01"] * 20)),
            pa.array(["=1+1", "", "\x00"] * 20),
        ],
        ids=["null", "struct", "int lists", "holes", "infinite", "huge", "times", "formulas"],
    )
    def test_any_cells_under_any_name_are_read_or_left(self, cells):
        names = ("energy", "title", "artists", "genres", "release date", "key", "duration", "id", "x", "listens")
        for name in names:
            table = pa.table({name: cells, "tempo": made(60).tempo()})
            mapping = propose(raw(table))
            assert len(mapping.translate(raw(table), today=TODAY).table) == 60
            for field in ("track_name", "artists", "genres", "release_date", "key", "track_id", "explicit", "feature"):
                if name != "tempo":
                    forced = mapping.overridden(fields={name: field})
                    assert len(forced.translate(raw(table), today=TODAY).table) == 60


@pytest.mark.parametrize(
    ("file", "adapter", "fields"),
    [
        ("spotify_songs.csv", "tidytuesday", {"track_popularity": "popularity", "playlist_id": "m_playlist_id"}),
        ("data_w_genres.csv", "kaggle-artist-features", {"genres": "genres", "count": "c_count"}),
        ("features_30_sec.csv", "librosa", {"tempo": "tempo", "length": "c_length", "mfcc20_var": "x_mfcc20_var"}),
        (
            "fma-rock-vs-hiphop.csv",
            "fma",
            {"date_created": "release_date in month/day", "duration": "duration_ms in s"},
        ),
        ("echonest-metrics.json", "echonest", {"track_id": "track_id", "valence": "valence"}),
    ],
)
def test_real_tables_are_understood(file, adapter, fields):
    path = REAL / file
    if not path.is_file():
        pytest.skip(f"{file} is not here")
    table = read_raw(path)
    mapping = propose(table)
    assert mapping.adapter == adapter
    assert taken_for(mapping).items() >= fields.items()
    found = mapping.translate(table)
    assert found.unread == {}
    assert len(found.table) == table.table.num_rows
