"""Clusters: are there groups of sound here?"""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Input, Output, html

from dash_app.alone import told
from dash_app.answers import clusters as ask
from dash_app.answers import clusters_beside as ask_beside
from dash_app.answers.selecting import cut_names
from dash_app.answers.sides import beside
from dash_app.components.cards import chart_card, choice, page_title, panel
from dash_app.components.data_table import data_table, with_small
from dash_app.components.links import screen_link
from dash_app.components.tracks import nothing
from dash_app.figures import balance, clusters
from dash_app.figures.theme import genre_colours
from dash_app.page import Page
from dash_app.pages import helps
from dash_app.wiring import SELECTION, Drawn, Wiring
from data.selection import Selection
from models.bundle import Bundle

QUESTION = "Are there groups of sound here?"
PICKED = ("clusters-apart", "clusters-sizes", "clusters-genres")
"""Cards on which a click selects a cluster."""

_CLICK = "A click on a row selects its tracks, where the cut that the build chose is shown."


def layout() -> html.Div:
    """Return the frame of the screen."""
    links = html.Div([screen_link("See them on the Map", "/map"), screen_link("Model cards", "/models")])
    links.className = "beside-title"
    return html.Div(
        [
            page_title(QUESTION, "", "clusters-lead"),
            html.Div(
                [choice("clusters-k", "Number of clusters shown", [], None), links], className="clusters-bar controls"
            ),
            html.Div([*_cut_cards(), *_within_cards(), *_beside_cards()], className="grid"),
        ]
    )


def _cut_cards() -> list[html.Section]:
    return [
        chart_card(
            "clusters-choice",
            "How many groups would be best?",
            how="K-means with every number of clusters from 2 to 20. Silhouette: how much nearer a track is to its own "
            "cluster than to the next. Davies-Bouldin: spread within against distance between. "
            "Calinski-Harabasz: spread between against within. Stability: how alike the cut comes out when half of "
            "the tracks are cut anew (adjusted Rand index, 1 is identity, with a 95% interval). The dotted line is "
            "the cut with the best mean rank, the ring the one shown on this screen. ↑ higher is better, "
            "↓ lower.",
            height=420,
        ),
        panel(
            "clusters-list",
            "Which groups are they?",
            how="Clusters by size, named by what sets them apart. In brackets: the difference of the cluster's mean "
            "from the mean of all other tracks, in standard deviations (sd). Typical tracks lie nearest the centre. A "
            "click on a name selects its tracks, as the filter Cluster does.",
            offered=True,
        ),
        chart_card(
            "clusters-apart",
            "What sets each apart?",
            how="Difference of the mean of a cluster from the mean of all other tracks, in standard deviations "
            "(Cohen's d), over the whole catalogue: 0.2 is small, 0.5 medium, 0.8 large. Colours end at 2. The hover "
            f"has the 95% interval. As the clusters were made to differ, that they do proves nothing. {_CLICK}",
            size="full",
            height=440,
        ),
    ]


def _within_cards() -> list[html.Section]:
    return [
        chart_card(
            "clusters-sizes",
            "How large are they?",
            how="Selected tracks by cluster, in front of the whole catalogue in grey; a diamond is what is compared. "
            f"{_CLICK}",
            height=380,
        ),
        chart_card(
            "clusters-genres",
            "Are they the genres?",
            how="Of the selected tracks of each cluster, the share of every genre; each row adds up to 100%. "
            "Compared, both sides stand beside each other. Genres were not told to the clustering. Adjusted Rand "
            "index: agreement of two groupings, corrected for chance (Hubert and Arabie 1985). Normalised mutual "
            f"information grows with the number of clusters by chance alone. {_CLICK}",
            height=380,
        ),
    ]


def _beside_cards() -> list[html.Section]:
    return [
        chart_card(
            "clusters-islands",
            "Are there islands, if nobody says how many?",
            how="HDBSCAN looks for regions that are denser than what lies around them, and leaves all other tracks in "
            "none. Selected tracks in front of the whole catalogue in grey, a diamond is what is compared; each "
            "recording counts once in the search.",
            height=380,
            by_view=True,
        ),
        chart_card(
            "clusters-maps",
            "How far can the map be believed?",
            how="Trustworthiness: neighbours on the map are neighbours in sound. Continuity: neighbours in sound are "
            "neighbours on the map (Venna and Kaski 2001); 1 is always, 0.5 about chance. Behind the name stands "
            "among how many tracks it was judged: compare only equal numbers, as fewer tracks are easier to lay out; "
            "t-SNE lays out a sample. Blue is the method of the Map screen; intervals come from resampling "
            "artists, else recordings.",
            height=380,
            by_view=True,
        ),
    ]


def wire(wiring: Wiring) -> None:
    """Register the callbacks of the screen."""
    _wire_choices(wiring)
    _offer_list(wiring)
    _wire_cut(wiring)
    _wire_within(wiring)
    _wire_beside(wiring)
    _wire_picks(wiring)


def _wire_choices(wiring: Wiring) -> None:
    @wiring.asked(Output("clusters-lead", "children"), Output("clusters-k", "options"), Output("clusters-k", "value"))
    def choices(bundle: Bundle) -> tuple[str, list[dict], int]:
        marked = {k: ", as chosen" if ask.is_chosen(bundle, k) else "" for k in ask.cuts(bundle)}
        options = [{"label": f"{k} clusters{mark}", "value": k} for k, mark in marked.items()]
        return ask.lead(bundle), options, ask.cut_shown(bundle, None)

    @wiring.linked(Output("clusters-list", "children"), Input("clusters-k", "value"))
    def listed(bundle: Bundle, selection: Selection, k: str | None) -> Any:
        cut = ask.cut_shown(bundle, k)
        answer = ask.described(bundle, selection, cut)
        if answer.is_empty:
            return nothing(answer.headline)
        said = [nothing(sentence) for sentence in answer.caveats]
        return [*said, _cluster_table(answer.table.to_dict("records"), selection, can_pick=ask.is_chosen(bundle, cut))]


def _offer_list(wiring: Wiring) -> None:
    def listed(bundle: Bundle, selection: Selection, k: str | None) -> Drawn:
        return told(ask.described(bundle, selection, ask.cut_shown(bundle, k)))

    wiring.offer("clusters-list", "clusters-k", draw=listed)


def _cluster_table(rows: list[dict[str, Any]], selection: Selection, *, can_pick: bool) -> html.Div:
    shown = [
        (
            _cluster_name(row, can_pick=can_pick),
            with_small(f"{row['n_all']:,}", f"{row['share']:.0%}"),
            with_small(row["words"], f"Typical: {row['typical']}" if row["typical"] else ""),
        )
        for row in rows
    ]
    head = ("Cluster", "Tracks", "Against all other tracks")
    marked = [can_pick and row["cluster"] in selection.clusters for row in rows]
    table = data_table(head, shown, caption="Clusters by size", words=("Against all other tracks",), marked=marked)
    return html.Div(table, className="scrolls cluster-list")


def _cluster_name(row: dict[str, Any], *, can_pick: bool) -> Any:
    if not can_pick:
        return row["name"]
    return html.Button(row["name"], className="quiet title", **{"data-pick-cluster": str(row["cluster"])})


def _wire_cut(wiring: Wiring) -> None:
    k_shown = Input("clusters-k", "value")

    @wiring.chart("clusters-choice", k_shown)
    def chosen(bundle: Bundle, selection: Selection, k: str | None) -> Drawn:
        cut = ask.cut_shown(bundle, k)
        return Drawn.of(ask.choice(bundle, cut), clusters.criteria, shown=cut)

    @wiring.chart("clusters-apart", k_shown)
    def apart(bundle: Bundle, selection: Selection, k: str | None) -> Drawn:
        cut = ask.cut_shown(bundle, k)
        return _pickable(Drawn.of(ask.apart(bundle, cut), clusters.profiles), bundle, cut)


def _wire_within(wiring: Wiring) -> None:
    k_shown = Input("clusters-k", "value")

    @wiring.chart("clusters-sizes", k_shown)
    def sized(bundle: Bundle, selection: Selection, k: str | None) -> Drawn:
        cut = ask.cut_shown(bundle, k)
        answer = ask.sizes(bundle, selection, cut)
        colours = {} if answer.is_empty else genre_colours(answer.table["genre"].tolist())
        return _pickable(Drawn.of(answer, balance.genre_balance, colours=colours), bundle, cut)

    @wiring.chart("clusters-genres", k_shown)
    def mixed(bundle: Bundle, selection: Selection, k: str | None) -> Drawn:
        cut = ask.cut_shown(bundle, k)
        answer = ask.genres_within(bundle, selection, cut)
        options = {"order": answer.facts.get("order", ()), **beside(answer)}
        return _pickable(Drawn.of(answer, clusters.genre_shares, **options), bundle, cut)


def _pickable(drawn: Drawn, bundle: Bundle, cut: int) -> Drawn:
    """Tell the browser which cluster each row is, where tracks can be selected by this cut."""
    if drawn.figure is not None and ask.is_chosen(bundle, cut):
        drawn.figure.update_layout(meta={"clusters": list(cut_names(bundle, cut))})
    return drawn


def _wire_beside(wiring: Wiring) -> None:
    def dense(bundle: Bundle, selection: Selection) -> Drawn:
        answer = ask_beside.islands(bundle, selection, ask.cut_shown(bundle, None))
        return Drawn.of(answer, balance.genre_balance, colours={})

    def mapped(bundle: Bundle, _: Selection) -> Drawn:
        return Drawn.of(ask_beside.faithfulness(bundle), clusters.faithfulness)

    wiring.offer("clusters-islands", draw=dense)
    wiring.offer("clusters-maps", draw=mapped)


def _wire_picks(wiring: Wiring) -> None:
    """A click on a row selects its cluster, in the browser."""
    wiring.app.clientside_callback(
        ClientsideFunction("songscape", "pickCluster"),
        Output(SELECTION, "data", allow_duplicate=True),
        *(Input(f"{card}-graph", "clickData") for card in PICKED),
        prevent_initial_call=True,
    )


PAGE = Page("/clusters", "Clusters", QUESTION, layout, wire, helps.CLUSTERS)
"""Groups of sound."""
