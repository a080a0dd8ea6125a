"""What a recipe needs is said without the libraries that it learns with, and as the recipe itself says it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from models.needs import planned
from models.recipes import QUICK, THOROUGH
from tests.conftest import ROOT
from tests.planting import planted_catalogue, without

CATALOGUES = {
    "planted": lambda: planted_catalogue(300),
    "tiny": lambda: planted_catalogue(12),
    "no artists": lambda: planted_catalogue(120, seed=6, with_artists=False),
    "no genres": lambda: planted_catalogue(120, seed=7, genres=0),
    "no popularity": lambda: without(planted_catalogue(120), "popularity"),
    "no dates": lambda: without(planted_catalogue(120), "release_year"),
    "many genres": lambda: planted_catalogue(900, seed=5, genres=30),
    "mostly missing": lambda: planted_catalogue(150, seed=4, missing_share=0.9),
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_a_plan_says_what_the_recipes_say(name):
    catalogue = CATALOGUES[name]()
    assert planned(catalogue) == {recipe.name: recipe.missing(catalogue) for recipe in THOROUGH}


def test_quick_is_a_part_of_thorough_in_the_same_order():
    thorough = [recipe.name for recipe in THOROUGH]
    quick = [recipe.name for recipe in QUICK]
    assert quick == [name for name in thorough if name in quick]


def test_who_only_asks_loads_no_trainer():
    loaded = "print(sorted({'sklearn', 'lightgbm', 'umap'} & set(sys.modules)))"
    asked = f"import sys, dash_app.commands.inspecting; {loaded}"
    done = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
