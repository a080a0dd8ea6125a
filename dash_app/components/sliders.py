"""What `assets/whatif.js` draws the sliders of a What-if from: numbers and words, one set per feature."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from dash_app.answers.whatif_sliders import Spread
from dash_app.components.spread import spread_outline
from dash_app.components.written import writing
from data.fields import Field

_WHOLE = " The bars are all tracks of the catalogue, whatever is selected."


def slider_data(
    spreads: Sequence[Spread],
    start: Mapping[str, float],
    *,
    dictionary: Mapping[str, Field],
    folded: Sequence[str] = (),
) -> list[dict[str, Any]]:
    """Return what a slider per feature shows, in JSON form; of categories, a list to choose from.

    Parameters
    ----------
    spreads
        What each slider spans.
    start
        Where each stands before it is moved.
    dictionary
        The catalogue's fields.
    folded
        Features that are shown on demand.
    """
    return [
        _slider(dictionary[one.field], one, start[one.field]) | {"is_folded": one.field in folded} for one in spreads
    ]


def _slider(field: Field, spread: Spread, start: float) -> dict[str, Any]:
    return {
        "field": field.name,
        "label": field.label,
        "title": field.title,
        "meaning": f"{field.meaning}{_WHOLE if len(spread.heights) else ''}",
        "words": spread.words,
        "outline": spread_outline(spread.heights) if len(spread.heights) else None,
        "start": start,
        "ends": [spread.low, spread.high],
        "step": spread.step,
        "allowed": [end if math.isfinite(end) else None for end in (field.low, field.high)],
        "codes": [[code, field.choices[code - int(field.low)]] for code in spread.codes],
        "writing": writing(field),
    }
