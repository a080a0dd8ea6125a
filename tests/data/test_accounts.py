"""Every row of a table is accounted for, however broken the table is."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import SourceError
from data.reading import FEWEST_TRACKS, inspect
from data.wishes import Wishes
from tests.data.families import FAMILY_TABLES, Made
from tests.data.tables import kaggle_table
from tests.data.test_files import ODD, REFUSED

COLUMNS = (
    "track_id",
    "track_name",
    "artists",
    "energy",
    "valence",
    "tempo",
    "popularity",
    "genre",
    "release_date",
    "odd",
)
NONSENSE = st.sampled_from(
    [
        "",
        " ",
        "NA",
        "nan",
        "inf",
        "-inf",
        "0",
        "-1",
        "250",
        "1e999",
        "soon",
        "=1+1",
        "1999-13-45",
        "2999",
        "🎵",
        "שלום",
        "a;b",
        "['x']",
        "'",
    ]
)
PLAIN = st.one_of(
    st.floats(0, 1).map(lambda x: f"{x:.3f}"),
    st.integers(0, 300).map(str),
    st.sampled_from(["Blue", "Hélène", "rock", "2001-05"]),
)


@st.composite
def tables(draw) -> tuple[bytes, int]:
    """Draw a CSV of repeated, broken and ragged rows, and the number of its data rows."""
    row = st.lists(st.one_of(PLAIN, NONSENSE), min_size=len(COLUMNS), max_size=len(COLUMNS))
    rows = draw(st.lists(row, min_size=1, max_size=30))
    repeats = draw(st.lists(st.sampled_from(rows), max_size=20))
    ragged = draw(st.lists(st.lists(PLAIN, min_size=len(COLUMNS) + 1, max_size=len(COLUMNS) + 3), max_size=3))
    everything = draw(st.permutations([*rows, *repeats, *ragged]))
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([COLUMNS, *everything])
    return text.getvalue().encode(), len(everything)


@given(drawn=tables())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_rows_read_are_kept_merged_or_rejected_with_a_reason(drawn, tmp_path):
    contents, n_rows = drawn
    path = tmp_path / "table.csv"
    path.write_bytes(contents)
    try:
        found = inspect(str(path)).catalogue
    except SourceError as refusal:
        assert str(refusal).endswith(".")
        return
    kept = found.provenance
    assert kept.rows_read == n_rows
    assert kept.rows_read == kept.rows_kept + kept.rows_merged + kept.rows_rejected
    assert kept.rows_kept == len(found.tracks["track_id"].unique())
    assert sum(kept.by_rule.values()) == kept.rows_merged
    assert sum(kept.by_reason.values()) == kept.rows_rejected == found.rejected.num_rows
    assert all(reason for reason in found.rejected["reason"].to_pylist())
    assert len(set(found.rejected["row"].to_pylist())) == found.rejected.num_rows
    assert all(json.loads(record) is not None for record in found.rejected["record"].to_pylist())


@given(drawn=tables())
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_what_is_kept_is_possible(drawn, tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(drawn[0])
    try:
        found = inspect(str(path)).catalogue
    except SourceError:
        return
    for name in found.fields:
        known = found.dictionary[name]
        values = found.column(name)
        if values.dtype.kind == "f" and name[1] != "_":
            assert np.nanmin(values) >= known.low
            assert np.nanmax(values) <= known.high


def test_rows_of_several_files_are_accounted_for(tmp_path):
    tracks = "track_id,track_name,genre\n" + "".join(f"{i},Title {i},rock\n" for i in range(80))
    sounds = "track_id,energy,valence\n" + "".join(f"{i},{i / 100},{i / 200}\n" for i in range(20, 100))
    for name, text in (("tracks.csv", tracks), ("sounds.csv", sounds)):
        (tmp_path / name).write_text(text)
    kept = inspect([str(tmp_path / "tracks.csv"), str(tmp_path / "sounds.csv")]).catalogue.provenance
    assert (kept.rows_read, kept.rows_kept, kept.rows_joined, kept.rows_rejected) == (160, 60, 60, 40)
    assert kept.by_reason == {"fewer than 2 audio features have a value": 20, "matched nothing in tracks.csv": 20}
    assert "60 of 80 rows of tracks.csv found in sounds.csv by track id" in " ".join(kept.notes)


@pytest.mark.parametrize("labels", ["as published", "families"])
def test_labels_are_made_as_wished(labels, tmp_path):
    rng = np.random.default_rng(0)
    lines = [
        f"{i},T{i},A{i % 40},{rng.random():.3f},{rng.random():.3f},\"['{tag}']\""
        for i, tag in enumerate(["dance pop", "viking metal", "bebop", "death metal"] * 30)
    ]
    path = tmp_path / "tagged.csv"
    path.write_text("track_id,track_name,artists,energy,valence,genres\n" + "\n".join(lines))
    found = inspect(str(path), wishes=Wishes(labels=labels)).catalogue
    wanted = {"pop", "metal", "jazz"} if labels == "families" else {"dance pop", "viking metal", "bebop", "death metal"}
    assert set(found.column("genre")) == wanted
    assert sorted({tag for tags in found.tracks["genres"].to_pylist() for tag in tags}) == [
        "bebop",
        "dance pop",
        "death metal",
        "viking metal",
    ]


BROKEN = {**{name: odd.content for name, odd in ODD.items()}, **{name: one.content for name, one in REFUSED.items()}}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_ends_in_a_good_catalogue_or_in_a_sentence(name, tmp_path):
    path = tmp_path / "songs.csv"
    content = BROKEN[name]
    path.write_bytes(content(tmp_path) if callable(content) else content)
    try:
        found = inspect(str(path))
    except SourceError as refusal:
        assert_a_sentence(str(refusal), tmp_path)
        return
    if found.refusal:
        assert_a_sentence(found.refusal, tmp_path)
    else:
        assert len(found.catalogue) >= FEWEST_TRACKS


def assert_a_sentence(said: str, folder: Path) -> None:
    """Check that a refusal is helpful prose, without a traceback and without a path of this machine."""
    assert said.endswith(".")
    assert len(said) < 600
    assert "Traceback" not in said
    assert str(folder) not in said


SPOILED = {
    "formula cells": lambda t: t.assign(track_name=["=HYPERLINK('x')"] * 60 + ["+1", "-2", "@x"] * 20),
    "right-to-left and emoji titles": lambda t: t.assign(track_name=[f"שיר {i} 🎵‏" for i in range(len(t))]),
    "NaN and inf": lambda t: t.assign(energy=["NaN", "inf", "-inf"] * 20 + ["0.5"] * 60),
    "mixed decimal commas": lambda t: t.assign(
        tempo=[f"{x:.2f}".replace(".", "," if i % 2 else ".") for i, x in enumerate(t["tempo"])]
    ),
    "one feature all missing": lambda t: t.assign(valence=None),
    "impossible values": lambda t: t.assign(
        tempo=[0.0] * 60 + [120.0] * 60, loudness=[40.0] * 60 + [-5.0] * 60, popularity=[250] * 60 + [50] * 60
    ),
    "every row twice": lambda t: pd.concat([t, t]),
    "no titles": lambda t: t.drop(columns="track_name"),
    "no artists": lambda t: t.drop(columns="artists"),
    "no ids": lambda t: t.drop(columns="track_id"),
    "no genre, popularity or dates": lambda t: t.drop(columns=["track_genre", "popularity"]),
    "ids that are genres": lambda t: t.assign(track_id=t["track_genre"]),
    "very long titles": lambda t: t.assign(track_name=[f"{i} " + "ha " * 3000 for i in range(len(t))]),
    "a column of lists": lambda t: t.assign(artists=[f"['A{i}', 'B{i % 7}']" for i in range(len(t))]),
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_table_still_makes_a_catalogue(name, tmp_path):
    path = tmp_path / "songs.csv"
    SPOILED[name](kaggle_table(120)).to_csv(path, index=False)
    found = inspect(str(path))
    assert not found.refusal
    kept = found.catalogue.provenance
    assert kept.rows_read == kept.rows_kept + kept.rows_merged + kept.rows_rejected
    assert kept.rows_kept == 120
    for feature in found.catalogue.feature_names:
        assert np.isfinite(found.catalogue.column(feature)).any()


@pytest.mark.parametrize("family", FAMILY_TABLES)
def test_a_table_of_every_family_makes_a_catalogue_without_a_hand_written_mapping(family, tmp_path):
    path = tmp_path / f"{family}.csv"
    FAMILY_TABLES[family][1](Made(120, np.random.default_rng(5))).to_csv(path, index=False)
    found = inspect(str(path))
    kept = found.catalogue.provenance
    assert kept.rows_read == kept.rows_kept + kept.rows_merged + kept.rows_rejected
    assert not found.refusal or family in WITHOUT_FEATURES, found.refusal


WITHOUT_FEATURES = ("kaggle_artists", "fma_tracks")
"""Tables that tell of artists or of tracks, and not how they sound: another file has to be joined."""


def test_every_match_of_similar_titles_is_listed(tmp_path):
    kaggle_table(80).drop(columns="track_id").to_csv(tmp_path / "tracks.csv", index=False)
    titles = [f"Title {i} (feat. Somebody)" for i in range(10)]
    artists = [f"Artist {i % 7};Guest {i % 3}" for i in range(10)]
    dated = pd.DataFrame({"track_name": titles, "artists": artists, "release_date": "1999", "mood": range(10)})
    dated.to_csv(tmp_path / "dates.csv", index=False)
    found = inspect([str(tmp_path / "tracks.csv"), str(tmp_path / "dates.csv")]).catalogue
    listed = found.quality["fuzzy"]
    assert sorted(match["other_title"] for match in listed) == sorted(titles)
    assert all(match["score"] >= 92 for match in listed)
    assert int((found.column("release_year") == 1999).sum()) == 10
