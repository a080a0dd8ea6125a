"""The panel of one cluster beside the map."""

from __future__ import annotations

from dash import html

from dash_app.answers.map_cluster import Cluster
from dash_app.components.links import screen_link
from dash_app.components.tracks import track_list

_SHOWN = 4


def cluster_panel(found: Cluster) -> html.Section:
    """Return a cluster's name, size and profile, its typical and odd tracks, and a list of the typical ones to save."""
    parts = [html.H2(f"Cluster: {found.name}"), html.P(found.sentence, className="sentence")]
    for title, table in (("Typical tracks", found.typical), ("Odd ones", found.odd)):
        if len(table):
            parts += [html.H3(title), track_list(table.head(_SHOWN))]
    if len(found.typical):
        save = html.Button("Save the typical tracks as a list (CSV)", className="quiet", **{"data-do": "csv"})
        parts.append(html.Div(save, **{"data-chart": "playlist"}))
    parts.append(screen_link("All clusters, and how they were chosen", "/clusters"))
    return html.Section(parts, className="panel-body map-cluster", **{"aria-label": "Cluster"})
