"""Callbacks of the frame: the address, the filter rail, the selection line, the menu and the theme."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, html, no_update, set_props

from dash_app.answers.filters import cluster_values, filter_ranges, genre_values
from dash_app.answers.selecting import chips, in_words
from dash_app.components.rail import rail
from dash_app.figures.theme import genre_colours
from dash_app.pages import BESIDE, NOT_FOUND, PAGES, catalogues
from dash_app.wiring import BUILT, CATALOGUE, POINT, SELECTION, TRACK, Wiring
from data.errors import SelectionError
from data.selection import Selection
from models.bundle import Bundle


def wire_frame(wiring: Wiring) -> None:
    """Register the callbacks that every screen shares."""
    _wire_address(wiring)
    _wire_selection(wiring)
    _wire_rail(wiring)
    _in_browser(wiring, "switchTheme", Output("done-theme", "data"), Input("theme", "n_clicks"))

    @wiring.told(Output("page", "children"), Input("address", "pathname"))
    def screen(pathname: str) -> Any:
        page = next((page for page in (*PAGES, *BESIDE) if page.path == pathname), NOT_FOUND)
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
        "writeAddress",
        Output("done-address", "data"),
        *(Input(store, "data") for store in stores),
        prevent_initial_call=True,
    )
    _in_browser(
        wiring,
        "tabs",
        Output({"type": "tab", "path": ALL}, "href"),
        Output({"type": "tab", "path": ALL}, "className"),
        *(Input(store, "data") for store in stores),
        Input("address", "pathname"),
        State({"type": "tab", "path": ALL}, "id"),
    )
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
    changed = Output(SELECTION, "data", allow_duplicate=True)
    _in_browser(
        wiring,
        "dropChip",
        changed,
        Input({"type": "chip", "key": ALL}, "n_clicks"),
        State(SELECTION, "data"),
        prevent_initial_call=True,
    )
    _in_browser(
        wiring,
        "keepView",
        Output({"type": "keep", "path": ALL, "at": ALL}, "href"),
        *(Input(store, "data") for store in (CATALOGUE, SELECTION, TRACK, POINT)),
        State({"type": "keep", "path": ALL, "at": ALL}, "id"),
    )
    _in_browser(wiring, "clearSelection", changed, Input("clear", "n_clicks"), prevent_initial_call=True)
    _in_browser(wiring, "undo", Output("done-undo", "data"), Input("undo", "n_clicks"), prevent_initial_call=True)
    _in_browser(
        wiring,
        "chooseTrack",
        Output("done-track", "data"),
        Input({"type": "choose-track", "track": ALL}, "n_clicks"),
        prevent_initial_call=True,
    )

    # Not before the address was read: `readAddress` writes the catalogue, and that asks.
    @wiring.linked(
        Output("selection-words", "children"),
        Output("selection-chips", "children"),
        Output("clear", "disabled"),
        prevent_initial_call=True,
    )
    def said(bundle: Bundle, selection: Selection) -> tuple[str, list[html.Button], bool]:
        parts = chips(bundle, selection)
        return in_words(bundle, selection), [_chip(key, text) for key, text in parts.items()], not parts


def _wire_rail(wiring: Wiring) -> None:
    lists, ranges = {"type": "rail-list", "key": ALL}, {"type": "rail-range", "key": ALL}
    described = [
        *(State(lists, "id"), State(ranges, "id")),
        *(State(ranges, "min"), State(ranges, "max")),
    ]
    _in_browser(
        wiring,
        "readRail",
        Output(SELECTION, "data", allow_duplicate=True),
        Input(lists, "value"),
        Input(ranges, "value"),
        *described,
        State(SELECTION, "data"),
        prevent_initial_call=True,
    )
    _in_browser(
        wiring,
        "showRail",
        Output("done-rail-shown", "data"),
        Input(SELECTION, "data"),
        *described,
        State(lists, "value"),
        State(ranges, "value"),
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


def _chip(key: str, text: str) -> html.Button:
    return html.Button(
        [text, html.Span("×", className="cross", **{"aria-hidden": "true"})],
        id={"type": "chip", "key": key},
        className="chip",
        title="Remove this filter",
        **{"aria-label": f"Remove filter: {text}"},
    )


def _in_browser(wiring: Wiring, function: str, *arguments: Any, **options: Any) -> None:
    wiring.app.clientside_callback(ClientsideFunction("songscape", function), *arguments, **options)
