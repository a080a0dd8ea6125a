"""What a browser needs to know before it paints the map: how many points, how large, in which colours, from where."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from dash_app.answers.map import map_facts
from dash_app.answers.map_layouts import UMAP, UMAP_3D, placed_rows
from dash_app.answers.map_view import MOST_AT_ONCE, years_shown
from dash_app.figures.map_frame import TWELVE, hues, point_look
from dash_app.figures.theme import AGAINST, genre_colours
from models.bundle import Bundle


def palette_of(bundle: Bundle, categories: list[str] | None) -> list[str] | None:
    """Return a colour per category, None where the colour is a number."""
    if categories is None:
        return None
    if not set(categories) <= set(bundle.genre_names) and len(categories) <= len(TWELVE):
        return list(TWELVE[: len(categories)])
    colours = genre_colours(bundle.genre_names if set(categories) <= set(bundle.genre_names) else categories)
    return [colours[name] for name in categories]


@lru_cache(maxsize=32)
def map_look(bundle: Bundle, colour: str, layout: str = UMAP) -> dict[str, Any]:
    """Return what `assets/map.js` paints by.

    ``all`` says whether all points are sent at once, ``palette`` has a colour per code, ``size`` is diameter and
    opacity, ``names`` a name per code or None, ``view`` the ranges of x and y to show first, ``layout`` where positions
    are from, ``years`` the first and the last year that a film of the years shows, None where no date is known.
    """
    facts = map_facts(bundle, colour, layout)
    return {
        "bundle": bundle.id,
        "catalogue": bundle.name,
        "n": len(bundle),
        "all": len(bundle) <= MOST_AT_ONCE,
        "colour": colour,
        "names": facts["categories"],
        "palette": hues(palette_of(bundle, facts["categories"])),
        "size": point_look(len(placed_rows(bundle, layout))),
        "against": AGAINST,
        "layout": layout,
        "turns": layout == UMAP_3D,
        "years": years_shown(bundle),
        "view": [list(ends) for ends in facts["view"]],
    }
