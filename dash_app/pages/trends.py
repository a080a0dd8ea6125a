"""Trends: how has the music changed?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
import plotly.graph_objects as go
from dash import ClientsideFunction, Input, Output, html
from dash.development.base_component import Component

from analytics.certainty import how_sure
from dash_app.alone import told
from dash_app.answers import trend_changes as ask_changes
from dash_app.answers import trends as ask
from dash_app.answers.answer import in_a_sentence
from dash_app.answers.sides import beside
from dash_app.components.cards import chart_card, choice, page_title, panel
from dash_app.components.data_table import data_table, with_small
from dash_app.components.tracks import nothing
from dash_app.figures import decades, shares, slopes, trends
from dash_app.figures.theme import genre_colours
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.wiring import SELECTION, Drawn, Wiring, wait_for
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "How has the music changed?"
_FEATURES, _GENRES = "features", "genres"
_PANELS = [{"label": "All features", "value": _FEATURES}, {"label": "The feature by genre", "value": _GENRES}]
_FIELD, _ALONG = Input("trends-field", "value"), Input("trends-axis", "value")


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            page_title(QUESTION, "", "trends-lead"),
            dbc.Alert(id="trends-undated", color="light", is_open=False, className="banner"),
            html.Div([*_course_cards(), *_catalogue_cards()], className="grid"),
        ]
    )


def _course_cards() -> list[html.Section]:
    return [
        chart_card(
            "trends-medians",
            "How does a feature move?",
            how="Median of the tracks in each step along the axis; the band is its 95% interval from order "
            "statistics, thin lines are the quartiles. Steps with few tracks are grey. With a selection, the whole "
            "catalogue stays behind it. Dotted: years in which the whole catalogue changed its course, over the band "
            "in which the year may lie. Drag sideways to select a period.",
            controls=[choice("trends-field", "Feature", [], None), choice("trends-axis", "Along", [], None)],
            size="full",
            height=400,
        ),
        panel(
            "trends-changes",
            "What changed its course, and when?",
            how="Each feature's yearly medians are cut into straight stretches at the least penalised cost "
            "(PELT, Killick et al. 2012). How sure a change is: the share of resamples of the tracks of "
            "each year that have one within a year of it, fairly sure from 80%; its interval is where it lies in "
            "them. What is in fewer than half of them is no change, and listed apart.",
            offered=True,
        ),
        chart_card(
            "trends-decades",
            "How do the decades differ in it?",
            how="Selected tracks by decade of release: the middle half, the median, and its 95% interval from order "
            "statistics. Decades with few tracks are grey.",
            height=380,
        ),
        chart_card(
            "trends-panels",
            "How do all of them move?",
            how="As above, in a panel for each feature (of many, the twelve that move most), or for each of the twelve "
            "largest genres on one scale. Steps with few tracks are grey.",
            controls=[choice("trends-by", "Panels", _PANELS, _FEATURES)],
            size="full",
            height=620,
        ),
    ]


def _catalogue_cards() -> list[html.Section]:
    return [
        chart_card(
            "trends-slopes",
            "Which features move most?",
            how="Slope of the yearly (or stepwise) medians by Theil and Sen over the whole axis, in standard "
            "deviations of the catalogue, with a 95% interval. Grey: not distinguishable from none, by the test of "
            "Mann and Kendall, corrected for autocorrelation (a year resembles the one before; Hamed and Rao 1998) and "
            "for many features (Benjamini and Hochberg 1995).",
            height=380,
        ),
        chart_card(
            "trends-shares",
            "How do the shares of the genres move?",
            how="Share of each genre among the selected tracks of a step, with Wilson's 95% interval. It says how "
            "this catalogue was collected as much as how music changed.",
            height=380,
        ),
    ]


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_choices(wiring)
    _wire_series(wiring)
    _wire_decades(wiring)

    @wiring.chart("trends-slopes", _ALONG)
    def steep(bundle: Bundle, selection: Selection, axis: str) -> Drawn:
        wait_for(axis)
        answer = ask.slopes(bundle, selection, axis=axis)
        title = f"Change {answer.facts.get('per', '')} (standard deviations)"
        return Drawn.of(answer, slopes.slopes, axis_title=title, **beside(answer))

    @wiring.chart("trends-shares", _ALONG)
    def shared(bundle: Bundle, selection: Selection, axis: str) -> Drawn:
        wait_for(axis)
        colours = genre_colours(bundle.genre_names)
        answer = ask.genre_shares(bundle, selection, axis=axis)
        return Drawn.of(
            answer, shares.shares, colours=colours, axis_title=bundle.dictionary[axis].title, **beside(answer)
        )


def _wire_series(wiring: Wiring) -> None:
    @wiring.chart("trends-medians", _FIELD, _ALONG)
    def moved(bundle: Bundle, selection: Selection, field: str, axis: str) -> Drawn:
        wait_for(field, axis)
        answer = ask.medians(bundle, selection, field, axis=axis)
        return Drawn.of(
            answer,
            trends.medians,
            field=bundle.dictionary[field],
            axis_title=bundle.dictionary[axis].title,
            selected=answer.facts.get("selected"),
            along=bundle.dictionary[axis],
            changes=ask_changes.marked(bundle, field, axis=axis),
            **beside(answer),
        )

    @wiring.chart("trends-panels", _FIELD, _ALONG, Input("trends-by", "value"))
    def side_by_side(bundle: Bundle, selection: Selection, field: str, axis: str, by: str | None) -> Drawn:
        wait_for(field, axis)
        title = bundle.dictionary[axis].title
        if by != _GENRES:
            answer = ask.panels(bundle, selection, axis=axis)
            return Drawn.of(answer, _panels, fields=bundle.dictionary, axis_title=title, **beside(answer))
        answer = ask.panels_by_genre(bundle, selection, field, axis=axis)
        fields = dict.fromkeys(bundle.genre_names, bundle.dictionary[field])
        return Drawn.of(answer, _panels, fields=fields, axis_title=title, **beside(answer))

    wiring.app.clientside_callback(
        ClientsideFunction("songscape", "brushRange"),
        Output(SELECTION, "data", allow_duplicate=True),
        Input("trends-medians-graph", "selectedData"),
        prevent_initial_call=True,
    )


def _panels(table: pd.DataFrame, *, other: pd.DataFrame | None = None, **options: Any) -> go.Figure:
    others = None if other is None else _by_key(other)
    return trends.small_multiples(_by_key(table), columns=4, others=others, **options)


def _by_key(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(key): part for key, part in table.groupby("key", sort=False)}


def _wire_decades(wiring: Wiring) -> None:
    @wiring.chart("trends-decades", _FIELD)
    def compared(bundle: Bundle, selection: Selection, field: str) -> Drawn:
        wait_for(field)
        answer = ask_changes.decades(bundle, selection, field)
        return Drawn.of(answer, decades.decades, field=bundle.dictionary[field], **beside(answer))

    def alone(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask_changes.changes(bundle, selection)
        weak = ask_changes.weak_signs(answer.facts.get("weak", answer.table))
        return told(replace(answer, caveats=(*answer.caveats, *filter(None, [weak]))))

    wiring.offer("trends-changes", draw=alone)

    @wiring.linked(Output("trends-changes", "children"))
    def turned(bundle: Bundle, selection: Selection) -> Component | list[Component]:
        answer = ask_changes.changes(bundle, selection)
        weak = ask_changes.weak_signs(answer.facts.get("weak", answer.table))
        apart = [html.P(weak, className="sentence")] if weak else []
        if answer.is_empty:
            return [nothing(answer.headline), *apart]
        said = html.P(" ".join([answer.headline, *answer.caveats]), className="sentence")
        return [said, _change_list(answer.table), *apart]


def _change_list(table: pd.DataFrame) -> Component:
    rows = [
        (
            row.label,
            with_small(f"{row.year}", f"{row.low_year}–{row.high_year}"),
            with_small(f"{row.confidence:.0%}", how_sure(row.confidence)),
            ask_changes.what_happened(row.label, row.sentence),
        )
        for row in table.itertuples()
    ]
    head = ("Feature", "Year (95%)", "How sure", "What happened")
    caption = "Changes of course, the surest first"
    return html.Div(data_table(head, rows, caption=caption, words=("What happened",)), className="scrolls")


def _wire_choices(wiring: Wiring) -> None:
    @wiring.asked(
        Output("trends-lead", "children"),
        Output("trends-undated", "children"),
        Output("trends-undated", "is_open"),
        *(Output(f"trends-{part}", prop) for part in ("field", "axis") for prop in ("options", "value")),
    )
    def choices(bundle: Bundle) -> list:
        fields, axes = ask.moving_fields(bundle), ask.axes(bundle)
        followed = [name for name in ("energy", *fields) if name in fields and name != axes[0]]
        return [
            ask.lead(bundle),
            ask.undated(bundle),
            bool(ask.undated(bundle)),
            [{"label": bundle.dictionary[name].label, "value": name} for name in fields],
            followed[0] if followed else fields[0],
            [{"label": f"by {in_a_sentence(bundle.dictionary[name].label)}", "value": name} for name in axes],
            axes[0],
        ]


PAGE = Page("/trends", "Trends", QUESTION, layout, wire, helps.TRENDS)
