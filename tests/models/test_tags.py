from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import joblib
import numpy as np
import pyarrow as pa
import pytest
from sklearn.ensemble import RandomForestRegressor

from models.needs import carried_tags
from models.predictors.features import FilledFeatures
from models.recipes import tags, tags_models
from models.recipes.tags_models import TagLesson, tag_forest, tag_networks
from models.recipes.tags_tables import labels_of_tags
from tests.planting import planted_catalogue, with_column, without

SMALL = replace(tags.RECIPE, n_splits=3, n_networks=2, n_units=16, n_epochs=25, n_trees=15, most_leaves=40)
THOROUGH = replace(SMALL, depth="thorough")


def tagged(n=600, *, seed=0, shuffled=False):
    """A catalogue whose tags follow energy, valence and tempo, and one tag that follows popularity alone."""
    plain = planted_catalogue(n, seed=seed)
    rng = np.random.default_rng(seed)
    follows = {
        "energetic": plain.column("energy") > 0.6,
        "happy": plain.column("valence") > 0.5,
        "fast": plain.column("tempo") > 125,
        "popular": plain.column("popularity") > np.median(plain.column("popularity")),
    }
    carried = np.column_stack(list(follows.values()))
    carried &= rng.random(carried.shape) < 0.95
    carried = rng.permutation(carried) if shuffled else carried
    lists = [[name for name, has in zip(follows, row, strict=True) if has] for row in carried]
    return with_column(plain, "genres", pa.array(lists, pa.list_(pa.string())))


@pytest.fixture(scope="module")
def found():
    return THOROUGH.fit(tagged(), seed=0)


@pytest.fixture(scope="module")
def by_tag(found):
    return {row["tag"]: row for row in found.tables["tags_scores"].to_pylist()}


def test_tags_that_follow_a_feature_come_back(by_tag):
    for tag in ("energetic", "happy", "fast"):
        assert by_tag[tag]["ap_low"] > by_tag[tag]["baseline_ap"] + 0.2
        assert by_tag[tag]["f1"] > 0.8


def test_the_served_model_beats_tag_frequencies_in_every_score(found):
    served = [card for card in found.scores if card.served]
    assert len(served) == 4
    assert all(card.beats_baseline for card in served)


def test_shuffled_tags_give_no_more_than_their_frequencies():
    nothing = SMALL.fit(tagged(shuffled=True), seed=0)
    by_metric = {card.metric: card for card in nothing.scores if card.served}
    for metric in ("label_ranking_average_precision", "average_precision_macro"):
        card = by_metric[metric]
        assert card.value == pytest.approx(card.baseline_value, abs=0.06)


def test_rows_without_a_tag_are_neither_learned_from_nor_judged(found):
    lists = tagged().tracks["genres"].to_pylist()
    unseen = found.arrays["tags_oof_proba"]
    assert unseen.dtype == np.float32
    assert (np.isnan(unseen).all(axis=1) == [not carried for carried in lists]).all()
    assert found.facts["n_judged"] == sum(map(bool, lists))


def test_the_same_seed_gives_the_same_bits(found):
    again = THOROUGH.fit(tagged(), seed=0)
    X = tagged().features()
    assert again.facts == found.facts
    assert again.scores == found.scores
    assert again.arrays["tags_oof_proba"].tobytes() == found.arrays["tags_oof_proba"].tobytes()
    one, other = (each.estimators["tags_model"].predict_proba(X) for each in (again, found))
    assert one.tobytes() == other.tobytes()
    json.dumps(dict(found.facts), allow_nan=False)


def test_plausible_tags_are_those_over_their_threshold(found):
    model, X = found.estimators["tags_model"], tagged().features()
    proba = model.predict_proba(X)
    assert proba.shape == (len(X), 4)
    assert ((proba >= 0) & (proba <= 1)).all()
    assert (model.predict(X) == (proba >= np.array(found.facts["thresholds"]))).all()
    first = model.plausible(X[0])
    assert [share for _, share in first] == sorted((share for _, share in first), reverse=True)
    assert {tag for tag, _ in first} == {
        tag for tag, has in zip(model.tags, model.predict(X[:1])[0], strict=True) if has
    }


def test_the_networks_answer_alone_where_no_forest_was_grown():
    quick = SMALL.fit(tagged(), seed=0)
    assert quick.estimators["tags_model"].forest is None
    assert quick.facts["served"] == tags.NETWORK


def test_models_that_know_popularity_tell_what_follows_popularity(found):
    rows = found.tables["tags_candidates"].to_pylist()
    sound, wider = (
        next(row for row in rows if row["model"] == tags.NETWORK and row["features"] == words)
        for words in ("audio", "audio + popularity")
    )
    assert wider["lrap"] > sound["lrap"]
    assert not wider["served"]
    assert sum(row["served"] for row in rows) == 1


def test_a_network_never_sees_the_artists_that_stop_it(monkeypatch):
    rng = np.random.default_rng(0)
    lesson = TagLesson(rng.normal(size=(300, 2)), rng.random((300, 3)) < 0.4, rng.integers(60, size=300))
    stopped: list[set[int]] = []
    trained = tags_models._stopped_early

    def watched(network, columns, carried, learns, judges, n_epochs):
        seen, judged = (set(lesson.groups[rows]) for rows in (learns, judges))
        assert seen and judged and not seen & judged
        stopped.append(judged)
        return trained(network, columns, carried, learns, judges, n_epochs)

    monkeypatch.setattr(tags_models, "_stopped_early", watched)
    tag_networks(lesson, ("danceability", "energy"), n_networks=3, n_units=4, n_epochs=2, seed=0)
    assert sum(map(len, stopped)) == len(set.union(*stopped)) == len(set(lesson.groups))


def test_a_compact_forest_answers_as_the_one_it_was_made_from():
    rng = np.random.default_rng(1)
    X = rng.random((400, 5))
    X[::9, 2] = np.nan
    lesson = TagLesson(X, np.column_stack([X[:, 0] > 0.5, X[:, 1] > 0.3]), np.arange(400))
    compact = tag_forest(lesson, n_trees=10, most_leaves=30, seed=3)
    filled = FilledFeatures().fit(X).transform(X)
    whole = RandomForestRegressor(10, min_samples_leaf=3, max_leaf_nodes=30, max_features="sqrt", random_state=3)
    expected = whole.fit(filled, lesson.carried.astype(float)).predict(filled)
    assert compact.predict_proba(X) == pytest.approx(expected, abs=1e-3)
    assert compact.predict_proba(X[:1]).tobytes() == compact.predict_proba(X)[:1].tobytes()


def test_a_stored_model_answers_the_same_without_any_trainer(found, tmp_path):
    model, X = found.estimators["tags_model"], tagged().features()
    joblib.dump(model, tmp_path / "model.joblib")
    np.save(tmp_path / "X.npy", X)
    asks = (
        "import sys, joblib, numpy as np; from pathlib import Path; folder = Path(sys.argv[1]);"
        "model = joblib.load(folder / 'model.joblib');"
        "np.save(folder / 'answer.npy', model.predict_proba(np.load(folder / 'X.npy')));"
        "assert not {'sklearn.ensemble', 'sklearn.neural_network'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", asks, str(tmp_path)], check=True)
    assert np.load(tmp_path / "answer.npy").tobytes() == model.predict_proba(X).tobytes()
    assert (tmp_path / "model.joblib").stat().st_size < 5e6


@pytest.mark.parametrize(
    ("catalogue", "words"),
    [
        (without(tagged(), "genres"), "No genre tags"),
        (planted_catalogue(500), "Hardly any track has more than one genre"),
        (tagged(60), "Fewer than two tags on 50 tracks each"),
    ],
)
def test_a_catalogue_without_tags_is_told_what_is_missing(catalogue, words):
    sentence = tags.RECIPE.missing(catalogue)
    assert sentence.startswith(words)
    assert sentence.endswith(".")
    assert not tags.RECIPE.missing(tagged())


def test_a_tag_speaks_for_its_family_or_the_genre_of_its_name():
    plain = tagged(100)
    genres = with_column(plain, "genre", pa.array(["metal", "pop"] * 50))
    families = [{"tag": "nu metal", "family": "metal", "n": 9, "how": "table"}]
    catalogue = replace(genres, quality={"families": families})
    assert labels_of_tags(catalogue, ["nu metal", "pop", "polka"]) == {"nu metal": "metal", "pop": "pop"}


def test_tags_that_are_spelled_twice_count_once():
    assert carried_tags([["pop", "pop"], None, []], ["pop"]).tolist() == [[True], [False], [False]]
    assert tags.commonest_tags([["a", "a"], ["b"], ["b"]], most=1, fewest=1) == ["b"]
