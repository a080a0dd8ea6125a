"""A thorough build finds what is planted, and says what it compared."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import f1_score
from threadpoolctl import threadpool_limits

from models.recipe import Fitted
from models.recipes import genre_context
from models.recipes.genre import THOROUGH
from models.recipes.genre_features import feature_groups
from models.recipes.genre_scores import macro_f1
from models.recipes.splits import split_by_blocks, split_by_playlist
from tests.models.quick import GENRE, planted
from tests.planting import GENRE_FEATURES, planted_catalogue, with_column, without

CONTEXT = replace(genre_context.RECIPE, n_splits=GENRE.n_splits, plan=GENRE.plan)


@pytest.fixture(autouse=True, scope="module")
def one_thread_of_linear_algebra():
    """Limit threads as a build does."""
    with threadpool_limits(1, user_api="blas"):
        yield


@cache
def thorough() -> Fitted:
    return replace(GENRE, depth=THOROUGH).fit(planted(), seed=0)


@cache
def context() -> Fitted:
    return CONTEXT.fit(planted(), seed=0)


def rows(stem: str) -> list[dict]:
    return thorough().tables[stem].to_pylist()


def test_macro_f1_from_counts_equals_scikit_learns():
    actual, predicted = np.random.default_rng(0).integers(0, [[3], [4]], (2, 200))
    counts = np.zeros((1, 5, 5))
    np.add.at(counts[0], (actual, predicted), 1)
    assert macro_f1(counts) == pytest.approx(f1_score(actual, predicted, average="macro"))


def test_every_candidate_is_compared_with_intervals_and_a_reason():
    table = rows("genre_candidates")
    assert {row["model"] for row in table} == {
        *("majority", "logistic", "network", "lightgbm", "blend", "knn"),
        *("forest", "extra_trees", "histogram", "xgboost", "vote"),
    }
    for row in table:
        for score in ("accuracy", "balanced_accuracy", "macro_f1", "top_2", "log_loss", "ece"):
            assert row[f"{score}_low"] <= row[score] <= row[f"{score}_high"], (row["model"], score)
        assert row["n_bytes"] > 0
        assert row["why"].endswith(".")
    assert [row["model"] for row in table if row["served"]] == [thorough().facts["served"]]


def test_what_is_large_or_not_additive_is_never_served():
    shown_only = {"knn", "forest", "extra_trees", "histogram", "xgboost", "vote"}
    assert all(row["why"].startswith("Compared only") for row in rows("genre_candidates") if row["model"] in shown_only)


def test_times_are_kept_out_of_what_is_hashed():
    assert {"genre/lightgbm/fit_s", "genre/xgboost/predict_ms_per_1000"} <= set(thorough().timings)
    assert all(spent >= 0 for spent in thorough().timings.values())
    assert not any("fit_s" in name for name in thorough().tables["genre_candidates"].column_names)


def test_the_same_seed_gives_the_same_to_the_bit():
    again = replace(GENRE, depth=THOROUGH).fit(planted(), seed=0)
    assert again.facts == thorough().facts
    assert again.scores == thorough().scores
    for stem, table in thorough().tables.items():
        assert again.tables[stem].equals(table), stem
    model, other = (f.estimators["genre_prediction_model"] for f in (again, thorough()))
    assert np.array_equal(model.predict_proba(planted().features()), other.predict_proba(planted().features()))


def test_every_pair_of_genres_has_a_specialist_once():
    table = rows("genre_pairs")
    genres = thorough().facts["classes"]
    assert {(row["a"], row["b"]) for row in table} == {(a, b) for a in genres for b in genres if a < b}
    assert all(row["low"] <= row["balanced_accuracy"] <= row["high"] for row in table)
    assert min(row["auc"] for row in table) > 0.9
    assert sum(row["n_a"] + row["n_b"] for row in table) == 3 * len(planted())


def test_planted_features_are_the_ones_that_are_kept():
    curve = {row["n_features"]: row for row in rows("genre_feature_curve")}
    assert sorted(curve) == [row["n_features"] for row in rows("genre_feature_curve")]
    assert set(curve[2]["kept"].split(", ")) <= set(GENRE_FEATURES)
    assert curve[1]["accuracy"] < curve[3]["accuracy"] - 0.1
    assert thorough().facts["features_enough"] <= 5


def test_leaving_out_a_planted_group_hurts_and_another_does_not():
    change = {row["group"]: row for row in rows("genre_feature_groups")}
    assert change["Voice and instruments"]["high"] < 0
    assert change["Length"]["low"] <= 0.01
    assert change["Length"]["high"] > -0.02


def test_variances_of_a_librosa_table_are_a_group():
    names = ("x_mfcc1_mean", "x_mfcc1_var", "tempo")
    assert feature_groups(names) == {"Variances": [1], "MFCCs": [0, 1], "Rhythm": [2]}


def test_the_learning_curve_rises():
    table = rows("genre_learning")
    assert [row["share"] for row in table] == [0.1, 0.25, 0.5, 1.0]
    assert table[0]["accuracy"] < table[-1]["accuracy"]
    assert table[0]["log_loss"] > table[-1]["log_loss"]
    assert [row["n_artists"] for row in table] == sorted(row["n_artists"] for row in table)


def test_threshold_curves_run_from_corner_to_corner():
    roc, pr = (thorough().tables[f"genre_{stem}"].to_pandas() for stem in ("roc", "pr"))
    for _, curve in roc.groupby("genre"):
        assert len(curve) <= 200
        assert curve.true_positive_rate.is_monotonic_increasing
        assert curve.false_positive_rate.iloc[-1] == curve.true_positive_rate.iloc[-1] == 1
    assert pr.groupby("genre").recall.max().eq(1).all()
    areas = rows("genre_auc")
    assert all(0.5 < row["auc_low"] <= row["auc"] <= row["auc_high"] <= 1 for row in areas)
    assert all(row["average_precision"] > row["share"] for row in areas)


def test_prediction_sets_are_counted_by_genre():
    by_class = thorough().tables["genre_scores_by_class"].to_pandas()
    overall = (by_class.set_coverage * by_class.support).sum() / by_class.support.sum()
    assert overall == pytest.approx(thorough().facts["set_coverage"])
    assert thorough().facts["set_least_genre"] == by_class.genre[by_class.set_coverage.idxmin()]


def test_the_context_model_hears_what_is_known_of_the_release():
    model = context().estimators["genre_context_model"]
    assert model.feature_names == (*planted().feature_names, "release_year", "popularity")
    assert context().facts["context"] == ["release_year", "popularity"]
    assert {card.recipe for card in context().scores} == {"genre_context"}
    assert all(stem.startswith("genre_context_") for stem in context().tables)
    X = planted().features(model.feature_names)
    sums = model.contributions(X).sum(axis=2)
    assert sums == pytest.approx(model.scores(X) - model.scores(X).mean(axis=1, keepdims=True), abs=1e-5)


def test_a_genre_that_only_the_year_tells_is_told_by_the_context_model_alone():
    years = planted().column("release_year")
    told = pa.array(np.where(years < 2000, "old", "new"))
    catalogue = without(with_column(planted(), "genre", told), "loudness")
    sound, known = (recipe.fit(catalogue, seed=0).scores[0].value for recipe in (GENRE, CONTEXT))
    assert sound < 0.6
    assert known > 0.9


def test_popularity_that_is_often_0_is_called_an_artefact():
    popularity = planted().column("popularity").copy()
    assert genre_context.artefact_sentence(planted()) == ""
    popularity[:100] = 0
    sentence = genre_context.artefact_sentence(with_column(planted(), "popularity", pa.array(popularity)))
    assert sentence.startswith("Popularity is 0 for 20.0% of the tracks")


def test_without_context_the_second_model_is_skipped_with_a_sentence():
    bare = without(planted(), "popularity", "release_year")
    assert CONTEXT.missing(bare) == "No release year, explicit or popularity column: genres are told from sound alone."


def test_without_artists_blocks_of_neighbouring_ids_are_the_stricter_split():
    found = GENRE.fit(planted_catalogue(240, with_artists=False), seed=0)
    cards = [card for card in found.scores if "blocks" in card.split]
    assert [card.metric for card in cards] == ["accuracy", "log_loss"]
    assert not any(card.served for card in cards)
    assert found.facts["stricter_sentence"].startswith(
        "Under a stricter split (3 folds of contiguous blocks in order of track ids) the same model is right for "
    )
    assert thorough().facts["stricter_sentence"] == ""


def test_blocks_follow_numbers_in_their_order():
    split = split_by_blocks(["10", "9", "100", "1"], np.zeros(4, dtype=int), n_splits=2)
    assert split.numbers.tolist() == [1, 0, 1, 0]


def test_whole_playlists_are_kept_apart():
    playlists = [f"playlist {i % 20}" if i % 7 else None for i in range(200)]
    split = split_by_playlist(playlists, np.arange(200), n_splits=5, seed=0, stratify=np.arange(200) % 3)
    for train, test in split.folds:
        shared = {playlists[i] for i in train} & {playlists[i] for i in test}
        assert shared <= {None}
    few = split_by_playlist(["a", "b"] * 100, np.arange(200), n_splits=5, seed=0, stratify=np.zeros(200, dtype=int))
    assert few is None
