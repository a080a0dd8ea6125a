"""Asks callbacks over HTTP, as a browser does."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dash import Dash
from starlette.testclient import TestClient

from dash_app.app import create_server
from dash_app.settings import Settings
from dash_app.wiring import NOTICE

VIEW: Mapping[str, Any] = {
    "address.pathname": "/",
    "view-catalogue.data": None,
    "view-selection.data": {},
    "view-track.data": None,
    "view-point.data": {},
    "overview-field.value": "energy",
    "overview-x.value": "loudness",
    "overview-y.value": "energy",
    "overview-method.value": "spearman",
    "overview-view.value": "violins",
    "map-colour.value": "genre",
    "map-layout.value": "umap",
    "map-cluster-asked.data": None,
    "trends-field.value": "energy",
    "trends-axis.value": "tempo",
    "trends-by.value": "features",
    "genres-one.value": "metal",
    "genres-curve.value": "roc",
    "genres-explained.value": "metal",
    "genres-effect-genre.value": "metal",
    "genres-feature.value": "energy",
    "genres-drawn.value": "pdp",
    "genres-pairs-graph.clickData": None,
    "genres-shuffled.value": "alone",
    "genres-known.value": "audio",
    "popularity-kind.value": "audio",
    "popularity-by.value": "genre",
    "popularity-top.value": "ten",
    "popularity-shuffled.value": "alone",
    "popularity-feature.value": "energy",
    "popularity-drawn.value": "pdp",
    "similar-within.value": [],
    "whatif-explain.value": "most probable",
    "whatif-model.value": "audio",
    "whatif-target.value": "genre:metal",
    "whatif-find.n_clicks": None,
    "models-recipe.value": "genre",
    "clusters-k.value": None,
    "built.data": None,
    "catalogues-bench.id": "catalogues-bench",
}
"""What a browser holds when a screen has just opened, by component and property."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What a callback answered.

    Parameters
    ----------
    status
        HTTP status; 204 where nothing changes.
    text
        The body as it came.
    """

    status: int
    text: str

    @property
    def changes(self) -> dict[str, Any]:
        """New values by ``component.property``, the notice left out."""
        response = json.loads(self.text)["response"] if self.status == 200 else {}
        return {f"{one}.{name}": value for one, props in response.items() for name, value in props.items()}

    @property
    def notice(self) -> str:
        """The notice that is shown with it, empty where there is none."""
        beside = json.loads(self.text).get("sideUpdate", {}) if self.status == 200 else {}
        return beside.get(NOTICE, {}).get("children", "")


def client_of(home: Path, *, threads: int = 8, upload_mb: int = 200, builds: int = 1) -> TestClient:
    """Return a client of a server of its own; used in a ``with``, it starts and ends the server."""
    return TestClient(create_server(settings_of(home, threads=threads, upload_mb=upload_mb, builds=builds)))


def settings_of(home: Path, *, threads: int = 8, upload_mb: int = 200, builds: int = 1) -> Settings:
    """Return settings for a home, its downloads in it too."""
    return Settings(8050, "127.0.0.1", home, home, threads, upload_mb, builds)


def dash_of(client: TestClient) -> Dash:
    """Return the Dash application behind a client."""
    return client.app.state.dash


def callbacks(app: Dash) -> Iterator[str]:
    """Yield the output of every callback that runs on the server."""
    yield from (output for output, record in app.callback_map.items() if record.get("callback"))


def parts_of(output: str) -> list[tuple[str, str]]:
    """Return components and properties of a callback's output, as the page names them."""
    several = output.removeprefix("..").removesuffix("..").split("...") if output.startswith("..") else [output]
    return [(one.rpartition(".")[0], one.rpartition(".")[2].partition("@")[0]) for one in several]


def ask(client: TestClient, output: str, **view: Any) -> Reply:
    """Ask one callback.

    Parameters
    ----------
    output
        One of its outputs, such as ``rail.children``.
    view
        Values other than those of `VIEW`, by component and property with ``-`` and ``.`` written as ``_``.
    """
    every = dash_of(client).callback_map
    whole = next(found for found in callbacks(dash_of(client)) if output in map(".".join, parts_of(found)))
    values = {**VIEW, **{_key(name): value for name, value in view.items()}}
    filled = {
        kind: [{**one, "value": values[f"{one['id']}.{one['property']}"]} for one in every[whole][kind]]
        for kind in ("inputs", "state")
    }
    outputs = [
        {"id": json.loads(one) if one.startswith("{") else one, "property": name} for one, name in parts_of(whole)
    ]
    changed = [f"{one['id']}.{one['property']}" for one in every[whole]["inputs"]]
    question = {
        "output": whole,
        "outputs": outputs if whole.startswith("..") else outputs[0],
        "changedPropIds": changed,
        **filled,
    }
    answer = client.post("/_dash-update-component", json=question)
    return Reply(answer.status_code, answer.text)


def _key(name: str) -> str:
    return next(key for key in VIEW if key.replace("-", "_").replace(".", "_") == name)
