"""Two selections against each other, many features, many genres: what the Overview makes of them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pytest

from dash_app.answers import comparing, distributions, overview, relations, selecting, unusual
from dash_app.answers.groups import genre_groups
from data.fields import FIELDS, Field
from data.selection import Selection
from models.bundle import Bundle
from tests.dash_app.asking import ask

METAL = Selection(genres=("metal",))
MANY = 57


class Wide:
    """A catalogue of many features and genres, as far as answers look at it."""

    id, facts = "wide", staticmethod(lambda _: {})

    def __init__(self, *, n: int = 3_000, features: int = MANY, genres: int = 114) -> None:
        noise = np.random.default_rng(1)
        shared = noise.normal(size=n)
        self.feature_names = tuple(f"x_mfcc_{k}_of_a_feature_with_a_long_name" for k in range(features))
        self.columns = {
            name: (shared * (k < 5) + noise.normal(size=n)).astype(np.float32)
            for k, name in enumerate(self.feature_names)
        }
        self.genre_names = tuple(f"genre {k}" for k in range(genres))
        if genres:
            self.columns["genre"] = np.sort(noise.integers(0, genres, n) * noise.integers(0, genres, n) // genres)
        self.n = n

    def __len__(self) -> int:
        return self.n

    @cached_property
    def dictionary(self) -> dict[str, Field]:
        return {**FIELDS, **{name: Field.named(name) for name in self.feature_names}}


@pytest.fixture(scope="module")
def wide() -> Wide:
    return Wide()


def test_the_rest_is_what_is_not_selected(sample: Bundle):
    rest = selecting.other_selected(sample, Selection(genres=("metal",), against="rest"))
    np.testing.assert_array_equal(rest, ~selecting.selected(sample, METAL))


def test_what_sets_a_genre_apart_from_another_is_the_same_the_other_way_round(sample: Bundle):
    rock = Selection(genres=("rock",))
    one = comparing.sets_apart(sample, Selection(genres=("metal",), against=rock)).table.set_index("field")
    two = comparing.sets_apart(sample, Selection(genres=("rock",), against=METAL)).table.set_index("field")
    np.testing.assert_allclose(one["effect"], -two["effect"].loc[one.index], atol=1e-9)
    assert (one["low"] <= one["effect"]).all()
    assert one["effect"].abs().is_monotonic_decreasing


def test_a_selection_against_itself_differs_in_nothing_and_says_that_it_is_on_both_sides(sample: Bundle):
    answer = comparing.sets_apart(sample, Selection(genres=("metal",), against=METAL))
    assert answer.headline == "Nothing sets it clearly apart from metal."
    assert answer.caveats == ("845 tracks are on both sides.",)
    assert (answer.table["effect"] == 0).all()


def test_everything_without_a_comparison_asks_to_select(sample: Bundle):
    assert comparing.sets_apart(sample, Selection()).headline.startswith("Select some tracks")


@pytest.mark.parametrize("against", ["rest", "genre:rock"])
def test_every_chart_has_the_other_side(sample: Bundle, against: str):
    compared = Selection.from_query({"genre": "metal", "against": against})
    assert overview.genre_balance(sample, compared).table["n_other"].sum() > 0
    assert distributions.distribution(sample, compared, "tempo").table["share_other"].sum() == pytest.approx(1)
    assert "q50_other" in distributions.by_genre(sample, compared, "tempo").table
    assert "density_other" in distributions.densities(sample, compared, "tempo").table
    assert relations.correlations(sample, compared, method="pearson").facts["other"] is not None
    assert relations.two_features(sample, compared, "tempo", "energy").facts["line_other"] is not None
    assert "share_other" in relations.pairs(sample, compared, ("tempo", "energy")).table
    assert relations.parallel(sample, compared).facts["axes"]["middle_other"].notna().all()


def test_tracks_taken_for_a_genre_are_those_of_the_confusions(sample: Bundle):
    chosen = Selection(genres=("rock",), predicted=("metal",))
    table = relations_of_confusion(sample)
    assert selecting.selected(sample, chosen).sum() == table.loc["rock", "metal"]


def relations_of_confusion(bundle: Bundle):
    from dash_app.answers import genres

    table = genres.confusion(bundle, Selection()).table
    return table.pivot_table(index="actual", columns="predicted", values="n", fill_value=0)


def test_a_catalogue_without_a_model_of_genres_is_asked_in_vain(poor: Bundle):
    assert selecting.predicted_genres(poor) == {}


def test_shares_of_every_pair_of_features_are_1(sample: Bundle):
    table = relations.pairs(sample, METAL, ("energy", "tempo")).table
    assert table.groupby(["across", "up"])["share"].sum().to_numpy() == pytest.approx(1)
    assert len(table["across"].unique()) == 5


def test_places_of_a_track_are_between_the_ends_of_its_axes(sample: Bundle):
    answer = relations.parallel(sample, Selection.from_query({"energy": "0.8.."}))
    axis = answer.facts["axes"].set_index("field").loc["energy"]
    assert answer.table["place"].between(-0.05, 1.05).all()
    assert axis["from"] == pytest.approx((0.8 - axis["low"]) / (axis["high"] - axis["low"]))
    assert axis["to"] == 1
    assert len(answer.table["track"].unique()) == relations.MOST_LINES


def test_unusual_tracks_are_listed_once_with_a_reason(sample: Bundle):
    table = unusual.unusual_tracks(sample, Selection()).table
    recordings = sample.array("recording_codes")[table["row"]]
    assert len(set(recordings.tolist())) == len(table) == unusual.LISTED
    assert table["why"].str.contains("typically").all()
    assert table["distance"].is_monotonic_decreasing


def test_the_balance_counts_genres_as_if_equally_large(sample: Bundle):
    said = overview.genre_balance(sample, Selection()).headline
    assert said.startswith("6 genres, as mixed as 5.9 equally large ones.")
    assert said.endswith("1.8 times the smallest, rock.")


class TestManyFeatures:
    def test_the_matrix_holds_those_with_the_strongest_ties_and_says_so(self, wide):
        answer = relations.correlations(wide, Selection(), method="spearman")
        assert answer.table.shape == (relations.MOST_CORRELATED,) * 2
        assert set(wide.feature_names[:5]) <= set(answer.table.columns)
        assert answer.caveats == (f"Drawn for the 24 of {MANY} features with the strongest ties.",)

    def test_the_axes_are_a_few_and_one_that_is_filtered_by_is_among_them(self, wide):
        last = wide.feature_names[-1]
        answer = relations.parallel(wide, Selection.from_query({last: "0..1"}))
        assert last in set(answer.facts["axes"]["field"])
        assert len(answer.facts["axes"]) == 8

    def test_the_pairs_are_those_chosen_and_those_that_go_with_them(self, wide):
        order = relations.pairs(wide, Selection(), wide.feature_names[:2]).facts["order"]
        assert order[:2] == wide.feature_names[:2]
        assert set(order) == set(wide.feature_names[:5])


class TestManyGenres:
    def test_the_largest_keep_their_names_and_the_others_are_one_group(self, wide):
        groups = genre_groups(wide, np.ones(len(wide), bool))
        assert len(groups.names) == 21
        assert groups.names[-1] == "94 other genres"
        counts = np.bincount(groups.codes)
        assert counts.sum() == len(wide)

    def test_the_bars_count_every_track(self, wide):
        table = overview.genre_balance(wide, Selection()).table
        assert len(table) == overview.MOST_BARS + 1
        assert table["n"].sum() == table["n_all"].sum() == len(wide)

    def test_boxes_and_densities_are_drawn_for_the_same_genres(self, wide):
        field = wide.feature_names[0]
        boxes = distributions.by_genre(wide, Selection(), field).table["genre"]
        ridges = distributions.densities(wide, Selection(), field).table["genre"].unique()
        assert set(ridges) <= set(boxes)
        assert len(boxes) == 21


def test_without_genres_and_popularity_every_card_says_what_is_not_there():
    plain = Wide(genres=0, features=3)
    assert overview.genre_balance(plain, Selection()).headline == "This catalogue has no genre labels."
    assert distributions.densities(plain, Selection(), plain.feature_names[0]).is_empty
    assert not relations.parallel(plain, Selection()).is_empty
    assert not relations.two_features(plain, Selection(), *plain.feature_names[:2]).is_empty


def test_the_screen_answers_for_two_selections(client):
    view = {"view_selection_data": {"genre": "metal", "against": "rest"}}
    assert "Compared with the rest" in ask(client, "overview-apart.children", **view).text
    assert "compared with the rest" in client.get("/data/view?genre=metal&against=rest").json()["chips"].values()
    assert ask(client, "overview-pairs-graph.figure", **view).changes["overview-pairs-graph.figure"]["data"]
