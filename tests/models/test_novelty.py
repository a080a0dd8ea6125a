from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from analytics.novelty import kth_distances, shuffled_tracks
from data.fields import FIELDS
from models.predictors.combinations import COMBINATION, DISTANCE, Plausibility, shuffled_shares
from models.predictors.features import SoundSpace
from models.predictors.novelty import NoveltyPredictor
from models.recipes import novelty
from tests.planting import GENRE_FEATURES, planted_catalogue, without

CATALOGUE = planted_catalogue(1500, genres=4)
NAMES = CATALOGUE.feature_names


@pytest.fixture(scope="module")
def found():
    return novelty.RECIPE.fit(CATALOGUE, seed=0)


@pytest.fixture(scope="module")
def model(found):
    return found.estimators["novelty_model"]


def moved(**values):
    """The first track with some features changed."""
    x = CATALOGUE.features()[0].astype(float)
    for name, value in values.items():
        x[NAMES.index(name)] = value
    return x


def test_distances_are_those_of_scikit_learn():
    from sklearn.neighbors import NearestNeighbors

    points = np.random.default_rng(0).normal(size=(900, 5))
    expected = NearestNeighbors(n_neighbors=11).fit(points).kneighbors(points)[0]
    assert kth_distances(points, points, 10, own=True) == pytest.approx(expected[:, 10], abs=1e-6)
    assert kth_distances(points, points[:5] + 0.1, 1) == pytest.approx(
        NearestNeighbors(n_neighbors=1).fit(points).kneighbors(points[:5] + 0.1)[0][:, 0], abs=1e-6
    )


def test_tracks_like_the_known_ones_are_spread_evenly_over_the_known_distances(model):
    fresh = planted_catalogue(1500, genres=4, seed=1).features()
    inside = ~model.beyond(fresh).any(axis=1)
    shares = model.predict(fresh)[inside]
    assert shares.mean() == pytest.approx(0.5, abs=0.05)
    assert (shares > 0.95).mean() < 0.12


def test_a_combination_that_no_genre_has_is_further_out_than_any_track_of_one():
    """In the planted catalogue danceability and acousticness are high together, valence and speechiness too."""
    told = without(CATALOGUE, *(set(NAMES) - set(GENRE_FEATURES)))
    model = novelty.RECIPE.fit(told, seed=0).estimators["novelty_model"]
    values = {"danceability": 0.8, "valence": 0.2, "acousticness": 0.2, "speechiness": 0.8}
    made_up = np.array([values[name] for name in told.feature_names])
    assert model.predict(made_up[None])[0] > 0.99
    assert model.sentence(made_up).startswith("Further from any known track than ")
    assert model.sentence(told.features()[0]) == ""


def test_a_value_beyond_all_known_ones_is_named_with_the_end_of_the_range(model):
    fastest = float(np.nanmax(CATALOGUE.column("tempo")))
    said = model.sentence(moved(tempo=299))
    assert said == f"No known track has tempo over {FIELDS['tempo'].text(fastest)}: the models guess here."
    assert model.predict(moved(tempo=299)[None])[0] == 1


def test_missing_features_are_not_novel(model):
    assert model.predict(moved(liveness=np.nan)[None])[0] < 0.99


def test_made_up_tracks_are_told_from_known_ones_where_features_go_together(found):
    card = found.scores[0]
    assert card.beats_baseline
    alone = planted_catalogue(800, genres=1, dated=False)
    assert novelty.RECIPE.fit(alone, seed=0).scores[0].value == pytest.approx(0.5, abs=0.05)


def test_most_shuffled_tracks_are_no_plausible_combination_and_known_ones_are(found, model):
    """The distance alone, at the limit that it had, let nearly all of them pass."""
    fresh = planted_catalogue(1500, genres=4, seed=1).features().astype(float)
    inside = fresh[~model.beyond(fresh).any(axis=1)]
    made_up = shuffled_tracks(inside, seed=3)
    test = Plausibility(model, DISTANCE, COMBINATION)
    assert test.passes(inside).mean() > 0.88
    assert test.passes(made_up).mean() < 0.75 * (model.predict(made_up) <= 0.99).mean()
    assert found.facts["shuffled_pass"] == test.shuffled_pass(shuffled_shares(model))
    assert found.facts["shuffled_pass"] == pytest.approx(test.passes(made_up).mean(), abs=0.08)


def test_a_build_before_combinations_were_learned_is_judged_by_distance(model):
    parts = {name: getattr(model, name) for name in ("points", "distances", "ranges", "feature_names", "k")}
    old, X = NoveltyPredictor(model.space, **parts), CATALOGUE.features().astype(float)
    usual = X[np.argmin(old.predict(X))]
    test = Plausibility.around(old, usual)
    assert np.array_equal(test.passes(X), old.predict(X) <= 0.95)
    assert 0.5 < test.shuffled_pass(shuffled_shares(old)) <= 1
    assert Plausibility.around(old, X[np.argmax(old.predict(X))]).passes(X).all()


def test_a_combination_is_judged_at_once(model):
    X, spent = CATALOGUE.features().astype(float), []
    for i in range(40):
        started = time.perf_counter()
        model.combination(X[i : i + 1])
        spent.append(time.perf_counter() - started)
    assert np.median(spent) < 0.02


def test_the_same_seed_gives_the_same_novelty(model):
    again = replace(novelty.RECIPE, n_reference=20_000).fit(CATALOGUE, seed=0).estimators["novelty_model"]
    X = CATALOGUE.features()
    assert np.array_equal(again.predict(X), model.predict(X))


def test_one_track_is_judged_at_once_among_twenty_thousand():
    rng = np.random.default_rng(2)
    X = rng.random((20_000, 12))
    names = tuple(name for name in FIELDS if FIELDS[name].role == "audio")[:12]
    space = SoundSpace(names).fit(X)
    points = space.transform(X).astype(np.float32)
    large = NoveltyPredictor(
        space,
        points=points,
        distances=np.linspace(0.5, 2, 20_000, dtype=np.float32),
        ranges=np.column_stack([X.min(axis=0), X.max(axis=0)]),
        feature_names=names,
        k=10,
    )
    spent = []
    for i in range(30):
        started = time.perf_counter()
        large.predict(X[i : i + 1])
        spent.append(time.perf_counter() - started)
    assert np.median(spent) < 0.02
