"""Curves, groups and contributions by genre, of models whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import softmax

from models.recipes.effects import Sample, effect_tables, genre_effects, genre_shap_table, label_of, named_groups
from tests.planting import planted_catalogue

NAMES = ("energy", "valence", "key")


class TwoGenres:
    """Energy speaks for the second genre and against the first, valence slightly, the key not at all."""

    slopes = np.array([[-2.0, -0.5, 0.0], [2.0, 0.5, 0.0]])

    def scores(self, X):
        return X @ self.slopes.T

    def contributions(self, X):
        terms = X[:, None, :] * self.slopes
        return np.concatenate([terms, np.zeros((len(X), 2, 1))], axis=2)

    def predict_proba(self, X):
        return softmax(self.scores(X), axis=1)


@pytest.fixture
def X():
    rng = np.random.default_rng(0)
    return np.column_stack([rng.normal(size=(1000, 2)), rng.integers(12, size=1000)])


def test_curves_have_a_row_for_every_point_feature_and_output(X):
    curves, lines = effect_tables(
        TwoGenres().predict_proba, X, NAMES, ["first", "second"], seed=0, sample=Sample(100, 10, 500)
    )
    assert curves.column_names == ["feature", "x", "output", "pdp", "ale", "low", "high", "n"]
    table = curves.to_pandas()
    assert (
        table.groupby(["feature", "output"]).size().to_dict()
        == {(f, o): 12 if f == "key" else 10 for f in NAMES for o in ("first", "second")}
        or table.groupby(["feature", "output"]).size().max() <= 12
    )
    assert (table.groupby(["feature", "output"]).n.sum() == len(X)).all()
    assert lines.to_pandas().line.nunique() == 40


def test_probabilities_of_all_genres_move_against_each_other(X):
    table = genre_effects(TwoGenres().predict_proba, X, NAMES, ["a", "b"], np.ones(len(X), dtype=int), seed=0)
    assert "genre" in table.column_names
    energy = table.to_pandas().query("feature == 'energy'")
    first, second = (energy[energy.genre == g].sort_values("x").pdp.to_numpy() for g in "ab")
    assert first + second == pytest.approx(1, abs=1e-5)
    assert (np.diff(second) > 0).all()


def test_only_the_largest_genres_get_curves(X):
    codes = np.repeat([0, 1, 1, 1], 250)
    table = genre_effects(TwoGenres().predict_proba, X, NAMES, ["a", "b"], codes, seed=0, most_genres=1)
    assert set(table["genre"].to_pylist()) == {"b"}


def test_contributions_by_genre_tell_what_speaks_for_it(X):
    codes = (X[:, 0] > 0).astype(int)
    folds = [(np.arange(500), np.arange(500, 1000)), (np.arange(500, 1000), np.arange(500))]
    table = genre_shap_table(X, codes, folds, [TwoGenres()] * 2, NAMES, ["a", "b"], seed=0, n_rows=1000).to_pandas()
    assert list(table.columns) == ["genre", "feature", "mean_abs", "mean", "n"]
    own = table.set_index(["genre", "feature"])
    assert own.loc[("b", "energy"), "mean"] == pytest.approx(2 * X[codes == 1, 0].mean(), rel=1e-5)
    assert own.loc[("a", "energy"), "mean"] > 1
    assert own.loc[("a", "energy"), "mean_abs"] == pytest.approx(2 * np.abs(X[:, 0]).mean(), rel=1e-5)
    assert own.loc[("a", "energy"), "mean_abs"] > 3 * own.loc[("a", "valence"), "mean_abs"] > 0
    assert own.loc[("b", "key"), "mean_abs"] == 0
    assert own.n.groupby("genre").first().to_dict() == {"a": int((codes == 0).sum()), "b": int((codes == 1).sum())}


def test_codes_belong_to_no_group():
    catalogue = planted_catalogue(300)
    groups = named_groups(catalogue.features(), catalogue.feature_names)
    assert ["key"] in groups and ["mode"] in groups
    assert sorted(name for group in groups for name in group) == sorted(catalogue.feature_names)
    assert label_of(catalogue.dictionary)["duration_ms"] == "duration"
