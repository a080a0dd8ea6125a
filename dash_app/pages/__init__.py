"""One module per screen, each with a ``PAGE``; in the order of the menu."""

from __future__ import annotations

from dash_app.page import Page
from dash_app.pages import (
    catalogues,
    clusters,
    genres,
    map,
    models,
    not_found,
    overview,
    popularity,
    quality,
    similar,
    tags,
    trends,
    what_if,
)

PAGES: tuple[Page, ...] = (
    overview.PAGE,
    map.PAGE,
    genres.PAGE,
    popularity.PAGE,
    trends.PAGE,
    similar.PAGE,
    what_if.PAGE,
)
"""All screens in the menu."""

BESIDE: tuple[Page, ...] = (catalogues.PAGE, quality.PAGE, models.PAGE, clusters.PAGE, tags.PAGE)
"""Screens reached from others: catalogues and their quality, all models of one, groups of sound, tags of tracks."""

EVERY_PAGE: tuple[Page, ...] = (*PAGES, *BESIDE)
"""All screens that have an address."""

NOT_FOUND: Page = not_found.PAGE
"""What is shown where there is no screen."""
