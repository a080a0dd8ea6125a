"""Map: which tracks sound alike?"""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import plotly.graph_objects as go
from dash import ALL, ClientsideFunction, Input, Output, State, dcc, html
from dash.exceptions import PreventUpdate

from dash_app.answers import map as ask
from dash_app.answers import overview
from dash_app.answers.selecting import selected
from dash_app.answers.similar import nearest_tracks
from dash_app.answers.tracks import track_card
from dash_app.components.cards import chart_card, choice
from dash_app.components.legend import legend
from dash_app.components.tracks import nothing, track_list
from dash_app.components.tracks import track_card as shown_track
from dash_app.figures import balance, theme, trends
from dash_app.figures.theme import genre_colours
from dash_app.figures.tracks_map import rings, tracks_map
from dash_app.page import Page
from dash_app.wiring import SELECTION, TRACK, Drawn, Wiring, track_rows
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "Which tracks sound alike?"
NEIGHBOURS = 8


def layout() -> html.Div:
    """Return the frame of the screen: the map fills it, panels float beside."""
    return html.Div(
        [
            html.H1(QUESTION, className="visually-hidden"),
            html.Div(
                [
                    dcc.Graph(
                        id="map-graph",
                        config=theme.MAP_CONFIG,
                        responsive=True,
                        className="map-graph",
                        clear_on_unhover=True,
                    ),
                    html.P("Drawing the map …", id="map-sentence", className="sentence map-sentence", role="status"),
                ],
                className="map-stage",
            ),
            html.Div(
                [choice("map-colour", "Colour by", [], None), html.Div(id="map-legend", className="legend")],
                className="float-panel map-controls",
            ),
            html.Div(
                [
                    html.Div(id="map-track", className="panel-body"),
                    chart_card(
                        "map-balance",
                        "Which genres are in it?",
                        how="Selected tracks by primary genre, in front of the whole catalogue in grey.",
                        height=190,
                    ),
                    chart_card(
                        "map-apart",
                        "What sets it apart?",
                        how="Difference of the selection's mean from the mean of all other tracks, in standard "
                        "deviations (Cohen's d), with a 95 % interval.",
                        height=290,
                    ),
                ],
                className="float-panel map-side",
            ),
            dcc.Store(id="map-mask"),
            dcc.Store(id="map-marks"),
        ],
        className="map-page",
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_browser(wiring)
    _wire_drawing(wiring)
    _wire_panels(wiring)


def _wire_browser(wiring: Wiring) -> None:
    links: list[tuple[str, list[Any]]] = [
        (
            "lasso",
            [
                Output(SELECTION, "data", allow_duplicate=True),
                Input("map-graph", "selectedData"),
                State(SELECTION, "data"),
            ],
        ),
        (
            "highlight",
            [
                Output("done-highlight", "data"),
                Input("map-mask", "data"),
                Input("map-graph", "figure"),
                State(SELECTION, "data"),
            ],
        ),
        ("mark", [Output("done-mark", "data"), Input("map-marks", "data"), Input("map-graph", "figure")]),
        ("hoverCard", [Output("done-hover", "data"), Input("map-graph", "hoverData")]),
        ("clickTrack", [Output("done-click", "data"), Input("map-graph", "clickData")]),
        (
            "chooseGenre",
            [
                Output(SELECTION, "data", allow_duplicate=True),
                Input({"type": "legend", "key": ALL, "value": ALL}, "n_clicks"),
                State(SELECTION, "data"),
            ],
        ),
    ]
    for function, arguments in links:
        wiring.app.clientside_callback(ClientsideFunction("songscape", function), *arguments, prevent_initial_call=True)


def _wire_drawing(wiring: Wiring) -> None:
    @wiring.asked(Output("map-colour", "options"), Output("map-colour", "value"))
    def colourings(bundle: Bundle) -> tuple[list[dict], str]:
        options = ask.colourings(bundle)
        return [{"label": label, "value": name} for name, label in options.items()], next(iter(options))

    @wiring.asked(
        Output("map-graph", "figure"),
        Output("map-legend", "children"),
        Output("map-sentence", "children"),
        Input("map-colour", "value"),
    )
    def drawn(bundle: Bundle, colour: str) -> tuple[go.Figure, Any, str]:
        if colour not in ask.colourings(bundle):
            raise PreventUpdate
        answer = ask.map_points(bundle, colour)
        figure = tracks_map(
            answer.table,
            palette=_palette(bundle, answer.facts["categories"]),
            colour_title=answer.facts["title"],
            labels=answer.facts["labels"],
            view=answer.facts["view"],
            bundle_id=bundle.id,
        )
        return (
            figure,
            legend(colour, answer.facts["categories"], _palette(bundle, answer.facts["categories"])),
            answer.headline,
        )

    @wiring.linked(Output("map-mask", "data"))
    def masked(bundle: Bundle, selection: Selection) -> dict[str, Any]:
        mask = selected(bundle, selection)
        bits = base64.b64encode(np.packbits(mask)).decode()
        return {
            "bits": bits,
            "n": int(mask.sum()),
            "all": selection.is_everything,
            "key": f"{bundle.id}{hash(selection)}",
        }

    @wiring.asked(Output("map-marks", "data"), Input(TRACK, "data"))
    def marked(bundle: Bundle, track: str | None) -> dict[str, list]:
        table = ask.mark_table(bundle, track_rows(bundle, track), n_neighbours=NEIGHBOURS)
        sizes, widths = rings(table)
        return {"x": table["x"].tolist(), "y": table["y"].tolist(), "size": sizes, "width": widths}


def _wire_panels(wiring: Wiring) -> None:
    @wiring.chart("map-balance")
    def balanced(bundle: Bundle, selection: Selection) -> Drawn:
        colours = genre_colours(bundle.genre_names)
        return Drawn.of(overview.genre_balance(bundle, selection), balance.genre_balance, colours=colours)

    @wiring.chart("map-apart")
    def apart(bundle: Bundle, selection: Selection) -> Drawn:
        return Drawn.of(
            ask.sets_apart(bundle, selection),
            trends.slopes,
            axis_title="Difference (standard deviations)",
        )

    @wiring.asked(Output("map-track", "children"), Input(TRACK, "data"))
    def focused(bundle: Bundle, track: str | None) -> Any:
        rows = track_rows(bundle, track)
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


def _palette(bundle: Bundle, categories: list[str] | None) -> list[str] | None:
    """Return a colour per category, None where the colour is a number."""
    if categories is None:
        return None
    colours = genre_colours(bundle.genre_names if set(categories) <= set(bundle.genre_names) else categories)
    return [colours[name] for name in categories]


PAGE = Page("/map", "Map", QUESTION, layout, wire)
