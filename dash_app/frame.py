"""Callbacks of the frame: the address, the filter rail, the selection line, the menu and the theme."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, no_update, set_props

from dash_app.answers.filters import cluster_values, filter_ranges, genre_values, predicted_values
from dash_app.components.rail import rail
from dash_app.figures.theme import genre_colours
from dash_app.pages import EVERY_PAGE, NOT_FOUND, catalogues
from dash_app.wiring import BUILT, CATALOGUE, POINT, SELECTION, TRACK, Wiring
from data.errors import SelectionError
from data.selection import Selection
from models.bundle import Bundle

_LISTS, _RANGES = {"type": "rail-list", "key": ALL}, {"type": "rail-range", "key": ALL}


def wire_frame(wiring: Wiring) -> None:
    """Register the callbacks that every screen shares."""
    _wire_address(wiring)
    _wire_selection(wiring)
    _wire_rail(wiring)
    _in_browser(wiring, "switchTheme", Output("done-theme", "data"), Input("theme", "n_clicks"))

    _in_browser(wiring, "askCards", Output("done-cards", "data"), Input("page", "children"))

    @wiring.told(Output("page", "children"), Input("address", "pathname"))
    def screen(pathname: str) -> Any:
        page = next((page for page in EVERY_PAGE if page.path == pathname), NOT_FOUND)
        if wiring.library.names or page in (NOT_FOUND, catalogues.PAGE):
            return page.layout()
        set_props("address", {"pathname": catalogues.PAGE.path})  # the one screen that needs no catalogue
        return no_update


def _wire_address(wiring: Wiring) -> None:
    stores = [CATALOGUE, SELECTION, TRACK, POINT]
    _in_browser(
        wiring,
        "readAddress",
        *(Output(store, "data", allow_duplicate=True) for store in stores),
        Input("address", "href"),
        State("selection-keys", "data"),
        *(State(store, "data") for store in stores),
        prevent_initial_call="initial_duplicate",
    )
    _in_browser(
        wiring,
        "viewChanged",
        Output("done-address", "data"),
        *(Input(store, "data") for store in stores),
        *_rail_described(),
        State(_LISTS, "value"),
        State(_RANGES, "value"),
        prevent_initial_call=True,
    )
    _in_browser(wiring, "showScreen", Output("done-screen", "data"), Input("address", "pathname"))
    _in_browser(
        wiring,
        "chooseCatalogue",
        *(Output(store, "data", allow_duplicate=True) for store in stores),
        Input("catalogue", "value"),
        State(CATALOGUE, "data"),
        State("catalogue", "options"),
        prevent_initial_call=True,
    )


def _wire_selection(wiring: Wiring) -> None:
    _in_browser(wiring, "undo", Output("done-undo", "data"), Input("undo", "n_clicks"), prevent_initial_call=True)
    _in_browser(
        wiring,
        "chooseTrack",
        Output("done-track", "data"),
        Input({"type": "choose-track", "track": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )


def _rail_described() -> list[State]:
    """Return which lists and ranges the rail holds, and the ends of the ranges."""
    return [State(_LISTS, "id"), State(_RANGES, "id"), State(_RANGES, "min"), State(_RANGES, "max")]


def _wire_rail(wiring: Wiring) -> None:
    _in_browser(
        wiring,
        "readRail",
        Output(SELECTION, "data", allow_duplicate=True),
        Input(_LISTS, "value"),
        Input(_RANGES, "value"),
        *_rail_described(),
        prevent_initial_call=True,
    )
    _in_browser(wiring, "toggleRail", Output("done-rail", "data"), Input("rail-toggle", "n_clicks"))

    @wiring.asked(
        Output("rail", "children"),
        Output("catalogue", "options"),
        Output("catalogue", "value"),
        Input(BUILT, "data"),
        State(SELECTION, "data"),
        prevent_initial_call=True,
    )
    def filters(bundle: Bundle, _: Any, chosen: dict[str, str] | None) -> tuple[list, list[str], str]:
        filled = rail(
            genre_values(bundle),
            cluster_values(bundle),
            filter_ranges(bundle),
            predicted=predicted_values(bundle),
            dictionary=bundle.dictionary,
            colours=genre_colours(bundle.genre_names),
            selection=_readable(chosen),
        )
        return filled, wiring.library.names, bundle.name


def _readable(query: dict[str, str] | None) -> Selection:
    """Return the selection of an address, or none where it cannot be read; the notice about that is shown elsewhere."""
    try:
        return Selection.from_query(query or {})
    except SelectionError:
        return Selection()


def _in_browser(wiring: Wiring, function: str, *arguments: Any, **options: Any) -> None:
    wiring.app.clientside_callback(ClientsideFunction("songscape", function), *arguments, **options)
