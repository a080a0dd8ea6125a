"""Models: how good are they?"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pandas as pd
from dash import Input, Output, State, dcc, html

from dash_app.alone import told
from dash_app.answers import model_cards as ask
from dash_app.components.cards import choice, page_title, panel
from dash_app.components.data_table import data_table, number, with_small
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.wiring import Wiring, wait_for
from models.bundle import Bundle

QUESTION = "How good are the models?"


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            page_title(QUESTION, "", "models-lead"),
            html.Div(
                [
                    panel(
                        "models-scores",
                        "Every model that answers here",
                        how="All scores are of tracks that the model had not seen, where artists are known by artists "
                        "it had not seen, with a 95% interval from resampling artists, else recordings, beside what "
                        "knows nothing. Where artists could not be kept apart, the score says so.",
                        size="full",
                        offered=True,
                    ),
                    panel(
                        "models-chosen",
                        "The card of one model",
                        how="After Mitchell et al., Model cards for model reporting (FAccT 2019): what it learned "
                        "from, how it was judged, how well it does for whom, what it cannot do, and how to make it "
                        "again.",
                        size="full",
                        controls=[
                            choice("models-recipe", "Model", [], None),
                            html.A("Save as Markdown", id="models-save", className="quiet", href="#", download=""),
                        ],
                    ),
                ],
                className="grid",
            ),
        ]
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    wiring.offer("models-scores", draw=lambda bundle, _: told(ask.all_models(bundle)))

    @wiring.asked(
        Output("models-lead", "children"),
        Output("models-scores", "children"),
        Output("models-recipe", "options"),
        Output("models-recipe", "value"),
        State("models-recipe", "value"),
    )
    def listed(bundle: Bundle, chosen: str | None) -> tuple:
        answer, known = ask.all_models(bundle), ask.names(bundle)
        options = [{"label": label, "value": recipe} for recipe, label in known.items()]
        value = chosen if chosen in known else next(iter(known), None)
        lead = " ".join([answer.headline, *answer.caveats])
        return lead, _score_table(answer.table), options, value

    @wiring.asked(
        Output("models-chosen", "children"),
        Output("models-save", "href"),
        Output("models-save", "download"),
        Input("models-recipe", "value"),
    )
    def shown(bundle: Bundle, recipe: str | None) -> tuple[Any, str, str]:
        wait_for(recipe)
        known = ask.names(bundle)
        recipe = recipe if recipe in known else next(iter(known))
        text = ask.card(bundle, recipe)
        link = f"data:text/markdown;charset=utf-8,{quote(text)}"
        return dcc.Markdown(_under(text), className="model-card"), link, f"songscape-{bundle.name}-{recipe}.md"


def _under(text: str) -> str:
    """Return the card with its headings a step lower, as the screen has one of its own."""
    return re.sub(r"^(#+) ", r"#\1 ", text, flags=re.MULTILINE)


def _score_table(table: pd.DataFrame) -> html.Div:
    rows = [
        (
            with_small(row.name, row.model),
            with_small(row.metric, row.warning) if row.warning else row.metric,
            with_small(_number(row.value, row.hundredths), _ends(row)),
            with_small(_number(row.baseline_value, row.hundredths), row.baseline),
        )
        for row in table.itertuples(index=False)
    ]
    head = ("Model", "Score", "Value", "Held against")
    return data_table(head, rows, caption="Scores of every model that answers", words=("Score", "Held against"))


def _ends(row: Any) -> str:
    low, high = (_number(end, row.hundredths) for end in (row.low, row.high))
    return f"{low.removesuffix(' points')} to {high}"


def _number(value: float, hundredths: str) -> str:
    """Return a share in hundredths, else three digits, and plain zero for what is less than half a thousandth."""
    if hundredths:
        return f"{number(100 * value, '.1f')}{hundredths}"
    return "0" if abs(value) < 0.0005 else f"{value:.3g}"


PAGE = Page("/models", "Models", QUESTION, layout, wire, helps.MODELS)
