"""What-if with models that know more, smallest changes, and model cards: what is said is what the models say."""

from __future__ import annotations

import numpy as np
import pytest

from dash_app.answers import effects, genre_models, model_cards, popularity_models, whatif, whatif_changes
from dash_app.answers.whatif_models import AUDIO, CONTEXT, kind_sentence, kinds, models
from dash_app.answers.whatif_sliders import first_features, genres_of, spreads, start_point
from data.errors import QueryError
from tests.dash_app.asking import ask, client_of


@pytest.fixture(scope="module")
def planted_client(planted_home):
    with client_of(planted_home) as client:
        yield client


class TestKindsOfModels:
    def test_the_sound_alone_is_asked_unless_more_is_chosen(self, planted):
        assert kinds(planted) == [AUDIO, CONTEXT]
        assert models(planted).names == planted.feature_names
        assert kind_sentence(planted, AUDIO) == "The models hear audio features alone."

    def test_those_that_know_more_have_sliders_for_it_and_say_so(self, planted):
        more = [spread.field for spread in spreads(planted, CONTEXT)][len(planted.feature_names) :]
        assert set(more) == {"release_year", "popularity"}
        assert "Genre is told from the sound, release year and popularity" in kind_sentence(planted, CONTEXT)

    def test_a_model_that_was_not_learned_is_stood_in_for(self, poor):
        assert kinds(poor) == [AUDIO]
        assert models(poor, CONTEXT).names == poor.feature_names

    def test_the_year_moves_only_the_models_that_know_it(self, planted):
        start = start_point(planted, 3, CONTEXT)
        genres = genres_of(planted, 3)
        early, late = (
            whatif.what_if(planted, {**start, "release_year": year}, kind=CONTEXT, genres=genres)
            for year in (1981, 2018)
        )
        assert early.popularity != late.popularity or early.probabilities != late.probabilities
        with pytest.raises(QueryError, match="know no feature 'release_year'"):
            whatif.what_if(planted, start)

    def test_contributions_of_genre_are_named_with_the_labels_of_the_track(self, planted):
        said = whatif.what_if(planted, start_point(planted, 3, CONTEXT), kind=CONTEXT, genres=genres_of(planted, 3))
        table = said.contribution_table(said.popularity_contributions)
        assert table.loc[table["label"] == "Genre", "value_text"].tolist() == [", ".join(genres_of(planted, 3))]


class TestHowSure:
    def test_a_known_track_is_not_unusual_and_one_beyond_all_is(self, planted):
        start = start_point(planted, None)
        usual = whatif.what_if(planted, start)
        assert usual.warning == ""
        assert usual.usual_sentence.startswith("Not unusual: ")
        strange = whatif.what_if(planted, {**start, "tempo": 299})
        assert strange.warning.startswith("No known track has tempo over")
        assert strange.caveats == (strange.warning,)

    def test_the_set_holds_the_likeliest_genre_and_is_named(self, planted):
        for row in range(20):
            said = whatif.what_if(planted, start_point(planted, row))
            assert said.plausible[0] == said.genre
            assert said.set_sentence.endswith(".")
            assert len(said.plausible) > 4 or len(said.plausible) == 4 or said.genre in said.set_sentence


class TestSmallestChange:
    @pytest.mark.parametrize("kind", [AUDIO, CONTEXT])
    def test_it_makes_the_models_say_what_was_wanted(self, kind, planted):
        start, genres = start_point(planted, 5, kind), genres_of(planted, 5)
        for name in planted.genre_names:
            answer = whatif_changes.smallest(planted, start, f"genre:{name}", kind=kind, genres=genres)
            moved = {**start, **dict(zip(answer.table.get("field", ()), answer.table.get("after", ()), strict=True))}
            assert whatif.what_if(planted, moved, kind=kind, genres=genres).genre == name or not answer.facts
            assert not set(answer.table.get("field", ())) - set(planted.feature_names)

    def test_ten_points_more_are_ten_points_more(self, planted):
        start = {**start_point(planted, None), "energy": 0.4}
        answer = whatif_changes.smallest(planted, start, whatif_changes.MORE)
        before, after = (
            whatif.what_if(planted, point).popularity.predicted for point in (start, answer.facts["point"])
        )
        assert after > before + 10
        assert answer.table["field"].tolist()[0] == "energy"
        assert answer.caveats

    def test_the_tracks_named_are_of_that_genre(self, planted):
        answer = whatif_changes.smallest(planted, start_point(planted, 5), f"genre:{planted.genre_names[0]}")
        if answer.facts:
            codes = planted.columns["genre"][answer.facts["tracks"]["row"]]
            assert set(codes.tolist()) <= {0}

    def test_what_cannot_be_wanted_is_refused(self, planted):
        with pytest.raises(QueryError, match="cannot be made 'polka' here"):
            whatif_changes.smallest(planted, start_point(planted, None), "polka")

    def test_programs_are_told_the_same(self, planted_client, planted):
        start = start_point(planted, 5)
        wish = {"features": start, "target": f"genre:{planted.genre_names[1]}"}
        told = planted_client.post("/api/v1/catalogues/planted/smallest-change", json=wish).json()
        answer = whatif_changes.smallest(planted, start, wish["target"])
        assert told["headline"] == answer.headline
        assert [one["feature"] for one in told["changes"]] == answer.table.get("field", []).tolist()

    def test_the_screen_offers_it_with_a_button_that_carries_it(self, planted_client, planted):
        target = f"genre:{planted.genre_names[1]}"
        asked = {"view_catalogue_data": "planted", "whatif_target_value": target, "whatif_find_n_clicks": 1}
        offered = ask(planted_client, "whatif-target.options", **asked).changes["whatif-target.options"]
        assert target in [one["value"] for one in offered]


def test_many_features_are_shown_by_importance_and_the_others_together(planted):
    assert first_features(planted) == planted.feature_names  # few enough to show all
    said = whatif.WhatIf(
        point=dict.fromkeys("abcd", 0.5),
        folded=frozenset("cd"),
        dictionary=dict.fromkeys("abcd", planted.dictionary["energy"]),
    )
    table = said.contribution_table({"a": 0.1, "b": -0.2, "c": 0.3, "d": 0.05})
    assert table["label"].tolist() == ["Energy", "Energy", "2 others together"]
    assert table["contribution"].tolist() == pytest.approx([0.1, -0.2, 0.35])


class TestModelCards:
    def test_every_model_has_one_with_its_scores_by_genre_and_decade(self, planted):
        for recipe in model_cards.names(planted):
            text = model_cards.card(planted, recipe)
            assert text.startswith("# Model card: ")
            assert "## How it was judged" in text
        text = model_cards.card(planted, "genre")
        assert all(f"| {name} |" in text for name in planted.genre_names)
        assert "| 1990s |" in text

    def test_scores_by_genre_add_up_to_the_score_of_all(self, planted):
        losses = model_cards._losses(planted, "genre")[1]
        served = next(card for card in planted.scores("genre") if card.served and card.metric == "accuracy")
        assert np.nanmean(losses) == pytest.approx(served.value, abs=1e-9)

    def test_an_unknown_one_is_refused_with_what_there_is(self, planted):
        with pytest.raises(QueryError, match=r"no model card named 'polka' in this catalogue\. Known: genre"):
            model_cards.card(planted, "polka")

    def test_the_screen_shows_and_saves_it(self, planted_client):
        shown = ask(planted_client, "models-chosen.children", view_catalogue_data="planted").changes
        assert shown["models-save.download"] == "songscape-planted-genre.md"
        assert shown["models-save.href"].startswith("data:text/markdown;charset=utf-8,%23%20Model%20card")


class TestComparisons:
    def test_both_kinds_stand_in_one_table_with_their_times(self, planted):
        table = genre_models.candidates(planted).table
        assert set(table["more"]) == {True, False}
        assert (table["model"] == "majority").sum() == 1
        assert table["value"].is_monotonic_decreasing
        assert table.loc[table["model"] == "lightgbm", "fit_s"].notna().all()

    def test_each_kind_serves_one_model_of_popularity(self, planted):
        table = popularity_models.candidates(planted).table
        assert table.groupby("more")["served"].sum().tolist() == [1, 1]

    def test_popularity_follows_energy_as_planted(self, planted):
        table = effects.dependence(planted, "effects_popularity", "energy").table
        assert table["pdp"].iloc[-1] - table["pdp"].iloc[0] > 20
        answer = effects.local_effect(planted, "effects_popularity", "energy")
        assert answer.headline.startswith("The predicted popularity changes by")

    def test_what_a_quick_build_lacks_is_said_in_a_sentence(self, poor):
        for answer in (genre_models.candidates(poor), popularity_models.candidates(poor)):
            assert answer.is_empty
            assert answer.headline.endswith(".")
