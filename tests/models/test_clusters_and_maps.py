"""Cuts, islands, maps and places: what is planted in a catalogue comes back, and what is not is not claimed."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from analytics.clusters import effects_by_group, extreme_rows, kmeans_cut
from analytics.profiles import effect_sizes
from data.fields import FIELDS
from data.recordings import recording_codes
from data.selection import MAP_EXTENT
from models.predictors.spaces import MapPlacer
from models.recipes.cluster_tables import density_sentence, profile_table, stability_sentence
from models.recipes.map import ABSENT
from models.recipes.map_quality import placing_error
from tests.models.quick import CLUSTERS, MAP, NEIGHBOURS, fitted, planted
from tests.planting import GENRE_FEATURES, planted_catalogue, with_repeats, without

rng = np.random.default_rng(0)


def only_genre_features(catalogue):
    return without(catalogue, *set(catalogue.feature_names) - set(GENRE_FEATURES))


@pytest.fixture(scope="module")
def apart():
    """What is left of a catalogue of four planted groups, cut into 2 to 8."""
    return replace(CLUSTERS, ks=tuple(range(2, 9)), n_refits=6).fit(only_genre_features(planted()), seed=0)


def test_the_planted_number_is_chosen_and_is_the_most_stable(apart):
    choice = apart.tables["cluster_choice"].to_pandas().set_index("k")
    assert choice.index[choice.chosen].tolist() == [4]
    assert choice.stability.idxmax() == 4
    assert choice.stability_low[4] > 0.9
    assert (choice.stability_low <= choice.stability).all() and (choice.stability <= choice.stability_high).all()
    assert choice.ari_with_genre.idxmax() == 4
    assert choice.nmi_with_genre[4] > 0.85
    assert apart.facts["choice_sentence"].startswith("4 clusters have the best mean rank")
    assert "4" in apart.facts["stability_sentence"]


def test_every_cut_is_kept_and_a_new_track_has_a_place_in_each(apart):
    cuts, model = apart.arrays["cluster_cuts"], apart.estimators["cluster_model"]
    assert cuts.shape == (500, 7)
    X = only_genre_features(planted()).features()
    for column, k in enumerate(apart.facts["ks"]):
        assert np.unique(cuts[:, column]).tolist() == list(range(k))
        assert (model.predict(X, k) == cuts[:, column]).mean() > 0.99
    assert (cuts[:, 2] == apart.arrays["cluster_labels"]).all()
    with pytest.raises(KeyError):
        model.predict(X, 30)


def test_every_cut_has_profiles_with_names_of_its_own(apart):
    profiles = apart.tables["cluster_profiles"].to_pandas()
    assert profiles.groupby("k").cluster.nunique().to_dict() == {k: k for k in range(2, 9)}
    assert (profiles.groupby("k").name.nunique() == profiles.groupby("k").cluster.nunique()).all()
    assert ((profiles.low <= profiles.effect) & (profiles.effect <= profiles.high)).all()
    chosen = profiles[profiles.k == 4].drop_duplicates("cluster")
    assert chosen.name.tolist() == apart.facts["names"]
    assert chosen.n.tolist() == apart.facts["sizes"]


def test_planted_groups_are_islands(apart):
    labels, genres = apart.arrays["density_labels"], planted().column("genre").astype(str)
    assert len(apart.facts["island_sizes"]) == 4
    for island in range(4):
        _, counts = np.unique(genres[labels == island], return_counts=True)
        assert counts.max() / counts.sum() > 0.95
    assert apart.facts["noise_share"] == pytest.approx((labels == -1).mean())
    assert apart.facts["density_sentence"].startswith("By density there are 4 islands")
    assert set(apart.tables["density_profiles"]["island"].to_pylist()) == {0, 1, 2, 3}


def test_a_continuum_is_called_one():
    facts = CLUSTERS.fit(planted_catalogue(400, genres=1, dated=False), seed=0).facts
    assert "continuum" in facts["structure_sentence"]
    assert facts["density_sentence"].endswith("the tracks are one cloud without islands.")
    assert facts["island_names"] == []


def test_repeats_of_one_recording_are_no_island():
    catalogue = planted_catalogue(300, genres=1, dated=False)
    repeated = with_repeats(catalogue, np.repeat([7], 60))
    labels = CLUSTERS.fit(repeated, seed=0).arrays["density_labels"]
    assert (labels == -1).all()


def test_typical_tracks_are_near_the_centre_and_odd_ones_far():
    examples = fitted("clusters").tables["cluster_examples"].to_pandas()
    ids = planted().column("track_id")
    assert (ids[examples.row] == examples.track_id).all()
    for cluster, own in examples.groupby("cluster"):
        typical, odd = own[own.kind == "typical"], own[own.kind == "odd"]
        assert typical.distance.max() < odd.distance.min()
        assert typical.distance.is_monotonic_increasing and odd.distance.is_monotonic_decreasing
        assert (fitted("clusters").arrays["cluster_labels"][own.row] == cluster).all()


def test_examples_show_each_recording_once():
    distances, recordings = np.array([0.1, 0.1, 0.2, 0.3]), np.array([0, 0, 1, 2])
    assert extreme_rows(distances, np.arange(4), recordings, 2).tolist() == [0, 2]


def test_effects_of_all_groups_at_once_are_those_of_each_alone():
    points = rng.normal(size=(300, 4))
    labels = rng.integers(-1, 3, 300)
    found = effects_by_group(points, labels, 3)
    for group in range(3):
        alone = effect_sizes(points, labels == group)
        for name in ("effect", "low", "high"):
            assert getattr(found, name)[group] == pytest.approx(alone[name].to_numpy())


def test_large_catalogues_are_cut_on_a_sample_and_every_track_has_a_cluster():
    centres = np.array([[0, 0], [9, 0], [0, 9]])
    truth = rng.integers(3, size=70_000)
    cut = kmeans_cut(centres[truth] + rng.normal(0, 0.5, (70_000, 2)), 3, seed=0, n_init=1)
    assert len(cut.labels) == 70_000
    assert len({tuple(pair) for pair in np.column_stack([truth, cut.labels]).tolist()}) == 3


def test_thorough_refits_more_often_and_leaves_the_same_cuts():
    catalogue = planted_catalogue(150)
    quick = CLUSTERS.fit(catalogue, seed=0)
    thorough = replace(CLUSTERS, depth="thorough").fit(catalogue, seed=0)
    assert (quick.arrays["cluster_cuts"] == thorough.arrays["cluster_cuts"]).all()
    assert thorough.facts["depth"] == "thorough"


def test_sentences_of_density_say_what_there_is():
    assert density_sentence([], 100).startswith("No region is set apart by density (HDBSCAN)")
    one = density_sentence([60], 40, sampled=50)
    assert "there is one island of 60 tracks" in one
    assert "40% of the tracks" in one and "on a sample of 50 recordings" in one
    assert "the middle of the cloud rather than a group apart" in one
    assert "middle" not in density_sentence([30, 30], 40)


def test_profiles_of_nothing_are_an_empty_table():
    assert profile_table(np.zeros((5, 1)), np.full(5, -1), 0, [FIELDS["energy"]]).num_rows == 0


def test_no_stable_cut_is_said():
    table = fitted("clusters").tables["cluster_choice"]
    shaky = table.set_column(table.column_names.index("stability_low"), "stability_low", [np.zeros(len(table))])
    assert stability_sentence(shaky).startswith("No cut comes out alike")


def test_a_held_out_track_is_placed_in_its_group():
    catalogue = only_genre_features(planted())
    found = fitted_map_of_groups()
    placer, xy = found.estimators["map_model"], found.arrays["map_xy"]
    genres = planted().column("genre").astype(str)
    held = np.arange(0, 500, 5)
    kept = np.setdiff1d(np.arange(500), held)
    without_them = MapPlacer(placer.space, placer.points[kept], placer.positions[kept])
    placed = without_them.predict(catalogue.features()[held]).astype(float)
    for group in np.unique(genres):
        own = xy[kept][genres[kept] == group].astype(float)
        reach = np.quantile(np.linalg.norm(own - np.median(own, axis=0), axis=1), 0.99)
        away = np.linalg.norm(placed[genres[held] == group] - np.median(own, axis=0), axis=1)
        assert (away <= reach).mean() > 0.9
    assert found.facts["placing_error"] < 0.1
    assert found.facts["placing_error"] <= found.facts["placing_error_p90"]


def test_a_track_on_the_map_is_placed_where_it_lies():
    found = fitted("map")
    placed = found.estimators["map_model"].predict(planted().features()[:50])
    assert np.abs(placed.astype(int) - found.arrays["map_xy"][:50]).max() <= 1


def test_a_track_between_two_groups_joins_one_of_them():
    points = np.array([[0, 0], [0.1, 0], [1, 0], [1.1, 0], [0.05, 0]], np.float32)
    positions = np.array([[0, 0], [100, 0], [30_000, 0], [30_100, 0], [50, 0]], np.int16)
    placed = MapPlacer(None, points, positions).placed(np.array([[0.5, 0]], np.float32))
    assert placed[0, 0] <= 100


def test_one_track_is_placed_within_50_ms_without_umap():
    model = fitted("map").estimators["map_model"]
    X = planted().features()[:1]
    model.predict(X)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        model.predict(X)
        times.append(time.perf_counter() - started)
    assert min(times) < 0.05
    assert type(model).__module__ == "models.predictors.spaces"


def test_placing_is_judged_without_the_repeats_of_a_track():
    catalogue = with_repeats(planted_catalogue(200), range(200))
    points = rng.normal(size=(400, 3)).astype(np.float32)
    positions = rng.integers(0, MAP_EXTENT, (400, 2)).astype(np.int16)
    points[200:], positions[200:] = points[:200], positions[:200]
    error = placing_error(MapPlacer(None, points, positions), recording_codes(catalogue), n=50, seed=0)
    assert error[0] > 0.1


def test_the_principal_plane_is_the_planted_one():
    line = np.linspace(0, 1, 200)
    catalogue = only_genre_features(planted_catalogue(200))
    names = catalogue.feature_names
    table = catalogue.tracks
    for name in names:
        values = line + np.random.default_rng(3).normal(0, 0.01, 200)
        table = table.set_column(table.column_names.index(name), name, [values.astype(np.float32)])
    found = replace(MAP, n_epochs=5, n_tsne=30).fit(replace(catalogue, tracks=table), seed=0)
    assert found.facts["pca_explained"][0] > 0.99
    along = found.arrays["map_pca"][:, 0].astype(float)
    assert abs(np.corrcoef(along, line)[0, 1]) > 0.99


def test_every_map_is_judged_among_the_same_tracks():
    table = fitted("map").tables["map_quality"].to_pandas()
    assert set(table["map"][table.among == 500]) == {"map_xy", "map_pca"}
    assert set(table["map"][table.among < 500]) == {"map_xy", "map_pca", "map_tsne"}
    assert ((table.low <= table.trustworthiness) & (table.trustworthiness <= table.high)).all()
    assert ((table.continuity_low <= table.continuity) & (table.continuity <= table.continuity_high)).all()


def test_tracks_that_tsne_did_not_lay_out_are_absent_from_its_map():
    positions = fitted("map").arrays["map_tsne"]
    laid_out = (positions != ABSENT).all(axis=1)
    assert laid_out.sum() == fitted("map").facts["n_tsne"]
    assert (positions[~laid_out] == ABSENT).all()


def test_the_density_raster_counts_every_track():
    assert fitted("map").arrays["map_density"].sum() == 500


def test_a_third_dimension_comes_with_the_thorough_depth_only():
    catalogue = planted_catalogue(120)
    thorough = replace(MAP, depth="thorough", n_epochs=5, n_tsne=30).fit(catalogue, seed=0)
    assert thorough.arrays["map_xyz"].shape == (120, 3)
    assert "map_xyz" not in fitted("map").arrays
    assert 3 in thorough.tables["map_quality"]["dimensions"].to_pylist()


def test_a_large_catalogue_is_laid_out_in_part_and_the_rest_placed():
    catalogue = only_genre_features(planted())
    found = replace(MAP, most_laid_out=300).fit(catalogue, seed=0)
    xy = found.arrays["map_xy"]
    assert found.facts["n_laid_out"] == 300
    assert len(xy) == 500 and xy.min() >= 0
    assert found.tables["map_quality"].to_pandas().query("map == 'map_xy' and among == 500").low.item() > 0.8


def test_similarity_is_learned_from_a_sample_of_a_large_catalogue():
    found = replace(NEIGHBOURS, most_learned=250).fit(planted(), seed=0)
    assert found.arrays["neighbour_space"].shape[0] == 500
    assert found.scores[0].n <= 250


def fitted_map_of_groups():
    """The map of four planted groups."""
    return MAP.fit(only_genre_features(planted()), seed=0)
