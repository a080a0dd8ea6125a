from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest

from analytics.attribution import largest_gap
from models.predictors.hurdles import HurdleScorer
from models.predictors.scorers import ConstantScorer, LinearScorer
from models.recipes import popularity, popularity_context, regressors
from models.recipes.regressors import Plan, Views, candidates, has_xgboost, learned_alone, musical
from tests.planting import planted_catalogue, with_column, without

SMALL = {"n_splits": 3, "n_rounds": 40, "learning_rate": 0.15, "importance_rows": 300}
QUICK = replace(popularity.RECIPE, **SMALL)
THOROUGH = replace(QUICK, n_rounds=25, learning_rate=0.2, depth="thorough")
CONTEXT = replace(popularity_context.RECIPE, **SMALL)


@cache
def planted():
    return planted_catalogue(500)


@cache
def quick():
    return QUICK.fit(planted(), seed=0)


@cache
def thorough():
    return THOROUGH.fit(planted_catalogue(250), seed=0)


@cache
def contextual():
    """Popularity that depends on energy, on the genre and on the year."""
    catalogue = planted_catalogue(600)
    rng = np.random.default_rng(0)
    points = np.select([catalogue.column("genre") == f"genre {g}" for g in range(4)], [0, 10, 20, 30])
    year = (catalogue.column("release_year") - 1980) / 2
    heard = 20 * catalogue.column("energy")
    catalogue = with_column(
        catalogue, "popularity", pa.array((15 + points + year + heard + rng.normal(0, 3, 600)).astype(np.float32))
    )
    return catalogue, CONTEXT.fit(catalogue, seed=0)


def with_popularity(values, catalogue=None):
    return with_column(catalogue or planted(), "popularity", pa.array(np.asarray(values, dtype=np.float32)))


def noisy_by_energy(n=2500):
    """Noise of 1 to 19 points, growing with energy, around 50."""
    catalogue = planted_catalogue(n, seed=3)
    spread = 1 + 18 * catalogue.column("energy")
    return with_popularity(np.clip(50 + np.random.default_rng(4).normal(0, spread), 0, 100), catalogue)


def rows_of(found, table, key):
    return {row[key]: row for row in found.tables[table].to_pylist()}


def test_the_quick_comparison_is_a_mean_a_line_and_trees():
    assert list(rows_of(quick(), "popularity_candidates", "model")) == ["mean", "ridge", "lightgbm"]
    assert list(rows_of(quick(), "popularity_intervals", "kind")) == ["even"]
    assert quick().facts["depth"] == "quick"


def test_the_thorough_comparison_holds_every_candidate_against_the_others():
    table = rows_of(thorough(), "popularity_candidates", "model")
    expected = {"mean", "ridge", "lightgbm", "blend", "random_splits", "bent", "vote", "histogram", "forest"}
    assert set(table) == expected | ({"xgboost"} if has_xgboost() else set())
    for row in table.values():
        for score in ("r2", "mae", "rmse", "mse"):
            assert row[f"{score}_low"] <= row[score] <= row[f"{score}_high"]
        assert row["rmse"] ** 2 == pytest.approx(row["mse"])
        assert row["why"].endswith(".")
    assert not table["forest"]["served"] and not table["histogram"]["served"]
    assert sum(row["served"] for row in table.values()) == 1


def test_a_missing_xgboost_is_left_out_with_a_reason(monkeypatch):
    monkeypatch.setattr(regressors, "has_xgboost", lambda: False)
    names = ("energy",)
    found = candidates(Plan(thorough=True), Views(musical(names)), zeros_are_mass=False, seed=0)
    assert "xgboost" not in [candidate.name for candidate in found]
    assert regressors.left_out(Plan(thorough=True))[0]["why"].startswith("Not compared")


def test_every_candidate_that_may_be_served_says_where_its_score_came_from():
    catalogue = planted_catalogue(300, missing_share=0.1)
    X = catalogue.features().astype(np.float64)
    y = np.where(np.random.default_rng(0).random(300) < 0.3, 0, catalogue.column("popularity")).astype(np.float64)
    plan = Plan(n_rounds=30, learning_rate=0.2, thorough=True)
    found = candidates(plan, Views(musical(catalogue.feature_names)), zeros_are_mass=True, seed=0)
    assert "hurdle" in [candidate.name for candidate in found]
    for candidate in found:
        if not candidate.not_served:
            learned = learned_alone(candidate, found, X, y)
            contributions = learned.contributions(X)
            assert contributions.shape == (300, 1, X.shape[1] + 1), candidate.name
            assert largest_gap(contributions, learned.scores(X)) < 1e-5, candidate.name
            assert learned.scores(X[:1]) == pytest.approx(learned.scores(X)[:1], abs=1e-9)


def test_a_hurdles_contributions_are_those_of_aumann_and_shapley():
    """With a constant chance they are the value's contributions times the chance."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))

    class AsIs:
        sources_ = np.arange(3)

        def transform(self, X):
            return X

    value = LinearScorer(AsIs(), np.array([2.0, -1.0, 0.0]), np.array([5.0]))
    even = HurdleScorer(ConstantScorer(np.zeros(1)), value)
    assert even.contributions(X) == pytest.approx(value.contributions(X) / 2)
    both = HurdleScorer(LinearScorer(AsIs(), np.array([1.0, 0.0, 0.0]), np.array([0.3])), value)
    given = both.contributions(X)
    base = 5 / (1 + np.exp(-0.3))
    assert given[:, 0, -1] == pytest.approx(base, abs=1e-6)
    assert given[:, 0, 2] == pytest.approx(0)


@pytest.mark.parametrize("recipe", [QUICK, THOROUGH, CONTEXT], ids=["quick", "thorough", "context"])
def test_the_same_seed_gives_the_same_popularity_to_the_last_bit(recipe):
    catalogue = planted_catalogue(250)
    first = thorough() if recipe is THOROUGH else recipe.fit(catalogue, seed=0)
    again = recipe.fit(planted_catalogue(250), seed=0)
    assert first.facts == again.facts
    assert first.scores == again.scores
    for stem, table in first.tables.items():
        assert table.to_pylist() == again.tables[stem].to_pylist() or table.equals(again.tables[stem]), stem
    X = catalogue.features()
    for stem, model in first.estimators.items():
        for method in ("predict", "interval", "contributions"):
            one, other = (getattr(m, method)(X) for m in (model, again.estimators[stem]))
            assert one.tobytes() == other.tobytes()


def test_intervals_follow_noise_that_grows_with_a_feature_and_keep_their_promise():
    found = replace(QUICK, depth="thorough", n_rounds=50, learning_rate=0.1, n_leaves=7).fit(noisy_by_energy(), seed=0)
    kinds = rows_of(found, "popularity_intervals", "kind")
    assert found.facts["interval_kind"] != "even"
    assert found.facts["coverage"] == pytest.approx(0.9, abs=0.015)
    served = kinds[found.facts["interval_kind"]]
    assert served["width"] < 0.97 * kinds["even"]["width"]
    assert served["interval_score"] < kinds["even"]["interval_score"]
    assert served["wide"] > 3 * served["narrow"]
    fresh = planted_catalogue(1500, seed=9)
    ends = found.estimators["popularity_model"].interval(fresh.features())
    y = np.clip(50 + np.random.default_rng(5).normal(0, 1 + 18 * fresh.column("energy")), 0, 100)
    covered = (y >= ends[:, 0]) & (y <= ends[:, 1])
    assert covered.mean() == pytest.approx(0.9, abs=0.03)
    calm = fresh.column("energy") < 0.3
    assert covered[calm].mean() == pytest.approx(0.9, abs=0.08)


def test_under_even_noise_the_simplest_interval_is_served():
    assert thorough().facts["interval_kind"] == "even"
    assert "points wide on average" in thorough().facts["interval_sentence"]


def test_zeros_that_mean_nothing_was_recorded_are_found_and_what_they_add_is_said():
    y = planted().column("popularity").copy()
    y[np.random.default_rng(0).random(500) < 0.3] = 0
    facts = QUICK.fit(with_popularity(y), seed=0).facts
    assert facts["zero_is_mass"] is True
    assert facts["zero_share"] == pytest.approx((y == 0).mean())
    assert facts["zeros_sentence"].startswith(f"{(y == 0).mean():.1%} of the tracks")
    assert facts["r2_without_zeros"][0] > 0.8 > 0.4 > facts["r2_with_zeros"][0]
    assert facts["zero_treatment"] == "kept"


def test_without_a_mass_of_zeros_nothing_is_said_of_them():
    facts = quick().facts
    assert facts["zero_is_mass"] is False
    assert facts["zeros_sentence"] == ""
    assert "r2_without_zeros" not in facts


def test_zeros_that_a_feature_tells_are_modelled_apart_where_that_is_better():
    """Loud tracks are recorded, quiet ones are not; energy counts only for what is recorded."""
    catalogue = planted_catalogue(800, seed=2)
    recorded = catalogue.column("loudness") > np.median(catalogue.column("loudness"))
    y = np.where(recorded, catalogue.column("popularity"), 0)
    found = THOROUGH.fit(with_popularity(y, catalogue), seed=0)
    table = rows_of(found, "popularity_candidates", "model")
    assert table["hurdle"]["r2"] > table["ridge"]["r2"]
    assert found.facts["zero_treatment"] in ("hurdle", "kept")
    assert (found.facts["zero_treatment"] == "hurdle") == table["hurdle"]["served"]
    assert found.facts["zero_treatment_sentence"]


def test_the_naive_forest_is_shown_only_where_artists_are_known():
    assert "naive_forest_sentence" in thorough().facts
    nameless = THOROUGH.fit(planted_catalogue(120, with_artists=False), seed=0)
    assert "naive_forest_sentence" not in nameless.facts


def test_a_random_split_is_an_illusion_where_artists_are_popular_whatever_they_play():
    catalogue = planted_catalogue(400, seed=5)
    codes = np.unique([artists[0] for artists in catalogue.credited_artists], return_inverse=True)[1]
    rng = np.random.default_rng(0)
    for name in ("energy", "valence", "danceability", "acousticness"):
        own = rng.random(codes.max() + 1)[codes] + rng.normal(0, 0.01, 400)
        catalogue = with_column(catalogue, name, pa.array(own.clip(0, 1).astype(np.float32)))
    fame = rng.permutation(codes.max() + 1)[codes] / codes.max()
    facts = THOROUGH.fit(with_popularity(100 * fame, catalogue), seed=0).facts
    assert facts["naive_forest_r2"][0] > 0.15 > facts["honest_forest_r2"][0]
    assert "would claim" in facts["naive_forest_sentence"]


def test_curves_show_the_planted_slope_of_energy_and_nothing_of_the_rest():
    curves = quick().tables["effects_popularity"].to_pandas()
    energy = curves[curves.feature == "energy"].sort_values("x")
    rise = energy.ale.iloc[-1] - energy.ale.iloc[0]
    assert rise == pytest.approx(60 * (energy.x.iloc[-1] - energy.x.iloc[0]), rel=0.2)
    assert energy.pdp.iloc[-1] - energy.pdp.iloc[0] == pytest.approx(rise, rel=0.15)
    assert (energy.low <= energy.ale).all() and (energy.ale <= energy.high).all()
    others = curves[~curves.feature.isin(["energy"])].groupby("feature").pdp.agg(np.ptp)
    assert others.max() < 8
    assert curves[curves.feature == "key"].ale.isna().all()
    assert energy.n.sum() == len(planted())
    lines = quick().tables["effects_popularity_lines"].to_pandas()
    assert lines.groupby("feature").line.nunique().max() <= 40


def test_features_that_go_together_are_said_and_shuffled_together():
    loud = planted().column("energy") * 20 - 30 + np.random.default_rng(0).normal(0, 0.5, 500)
    twins = with_column(planted(), "loudness", pa.array(loud.astype(np.float32)))
    found = QUICK.fit(twins, seed=0)
    assert "energy and loudness" in found.facts["groups_sentence"]
    table = found.tables["popularity_importance_groups"].to_pylist()
    assert table[0]["features"] == ["energy", "loudness"]
    assert table[0]["n_features"] == 2
    assert sorted(name for row in table for name in row["features"]) == sorted(twins.feature_names)


def test_genre_and_year_are_learned_as_features_and_their_contributions_sum():
    catalogue, found = contextual()
    model = found.estimators["popularity_context_model"]
    assert model.feature_names == (*catalogue.feature_names, "release_year", "genre")
    importance = found.tables["popularity_context_importance"].to_pydict()["feature"]
    assert set(importance[:3]) == {"genre", "release_year", "energy"}
    plain = np.column_stack([catalogue.column(name) for name in model.plain_names])
    X = model.matrix(plain, catalogue.tracks["genres"].to_pylist())
    contributions = model.contributions(X)
    assert contributions.shape == (600, len(model.feature_names) + 1)
    assert np.clip(contributions.sum(axis=1), 0, 100) == pytest.approx(model.predict(X), abs=1e-5)
    audio = QUICK.fit(catalogue, seed=0)
    assert found.scores[0].value > audio.scores[0].value + 0.05


def test_what_is_not_known_of_a_release_may_be_left_out():
    catalogue, found = contextual()
    model = found.estimators["popularity_context_model"]
    audio = model.predict(catalogue.features())
    assert np.isfinite(audio).all()
    plain = np.column_stack([catalogue.features(), np.full(600, np.nan)])
    assert np.array_equal(audio, model.predict(model.matrix(plain, [[]] * 600)))
    first = model.predict(model.matrix(plain, [["genre 0"]] * 600))
    last = model.predict(model.matrix(plain, [["genre 3"]] * 600))
    assert 5 < last.mean() - first.mean() < 30


def test_without_genre_year_or_explicit_there_is_no_context():
    bare = without(planted(), "genre", "genres", "release_year")
    assert CONTEXT.missing(bare).startswith("No genre, release year or explicit column")
    assert CONTEXT.missing(without(planted(), "popularity")).startswith("No popularity column")
    assert not CONTEXT.missing(without(planted(), "genre", "genres"))
    CONTEXT.fit(without(planted(), "genre", "genres"), seed=0)


def test_tracks_with_several_genres_are_held_against_their_primary_genre_alone():
    catalogue, _ = contextual()
    popular = catalogue.column("popularity") > 60
    genres = [[g, "genre 0"] if p else [g] for g, p in zip(catalogue.column("genre"), popular, strict=True)]
    both = with_column(catalogue, "genres", pa.array(genres, pa.list_(pa.string())))
    facts = CONTEXT.fit(both, seed=0).facts
    assert facts["several_genres_share"] > 0.05
    assert "With the primary genre alone" in facts["several_genres_sentence"]
