from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.errors import SelectionError
from data.lassos import LASSO_LAYOUTS, MAX_LASSOS, Lasso
from data.polygon import points_in_polygon
from data.ranges import RANGE_KEYS, Range
from data.selection import MAP_EXTENT, Selection

GENRES = ("rock", "metal", "r&b", "drum, bass & more", "кириллица")


@st.composite
def ranges(draw):
    field = draw(st.sampled_from(sorted(RANGE_KEYS.values())))
    low, high = sorted(draw(st.tuples(st.integers(0, 90), st.integers(91, 100))))
    ends = draw(st.sampled_from([(low, high), (low, math.inf), (-math.inf, high)]))
    return Range(field, *map(float, ends))


coordinate = st.integers(0, MAP_EXTENT)
lassos = st.builds(
    Lasso,
    corners=st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=8).map(tuple),
    layout=st.sampled_from(list(LASSO_LAYOUTS)),
)
some_lassos = st.lists(lassos, max_size=4, unique=True).map(tuple)
plain_selections = st.builds(
    Selection,
    genres=st.sets(st.sampled_from(GENRES)).map(lambda s: tuple(sorted(s))),
    clusters=st.sets(st.integers(0, 30)).map(lambda s: tuple(sorted(s))),
    ranges=st.sets(ranges(), max_size=4).map(lambda r: tuple(sorted(r))),
    lassos=some_lassos,
    predicted=st.sets(st.sampled_from(GENRES)).map(lambda s: tuple(sorted(s))),
)
some_out = st.none() | plain_selections.filter(lambda selection: selection != Selection())
others = st.just("rest") | st.none() | st.builds(replace, plain_selections, out=some_out)
selections = st.builds(replace, plain_selections, out=some_out)
compared_selections = st.builds(replace, selections, against=others)


@given(compared_selections)
def test_the_address_form_round_trips(selection):
    assert Selection.from_query(selection.query()) == selection


@given(compared_selections)
def test_every_filter_can_be_removed_by_its_key(selection):
    for key in (*selection.query(), *selection.parts()):
        fewer = selection.without(key)
        assert key not in fewer.query()
        assert key not in fewer.parts()


@given(plain_selections)
def test_every_filter_is_said(selection):
    assert set(selection.parts()) == set(selection.query())


@given(plain_selections)
def test_what_was_taken_out_is_said_filter_by_filter(selection):
    taken = Selection(out=selection) if selection.query() else Selection()
    assert set(taken.parts()) == {f"out.{key}" for key in selection.query()}
    assert all(text.startswith("not ") for text in taken.parts().values())


@given(selections, others)
def test_what_it_is_compared_with_filters_no_track(selection, other):
    table = columns()
    both = (one.mask(table, genre_names=GENRES) for one in (selection, replace(selection, against=other)))
    np.testing.assert_array_equal(*both)


@given(plain_selections)
def test_what_passes_any_filter_is_taken_out(selection):
    table = columns()
    passes = [one.mask(table, genre_names=GENRES) for one in selection.single()]
    kept = Selection(out=selection).mask(table, genre_names=GENRES)
    np.testing.assert_array_equal(kept, ~np.logical_or.reduce([np.zeros(200, bool), *passes]))


def test_of_several_ranges_of_a_field_any_will_do_and_both_can_be_taken_out():
    table = columns()
    wanted = ((table["energy"] <= 10) | (table["energy"] >= 90)) & np.isfinite(table["energy"])
    chosen = Selection.from_query({"energy": "..10,90.."})
    np.testing.assert_array_equal(chosen.mask(table, genre_names=GENRES), wanted)
    np.testing.assert_array_equal(Selection(out=chosen).mask(table, genre_names=GENRES), ~wanted)
    assert Selection(out=chosen).query() == {"out": "energy:..10,90.."}
    assert chosen.parts() == {"energy": "energy under 10.00 or energy over 90.00"}


def test_a_track_with_a_missing_value_is_not_taken_out():
    kept = Selection.from_query({"out": "energy:0.."}).mask(columns(), genre_names=GENRES)
    assert kept[:20].all()
    assert not kept[20:].any()


def columns(n: int = 200) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    found = {name: rng.uniform(0, 100, n).astype(np.float32) for name in RANGE_KEYS.values()}
    found["energy"][:20] = np.nan
    position = rng.integers(0, MAP_EXTENT, (2, n)).astype(np.int16)
    return found | {
        "genre": rng.integers(-1, len(GENRES), n).astype(np.int16),
        "predicted": rng.integers(-1, len(GENRES), n).astype(np.int16),
        "cluster": rng.integers(0, 31, n).astype(np.int16),
        "map_x": position[0],
        "map_y": position[1],
        **{f"{layout}_{end}": position[k][::-1] for layout in LASSO_LAYOUTS if layout for k, end in enumerate("xy")},
    }


@given(selections)
def test_filters_combine_as_and(selection):
    table = columns()
    whole = selection.mask(table, genre_names=GENRES)
    parts = [
        Selection.from_query({key: text}).mask(table, genre_names=GENRES) for key, text in selection.query().items()
    ]
    np.testing.assert_array_equal(whole, np.logical_and.reduce([np.ones(200, bool), *parts]))


def test_no_filter_passes_everything():
    assert Selection().mask(columns(), genre_names=GENRES).all()


def test_a_missing_value_does_not_pass_a_range():
    mask = Selection(ranges=(Range("energy", 0.0),)).mask(columns(), genre_names=GENRES)
    assert not mask[:20].any()
    assert mask[20:].all()


def test_points_in_a_concave_polygon():
    arrow = np.array([[0, 0], [10, 0], [10, 10], [5, 2], [0, 10]])
    x, y = np.array([1, 5, 9, 5]), np.array([5, 1, 5, 6])
    assert points_in_polygon(x, y, arrow).tolist() == [True, True, True, False]


def test_a_lasso_names_the_layout_it_was_drawn_on_and_leaves_out_what_is_not_there():
    selection = Selection.from_query({"lasso": "tsne.-10.-10.-10.9000.9000.9000.9000.-10"})
    (drawn,) = selection.lassos
    assert (drawn.layout, len(drawn.corners)) == ("tsne", 4)
    assert selection.parts() == {"lasso": "inside the shape drawn on the map by t-SNE"}
    table = {"tsne_x": np.array([-1, 5, 9_500], np.int16), "tsne_y": np.array([-1, 5, 9_500], np.int16)}
    assert selection.mask(table, genre_names=()).tolist() == [False, True, False]
    with pytest.raises(SelectionError, match="This catalogue has no map by t-SNE to filter by"):
        selection.mask({"map_x": np.zeros(3)}, genre_names=())


@given(some_lassos.filter(bool))
def test_of_several_lassos_any_lets_a_track_pass_and_where_they_overlap_they_do_not_cancel(drawn):
    table = columns()
    apart = [Selection(lassos=(one,)).mask(table, genre_names=GENRES) for one in drawn]
    together = Selection(lassos=drawn)
    wanted = np.logical_or.reduce(apart)
    np.testing.assert_array_equal(together.mask(table, genre_names=GENRES), wanted)
    np.testing.assert_array_equal(Selection(out=together).mask(table, genre_names=GENRES), ~wanted)
    assert Selection.from_query(together.query()) == together


def test_several_lassos_are_counted_in_words_layout_by_layout():
    triangle = "0.0.900.0.900.900"
    said = Selection.from_query({"lasso": f"{triangle},5.{triangle}.5,pca.{triangle}"}).parts()["lasso"]
    assert said == "inside any of 2 shapes drawn on the map or inside the shape drawn on the map by PCA"
    assert len(Selection.from_query({"lasso": f"{triangle},{triangle}"}).lassos) == 1, "drawn twice, it is one"


def test_as_many_lassos_as_may_be_drawn_can_be_taken_out():
    many = tuple(Lasso(tuple((20_000 + k, 30_000 + n) for k in range(60))) for n in range(MAX_LASSOS))
    taken = Selection(out=Selection(lassos=many))
    assert Selection.from_query(taken.query()) == taken
    with pytest.raises(SelectionError, match=f"at most {MAX_LASSOS} shapes"):
        Selection.from_query({"lasso": ",".join(f"0.0.0.9.9.{n}" for n in range(MAX_LASSOS + 1))})


@given(st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=9))
def test_the_direction_of_a_polygon_does_not_matter(corners):
    table = columns()
    forwards = points_in_polygon(table["map_x"], table["map_y"], np.array(corners))
    backwards = points_in_polygon(table["map_x"], table["map_y"], np.array(corners[::-1]))
    np.testing.assert_array_equal(forwards, backwards)


def test_words():
    selection = Selection.from_query({"genre": "rock,metal", "energy": "0.8..", "year": "1990..1999", "cluster": "1"})
    assert selection.parts(cluster_names={1: "fast, loud"}) == {
        "genre": "metal or rock",
        "cluster": "fast, loud",
        "energy": "energy over 0.80",
        "year": "1990 to 1999",
    }


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"energy": "loud"}, r"The filter energy=loud cannot be read. Write it as a range, such as 0.2..0.8"),
        ({"energy": "0.9..0.1"}, r"The filter energy=0.9..0.1 cannot be read"),
        ({"energy": "nan..1"}, r"The filter energy=nan..1 cannot be read"),
        ({"cluster": "one"}, r"The filter cluster=one cannot be read. Write it as whole numbers"),
        ({"lasso": "1.2.3"}, r"The filter lasso=1.2.3 cannot be read. Write it as 3 to 200 corners"),
        ({"against": "loud"}, r"The filter against=loud cannot be read. Write it as key:value;key:value"),
        ({"out": "out:out:out:genre:rock"}, r"The filter out=out:out:out:genre:rock cannot be read"),
        ({"lasso": "1.2.x.4.5.6"}, r"cannot be read"),
        ({"lasso": ".".join(["1"] * 402)}, r"cannot be read"),
    ],
)
def test_what_cannot_be_read_is_said(query, sentence):
    with pytest.raises(SelectionError, match=sentence):
        Selection.from_query(query)


def test_an_unknown_genre_is_said():
    with pytest.raises(SelectionError, match="This catalogue has no genre named 'polka'"):
        Selection(genres=("polka",)).mask(columns(), genre_names=GENRES)


def test_a_catalogue_without_a_model_of_genres_says_so():
    with pytest.raises(SelectionError, match="This catalogue has no predicted genres to filter by"):
        Selection(predicted=("rock",)).mask({"energy": np.zeros(3)}, genre_names=GENRES)


def test_a_comparison_with_all_tracks_and_with_the_rest_stays_short():
    assert Selection(against=Selection()).query() == {"against": "all"}
    assert Selection(genres=("rock",), against="rest").query() == {"genre": "rock", "against": "rest"}


def test_a_field_that_the_catalogue_lacks_is_said():
    with pytest.raises(SelectionError, match="This catalogue has no release year to filter by"):
        Selection.from_query({"year": "1990.."}).mask({"energy": np.zeros(3)}, genre_names=())


@pytest.mark.parametrize("n_corners", [3, 5, 60])
def test_many_points_are_in_a_polygon_as_few_are(n_corners):
    rng = np.random.default_rng(n_corners)
    x, y = rng.integers(0, 32_001, (2, 60_000)).astype(np.int16)
    corners = rng.integers(0, 32_001, (n_corners, 2))
    one_by_one = np.concatenate(
        [points_in_polygon(x[i : i + 10_000], y[i : i + 10_000], corners) for i in range(0, len(x), 10_000)]
    )
    assert np.array_equal(points_in_polygon(x, y, corners), one_by_one)
