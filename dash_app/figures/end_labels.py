"""Names of lines at their right ends, in place of a legend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from dash_app.figures.theme import OTHER
from dash_app.figures.words import short

_LABELS_THAT_FIT = 20
_LETTER = 7
_LONGEST_LABEL = 16


def room_for(names: Sequence[str]) -> int:
    """Return the right margin in pixels that the names need.

    >>> room_for(["rock", "metal"]), room_for([])
    (59, 16)
    """
    letters = [min(len(name), _LONGEST_LABEL) for name in names]
    return 16 + (_LETTER * max(letters) + 8 if letters else 0)


def end_labels(
    parts: list[tuple[str, pd.DataFrame]], *, colours: Mapping[str, str], top: float
) -> list[dict[str, Any]]:
    """Return the names of the coloured lines, moved apart where their ends lie close.

    Parameters
    ----------
    parts
        Per line its name and its table with column ``share``.
    colours
        Colour by name; lines in the shared grey get no name.
    top
        Upper end of the axis.
    """
    ends = [
        (name, float(known["share"].iloc[-1]))
        for name, part in parts
        if colours.get(name, OTHER) != OTHER and len(known := part.dropna(subset=["share"]))
    ]
    ends.sort(key=lambda end: end[1])
    places = spread([share for _, share in ends], gap=top / _LABELS_THAT_FIT, highest=top)
    return [_end_label(name, place, colours[name]) for (name, _), place in zip(ends, places, strict=True)]


def _end_label(name: str, place: float, colour: str) -> dict[str, Any]:
    text = f'<span style="color:{colour}">●</span> {short(name, longest=_LONGEST_LABEL)}'
    where = {"xref": "paper", "x": 1, "xanchor": "left", "y": place, "yanchor": "middle"}
    return {"text": text, "showarrow": False, **where}


def spread(places: Sequence[float], *, gap: float, highest: float) -> list[float]:
    """Return ascending places moved up, then down, until they are ``gap`` apart.

    >>> spread([0.0, 0.25, 1.0], gap=0.5, highest=1.0)
    [0.0, 0.5, 1.0]
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + gap) if moved else place)
    ceiling = highest
    for index in reversed(range(len(moved))):
        moved[index] = min(moved[index], ceiling)
        ceiling = moved[index] - gap
    return moved
