"""Stock models that ours are held against are judged on the same rows, on folds they have not seen."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.multilabel import ranking_precision
from tests.stock import TAGGERS, unseen_tags


def test_stock_taggers_hold_a_network_and_its_mean_with_a_forest():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(240, 3))
    carried = X + rng.normal(0, 0.5, X.shape) > 0
    rows = np.arange(240)
    found = unseen_tags(X, carried, [(rows[rows % 2 != fold], rows[rows % 2 == fold]) for fold in (0, 1)])
    assert set(found) == {*TAGGERS, "random forest + network"}
    assert found["random forest + network"] == pytest.approx((found["random forest"] + found["network"]) / 2)
    by_chance = ranking_precision(carried, rng.random(carried.shape)).mean()
    assert all(ranking_precision(carried, proba).mean() > by_chance + 0.05 for proba in found.values())
