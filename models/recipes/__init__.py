"""One module per thing learned, and the order in which a build learns them."""

from __future__ import annotations

from models.recipe import Recipe
from models.recipes import clusters, genre, map, neighbours, popularity, trends

RECIPES: tuple[Recipe, ...] = (
    clusters.RECIPE,
    map.RECIPE,
    neighbours.RECIPE,
    genre.RECIPE,
    popularity.RECIPE,
    trends.RECIPE,
)
"""All recipes, in build order."""
