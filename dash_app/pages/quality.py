"""Quality: what was read, and what became of every row?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dash import Output, html

from dash_app.alone import told
from dash_app.answers import quality as ask
from dash_app.answers.answer import Answer
from dash_app.components.built import column_table, example_table, family_table, row_table
from dash_app.components.cards import page_title, panel
from dash_app.components.links import screen_link
from dash_app.components.tracks import nothing
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.wiring import Drawn, Wiring
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "What was read, and what became of every row?"
TABLES: Mapping[str, Callable[[Bundle], Answer]] = {
    "quality-rows": ask.row_groups,
    "quality-rejected": ask.rejected_examples,
    "quality-columns": ask.column_quality,
    "quality-families": ask.label_families,
}
"""What each panel shows."""


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            screen_link("← Catalogues", "/catalogues", class_name=""),
            page_title(QUESTION, "", "quality-lead"),
            html.Div(
                [
                    panel(
                        "quality-rows",
                        "What became of the rows?",
                        how="Every row of the source is kept as a track, merged with another row of the same track, "
                        "joined to a track of another table, or rejected with its reason. The counts add up.",
                        offered=True,
                    ),
                    panel(
                        "quality-rejected",
                        "Which rows were rejected?",
                        how="Rows that cannot be used, with the reason and what stood in them. Rows are counted from "
                        "1 after the header. The file holds all of them in the columns they came in.",
                        controls=[html.A("Download all", id="quality-download", className="quiet", download=True)],
                        offered=True,
                    ),
                    panel(
                        "quality-columns",
                        "What is in the columns?",
                        how="Columns as they were read, before rows of the same track were merged. Bars count the "
                        "values between the 0.5% and the 99.5% quantile.",
                        size="full",
                        offered=True,
                    ),
                    panel(
                        "quality-families",
                        "Which tags became which genres?",
                        how="Where tracks carry several tags, or there are very many, tags that go together are made "
                        "one readable label: by a documented table, and by which tags stand on the same tracks. The "
                        "tags themselves are kept.",
                        size="full",
                        offered=True,
                    ),
                ],
                className="grid",
            ),
        ],
        className="no-rail",
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    for card, question in TABLES.items():
        wiring.offer(card, draw=_drawn(question))

    @wiring.asked(Output("quality-lead", "children"), Output("quality-rows", "children"))
    def counted(bundle: Bundle) -> tuple[str, Any]:
        answer = ask.row_groups(bundle)
        notes = html.Ul([html.Li(note) for note in answer.caveats], className="notes") if answer.caveats else None
        return f"{bundle.name}, from {bundle.provenance.source}: {answer.headline}", [row_table(answer), notes]

    @wiring.asked(
        Output("quality-rejected", "children"), Output("quality-download", "href"), Output("quality-download", "hidden")
    )
    def rejected(bundle: Bundle) -> tuple[Any, str, bool]:
        answer = ask.rejected_examples(bundle)
        shown = [nothing(answer.headline), None if answer.is_empty else example_table(answer)]
        return shown, f"/api/v1/catalogues/{bundle.name}/rejected.csv", answer.is_empty

    @wiring.asked(Output("quality-columns", "children"))
    def columns(bundle: Bundle) -> list[Any]:
        answer = ask.column_quality(bundle)
        return [nothing(answer.headline), None if answer.is_empty else column_table(answer)]

    @wiring.asked(Output("quality-families", "children"))
    def families(bundle: Bundle) -> list[Any]:
        answer = ask.label_families(bundle)
        return [nothing(answer.headline), None if answer.is_empty else family_table(answer)]


def _drawn(question: Callable[[Bundle], Answer]) -> Callable[[Bundle, Selection], Drawn]:
    """Return how a table is shown by itself; it is that of the whole catalogue, whatever is selected."""
    return lambda bundle, _: told(question(bundle))


PAGE = Page("/quality", "Quality", QUESTION, layout, wire, helps.QUALITY)
