"""The filter rail, made from what a catalogue holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dash_app.answers.filters import FilterRange, FilterValue
from data.fields import Field
from data.selection import Selection

TOOLTIPS = {"duration_ms": "durationText", "key": "keyText"}
"""Functions of assets/linked.js that write slider values, by field."""


def rail(
    genres: Sequence[FilterValue],
    clusters: Sequence[FilterValue],
    ranges: Mapping[str, FilterRange],
    *,
    dictionary: Mapping[str, Field],
    colours: Mapping[str, str],
    selection: Selection,
) -> list[Component]:
    """Return the filters of one catalogue.

    Parameters
    ----------
    genres, clusters
        Values to choose from, with counts.
    ranges
        Ends of every numeric filter by its key in the address.
    dictionary
        The catalogue's fields.
    colours
        Colour of each genre.
    selection
        What is chosen.
    """
    leading = [key for key in ("year", "popularity") if key in ranges]
    features = [key for key in ranges if key not in leading]
    parts = [
        _checklist("genre", "Genre", genres, selection.genres, colours=colours) if genres else None,
        *(_range(key, ranges[key], selection, dictionary) for key in leading),
        _checklist("cluster", "Cluster", clusters, selection.clusters) if clusters else None,
        html.Details(
            [html.Summary("Audio features"), *(_range(key, ranges[key], selection, dictionary) for key in features)],
            className="rail-group",
            open=any(key in selection.query() for key in features),
        )
        if features
        else None,
    ]
    return [part for part in parts if part is not None]


def _checklist(
    key: str,
    title: str,
    values: Sequence[FilterValue],
    chosen: Sequence[str | int],
    *,
    colours: Mapping[str, str] | None = None,
) -> html.Fieldset:
    ticked = [v.value for v in values if v.value in chosen]
    options = [
        {
            "value": v.value,
            "label": html.Span(
                [
                    html.Span(className="swatch", style={"background": colours[str(v.value)]}) if colours else None,
                    html.Span(v.label, className="label", title=v.label),
                    html.Span(f"{v.n:,}", className="count"),
                ],
                className="option",
            ),
        }
        for v in values
    ]
    return html.Fieldset(
        [
            html.Legend(title),
            dbc.Checklist(id={"type": "rail-list", "key": key}, options=options, value=ticked, className="rail-list"),
        ],
        className="rail-group",
    )


def _range(key: str, ends: FilterRange, selection: Selection, dictionary: Mapping[str, Field]) -> html.Div:
    chosen = selection.range_of(ends.field)
    field = dictionary[ends.field]
    tooltip = {"placement": "bottom", "always_visible": False}
    if ends.field in TOOLTIPS:
        tooltip["transform"] = TOOLTIPS[ends.field]
    return html.Div(
        [
            html.Div(
                [
                    html.Span(field.label),
                    html.Span(f"{field.text(ends.low)} – {field.text(ends.high)}", className="count"),
                ],
                className="range-title",
            ),
            dcc.RangeSlider(
                id={"type": "rail-range", "key": key},
                min=ends.low,
                max=ends.high,
                step=ends.step,
                value=[max(chosen.low, ends.low), min(chosen.high, ends.high)],
                marks=None,
                allowCross=False,
                allow_direct_input=False,
                tooltip=tooltip,
            ),
        ],
        className="rail-range",
        role="group",
        **{"aria-label": f"Range of {field.title}"},
    )
