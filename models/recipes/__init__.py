"""One module per thing learned, and the order in which a build learns them."""

from __future__ import annotations

from dataclasses import replace

from models.recipe import Recipe
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

QUICK: tuple[Recipe, ...] = (
    clusters.RECIPE,
    map.RECIPE,
    neighbours.RECIPE,
    novelty.RECIPE,
    genre.RECIPE,
    popularity.RECIPE,
    trends.RECIPE,
)
"""What every screen needs, in build order: the embedded catalogue is learned in half a minute."""

THOROUGH: tuple[Recipe, ...] = (
    replace(clusters.RECIPE, depth="thorough"),
    replace(map.RECIPE, depth="thorough"),
    neighbours.RECIPE,
    novelty.RECIPE,
    replace(genre.RECIPE, depth="thorough"),
    replace(genre_context.RECIPE, depth="thorough"),
    replace(popularity.RECIPE, depth="thorough"),
    replace(popularity_context.RECIPE, depth="thorough"),
    replace(tags.RECIPE, depth="thorough"),
    trends.RECIPE,
)
"""The same with every candidate and study, and the models that know more than the sound; minutes."""
