"""Islands by density: planted ones are found, a cloud has none, and tracks that were not searched join them."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import adjusted_rand_score

from analytics.density import density_raster
from analytics.islands import NOISE, density_islands

SIZES = (300, 200, 100)
PLANTED = np.repeat([0, 1, 2, NOISE], (*SIZES, 150))
CENTRES = np.array([[0, 0, 0], [8, 0, 0], [0, 8, 0]])


def islands_in_a_haze(seed=0):
    """Three tight groups, and tracks strewn over all the space between them."""
    rng = np.random.default_rng(seed)
    dense = CENTRES[PLANTED[PLANTED >= 0]] + rng.normal(0, 0.3, (sum(SIZES), 3))
    return np.concatenate([dense, rng.uniform(-6, 14, (150, 3))])


def test_planted_islands_are_found_numbered_by_size_and_the_haze_belongs_to_none():
    found = density_islands(islands_in_a_haze(), seed=0)
    assert found.n == 3
    assert adjusted_rand_score(PLANTED, found.labels) > 0.95
    assert (found.labels[PLANTED >= 0] == PLANTED[PLANTED >= 0]).mean() > 0.95
    assert (found.labels[PLANTED == NOISE] == NOISE).mean() > 0.9


def test_one_cloud_has_no_islands():
    cloud = np.random.default_rng(1).normal(size=(800, 4))
    found = density_islands(cloud, seed=0)
    assert found.n == 0
    assert (found.labels == NOISE).all()


def test_tracks_that_were_not_searched_join_the_island_in_reach():
    space = np.concatenate([islands_in_a_haze(seed) for seed in range(3)])
    planted = np.tile(PLANTED, 3)
    found = density_islands(space, seed=0, most=800)
    assert found.n_searched == 800
    assert adjusted_rand_score(planted, found.labels) > 0.9


def test_the_same_seed_finds_the_same_islands_to_the_bit():
    space = islands_in_a_haze()
    one, other = (density_islands(space, seed=3, most=400).labels.tobytes() for _ in range(2))
    assert one == other


def test_a_handful_of_tracks_has_no_islands():
    assert density_islands(np.zeros((10, 2)), seed=0).n == 0


def test_the_raster_counts_every_track_once_in_the_cell_where_it_lies():
    xy = np.random.default_rng(0).integers(0, 32_001, (5000, 2)).astype(np.int16)
    raster = density_raster(xy, extent=32_000)
    assert raster.shape == (512, 512)
    assert raster.sum() == 5000
    assert raster[:256, :256].sum() == (xy < 16_000).all(axis=1).sum()
    assert raster[:256].sum() == (xy[:, 1] < 16_000).sum()
