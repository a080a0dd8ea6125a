from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.genres.tags import split_tags

NAMES = st.text(st.characters(exclude_characters="'\"\\,;|()[]{}&", exclude_categories=("Cs", "Cc", "Z")), min_size=1)


def tags_of(*cells: object) -> list[list[str]]:
    found = split_tags(pd.Series(cells, dtype=object))
    assert found.type == pa.list_(pa.string())
    assert found.null_count == 0
    return found.to_pylist()


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("rock", ["rock"]),
        ("rock, pop", ["rock", "pop"]),
        ("rock;pop ; jazz", ["rock", "pop", "jazz"]),
        ("rock|pop", ["rock", "pop"]),
        ("r&b/soul", ["r&b/soul"]),
        ("r&b / soul", ["r&b / soul"]),
        ("['rock', 'pop']", ["rock", "pop"]),
        ('["rock","pop"]', ["rock", "pop"]),
        ("{'rock'}", ["rock"]),
        ("('rock', 'pop')", ["rock", "pop"]),
        ("['rock' 'pop'\n 'jazz']", ["rock", "pop", "jazz"]),
        ('{rock,"hip hop"}', ["rock", "hip hop"]),
        ("""['rock "n" roll', "children's"]""", ['rock "n" roll', "children's"]),
        ('["caf\\u00e9", null]', ["café"]),
        ("['rock', 'pop", ["rock", "pop"]),
        ("['rock', pop']", ["rock", "pop"]),
        ("[live] rock", ["[live] rock"]),
        ("[{'genre_id': '12', 'genre_title': 'Rock'}, {'genre_id': '5', 'genre_title': 'Pop'}]", ["Rock", "Pop"]),
        ("[rock, pop]", ["rock", "pop"]),
        (r"['a\d', 'b']", [r"a\d", "b"]),
        ("[]", []),
        ("{}", []),
        ("set()", []),
        ("['']", []),
        ("", []),
        (" ; ;", []),
        ("pop (live; loud); rock", ["pop (live; loud)", "rock"]),
    ],
)
def test_every_way_to_write_a_list(cell, tags):
    assert tags_of(cell, None) == [tags, []]


def test_brackets_too_deep_to_read_hold_no_tag():
    assert tags_of("[" * 5000 + "]" * 5000) == [[]]


class TestCommas:
    def test_they_separate_where_the_parts_stand_in_other_cells(self):
        assert tags_of("rock, pop", "pop, jazz", "rock", "folk", "jazz")[0] == ["rock", "pop"]

    def test_they_belong_to_a_name_where_the_parts_stand_nowhere_else(self):
        cells = ("Stage, Screen", "Rock", "Pop", "Jazz")
        assert tags_of(*cells) == [[cell] for cell in cells]

    def test_they_belong_to_a_name_where_something_else_separates(self):
        assert tags_of("Tyler, the sound; rock") == [["Tyler, the sound", "rock"]]

    def test_the_last_one_before_and_belongs_to_a_name(self):
        cells = ("Folk, World, & Country", "Rock", "Pop", "Jazz")
        assert tags_of(*cells)[0] == ["Folk, World, & Country"]


class TestSpellings:
    def test_the_commonest_stands_for_all(self):
        assert tags_of("Rock", "rock", "rock", "ROCK;Pop") == [["rock"], ["rock"], ["rock"], ["rock", "Pop"]]

    def test_of_equally_many_the_first_in_the_alphabet(self):
        assert tags_of("rock", "Rock") == [["Rock"], ["Rock"]]

    def test_a_repeat_in_another_case_is_dropped(self):
        assert tags_of("rock;Rock;pop;rock  ") == [["rock", "pop"]]

    def test_spaces_inside_are_single(self):
        assert tags_of("hip  hop", "hip hop") == [["hip hop"], ["hip hop"]]


class TestLists:
    def test_objects_pass_through(self):
        assert tags_of(["rock", " pop ", ""], None, (), np.array(["Rock", "rock"])) == [
            ["rock", "pop"],
            [],
            [],
            ["rock"],
        ]

    def test_arrow_lists_pass_through(self):
        lists = pa.chunked_array([pa.array([["a", None], None]), pa.array([["A"], ["a"]])])
        assert split_tags(lists).to_pylist() == [["a"], [], ["a"], ["a"]]
        assert split_tags(lists.combine_chunks().slice(2)).to_pylist() == [["A"], ["A"]]

    def test_lists_among_text_are_read_cell_by_cell(self):
        assert tags_of(["b", "a"], "a;b", {"b", "a"}, np.nan, 7) == [["b", "a"], ["a", "b"], ["a", "b"], [], ["7"]]

    def test_lists_of_nothing(self):
        assert tags_of([], []) == [[], []]
        assert tags_of() == []
        assert tags_of(None, None) == [[], []]


@pytest.mark.parametrize("series", [pd.Series(["a;b", "a"], dtype="category"), pd.Series(["a;b", "a"], dtype="string")])
def test_other_kinds_of_text_columns(series):
    assert split_tags(series).to_pylist() == [["a", "b"], ["a"]]


@pytest.mark.parametrize("write", [repr, lambda tags: ";".join(tags), lambda tags: "|".join(tags) + "|"])
@given(lists=st.lists(st.lists(NAMES, min_size=1), min_size=1))
def test_what_was_joined_is_found_again(write, lists):
    wanted = [[tag.casefold() for tag in tags] for tags in lists]
    found = split_tags(pd.Series([write(tags) for tags in lists])).to_pylist()
    assert [[tag.casefold() for tag in tags] for tags in found] == [list(dict.fromkeys(tags)) for tags in wanted]


@given(st.lists(st.text("ab'\"[]{}(),;| &", max_size=20) | st.none()))
def test_any_text_has_tags_without_spaces_around_and_without_repeats(cells):
    found = split_tags(pd.Series(cells, dtype=object)).to_pylist()
    assert len(found) == len(cells)
    for tags in found:
        assert all(tag and tag == tag.strip() for tag in tags)
        assert len({tag.casefold() for tag in tags}) == len(tags)


@given(st.lists(st.text("aAbB;", max_size=6), min_size=1), st.randoms())
def test_row_order_does_not_matter(cells, random):
    order = random.sample(range(len(cells)), len(cells))
    moved = split_tags(pd.Series([cells[i] for i in order], dtype=object)).to_pylist()
    kept = split_tags(pd.Series(cells, dtype=object)).to_pylist()
    assert moved == [kept[i] for i in order]
