"""What fills the cards of Popularity."""

from __future__ import annotations

from typing import Any

from dash import Input, Output, State, html

from dash_app import alone
from dash_app.answers import effects as ask_effects
from dash_app.answers import popularity as ask
from dash_app.answers import popularity_models as ask_models
from dash_app.answers import scored_sides as ask_scores
from dash_app.answers.sides import beside
from dash_app.answers.whatif_models import AUDIO
from dash_app.components.data_table import data_table, number, with_small
from dash_app.components.scored import scored
from dash_app.components.tracks import nothing
from dash_app.figures import compared, effects, importance, popularity, residuals, scatter
from dash_app.figures.theme import genre_colours
from dash_app.wiring import Drawn, Wiring, wait_for
from data.selection import Selection
from models.bundle import Bundle

GENRE, YEAR = "genre", "year"
TEN, ALL = "ten", "all"
ALONE, TOGETHER = "alone", "together"
PDP, ALE = "pdp", "ale"
"""Values of the choices on the screen."""

_FORMATS = dict(zip(ask_models.METRICS, (".1%", ".1f", ".1f", ",.0f"), strict=True))
"""How the scores in the table of models are written."""

_KIND = Input("popularity-kind", "value")
_PREDICTED = "Predicted popularity (0 to 100)"
_EFFECT = "Effect on predicted popularity (points)"


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_choices(wiring)
    _wire_judged(wiring)
    _wire_music(wiring)
    _wire_explained(wiring)
    _wire_models(wiring)


def _wire_choices(wiring: Wiring) -> None:
    @wiring.asked(
        Output("popularity-lead", "children"),
        Output("popularity-kind", "options"),
        Output("popularity-kind", "value"),
        Output("popularity-feature", "options"),
        Output("popularity-feature", "value"),
        State("popularity-kind", "value"),
    )
    def choices(bundle: Bundle, kind: str | None) -> tuple:
        known = ask_models.kinds_of(bundle)
        features = ask_effects.curve_features(bundle, "effects_popularity") or list(bundle.feature_names)
        return (
            ask_models.how_well(bundle),
            [{"label": label, "value": value} for value, label in known.items()],
            kind if kind in known else AUDIO,
            [{"label": bundle.dictionary[name].label, "value": name} for name in features],
            "energy" if "energy" in features else features[0],
        )


def _wire_judged(wiring: Wiring) -> None:
    @wiring.chart("popularity-fit", _KIND)
    def fitted(bundle: Bundle, selection: Selection, kind: str | None) -> Drawn:
        answer = ask.predicted_against_actual(bundle, selection, kind or AUDIO)
        return Drawn.of(answer, popularity.predicted_against_actual, **beside(answer))

    @wiring.chart("popularity-residuals", _KIND, Input("popularity-by", "value"))
    def off(bundle: Bundle, selection: Selection, kind: str | None, by: str | None) -> Drawn:
        if by == YEAR:
            answer = ask.residuals_by_year(bundle, selection, kind or AUDIO)
            return Drawn.of(answer, residuals.residuals_by_year, **beside(answer))
        answer = ask.residuals_by_genre(bundle, selection, kind or AUDIO)
        return Drawn.of(answer, popularity.residuals_by_group, **beside(answer))

    def told(bundle: Bundle, selection: Selection, kind: str | None) -> Drawn:
        return alone.told(ask_scores.popularity_scores(bundle, selection, kind or AUDIO))

    wiring.offer("popularity-here", "popularity-kind", draw=told)

    @wiring.linked(Output("popularity-here", "children"), _KIND)
    def here(bundle: Bundle, selection: Selection, kind: str | None) -> Any:
        answer = ask_scores.popularity_scores(bundle, selection, kind or AUDIO)
        return scored(
            answer.table,
            " ".join([answer.headline, *answer.caveats]),
            sides=answer.facts.get("sides", ()),
            formats={"r2": ".1%", "mae": ".1f", "bias": ".1f"},
            caption="Scores of the model of popularity on the selected tracks",
        )


def _wire_music(wiring: Wiring) -> None:
    @wiring.chart("popularity-genre", Input("popularity-top", "value"))
    def ranked(bundle: Bundle, selection: Selection, top: str | None) -> Drawn:
        colours = genre_colours(bundle.genre_names)
        answer = ask.by_genre(bundle, selection, top=None if top == ALL else ask.TOP)
        return Drawn.of(answer, popularity.by_genre, colours=colours, **beside(answer))

    @wiring.chart("popularity-loudness")
    def loud(bundle: Bundle, selection: Selection) -> Drawn:
        answer, colours = ask.loudness_and_energy(bundle, selection), genre_colours(bundle.genre_names)
        fields = {"x": bundle.dictionary["loudness"], "y": bundle.dictionary["energy"]}
        return Drawn.of(answer, scatter.two_fields, **fields, colours=colours, **answer.facts)


def _wire_explained(wiring: Wiring) -> None:
    @wiring.chart("popularity-importance", _KIND, Input("popularity-shuffled", "value"))
    def weighed(bundle: Bundle, selection: Selection, kind: str | None, shuffled: str | None) -> Drawn:
        question = ask_models.importance_together if shuffled == TOGETHER else ask_models.importance
        title = "Rise in mean absolute error (points)"
        return Drawn.of(question(bundle, kind or AUDIO), importance.importance, drop_title=title)

    @wiring.chart("popularity-curve", _KIND, Input("popularity-feature", "value"), Input("popularity-drawn", "value"))
    def followed(bundle: Bundle, selection: Selection, kind: str | None, feature: str, drawn: str | None) -> Drawn:
        wait_for(feature)
        stem, field = f"effects_{ask_models.recipe_of(kind or AUDIO)}", bundle.dictionary[feature]
        if drawn == ALE:
            answer = ask_effects.local_effect(bundle, stem, feature)
            return Drawn.of(answer, effects.local_effect, field=field, axis_title=_EFFECT)
        answer = ask_effects.dependence(bundle, stem, feature)
        return Drawn.of(answer, effects.dependence, field=field, axis_title=_PREDICTED, lines=answer.facts.get("lines"))


def _wire_models(wiring: Wiring) -> None:
    @wiring.chart("popularity-candidates")
    def compared_all(bundle: Bundle, selection: Selection) -> Drawn:
        title = "Variation explained (% of the variance)"
        return Drawn.of(ask_models.candidates(bundle), compared.compared, value_title=title)

    @wiring.asked(Output("popularity-plain", "children"), _KIND)
    def said(bundle: Bundle, kind: str | None) -> html.Ul:
        return html.Ul([html.Li(one) for one in ask_models.plain_words(bundle, kind or AUDIO)], className="said")

    wiring.offer("popularity-table", draw=lambda bundle, _: alone.told(ask_models.candidates(bundle)))

    @wiring.asked(Output("popularity-table", "children"))
    def listed(bundle: Bundle) -> Any:
        answer = ask_models.candidates(bundle)
        return nothing(answer.headline) if answer.is_empty else _score_table(answer.table.to_dict("records"))


def _score_table(rows: list[dict[str, Any]]) -> html.Div:
    head = ["Model", "Explained (R²)", "MAE (points)", "RMSE (points)", "MSE (points²)", "Why"]
    shown = [
        (
            with_small(row["label"], row["knows"].removeprefix("From ")),
            *(_score(row, metric, spec) for metric, spec in _FORMATS.items()),
            row["why"],
        )
        for row in rows
    ]
    caption = "Scores of every model of popularity on tracks it had not seen, best first"
    return data_table(head, shown, caption=caption, words=("Why",), marked=[row["served"] for row in rows])


def _score(row: dict[str, Any], metric: str, spec: str) -> html.Span:
    value, low, high = (number(row[f"{metric}{end}"], spec) for end in ("", "_low", "_high"))
    return with_small(value, f"{low} to {high}")
