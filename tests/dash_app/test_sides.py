"""Two selections against each other on every screen: the other side's numbers are its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest

from dash_app.answers import genres, popularity, scored_sides, selecting, trend_changes, trends
from dash_app.answers.answer import Answer
from dash_app.answers.sides import Side, other_side
from data.selection import Selection
from models.bundle import Bundle
from tests.dash_app.asking import ask

Question = Callable[[Bundle, Selection], Answer]

QUESTIONS: Mapping[str, Question] = {
    "genres.confusion": genres.confusion,
    "genres.scores_by_genre": genres.scores_by_genre,
    "genres.reliability": genres.reliability,
    "popularity.predicted_against_actual": popularity.predicted_against_actual,
    "popularity.by_genre": popularity.by_genre,
    "popularity.residuals_by_genre": popularity.residuals_by_genre,
    "trends.slopes": lambda b, s: trends.slopes(b, s, axis=trends.axes(b)[0]),
    "trends.panels": lambda b, s: trends.panels(b, s, axis=trends.axes(b)[0]),
    "trends.panels_by_genre": lambda b, s: trends.panels_by_genre(b, s, "energy", axis=trends.axes(b)[0]),
    "trends.genre_shares": lambda b, s: trends.genre_shares(b, s, axis=trends.axes(b)[0]),
}
DATED: Mapping[str, Question] = {
    "popularity.residuals_by_year": popularity.residuals_by_year,
    "trend_changes.decades": lambda b, s: trend_changes.decades(b, s, "loudness"),
}
SCORES: Mapping[str, Question] = {
    "genre_scores": scored_sides.genre_scores,
    "popularity_scores": scored_sides.popularity_scores,
}
SIDES = ({"energy": "0.7.."}, {"energy": "..0.7", "tempo": "110.."})


def _query(one: Mapping[str, str], other: Mapping[str, str]) -> Selection:
    return Selection.from_query({**one, "against": ";".join(f"{key}:{text}" for key, text in other.items())})


def _in_order(table: pd.DataFrame) -> pd.DataFrame:
    """Return panels in the order of their names: which are the largest, both sides decide together."""
    return table.sort_values("key", kind="stable", ignore_index=True) if "key" in table else table


def _same(answer: Answer, alone: Answer) -> None:
    pd.testing.assert_frame_equal(*(_in_order(table) for table in (answer.facts["other"], alone.table)))
    assert answer.headline.count(": ") >= 2


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_other_side_is_what_it_is_when_it_is_selected(question: str, sample: Bundle):
    answer = QUESTIONS[question](sample, _query(*SIDES))
    _same(answer, QUESTIONS[question](sample, Selection.from_query(SIDES[1])))
    alone = QUESTIONS[question](sample, Selection.from_query(SIDES[0]))
    pd.testing.assert_frame_equal(*(_in_order(one.table) for one in (answer, alone)))


@pytest.mark.parametrize("question", DATED)
def test_the_other_side_is_what_it_is_when_it_is_selected_among_dated_tracks(question: str, planted: Bundle):
    answer = DATED[question](planted, _query(*SIDES))
    _same(answer, DATED[question](planted, Selection.from_query(SIDES[1])))


def test_medians_of_the_other_side_are_those_of_its_own(planted: Bundle):
    def asked(selection: Selection) -> Answer:
        return trends.medians(planted, selection, "loudness", axis="release_year")

    answer, alone = asked(_query(*SIDES)), asked(Selection.from_query(SIDES[1]))
    pd.testing.assert_frame_equal(answer.facts["other"], alone.facts["selected"])
    assert len(answer.facts["selected"])
    everything = asked(Selection.from_query({"against": "energy:0.7.."}))
    assert everything.facts["selected"] is None
    pd.testing.assert_frame_equal(everything.facts["other"], asked(Selection.from_query(SIDES[0])).facts["selected"])


@pytest.mark.parametrize("question", SCORES)
def test_scores_of_the_other_side_are_its_own_and_the_difference_is_theirs(question: str, sample: Bundle):
    both = SCORES[question](sample, _query(*SIDES)).table
    alone = SCORES[question](sample, Selection.from_query(SIDES[1])).table
    for end in ("", "_low", "_high"):
        np.testing.assert_allclose(both[f"other{end}"], alone[end.strip("_") or "value"])
    np.testing.assert_allclose(both["difference"], both["value"] - both["other"])
    turned = SCORES[question](sample, _query(*reversed(SIDES))).table
    np.testing.assert_allclose(turned["difference_low"], -both["difference_high"])


@pytest.mark.parametrize("question", SCORES)
def test_a_selection_does_not_score_differently_from_itself(question: str, sample: Bundle):
    table = SCORES[question](sample, _query(SIDES[0], SIDES[0])).table
    np.testing.assert_allclose(table[["difference", "difference_low", "difference_high"]], 0, atol=1e-9)


def test_accuracy_here_is_that_of_the_confusion(sample: Bundle):
    selection = Selection.from_query(SIDES[0])
    cells = genres.confusion(sample, selection).table
    right = cells.loc[cells["actual"] == cells["predicted"], "n"].sum() / cells["n"].sum()
    assert scored_sides.genre_scores(sample, selection).table["value"].iloc[0] == pytest.approx(right)


def test_the_rest_is_made_of_all_other_tracks(sample: Bundle):
    selection = Selection.from_query({"genre": "metal", "against": "rest"})
    side = other_side(selection)
    np.testing.assert_array_equal(side.mask(sample), selecting.other_selected(sample, selection))
    answer = genres.confusion(sample, selection)
    assert answer.table["n"].sum() + answer.facts["other"]["n"].sum() == len(sample)
    assert " The rest: " in answer.headline


@pytest.mark.parametrize("question", [*QUESTIONS, "popularity.residuals_by_year"])
def test_another_side_without_tracks_is_said_once_and_drawn_nowhere(question: str, sample: Bundle, planted: Bundle):
    asked = {**QUESTIONS, **DATED}[question]
    bundle = planted if question in DATED else sample
    answer = asked(bundle, Selection.from_query({"against": "tempo:1..2"}))
    assert answer.facts["other"] is None or not len(answer.facts["other"].dropna(how="all"))
    assert answer.headline.endswith("too few tracks to draw.")
    assert not answer.is_empty


def test_what_a_model_says_decides_which_mistakes_are_counted_and_that_is_said(sample: Bundle):
    chosen = Selection.from_query({"predicted": "metal"})
    confused, scored = genres.confusion(sample, chosen), genres.scores_by_genre(sample, chosen)
    assert any("chosen by the genre that the model gives them" in caveat for caveat in confused.caveats)
    assert "Most often mistaken" not in confused.headline
    assert scored.table["genre"].tolist() == ["metal"]
    assert scored.table[["recall", "f1"]].isna().all(axis=None)
    assert scored_sides.genre_scores(sample, chosen).table["value"].notna().tolist() == [True, False, False]
    assert not genres.confusion(sample, Selection.from_query({"genre": "metal"})).caveats


def test_a_filter_by_genre_leaves_no_macro_f1(sample: Bundle):
    answer = scored_sides.genre_scores(sample, Selection.from_query({"genre": "metal", "against": "rest"}))
    assert answer.table.set_index("score").loc["macro_f1", ["value", "other", "difference"]].isna().all()
    assert answer.caveats[0].startswith("Macro F1 needs tracks of all genres")


def test_too_few_tracks_are_not_scored(sample: Bundle):
    few = Selection.from_query({"tempo": "200..210", "energy": "0.9..", "danceability": "..0.2"})
    assert Side(few).mask(sample).sum() < scored_sides.FEWEST
    assert scored_sides.genre_scores(sample, few).is_empty


SCREENS = {
    "genres-confusion": 2,
    "genres-scores": 11,
    "genres-reliability": 4,
    "popularity-fit": 2,
    "popularity-residuals": 6,
    "popularity-genre": 8,
    "trends-slopes": 6,
}
"""Traces of a chart that is compared."""


@pytest.mark.parametrize("card", SCREENS)
def test_charts_draw_both_sides_and_name_them(card: str, client):
    view = {"genre": "metal", "against": "genre:rock"}
    figure = ask(client, f"{card}-graph.figure", view_selection_data=view).changes[f"{card}-graph.figure"]
    assert len(figure["data"]) == SCREENS[card]
    named = [one.get("name") for one in figure["data"]] + [
        one["text"] for one in figure["layout"].get("annotations", [])
    ]
    assert {"metal", "rock"} <= set(named)
