from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import SourceError
from data.joining.joins import alike, joined, joined_all, main_of, stacked
from data.joining.matching import normalised, similar_titles, title_keys
from data.joining.repeats import one_per_key
from data.text import searchable

TEXTS = ("track_id", "track_name", "artists", "genre", "album_name", "release_date", "release_precision", "m_country")


@dataclass(frozen=True, eq=False, slots=True)
class Raw:
    """What `stacked` takes of a table as it was read."""

    source: str
    sha256: str
    table: pa.Table
    rows: np.ndarray
    malformed: pa.Table
    notes: tuple[str, ...] = ()


def raw(source: str, columns: dict[str, list], *, skipped: int = 0) -> Raw:
    table = pa.table(columns)
    kinds = pa.schema([("row", pa.int64()), ("reason", pa.string()), ("record", pa.string())])
    malformed = pa.Table.from_pylist([{"row": 0, "reason": "2 cells too many", "record": "[]"}] * skipped, kinds)
    return Raw(source, "00", table, np.arange(skipped, skipped + table.num_rows), malformed, ("Read as UTF-8.",))


def rows(**columns) -> pd.DataFrame:
    """A table with columns named and typed as a translated one has them."""
    made = {}
    for name, values in columns.items():
        if name in TEXTS:
            made[name] = pd.Series(values, dtype="string")
        elif name in {"genres", "artist_names", "artist_ids"}:
            made[name] = pd.Series(values, dtype=object)
        else:
            made[name] = pd.Series(values, dtype=np.float64)
    return pd.DataFrame(made)


class TestTablesOfOneShape:
    def test_stand_below_each_other_whatever_the_order_of_their_columns(self):
        first, second = raw("a.csv", {"x": [1, 2], "y": ["p", "q"]}), raw("b.csv", {"y": ["r"], "x": [3]}, skipped=1)
        both = stacked([first, second])
        assert both.raw.table.to_pydict() == {"x": [1, 2, 3], "y": ["p", "q", "r"]}
        assert both.raw.rows.tolist() == [0, 1, 1]
        assert both.source_of.tolist() == [0, 0, 1]
        assert both.sources == ("a.csv", "b.csv")
        assert both.raw.source == "a.csv + b.csv"
        assert both.raw.malformed["reason"].to_pylist() == ["b.csv: 2 cells too many"]
        assert both.raw.notes[0] == (
            "2 files of the same columns stand one below the other: a.csv (2 rows), b.csv (1 row)."
        )
        assert both.raw.sha256 not in {"00", stacked([first]).raw.sha256}

    @pytest.mark.parametrize(
        ("one", "other", "together"),
        [
            ([1], [0.5], [1.0, 0.5]),
            ([1], ["a"], ["1", "a"]),
            ([1.0, 2.5], ["a"], ["1", "2.5", "a"]),
            ([True], [3], [1, 3]),
            ([True], ["no"], ["true", "no"]),
            ([None], [["a"]], [None, ["a"]]),
            ([["a", "é"]], ["b"], ['["a", "é"]', "b"]),
            ([2**60 + 1], [0.5], [str(2**60 + 1), "0.5"]),
            ([["a"]], [1], ['["a"]', "1"]),
        ],
    )
    def test_have_types_that_hold_both(self, one, other, together):
        assert stacked([raw("a", {"x": one}), raw("b", {"x": other})]).raw.table["x"].to_pylist() == together

    def test_are_found_among_several(self):
        a, b, c = raw("a", {"x": [1], "y": [1]}), raw("b", {"x": [1]}), raw("c", {"y": [2], "x": [2]})
        assert alike([a, b, c]) == [[a, c], [b]]

    def test_are_not_made_of_others(self):
        with pytest.raises(SourceError, match=r"do not have the same columns \(a \+ b\)"):
            stacked([raw("a", {"x": [1]}), raw("b", {"y": [1]})])


class TestByTrackId:
    main = rows(
        track_id=["1", "2", "3", "2"], track_name=["One", "Two", "Three", "Two"], tempo=[np.nan, 90, 100, np.nan]
    )
    other = rows(track_id=["2", "9", "3"], energy=[0.2, 0.9, 0.3], tempo=[120, 130, 140], m_country=["x", "y", None])

    def test_rows_keep_their_order_and_gaps_are_filled(self):
        found = joined(self.main, self.other)
        assert found.key == "track id"
        assert found.table["track_id"].tolist() == ["1", "2", "3", "2"]
        np.testing.assert_array_equal(found.table["energy"], [np.nan, 0.2, 0.3, 0.2])
        np.testing.assert_array_equal(found.table["tempo"], [np.nan, 90, 100, 120])
        assert found.matched.tolist() == [False, True, True, True]
        assert found.unmatched.tolist() == [1]

    def test_figures_are_said(self):
        found = joined(self.main, self.other, main_name="tracks.csv", other_name="echonest.json")
        assert found.how == (
            "3 of 4 rows of tracks.csv found in echonest.json by track id; 1 row of echonest.json matched nothing."
        )
        assert [str(each) for each in found.coverage] == [
            "energy: 0 of 4 rows before, 3 after.",
            "tempo: 2 of 4 rows before, 3 after.",
            "m_country: 0 of 4 rows before, 2 after.",
        ]

    def test_links_and_written_numbers_are_the_same_id(self):
        other = rows(track_id=["spotify:track:1", "2.0", "https://open.spotify.com/track/3?si=x"], energy=[1, 2, 3])
        assert joined(self.main, other).table["energy"].tolist() == [1, 2, 3, 2]

    def test_row_numbers_are_no_ids(self):
        n = 26
        titles = [letter * 9 for letter in "abcdefghijklmnopqrstuvwxyz"]
        main = rows(track_id=map(str, range(n)), track_name=titles, artists=["A"] * n)
        other = rows(track_id=map(str, range(n)), track_name=titles[::-1], artists=["A"] * n, tempo=range(n))
        found = joined(main, other)
        assert found.key == "artist and title"
        assert found.table["tempo"].tolist() == list(range(n))[::-1]
        assert found.table["track_id"].tolist() == main["track_id"].tolist()
        assert joined(main, other.assign(track_name=other["track_name"][::-1].to_numpy())).key == "track id"

    def test_too_few_shared_ids_do_not_count(self):
        main = rows(track_id=map(str, range(100)))
        other = rows(track_id=[str(i + 96) for i in range(100)], tempo=[1] * 100)
        with pytest.raises(
            SourceError, match=r"a and b have no track ids, artists and titles, or artists in common\. Say"
        ):
            joined(main, other, main_name="a", other_name="b")
        assert joined(main, other.iloc[:50]).matched.sum() == 4

    def test_a_date_comes_as_a_whole(self):
        main = rows(track_id=["1", "2"], release_date=["1999", None], release_precision=["year", None])
        other = rows(
            track_id=["1", "2"],
            release_date=["2001-05-06", "2002-07"],
            release_precision=["day", "month"],
            release_year=[2001, 2002],
        )
        table = joined(main, other).table
        assert table["release_date"].tolist() == ["1999", "2002-07"]
        assert table["release_precision"].tolist() == ["year", "month"]
        np.testing.assert_array_equal(table["release_year"], [np.nan, 2002])

    def test_missing_lists_are_empty_ones(self):
        main = rows(track_id=["1", "2", "3"], genres=[["a"], [], None])
        other = rows(track_id=["1", "2"], genres=[["b"], ["c"]])
        assert joined(main, other).table["genres"].tolist() == [["a"], ["c"], []]
        assert joined(main[["track_id"]], other).table["genres"].tolist() == [["b"], ["c"], []]


class TestRepeatedKeys:
    table = rows(
        track_id=["1", "1", "1", "2"],
        tempo=[100, 130, 110, 90],
        key=[0, 11, 0, 4],
        popularity=[0, 40, 60, 0],
        genres=[["b"], ["a", "b"], [], ["c"]],
        album_name=["Z", None, "B", "C"],
        artists=["Y", "X", "X", "Q"],
        artist_names=[["Y"], ["X", "V"], ["X", "W"], ["Q"]],
        release_date=["2001", "1999-05", None, "2000"],
        release_precision=["year", "month", None, "year"],
        release_year=[2001, 1999, np.nan, 2000],
    )
    wanted: ClassVar = {
        "tempo": 110,
        "key": 0,
        "popularity": 50,
        "genres": ["a", "b"],
        "album_name": "B",
        "artists": "X",
        "artist_names": ["X", "V"],
        "release_date": "1999-05",
        "release_precision": "month",
        "release_year": 1999,
    }

    @pytest.mark.parametrize("seed", range(4))
    def test_count_as_one_row_whatever_their_order(self, seed):
        shuffled = self.table.sample(frac=1, random_state=seed)
        one = one_per_key(shuffled, shuffled["track_id"].astype(int).to_numpy() - 1)
        assert one.loc[0, list(self.wanted)].to_dict() == self.wanted
        assert one.loc[1, "tempo"] == 90
        assert one.loc[1, "genres"] == ["c"]

    def test_are_brought_in_once(self):
        found = joined(rows(track_id=["1", "2", "5"]), self.table)
        assert len(found.table) == 3
        assert found.table["tempo"].tolist()[:2] == [110, 90]
        assert not len(found.unmatched)


class TestByArtist:
    main = rows(
        track_id=["1", "2", "3", "4"],
        track_name=["a", "b", "c", "d"],
        artists=["Beyoncé; JAY-Z", "Nobody", "Earth, Wind & Fire", None],
        artist_names=[["Beyoncé", "JAY-Z"], ["Nobody"], ["Earth", "Wind & Fire"], []],
        popularity=[np.nan, 1, 2, 3],
        tempo=[100, np.nan, 90, 80],
    )
    artists = rows(
        artists=["beyonce", "Jay Z", "Earth Wind & Fire", "Unused"],
        genres=[["pop", "r&b"], ["rap", "pop"], ["funk"], ["none"]],
        popularity=[99, 98, 97, 96],
        energy=[0.1, 0.2, 0.3, 0.4],
        m_country=["US", "us", "USA", "x"],
    )

    def test_tags_are_united_over_all_credited(self):
        found = joined(self.main, self.artists)
        assert found.key == "artist"
        assert found.table["genres"].tolist() == [["pop", "r&b", "rap"], [], ["funk"], []]
        assert found.matched.tolist() == [True, False, True, False]
        assert found.unmatched.tolist() == [3]

    def test_numbers_of_an_artist_are_not_those_of_a_track(self):
        table = joined(self.main, self.artists).table
        assert "energy" not in table
        np.testing.assert_array_equal(table["popularity"], [np.nan, 1, 2, 3])

    def test_texts_are_those_of_the_main_artist(self):
        assert joined(self.main, self.artists).table["m_country"].fillna("").tolist() == ["US", "", "USA", ""]

    def test_features_stand_in_where_no_track_has_its_own_and_it_is_said(self):
        found = joined(self.main.drop(columns=["tempo", "popularity"]), self.artists)
        np.testing.assert_array_equal(found.table["energy"], [0.1, np.nan, 0.3, np.nan])
        assert found.how.endswith("Audio features are those of the artist.")
        assert "popularity" not in found.table

    @pytest.mark.parametrize(
        "named", [{"artist_ids": [["b"], ["a"]]}, {"track_id": ["b", "a"], "track_name": ["B", "A"]}]
    )
    def test_ids_go_before_names(self, named):
        main = rows(track_name=["x", "y"], artists=["Same", "Same"], artist_ids=[["a", "b"], ["a"]])
        found = joined(main, rows(**named, artists=["Same", "Same"], genres=[["of b"], ["of a"]]))
        assert found.key == "artist id"
        assert found.table["genres"].tolist() == [["of a", "of b"], ["of a"]]
        assert found.table["track_name"].tolist() == ["x", "y"]

    def test_a_single_genre_becomes_a_tag(self):
        found = joined(self.main, rows(artists=["JAY-Z", "Nobody"], genre=["rap", None]))
        assert found.table["genres"].tolist() == [["rap"], [], [], []]

    def test_equal_names_of_artists_unite_their_tags(self):
        found = joined(self.main, rows(artists=["JAY-Z", "jay z"], genres=[["b"], ["a"]]))
        assert found.table["genres"].tolist()[0] == ["a", "b"]


class TestByArtistAndTitle:
    main = rows(
        track_name=["Don’t Stop!", "Crazy in Love (feat. Jay-Z)", "Untouched", "Same title"],
        artists=["Fleetwood Mac", "Beyoncé", "A", "B"],
    )
    other = rows(
        track_id=["1", "2", "3", "4"],
        track_name=["dont stop", "Crazy In Love", "Something else", "Same title"],
        artists=["FLEETWOOD MAC", "Beyonce", "A", "C"],
        release_date=["1977", "2003", "2000", "2001"],
    )

    def test_writing_does_not_matter_and_similar_titles_are_listed(self):
        found = joined(self.main, self.other)
        assert found.table["release_date"].fillna("").tolist() == ["1977", "2003", "", ""]
        assert found.fuzzy.to_pylist() == [
            {
                "title": "Crazy in Love (feat. Jay-Z)",
                "other_title": "Crazy In Love",
                "artist": "Beyoncé",
                "score": 100.0,
            }
        ]
        assert found.unmatched.tolist() == [2, 3]
        assert found.how.endswith("Similar titles of the same artist found 1 of them.")

    def test_ids_stay_out(self):
        assert "track_id" not in joined(self.main, self.other).table

    def test_titles_without_artists_are_not_enough(self):
        with pytest.raises(SourceError, match="--map COLUMN=track_id"):
            joined(self.main[["track_name"]], self.other)

    def test_missing_names_match_nothing(self):
        main = rows(track_name=[None, "x", "  "], artists=["A", None, "A"])
        with pytest.raises(SourceError):
            joined(main, main.assign(tempo=1.0))

    def test_an_exact_title_goes_before_a_similar_one(self):
        main = rows(track_name=["Wonderwall of sound", "Wonderwall of sounds"], artists=["A", "A"])
        other = rows(track_name=["Wonderwall of sounds"], artists=["A"], tempo=[1])
        np.testing.assert_array_equal(joined(main, other).table["tempo"], [np.nan, 1])


def alike_titles(ours: list[str], theirs: list[str], **options) -> list[tuple[str, str]]:
    one, other = (rows(track_name=titles, artists=["A"] * len(titles)) for titles in (ours, theirs))
    found = similar_titles(one, title_keys(one), other, title_keys(other), **options)
    return [(each["title"], each["other_title"]) for each in found.listed.to_pylist()]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Bohemian Rhapsody", "Bohemian Rapsody"),
        ("Whole Lotta Love", "Love, Whole Lotta"),
        ("Superhuman", "Superhuman (feat. Eric Leva)"),
        ("Symphony Part II", "Symphony, Part 2"),
        ("Господи помилуй", "Господи помилуи"),
    ],
)
def test_titles_that_are_similar(ours, theirs):
    assert alike_titles([ours], [theirs]) == [(ours, theirs)]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Another Brick in the Wall Part 1", "Another Brick in the Wall Part 2"),
        ("Another Brick in the Wall Part I", "Another Brick in the Wall Part II"),
        ("A very long title of a song", "A very long title of a song live"),
        ("A very long title of a song (remix)", "A very long title of a song"),
        ("I can live with that, darling", "I can't live with that, darling"),
        ("Summer of 1969 all over again", "Summer of 1968 all over again"),
        ("Hello", "Yellow"),
    ],
)
def test_titles_that_are_not(ours, theirs):
    assert alike_titles([ours], [theirs]) == []


def test_a_title_gives_itself_once_to_its_best():
    ours, theirs = ["Wonderful tonights again", "Wonderful tonight again now"], ["Wonderful tonight again"]
    assert alike_titles(ours, theirs) == [("Wonderful tonights again", "Wonderful tonight again")]


def test_comparisons_are_bounded_and_the_rest_is_counted():
    titles = [f"{'abcdefghij'[i % 10] * 8} song" for i in range(10)]
    one, other = (
        rows(track_name=titles, artists=["A"] * 10),
        rows(track_name=[t + "s" for t in titles], artists=["A"] * 10),
    )
    found = similar_titles(one, title_keys(one), other, title_keys(other), most=99)
    assert (found.listed.num_rows, found.uncompared) == (0, 100)
    assert similar_titles(one, title_keys(one), other, title_keys(other), most=100).listed.num_rows == 10


@given(st.lists(st.text(max_size=12)))
def test_texts_are_compared_as_a_search_does(texts):
    wanted = [searchable(text) for text in texts]
    found = normalised(pa.array(texts, pa.string())).to_pylist()
    assert [each for each, word in zip(found, wanted, strict=True) if word] == list(filter(None, wanted))


@given(st.lists(st.sampled_from("abcde"), min_size=1), st.lists(st.sampled_from("abcdef"), min_size=1), st.randoms())
def test_no_row_is_lost_or_made(ids, others, random):
    main = rows(track_id=ids, x_n=range(len(ids)))
    other = rows(track_id=others, tempo=range(len(others)))
    if not set(ids) & set(others):
        return
    found = joined(main, other)
    assert found.table["x_n"].tolist() == list(range(len(ids)))
    assert found.matched.tolist() == [each in others for each in ids]
    assert found.unmatched.tolist() == [place for place, each in enumerate(others) if each not in ids]
    again = joined(main, other.sample(frac=1, random_state=random.randrange(1000)))
    pd.testing.assert_frame_equal(again.table, found.table)


class TestSeveralTables:
    tracks = rows(track_id=["1", "2"], track_name=["a", "b"], genre=["x", "y"])
    credits = rows(track_id=["1", "2"], artists=["A", "B"], artist_names=[["A"], ["B"]])
    artists = rows(artists=["B", "A"], genres=[["of b"], ["of a"]])

    def test_the_main_one_has_titles(self):
        assert main_of([self.artists, self.credits, self.tracks]) == 2
        assert main_of([self.credits, self.artists]) == 0
        assert main_of([self.tracks, pd.concat([self.tracks, self.tracks])]) == 1

    @pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (2, 0, 1)])
    def test_one_may_need_what_another_brings(self, order):
        named = [("tracks", self.tracks), ("credits", self.credits), ("artists", self.artists)]
        found = joined_all([named[place] for place in order])
        assert found.main == "tracks"
        assert [name for name, _ in found.steps] == ["credits", "artists"]
        assert found.table["genres"].tolist() == [["of a"], ["of b"]]
        assert found.hows[1] == "2 of 2 rows of tracks found in artists by artist; 0 rows of artists matched nothing."

    def test_one_that_belongs_nowhere_is_named(self):
        with pytest.raises(SourceError, match="tracks and strange have no track ids"):
            joined_all([("tracks", self.tracks), ("strange", rows(tempo=[1, 2]))])

    def test_a_single_one_is_itself(self):
        found = joined_all([("tracks", self.tracks)])
        pd.testing.assert_frame_equal(found.table, self.tracks)
        assert not found.steps
