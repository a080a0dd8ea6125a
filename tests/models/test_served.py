"""What is served with a model comes from that model, and what is said of it is said of that model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import log_softmax

from analytics.calibration import set_threshold
from analytics.intervals import conformal_margins
from analytics.pooling import Pool
from analytics.scoring import Estimate
from models.model_card import model_card
from models.predictors.popularity import EvenSpread
from models.predictors.scorers import ConstantScorer
from models.recipe import silent
from models.recipes import genre, genre_context, genre_tables, popularity
from models.recipes.cards import choice_sentence
from models.recipes.classifiers import Lesson, pooled, single
from models.recipes.comparison import Comparison, Spent, Unseen
from models.recipes.genre_lesson import GenreLesson
from models.recipes.popularity_intervals import Kind, compare_intervals
from models.recipes.popularity_judging import Judged
from models.recipes.popularity_tables import score_cards
from models.recipes.popularity_zeros import treatment
from models.recipes.regressors import Regressor
from models.recipes.splits import Split
from models.train import learn
from tests.models.quick import GENRE_CONTEXT, fitted
from tests.planting import planted_catalogue, with_column

N = 600
ROWS = np.arange(N)
SPLIT = Split(
    [(ROWS[fold != ROWS % 3], ROWS[fold == ROWS % 3]) for fold in range(3)],
    np.arange(N),
    "3 folds, artists unseen in training",
    True,
)


@dataclass(frozen=True)
class Constant:
    """Says the same of every track."""

    said: np.ndarray

    def scores(self, X: np.ndarray) -> np.ndarray:
        """Return what is said, one row per track."""
        return np.tile(self.said, (len(X), 1))


@cache
def compared() -> Comparison:
    """Return a sure and an unsure candidate; the sure one is served, the other folds chose the unsure one."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, N)
    half, most = (np.eye(3)[np.where(rng.random(N) < share, y, rng.integers(0, 3, N))] for share in (0.5, 0.95))
    scores = {"majority": np.zeros((N, 3)), "unsure": half, "sure": 6 * most}
    fit = {name: single(name, name, lambda lesson: Constant(np.zeros(3))) for name in scores}
    log_proba = np.array([log_softmax(one, axis=1) for one in scores.values()])
    lesson = Lesson(np.zeros((N, 1)), y, np.arange(N), 3)
    losses = -log_proba[:, np.arange(N), y]
    pools = [Pool(np.ones(1), np.zeros(3))] * 3
    unseen = Unseen(scores, {}, dict.fromkeys(scores, 1), dict.fromkeys(scores, Spent(0, 0)))
    return Comparison(list(fit.values()), lesson, SPLIT, unseen, log_proba, losses, pools, 2, [1, 1, 1])


def test_the_threshold_of_prediction_sets_is_that_of_the_model_that_is_served():
    found, y = compared(), compared().lesson.y
    task = GenreLesson(["a", "b", "c"], [], ("energy",), np.arange(N), found.lesson, [], np.arange(N))
    threshold = genre.RECIPE._predictor(found, task).threshold
    assert threshold == set_threshold(np.exp(found.log_proba[2]), y)
    assert threshold != pytest.approx(set_threshold(np.exp(found.nested), y), abs=0.05)


def test_prediction_sets_are_judged_on_what_the_served_model_says():
    found = compared()
    sets, same = (genre_tables.unseen_sets(one, coverage=0.9) for one in (found, replace(found, by_fold=[2, 2, 2])))
    assert np.array_equal(sets, same)
    assert not np.array_equal(sets, genre_tables.unseen_sets(replace(found, served=1), coverage=0.9))


def test_before_calibration_parts_weigh_what_they_weigh_in_the_served_model():
    found = compared()
    blend = pooled("blend", "Blend", parts=("unsure", "sure"))
    pools = [*found.pools, Pool(np.array([0.9, 0.0]), np.zeros(3))]
    blended = replace(found, candidates=[*found.candidates, blend], pools=pools, served=3)
    assert blended.served_shares == {"unsure": 1.0}
    assert blended.raw_served == pytest.approx(found.unseen.scores["unsure"])


def judged() -> Judged:
    """Return a model that is 1 point off and one that is 20 off; the first is served, other folds chose the second."""
    rng = np.random.default_rng(1)
    y = rng.uniform(30, 70, N)
    predicted = np.array([np.full(N, 50.0), y + rng.normal(0, 1, N), y + rng.normal(0, 20, N)])
    known = [Regressor(name, name.capitalize(), lambda X, y, learned: ConstantScorer(np.zeros(1))) for name in "mab"]
    fits = [[ConstantScorer(np.zeros(1))] * 3] * 3
    return Judged(known, y, SPLIT, predicted, predicted[2], fits, served=1, by_fold=[2, 2, 2])


def test_the_offsets_of_intervals_are_those_of_the_model_that_is_served():
    found = judged()
    even = Kind("even", "Same width for all", lambda X, y, scorer: EvenSpread())
    intervals = compare_intervals(found, [even], np.zeros((N, 1)), coverage=0.9, seed=0, progress=silent)
    own = EvenSpread().basis(np.zeros((N, 1)), found.predicted[1])
    assert intervals.margins == conformal_margins(found.y, own, coverage=0.9)
    assert intervals.margins[1] - intervals.margins[0] < 5
    assert (intervals.nested[:, 1] - intervals.nested[:, 0]).max() < 5


def test_a_score_of_the_choice_says_which_models_it_is_of():
    facts = genre_tables.choice_facts(compared(), seed=0)
    assert facts["choice_sentence"].startswith(
        "The scores are those of the choice among candidates, made on other folds: sure, which answers, for 0 of 3 "
        "folds, otherwise unsure. This is no double cross-validation"
    )
    assert "Trees, which answers, for all 3 folds." in choice_sentence("Trees", ["Trees"] * 3)


def test_a_random_split_that_flatters_nothing_claims_nothing():
    less = genre.naive_sentence(Estimate(0.468, 0.44, 0.49), 0.485)
    more = genre.naive_sentence(Estimate(0.7, 0.68, 0.72), 0.65)
    assert "hardly different from" in less and "would claim" not in less
    assert more.endswith("the same model would claim 70.0% instead of 65.0%.")


def test_probabilities_that_are_far_off_are_to_be_read_as_ranks():
    assert genre_tables.calibration_sentence(0.03) == ""
    assert genre_tables.calibration_sentence(0.068).startswith("Probabilities are off by 6.8 points of a hundred")
    facts, cards = fitted("genre").facts, fitted("genre").scores
    error = next(card.value for card in cards if card.metric == "expected_calibration_error")
    assert facts["calibration_sentence"] == genre_tables.calibration_sentence(error)


def test_cards_hold_macro_f1_the_top_two_and_the_root_mean_squared_error():
    cards = {card.metric: card for card in fitted("genre").scores if card.served}
    assert cards["macro_f1"].beats_baseline and cards["top_2"].value >= cards["accuracy"].value
    assert cards["macro_f1"].baseline_value < cards["accuracy"].baseline_value < cards["top_2"].baseline_value
    found = judged()
    covered = np.ones(N, dtype=bool)
    rmse = next(card for card in score_cards("", found, covered, coverage=0.9, seed=0) if card.metric == "rmse")
    assert rmse.value == pytest.approx(np.sqrt(((found.nested - found.y) ** 2).mean()))
    assert rmse.low < rmse.value < rmse.high and not rmse.larger_is_better


def test_zeros_that_are_kept_are_said_to_be_with_how_well_they_are_covered():
    found = judged()
    zeros = np.arange(N) < 60
    of_zeros = replace(found, y=np.where(zeros, 0, found.y))
    facts = treatment(of_zeros, ~zeros | (np.arange(N) < 15), mass=True)
    assert (facts["zero_treatment"], facts["zero_coverage"], facts["others_coverage"]) == ("kept", 0.25, 1.0)
    assert facts["zero_treatment_sentence"] == (
        "The zeros are neither modelled apart nor set aside, but learned from like other values. On tracks the model "
        "had not seen, intervals hold 25.0% of the zeros and 100.0% of the others."
    )


def test_zeros_are_an_artefact_by_the_rule_of_spikes_and_not_by_their_share():
    catalogue = planted_catalogue(1000)
    few = catalogue.column("popularity").copy()
    few[:90] = 0
    sentence = genre_context.artefact_sentence(with_column(catalogue, "popularity", pa.array(few)))
    assert sentence.startswith("Popularity is 0 for 9.0% of the tracks")
    falling = np.floor(np.random.default_rng(0).exponential(6, 1000)).astype(np.float32)
    assert (falling == 0).mean() > 0.1
    assert genre_context.artefact_sentence(with_column(catalogue, "popularity", pa.array(falling))) == ""


def test_the_card_of_the_context_model_has_limits_of_its_own():
    popular = planted_catalogue(500)
    points = popular.column("popularity").copy()
    points[:100] = 0
    found = learn(with_column(popular, "popularity", pa.array(points)), [GENRE_CONTEXT], seed=0)[0]
    card = model_card({**found.record, "versions": {}}, "genre_context")
    facts = found.record["facts"]["genre_context"]
    limits = card.partition("## Limits")[2]
    assert "may tell how the table was collected" in limits
    assert facts["artefact_sentence"] in limits and facts["set_sentence"] in limits
    assert facts["choice_sentence"] in card.partition("## Scores")[0]
    assert card.splitlines()[2].startswith("Says how well sound, year")


def test_popularity_cards_say_the_choice_too():
    recipe = replace(popularity.RECIPE, n_splits=3, n_rounds=20, learning_rate=0.2, importance_rows=100)
    facts = recipe.fit(planted_catalogue(200), seed=0).facts
    assert facts["choice_sentence"].startswith("The scores are those of the choice")
