"""What every route of the API owes its documentation: examples that run, answers in form, plain refusals."""

from __future__ import annotations

import re
import shutil
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from dash_app.api import catalogues, clusters, jobs, predict, quality, tags, tracks
from dash_app.api.docs import DOCS_PATH
from dash_app.api.schemas import Refusal
from models.build import write_bundle
from models.bundle import MANIFEST
from tests.conftest import ROOT
from tests.dash_app.asking import client_of
from tests.models.tiny import flip, learned

API = "/api/v1"
ONE = f"{API}/catalogues/default"
ROUTES = [
    route for module in (catalogues, quality, tracks, clusters, tags, predict, jobs) for route in module.router.routes
]
ASKED = [route for route in ROUTES if route.methods == {"GET"} or route in predict.router.routes]
"""Routes that only answer. The others change something, and tests/dash_app asks them (test_uploads, test_jobs)."""

ANSWERED = [route for route in ASKED if "{job}" not in route.path and not route.path.endswith(".csv")]
"""Those of them whose examples can be run here, and are answered in JSON."""

LOADED = re.compile(r'(?:src|href)="([^"]+)"')


@pytest.fixture(scope="module")
def client(sample_home):
    with client_of(sample_home) as client:
        yield client


@pytest.fixture(scope="module")
def openapi(client) -> dict[str, Any]:
    return client.get(f"{API}/openapi.json").json()


every_route = pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{'/'.join(route.methods)} {route.path}")


def operation(openapi: dict[str, Any], route: APIRoute) -> tuple[str, dict[str, Any]]:
    (method,) = route.methods
    return method, openapi["paths"][route.path][method.lower()]


def examples_of(schema: dict[str, Any], openapi: dict[str, Any]) -> list[Any]:
    if "$ref" in schema:
        schema = openapi["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema.get("examples", [])


def questions(openapi: dict[str, Any], route: APIRoute) -> list[tuple[str, dict[str, Any]]]:
    """Addresses and arguments made of every combination of a route's examples."""
    _, described = operation(openapi, route)
    parameters = described.get("parameters", [])
    bodies = described.get("requestBody", {}).get("content", {}).get("application/json", {})
    given = [[(p, value) for value in examples_of(p["schema"], openapi)] for p in parameters]
    found = []
    for chosen in product(*given):
        inside = {p["name"]: value for p, value in chosen if p["in"] == "path"}
        query = {p["name"]: value for p, value in chosen if p["in"] == "query"}
        address = API + route.path.format(**inside)
        found += [(address, {"params": query, "json": body}) for body in examples_of(bodies.get("schema", {}), openapi)]
        found += [] if bodies else [(address, {"params": query})]
    return found


def test_the_contract_covers_every_route(openapi):
    assert {route.path for route in ROUTES} == openapi["paths"].keys()
    assert len(ROUTES) >= 8


def test_the_document_names_its_form_and_where_it_is_served(openapi):
    assert openapi["openapi"].startswith("3.")
    assert openapi["servers"] == [{"url": API}]
    assert openapi["info"]["title"] == "Songscape"


@every_route
def test_it_is_described(route, openapi):
    _, described = operation(openapi, route)
    assert described["description"].endswith(".")
    assert described["tags"]
    for parameter in described.get("parameters", []):
        assert parameter["description"], parameter["name"]
        assert examples_of(parameter["schema"], openapi), parameter["name"]


@pytest.mark.parametrize("route", ANSWERED, ids=lambda route: route.path)
def test_its_examples_run_and_answer_in_the_form_promised(route, openapi, client):
    method, _ = operation(openapi, route)
    asked = questions(openapi, route)
    assert asked
    for address, arguments in asked:
        answer = client.request(method, address, **arguments)
        assert answer.status_code == 200, (address, answer.text)
        form = TypeAdapter(route.response_model)
        assert form.dump_python(form.validate_json(answer.content), mode="json") == answer.json()


@every_route
def test_its_errors_are_documented_in_their_one_form(route, openapi):
    _, described = operation(openapi, route)
    assert described["responses"].keys() == {"200", "default"}
    schema = described["responses"]["default"]["content"]["application/json"]["schema"]
    assert schema["$ref"].endswith("/Refusal")


@pytest.mark.parametrize("route", [r for r in ASKED if "{catalogue}" in r.path], ids=lambda route: route.path)
def test_an_unknown_catalogue_is_refused_on_every_route(route, openapi, client):
    method, _ = operation(openapi, route)
    for address, arguments in questions(openapi, route):
        answer = client.request(method, address.replace("/default", "/jazz", 1), **arguments)
        if "/jazz" in address.replace("/default", "/jazz", 1):
            assert_refused(answer, 404, "There is no catalogue named 'jazz'")


def test_the_documentation_loads_files_of_our_own_host_alone(client):
    page = client.get(DOCS_PATH)
    assert page.status_code == client.head(DOCS_PATH).status_code == 200
    loads = LOADED.findall(page.text)
    assert len(loads) == 4
    for address in loads:
        assert address.startswith("/assets/")
        assert client.get(address).status_code == 200, address
    assert f'data-openapi="{API}/openapi.json"' in page.text


def test_the_documentation_asks_nobody_to_check_its_document():
    start = (ROOT / "assets/vendor/swagger/start.js").read_text(encoding="utf-8")
    assert re.search(r"validatorUrl:\s*(null|\"none\"|'none')", start)


FORM = "The request is not of the form that this address takes"
ROWS = "Catalogue 'sample' has no row"
BAD: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "an impossible value": ("POST", "/predict", {"json": {"features": {"energy": 7}}}, 400, "energy cannot be 7"),
    "an unknown feature": (
        *("POST", "/predict", {"json": {"features": {"loudnes": -4}}}, 400),
        "The models of this catalogue know no feature 'loudnes'",
    ),
    "NaN": ("POST", "/predict", {"content": '{"features": {"energy": NaN}}'}, 422, FORM),
    "infinity": ("POST", "/predict", {"content": '{"features": {"tempo": 1e999}}'}, 422, FORM),
    "a number beyond all floats": ("POST", "/predict", {"json": {"features": {"tempo": 10**400}}}, 422, FORM),
    "true for a number": ("POST", "/predict", {"json": {"features": {"energy": True}}}, 422, FORM),
    "a number as text": ("POST", "/predict", {"json": {"features": {"energy": "0.5"}}}, 422, FORM),
    "half a code": ("POST", "/predict", {"json": {"features": {"energy": 0.5, "key": 5.5}}}, 400, "key cannot be 5.5"),
    "no feature": ("POST", "/predict", {"json": {"features": {}}}, 422, FORM),
    "a feature that is null": ("POST", "/predict", {"json": {"features": {"energy": None}}}, 422, FORM),
    "text for a number": ("POST", "/predict", {"json": {"features": {"energy": "loud"}}}, 422, FORM),
    "another key": ("POST", "/predict", {"json": {"features": {"energy": 1}, "seed": 1}}, 422, FORM),
    "broken JSON": ("POST", "/predict", {"content": '{"features": '}, 422, FORM),
    "bytes that are no text": ("POST", "/predict", {"content": b"\xff\xfe"}, 422, FORM),
    "no body": ("POST", "/predict", {}, 422, FORM),
    "an empty search": ("GET", "/tracks?q=", {}, 422, FORM),
    "no search": ("GET", "/tracks", {}, 422, FORM),
    "a long search": ("GET", f"/tracks?q={'a' * 201}", {}, 422, FORM),
    "a limit of 0": ("GET", "/tracks?q=love&limit=0", {}, 422, FORM),
    "a limit of 101": ("GET", "/tracks?q=love&limit=101", {}, 422, FORM),
    "a limit in words": ("GET", "/tracks?q=love&limit=many", {}, 422, FORM),
    "an unknown track": ("GET", "/tracks/nope", {}, 404, "Catalogue 'sample' has no track with the id 'nope'"),
    "neighbours of an unknown track": ("GET", "/tracks/nope/similar", {}, 404, "Catalogue 'sample' has no track"),
    "a cut that was not made": ("GET", "/clusters?k=99", {}, 400, "There is no cut into 99 clusters"),
    "tags of an unknown track": ("GET", "/tracks/nope/tags", {}, 404, "Catalogue 'sample' has no track"),
    "a row below 0": ("GET", "/rows/-1", {}, 404, ROWS),
    "a row too far": ("GET", "/rows/4605", {}, 404, ROWS),
    "a row beyond all numbers": ("GET", f"/rows/{10**30}", {}, 404, ROWS),
    "a row in words": ("GET", "/rows/first", {}, 422, FORM),
}


@pytest.mark.parametrize(("method", "path", "arguments", "status", "what"), BAD.values(), ids=BAD)
def test_bad_questions_are_refused_with_a_sentence(method, path, arguments, status, what, client):
    headers = {"content-type": "application/json"} if method == "POST" else {}
    assert_refused(client.request(method, ONE + path, headers=headers, **arguments), status, what)


def test_whole_numbers_stand_for_codes_and_features(client):
    features = {"energy": 1, "key": 5.0, "mode": 0}
    assert client.post(f"{ONE}/predict", json={"features": features}).status_code == 200


def test_a_refused_catalogue_is_listed_with_its_sentence_beside_the_others(tmp_path):
    shelf = write_bundle(learned(), tmp_path, timings={}).parent
    damaged = Path(shutil.copytree(shelf, shelf.with_name("damaged")))
    flip(next(damaged.glob(f"*/{MANIFEST}")))
    with client_of(tmp_path) as client:
        answer = client.get(f"{API}/catalogues")
        assert answer.status_code == 200
        refused, whole = answer.json()
        assert client.get(f"{API}/catalogues/damaged").json()["error"]["sentence"] == refused["refused"]
    assert refused["refused"].startswith("The bundle of catalogue 'damaged' is refused: ")
    assert (refused["name"], refused["bundle"], refused["n_tracks"]) == ("damaged", None, None)
    assert (whole["name"], whole["refused"], whole["n_tracks"]) == ("planted", None, 150)


def assert_refused(answer: Any, status: int, what: str) -> None:
    """Check that an answer is a refusal in the one form, without any trace of the code."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    refusal = Refusal.model_validate_json(answer.content, strict=True).error
    assert answer.json().keys() == {"error"}
    assert refusal.what.startswith(what)
    assert refusal.remedy
    assert refusal.sentence.startswith(refusal.what)
    assert refusal.sentence.endswith(f" {refusal.remedy}.")
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text
