"""Genres: can the genres be told by ear?"""

from __future__ import annotations

from typing import Any

from dash import Output, html

from dash_app.answers import genres as ask
from dash_app.components.cards import chart_card, page_title, panel
from dash_app.components.tracks import nothing, track_list
from dash_app.figures import genres
from dash_app.figures.theme import genre_colours
from dash_app.page import Page
from dash_app.wiring import Drawn, Wiring
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "Can the genres be told by their sound?"
_UNSEEN = "Every track is judged by a model that was not trained on it nor, where artists are known, on any of them."


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            page_title(QUESTION, "", "genres-lead"),
            html.Div(
                [
                    chart_card(
                        "genres-confusion",
                        "Which genres are taken for which?",
                        how=f"{_UNSEEN} Rows are the labels of the table, columns what the model says; each row adds "
                        "up to 100 %. Only selected tracks count.",
                        size="most",
                        height=440,
                    ),
                    chart_card(
                        "genres-scores",
                        "Which genres are recognised best?",
                        how=f"{_UNSEEN} Precision: of the tracks called so, how many are. Recall: of the tracks that "
                        "are, how many are called so. F1: their harmonic mean.",
                        size="third",
                        height=440,
                    ),
                    chart_card(
                        "genres-candidates",
                        "Which model is best?",
                        how="Five folds by artist. Accuracy with a 95 % interval from resampling artists; the dashed "
                        "line is always guessing the largest genre. The model is chosen by log loss on other "
                        "folds than it is reported on.",
                    ),
                    chart_card(
                        "genres-importance",
                        "What does it listen to?",
                        how="How far accuracy drops when one feature is shuffled among tracks of unseen artists "
                        "(permutation importance, Breiman 2001). Features that carry the same information share "
                        "it.",
                    ),
                    chart_card(
                        "genres-reliability",
                        "Can its probabilities be believed?",
                        how=f"{_UNSEEN} Tracks in ten groups of equal size by the highest probability given; on the "
                        "diagonal, what is said with 70 % is right in 70 % of cases.",
                        height=480,
                    ),
                    panel(
                        "genres-mistakes",
                        "Where is it most confidently wrong?",
                        how=f"{_UNSEEN} The selected tracks whose label the model thinks least of while it is surest "
                        "of another.",
                    ),
                ],
                className="grid",
            ),
        ]
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""

    @wiring.linked(Output("genres-lead", "children"))
    def said(bundle: Bundle, selection: Selection) -> str:
        return ask.how_well(bundle)

    @wiring.chart("genres-confusion")
    def confused(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask.confusion(bundle, selection)
        return Drawn.of(answer, genres.confusion, order=answer.facts.get("order", ()))

    @wiring.chart("genres-scores")
    def scored(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask.scores_by_genre(bundle, selection)
        return Drawn.of(answer, genres.class_scores, colours=genre_colours(bundle.genre_names))

    @wiring.chart("genres-candidates")
    def compared(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask.candidates(bundle)
        return Drawn.of(answer, genres.candidates, majority=answer.facts.get("majority", 0.0))

    @wiring.chart("genres-importance")
    def weighed(bundle: Bundle, selection: Selection) -> Drawn:
        return Drawn.of(ask.importance(bundle), genres.importance, drop_title="Drop in accuracy")

    @wiring.chart("genres-reliability")
    def calibrated(bundle: Bundle, selection: Selection) -> Drawn:
        return Drawn.of(ask.reliability(bundle), genres.reliability)

    @wiring.linked(Output("genres-mistakes", "children"))
    def mistaken(bundle: Bundle, selection: Selection) -> Any:
        answer = ask.mistakes(bundle, selection)
        if answer.is_empty:
            return nothing(answer.headline)
        return [
            html.P(" ".join([answer.headline, *answer.caveats]), className="sentence"),
            track_list(answer.table, value="said"),
        ]


PAGE = Page("/genres", "Genres", QUESTION, layout, wire)
