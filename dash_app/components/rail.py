"""The filter rail, made from what a catalogue holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import dash_bootstrap_components as dbc
from dash import dcc, html
from dash.development.base_component import Component

from dash_app.answers.filters import FilterRange, FilterValue
from dash_app.components.written import writing
from data.fields import Field
from data.selection import Selection

TOOLTIPS = {"duration_ms": "durationText", "key": "keyText"}
"""Functions of assets/rail.js that write slider values, by field."""


def rail(
    genres: Sequence[FilterValue],
    clusters: Sequence[FilterValue],
    ranges: Mapping[str, FilterRange],
    *,
    dictionary: Mapping[str, Field],
    colours: Mapping[str, str],
    selection: Selection,
    predicted: Sequence[FilterValue] = (),
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
    predicted
        Genres by what a model takes tracks for, with counts; folded away, as few look for them.
    """
    leading = [key for key in ("year", "popularity") if key in ranges]
    features = [key for key in ranges if key not in leading]
    parts = [
        _checklist("genre", "Genre", genres, selection.genres, colours=colours) if genres else None,
        *(_range(key, ranges[key], selection, dictionary) for key in leading),
        _checklist("cluster", "Cluster", clusters, selection.clusters) if clusters else None,
        _folded("predicted", "Taken for", predicted, selection.predicted, colours=colours) if predicted else None,
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
    return html.Fieldset(
        [html.Legend(title), _ticks(key, values, chosen, colours)],
        className="rail-group",
    )


def _folded(
    key: str, title: str, values: Sequence[FilterValue], chosen: Sequence[str], *, colours: Mapping[str, str]
) -> html.Details:
    named = html.Fieldset([html.Legend(title, className="visually-hidden"), _ticks(key, values, chosen, colours)])
    return html.Details([html.Summary(title), named], className="rail-group", open=bool(chosen))


def _ticks(
    key: str, values: Sequence[FilterValue], chosen: Sequence[str | int], colours: Mapping[str, str] | None
) -> dbc.Checklist:
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
    return dbc.Checklist(id={"type": "rail-list", "key": key}, options=options, value=ticked, className="rail-list")


def _range(key: str, ends: FilterRange, selection: Selection, dictionary: Mapping[str, Field]) -> html.Div:
    limits = selection.range_of(ends.field)
    chosen = [max(limits.low, ends.low), min(limits.high, ends.high)]
    field = dictionary[ends.field]
    tooltip = {"placement": "bottom", "always_visible": False}
    if ends.field in TOOLTIPS:
        tooltip["transform"] = TOOLTIPS[ends.field]
    return html.Div(
        [
            html.Div(
                [
                    html.Span(field.label),
                    _chosen_ends(field, ends, chosen),
                ],
                className="range-title",
            ),
            dcc.RangeSlider(
                id={"type": "rail-range", "key": key},
                min=ends.low,
                max=ends.high,
                step=ends.step,
                value=chosen,
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


def _chosen_ends(field: Field, ends: FilterRange, chosen: Sequence[float]) -> html.Span:
    """Return the ends that are chosen; `assets/rail.js` rewrites them as they move, from how the field is written."""
    whole, now = (_span(field, low, high) for low, high in ((ends.low, ends.high), chosen))
    if chosen[0] > chosen[1]:  # a limit outside of what the catalogue holds: nothing passes
        now = f"from {field.text(chosen[0])}" if chosen[0] > ends.high else f"up to {field.text(chosen[1])}"
    shown = "count" if now == whole else "count is-chosen"
    data = {"data-whole": whole, **{f"data-{name}": text for name, text in writing(field).items()}}
    return html.Span(now, className=shown, title=f"Of {whole}", **data)


def _span(field: Field, low: float, high: float) -> str:
    return f"{field.text(low)} – {field.text(high)}"
