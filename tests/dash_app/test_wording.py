"""What answers say where little is selected, where one thing stands alone, and where numbers are negative."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dash_app.answers import (
    clusters,
    comparing,
    genres,
    overview,
    popularity,
    popularity_models,
    relations,
    similar,
    trend_changes,
    trends,
    unusual,
)
from dash_app.answers.selecting import NO_TRACKS
from dash_app.components.apart import apart_table
from dash_app.figures.balance import genre_balance
from dash_app.figures.scatter import two_fields
from dash_app.figures.theme import OTHER
from data.fields import FIELDS, Field, Role
from data.selection import Selection
from tests.dash_app.asking import ask
from tests.dash_app.test_answers import EVERYTHING, NOTHING, SELECTED

OF_ITSELF = {
    "overview.counts",
    "distributions.by_genre of a category",
    "distributions.densities of a category",
    "trends.medians along itself",
    "similar.nearest_tracks",
    "trend_changes.changes",
}
"""Answers that are empty for a reason of their own."""
UNDATED = {"popularity.residuals_by_year", "trend_changes.decades"}
METAL = Selection(genres=("metal",))


@pytest.mark.parametrize("question", sorted(SELECTED.keys() - OF_ITSELF))
def test_an_empty_selection_is_told_in_the_same_words_everywhere(question, sample, planted):
    for bundle in (sample, planted):
        if bundle is sample and question in UNDATED:
            continue
        assert SELECTED[question](bundle, NOTHING).headline == NO_TRACKS


@pytest.mark.parametrize("panel", ["similar-track.children", "similar-lead.children"])
def test_without_tracks_none_is_offered_to_start_from(client, panel):
    shown = ask(client, panel, view_selection_data={"energy": "2..3"}).changes["similar-track.children"]
    assert NO_TRACKS in str(shown)
    assert "start from one of these" not in str(shown)


def test_one_of_a_kind_is_counted_in_the_singular_and_what_a_catalogue_lacks_is_left_out(sample, poor):
    labels = overview.counts(sample, METAL).table["label"].tolist()
    assert labels[:3] == ["tracks", "artists or line-ups", "genre"]
    assert "years of release" not in labels
    assert overview.counts(poor, EVERYTHING).table["label"].tolist() == ["tracks", "feature values missing"]


def test_a_genre_that_stands_alone_is_compared_with_none(sample):
    assert genres.scores_by_genre(sample, METAL).headline.startswith("metal: recall 0.")
    mean = np.nanmean(sample.columns["popularity"][sample.columns["genre"] == sample.genre_names.index("metal")])
    assert popularity.by_genre(sample, METAL).headline == f"metal has mean {mean:.0f}."
    k = clusters.cut_shown(sample, None)
    assert clusters.genres_within(sample, METAL, k).headline == "All of these tracks are metal."


def test_the_most_certain_mistakes_come_first(sample):
    answer = genres.mistakes(sample, EVERYTHING)
    assert answer.table["probability"].is_monotonic_decreasing
    assert answer.table["probability"].iloc[0] == genres._doubts(sample)["probability"].max()


def test_tracks_agree_most_where_the_track_lies_nearest_the_middle_of_the_others(sample):
    for row in (7, 70, 700):
        answer = similar.profile(sample, row, n_neighbours=12)
        away = (answer.table["track"] - answer.table["neighbours"]).abs()
        nearest = answer.table.loc[away.idxmin()]
        assert nearest["label"].lower() in answer.headline
        assert f"at {nearest['track']:.0f} of 100" in answer.headline


def test_what_a_model_does_not_explain_names_what_it_knows(sample):
    left = popularity_models.plain_words(sample)[0]
    assert left.endswith("of the variation in popularity is not explained by sound.")


def test_the_title_of_the_most_unusual_track_stands_in_quotes(sample):
    answer = unusual.unusual_tracks(sample, EVERYTHING)
    assert answer.headline.startswith(f"Furthest from the middle lies “{answer.table['track_name'].iloc[0]}”: ")


def test_slopes_say_that_each_interval_is_of_one_feature_and_panels_do_not_repeat_them(planted):
    slopes = trends.slopes(planted, EVERYTHING, axis="release_year")
    assert f"as {len(slopes.table)} are judged at once" in slopes.caveats[0]
    panels = trends.panels(planted, EVERYTHING, axis="release_year")
    assert panels.headline.startswith("The median of loudness goes furthest: from −1")
    assert panels.caveats == ()


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        (
            "Loudness jumped from -9.3 dB to -6.2 dB in 2005 (95% interval 2003 to 2007); sure: a change is in 97% of "
            "resamples.",
            "Jumped from −9.3 dB to −6.2 dB.",
        ),
        (
            "Loudness changed its course in 1990 (95% interval 1988 to 1992), level before and rising 0.5 dB a decade "
            "after; fairly sure: so.",
            "Level before and rising 0.5 dB a decade after.",
        ),
    ],
)
def test_a_change_is_told_without_the_year_and_the_certainty_that_stand_beside_it(sentence, said):
    assert trend_changes.what_happened("Loudness", sentence) == said


def test_negative_numbers_have_a_true_minus_sign_in_sentences_and_tables(sample):
    quiet = Selection.from_query({"loudness": "..-12"})
    apart = comparing.sets_apart(sample, quiet)
    assert "(−" in apart.headline
    assert "−" in str(apart_table(apart.table, sample.dictionary)) and "-1" not in _texts(apart_table, apart, sample)
    assert FIELDS["loudness"].text(-6.34) == "−6.3 dB"
    assert relations.correlations(sample, EVERYTHING, method="spearman").headline.count("-") == 0


def _texts(draw, answer, bundle) -> str:
    made = draw(answer.table, bundle.dictionary)
    return " ".join(str(part.children) for part in made._traverse() if isinstance(getattr(part, "children", 0), str))


def test_abbreviations_keep_their_capitals():
    field = Field("x_mfcc_2_mean", "MFCC 2 mean", Role.AUDIO, "A column of this table.")
    assert field.adjective(1) == "high MFCC 2 mean"
    assert replace(field, label="Roll off").adjective(-1) == "low roll off"


def test_islands_are_neutral_and_a_legend_names_the_other_side():
    islands = pd.DataFrame({"genre": ["calm", "loud"], "n": [3, 2], "n_all": [3, 2]})
    assert set(genre_balance(islands, colours={}).data[1].marker.color) == {OTHER}
    points = pd.DataFrame(
        {"x": [0.1, 0.2], "y": [-6.0, -9.0], "genre": "rock", "selected": [True, False], "other": [False, True]}
    )
    figure = two_fields(
        points, x=FIELDS["energy"], y=FIELDS["loudness"], colours={"rock": "#123456"}, sides=("rock", "the rest")
    )
    assert "the rest" in [trace.name for trace in figure.data]


def test_the_scatter_answers_with_the_names_of_both_sides(sample):
    compared = Selection.from_query({"genre": "metal", "against": "rest"})
    assert relations.two_features(sample, compared, "energy", "loudness").facts["sides"] == ("metal", "the rest")
