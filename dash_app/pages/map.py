"""Map: which tracks sound alike?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from dash import ALL, ClientsideFunction, Input, Output, State, dcc, html

from dash_app.answers import map as ask
from dash_app.answers import overview
from dash_app.answers.answer import Answer
from dash_app.answers.map_cluster import describe
from dash_app.answers.map_colours import colourings, map_values
from dash_app.answers.map_layouts import UMAP, layout_options, layouts
from dash_app.answers.map_view import ends
from dash_app.answers.similar import nearest_tracks
from dash_app.answers.tracks import track_card
from dash_app.components.cards import card_menu, chart_card, choice
from dash_app.components.cluster import cluster_panel
from dash_app.components.legend import legend
from dash_app.components.links import screen_link
from dash_app.components.tracks import nothing, track_list
from dash_app.components.tracks import track_card as shown_track
from dash_app.figures import balance, slopes, theme
from dash_app.figures.map_frame import map_frame
from dash_app.figures.theme import genre_colours
from dash_app.figures.tracks_map import rings, tracks_map
from dash_app.map_look import map_look, palette_of
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.wiring import SELECTION, TRACK, Drawn, Wiring, track_rows
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "Which tracks sound alike?"
NEIGHBOURS = 8
_CONFIG = {
    **theme.MAP_CONFIG,
    "displayModeBar": "hover",
    "modeBarButtonsToAdd": ["lasso2d", "select2d"],  # else only where plotly itself draws points
    "modeBarButtonsToRemove": [*theme.MAP_CONFIG["modeBarButtonsToRemove"], "toImage"],
}
KEYS = "Arrow keys go from track to track, Enter opens one, plus and minus zoom, Home shows all, B starts a box."


def layout() -> html.Div:
    """Return the frame of the screen: the map fills it, panels float beside."""
    return html.Div(
        [
            html.H1(QUESTION, className="visually-hidden"),
            _stage(),
            html.Div(
                [
                    html.P(id="map-count", className="map-count", role="status"),
                    html.P("Drawing the map …", id="map-sentence", className="sentence", role="status"),
                ],
                className="map-foot",
            ),
            html.Div(
                [
                    html.Div(
                        [choice("map-colour", "Colour by", [], None), card_menu("The map")],
                        className="controls",
                    ),
                    choice("map-layout", "Lay out by", [], None),
                    html.Div(id="map-legend", className="legend"),
                    html.Div(id="map-extras", className="map-extras"),
                    screen_link("Are there groups at all?", "/clusters", class_name="quiet map-more"),
                ],
                className="float-panel map-controls",
                **{"data-chart": "map-tracks", "data-title": "Map of tracks"},
            ),
            _side(),
            dcc.Store(id="map-cluster-asked"),
            dcc.Store(id="map-marks"),
        ],
        className="map-page",
    )


def _stage() -> html.Div:
    """Return the canvas that `assets/map.js` paints tracks on, beneath plotly's shapes, names and rings."""
    graph = dcc.Graph(id="map-graph", config=_CONFIG, responsive=True, className="map-graph")
    return html.Div(
        [
            html.Canvas(id="map-canvas", className="map-canvas", **{"aria-hidden": "true"}),
            graph,
            html.P(id="map-live", className="visually-hidden", role="status"),
        ],
        id="map-stage",
        className="map-stage",
        tabIndex=0,
        role="application",
        **{"aria-label": f"Map of tracks. {KEYS}", "aria-describedby": "map-sentence"},
    )


def _side() -> html.Div:
    return html.Div(
        [
            html.Div(id="map-cluster"),
            html.Div(id="map-track", className="panel-body"),
            chart_card(
                "map-balance",
                "Which genres are in it?",
                how="Selected tracks by primary genre, in front of the whole catalogue in grey.",
                height=190,
                by_view=True,
            ),
            chart_card(
                "map-apart",
                "What sets it apart?",
                how="Difference of the selection's mean from that of what it is compared with, else of all other "
                "tracks, in standard deviations (Cohen's d), with a 95% interval.",
                height=290,
                by_view=True,
            ),
        ],
        className="float-panel map-side",
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_browser(wiring)
    _wire_drawing(wiring)
    _wire_panels(wiring)


def _wire_browser(wiring: Wiring) -> None:
    selection = Output(SELECTION, "data", allow_duplicate=True)
    figure = Input("map-graph", "figure")
    links: list[tuple[str, list[Any]]] = [
        ("mapDrawn", [Output("done-click", "data"), figure]),
        ("mark", [Output("done-mark", "data"), Input("map-marks", "data"), figure]),
        (
            "chooseGenre",
            [
                selection,
                Input({"type": "legend", "key": ALL, "value": ALL}, "n_clicks"),
                State(SELECTION, "data"),
            ],
        ),
    ]
    for function, arguments in links:
        wiring.app.clientside_callback(ClientsideFunction("songscape", function), *arguments, prevent_initial_call=True)


def _wire_drawing(wiring: Wiring) -> None:
    @wiring.asked(
        Output("map-graph", "figure"),
        Output("map-legend", "children"),
        Output("map-sentence", "children"),
        Output("map-colour", "options"),
        Output("map-colour", "value"),
        Output("map-layout", "options"),
        Output("map-layout", "value"),
        Input("map-colour", "value"),
        Input("map-layout", "value"),
    )
    def drawn(bundle: Bundle, asked: str | None, asked_layout: str | None) -> tuple[Any, ...]:
        options = colourings(bundle)
        colour, layout = _one_of(options, asked), _one_of(layouts(bundle), asked_layout)
        facts = ask.map_facts(bundle, colour, layout)
        palette = palette_of(bundle, facts["categories"])
        key = legend(colour if colour in ("genre", "cluster") else None, facts["categories"], palette)
        chosen = [{"label": label, "value": name} for name, label in options.items()]
        figure = _frame(bundle, colour, palette, layout)
        return figure, key, facts["sentence"], chosen, colour, layout_options(bundle), layout

    def alone(bundle: Bundle, selection: Selection, colour: str | None, layout: str | None) -> Drawn:
        asked = _one_of(colourings(bundle), colour), _one_of(layouts(bundle), layout)
        answer = ask.map_points(bundle, *asked, selection=selection)
        figure = _drawn(bundle, answer, palette_of(bundle, answer.facts["categories"]))
        every = ask.map_points(bundle, *asked, selection=selection, most=len(bundle))
        return Drawn(figure, " ".join([answer.headline, *answer.caveats]), _named(every))

    wiring.offer("map-tracks", "map-colour", "map-layout", draw=alone)

    @wiring.asked(Output("map-track", "children"), Output("map-marks", "data"), Input(TRACK, "data"))
    def focused(bundle: Bundle, track: str | None) -> tuple[Any, dict[str, dict[str, list]]]:
        rows = track_rows(bundle, track)
        tables = ask.mark_tables(bundle, rows, n_neighbours=NEIGHBOURS)
        return _focused(bundle, rows), {layout: _marks(table) for layout, table in tables.items()}


def _named(answer: Answer) -> pd.DataFrame:
    """Return the table of a map with names instead of codes; None for none."""
    names = answer.facts["categories"]
    if names is None:
        return answer.table
    return answer.table.assign(colour=np.array([*names, None], dtype=object)[answer.table["colour"]])


def _one_of(options: Mapping[str, str], asked: str | None) -> str:
    """Return what was asked for, or the first where the catalogue lacks it."""
    return asked if asked in options else next(iter(options), UMAP)


def _marks(table: pd.DataFrame) -> dict[str, list]:
    sizes, widths = rings(table)
    axes = {axis: table[axis].tolist() for axis in "xyz" if axis in table}
    return {**axes, "size": sizes, "width": widths, "kind": table["kind"].tolist()}


def _wire_panels(wiring: Wiring) -> None:
    def balanced(bundle: Bundle, selection: Selection) -> Drawn:
        colours = genre_colours(bundle.genre_names)
        return Drawn.of(overview.genre_balance(bundle, selection), balance.genre_balance, colours=colours)

    def apart(bundle: Bundle, selection: Selection) -> Drawn:
        title = "Difference (standard deviations)"
        return Drawn.of(ask.sets_apart(bundle, selection), slopes.slopes, axis_title=title)

    wiring.offer("map-balance", draw=balanced)
    wiring.offer("map-apart", draw=apart)

    @wiring.asked(Output("map-cluster", "children"), Input("map-cluster-asked", "data"), prevent_initial_call=True)
    def clustered(bundle: Bundle, cluster: int | None) -> Any:
        found = None if cluster is None else describe(bundle, cluster)
        return None if found is None else cluster_panel(found)

    def playlist(bundle: Bundle, selection: Selection) -> Drawn:
        found = describe(bundle, selection.clusters[0]) if selection.clusters else None
        if found is None:
            return Drawn(None, "Select a cluster first.", pd.DataFrame())
        return Drawn(None, found.sentence, found.playlist)

    wiring.offer("playlist", draw=playlist)


def _focused(bundle: Bundle, rows: list[int]) -> Any:
    if not rows:
        return nothing(
            "Draw a lasso around tracks to select them. Click a track, or search for one, to see what is near it."
        )
    near = nearest_tracks(bundle, rows[0], limit=NEIGHBOURS)
    return html.Div(
        [
            shown_track(track_card(bundle, rows[0])),
            html.H3("Nearest tracks"),
            track_list(near.table, value="distance_text", value_title="Distance"),
        ]
    )


def _frame(bundle: Bundle, colour: str, palette: list[str] | None, layout: str) -> go.Figure:
    facts = ask.map_facts(bundle, colour, layout)
    scale = None if palette is not None else (facts["title"], *ends(map_values(bundle, colour)))
    return map_frame(facts["labels"], view=facts["view"], scale=scale, meta=map_look(bundle, colour, layout))


def _drawn(bundle: Bundle, answer: Answer, palette: list[str] | None) -> go.Figure:
    facts = answer.facts
    return tracks_map(
        answer.table,
        palette=palette,
        colour_title=facts["title"],
        labels=facts["labels"],
        names=(facts["categories"] or ()) if facts["labels"].empty else (),
        **{mask: answer.table[mask].to_numpy() for mask in ("selected", "compared") if mask in answer.table},
        view=facts["view"],
        bundle_id=bundle.id,
    )


PAGE = Page("/map", "Map", QUESTION, layout, wire, helps.MAP)
