from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.catalogue import Catalogue, Provenance
from data.cleaning import NO_FEATURES, NO_NAME
from data.errors import SourceError, SourceNotFound, TooFewTracks, UnrecognisedTable
from data.fields import FIELDS, NUMERIC_FIELDS
from data.naming import SAMPLE, catalogue_name, usable_name
from data.reading import read_catalogue
from tests.data.tables import kaggle_table, tidytuesday_table

TABLES = {"spotify-tracks": kaggle_table, "tidytuesday": tidytuesday_table}


def read(table: pd.DataFrame, folder, *, form: str = "csv") -> Catalogue:
    path = folder / f"table.{form}"
    table.to_csv(path, index=False) if form == "csv" else table.to_parquet(path, index=False)
    return read_catalogue(str(path))


@pytest.mark.parametrize("form", ["csv", "parquet"])
@pytest.mark.parametrize("family", TABLES)
class TestEveryFamily:
    def test_it_is_recognised_and_every_row_is_kept(self, family, form, tmp_path):
        catalogue = read(TABLES[family](), tmp_path, form=form)
        assert catalogue.provenance.adapter == family
        assert catalogue.provenance.rows_kept == len(catalogue) == 60

    def test_values_come_through_unchanged(self, family, form, tmp_path):
        table = TABLES[family]().set_index("track_id")
        catalogue = read(table.reset_index(), tmp_path, form=form)
        wanted = table.loc[catalogue.column("track_id"), "tempo"].to_numpy(np.float32)
        np.testing.assert_array_equal(catalogue.column("tempo"), wanted)

    def test_row_order_does_not_matter(self, family, form, tmp_path):
        table = pd.concat([TABLES[family](), TABLES[family](20, seed=0).assign(mode=1)])
        ordered = read(table, tmp_path, form=form).tracks
        assert read(table.sample(frac=1, random_state=1), tmp_path, form=form).tracks.equals(ordered)

    def test_values_lie_within_their_fields(self, family, form, tmp_path):
        catalogue = read(TABLES[family](), tmp_path, form=form)
        for name in set(NUMERIC_FIELDS) & set(catalogue.fields):
            values = catalogue.column(name)
            assert FIELDS[name].low <= np.nanmin(values) <= np.nanmax(values) <= FIELDS[name].high


@pytest.fixture(scope="module")
def sample():
    return read_catalogue(SAMPLE)


class TestTheEmbeddedCatalogue:
    def test_its_rows_add_up(self, sample):
        counts = sample.provenance
        assert (counts.rows_read, counts.rows_kept, counts.rows_merged, counts.rows_rejected) == (6000, 4605, 1395, 0)
        assert counts.by_rule == {"same id": 151, "same recording": 1244}

    def test_a_track_in_two_genres_keeps_both(self, sample):
        several = [genres for genres in sample.tracks["genres"].to_pylist() if len(genres) > 1]
        assert len(several) == 94

    def test_popularity_cut_in_two_is_no_column(self, sample):
        assert "popular_or_not" not in sample.tracks.column_names

    def test_no_date_is_made_up(self, sample):
        assert not sample.has("release_year")

    def test_the_primary_genre_is_one_of_the_set(self, sample):
        genres = sample.tracks["genres"].to_pylist()
        assert all(primary in found for primary, found in zip(sample.column("genre"), genres, strict=True))


class TestMerging:
    def merged(self, tmp_path, **second):
        table = kaggle_table()
        return read(pd.concat([table, table.head(1).assign(**second)]), tmp_path).tracks.to_pylist()[0]

    def test_genres_are_united(self, tmp_path):
        assert "zydeco" in self.merged(tmp_path, track_genre="zydeco")["genres"]

    def test_a_popularity_of_0_does_not_overwrite_a_real_one(self, tmp_path):
        real = float(kaggle_table()["popularity"].iloc[0])
        assert real > 0
        assert self.merged(tmp_path, popularity=0)["popularity"] == real

    def test_most_rows_decide_the_primary_genre(self, tmp_path):
        table = kaggle_table()
        again = table.head(1).assign(track_genre="zydeco")
        tracks = read(pd.concat([table, again, again]), tmp_path).tracks
        assert tracks["genre"][0].as_py() == "zydeco"

    def test_a_date_its_year_and_its_precision_come_from_one_row(self, tmp_path):
        table = tidytuesday_table()
        table.loc[0, "track_album_release_date"] = "2010-05"
        again = table.head(1).assign(track_album_release_date="1975")
        track = read(pd.concat([table, again]), tmp_path).tracks.to_pylist()[0]
        found = {name: track[name] for name in ("release_date", "release_precision", "release_year")}
        assert found == {"release_date": "1975", "release_precision": "year", "release_year": 1975}

    def test_a_code_is_one_that_most_rows_carry_or_the_smallest_of_equally_many(self, tmp_path):
        table = kaggle_table().assign(key=0)
        rows = [table, *(table.head(1).assign(key=key) for key in (11, 3, 11))]
        assert read(pd.concat(rows), tmp_path).tracks["key"][0].as_py() == 11
        rows = [table, table.head(1).assign(key=11)]
        assert read(pd.concat(rows), tmp_path).tracks["key"][0].as_py() == 0


class TestBrokenRows:
    def test_a_row_without_title_and_artist_is_rejected_with_its_record(self, tmp_path):
        table = kaggle_table()
        table.loc[3, ["track_name", "artists"]] = None
        rejected = read(table, tmp_path).rejected.to_pylist()
        assert [(r["row"], r["reason"]) for r in rejected] == [(3, NO_NAME)]
        assert '"track_id": "id003"' in rejected[0]["record"]

    def test_a_row_without_any_feature_is_rejected(self, tmp_path):
        table = kaggle_table().astype({"key": float, "mode": float, "time_signature": float})
        features = [name for name in FIELDS if name in table and FIELDS[name].role == "audio"]
        table.loc[5, features] = np.nan
        assert [r["reason"] for r in read(table, tmp_path).rejected.to_pylist()] == [NO_FEATURES]

    def test_impossible_values_are_set_missing_and_counted(self, tmp_path):
        table = kaggle_table()
        table.loc[0, "tempo"] = 0
        table.loc[1, "popularity"] = 250
        catalogue = read(table, tmp_path)
        assert catalogue.provenance.set_missing == {"tempo": 1, "popularity": 1}
        assert np.isnan(catalogue.column("tempo")[0])

    def test_text_among_numbers_is_missing(self, tmp_path):
        table = kaggle_table().astype({"energy": object})
        table.loc[2, "energy"] = "loud"
        assert np.isnan(read(table, tmp_path).column("energy")[2])

    def test_a_uri_is_its_id(self, tmp_path):
        table = kaggle_table()
        table.loc[0, "track_id"] = "spotify:track:id000"
        assert read(table, tmp_path).column("track_id")[0] == "id000"

    def test_tracks_without_ids_get_the_same_ones_anywhere(self, tmp_path):
        table = kaggle_table().drop(columns="track_id")
        first = read(table, tmp_path)
        assert len(first) == 60
        assert set(read(table.iloc[::-1], tmp_path).column("track_id")) == set(first.column("track_id"))


class TestDates:
    def test_they_are_known_to_the_day_the_month_or_the_year(self, tmp_path):
        tracks = read(tidytuesday_table(), tmp_path).tracks.to_pylist()
        assert [t["release_precision"] for t in tracks[:3]] == ["day", "month", "year"]
        assert [t["release_year"] for t in tracks[:3]] == [2019, 2004, 1987]

    def test_nonsense_is_no_date(self, tmp_path):
        table = tidytuesday_table()
        table.loc[0, "track_album_release_date"] = "soon"
        catalogue = read(table, tmp_path)
        assert np.isnan(catalogue.column("release_year")[0])
        assert catalogue.provenance.set_missing == {"release_date": 1}

    @pytest.mark.parametrize(
        ("written", "date", "precision"),
        [
            ("1999-13-45", "1999", "year"),
            ("1999-0-5", "1999", "year"),
            ("1999-123", "1999", "year"),
            ("1999-02-30", "1999-02", "month"),
            ("1999-2-3", "1999-02-03", "day"),
            ("2000-02-29T12:00:00Z", "2000-02-29", "day"),
        ],
    )
    def test_parts_that_are_out_of_range_are_not_kept(self, written, date, precision, tmp_path):
        table = tidytuesday_table()
        table.loc[0, "track_album_release_date"] = written
        catalogue = read(table, tmp_path)
        track = catalogue.tracks.to_pylist()[0]
        assert (track["release_date"], track["release_precision"]) == (date, precision)
        assert catalogue.provenance.set_missing == {}

    def test_an_empty_cell_is_not_counted(self, tmp_path):
        table = tidytuesday_table()
        table.loc[0, "track_album_release_date"] = None
        assert read(table, tmp_path).provenance.set_missing == {}


class TestCells:
    def test_words_for_nothing_are_titles_and_names(self, tmp_path):
        table = kaggle_table()
        table.loc[:2, "track_name"] = ["NaN", "NA", "null"]
        table.loc[3:5, "artists"] = ["None", "N/A", "nan"]
        catalogue = read(table, tmp_path)
        assert catalogue.column("track_name")[:3].tolist() == ["NaN", "NA", "null"]
        assert catalogue.column("artists")[3:6].tolist() == ["None", "N/A", "nan"]

    def test_they_are_missing_among_numbers(self, tmp_path):
        table = kaggle_table().astype({"energy": object, "explicit": object})
        table.loc[:2, "energy"] = ["NaN", "NA", "null"]
        table.loc[0, "explicit"] = "NA"
        catalogue = read(table, tmp_path)
        assert np.isnan(catalogue.column("energy")[:3]).all()
        assert np.isnan(catalogue.column("explicit")[0])
        assert catalogue.column("explicit")[1] == kaggle_table()["explicit"][1]

    def test_tidytuesday_writes_na_for_nothing(self, tmp_path):
        table = tidytuesday_table()
        table.loc[3, ["track_name", "track_artist"]] = "NA"
        assert [r["reason"] for r in read(table, tmp_path).rejected.to_pylist()] == [NO_NAME]

    def test_of_two_columns_with_one_name_the_first_wins(self, tmp_path):
        table = kaggle_table()
        table.loc[3, ["track_name", "artists"]] = None
        doubled = pd.concat([table, table[["tempo"]] + 7], axis="columns")
        catalogue = read(doubled, tmp_path)
        assert catalogue.column("tempo")[0] == np.float32(table["tempo"][0])
        assert f'"tempo": {table["tempo"][3]}' in catalogue.rejected["record"][0].as_py()


class TestRefusals:
    def test_a_missing_file(self):
        with pytest.raises(SourceNotFound, match=r"There is no file named nothing\.csv"):
            read_catalogue("nothing.csv")

    def test_a_table_of_something_else(self, tmp_path):
        with pytest.raises(UnrecognisedTable, match="No column of this table is understood as an audio feature: a, b"):
            read(pd.DataFrame({"a": [1], "b": [2]}), tmp_path)

    def test_too_few_tracks(self, tmp_path):
        with pytest.raises(TooFewTracks, match="Only 10 tracks are left of 10 rows"):
            read(kaggle_table(10), tmp_path)

    def test_features_that_do_not_vary(self, tmp_path):
        table = kaggle_table()[["track_name", "artists", "energy", "valence", "tempo", "liveness"]]
        with pytest.raises(TooFewTracks, match="Only 0 audio features have values that vary"):
            read(table.assign(energy=0.5, valence=0.5, tempo=100.0, liveness=0.1), tmp_path)

    @pytest.mark.parametrize("contents", [b"", b"%PDF-1.7\n\xff\xfe\x00", b'a,b\n1,2\n1,2,3\n"'])
    def test_what_is_no_table(self, contents, tmp_path):
        path = tmp_path / "broken.csv"
        path.write_bytes(contents)
        with pytest.raises(SourceError, match=r"broken\.csv|columns of this table"):
            read_catalogue(str(path))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    repeats=st.lists(st.integers(0, 59), max_size=30),
    nameless=st.sets(st.integers(0, 59), max_size=9),
    silent=st.sets(st.integers(0, 59), max_size=9),
)
def test_every_row_is_accounted_for(repeats, nameless, silent, tmp_path):
    table = kaggle_table().astype({"key": float, "mode": float, "time_signature": float})
    table.loc[list(nameless), ["track_name", "artists"]] = None
    features = [name for name in FIELDS if name in table and FIELDS[name].role == "audio"]
    table.loc[list(silent), features] = np.nan
    whole = pd.concat([table, table.iloc[repeats]])
    try:
        counts = read(whole, tmp_path).provenance
    except TooFewTracks:
        assert 60 - len(nameless | silent) < 50
        return
    broken = nameless | silent
    assert counts.rows_read == len(whole)
    assert counts.rows_kept == 60 - len(broken)
    assert counts.rows_rejected == len(broken) + sum(row in broken for row in repeats)


def test_counts_that_do_not_add_up_are_refused():
    with pytest.raises(ValueError, match="10 rows read, 9 accounted for"):
        Provenance("a.csv", "", "x", rows_read=10, rows_kept=7, rows_merged=1, rows_rejected=1)


def test_names_are_safe_in_addresses():
    assert catalogue_name("/x/../Ünïcode & more!.csv") == "n-code-more"
    assert catalogue_name("???.csv") == "catalogue"


@given(st.text(max_size=60))
def test_a_name_that_was_made_is_usable(text):
    made = catalogue_name(text)
    assert catalogue_name(made) == made


class TestNames:
    @pytest.mark.parametrize("name", ["../../esc ape", "a/b", "A", "", "a.b", "-a", "x" * 41, "ünïcode"])
    def test_one_that_would_have_to_be_changed_is_refused(self, name, tmp_path):
        kaggle_table().to_csv(tmp_path / "table.csv", index=False)
        with pytest.raises(SourceError, match=r"A catalogue cannot be named .* Use at most 40 .* such as --name "):
            read_catalogue(str(tmp_path / "table.csv"), name=name)

    @pytest.mark.parametrize("name", ["sample", "default"])
    def test_one_that_stands_for_something_else_is_refused(self, name, tmp_path):
        for file, asked in (("table.csv", name), (f"{name}.csv", None)):
            kaggle_table().to_csv(tmp_path / file, index=False)
            with pytest.raises(SourceError, match=rf"named '{name}': that .* Choose another name, such as --name my-"):
                read_catalogue(str(tmp_path / file), name=asked)
        assert read_catalogue(str(tmp_path / f"{name}.csv"), name=f"my-{name}").name == f"my-{name}"

    def test_the_embedded_catalogue_keeps_its_own(self):
        assert usable_name(SAMPLE) == usable_name(SAMPLE, SAMPLE) == SAMPLE
        assert usable_name(SAMPLE, "another") == "another"
        with pytest.raises(SourceError, match="'default'"):
            usable_name(SAMPLE, "default")
