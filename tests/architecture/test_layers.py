"""The house stands: who may import whom, and what the pure layer leaves alone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.sources import LAYERS, Source, imports, sources

SCREEN = ("dash", "dash_bootstrap_components", "plotly")
SERVER = ("fastapi", "starlette", "uvicorn")

# Modules that reach a file, a clock, a process or a screen.
IMPURE = (
    *("os", "pathlib", "io", "shutil", "tempfile", "glob", "pickle", "joblib", "sqlite3"),
    *("time", "socket", "subprocess", "threading", "urllib", "requests", "logging"),
    *("matplotlib", *SCREEN, *SERVER),
)
CLOCKS = {"now", "utcnow", "today"}
FILES = {
    *("read_csv", "read_parquet", "read_json", "read_feather", "read_text", "read_bytes"),
    *("to_csv", "to_parquet", "to_feather", "to_pickle", "write_text", "write_bytes"),
    *("memmap", "loadtxt", "savetxt", "savez", "fromfile", "tofile"),
}
# What answers are asked by, and so never ask themselves.
ASKERS = tuple(f"dash_app.{name}" for name in ("figures", "components", "pages", "api", "app", "asgi", "wiring"))
VAGUE = {"utils", "util", "helpers", "helper", "misc", "common", "manager", "managers"}


def imports_to_the_right(found: list[Source]) -> list[str]:
    """Imports of a layer by one that stands before it, and of the tests by any."""
    return [
        f"{source.at(each.node)} {source.module} imports {each.module}"
        for source in found
        for each in imports(source)
        if each.top in (*LAYERS[LAYERS.index(source.path.parts[0]) + 1 :], "tests")
    ]


def imports_of_screens(found: list[Source]) -> list[str]:
    """Imports of the screen and server libraries."""
    return [
        f"{source.at(each.node)} {source.module} imports {each.module}"
        for source in found
        for each in imports(source)
        if each.within(*SCREEN, *SERVER)
    ]


def impurities(found: list[Source]) -> list[str]:
    """What makes a result depend on more than its arguments: files, clocks, globals."""
    return [
        *(
            f"{source.at(each.node)} {source.module} imports {each.module}"
            for source in found
            for each in imports(source)
            if each.within(*IMPURE)
        ),
        *(
            f"{source.at(node)} {source.module} {trouble}"
            for source in found
            for node in ast.walk(source.tree)
            if (trouble := _impure(node))
        ),
    ]


def _impure(node: ast.AST) -> str:
    if isinstance(node, ast.Global):
        return f"changes the global {', '.join(node.names)}"
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"}:
        return f"calls {node.func.id}()"
    if isinstance(node.func, ast.Attribute):
        name, owner = node.func.attr, ast.unparse(node.func.value)
        if name in CLOCKS and {"datetime", "date", "Timestamp"} & set(owner.split(".")):
            return f"reads the clock with {owner}.{name}()"
        if name in FILES or (name in {"load", "save"} and owner in {"np", "numpy"}):
            return f"reaches a file with {owner}.{name}()"
        if owner in {"np.random", "numpy.random"} and name[0].islower() and name != "default_rng":
            return f"draws from the global {owner}.{name}()"
    return ""


def imports_of_askers(found: list[Source]) -> list[str]:
    """Imports, in an answer, of what draws or serves it."""
    return [
        f"{source.at(each.node)} {source.module} imports {each.module}"
        for source in found
        for each in imports(source)
        if each.within(*SCREEN, *SERVER, *ASKERS)
    ]


def vague_names(found: list[Source]) -> list[str]:
    """Modules and folders whose name says nothing of what is in them."""
    return [
        f"{source.path.as_posix()}:1 says nothing by its name"
        for source in found
        if VAGUE & {part.strip("_").lower() for part in source.path.with_suffix("").parts}
    ]


def test_each_layer_imports_only_what_stands_before_it():
    found = sources()
    assert {source.path.parts[0] for source in found} == set(LAYERS)
    assert imports_to_the_right(found) == []


def test_only_the_last_layer_knows_the_screen_and_the_server():
    found = sources(packages=LAYERS[:-1])
    assert found
    assert imports_of_screens(found) == []


def test_analytics_reaches_no_file_clock_or_global():
    found = sources(packages=("analytics",))
    assert any(any(imports(source)) for source in found)
    assert impurities(found) == []


def test_answers_know_neither_figures_nor_servers():
    found = [each for each in sources() if each.path.parts[:2] == ("dash_app", "answers")]
    assert any(any(imports(source)) for source in found)
    assert imports_of_askers(found) == []


def test_no_module_hides_behind_a_vague_name():
    found = sources()
    assert found
    assert vague_names(found) == []


@pytest.mark.parametrize(
    ("rule", "path", "code", "offence"),
    [
        (imports_to_the_right, "data/x.py", "import models", "data/x.py:2 data.x imports models"),
        (imports_to_the_right, "data/x.py", "from analytics.a import b", "imports analytics.a.b"),
        (imports_to_the_right, "analytics/x.py", "from models import recipe", "models.recipe"),
        (imports_to_the_right, "models/y/x.py", "from ...dash_app import z", "dash_app.z"),
        (imports_to_the_right, "models/x.py", "def f():\n    import dash_app.app", "x.py:3"),
        (imports_to_the_right, "models/x.py", "import_module('dash_app.pages')", "dash_app.pages"),
        (imports_to_the_right, "dash_app/x.py", "from tests import conftest", "tests.conftest"),
        (imports_of_screens, "models/x.py", "import plotly.express as px", "plotly.express"),
        (imports_of_screens, "data/x.py", "from dash import html", "dash.html"),
        (impurities, "analytics/x.py", "import os", "imports os"),
        (impurities, "analytics/x.py", "from os.path import join", "imports os.path.join"),
        (impurities, "analytics/x.py", "import pathlib", "imports pathlib"),
        (impurities, "analytics/x.py", "import io", "imports io"),
        (impurities, "analytics/x.py", "import time", "imports time"),
        (impurities, "analytics/x.py", "import plotly.graph_objects as go", "imports plotly"),
        (impurities, "analytics/x.py", "from fastapi import APIRouter", "imports fastapi"),
        (impurities, "analytics/x.py", "then = datetime.datetime.now()", "reads the clock"),
        (impurities, "analytics/x.py", "then = pd.Timestamp.today()", "reads the clock"),
        (impurities, "analytics/x.py", "text = open('x').read()", "calls open()"),
        (impurities, "analytics/x.py", "rows = pd.read_csv('x')", "reaches a file"),
        (impurities, "analytics/x.py", "np.save('x', a)", "reaches a file"),
        (impurities, "analytics/x.py", "np.random.shuffle(a)", "draws from the global"),
        (impurities, "analytics/x.py", "def f():\n    global n", "changes the global n"),
        (imports_of_askers, "dash_app/answers/x.py", "import dash", "imports dash"),
        (imports_of_askers, "dash_app/answers/x.py", "from ..figures import bars", "figures.bars"),
        (imports_of_askers, "dash_app/answers/x.py", "from plotly import io", "plotly.io"),
        (vague_names, "models/utils.py", "a = 1", "models/utils.py:1"),
        (vague_names, "dash_app/helpers/x.py", "a = 1", "dash_app/helpers/x.py:1"),
        (vague_names, "data/_misc.py", "a = 1", "data/_misc.py:1"),
    ],
)
def test_each_rule_names_a_planted_offence(tmp_path, rule, path, code, offence):
    offences = rule(planted(tmp_path, path, code))
    assert len(offences) == 1
    assert offence in offences[0]


@pytest.mark.parametrize(
    ("rule", "path", "code"),
    [
        (imports_to_the_right, "models/x.py", "import data.fields\nfrom analytics import trends"),
        (imports_to_the_right, "data/x.py", "import database, models_of_cars"),
        (imports_of_screens, "models/x.py", "import dashing, plotlyish"),
        (impurities, "analytics/x.py", "import operator, iosomething, timeit"),
        (impurities, "analytics/x.py", "a = np.random.default_rng(1)\nb = rows.today"),
        (impurities, "analytics/x.py", "def f(a: np.random.Generator): return a.random()"),
        (imports_of_askers, "dash_app/answers/x.py", "from dash_app.answers.base import Answer"),
        (vague_names, "models/neighbours.py", "a = 1"),
    ],
)
def test_each_rule_lets_the_innocent_pass(tmp_path, rule, path, code):
    assert rule(planted(tmp_path, path, code)) == []


def planted(root: Path, path: str, code: str) -> list[Source]:
    """Collect one module written for the purpose; its code begins in line 2."""
    (root / path).parent.mkdir(parents=True)
    (root / path).write_text(f'"""Planted."""\n{code}\n', encoding="utf-8")
    return sources(root)
