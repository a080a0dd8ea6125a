from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import SourceError
from data.genres.families import Families, grouped, needs_families
from data.genres.family_table import FAMILY_TABLE, families_by_table, read_family_table
from data.genres.tags import split_tags

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "data_w_genres.csv"
LISTS = st.lists(st.lists(st.sampled_from(["rock", "dance pop", "zeta", "eta", "theta"]), unique=True), max_size=40)


def families(*groups: tuple[int, list[str]], **options: object) -> Families:
    """Families of tracks given as (how many, their tags)."""
    return grouped(pa.array([tags for n, tags in groups for _ in range(n)], pa.list_(pa.string())), **options)


def told(found: Families) -> dict[str, tuple[str | None, str]]:
    return {row["tag"]: (row["family"], row["how"]) for row in found.became.to_pylist()}


@pytest.mark.parametrize(
    ("tag", "family"),
    [
        ("alternative metal", "metal"),
        ("viking metal", "metal"),
        ("dance pop", "pop"),
        ("electropop", "pop"),
        ("K-Pop", "pop"),
        ("baroque pop", "pop"),
        ("gangster rap", "hip hop"),
        ("Hip-Hop", "hip hop"),
        ("pop rap", "hip hop"),
        ("show tunes", "stage and screen"),
        ("show-tunes", "stage and screen"),
        ("pop punk", "punk"),
        ("trap latino", "latin"),
        ("latin pop", "latin"),
        ("latin jazz", "jazz"),
        ("indie rock", "rock"),
        ("folk rock", "rock"),
        ("industrial rock", "rock"),
        ("industrial metal", "metal"),
        ("bebop", "jazz"),
        ("baroque", "classical"),
        ("R&B", "soul and r&b"),
        ("r&b/soul", "soul and r&b"),
        ("drum & bass", "electronic"),
        ("christian rock", "christian and gospel"),
        ("children's music", "children's"),
        ("seen live", ""),
        ("Songs of the Deep Sea", None),
        ("!!!", None),
    ],
)
def test_the_table_reads_as_a_music_person_would(tag, family):
    assert families_by_table([tag], read_family_table(FAMILY_TABLE)) == [family]


def test_no_line_of_the_table_stands_twice():
    patterns = [pattern for pattern, _ in read_family_table(FAMILY_TABLE)]
    assert sorted(patterns) == sorted(set(patterns))


class TestCompany:
    def test_an_unknown_tag_has_the_family_of_the_tags_beside_it(self):
        found = families((20, ["zeta", "death metal"]), (20, ["eta", "dance pop"]), (20, ["rock"]), fewest=5)
        assert told(found)["zeta"] == ("metal", "co-occurrence")
        assert told(found)["eta"] == ("pop", "co-occurrence")

    def test_and_gives_it_to_tracks_that_carry_nothing_else(self):
        found = families((20, ["zeta", "death metal"]), (30, ["rock"]), (1, ["zeta"]), fewest=5)
        assert found.family[-1].as_py() == "metal"

    def test_a_tag_seen_beside_others_too_seldom_has_none(self):
        found = families((4, ["zeta", "death metal"]), (40, ["rock"]), fewest=4)
        assert told(found)["zeta"] == (None, "too rare")

    def test_a_tag_that_stands_beside_everything_has_none(self):
        apart = [(9, ["zeta", tag]) for tag in ("metal", "pop", "rock", "jazz")]
        assert told(families(*apart, fewest=5))["zeta"] == (None, "too rare")

    def test_what_is_usual_everywhere_is_no_company(self):
        found = families((95, ["rock", "zeta"]), (5, ["pop", "zeta"]), fewest=1)
        assert told(found)["zeta"] == (None, "too rare")


class TestOwnFamilies:
    def test_a_tag_of_many_tracks_that_no_other_tag_places_is_one(self):
        found = families((30, ["zeta", "eta"]), (10, ["eta"]), (30, ["rock"]), fewest=10)
        assert told(found) == {"eta": ("eta", "own"), "zeta": ("eta", "co-occurrence"), "rock": ("rock", "table")}

    def test_a_tag_of_few_is_too_rare(self):
        found = families((9, ["zeta"]), (30, ["rock"]), fewest=10)
        assert told(found)["zeta"] == (None, "too rare")
        assert found.family[0].as_py() is None


class TestSmallFamilies:
    def test_they_join_the_family_they_keep_company_with(self):
        found = families((6, ["reggae", "rock", "hard rock"]), (30, ["rock"]), (30, ["pop"]), fewest=10)
        assert told(found)["reggae"] == ("rock", "co-occurrence")

    def test_or_none(self):
        found = families((3, ["reggae"]), (30, ["rock"]), (30, ["pop"]), fewest=10)
        assert told(found)["reggae"] == (None, "too rare")
        assert found.sentence == "3 tags became 2 families; 95% of the tracks with tags have one."

    def test_there_are_never_more_than_asked_for(self):
        labels = [(10 + i, [tag]) for i, tag in enumerate(["rock", "pop", "jazz", "blues", "zeta", "eta"])]
        found = families(*labels, most=3, fewest=5)
        assert set(found.family.to_pylist()) == {None, "pop", "jazz", "blues"}


class TestATrack:
    def test_it_belongs_to_the_family_of_most_of_its_tags(self):
        found = families((20, ["rock"]), (20, ["pop"]), (1, ["pop", "hard rock", "soft rock"]), fewest=1)
        assert found.family[-1].as_py() == "rock"

    def test_of_equally_many_to_the_rarer_then_to_the_first_in_the_alphabet(self):
        assert families((20, ["rock"]), (9, ["pop"]), (1, ["rock", "pop"]), fewest=1).family[-1].as_py() == "pop"
        assert families((9, ["rock"]), (9, ["pop"]), (1, ["rock", "pop"]), fewest=1).family[-1].as_py() == "pop"

    def test_without_tags_it_has_none(self):
        found = families((12, ["rock"]), (3, []))
        assert found.family.to_pylist() == ["rock"] * 12 + [None] * 3
        assert found.sentence == "1 tag became 1 family; 100% of the tracks with tags have one."


def test_without_any_tag():
    found = families((3, []))
    assert (found.family.to_pylist(), found.became.num_rows, found.sentence) == ([None] * 3, 0, "No track has a tag.")
    assert grouped(pa.array([], pa.list_(pa.string()))).family.to_pylist() == []


class TestLinesOfTheUsersOwn:
    def test_they_stand_above_the_table(self, tmp_path):
        path = tmp_path / "own.csv"
        path.write_text("# ours\ntag,family\n* punk,noise\npop,\n", encoding="utf-8")
        found = families((20, ["pop punk"]), (20, ["pop"]), (20, ["dance pop"]), overrides=path)
        assert told(found) == {"pop punk": ("noise", "table"), "pop": (None, "table"), "dance pop": ("pop", "table")}

    @pytest.mark.parametrize(
        ("contents", "sentence"),
        [
            (b"genre,family\n", r"The table of families own\.csv lacks a column"),
            (b"\xff\xfe", r"The table of families own\.csv cannot be read"),
            (None, r"The table of families own\.csv cannot be read"),
        ],
    )
    def test_a_file_that_is_no_table_is_refused(self, contents, sentence, tmp_path):
        if contents is not None:
            (tmp_path / "own.csv").write_bytes(contents)
        with pytest.raises(SourceError, match=sentence):
            families((1, ["rock"]), overrides=tmp_path / "own.csv")


@settings(deadline=None, max_examples=50)
@given(LISTS, st.randoms())
def test_neither_row_order_nor_the_order_of_tags_matters(lists, random):
    order = random.sample(range(len(lists)), len(lists))
    moved = [random.sample(lists[i], len(lists[i])) for i in order]
    kept, again = (grouped(pa.array(each, pa.list_(pa.string())), fewest=3) for each in (lists, moved))
    assert again.family.to_pylist() == [kept.family[i].as_py() for i in order]
    assert again.became.equals(kept.became)
    assert again.sentence == kept.sentence


class TestWhetherTheyAreNeeded:
    def test_a_label_per_track_is_kept(self):
        assert not needs_families(pa.array([["rock"], ["pop"], ["rock", "pop"], ["jazz"], ["rock"], []]))

    def test_several_per_track_are_tags(self):
        assert needs_families(pa.array([["rock", "indie rock"], ["pop"], []]))

    def test_so_are_more_labels_than_one_can_choose_from(self):
        assert needs_families(pa.array([[str(i)] for i in range(151)]))
        assert not needs_families(pa.array([[str(i)] for i in range(150)]))

    def test_no_tags_are_none(self):
        assert not needs_families(pa.array([[], []], pa.list_(pa.string())))


@pytest.mark.skipif(not REAL.exists(), reason="data_w_genres.csv is not beside the project")
def test_the_tags_of_a_real_table_become_families_of_some_size():
    tags = split_tags(pd.read_csv(REAL, usecols=["genres"])["genres"])
    assert needs_families(tags)
    found = grouped(tags)
    sizes = found.family.drop_null().value_counts().to_pylist()
    assert 12 <= len(sizes) <= 20
    assert min(size["counts"] for size in sizes) >= 80
    assert {"rock", "pop", "hip hop", "latin", "jazz", "classical", "metal"} <= {size["values"] for size in sizes}
    assert told(found)["permanent wave"] == ("rock", "co-occurrence")
    assert found.sentence == f"2,604 tags became {len(sizes)} families; 99% of the tracks with tags have one."
