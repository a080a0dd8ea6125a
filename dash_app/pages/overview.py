"""Overview: what is in this catalogue?"""

from __future__ import annotations

from dash import Input, Output, html

from dash_app.answers import overview as ask
from dash_app.components.cards import chart_card, choice, page_title, tile
from dash_app.figures import balance, correlation, distributions, scatter
from dash_app.figures.theme import genre_colours
from dash_app.page import Page
from dash_app.wiring import Drawn, Wiring, wait_for
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "What is in this catalogue?"
_METHODS = [{"label": "Spearman", "value": "spearman"}, {"label": "Pearson", "value": "pearson"}]


def layout() -> html.Div:
    """Return the frame of the screen."""
    return html.Div(
        [
            page_title(QUESTION, "", "overview-lead"),
            html.Div(id="overview-tiles", className="tiles"),
            html.Div(
                [
                    chart_card(
                        "overview-balance",
                        "How balanced are the genres?",
                        how="Tracks by primary genre: the label most rows of a track carry. Grey is the whole "
                        "catalogue, colour the selection.",
                    ),
                    chart_card(
                        "overview-histogram",
                        "How is a feature distributed?",
                        how="Share of tracks by value. The line is the selection, the grey area the whole catalogue, "
                        "so that groups of different size can be compared.",
                        controls=[choice("overview-field", "Feature", [], None)],
                    ),
                    chart_card(
                        "overview-box",
                        "How do the genres differ in it?",
                        how="Selected tracks by primary genre, sorted by median: whiskers from the 5th to the 95th "
                        "percentile, box from the 25th to the 75th, line at the median.",
                    ),
                    chart_card(
                        "overview-correlation",
                        "Which features go together?",
                        how="Rank correlation (Spearman) or linear correlation (Pearson) over the selected tracks; "
                        "missing values are left out pair by pair. Features that go together stand together.",
                        controls=[choice("overview-method", "Correlation", _METHODS, "spearman")],
                        height=420,
                    ),
                    chart_card(
                        "overview-scatter",
                        "How do two features relate?",
                        how="Each point is a track, the selection in the colours of its genres. At most 8,000 are "
                        "drawn, chosen evenly. The line is a straight fit to the selection with its 95 % band.",
                        controls=[choice("overview-x", "Across", [], None), choice("overview-y", "Up", [], None)],
                        size="full",
                        height=480,
                    ),
                ],
                className="grid",
            ),
        ]
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_choices(wiring)

    @wiring.linked(Output("overview-lead", "children"), Output("overview-tiles", "children"))
    def counted(bundle: Bundle, selection: Selection) -> tuple[str, list[html.Div]]:
        answer = ask.counts(bundle, selection)
        return answer.headline, [tile(row.value, row.label) for row in answer.table.itertuples()]

    @wiring.chart("overview-balance")
    def balanced(bundle: Bundle, selection: Selection) -> Drawn:
        colours = genre_colours(bundle.genre_names)
        return Drawn.of(ask.genre_balance(bundle, selection), balance.genre_balance, colours=colours)

    @wiring.chart("overview-histogram", Input("overview-field", "value"))
    def distributed(bundle: Bundle, selection: Selection, field: str) -> Drawn:
        wait_for(field)
        answer = ask.distribution(bundle, selection, field)
        return Drawn.of(answer, distributions.histogram, field=bundle.dictionary[field])

    @wiring.chart("overview-box", Input("overview-field", "value"))
    def compared(bundle: Bundle, selection: Selection, field: str) -> Drawn:
        wait_for(field)
        colours = genre_colours(bundle.genre_names)
        answer = ask.by_genre(bundle, selection, field)
        return Drawn.of(answer, distributions.box_by_genre, field=bundle.dictionary[field], colours=colours)

    @wiring.chart("overview-correlation", Input("overview-method", "value"))
    def correlated(bundle: Bundle, selection: Selection, method: str) -> Drawn:
        answer = ask.correlations(bundle, selection, method=method)
        labels = {name: bundle.dictionary[name].label for name in answer.table.columns}
        return Drawn.of(answer, correlation.heatmap, method=method.title(), labels=labels)

    @wiring.chart("overview-scatter", Input("overview-x", "value"), Input("overview-y", "value"))
    def related(bundle: Bundle, selection: Selection, x: str, y: str) -> Drawn:
        wait_for(x, y)
        answer = ask.two_features(bundle, selection, x, y)
        colours = genre_colours(bundle.genre_names)
        fields = {"x": bundle.dictionary[x], "y": bundle.dictionary[y]}
        return Drawn.of(answer, scatter.two_fields, **fields, colours=colours, line=answer.facts.get("line"))


def _wire_choices(wiring: Wiring) -> None:
    @wiring.asked(*(Output(f"overview-{part}", prop) for part in ("field", "x", "y") for prop in ("options", "value")))
    def choices(bundle: Bundle) -> list:
        names = ask.distributed_fields(bundle)
        options = [{"label": bundle.dictionary[name].label, "value": name} for name in names]
        preferred = {"field": ("energy",), "x": ("loudness", "energy"), "y": ("energy", "tempo")}
        filled = []
        for part, wanted in preferred.items():
            filled += [options, next((name for name in wanted if name in names), names[part == "y"])]
        return filled


PAGE = Page("/", "Overview", QUESTION, layout, wire)
