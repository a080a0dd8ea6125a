"""Every chart of the usual tables, compared with what was looked at and stored.

After a change that is meant, look at the charts, then renew what is stored::

    SONGSCAPE_RENEW_GOLDEN=1 python -m pytest tests/figures/test_golden.py
"""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.figures.samples import CALLS, Case

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "figures"
RENEW = "SONGSCAPE_RENEW_GOLDEN"
FEW_POINTS = Case(points=12)
CLOSE = 1e-5
"""Relative; the last bits of float32 differ between processors."""


def _plain(node: Any) -> Any:
    """Return a figure as JSON that a person can compare: arrays as lists, floats at five digits."""
    if isinstance(node, dict) and "bdata" in node:
        return {"dtype": node["dtype"], "shape": node.get("shape"), "values": _values(node)}
    if isinstance(node, dict):
        return {key: _plain(child) for key, child in sorted(node.items()) if key != "template"}
    if isinstance(node, list | tuple):
        return [_plain(child) for child in node]
    return node


def _values(node: dict[str, str]) -> list[float | None]:
    values = np.frombuffer(base64.b64decode(node["bdata"]), dtype=node["dtype"])
    return [None if value != value else float(f"{value:.5g}") for value in values.tolist()]


def _same(drawn: Any, stored: Any) -> bool:
    if isinstance(drawn, dict) and isinstance(stored, dict):
        return drawn.keys() == stored.keys() and all(_same(drawn[k], stored[k]) for k in drawn)
    if isinstance(drawn, list) and isinstance(stored, list):
        return len(drawn) == len(stored) and all(map(_same, drawn, stored))
    if isinstance(drawn, float) and isinstance(stored, float | int):
        return drawn == pytest.approx(stored, rel=CLOSE * 10, abs=CLOSE)
    return drawn == stored


@pytest.mark.parametrize("call", CALLS)
def test_chart_is_as_it_was_looked_at(call):
    drawn = _plain(json.loads(CALLS[call](FEW_POINTS).to_json()))
    path = GOLDEN / f"{call}.json"
    if os.environ.get(RENEW):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(drawn, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert _same(drawn, stored), f"{path.name} differs; if meant, renew with {RENEW}=1"


def test_nothing_is_stored_for_charts_that_are_gone():
    assert {path.stem for path in GOLDEN.glob("*.json")} == set(CALLS)
