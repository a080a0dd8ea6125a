"""The recipes with hyper-parameters small enough for tests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from data.catalogue import Catalogue
from models.recipe import Fitted, Recipe
from models.recipes import (
    clusters,
    genre,
    genre_context,
    map,
    neighbours,
    novelty,
    popularity,
    popularity_context,
    tags,
    trends,
)
from models.recipes.genre_candidates import Plan
from tests.planting import planted_catalogue

CLUSTERS = replace(clusters.RECIPE, ks=(3, 4, 5), n_sample=300, n_refits=2, n_init=2)
MAP = replace(map.RECIPE, n_neighbours=10, n_epochs=40, n_judged=200, n_tsne=150, n_held_out=50)
NEIGHBOURS = replace(neighbours.RECIPE, n_queries=60, n_splits=3)
GENRE = replace(
    genre.RECIPE,
    n_splits=3,
    plan=Plan(
        n_rounds=25,
        learning_rate=0.2,
        n_leaves=7,
        n_networks=1,
        n_units=8,
        n_seen=3000,
        n_forest_trees=10,
        neighbour_counts=(5, 15),
    ),
    importance_rows=300,
)
GENRE_CONTEXT = replace(
    genre_context.RECIPE, n_splits=GENRE.n_splits, plan=GENRE.plan, importance_rows=GENRE.importance_rows
)
POPULARITY = replace(popularity.RECIPE, n_splits=3, n_rounds=40, learning_rate=0.15, importance_rows=300)
POPULARITY_CONTEXT = replace(
    popularity_context.RECIPE, n_splits=3, n_rounds=40, learning_rate=0.15, importance_rows=300
)
TAGS = replace(tags.RECIPE, n_splits=3, n_networks=2, n_units=16, n_epochs=25, n_trees=15, most_leaves=40)
TRENDS = replace(trends.RECIPE, n_splits=3, fewest_tracks=5, n_resamples=50)

QUICK: tuple[Recipe, ...] = (
    CLUSTERS,
    MAP,
    NEIGHBOURS,
    novelty.RECIPE,
    GENRE,
    GENRE_CONTEXT,
    POPULARITY,
    POPULARITY_CONTEXT,
    TAGS,
    TRENDS,
)
"""In the order of `models.recipes.THOROUGH`."""


@cache
def planted() -> Catalogue:
    """Return the planted catalogue that most tests share."""
    return planted_catalogue(500)


@cache
def fitted(name: str) -> Fitted:
    """Return what a quick recipe leaves of `planted`, fitted once."""
    return next(recipe for recipe in QUICK if recipe.name == name).fit(planted(), seed=0)
