from __future__ import annotations

import sys

import pytest

from data.errors import command


@pytest.mark.parametrize(
    ("interpreter", "named"), [(".venv/bin/python", ".venv/bin/python"), ("../elsewhere/python", "python")]
)
def test_a_command_names_the_interpreter_that_runs_where_it_stands_below(interpreter, named, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    where = tmp_path / "elsewhere/python" if interpreter.startswith("..") else tmp_path / "here" / interpreter
    monkeypatch.setattr(sys, "executable", str(where))
    assert command("build", "sample") == f"{named} -m dash_app build sample"
