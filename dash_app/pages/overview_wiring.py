"""What fills the cards of the Overview, and what a click or a drag on them selects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ClientsideFunction, Input, Output, html

from dash_app.alone import told
from dash_app.answers import comparing, distributions, relations, unusual
from dash_app.answers import overview as ask
from dash_app.components.apart import apart_table
from dash_app.components.cards import tile
from dash_app.components.tracks import nothing, track_list
from dash_app.figures import balance, by_genre, correlation, pairs, parallel, scatter
from dash_app.figures.distributions import histogram
from dash_app.figures.theme import genre_colours
from dash_app.wiring import SELECTION, Drawn, Wiring, wait_for
from data.selection import Selection
from models.bundle import Bundle


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_choices(wiring)
    _wire_distributions(wiring)
    _wire_relations(wiring)
    _wire_lists(wiring)
    _wire_picks(wiring)

    @wiring.linked(Output("overview-lead", "children"), Output("overview-tiles", "children"))
    def counted(bundle: Bundle, selection: Selection) -> tuple[str, list[html.Div]]:
        answer = ask.counts(bundle, selection)
        return answer.headline, [tile(row.value, row.label) for row in answer.table.itertuples()]


def _wire_distributions(wiring: Wiring) -> None:
    @wiring.chart("overview-balance")
    def balanced(bundle: Bundle, selection: Selection) -> Drawn:
        colours = genre_colours(bundle.genre_names)
        return Drawn.of(ask.genre_balance(bundle, selection), balance.genre_balance, colours=colours)

    @wiring.chart("overview-histogram", Input("overview-field", "value"))
    def distributed(bundle: Bundle, selection: Selection, field: str) -> Drawn:
        wait_for(field)
        answer, limits = distributions.distribution(bundle, selection, field), selection.range_of(field)
        chosen = None if limits.query() == ".." else (limits.low, limits.high)
        return Drawn.of(answer, histogram, field=bundle.dictionary[field], chosen=chosen)

    @wiring.chart("overview-box", Input("overview-field", "value"), Input("overview-view", "value"))
    def compared(bundle: Bundle, selection: Selection, field: str, view: str | None) -> Drawn:
        wait_for(field)
        draw = {"violins": by_genre.violins, "ridges": by_genre.ridgeline}.get(view or "", by_genre.boxes)
        question = distributions.by_genre if draw is by_genre.boxes else distributions.densities
        answer, colours = question(bundle, selection, field), genre_colours(bundle.genre_names)
        return Drawn.of(answer, draw, field=bundle.dictionary[field], colours=colours)


def _wire_relations(wiring: Wiring) -> None:
    both = (Input("overview-x", "value"), Input("overview-y", "value"))

    @wiring.chart("overview-correlation", Input("overview-method", "value"))
    def correlated(bundle: Bundle, selection: Selection, method: str) -> Drawn:
        answer = relations.correlations(bundle, selection, method=method)
        labels = {name: bundle.dictionary[name].label for name in answer.table.columns}
        other = answer.facts.get("other")
        return Drawn.of(answer, correlation.heatmap, method=method.title(), labels=labels, other=other)

    @wiring.chart("overview-pairs", *both, Input("overview-field", "value"))
    def paired(bundle: Bundle, selection: Selection, x: str, y: str, field: str) -> Drawn:
        wait_for(x, y, field)
        answer = relations.pairs(bundle, selection, (x, y, field))
        options = {name: answer.facts.get(name) for name in ("order", "ends", "r")}
        return Drawn.of(answer, pairs.pair_plot, fields=bundle.dictionary, **options)

    @wiring.chart("overview-scatter", *both)
    def related(bundle: Bundle, selection: Selection, x: str, y: str) -> Drawn:
        wait_for(x, y)
        answer, colours = relations.two_features(bundle, selection, x, y), genre_colours(bundle.genre_names)
        fields = {"x": bundle.dictionary[x], "y": bundle.dictionary[y]}
        return Drawn.of(answer, scatter.two_fields, **fields, colours=colours, **answer.facts)

    @wiring.chart("overview-parallel")
    def side_by_side(bundle: Bundle, selection: Selection) -> Drawn:
        answer, colours = relations.parallel(bundle, selection), genre_colours(bundle.genre_names)
        axes = answer.facts.get("axes")
        return Drawn.of(answer, parallel.parallel, axes=axes, fields=bundle.dictionary, colours=colours)


def _wire_lists(wiring: Wiring) -> None:
    wiring.offer("overview-apart", draw=lambda bundle, selection: told(comparing.sets_apart(bundle, selection)))
    wiring.offer("overview-unusual", draw=lambda bundle, selection: told(unusual.unusual_tracks(bundle, selection)))

    @wiring.linked(Output("overview-apart", "children"))
    def apart(bundle: Bundle, selection: Selection) -> Any:
        answer = comparing.sets_apart(bundle, selection)
        if answer.is_empty:
            return nothing(answer.headline)
        sentence = " ".join([answer.headline, *answer.caveats])
        return [html.P(sentence, className="sentence"), apart_table(answer.table, bundle.dictionary)]

    @wiring.linked(Output("overview-unusual", "children"))
    def odd(bundle: Bundle, selection: Selection) -> Any:
        answer = unusual.unusual_tracks(bundle, selection)
        if answer.is_empty:
            return nothing(answer.headline)
        return [html.P(answer.headline, className="sentence"), track_list(answer.table.assign(detail=answer.table.why))]


def _wire_picks(wiring: Wiring) -> None:
    """What is clicked or brushed becomes part of the Selection, in the browser."""
    changed = Output(SELECTION, "data", allow_duplicate=True)
    chosen = [Output(f"overview-{side}", "value", allow_duplicate=True) for side in ("x", "y")]
    links: dict[str, list[Any]] = {
        "pickGenre": [changed, *(Input(f"overview-{card}-graph", "clickData") for card in ("balance", "box"))],
        "brushRange": [changed, Input("overview-histogram-graph", "selectedData")],
        "brushAxes": [changed, Input("overview-parallel-graph", "selectedData")],
        "openPair": [*chosen, *(Input(f"overview-{card}-graph", "clickData") for card in ("correlation", "pairs"))],
        "pickTrack": [Output("done-pick", "data"), Input("overview-scatter-graph", "clickData")],
    }
    for function, arguments in links.items():
        wiring.app.clientside_callback(ClientsideFunction("songscape", function), *arguments, prevent_initial_call=True)


def _wire_choices(wiring: Wiring) -> None:
    @wiring.asked(*(Output(f"overview-{part}", prop) for part in ("field", "x", "y") for prop in ("options", "value")))
    def choices(bundle: Bundle) -> list:
        names = distributions.distributed_fields(bundle)
        options = [{"label": bundle.dictionary[name].label, "value": name} for name in names]
        field, x = (_first(wanted, names) for wanted in (("energy",), ("loudness", "energy")))
        y = _first(("energy", "tempo"), [name for name in names if name != x] or names)
        return [part for chosen in (field, x, y) for part in (options, chosen)]


def _first(wanted: Sequence[str], names: Sequence[str]) -> str:
    """Return the first of some fields that is there, else the first of all."""
    return next((name for name in wanted if name in names), names[0])
