"""The commands that look at tables: a dry run, and one table filled from another."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from data.reading import inspect
from tests.dash_app.test_commands import run
from tests.data.tables import kaggle_table


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "tracks.csv"
    kaggle_table(90).to_csv(path, index=False)
    return path


class TestInspect:
    def test_it_says_what_would_be_made_and_writes_nothing(self, table, tmp_path):
        done = run("inspect", str(table), home=tmp_path / "home")
        assert done.returncode == 0, done.stderr
        assert "tracks.csv: 90 rows, read as spotify-tracks" in done.stdout
        assert "90 rows read = 90 kept + 0 merged + 0 rejected" in done.stdout
        assert "trends: skipped. No release dates" in done.stdout
        assert not (tmp_path / "home").exists()

    def test_a_correction_shows(self, table, tmp_path):
        done = run("inspect", str(table), "--map", "energy=valence", "--ignore", "popularity", home=tmp_path)
        assert "popularity: skipped. No popularity column" in done.stdout
        assert "Energy" not in done.stdout

    def test_json_is_a_mapping_that_can_be_saved(self, table, tmp_path):
        done = run("inspect", str(table), "--json", home=tmp_path)
        told = json.loads(done.stdout)
        assert told["provenance"]["rows_kept"] == 90
        assert told["recipes"]["genre"] == ""
        saved = tmp_path / "mapping.json"
        saved.write_text(done.stdout)
        again = run("inspect", str(table), "--json", "--mapping", str(saved), home=tmp_path)
        assert json.loads(again.stdout)["quality"] == told["quality"]

    def test_a_refusal_is_a_sentence(self, tmp_path):
        (tmp_path / "notes.csv").write_text("a,b\n1,2\n")
        done = run("inspect", str(tmp_path / "notes.csv"), home=tmp_path)
        assert "Nothing would be built. " in done.stdout
        assert "Traceback" not in done.stdout + done.stderr

    def test_families_of_ones_own_stand_above_the_documented_ones(self, tmp_path):
        table = kaggle_table(120).drop(columns="track_genre").assign(genres=["['bebop']", "['viking metal']"] * 60)
        table.to_csv(tmp_path / "tagged.csv", index=False)
        (tmp_path / "families.csv").write_text("tag,family\nbebop,dance floor\n")
        options = ("--labels", "families", "--families", str(tmp_path / "families.csv"))
        done = run("inspect", str(tmp_path / "tagged.csv"), *options, home=tmp_path)
        assert "dance floor" in done.stdout
        assert "jazz" not in done.stdout


class TestMerge:
    def test_dates_come_in_by_id_and_then_by_artist_and_title(self, table, tmp_path):
        known = (
            kaggle_table(90)
            .assign(release_date="1999-05-01")
            .loc[:59, ["track_id", "track_name", "artists", "release_date"]]
        )
        known.loc[30:, "track_id"] = [f"other{i}" for i in range(30)]
        known.loc[30:, "track_name"] = known.loc[30:, "track_name"].str.upper()
        known.to_csv(tmp_path / "dates.csv", index=False)
        out = tmp_path / "dated.parquet"
        done = run("merge", str(table), str(tmp_path / "dates.csv"), "--out", str(out), "--yes", home=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "30 of 90 rows of tracks.csv found in dates.csv by track id" in done.stdout
        assert "30 of 60 rows of tracks.csv found in dates.csv by artist and title" in done.stdout
        dated = inspect(str(out)).catalogue
        assert int((dated.column("release_year") == 1999).sum()) == 60
        assert len(dated) == 90

    def test_nothing_is_written_without_a_yes_or_a_gain(self, table, tmp_path):
        out = tmp_path / "same.parquet"
        done = run("merge", str(table), str(table), "--out", str(out), "--yes", home=tmp_path)
        assert "There is nothing to fill: no file is written." in done.stdout
        pd.DataFrame({"track_id": ["id000"], "release_date": ["1999"]}).to_csv(tmp_path / "one.csv", index=False)
        refused = run("merge", str(table), str(tmp_path / "one.csv"), "--out", str(out), home=tmp_path)
        assert "release_date: 0 of 90 rows before" in refused.stdout
        assert not out.exists()


class TestPredict:
    def test_every_track_gets_a_prediction_and_the_table_is_compared(self, sample_home, table, tmp_path):
        out = tmp_path / "said.csv"
        done = run("predict", str(table), "--catalogue", "sample", "--out", str(out), home=sample_home)
        assert done.returncode == 0, done.stderr
        said = pd.read_csv(out)
        assert len(said) == 90
        assert said["probability"].between(0, 1).all()
        assert (said["low"] <= said["popularity"]).all() and (said["popularity"] <= said["high"]).all()
        assert all(row.genre in row.plausible.split(" or ") for row in said.itertuples())
        assert "Spread otherwise than the tracks that the models learned from" in done.stdout
        assert "have learned from them" not in done.stdout

    def test_a_table_of_the_same_tracks_does_not_drift(self, sample_home):
        done = run("predict", "sample", home=sample_home)
        assert "The tracks are spread like those that the models learned from." in done.stdout
        assert "4,605 of 4,605 tracks are in sample by their ids: its models have learned from them" in done.stdout

    def test_a_table_without_their_features_is_refused(self, sample_home, tmp_path):
        (tmp_path / "other.csv").write_text("title,mfcc1\n" + "".join(f"T{i},{i / 7}\n" for i in range(60)))
        done = run("predict", str(tmp_path / "other.csv"), home=sample_home)
        assert done.returncode == 1
        assert done.stderr.startswith("Error: The table has none of the features of sample")
