"""Trends: how has the music changed?"""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import Input, Output, html

from dash_app.answers import trends as ask
from dash_app.components.cards import chart_card, choice, page_title
from dash_app.figures import trends
from dash_app.figures.theme import genre_colours
from dash_app.page import Page
from dash_app.wiring import Drawn, Wiring, wait_for
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "How has the music changed?"


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            page_title(QUESTION, "", "trends-lead"),
            dbc.Alert(id="trends-undated", color="light", is_open=False, className="banner"),
            html.Div(
                [
                    chart_card(
                        "trends-medians",
                        "How does a feature move?",
                        how="Median of the tracks in each step along the axis; the band is its 95 % interval from "
                        "order statistics, thin lines are the quartiles. Steps with few tracks are grey. With a "
                        "selection, the whole catalogue stays behind it.",
                        controls=[
                            choice("trends-field", "Feature", [], None),
                            choice("trends-axis", "Along", [], None),
                        ],
                        size="full",
                        height=400,
                    ),
                    chart_card(
                        "trends-slopes",
                        "Which features move most?",
                        how="Slope of the yearly (or stepwise) medians by Theil and Sen over the whole axis, in "
                        "standard deviations of the catalogue, with a 95 % interval. Grey: not distinguishable "
                        "from none, by Kendall's test after Benjamini and Hochberg's correction for the number of"
                        " features.",
                        height=380,
                    ),
                    chart_card(
                        "trends-shares",
                        "How do the shares of the genres move?",
                        how="Share of each genre among the selected tracks of a step, with Wilson's 95 % interval. It"
                        " says how this catalogue was collected as much as how music changed.",
                        height=380,
                    ),
                ],
                className="grid",
            ),
        ]
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_choices(wiring)
    along = Input("trends-axis", "value")

    @wiring.chart("trends-medians", Input("trends-field", "value"), along)
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
        )

    @wiring.chart("trends-slopes", along)
    def steep(bundle: Bundle, selection: Selection, axis: str) -> Drawn:
        wait_for(axis)
        answer = ask.slopes(bundle, selection, axis=axis)
        return Drawn.of(answer, trends.slopes, axis_title=f"Change {answer.facts.get('per', '')} (standard deviations)")

    @wiring.chart("trends-shares", along)
    def shared(bundle: Bundle, selection: Selection, axis: str) -> Drawn:
        wait_for(axis)
        colours = genre_colours(bundle.genre_names)
        answer = ask.genre_shares(bundle, selection, axis=axis)
        return Drawn.of(answer, trends.shares, colours=colours, axis_title=bundle.dictionary[axis].title)


def _wire_choices(wiring: Wiring) -> None:
    @wiring.asked(
        Output("trends-lead", "children"),
        Output("trends-undated", "children"),
        Output("trends-undated", "is_open"),
        *(Output(f"trends-{part}", prop) for part in ("field", "axis") for prop in ("options", "value")),
    )
    def choices(bundle: Bundle) -> list:
        fields, axes = ask.moving_fields(bundle), ask.axes(bundle)
        return [
            ask.lead(bundle),
            ask.undated(bundle),
            bool(ask.undated(bundle)),
            [{"label": bundle.dictionary[name].label, "value": name} for name in fields],
            "energy" if "energy" in fields else fields[0],
            [{"label": f"by {bundle.dictionary[name].label.lower()}", "value": name} for name in axes],
            axes[0],
        ]


PAGE = Page("/trends", "Trends", QUESTION, layout, wire)
