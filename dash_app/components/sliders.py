"""Sliders of a What-if: one per feature, with how the catalogue is spread; of many, the least important folded."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dash_app.answers.whatif_sliders import Spread
from dash_app.components.rail import TOOLTIPS
from dash_app.components.spread import drawn_spread
from data.fields import Field

_WHOLE = " The bars are all tracks of the catalogue, whatever is selected."


def sliders(
    spreads: Sequence[Spread],
    values: Mapping[str, float],
    *,
    dictionary: Mapping[str, Field],
    folded: Sequence[str] = (),
) -> list[Component]:
    """Return a slider per feature.

    Parameters
    ----------
    spreads
        What each slider spans.
    values
        Where each stands.
    dictionary
        The catalogue's fields.
    folded
        Features that are shown on demand.
    """
    made = {one.field: _slider(dictionary[one.field], one, values[one.field]) for one in spreads}
    shown = [slider for name, slider in made.items() if name not in folded]
    if not folded:
        return shown
    summary = html.Summary(f"{len(folded)} more, which matter less to the models")
    return [*shown, html.Details([summary, *(made[name] for name in folded)], className="more-sliders")]


def _slider(field: Field, spread: Spread, value: float) -> html.Div:
    identity = {"type": "whatif", "field": field.name}
    return html.Div(
        [
            html.Div(
                [html.Label(field.label, htmlFor=_dom_id(identity)), html.Span(spread.words, className="count")],
                className="range-title",
            ),
            drawn_spread(spread.heights) if len(spread.heights) else None,
            _codes(field, spread, value, identity) if field.is_categorical else _range(field, spread, value, identity),
        ],
        className="whatif-slider",
        role="group",
        title=f"{field.meaning}{_WHOLE if len(spread.heights) else ''}",
        **{"aria-label": field.title},
    )


def _codes(field: Field, spread: Spread, value: float, identity: Mapping[str, str]) -> dbc.Select:
    options = [{"label": field.choices[code - int(field.low)], "value": str(code)} for code in spread.codes]
    return dbc.Select(id=identity, options=options, value=str(round(value)), className="choice", size="sm")


def _range(field: Field, spread: Spread, value: float, identity: Mapping[str, str]) -> dcc.Slider:
    tooltip: dict[str, Any] = {"placement": "bottom", "always_visible": False}
    if field.name in TOOLTIPS:
        tooltip["transform"] = TOOLTIPS[field.name]
    return dcc.Slider(
        id=identity,
        min=min(spread.low, value),
        max=max(spread.high, value),
        step=spread.step,
        value=value,
        marks=None,
        updatemode="drag",
        allow_direct_input=False,
        tooltip=tooltip,
    )


def _dom_id(identity: Mapping[str, str]) -> str:
    """Return the id that Dash writes into the page for a pattern-matching one."""
    return json.dumps(identity, sort_keys=True, separators=(",", ":"))
