"""One module per screen, each with a ``PAGE``; in the order of the menu."""

from __future__ import annotations

from dash_app.page import Page
from dash_app.pages import genres, map, not_found, overview, popularity, similar, trends, what_if

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

NOT_FOUND: Page = not_found.PAGE
"""What is shown where there is no screen."""
