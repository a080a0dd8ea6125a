"""What the server sends: pages, errors, headers, files; all of it from its own host."""

from __future__ import annotations

import ast
import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import plotly
import plotly.graph_objects as go
import pytest
from plotly.basedatatypes import BaseTraceType

from dash_app.pages import PAGES
from models.build import write_bundle
from models.bundle import MANIFEST
from tests.conftest import ROOT
from tests.dash_app.asking import ask, callbacks, client_of, dash_of, parts_of
from tests.models.tiny import flip, learned

PATHS = [page.path for page in PAGES]
ODD_QUERIES = {
    "none": "",
    "a selection": "?genre=metal,rock&energy=0.8..&track=x",
    "not text": "?genre=%ff%fe%00&=&&x[]=1",
    "unreadable": "?lasso=1.2.3&year=later&cluster=a",
    "long": "?lasso=" + "12345." * 1000,
}
PLOTLY = "/_dash-component-suites/plotly/package_data/plotly.min.js"
METHODS = ("POST", "PUT", "PATCH", "DELETE")
ANOTHER_HOST = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+", re.IGNORECASE)
EXECUTABLE = {None, "", "module", "text/javascript", "application/javascript"}
BANNER = re.compile(r"plotly\.js v?(\d+\.\d+\.\d+)")


class Parts(HTMLParser):
    """Collects what a page loads, and the scripts that stand in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[str] = []
        self._runs = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        address = found.get("src") or (found.get("href") if tag == "link" else None)
        if address:
            self.loads.append(address)
        self._runs = tag == "script" and not found.get("src") and found.get("type") in EXECUTABLE

    def handle_data(self, data):
        if self._runs:
            self.inline.append(data)

    def handle_endtag(self, tag):
        self._runs = False


def policy_of(answer) -> dict[str, list[str]]:
    rules = answer.headers["content-security-policy"].split("; ")
    return {rule.split()[0]: rule.split()[1:] for rule in rules}


class TestPages:
    @pytest.mark.parametrize("query", ODD_QUERIES.values(), ids=ODD_QUERIES)
    @pytest.mark.parametrize("path", PATHS)
    def test_every_screen_answers_get_and_head(self, path, query, client):
        page, head = client.get(path + query), client.head(path + query)
        assert page.status_code == head.status_code == 200
        assert page.headers["content-type"] == head.headers["content-type"] == "text/html; charset=utf-8"
        assert "react-entry-point" in page.text
        assert not head.content

    @pytest.mark.parametrize("path", ["/nope", "/map/", "/genres/metal", "/404", "/%00", "/_dash-nope"])
    def test_an_unknown_address_is_a_page_with_status_404(self, path, client):
        page = client.get(path)
        assert page.status_code == client.head(path).status_code == 404
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "react-entry-point" in page.text

    def test_an_unknown_address_says_where_to_go(self, client):
        shown = ask(client, "page.children", address_pathname="/nope")
        assert "There is no screen at this address" in shown.text
        assert "Go to the overview" in shown.text

    def test_pages_do_not_differ_by_address(self, client):
        assert len({client.get(path).text for path in [*PATHS, "/nope"]}) == 1


class TestUnknownApiRoutes:
    @pytest.mark.parametrize("method", ["GET", *METHODS])
    @pytest.mark.parametrize("path", ["/api", "/api/", "/api/nope", "/api/v1", "/api/v1/nope", "/api/v2/catalogues"])
    def test_are_json_with_status_404(self, path, method, client):
        answer = client.request(method, path)
        assert answer.status_code == 404
        assert answer.json()["error"]["sentence"] == f"There is nothing at {path}. /api/docs lists all addresses."

    def test_an_unknown_catalogue_is_named(self, client):
        answer = client.get("/api/v1/catalogues/x")
        assert answer.status_code == 404
        assert answer.json()["error"]["sentence"] == "There is no catalogue named 'x'. Built so far: sample."


class TestWrongMethods:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("path", ["/api/v1/catalogues", "/api/v1/openapi.json"])
    def test_the_api_says_what_it_answers(self, path, method, client):
        answer = client.request(method, path)
        assert answer.status_code == 405
        assert "GET" in answer.headers["allow"]
        sentence = f"{path} does not answer {method}. /api/docs lists what it answers."
        assert answer.json()["error"]["sentence"] == sentence

    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("path", [*PATHS, "/healthz", "/nope"])
    def test_pages_refuse_them_as_json(self, path, method, client):
        answer = client.request(method, path)
        assert answer.status_code == 405
        assert answer.headers["content-type"] == "application/json"


class TestHealth:
    def test_a_live_server_says_so(self, client):
        assert client.get("/healthz").json() == {"status": "alive"}
        assert client.head("/healthz").status_code == 200

    def test_a_ready_server_names_its_bundle(self, client, sample):
        assert client.get("/readyz").json() == {"status": "ready", "catalogue": "sample", "bundle": sample.id}
        assert client.head("/readyz").status_code == 200

    def test_a_server_without_a_bundle_is_alive_but_not_ready(self, tmp_path):
        with client_of(tmp_path) as client:
            assert client.get("/healthz").status_code == 200
            assert client.head("/readyz").status_code == 503
            said = client.get("/readyz")
        assert said.status_code == 503
        assert said.json()["why"].startswith("No catalogue was built yet")
        assert said.json()["why"].endswith("python -m dash_app build sample.")

    def test_a_server_with_a_damaged_bundle_is_not_ready_until_it_is_built_again(self, tmp_path):
        folder = write_bundle(learned(), tmp_path, timings={})
        flip(folder / MANIFEST)
        with client_of(tmp_path) as client:
            said = client.get("/readyz")
            assert said.status_code == 503
            assert said.json()["why"].endswith("python -m dash_app build SOURCE --name planted.")
            assert client.get("/api/v1/catalogues/planted").status_code == 503
            write_bundle(learned(), tmp_path, timings={})
            assert client.get("/readyz").json()["bundle"] == folder.name

    def test_pages_are_sent_where_nothing_is_built_and_say_what_to_do(self, tmp_path):
        with client_of(tmp_path) as client:
            assert client.get("/").status_code == 200
            error = client.get("/data/view").json()["error"]
            assert "python -m dash_app build sample" in error["sentence"]
            assert error["is_unbuilt"] is True


class TestSecurityHeaders:
    @pytest.mark.parametrize("path", [*PATHS, "/nope", "/api/docs", "/api/v1/catalogues", "/assets/theme.css"])
    def test_every_answer_carries_them(self, path, client):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["referrer-policy"] == "same-origin"
        assert "content-security-policy" in headers

    def test_the_policy_allows_no_code_from_text_and_no_other_host(self, client):
        policy = policy_of(client.get("/"))
        hashed = [source for source in policy["script-src"] if source.startswith("'sha256-")]
        assert policy["script-src"] == ["'self'", *hashed]
        assert policy["default-src"] == policy["connect-src"] == policy["font-src"] == ["'self'"]
        sources = {source for rule in policy.values() for source in rule} - set(hashed)
        assert sources == {"'self'", "'none'", "'unsafe-inline'", "data:", "blob:"}
        assert [rule for rule, found in policy.items() if "'unsafe-inline'" in found] == ["style-src"]

    @pytest.mark.parametrize("path", [*PATHS, "/nope", "/api/docs"])
    def test_every_script_in_a_page_is_covered(self, path, client):
        page = client.get(path)
        allowed = policy_of(page)["script-src"]
        for script in Parts(page.text).inline:
            digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in allowed

    def test_the_page_has_a_script_to_cover(self, client):
        early, renderer = Parts(client.get("/").text).inline
        assert early == (ROOT / "assets/early-theme.js").read_text(encoding="utf-8")
        assert renderer == "var renderer = new DashRenderer();"


class TestCompression:
    @pytest.mark.parametrize("path", ["/", "/_dash-layout", "/_dash-dependencies", "/assets/theme.css", PLOTLY])
    def test_what_is_asked_for_compressed_comes_so(self, path, client):
        plain = client.get(path, headers={"accept-encoding": "identity"})
        with client.stream("GET", path, headers={"accept-encoding": "gzip"}) as packed:
            raw = b"".join(packed.iter_raw())
        assert "content-encoding" not in plain.headers
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == "Accept-Encoding"
        assert int(packed.headers["content-length"]) == len(raw) < 0.6 * len(plain.content)
        assert gzip.decompress(raw) == plain.content

    def test_answers_of_callbacks_are(self, client):
        assert len(ask(client, "rail.children").text) > 1_000
        assert client.get("/_dash-layout").headers["content-encoding"] == "gzip"

    @pytest.mark.parametrize("path", ["/healthz", "/assets/vendor/inter-latin-wght-normal.woff2", "/_favicon.ico"])
    def test_small_and_compressed_files_are_left_as_they_are(self, path, client):
        assert "content-encoding" not in client.get(path, headers={"accept-encoding": "gzip"}).headers

    def test_the_second_copy_of_a_file_equals_the_first(self, client):
        first, second = (client.get("/assets/linked.js?m=1") for _ in range(2))
        assert first.content == second.content
        assert first.headers == second.headers


class TestCaching:
    def test_addresses_that_name_their_contents_are_kept_for_ever(self, client):
        loads = [one for one in Parts(client.get("/").text).loads if "?m=" in one or "/_dash-component-suites/" in one]
        assert len(loads) > 3
        for address in loads:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.headers["cache-control"] == "public, max-age=31536000, immutable", address

    @pytest.mark.parametrize("path", [*PATHS, "/nope"])
    def test_pages_are_asked_for_each_time(self, path, client):
        assert client.get(path).headers["cache-control"] == "no-cache"

    @pytest.mark.parametrize("path", ["/assets/theme.css", "/assets/early-theme.js", PLOTLY, "/api/v1/catalogues"])
    def test_other_addresses_are_not_kept_for_ever(self, path, client):
        assert "immutable" not in client.get(path).headers.get("cache-control", "")

    def test_an_asset_that_is_missing_is_not_kept(self, client):
        answer = client.get("/assets/nope.css?m=1")
        assert answer.status_code == 404
        assert "cache-control" not in answer.headers

    @pytest.mark.parametrize("path", ["/assets/theme.css", PLOTLY])
    def test_a_file_that_the_browser_has_is_not_sent_again(self, path, client):
        tag = client.get(path).headers["etag"]
        again = client.get(path, headers={"if-none-match": tag})
        assert again.status_code == 304
        assert not again.content


@pytest.fixture(scope="module")
def served(client) -> str:
    """What Dash gets where it asks for plotly.js."""
    return client.get(PLOTLY).text


class TestPlotly:
    def test_it_is_our_own_build_without_code_from_text(self, served):
        assert served == (ROOT / "assets/vendor/plotly/plotly.min.js").read_text(encoding="utf-8")
        assert not re.search(r"\bnew Function\b|\bFunction\s*\(\s*[\"']|\beval\s*\(", served)

    def test_it_is_the_version_that_the_python_package_writes_for(self, served):
        packaged = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
        assert BANNER.search(served[:300])[1] == BANNER.search(packaged[:300])[1]

    def test_it_draws_every_kind_of_trace_that_the_figures_use(self, served):
        registered = set(re.findall(r'moduleType:"trace",name:"(\w+)"', served))
        used = set().union(*map(traces_in, (ROOT / "dash_app").rglob("*.py")))
        assert {"scatter", "bar", "heatmap", "scattergl"} <= used
        assert used <= registered


def traces_in(path: Path) -> set[str]:
    """Return the types of the traces that a module makes."""
    attributes = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute))
    names = {node.attr for node in attributes if ast.unparse(node.value) == "go"}  # html.Table is no trace
    kinds = [getattr(go, name) for name in names if hasattr(go, name)]
    return {kind().type for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseTraceType)}


class TestOwnHost:
    @pytest.mark.parametrize("path", [*PATHS, "/nope", "/api/docs", "/_dash-layout", "/_dash-dependencies"])
    def test_no_page_names_another_host(self, path, client):
        assert ANOTHER_HOST.findall(client.get(path).text) == []

    @pytest.mark.parametrize("path", [*PATHS, "/api/docs"])
    def test_what_a_page_loads_is_there(self, path, client):
        for address in Parts(client.get(path).text).loads:
            if address.startswith("data:image/svg+xml;base64,"):
                continue
            assert address.startswith("/")
            assert client.get(address).status_code == 200, address

    def test_no_answer_of_a_callback_names_another_host(self, client, sample):
        track = sample.tracks["track_id"][0].as_py()
        answered = 0
        for output in callbacks(dash_of(client)):
            shown = ask(client, ".".join(parts_of(output)[0]), view_track_data=track)
            assert ANOTHER_HOST.findall(shown.text) == [], output
            answered += shown.status == 200
        assert answered > 30

    def test_stylesheets_load_from_here_alone(self):
        for sheet in (ROOT / "assets").glob("*.css"):
            loaded = re.findall(r"(?:url\(|@import\s+)[\"']?([^\"')]+)", sheet.read_text(encoding="utf-8"))
            elsewhere = [one for one in loaded if not one.startswith("data:") and not (sheet.parent / one).is_file()]
            assert elsewhere == [], sheet.name
