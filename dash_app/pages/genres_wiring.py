"""What fills the cards of Genres, and what a click on them selects."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from dash import ClientsideFunction, Input, Output, html

from dash_app import alone
from dash_app.answers import comparing
from dash_app.answers import effects as ask_effects
from dash_app.answers import genre_models as ask_models
from dash_app.answers import genre_studies as ask_studies
from dash_app.answers import genres as ask
from dash_app.answers import scored_sides as ask_scores
from dash_app.answers.sides import beside
from dash_app.answers.whatif_models import AUDIO
from dash_app.components.apart import apart_table
from dash_app.components.data_table import data_table, number, with_small
from dash_app.components.scored import scored
from dash_app.components.tracks import nothing
from dash_app.figures import compared, curves, effects, genre_pairs, genres, importance, left_out, whatif
from dash_app.figures.theme import genre_colours
from dash_app.figures.words import percent
from dash_app.wiring import SELECTION, Drawn, Wiring
from data.selection import Selection
from models.bundle import Bundle

ROC, PR = "roc", "pr"
PDP, ALE = "pdp", "ale"
ALONE, TOGETHER = "alone", "together"
"""Values of the choices on the screen."""

_EFFECTS = "effects_genre"


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_choices(wiring)
    _wire_told(wiring)
    _wire_mistakes(wiring)
    _wire_trust(wiring)
    _wire_pairs(wiring)
    _wire_why(wiring)
    _wire_more(wiring)
    _wire_models(wiring)
    _wire_picks(wiring)
    _offer_tables(wiring)


def _wire_choices(wiring: Wiring) -> None:
    parts = ("one", "explained", "effect-genre", "feature")

    @wiring.asked(
        Output("genres-lead", "children"),
        *(Output(f"genres-{part}", prop) for part in parts for prop in ("options", "value")),
        Output("genres-known", "options"),
        Output("genres-known", "value"),
    )
    def choices(bundle: Bundle) -> list:
        named = [{"label": name, "value": name} for name in ask_studies.curve_genres(bundle) or bundle.genre_names]
        features = ask_effects.curve_features(bundle, _EFFECTS) or list(bundle.feature_names)
        heard = [{"label": bundle.dictionary[name].label, "value": name} for name in features]
        first = named[0]["value"] if named else None
        felt = "energy" if "energy" in features else features[0]
        known = [{"label": label, "value": kind} for kind, label in ask_studies.group_kinds(bundle).items()]
        return [ask.how_well(bundle), *([named, first] * 3), heard, felt, known, AUDIO]


def _wire_told(wiring: Wiring) -> None:
    @wiring.chart("genres-confusion")
    def confused(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask.confusion(bundle, selection)
        return Drawn.of(answer, genres.confusion, order=answer.facts.get("order", ()), **beside(answer))

    @wiring.chart("genres-scores")
    def told(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask.scores_by_genre(bundle, selection)
        return Drawn.of(answer, genres.class_scores, colours=genre_colours(bundle.genre_names), **beside(answer))


def _wire_mistakes(wiring: Wiring) -> None:
    @wiring.linked(Output("genres-mistakes", "children"), Output("genres-here", "children"))
    def mistaken(bundle: Bundle, selection: Selection) -> tuple[Any, Any]:
        return _mistakes(bundle, selection), _scores_here(bundle, selection)


def _offer_tables(wiring: Wiring) -> None:
    wiring.offer("genres-here", draw=lambda bundle, chosen: alone.told(ask_scores.genre_scores(bundle, chosen)))
    wiring.offer("genres-mistakes", draw=lambda bundle, chosen: alone.told(ask.mistakes(bundle, chosen)))
    wiring.offer("genres-table", draw=lambda bundle, _: alone.told(ask_models.candidates(bundle)))


def _mistakes(bundle: Bundle, selection: Selection) -> Any:
    answer = ask.mistakes(bundle, selection)
    if answer.is_empty:
        return nothing(answer.headline)
    sentence = html.P(" ".join([answer.headline, *answer.caveats]), className="sentence")
    return [sentence, html.Div(_mistake_table(answer.table), className="scrolls")]


def _scores_here(bundle: Bundle, selection: Selection) -> Any:
    answer = ask_scores.genre_scores(bundle, selection)
    return scored(
        answer.table,
        " ".join([answer.headline, *answer.caveats]),
        sides=answer.facts.get("sides", ()),
        formats={"accuracy": ".1%", "balanced_accuracy": ".1%", "macro_f1": ".3f"},
        caption="Scores of the genre model on the selected tracks",
    )


def _mistake_table(table: pd.DataFrame) -> html.Div:
    rows = [
        (
            html.Button(
                row.track_name,
                id={"type": "choose-track", "track": row.track_id},
                className="quiet title",
                dir="auto",
            ),
            html.Span(row.artists, dir="auto"),
            row.labelled,
            row.genre_said,
            f"{row.probability:.0%}",
            f"{row.probability_of_label:.0%}",
        )
        for row in table.itertuples()
    ]
    head = ("Track", "Artists", "Labelled", "The model says", "With", "Its label gets")
    return data_table(head, rows, caption="Tracks most confidently taken for another genre", words=("Artists",))


def _wire_trust(wiring: Wiring) -> None:
    @wiring.chart("genres-reliability")
    def calibrated(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask.reliability(bundle, selection)
        return Drawn.of(answer, genres.reliability, **beside(answer))

    @wiring.chart("genres-curves", Input("genres-one", "value"), Input("genres-curve", "value"))
    def threshold(bundle: Bundle, selection: Selection, genre: str | None, curve: str | None) -> Drawn:
        if curve == PR:
            answer = ask_studies.precision_and_recall(bundle, _genre(bundle, genre))
            return Drawn.of(answer, curves.precision_recall, share=answer.facts.get("share", 0.0))
        return Drawn.of(ask_studies.thresholds(bundle, _genre(bundle, genre)), curves.roc)


def _genre(bundle: Bundle, chosen: str | None) -> str | None:
    """Return the chosen genre, else the largest."""
    return chosen or next(iter(ask_studies.curve_genres(bundle) or bundle.genre_names), None)


def _wire_pairs(wiring: Wiring) -> None:
    @wiring.chart("genres-pairs")
    def paired(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask_studies.pairs(bundle)
        return Drawn.of(answer, genre_pairs.pair_matrix, order=answer.facts.get("order", ()))

    @wiring.asked(Output("genres-pair", "children"), Input("genres-pairs-graph", "clickData"))
    def opened(bundle: Bundle, clicked: dict | None) -> Any:
        point = (clicked or {}).get("points", [{}])[0]
        answer = ask_studies.pair(bundle, point.get("x"), point.get("y"))
        if answer.is_empty:
            return nothing(answer.headline)
        row = answer.table.iloc[0]
        apart = comparing.sets_apart(bundle, Selection(genres=(row["a"],), against=Selection(genres=(row["b"],))))
        said = html.P(f"{answer.headline} {apart.headline}", className="sentence")
        shown = apart_table(apart.table, bundle.dictionary, sides=(row["a"], row["b"]))
        named = {"aria-label": f"What sets {row['a']} and {row['b']} apart"}
        return [said, html.Div(shown, className="scrolls", tabIndex=0, role="region", **named)]


def _wire_why(wiring: Wiring) -> None:
    @wiring.chart("genres-importance", Input("genres-shuffled", "value"))
    def weighed(bundle: Bundle, selection: Selection, shuffled: str | None) -> Drawn:
        answer = ask_studies.importance_together(bundle) if shuffled == TOGETHER else ask.importance(bundle)
        return Drawn.of(answer, _importance_in_points)

    @wiring.chart("genres-shap", Input("genres-explained", "value"))
    def explained(bundle: Bundle, selection: Selection, genre: str | None) -> Drawn:
        named = _genre(bundle, genre)
        return Drawn.of(ask_studies.contributions(bundle, named), whatif.contributions, towards=named or "")

    @wiring.chart("genres-groups", Input("genres-known", "value"))
    def left(bundle: Bundle, selection: Selection, kind: str | None) -> Drawn:
        answer = ask_studies.feature_groups(bundle, kind or AUDIO)
        return Drawn.of(answer, left_out.left_out, value_title="Accuracy (% of tracks)")

    @wiring.chart(
        "genres-effect",
        *(Input(f"genres-{part}", "value") for part in ("effect-genre", "feature", "drawn")),
    )
    def followed(bundle: Bundle, selection: Selection, genre: str | None, feature: str | None, drawn: str) -> Drawn:
        named, heard = _genre(bundle, genre), feature or bundle.feature_names[0]
        field = bundle.dictionary[heard]
        if drawn == ALE:
            answer = ask_effects.local_effect(bundle, _EFFECTS, heard, genre=named)
            return Drawn.of(answer, effects.local_effect, field=field, axis_title=f"Effect on {named} (0 to 1)")
        answer = ask_effects.dependence(bundle, _EFFECTS, heard, genre=named)
        title = f"Probability of {named} (0 to 1)"
        return Drawn.of(answer, effects.dependence, field=field, axis_title=title, lines=answer.facts.get("lines"))


_DROPS = ("drop", "low", "high", "sum_alone")


def _importance_in_points(table: pd.DataFrame) -> go.Figure:
    """Draw drops in accuracy, which are shares, as points of a hundred: as the sentence says them."""
    points = table.assign(**{name: 100 * table[name] for name in _DROPS if name in table})
    return importance.importance(points, drop_title="Drop in accuracy (points)")


def _wire_more(wiring: Wiring) -> None:
    title = "Accuracy (% of tracks)"

    @wiring.chart("genres-learning")
    def learning(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask_studies.learning(bundle)
        return Drawn.of(answer, curves.by_number, x_title="Tracks learned from (number)", value_title=title)

    @wiring.chart("genres-kept")
    def kept(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask_studies.features_kept(bundle)
        return Drawn.of(answer, curves.by_number, x_title="Features kept (number)", value_title=title)


def _wire_models(wiring: Wiring) -> None:
    @wiring.chart("genres-candidates")
    def compared_all(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask_models.candidates(bundle)
        majority = answer.facts.get("majority", 0.0)
        named = f"largest genre always: {percent(majority)}"
        options = {"value_title": "Accuracy (% of tracks)", "baseline": majority, "named": named}
        return Drawn.of(answer, compared.compared, **options)

    @wiring.asked(Output("genres-plain", "children"), Output("genres-table", "children"))
    def listed(bundle: Bundle) -> tuple[Any, Any]:
        answer = ask_models.candidates(bundle)
        said = html.Ul([html.Li(one) for one in ask_models.plain_words(bundle)], className="said")
        return said, nothing(answer.headline) if answer.is_empty else _score_table(answer.table.to_dict("records"))


_HEAD = (
    *("Model", "Accuracy", "Balanced", "Macro F1", "Top 2", "Log loss", "Off (points)"),
    *("Fit (s)", "1,000 tracks", "Size", "Why"),
)


_FORMATS = dict(zip(ask_models.METRICS, (".1%", ".1%", ".3f", ".1%", ".3f", ".1f"), strict=True))
"""How the scores in the table of models are written; the calibration error in points of a hundred."""


def _score_table(rows: list[dict[str, Any]]) -> html.Div:
    shown = [
        (
            with_small(row["label"], row["knows"]),
            *(_score(row, metric, spec) for metric, spec in _FORMATS.items()),
            *(
                number(row["fit_s"], ",.1f"),
                number(row["predict_ms"], ",.0f", unit=" ms"),
                number(row["n_bytes"] / 1e6, ",.1f", unit=" MB"),
            ),
            row["why"],
        )
        for row in rows
    ]
    caption = "Scores of every model of genres on tracks it had not seen, best first"
    return data_table(_HEAD, shown, caption=caption, words=("Why",), marked=[row["served"] for row in rows])


def _score(row: dict[str, Any], metric: str, spec: str) -> html.Span:
    times = 100 if metric == "ece" else 1
    value, low, high = (number(times * row.get(f"{metric}{end}", float("nan")), spec) for end in ("", "_low", "_high"))
    return with_small(value, f"{low} to {high}")


def _wire_picks(wiring: Wiring) -> None:
    """A click on a cell of the confusions or on a genre's row selects those tracks, in the browser."""
    for function, card in (("pickConfusion", "genres-confusion"), ("pickGenre", "genres-scores")):
        wiring.app.clientside_callback(
            ClientsideFunction("songscape", function),
            Output(SELECTION, "data", allow_duplicate=True),
            Input(f"{card}-graph", "clickData"),
            prevent_initial_call=True,
        )
