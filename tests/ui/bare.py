"""A bare Dash page with one Scattergl of a catalogue's points and plotly.js as it comes: what the Map is held against.

``python -m tests.ui.bare HOME CATALOGUE PORT`` serves it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import plotly.graph_objects as go
import uvicorn
from dash import Dash, dcc
from fastapi import FastAPI

from models.bundle import Library


def bare_page(home: Path, name: str) -> FastAPI:
    """Return a server whose only page is the points of a catalogue, coloured by genre."""
    columns = Library(home).open(name).columns
    points = go.Scattergl(
        x=columns["map_x"],
        y=columns["map_y"],
        mode="markers",
        marker={"size": 3, "color": columns["genre"].astype("uint8")},
    )
    server = FastAPI()
    app = Dash("bare", server=server, assets_folder="none", compress=True)
    app.layout = dcc.Graph(id="graph", figure=go.Figure([points]), style={"height": "95vh"})
    return server


if __name__ == "__main__":
    home, name, port = sys.argv[1:]
    uvicorn.run(bare_page(Path(home), name), port=int(port), log_level="warning")
