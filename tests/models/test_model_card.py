from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from analytics.folds import main_artist_codes
from models.model_card import decades, model_card, scores_by
from models.recipes import popularity
from models.train import learn
from tests.planting import planted_catalogue


@cache
def learned():
    recipe = replace(popularity.RECIPE, n_splits=3, n_rounds=20, learning_rate=0.2, importance_rows=200)
    return learn(planted_catalogue(400), [recipe], seed=7)[0]


def manifest():
    return {**learned().record, "versions": {"python": "3.11", "lightgbm": "4.7.0"}}


def errors():
    return np.abs(learned().arrays["popularity_oof"] - learned().catalogue.column("popularity"))


def by_genre():
    catalogue = learned().catalogue
    artists = main_artist_codes(catalogue.credited_artists)
    return scores_by(catalogue.column("genre"), errors(), artists, seed=0)


def test_a_card_says_data_split_scores_limits_seed_and_versions():
    card = model_card(manifest(), "popularity", by_group={"genre": by_genre()}, by_group_metric="mean absolute error")
    for part in ("## Data", "## How it was judged", "## Scores", "## By genre", "## Limits", "## To make it again"):
        assert part in card
    assert card.startswith("# Model card: popularity, catalogue planted")
    assert "400 read, 400 kept" in card
    assert "3 folds, artists unseen in training" in card
    assert "Seed: 7" in card and "lightgbm 4.7.0" in card
    assert "| genre 0 |" in card
    assert card.endswith("\n") and "\n\n\n" not in card


def test_scores_by_group_are_means_with_intervals_that_hold_them():
    table = by_genre().to_pylist()
    assert [row["group"] for row in table] == [f"genre {g}" for g in range(4)]
    own = learned().catalogue.column("genre") == "genre 2"
    assert table[2]["value"] == pytest.approx(np.nanmean(errors()[own]), rel=1e-6)
    assert all(row["low"] <= row["value"] <= row["high"] for row in table)
    assert sum(row["n"] for row in table) == 400


def test_groups_too_small_to_judge_and_tracks_without_one_are_left_out():
    groups = ["1990s"] * 50 + ["2000s"] * 10 + [None] * 40
    table = scores_by(groups, np.ones(100), np.arange(100), seed=0)
    assert table["group"].to_pylist() == ["1990s"]
    assert scores_by([None] * 5, np.ones(5), np.arange(5), seed=0).num_rows == 0


def test_decades_are_those_of_the_years():
    assert decades(np.array([1989, 1990, np.nan], dtype=np.float32)) == ["1980s", "1990s", None]


def test_the_same_manifest_gives_the_same_card():
    assert model_card(manifest(), "popularity") == model_card(manifest(), "popularity")


def test_names_cannot_break_the_tables_of_a_card():
    table = scores_by(["a | b\nc"] * 40, np.ones(40), np.arange(40), seed=0)
    card = model_card(manifest(), "popularity", by_group={"genre": table})
    assert "| a \\| b c | 40 |" in card


def test_a_recipe_that_left_nothing_has_no_card():
    with pytest.raises(KeyError):
        model_card(manifest(), "genre")
