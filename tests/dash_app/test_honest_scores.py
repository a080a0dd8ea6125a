"""What a score, a contribution and a study are worth is said beside them, computed from what is served."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dash_app.answers import effects, genre_models, genre_studies, model_cards, popularity_models, whatif
from dash_app.answers.answer import in_a_sentence
from dash_app.answers.explained import explained
from dash_app.answers.whatif_models import CONTEXT
from dash_app.answers.whatif_sliders import start_point
from dash_app.commands import reporting
from dash_app.commands.terminal import console
from dash_app.pages import helps
from dash_app.pages.genres import layout as genres_layout
from dash_app.pages.what_if import layout as what_if_layout
from models.build import build
from models.bundle import Bundle, Library
from models.predictors.explained import kinds_of_parts
from models.predictors.hurdles import HurdleScorer
from models.predictors.popularity import PopularityPredictor
from models.predictors.scorers import BlendScorer
from models.recipes.classifiers import Lesson, boosted, logistic, majority
from models.recipes.genre import THOROUGH
from models.recipes.genre_features import study_facts
from models.recipes.networks import networks
from models.recipes.splits import Split
from tests.dash_app.asking import ask, client_of
from tests.models.quick import GENRE, GENRE_CONTEXT, POPULARITY
from tests.planting import planted_catalogue

NAMES = ("energy", "valence", "loudness")


@pytest.fixture(scope="module")
def lesson() -> Lesson:
    X = np.random.default_rng(0).normal(size=(300, 3))
    return Lesson(X, (X[:, 0] > 0).astype(int), np.arange(300), 2)


@pytest.fixture(scope="module")
def parts(lesson):
    return {
        "constant": majority(lesson),
        "linear": logistic(lesson, feature_names=NAMES, strength=1.0),
        "trees": boosted(lesson, n_rounds=5, learning_rate=0.2, n_leaves=4, seed=0),
        "network": networks(lesson, feature_names=NAMES, n_networks=1, n_units=4, n_seen=900, seed=0),
    }


def predictor(scorer) -> PopularityPredictor:
    return PopularityPredictor(scorer, feature_names=NAMES, offsets=(0.0, 0.0))


@pytest.fixture(scope="module")
def honest_home(tmp_path_factory) -> Path:
    """A home with a catalogue that names no artist, and a thorough one that names them."""
    home = tmp_path_factory.mktemp("honest")
    nameless = replace(planted_catalogue(300, with_artists=False), name="nameless")
    build(nameless, home, seed=0, recipes=(GENRE, GENRE_CONTEXT, POPULARITY))
    named = replace(planted_catalogue(400), name="named")
    thorough = tuple(replace(recipe, depth=THOROUGH) for recipe in (GENRE, GENRE_CONTEXT))
    build(named, home, seed=0, recipes=(*thorough, POPULARITY))
    return home


@pytest.fixture(scope="module")
def nameless(honest_home) -> Bundle:
    return Library(honest_home).open("nameless")


@pytest.fixture(scope="module")
def named(honest_home) -> Bundle:
    return Library(honest_home).open("named")


class TestWhatContributionsAre:
    @pytest.mark.parametrize(
        ("part", "words"),
        [
            ("constant", "nothing to explain"),
            ("linear", "terms of the regression, which is exact"),
            ("trees", "exact TreeSHAP values of the boosted trees"),
            ("network", "integrated gradients of the neural networks from the average track"),
        ],
    )
    def test_a_model_of_one_kind_is_told_by_its_kind(self, part, words, parts):
        assert words in explained(predictor(parts[part]))
        assert words in explained(predictor(BlendScorer([parts[part]])))

    def test_a_mixture_says_what_each_part_is_told_by_and_is_not_called_exact(self, parts):
        scorer = BlendScorer([parts["trees"], parts["network"], parts["linear"]], np.array([0.5, 0.3, 0.2]))
        said = explained(predictor(scorer))
        assert "50% boosted trees, by TreeSHAP; 30% neural networks, by integrated gradients" in said
        assert "no Shapley values of the whole model" in said
        assert "exact" not in said

    def test_a_part_without_weight_is_not_named(self, parts):
        scorer = BlendScorer([parts["trees"], parts["network"]], np.array([1.0, 0.0]))
        assert kinds_of_parts(scorer) == {"trees": 1.0}

    def test_several_boosted_models_are_one_kind(self, parts):
        assert kinds_of_parts(BlendScorer([parts["trees"]] * 3)) == pytest.approx({"trees": 1.0})

    def test_a_product_of_two_models_is_no_shapley_value(self, parts):
        said = explained(predictor(HurdleScorer(parts["trees"], parts["trees"])))
        assert "by TreeSHAP" in said and "no Shapley values" in said

    def test_every_mixture_adds_up_to_its_score(self, parts, lesson):
        scorer = BlendScorer([parts["trees"], parts["network"], parts["linear"]])
        assert scorer.contributions(lesson.X).sum(axis=2) == pytest.approx(scorer.scores(lesson.X), abs=1e-9)

    def test_what_if_says_it_of_the_models_that_answer(self, named):
        said = whatif.what_if(named, start_point(named, 3))
        assert said.why(said.genre).endswith(explained(named.estimator("genre_prediction_model")))
        assert said.why_popularity.endswith(explained(named.estimator("popularity_model")))

    def test_the_help_of_the_card_by_genre_says_it_of_every_kind_of_part(self):
        said = str(genres_layout())
        for kind in ("terms of a regression", "TreeSHAP of boosted trees", "integrated gradients of neural networks"):
            assert kind in said, kind
        assert "mixture by weight" in said and "no Shapley value" in said

    def test_bars_of_a_genre_are_as_long_as_their_numbers_and_sorted_by_them(self, named):
        table = genre_studies.contributions(named, named.genre_names[0]).table
        assert table["contribution"].is_monotonic_decreasing
        shown = [float(text.replace("−", "-")) for text in table["value_text"]]
        assert shown == pytest.approx(table["contribution"].tolist(), abs=0.0051)

    def test_no_screen_and_no_help_calls_all_of_them_shapley_values(self):
        texts = [str(genres_layout()), str(what_if_layout()), helps.WHAT_IF.computed, helps.GENRES.computed]
        assert not any("Shapley values of" in text for text in texts)


class TestWhereArtistsCannotBeKeptApart:
    WARNING = (
        "Artists could not be kept apart, which flatters every score: 3 folds of random recordings, no artist known."
    )

    def test_the_warning_stands_beside_the_candidates_of_both_models(self, nameless):
        assert self.WARNING in genre_models.candidates(nameless).caveats
        assert self.WARNING in popularity_models.candidates(nameless).caveats

    def test_it_opens_what_can_be_trusted_of_a_prediction(self, nameless):
        assert self.WARNING in genre_models.plain_words(nameless)
        assert self.WARNING in popularity_models.plain_words(nameless)

    def test_every_score_of_the_list_of_models_has_it(self, nameless):
        answer = model_cards.all_models(nameless)
        assert answer.caveats == (self.WARNING,)
        assert answer.table["warning"].eq("Artists could not be kept apart").all()

    def test_the_screen_shows_it_beside_each_score(self, honest_home, nameless):
        with client_of(honest_home) as client:
            shown = ask(client, "models-scores.children", view_catalogue_data="nameless")
        assert self.WARNING in shown.changes["models-lead.children"]
        assert shown.text.count("Artists could not be kept apart") == 1 + len(model_cards.all_models(nameless).table)

    def test_the_report_marks_each_score_and_says_why(self, nameless):
        with console.capture() as printed:
            reporting.print_report(nameless)
        text = printed.get()
        assert "! genre, genre_context, popularity: Artists could not be kept apart" in " ".join(text.split())
        assert text.count(" ! ") >= len(nameless.scores())

    def test_cards_name_what_was_resampled(self, nameless, named):
        text = model_cards.card(nameless, "genre")
        assert "come from resampling recordings" in text
        assert self.WARNING in text
        assert "come from resampling artists" in model_cards.card(named, "genre")

    def test_where_they_were_there_is_no_warning(self, named):
        assert model_cards.all_models(named).table["warning"].eq("").all()
        assert not any("kept apart," in said for said in genre_models.plain_words(named))
        with console.capture() as printed:
            reporting.print_report(named)
        assert "! " not in printed.get()


class TestGroupsOfFeatures:
    def test_the_area_under_a_curve_is_told_as_a_share_of_pairs(self, named):
        genre = named.genre_names[0]
        area = named.table("genre_auc").to_pandas().set_index("genre").loc[genre, "auc"]
        said = genre_studies.thresholds(named, genre).headline
        assert said.endswith(f": in {area:.0%} of pairs a track of this genre gets the higher probability.")

    def test_the_group_that_is_missed_most_stands_first(self, named):
        answer = genre_studies.feature_groups(named)
        table = answer.table
        assert table["change"].is_monotonic_increasing
        assert (table["low"] <= table["without"]).all() and (table["without"] <= table["high"]).all()
        missed = in_a_sentence(table["group"].iloc[0])
        assert answer.headline.startswith(f"Without {missed} accuracy falls most: from ")

    def test_only_groups_within_the_noise_are_said_to_show_no_loss(self, named):
        answer = genre_studies.feature_groups(named)
        idle = set(answer.table.loc[~answer.table["clear"], "group"])
        said = answer.headline.partition("beyond the noise without ")[2]
        assert idle == {name for name in answer.table["group"] if name in said}

    def test_the_context_model_has_groups_of_its_own(self, named, nameless):
        assert list(genre_studies.group_kinds(named)) == ["audio", "context"]
        groups = set(genre_studies.feature_groups(named, CONTEXT).table["group"])
        assert {"Release year", "Popularity"} <= groups
        assert list(genre_studies.group_kinds(nameless)) == ["audio"]

    def test_a_quick_build_says_how_to_see_them(self, nameless):
        answer = genre_studies.feature_groups(nameless)
        assert answer.is_empty
        assert answer.headline == "Not learned in this quick build: build the catalogue thoroughly to see it."

    def test_the_screen_draws_them(self, honest_home):
        with client_of(honest_home) as client:
            shown = ask(client, "genres-groups-graph.figure", view_catalogue_data="named").changes
        assert [trace["type"] for trace in shown["genres-groups-graph.figure"]["data"]] == ["bar", "bar", "scatter"]


class TestTheSmallerModelOfTheStudies:
    def test_it_is_named_with_its_tracks_and_both_scores(self, named):
        said = genre_studies.features_kept(named).caveats[0]
        facts = named.facts("genre")
        curve = named.table("genre_feature_curve").to_pandas()
        reached = curve.loc[curve["n_features"].idxmax(), "accuracy"]
        served = next(card for card in named.scores("genre") if card.served and card.metric == "accuracy")
        assert said == (
            f"Measured with a smaller model ({facts['study_model']} on {facts['study_tracks']:,} tracks a fold): "
            f"{reached:.1%} with all features; the served model reaches {served.value:.1%}."
        )
        assert said in genre_studies.feature_groups(named).caveats
        assert said not in genre_models.plain_words(named), "it limits the studies, not a prediction"

    def test_many_tracks_are_thinned_before_they_are_counted(self):
        n = 20_000
        folds = [(np.arange(n // 2), np.arange(n // 2, n)), (np.arange(n // 2, n), np.arange(n // 2))]
        lesson = Lesson(np.zeros((n, 1)), np.zeros(n, dtype=int), np.arange(n), 10)
        assert study_facts(lesson, Split(folds, np.arange(n), "2 folds", True))["study_tracks"] == 5000


class TestFeaturesThatGoTogether:
    def test_what_goes_together_is_shuffled_together(self, named):
        alone, together = (named.table(f"genre_importance{end}").to_pandas() for end in ("", "_groups"))
        pair = next(row for row in together.to_dict("records") if row["n_features"] > 1)
        single = alone.set_index("feature")["drop_in_accuracy"]
        assert pair["sum_alone"] == pytest.approx(single[list(pair["features"])].sum())
        assert sorted(name for names in together["features"] for name in names) == sorted(named.feature_names)
        assert "go together" in named.facts("genre")["groups_sentence"]

    def test_the_answer_names_the_group_by_its_members(self, named):
        answer = genre_studies.importance_together(named)
        pair = answer.table[answer.table["n_features"] == 2].iloc[0]
        assert pair["label"] == " and ".join(pair["members"].split(", "))
        assert answer.table["drop"].is_monotonic_decreasing

    def test_the_card_changes_with_the_choice(self, honest_home):
        with client_of(honest_home) as client:
            alone, together = (
                ask(client, "genres-importance-graph.figure", view_catalogue_data="named", genres_shuffled_value=value)
                for value in ("alone", "together")
            )
        rows = [
            len(one.changes["genres-importance-graph.figure"]["layout"]["yaxis"]["categoryarray"])
            for one in (alone, together)
        ]
        assert rows[0] > rows[1]

    def test_an_older_bundle_says_to_build_it_again(self, named, tmp_path):
        (tmp_path / "bundles").symlink_to(named.folder.parent.parent)
        older = Library(tmp_path).open("named")
        older.manifest["files"].pop("genre_importance_groups.arrow")
        answer = genre_studies.importance_together(older)
        assert answer.is_empty
        assert answer.headline.endswith("Build it again to see this.")


class TestSingleTracks:
    def test_lines_of_one_genre_stand_under_its_curve(self, named):
        genre, feature = named.genre_names[0], "energy"
        answer = effects.dependence(named, "effects_genre", feature, genre=genre)
        lines = answer.facts["lines"]
        assert 1 < lines["line"].nunique() <= 20
        assert lines["y"].between(0, 1).all()
        assert set(lines["genre"]) == {genre}
        assert sorted(set(lines["x"])) == pytest.approx(sorted(answer.table["x"]))

    def test_the_probabilities_of_all_genres_of_a_track_add_up(self, named):
        lines = named.table("effects_genre_lines").to_pandas()
        sums = lines[lines["feature"] == "energy"].groupby(["line", "x"])["predicted"].sum()
        assert sums.to_numpy() == pytest.approx(1, abs=1e-5)
