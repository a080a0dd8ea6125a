"""Servers in this process, over the embedded catalogue and over a dated one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from models.build import build
from models.bundle import Bundle, Library
from tests.dash_app.asking import client_of
from tests.models.quick import QUICK
from tests.planting import planted_catalogue, without


@pytest.fixture(scope="session")
def client(sample_home: Path) -> Iterator[TestClient]:
    """A client of a server over the embedded catalogue."""
    with client_of(sample_home) as client:
        yield client


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Bundle:
    """The bundle of the embedded catalogue, which has no dates."""
    return Library(sample_home).open("sample")


@pytest.fixture(scope="session")
def planted_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the planted catalogue, dated from 1980 to 2019, and one that lacks almost everything."""
    home = tmp_path_factory.mktemp("planted")
    build(planted_catalogue(1_500), home, seed=0, recipes=QUICK)
    poor = without(planted_catalogue(150, dated=False, genres=0, with_artists=False), "popularity", "track_name")
    build(replace(poor, name="poor"), home, seed=0, recipes=QUICK)
    return home


@pytest.fixture(scope="session")
def planted(planted_home: Path) -> Bundle:
    """The bundle of the planted catalogue."""
    return Library(planted_home).open("planted")


@pytest.fixture(scope="session")
def poor(planted_home: Path) -> Bundle:
    """The bundle of a catalogue without genres, popularity, dates, titles and artists."""
    return Library(planted_home).open("poor")
