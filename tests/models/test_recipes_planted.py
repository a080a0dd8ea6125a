"""What is planted in a catalogue, recipes find; what is not, they do not claim."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from analytics.attribution import largest_gap
from analytics.neighbours import label_precision, nearest_rows
from data.catalogue import Catalogue
from data.selection import MAP_EXTENT
from models.predictors.genre import GenrePredictor
from models.predictors.networks import NetworkScorer
from models.predictors.scorers import BlendScorer, ConstantScorer, LinearScorer, TreeScorer
from models.recipe import ScoreCard
from models.recipes.genre_candidates import served_candidates
from models.recipes.genre_lesson import genre_lesson
from models.recipes.map import map_coordinates
from tests.models.quick import CLUSTERS, GENRE, MAP, NEIGHBOURS, POPULARITY, TRENDS, fitted, planted
from tests.planting import (
    GENRE_FEATURES,
    planted_catalogue,
    with_repeats,
    with_shuffled,
    without,
)


def served(cards: tuple[ScoreCard, ...]) -> ScoreCard:
    return next(card for card in cards if card.served)


def test_planted_genres_are_told_apart():
    assert served(fitted("genre").scores).value > 0.9


def test_shuffled_genres_are_not():
    found = GENRE.fit(with_shuffled(planted(), "genre"), seed=0)
    card = served(found.scores)
    assert not card.beats_baseline
    assert card.low < 0.3


def test_the_features_that_tell_genres_are_the_important_ones():
    table = fitted("genre").tables["genre_importance"].to_pydict()
    drops = dict(zip(table["feature"], table["drop_in_accuracy"], strict=True))
    assert set(table["feature"][:2]) <= set(GENRE_FEATURES)
    others = [drop for name, drop in drops.items() if name not in GENRE_FEATURES]
    assert max(others) < min(0.05, max(drops.values()))


def test_a_tie_between_models_is_said():
    table = fitted("genre").tables["genre_candidates"].to_pylist()
    assert [row["model"] for row in table] == ["majority", "logistic", "network", "lightgbm", "blend", "knn", "forest"]
    assert sum(row["served"] for row in table) == 1
    assert all(row["why"].endswith(".") for row in table)
    assert all(row["accuracy_low"] <= row["accuracy"] <= row["accuracy_high"] for row in table)


def test_confusion_rows_add_up_to_the_tracks_of_a_genre():
    confusion = fitted("genre").tables["genre_confusion"].to_pandas()
    by_class = fitted("genre").tables["genre_scores_by_class"].to_pandas().set_index("genre")
    assert confusion.n.sum() == len(planted())
    assert (confusion.groupby("actual").n.sum() == by_class.support).all()
    assert confusion.groupby("actual").share_of_actual.sum().to_numpy() == pytest.approx(1)


def test_prediction_sets_keep_their_promise():
    facts = fitted("genre").facts
    assert facts["set_coverage"] >= 0.87
    model = fitted("genre").estimators["genre_prediction_model"]
    members = model.plausible(planted().features())
    assert members.shape == (500, 4)
    assert members.any(axis=1).all()


def test_rare_genres_are_left_out_and_said():
    rare = planted_catalogue(300, genres=3, seed=2)
    fewest = int(rare.tracks["genre"].value_counts().field("counts").to_numpy().min()) + 1
    found = replace(GENRE, fewest_tracks=fewest).fit(rare, seed=0)
    assert len(found.facts["left_out"]) == 1
    assert found.facts["left_out_sentence"].startswith(f"Not classified for want of {fewest} tracks")
    unseen = found.arrays["genre_oof_proba"]
    left = np.isin(rare.column("genre"), found.facts["left_out"])
    assert np.isnan(unseen[left]).all()
    assert unseen[~left].sum(axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_contributions_sum_to_the_scores_and_the_scores_give_the_probabilities(n_classes):
    catalogue = planted_catalogue(300, genres=n_classes, missing_share=0.1)
    classes = [f"genre {g}" for g in range(n_classes)]
    task = genre_lesson(catalogue, catalogue.feature_names, classes=classes, left_out=[])
    X = catalogue.features()[task.rows]
    plan = GENRE.plan
    learned = [c.fit(task.lesson) for c in served_candidates(plan, catalogue.feature_names, n_classes, seed=0)]
    learned.append(BlendScorer(learned[1:], np.array([0.2, 0.3, 0.5])))
    for scorer in learned:
        model = GenrePredictor(
            scorer,
            classes=[f"genre {g}" for g in range(n_classes)],
            feature_names=catalogue.feature_names,
            temperature=1.7,
            threshold=0.1,
            biases=np.linspace(-1, 1, n_classes),
        )
        contributions = model.contributions(X)
        assert contributions.shape == (len(X), n_classes, len(catalogue.feature_names) + 1)
        scores = model.scores(X)
        assert largest_gap(contributions, scores - scores.mean(axis=1, keepdims=True)) < 1e-5
        assert softmax(contributions.sum(axis=2), axis=1) == pytest.approx(model.predict_proba(X), abs=1e-5)
        assert contributions.sum(axis=1) == pytest.approx(0, abs=1e-9)
        assert model.predict_proba(X) == pytest.approx(softmax(model.scores(X), axis=1))
        assert model.predict_proba(X[:1])[0] == pytest.approx(model.predict_proba(X)[0], abs=1e-12)
    assert [type(s) for s in learned] == [ConstantScorer, LinearScorer, NetworkScorer, TreeScorer, BlendScorer]


def test_a_split_by_artist_is_held_against_the_naive_one():
    facts = fitted("genre").facts
    assert "with the same artists and repeats on both sides" in facts["naive_sentence"]
    assert f"{facts['naive_accuracy']:.1%}" in facts["naive_sentence"]


def test_without_artists_there_is_no_naive_comparison():
    facts = GENRE.fit(planted_catalogue(300, with_artists=False), seed=0).facts
    assert "naive_accuracy" not in facts
    assert facts["naive_sentence"] == ""
    assert "artists" not in facts["why"]


def test_without_artists_genres_of_repeats_are_not_known_in_advance():
    shuffled = with_shuffled(planted_catalogue(200, with_artists=False), "genre")
    card = served(GENRE.fit(with_repeats(shuffled, range(200)), seed=0).scores)
    assert not card.beats_baseline


def test_planted_popularity_comes_back_with_its_interval():
    found = fitted("popularity")
    assert served(found.scores).value > 0.8
    table = found.tables["popularity_importance"].to_pydict()
    assert table["feature"][0] == "energy"
    assert table["low"][0] > 5 * max(table["rise_in_error"][1:])
    low, high = found.facts["offsets"]
    assert 8 < -low < 15 and 8 < high < 15
    assert found.facts["coverage"] == pytest.approx(0.9, abs=0.04)


def test_popularity_contributions_sum_to_the_prediction():
    model = fitted("popularity").estimators["popularity_model"]
    X = planted().features()
    sums = model.contributions(X).sum(axis=1)
    assert np.clip(sums, 0, 100) == pytest.approx(model.predict(X), abs=1e-5)
    interval = model.interval(X)
    assert ((interval[:, 0] <= model.predict(X)) & (model.predict(X) <= interval[:, 1])).all()
    assert interval.min() >= 0 and interval.max() <= 100


def test_shuffled_popularity_is_not_predicted():
    card = served(POPULARITY.fit(with_shuffled(planted(), "popularity"), seed=0).scores)
    assert card.value < 0.05


def test_planted_clusters_come_back():
    found = CLUSTERS.fit(_only_genre_features(), seed=0)
    assert found.facts["k"] == 4
    assert found.facts["ari_with_genre"] > 0.9
    assert len(set(found.facts["names"])) == 4
    assert sum(found.facts["sizes"]) == 500


def test_independent_features_have_no_clusters():
    catalogue = planted_catalogue(400, genres=1, dated=False)
    found = CLUSTERS.fit(catalogue, seed=0)
    assert "continuum" in found.facts["structure_sentence"]
    assert served(found.scores).value < served(found.scores).baseline_value + 0.03


def test_new_tracks_join_the_cluster_that_they_would_have_been_in():
    found = fitted("clusters")
    again = found.estimators["cluster_model"].predict(planted().features())
    assert (again == found.arrays["cluster_labels"]).mean() > 0.99


def test_the_map_keeps_planted_groups_together():
    found = MAP.fit(_only_genre_features(), seed=0)
    xy = found.arrays["map_xy"]
    assert xy.min() == 0 and xy.max() == MAP_EXTENT
    labels = planted().column("genre").astype(str)
    near = nearest_rows(xy.astype(float), xy.astype(float), 11)[:, 1:]
    assert label_precision(near, labels, labels).mean() > 0.9


def test_one_far_track_does_not_shrink_the_map():
    layout = np.random.default_rng(0).normal(size=(3000, 2))
    layout[0] = 500, 500
    inner = map_coordinates(layout)[1:]
    assert np.ptp(inner, axis=0).min() > MAP_EXTENT * 0.7


def test_genre_axes_bring_tracks_of_one_genre_together():
    cards = {card.model: card for card in fitted("neighbours").scores}
    assert cards["sound alone"].value < served(fitted("neighbours").scores).value
    assert fitted("neighbours").facts["weight"] > 0


def test_without_genres_similarity_is_judged_by_artists():
    found = NEIGHBOURS.fit(without(planted(), "genre", "genres"), seed=0)
    card = served(found.scores)
    assert card.metric == "nearest_by_same_artist"
    assert card.beats_baseline
    assert found.facts["weight"] == 0


def test_repeats_by_the_same_artist_do_not_make_similarity_look_good():
    plain = planted_catalogue(200, genres=0)
    once = served(NEIGHBOURS.fit(plain, seed=0).scores)
    twice = served(NEIGHBOURS.fit(with_repeats(plain, range(200)), seed=0).scores)
    assert twice.value == pytest.approx(once.value, abs=0.02)


@pytest.mark.parametrize("with_artists", [True, False])
def test_similarity_is_said_to_be_by_other_artists_only_where_it_is(with_artists):
    facts = NEIGHBOURS.fit(planted_catalogue(300, with_artists=with_artists), seed=0).facts
    assert facts["unseen_artists"] is with_artists
    assert ("by other artists" in facts["sentence"]) is with_artists


def test_the_neighbour_model_gives_the_stored_points():
    found = fitted("neighbours")
    again = found.estimators["neighbour_space_model"].transform(planted().features())
    assert np.array_equal(again, found.arrays["neighbour_space"])
    quantiles = found.facts["pair_distance_quantiles"]
    assert len(quantiles) == 101
    assert quantiles == sorted(quantiles)


def test_shuffled_years_tell_nothing():
    card = served(TRENDS.fit(with_shuffled(planted(), "release_year"), seed=0).scores)
    assert not card.beats_baseline


def _only_genre_features() -> Catalogue:
    others = set(planted().feature_names) - set(GENRE_FEATURES)
    return without(planted(), *others)
