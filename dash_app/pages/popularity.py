"""Popularity: what does the sound say about it?"""

from __future__ import annotations

from dash import Output, html

from dash_app.answers import popularity as ask
from dash_app.components.cards import chart_card, page_title
from dash_app.figures import genres, popularity
from dash_app.figures.theme import genre_colours
from dash_app.page import Page
from dash_app.wiring import Drawn, Wiring
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "What does the sound say about popularity?"


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            page_title(QUESTION, "", "popularity-lead"),
            html.Div(
                [
                    chart_card(
                        "popularity-fit",
                        "How close are the predictions?",
                        how="Selected tracks, each predicted by a model that has not seen any of its artists; darker "
                        "cells hold more tracks. A perfect model would put all on the diagonal.",
                        size="half",
                        height=400,
                    ),
                    chart_card(
                        "popularity-genre",
                        "Which genres are popular?",
                        how="Selected tracks by primary genre: quartiles, and the mean with a 95 % interval.",
                        height=400,
                    ),
                    chart_card(
                        "popularity-importance",
                        "What drives the prediction?",
                        how="How much further off predictions for unseen artists are, on average, when one feature is "
                        "shuffled (permutation importance, Breiman 2001).",
                    ),
                    chart_card(
                        "popularity-residuals",
                        "Where is it off, and which way?",
                        how="Actual minus predicted popularity of selected tracks by genre: the mean with its 95 % "
                        "interval. To the right, tracks are more popular than they sound.",
                    ),
                ],
                className="grid",
            ),
        ]
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""

    @wiring.linked(Output("popularity-lead", "children"))
    def said(bundle: Bundle, selection: Selection) -> str:
        return ask.how_well(bundle)

    @wiring.chart("popularity-fit")
    def fitted(bundle: Bundle, selection: Selection) -> Drawn:
        return Drawn.of(ask.predicted_against_actual(bundle, selection), popularity.predicted_against_actual)

    @wiring.chart("popularity-genre")
    def compared(bundle: Bundle, selection: Selection) -> Drawn:
        colours = genre_colours(bundle.genre_names)
        return Drawn.of(ask.by_genre(bundle, selection), popularity.by_genre, colours=colours)

    @wiring.chart("popularity-importance")
    def weighed(bundle: Bundle, selection: Selection) -> Drawn:
        return Drawn.of(ask.importance(bundle), genres.importance, drop_title="Rise in mean absolute error (points)")

    @wiring.chart("popularity-residuals")
    def off(bundle: Bundle, selection: Selection) -> Drawn:
        return Drawn.of(ask.residuals_by_genre(bundle, selection), popularity.residuals_by_group)


PAGE = Page("/popularity", "Popularity", QUESTION, layout, wire)
