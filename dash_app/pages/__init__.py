"""One module per screen, each with a ``PAGE``; in the order of the menu."""

from __future__ import annotations

from dash_app.page import Page
from dash_app.pages import (
    catalogues,
    genres,
    map,
    models,
    not_found,
    overview,
    popularity,
    quality,
    similar,
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

BESIDE: tuple[Page, ...] = (catalogues.PAGE, quality.PAGE, models.PAGE)
"""Screens about catalogues themselves, reached from beside the switch between them, and about all models of one."""

NOT_FOUND: Page = not_found.PAGE
"""What is shown where there is no screen."""
