"""What every recipe owes the bundle, the screens and the reader."""

from __future__ import annotations

import io
import json
import math

import joblib
import numpy as np
import pyarrow as pa
import pytest

from models.recipe import Fitted, Recipe, ScoreCard
from models.recipes import THOROUGH
from tests.models.quick import QUICK, fitted, planted
from tests.planting import planted_catalogue, with_column, without

NEEDS = {"genre": "genre", "popularity": "popularity", "trends": "release_year"}
PER_TRACK = {"cluster_labels", "map_xy", "neighbour_space", "genre_oof_proba", "popularity_oof"}
PER_TRACK |= {"genre_context_oof_proba", "popularity_context_oof", "tags_oof_proba"}
PER_TRACK |= {"cluster_cuts", "density_labels", "map_pca", "map_tsne", "map_xyz"}
PER_CELL = {"map_density"}

every_recipe = pytest.mark.parametrize("recipe", QUICK, ids=lambda recipe: recipe.name)


def test_the_contract_covers_every_recipe_in_build_order():
    assert THOROUGH
    assert [type(r) for r in QUICK] == [type(r) for r in THOROUGH]
    assert all(isinstance(r, Recipe) for r in THOROUGH)
    assert len({r.name for r in THOROUGH}) == len(THOROUGH)


@every_recipe
def test_same_seed_same_everything_to_the_bit(recipe):
    again = recipe.fit(planted(), seed=0)
    assert_same(fitted(recipe.name), again)


@every_recipe
def test_score_cards_are_complete(recipe):
    cards = fitted(recipe.name).scores
    assert any(card.served for card in cards)
    for card in cards:
        assert_complete(card, recipe.name)


TARGETED = ("expected_calibration_error", "interval_coverage")
"""Metrics that are held against a target, not against knowing nothing."""


@every_recipe
def test_the_served_model_beats_its_baseline_on_planted_truth(recipe):
    judged = [card for card in fitted(recipe.name).scores if card.served and card.metric not in TARGETED]
    assert judged
    assert all(card.beats_baseline for card in judged)


@every_recipe
def test_arrays_have_a_row_per_track(recipe):
    for stem, array in fitted(recipe.name).arrays.items():
        if stem in PER_CELL:
            continue
        assert stem in PER_TRACK
        assert len(array) == len(planted())
        assert array.dtype in (np.int16, np.float32)


@every_recipe
def test_tables_are_arrow_without_empty_columns(recipe):
    for stem, table in fitted(recipe.name).tables.items():
        assert isinstance(table, pa.Table), stem
        assert table.num_rows, stem
        assert all(column.null_count < len(column) for column in table.columns), stem
        assert not any(pa.types.is_null(kind) for kind in table.schema.types), stem


@every_recipe
def test_facts_are_plain_json(recipe):
    facts = dict(fitted(recipe.name).facts)
    assert json.loads(json.dumps(facts, allow_nan=False)) == facts


@pytest.mark.parametrize("name", ["neighbours", "genre", "popularity"])
def test_facts_say_how_the_judged_tracks_were_kept_apart(name):
    recipe = next(r for r in QUICK if r.name == name)
    nameless = recipe.fit(planted_catalogue(120, seed=6, with_artists=False), seed=0)
    for found, unseen in ((fitted(name), True), (nameless, False)):
        assert found.facts["unseen_artists"] is unseen
        assert found.facts["split"] in {card.split for card in found.scores}
        assert ("unseen" in found.facts["split"]) is unseen


@every_recipe
def test_estimators_survive_being_stored(recipe):
    for stem, estimator in fitted(recipe.name).estimators.items():
        X = columns_of(estimator)
        stored = io.BytesIO()
        joblib.dump(estimator, stored)
        stored.seek(0)
        opened = joblib.load(stored)
        if hasattr(estimator, "predict"):
            assert (opened.predict(X) == estimator.predict(X)).all(), stem
        assert "recipes" not in type(opened).__module__


@every_recipe
def test_progress_rises_from_0_to_1_with_words(recipe):
    heard: list[tuple[float, str]] = []
    recipe.fit(planted(), seed=0, progress=lambda share, doing: heard.append((share, doing)))
    shares = [share for share, _ in heard]
    assert len(heard) > 1
    assert shares == sorted(shares)
    assert shares[0] >= 0 and shares[-1] <= 1
    assert all(doing for _, doing in heard)


@pytest.mark.parametrize(("name", "field"), NEEDS.items())
def test_a_missing_field_is_said_in_a_sentence(name, field):
    recipe = next(r for r in THOROUGH if r.name == name)
    sentence = recipe.missing(without(planted(), field))
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert not recipe.missing(planted())


@every_recipe
def test_too_few_tracks_are_refused_or_learned_from(recipe):
    for n in (1, 2, 12, 29):
        tiny = planted_catalogue(n)
        if not recipe.missing(tiny):
            recipe.fit(tiny, seed=0)


@every_recipe
@pytest.mark.parametrize(
    "catalogue",
    [
        pytest.param(planted_catalogue(100, seed=3), id="100 tracks"),
        pytest.param(planted_catalogue(150, seed=4, missing_share=0.9), id="mostly missing"),
        pytest.param(planted_catalogue(900, seed=5, genres=30), id="30 genres"),
        pytest.param(planted_catalogue(120, seed=6, with_artists=False), id="no artists"),
        pytest.param(planted_catalogue(120, seed=7, genres=0), id="no genres"),
    ],
)
def test_unusual_catalogues_are_learned_from(recipe, catalogue):
    if sentence := recipe.missing(catalogue):
        assert sentence.endswith(".")
        return
    found = recipe.fit(catalogue, seed=1)
    for card in found.scores:
        assert_complete(card, recipe.name)
    json.dumps(dict(found.facts), allow_nan=False)


@every_recipe
def test_identical_tracks_do_no_harm(recipe):
    same = planted_catalogue(100, seed=8)
    energy = same.column("energy").copy()
    energy[:60] = energy[0]
    same = with_column(same, "energy", pa.array(energy))
    if not recipe.missing(same):
        recipe.fit(same, seed=0)


def assert_complete(card: ScoreCard, recipe: str) -> None:
    """Check that a card says all it must, in numbers that hang together."""
    assert card.recipe == recipe
    assert card.model and card.metric and card.baseline and card.split
    assert all(map(math.isfinite, (card.value, card.low, card.high, card.baseline_value)))
    assert card.low <= card.value <= card.high
    assert card.n > 0


def columns_of(estimator: object) -> np.ndarray:
    """Return the numbers that an estimator hears; what stands behind them, such as a genre, counts as unknown."""
    names = getattr(estimator, "feature_names", planted().feature_names)
    return planted().features(tuple(name for name in names if name != "genre"))


def assert_same(one: Fitted, other: Fitted) -> None:
    """Check that two fits left the same, to the bit."""
    assert one.scores == other.scores
    assert one.facts == other.facts
    assert {k: t.to_pylist() for k, t in one.tables.items()} == {k: t.to_pylist() for k, t in other.tables.items()}
    for stem, array in one.arrays.items():
        assert array.tobytes() == other.arrays[stem].tobytes(), stem
    for stem, estimator in one.estimators.items():
        X = columns_of(estimator)
        for method in ("predict", "predict_proba", "contributions", "transform"):
            if hasattr(estimator, method) and stem != "label_encoder":
                first, second = (getattr(e, method)(X) for e in (estimator, other.estimators[stem]))
                assert np.array_equal(first, second), stem
