"""Answers: the same numbers for pages and programs, sums that hold, a sentence whatever is asked."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dash_app.answers import (
    comparing,
    distributions,
    effects,
    filters,
    genre_models,
    genre_studies,
    genres,
    map,
    overview,
    popularity,
    popularity_models,
    relations,
    search,
    selecting,
    similar,
    trend_changes,
    trends,
    unusual,
    whatif,
    whatif_sliders,
)
from dash_app.answers.answer import Answer
from data.errors import QueryError, SelectionError
from data.fields import FIELDS, continuous
from data.lassos import Lasso
from data.selection import MAP_EXTENT, Range, Selection
from models.bundle import Bundle
from tests.dash_app.asking import ask
from tests.planting import DB_PER_DECADE

EVERYTHING = Selection()
NOTHING = Selection(ranges=(Range("energy", 2, 3),))
ENTER_SANDMAN = "5sICkBXVmaCQk5aISGR3x1"
API = "/api/v1/catalogues/default"

SELECTED: dict[str, Callable[[Bundle, Selection], Answer]] = {
    "overview.counts": overview.counts,
    "overview.genre_balance": overview.genre_balance,
    "distributions.distribution": lambda b, s: distributions.distribution(b, s, "energy"),
    "distributions.distribution of a category": lambda b, s: distributions.distribution(b, s, "key"),
    "distributions.by_genre": lambda b, s: distributions.by_genre(b, s, "tempo"),
    "distributions.by_genre of a category": lambda b, s: distributions.by_genre(b, s, "mode"),
    "relations.correlations, spearman": lambda b, s: relations.correlations(b, s, method="spearman"),
    "relations.correlations, pearson": lambda b, s: relations.correlations(b, s, method="pearson"),
    "relations.two_features": lambda b, s: relations.two_features(b, s, "loudness", "energy"),
    "relations.two_features, the same": lambda b, s: relations.two_features(b, s, "energy", "energy"),
    "distributions.densities": lambda b, s: distributions.densities(b, s, "tempo"),
    "distributions.densities of a category": lambda b, s: distributions.densities(b, s, "key"),
    "relations.pairs": lambda b, s: relations.pairs(b, s, ("energy", "loudness", "tempo")),
    "relations.parallel": relations.parallel,
    "unusual.unusual_tracks": unusual.unusual_tracks,
    "comparing.sets_apart": comparing.sets_apart,
    "map.sets_apart": map.sets_apart,
    "genres.confusion": genres.confusion,
    "genres.scores_by_genre": genres.scores_by_genre,
    "genres.mistakes": genres.mistakes,
    "popularity.predicted_against_actual": popularity.predicted_against_actual,
    "popularity.by_genre": popularity.by_genre,
    "popularity.residuals_by_genre": popularity.residuals_by_genre,
    "popularity.by_genre, the top": lambda b, s: popularity.by_genre(b, s, top=2),
    "popularity.residuals_by_year": popularity.residuals_by_year,
    "popularity.loudness_and_energy": popularity.loudness_and_energy,
    "trend_changes.changes": trend_changes.changes,
    "trend_changes.decades": lambda b, s: trend_changes.decades(b, s, "energy"),
    "trends.panels": lambda b, s: trends.panels(b, s, axis=trends.axes(b)[0]),
    "trends.panels_by_genre": lambda b, s: trends.panels_by_genre(b, s, "energy", axis=trends.axes(b)[0]),
    "trends.medians": lambda b, s: trends.medians(b, s, "energy", axis=trends.axes(b)[0]),
    "trends.medians along another axis": lambda b, s: trends.medians(b, s, "valence", axis="tempo"),
    "trends.medians along itself": lambda b, s: trends.medians(b, s, "tempo", axis="tempo"),
    "trends.slopes": lambda b, s: trends.slopes(b, s, axis=trends.axes(b)[0]),
    "trends.slopes along another axis": lambda b, s: trends.slopes(b, s, axis="duration_ms"),
    "trends.genre_shares": lambda b, s: trends.genre_shares(b, s, axis=trends.axes(b)[0]),
    "similar.nearest_tracks": lambda b, s: similar.nearest_tracks(b, 7, limit=5, within=s),
    "similar.starting_points": similar.starting_points,
}
"""Every answer that depends on the Selection."""

WHOLE: dict[str, Callable[[Bundle], Answer]] = {
    "map.map_points by genre": lambda b: map.map_points(b, "genre"),
    "map.map_points by cluster": lambda b: map.map_points(b, "cluster"),
    "map.map_points by tempo": lambda b: map.map_points(b, "tempo"),
    "genre_models.candidates": genre_models.candidates,
    "genre_studies.thresholds": lambda b: genre_studies.thresholds(b, b.genre_names[0]),
    "genre_studies.precision_and_recall": lambda b: genre_studies.precision_and_recall(b, b.genre_names[0]),
    "genre_studies.learning": genre_studies.learning,
    "genre_studies.features_kept": genre_studies.features_kept,
    "genre_studies.pairs": genre_studies.pairs,
    "genre_studies.pair": lambda b: genre_studies.pair(b, *b.genre_names[:2]),
    "genre_studies.contributions": lambda b: genre_studies.contributions(b, b.genre_names[0]),
    "effects.dependence of a genre": lambda b: effects.dependence(b, "effects_genre", "energy", genre=b.genre_names[0]),
    "genres.importance": genres.importance,
    "genres.reliability": genres.reliability,
    "popularity_models.importance": popularity_models.importance,
    "popularity_models.importance_together": popularity_models.importance_together,
    "popularity_models.candidates": popularity_models.candidates,
    "effects.dependence": lambda b: effects.dependence(b, "effects_popularity", "energy"),
    "effects.local_effect": lambda b: effects.local_effect(b, "effects_popularity", "energy"),
    "effects.local_effect of a code": lambda b: effects.local_effect(b, "effects_popularity", "key"),
    "similar.profile": lambda b: similar.profile(b, 7, n_neighbours=8),
    "search.find_tracks": lambda b: search.find_tracks(b, "a"),
    "search.find_tracks for nothing": lambda b: search.find_tracks(b, " ?! "),
    "search.find_tracks for what is not there": lambda b: search.find_tracks(b, "qqqqqqqqqqqq"),
}
"""Every other one."""

SENTENCES: dict[str, Callable[[Bundle], str]] = {
    "genres.how_well": genres.how_well,
    "popularity_models.how_well": popularity_models.how_well,
    "similar.how_well": similar.how_well,
    "trends.lead": trends.lead,
    "whatif_sliders.lead": lambda b: whatif_sliders.lead(b, []),
    "whatif_sliders.lead from a track": lambda b: whatif_sliders.lead(b, [7]),
}

both = pytest.mark.parametrize("name", ["sample", "planted"])


@pytest.fixture
def bundle(request, name) -> Bundle:
    return request.getfixturevalue(name)


def assert_said(answer: Answer, bundle: Bundle) -> None:
    """Check that an answer says in whole sentences what it shows."""
    assert isinstance(answer, Answer)
    assert answer.bundle_id == bundle.id
    for sentence in (answer.headline, *answer.caveats):
        assert_is_a_sentence(sentence)


def assert_is_a_sentence(text: str) -> None:
    assert text.endswith(".")
    assert not re.search(r"\b(nan|None|inf)\b|  |\.\.", text), text


@st.composite
def selections(draw: st.DrawFn, bundle: Bundle) -> Selection:
    """Draw a selection that the bundle can be asked for; it may hold no track."""
    chosen = draw(st.sets(st.sampled_from(bundle.genre_names), max_size=3))
    clusters = draw(st.sets(st.sampled_from([*selecting.cluster_names(bundle), 99]), max_size=2))
    fields = draw(st.sets(st.sampled_from([r.field for r in filters.filter_ranges(bundle).values()]), max_size=2))
    ranges = []
    for field in sorted(fields):
        ends = sorted(draw(st.tuples(st.floats(0, 1), st.floats(0, 1))))
        low, high = np.nanquantile(bundle.columns[field], ends)
        ranges.append(Range(field, float(low), float(high)))
    coordinate = st.integers(0, MAP_EXTENT)
    lasso = draw(st.one_of(st.just([]), st.lists(st.tuples(coordinate, coordinate), min_size=3, max_size=6)))
    others = [None, "rest", Selection(), Selection(genres=bundle.genre_names[:1])]
    compared = {"against": draw(st.sampled_from(others)), "out": draw(st.sampled_from([None, *others[3:]]))}
    drawn = (Lasso(tuple(lasso)),) if lasso else ()
    return Selection(tuple(sorted(chosen)), tuple(sorted(clusters)), tuple(ranges), drawn, **compared)


class TestEverySentence:
    @both
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(data=st.data())
    def test_is_one_whatever_is_selected(self, data, bundle):
        selection = data.draw(selections(bundle))
        for answer in SELECTED.values():
            assert_said(answer(bundle, selection), bundle)

    @both
    @pytest.mark.parametrize("question", SELECTED)
    @pytest.mark.parametrize("selection", [EVERYTHING, NOTHING], ids=["everything", "nothing"])
    def test_is_one_for_everything_and_for_nothing(self, selection, question, bundle):
        assert_said(SELECTED[question](bundle, selection), bundle)

    @both
    @pytest.mark.parametrize("n", [1, 2, 3, 4, 6])
    @pytest.mark.parametrize("question", SELECTED)
    def test_is_one_for_a_few_tracks(self, question, n, bundle):
        tempo = np.sort(bundle.columns["tempo"])
        few = Selection(ranges=(Range("tempo", float(tempo[0]), float(tempo[n - 1])),))
        assert selecting.selected(bundle, few).sum() >= n
        assert_said(SELECTED[question](bundle, few), bundle)

    @both
    @pytest.mark.parametrize("question", WHOLE)
    def test_is_one_for_the_whole_catalogue(self, question, bundle):
        assert_said(WHOLE[question](bundle), bundle)

    @both
    @pytest.mark.parametrize("question", SENTENCES)
    def test_that_stands_alone_is_one(self, question, bundle):
        assert_is_a_sentence(SENTENCES[question](bundle))

    def test_is_asked_of_every_module(self):
        asked = {name.split(".")[0] for name in (*SELECTED, *WHOLE)}
        own = {"overview", "distributions", "relations", "unusual", "comparing"}
        models = {
            "genres",
            "genre_models",
            "genre_studies",
            "popularity",
            "popularity_models",
            "effects",
            "trend_changes",
        }
        assert asked == own | models | {"map", "trends", "similar", "search"}

    @pytest.mark.parametrize("question", SELECTED)
    def test_an_empty_selection_draws_no_selected_track(self, question, sample):
        answer = SELECTED[question](sample, NOTHING)
        if question in {"overview.counts", "overview.genre_balance"}:
            return
        shows_all = ("trends", "trend_changes", "two_features", "loudness_and_energy")
        assert answer.is_empty or any(name in question for name in shows_all)

    @both
    def test_an_unknown_genre_is_refused_with_what_to_do(self, bundle):
        with pytest.raises(SelectionError, match=r"no genre named 'polka'\. Remove that filter or choose another"):
            overview.counts(bundle, Selection(genres=("polka",)))


class TestCounts:
    @both
    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_genres_add_up_to_the_selection(self, data, bundle):
        selection = data.draw(selections(bundle))
        n = int(selecting.selected(bundle, selection).sum())
        table = overview.genre_balance(bundle, selection).table
        assert table["n"].sum() == n
        assert table["n_all"].sum() == len(bundle)
        assert (table["n"] <= table["n_all"]).all()
        assert overview.counts(bundle, selection).table["value"].iloc[0] == f"{n:,}"
        confused = genres.confusion(bundle, selection)
        assert (0 if confused.is_empty else confused.table["n"].sum()) <= n

    @both
    def test_shares_of_a_distribution_are_1(self, bundle):
        table = distributions.distribution(bundle, Selection(genres=bundle.genre_names[:1]), "energy").table
        assert table["share"].sum() == pytest.approx(1)
        assert table["share_all"].sum() == pytest.approx(1)

    @both
    def test_rows_of_the_confusion_are_1(self, bundle):
        table = genres.confusion(bundle, EVERYTHING).table
        assert table.groupby("actual")["share_of_actual"].sum().to_numpy() == pytest.approx(1)
        assert table["n"].sum() == len(bundle)

    @both
    def test_filters_count_every_track_once(self, bundle):
        assert sum(value.n for value in filters.genre_values(bundle)) == len(bundle)
        assert sum(value.n for value in filters.cluster_values(bundle)) == len(bundle)

    @both
    def test_filter_ranges_hold_every_track(self, bundle):
        for ends in filters.filter_ranges(bundle).values():
            values = bundle.columns[ends.field]
            selection = Selection(ranges=(Range(ends.field, ends.low, ends.high),))
            assert selecting.selected(bundle, selection).sum() == np.isfinite(values).sum(), ends.field

    def test_the_words_name_the_count(self, sample):
        selection = Selection(genres=("metal", "rock"), ranges=(Range("energy", 0.8),))
        n = int(selecting.selected(sample, selection).sum())
        assert selecting.in_words(sample, selection) == f"{n:,} of 4,605 tracks: metal or rock, energy over 0.80"
        assert selecting.in_words(sample, EVERYTHING) == "All 4,605 tracks"

    @both
    def test_fitted_tracks_are_all_in_a_cell(self, bundle):
        table = popularity.predicted_against_actual(bundle, EVERYTHING).table
        assert table["n"].sum() == len(bundle)


class TestSearch:
    @pytest.mark.parametrize(
        "typed", ["metallica ent", "ENTER sandman", "Enter Sandman Metallica", "sandman  METAL", "énter sándman"]
    )
    def test_parts_in_any_order_case_and_accent_find_the_track(self, typed, sample):
        assert search.find_tracks(sample, typed).table["track_id"].iloc[0] == ENTER_SANDMAN

    @pytest.mark.parametrize(
        ("typed", "artist"),
        [("mowe", "MÖWE"), ("MÖWE", "MÖWE"), ("ultima vez", "Daddy Yankee, Bad Bunny"), ("neonheart", "NÉONHÈART")],
    )
    def test_accents_do_not_matter(self, typed, artist, sample):
        assert artist in search.find_tracks(sample, typed).table["artists"].iloc[0]

    def test_a_misspelt_search_finds_what_comes_close(self, sample):
        answer = search.find_tracks(sample, "metalica")
        assert len(answer.table) == 10
        assert answer.table["artists"].str.contains("Metallica").all()
        assert answer.headline.startswith("Nothing matches exactly")

    def test_several_misspelt_words_in_any_order_find_the_track(self, sample):
        assert search.find_tracks(sample, "metalica sadman").table["track_id"].iloc[0] == ENTER_SANDMAN

    def test_words_are_matched_from_their_beginning(self, sample):
        assert "match." in search.find_tracks(sample, "metall").headline
        assert search.find_tracks(sample, "etallica").headline.startswith("Nothing matches exactly")

    def test_what_resembles_nothing_finds_nothing(self, sample):
        answer = search.find_tracks(sample, "qqqqqqqqqqqq")
        assert answer.is_empty
        assert answer.headline == "Nothing matches, and nothing comes close."

    def test_no_more_than_the_limit_come_back(self, sample):
        assert len(search.find_tracks(sample, "love", limit=3).table) == 3

    @pytest.mark.parametrize("typed", ["%", "_", "\\", "(", "[a", "'", '"', "\0", "💿", "a" * 200, "İ", "ß"])
    def test_any_text_is_a_search(self, typed, sample):
        assert_said(search.find_tracks(sample, typed), sample)

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(row=st.integers(0, 4_604))
    def test_every_track_is_found_by_its_own_name(self, row, sample):
        record = sample.tracks.slice(row, 1).to_pylist()[0]
        found = search.find_tracks(sample, f"{record['track_name']} {record['artists']}", limit=100)
        assert row in found.table["row"].to_numpy()


def repeats_within(bundle, row, table):
    """How many tracks nearer than the last of a list are not in it, without and with those just as near."""
    space = bundle.array("neighbour_space")
    distances = np.sqrt(((space - space[row]) ** 2).sum(axis=1))
    distances[[row, *table["row"]]] = np.inf
    return (distances < table["distance"].max()).sum(), (distances <= table["distance"].max()).sum()


class TestSimilar:
    @both
    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(row=st.integers(0, 1_499))
    def test_the_nearest_are_nearest_first_and_others(self, row, bundle):
        table = similar.nearest_tracks(bundle, row, limit=12).table
        assert len(table) == 12
        assert row not in table["row"].to_numpy()
        assert table["distance"].is_monotonic_increasing
        assert table["closer_than"].between(0, 1).all()
        space = np.asarray(bundle.array("neighbour_space"), dtype=np.float64)
        every = pd.Series(np.linalg.norm(space - space[row], axis=1))
        recordings = bundle.array("recording_codes")
        others = every[recordings != recordings[row]].groupby(recordings[recordings != recordings[row]]).min()
        assert table["distance"].to_numpy() == pytest.approx(np.sort(others)[:12], abs=1e-3)

    def test_a_recording_is_listed_once_and_never_for_its_own_repeats(self, sample):
        recordings = sample.array("recording_codes")
        repeated = np.flatnonzero(np.bincount(recordings)[recordings] > 1)
        near_repeats = [row for track in repeated[::40] for row in similar.nearest_rows(sample, int(track), limit=2)[0]]
        passed_over = 0
        for row in [*range(0, len(sample), 97), *repeated[::40].tolist(), *(int(row) for row in near_repeats)]:
            answer = similar.nearest_tracks(sample, row, limit=12)
            shown = recordings[answer.table["row"]].tolist()
            assert len(set(shown)) == 12
            assert recordings[row] not in shown
            least, most = repeats_within(sample, row, answer.table)
            said = int(re.search(r"\d+", answer.caveats[0])[0]) if answer.caveats else 0
            assert least <= said <= most
            passed_over += said
        assert passed_over > 2

    def test_only_selected_tracks_are_near_where_that_is_asked(self, sample):
        metal = Selection(genres=("metal",))
        rows = similar.nearest_tracks(sample, 0, limit=12, within=metal).table["row"]
        assert selecting.selected(sample, metal)[rows].all()

    def test_a_selection_without_tracks_has_none_near(self, sample):
        answer = similar.nearest_tracks(sample, 0, limit=12, within=NOTHING)
        assert answer.is_empty
        assert answer.headline == "No other track is selected."


class TestTrends:
    def test_an_undated_catalogue_has_no_axis_of_years(self, sample):
        assert not trends.is_dated(sample)
        assert "release_year" not in trends.axes(sample)
        assert "release_year" not in {r.field for r in filters.filter_ranges(sample).values()}

    def test_an_undated_catalogue_says_so_and_names_the_command(self, sample):
        assert trends.undated(sample).endswith("-m dash_app build tidytuesday")
        assert trends.lead(sample).startswith("Nothing can be said about time here")

    def test_an_undated_catalogue_never_speaks_of_years(self, sample):
        for axis in trends.axes(sample):
            for answer in (
                trends.medians(sample, EVERYTHING, "energy", axis=axis),
                trends.slopes(sample, EVERYTHING, axis=axis),
                trends.genre_shares(sample, EVERYTHING, axis=axis),
            ):
                assert not answer.is_empty
                assert not re.search(r"\b(year|decade|19\d\d|20\d\d)", answer.headline), answer.headline
                assert "decade" not in str(answer.facts.get("per", ""))
        with pytest.raises(SelectionError, match="no release year to filter by"):
            overview.counts(sample, Selection(ranges=(Range("release_year", 1990, 2000),)))

    def test_a_dated_catalogue_says_nothing_about_missing_dates(self, planted):
        assert trends.undated(planted) == ""
        assert trends.axes(planted)[0] == "release_year"
        assert "1,500 tracks are dated, 1980 to 2019." in trends.lead(planted)

    def test_the_planted_slope_comes_back(self, planted):
        answer = trends.slopes(planted, EVERYTHING, axis="release_year")
        table = answer.table.set_index("field")
        wanted = DB_PER_DECADE / float(np.std(planted.columns["loudness"]))
        assert table.loc["loudness", "low"] < wanted < table.loc["loudness", "high"]
        assert table.loc["loudness", "significant"]
        assert table["slope_sd"].abs().idxmax() == "loudness"
        assert table["significant"].sum() == 1
        assert answer.headline.startswith("Loudness moves most, +")
        assert answer.facts["per"] == "per decade"

    def test_medians_follow_what_was_planted(self, planted):
        table = trends.medians(planted, EVERYTHING, "loudness", axis="release_year").table
        assert table["position"].between(1980, 2019).all()
        planted_median = -12 + DB_PER_DECADE / 10 * (table["position"] - 1980)
        assert table["median"].to_numpy() == pytest.approx(planted_median.to_numpy(), abs=1)

    @both
    def test_shares_of_a_step_are_1(self, bundle):
        for axis in trends.axes(bundle):
            table = trends.genre_shares(bundle, EVERYTHING, axis=axis).table
            assert table.groupby("position")["share"].sum().to_numpy() == pytest.approx(1)

    def test_a_selection_stands_beside_the_whole(self, planted):
        answer = trends.medians(planted, Selection(genres=("genre 0",)), "loudness", axis="release_year")
        assert answer.facts["selected"]["n"].sum() < answer.table["n"].sum()


@st.composite
def points(draw: st.DrawFn, bundle: Bundle) -> dict[str, float]:
    """Draw a value for every feature, from the catalogue's own."""
    found = {}
    for name in bundle.feature_names:
        values = bundle.columns[name]
        found[name] = float(np.nanquantile(values, draw(st.floats(0, 1)), method="nearest"))
    return found


class TestWhatIf:
    @both
    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_probabilities_are_1_and_the_interval_holds_the_prediction(self, data, bundle):
        said = whatif.what_if(bundle, data.draw(points(bundle)))
        assert sum(said.probabilities.values()) == pytest.approx(1)
        assert min(said.probabilities.values()) >= 0
        assert set(said.probabilities) == set(bundle.genre_names)
        assert 0 <= said.popularity.low <= said.popularity.predicted <= said.popularity.high <= 100
        for sentence in (said.headline, said.popularity_sentence, said.why_popularity, said.why(said.genre)):
            assert_is_a_sentence(sentence)

    @both
    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_contributions_make_the_score(self, data, bundle):
        point = data.draw(points(bundle))
        said = whatif.what_if(bundle, point)
        X = np.array([[point[name] for name in bundle.feature_names]], dtype=np.float32)
        model = bundle.estimator("genre_prediction_model")
        base = model.contributions(X)[0, :, -1]
        scores = model.scores(X)[0]
        assert said.genre_matrix.sum(axis=1) + base == pytest.approx(scores - scores.mean(), abs=1e-4)
        assert said.genre_matrix.sum(axis=0) == pytest.approx(0, abs=1e-6)
        by_feature = said.contributions_to(said.genre)
        best = list(said.probabilities).index(said.genre)
        assert sum(by_feature.values()) == pytest.approx(said.genre_matrix[best].sum(), abs=1e-6)
        mean = bundle.estimator("popularity_model").contributions(X)[0][-1]
        assert np.clip(sum(said.popularity_contributions.values()) + mean, 0, 100) == pytest.approx(
            said.popularity.predicted, abs=1e-3
        )

    def test_log_odds_move_by_what_the_contributions_say(self, sample):
        here, there = (whatif.what_if(sample, whatif_sliders.start_point(sample, row)) for row in (0, 1))
        moved = np.log(list(there.probabilities.values())) - np.log(list(here.probabilities.values()))
        said = there.genre_matrix.sum(axis=1) - here.genre_matrix.sum(axis=1)
        assert np.ptp(moved - said) < 1e-3
        assert np.ptp(said) > 0.01

    def test_energy_moves_popularity_as_planted(self, planted):
        start = whatif_sliders.start_point(planted, None)
        calm, loud = (whatif.what_if(planted, {**start, "energy": value}) for value in (0.1, 0.9))
        assert 30 < loud.popularity.predicted - calm.popularity.predicted < 60
        assert loud.why_popularity.startswith("Energy 0.90 counts most, +")

    def test_the_start_is_kept_to_compare_with(self, sample):
        start = whatif_sliders.start_point(sample, 0)
        moved = whatif.what_if(sample, {**start, "energy": 0.01}, start=start)
        assert moved.start_probabilities == pytest.approx(whatif.what_if(sample, start).probabilities)
        assert moved.start_popularity == pytest.approx(whatif.what_if(sample, start).popularity.predicted)

    def test_what_is_left_out_is_said(self, sample):
        said = whatif.what_if(sample, {"energy": 0.5})
        assert said.caveats[0].startswith("Taken as missing: danceability, loudness, ")
        assert_is_a_sentence(said.caveats[0])

    @pytest.mark.parametrize(
        ("point", "sentence"),
        [
            ({"energy": 1.5}, "energy cannot be 1.5. It lies between 0 and 1."),
            ({"energy": float("nan")}, "energy cannot be nan. It lies between 0 and 1."),
            ({"tempo": float("inf")}, "tempo cannot be inf. It lies between 20 and 300."),
            ({"popularity": 50}, "The models of this catalogue know no feature 'popularity'. Known: danceability"),
        ],
    )
    def test_the_impossible_is_refused(self, point, sentence, sample):
        with pytest.raises(QueryError) as refusal:
            whatif.what_if(sample, point)
        assert str(refusal.value).startswith(sentence)

    @both
    def test_sliders_hold_the_middle_of_the_catalogue(self, bundle):
        start, spreads = whatif_sliders.start_point(bundle, None), whatif_sliders.spreads(bundle)
        assert [spread.field for spread in spreads] == list(bundle.feature_names)
        for spread in spreads:
            known = FIELDS[spread.field]
            assert spread.low <= start[spread.field] <= spread.high
            assert known.low <= spread.low < spread.high <= known.high
            assert bool(spread.heights) == (spread.field in continuous(bundle.feature_names))


class TestPagesAndPrograms:
    def test_predict_says_what_what_if_says(self, client, sample):
        point = {"danceability": 0.52, "energy": 0.93, "loudness": -4.1, "tempo": 140.0}
        said, told = whatif.what_if(sample, point), client.post(f"{API}/predict", json={"features": point}).json()
        assert told["headline"] == said.headline
        assert told["caveats"] == list(said.caveats)
        probabilities = {one["genre"]: one["probability"] for one in told["genres"]}
        assert probabilities == pytest.approx(said.probabilities, abs=1e-6)
        assert list(probabilities.values()) == sorted(probabilities.values(), reverse=True)
        assert told["popularity"] == said.popularity.as_dict()
        parts = {one["feature"]: one["contribution"] for one in told["genre_contributions"]}
        assert parts == pytest.approx(said.contributions_to(said.genre), abs=1e-6)
        points = {one["feature"]: one["contribution"] for one in told["popularity_contributions"]}
        assert points == pytest.approx(said.popularity_contributions, abs=1e-6)

    def test_the_what_if_screen_draws_what_predict_says(self, client, sample):
        point = whatif_sliders.start_point(sample, 7)
        asked = ",".join(f"{name}:{value}" for name, value in point.items())
        drawn = client.get("/data/what-if", params={"point": asked}).json()["cards"]
        told = client.post(f"{API}/predict", json={"features": point}).json()
        assert drawn["whatif-genres"]["sentence"].startswith(told["headline"])
        assert f"{told['popularity']['predicted']:.0f}" in drawn["whatif-popularity"]["sentence"]
        shown = numbers_in(drawn["whatif-genres"]["figure"]["data"])
        for one in told["genres"]:
            assert any(value == pytest.approx(one["probability"], abs=1e-4) for value in shown), one

    def test_similar_says_what_nearest_tracks_says(self, client, sample):
        row = sample.row_of[ENTER_SANDMAN]
        answer = similar.nearest_tracks(sample, row, limit=12)
        told = client.get(f"{API}/tracks/{ENTER_SANDMAN}/similar?limit=12").json()
        assert told["headline"] == answer.headline
        assert [one["row"] for one in told["neighbours"]] == answer.table["row"].tolist()
        assert [one["distance"] for one in told["neighbours"]] == pytest.approx(answer.table["distance"].tolist())

    def test_the_similar_screen_lists_what_similar_says(self, client):
        told = client.get(f"{API}/tracks/{ENTER_SANDMAN}/similar?limit=12").json()
        listed = ask(client, "similar-list.children", view_track_data=ENTER_SANDMAN).text
        assert re.findall(r'"track":"([^"]+)"', listed) == [one["track_id"] for one in told["neighbours"]]
        assert all(f"{one['distance']:.2f}" in listed for one in told["neighbours"])

    def test_search_says_what_find_tracks_says(self, client, sample):
        told = client.get(f"{API}/tracks", params={"q": "metallica ent", "limit": 5}).json()
        answer = search.find_tracks(sample, "metallica ent", limit=5)
        assert told["headline"] == answer.headline
        assert [one["row"] for one in told["tracks"]] == answer.table["row"].tolist()

    def test_every_answer_names_the_bundle_it_was_computed_from(self, client, sample):
        for address in (f"{API}", f"{API}/tracks?q=love", f"{API}/tracks/{ENTER_SANDMAN}/similar"):
            assert client.get(address).json()["bundle"] == sample.id

    def test_a_catalogue_has_the_counts_of_its_bundle(self, client, sample):
        told = client.get(API).json()
        assert told["n_tracks"] == len(sample) == 4_605
        assert told["genres"] == list(sample.genre_names)
        assert told["features"] == list(sample.feature_names)
        assert told["skipped"] == {"trends": sample.skipped("trends")}


def numbers_in(value: object) -> list[float]:
    """All numbers in a JSON value; arrays that were packed as text are unpacked."""
    if isinstance(value, dict) and "bdata" in value:
        return np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"]).tolist()
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [number for part in value for number in numbers_in(part)]
    return [float(value)] if isinstance(value, int | float) else []
