"""Similar: what sounds like this track?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_bootstrap_components as dbc
import pandas as pd
from dash import Input, Output, html

from dash_app.alone import told
from dash_app.answers import map as ask_map
from dash_app.answers import similar as ask
from dash_app.answers.answer import Answer
from dash_app.answers.map_colours import colourings
from dash_app.answers.tracks import track_card
from dash_app.components.cards import chart_card, page_title, panel
from dash_app.components.links import screen_link
from dash_app.components.tracks import nothing, track_list
from dash_app.components.tracks import track_card as shown_track
from dash_app.figures import similar
from dash_app.figures.theme import genre_colours
from dash_app.figures.tracks_map import tracks_map
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.wiring import TRACK, Drawn, Wiring, track_rows
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "What sounds like this track?"
NEIGHBOURS = 12
_PICK = "Search for a track above, click one on the Map, or start from one of these."


def layout() -> html.Div:
    """Return the frame of the screen."""
    only = dbc.Checklist(
        id="similar-within",
        options=[{"label": "selected tracks only", "value": "within"}],
        value=[],
        className="inline",
    )
    return html.Div(
        [
            page_title(QUESTION, "", "similar-lead"),
            html.Div(
                [
                    panel(
                        "similar-track",
                        "The track",
                        how="What the catalogue says of it. Its features are Spotify's.",
                        size="third",
                    ),
                    panel(
                        "similar-list",
                        "Its nearest tracks",
                        how="Euclidean distance over standardised features joined, where there are genres, with the "
                        "directions that separate the genres (linear discriminant analysis); its weight was "
                        "chosen on tracks it had not learned from, where artists are known by other artists.",
                        size="third",
                        controls=[only],
                        offered=True,
                    ),
                    chart_card(
                        "similar-map",
                        "Where are they on the map?",
                        how="The map of the Map screen. Near on the map is near in sound, but two dimensions cannot "
                        "keep every distance: the list is exact, the map is not.",
                        size="third",
                        height=420,
                    ),
                    chart_card(
                        "similar-profile",
                        "In what are they alike?",
                        how="Each feature as a percentile of the catalogue: the dot is the track, the bar spans the "
                        "middle half of its nearest tracks.",
                        size="full",
                        height=380,
                    ),
                ],
                className="grid",
            ),
        ]
    )


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    focus, within = Input(TRACK, "data"), Input("similar-within", "value")

    @wiring.linked(Output("similar-lead", "children"), Output("similar-track", "children"), focus)
    def focused(bundle: Bundle, selection: Selection, track: str | None) -> tuple[str, Any]:
        rows = track_rows(bundle, track)
        if not rows:
            begin = ask.starting_points(bundle, selection)
            return ask.how_well(bundle), [nothing(begin.headline if begin.is_empty else _PICK), track_list(begin.table)]
        links = [screen_link("What if it were different?", "/what-if")]
        return ask.how_well(bundle), shown_track(track_card(bundle, rows[0]), links=links)

    def near(bundle: Bundle, selection: Selection, track: str | None, only: list[str] | str) -> Answer:
        rows = track_rows(bundle, track)
        if not rows:
            return Answer(pd.DataFrame(), "The list appears when a track is chosen.", bundle.id)
        return ask.nearest_tracks(bundle, rows[0], limit=NEIGHBOURS, within=selection if only else None)

    def alone(*question: Any) -> Drawn:
        answer = near(*question)
        return told(replace(answer, table=answer.table.drop(columns="distance_text", errors="ignore")))

    wiring.offer("similar-list", TRACK, "similar-within", draw=alone)

    @wiring.linked(Output("similar-list", "children"), focus, within)
    def listed(bundle: Bundle, selection: Selection, track: str | None, only: list[str]) -> Any:
        answer = near(bundle, selection, track, only)
        if answer.is_empty:
            return nothing(answer.headline)
        return [
            html.P(" ".join([answer.headline, *answer.caveats]), className="sentence"),
            track_list(answer.table, value="distance_text", value_title="Distance"),
        ]

    @wiring.chart("similar-map", focus)
    def placed(bundle: Bundle, selection: Selection, track: str | None) -> Drawn:
        answer = ask_map.map_points(bundle, next(iter(colourings(bundle))))
        rows = track_rows(bundle, track)
        colours = genre_colours(answer.facts["categories"] or ())
        figure = tracks_map(
            answer.table,
            palette=list(colours.values()) or None,
            colour_title=answer.facts["title"],
            view=answer.facts["view"],
            marks=ask_map.mark_table(bundle, rows, n_neighbours=NEIGHBOURS),
        )
        headline = "The ring is the track, the small rings its nearest." if rows else answer.headline
        sentence = " ".join([headline, *answer.caveats])
        return Drawn(figure.update_layout(dragmode="pan"), sentence, answer.table)

    @wiring.chart("similar-profile", focus)
    def profiled(bundle: Bundle, selection: Selection, track: str | None) -> Drawn:
        rows = track_rows(bundle, track)
        if not rows:
            return Drawn(None, "The profile appears when a track is chosen.")
        return Drawn.of(ask.profile(bundle, rows[0], n_neighbours=NEIGHBOURS), similar.profile)


PAGE = Page("/similar", "Similar", QUESTION, layout, wire, helps.SIMILAR)
