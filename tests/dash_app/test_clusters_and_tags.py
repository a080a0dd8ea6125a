"""Clusters and tags: cuts that add up and agree with what they are cut from, tags that go with genres as measured."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from starlette.testclient import TestClient

from dash_app.answers import clusters, clusters_beside, map_colours, selecting, tags, tags_agreement
from dash_app.answers.answer import Answer
from data.selection import Range, Selection
from models.build import build
from models.bundle import Bundle, Library
from tests.dash_app.asking import ask, client_of
from tests.dash_app.test_answers import EVERYTHING, NOTHING, assert_is_a_sentence, assert_said
from tests.models.quick import CLUSTERS, GENRE, MAP, TAGS
from tests.planting import planted_catalogue, with_column

LOUD = Selection(ranges=(Range("energy", 0.5),))
MEANING = {"blue": "genre 0", "green": "genre 1", "red": "genre 2", "grey": "genre 3"}
"""Tags of the tagged catalogue and the genres whose tracks carry them: nothing in their names says so."""


def tagged_catalogue(n: int = 800):
    """A catalogue whose tags go with genres under other names, and one that follows energy; a tenth carry none."""
    plain, rng = planted_catalogue(n), np.random.default_rng(0)
    of_genre = {genre: tag for tag, genre in MEANING.items()}
    lists = []
    for genre, energy in zip(plain.tracks["genre"].to_pylist(), plain.column("energy"), strict=True):
        carried = [of_genre[genre]] if rng.random() < 0.9 else []
        lists.append([] if rng.random() < 0.1 else [*carried, *(["wild"] if energy > 0.6 else [])])
    return replace(with_column(plain, "genres", pa.array(lists, pa.list_(pa.string()))), name="tagged")


@pytest.fixture(scope="module")
def tagged_home(tmp_path_factory):
    home = tmp_path_factory.mktemp("tagged")
    build(tagged_catalogue(), home, seed=0, recipes=(CLUSTERS, MAP, GENRE, TAGS))
    return home


@pytest.fixture(scope="module")
def tagged(tagged_home) -> Bundle:
    return Library(tagged_home).open("tagged")


@pytest.fixture(scope="module")
def tagged_client(tagged_home):
    with client_of(tagged_home) as client:
        yield client


def every_answer(bundle: Bundle, selection: Selection) -> list[Answer]:
    """Everything that both screens ask, for the first cut and for the chosen one."""
    found = [clusters_beside.faithfulness(bundle), tags.overall(bundle), tags.by_tag(bundle)]
    found += [tags_agreement.correspondence(bundle), tags_agreement.agreement_within(bundle, selection)]
    found += [tags_agreement.differing(bundle, selection), tags_agreement.compared(bundle, 7)]
    found += [tags.genres_of_track(bundle, 7), tags.tags_of_track(bundle, 7)]
    for k in {clusters.cut_shown(bundle, None), *clusters.cuts(bundle)[:1]}:
        found += [clusters.choice(bundle, k), clusters.apart(bundle, k), clusters.described(bundle, selection, k)]
        found += [
            asked(bundle, selection, k) for asked in (clusters.sizes, clusters.genres_within, clusters_beside.islands)
        ]
    return found


@pytest.mark.parametrize("name", ["sample", "planted", "poor", "tagged"])
@pytest.mark.parametrize("selection", [EVERYTHING, NOTHING, LOUD], ids=["everything", "nothing", "loud"])
def test_every_answer_is_a_sentence_whatever_is_there(request, name, selection):
    bundle = request.getfixturevalue(name)
    for answer in every_answer(bundle, selection):
        assert_said(answer, bundle)
    assert_is_a_sentence(clusters.lead(bundle))
    assert_is_a_sentence(tags.lead(bundle))


class TestClusters:
    def test_tracks_by_cluster_add_up_to_the_selection_in_every_cut(self, sample):
        n = selecting.selected(sample, LOUD).sum()
        for k in clusters.cuts(sample):
            table = clusters.sizes(sample, LOUD, k).table
            assert (table["n"].sum(), table["n_all"].sum(), len(table)) == (n, len(sample), k)

    def test_a_selected_cluster_holds_all_that_is_selected(self, sample):
        table = clusters.sizes(sample, Selection(clusters=(1,)), clusters.cut_shown(sample, None)).table
        assert (table["n"] > 0).tolist() == [cluster == 1 for cluster in table["cluster"]]

    def test_genres_of_a_cluster_add_up_to_all_of_it(self, sample):
        table = clusters.genres_within(sample, LOUD, 5).table
        assert table.groupby("cluster")["share"].sum().to_numpy() == pytest.approx(1)
        assert table["n"].sum() == (selecting.selected(sample, LOUD) & (sample.columns["genre"] >= 0)).sum()

    def test_the_agreement_with_genres_that_is_said_is_that_of_the_labels(self, sample):
        k, known = 7, sample.columns["genre"] >= 0
        pair = sample.columns["genre"][known], clusters.labels_of(sample, k)[known]
        (said,) = clusters.genres_within(sample, EVERYTHING, k).caveats
        assert f"agree to {adjusted_rand_score(*pair):.2f} " in said
        assert f"; {normalized_mutual_info_score(*pair):.2f} by normalised mutual information" in said

    def test_what_sets_a_cluster_apart_is_so_in_the_tracks(self, sample):
        k = clusters.cut_shown(sample, None)
        for row in clusters.apart(sample, k).table.itertuples():
            values, inside = sample.columns[row.field], clusters.labels_of(sample, k) == row.cluster
            if abs(row.effect) > 0.5:
                assert (np.nanmedian(values[inside]) > np.nanmedian(values[~inside])) == (row.effect > 0), row
            assert row.low <= row.effect <= row.high

    def test_the_chosen_cut_is_shown_and_named_as_the_filter_names_it(self, sample):
        k = clusters.cut_shown(sample, None)
        assert clusters.is_chosen(sample, k)
        assert clusters.cut_shown(sample, "99") == clusters.cut_shown(sample, "") == k
        assert clusters.cut_shown(sample, "7") == 7
        assert dict(enumerate(selecting.cut_names(sample, k))) == selecting.cluster_names(sample)

    def test_the_map_names_every_cut_by_what_sets_its_clusters_apart(self, sample):
        for k in clusters.cuts(sample):
            names = map_colours.categories(sample, f"clusters-{k}")
            assert names == list(selecting.cut_names(sample, k))
            assert len(set(names)) == len(names) == k
            top = clusters.apart(sample, k).table.dropna().sort_values("effect", key=abs, ascending=False)
            top = top.drop_duplicates("cluster").set_index("cluster")
            for cluster, name in enumerate(names):
                row = top.loc[cluster]
                assert sample.dictionary[row["field"]].adjective(row["effect"]) in name, (k, name)

    def test_another_cut_says_how_it_stands_and_that_it_cannot_be_selected_by(self, sample):
        k = clusters.cut_shown(sample, None)
        other = next(one for one in clusters.cuts(sample) if one != k)
        assert f"Shown here are {other}: mean rank" in clusters.choice(sample, other).caveats[-1]
        assert f"by the cut into {k};" in clusters.described(sample, EVERYTHING, other).caveats[0]
        assert clusters.described(sample, EVERYTHING, k).caveats == ()

    def test_islands_and_what_is_in_none_add_up(self, sample):
        table = clusters_beside.islands(sample, LOUD, 4).table
        assert table["n"].sum() == selecting.selected(sample, LOUD).sum()
        assert table["n_all"].sum() == len(sample)
        assert table["pooled"].tolist() == [False] * (len(table) - 1) + [True]
        share = sample.facts("clusters")["noise_share"]
        assert table["n_all"].iloc[-1] / len(sample) == pytest.approx(share)

    def test_a_catalogue_without_genres_says_so_and_is_cut_all_the_same(self, poor):
        assert "no genre labels" in clusters.genres_within(poor, EVERYTHING, 3).headline
        assert clusters.sizes(poor, EVERYTHING, 3).table["n"].sum() == len(poor)

    def test_charts_say_which_row_is_which_cluster_only_where_that_can_be_selected(self, tagged, tagged_client):
        chosen = clusters.cut_shown(tagged, None)
        other = next(k for k in clusters.cuts(tagged) if k != chosen)
        for k, names in ((chosen, list(selecting.cut_names(tagged, chosen))), (other, None)):
            drawn = ask(tagged_client, "clusters-apart-graph.figure", clusters_k_value=k).changes
            meta = drawn["clusters-apart-graph.figure"]["layout"].get("meta", {})
            assert meta.get("clusters") == names


class TestTags:
    def test_correlations_are_pearsons(self):
        rng = np.random.default_rng(0)
        one, other = rng.random((50, 3)), rng.random((50, 2))
        expected = np.corrcoef(one.T, other.T)[:3, 3:]
        assert tags_agreement.correlations(one, other) == pytest.approx(expected)

    def test_a_tag_speaks_for_the_genre_it_goes_with_whatever_its_name(self, tagged):
        speaks = tags_agreement.spoken(tagged).speaks
        assert {tag: speaks[tag] for tag in MEANING} == MEANING
        assert speaks["wild"] == ""

    def test_tracks_on_which_both_agree_are_counted_as_they_are(self, tagged):
        both = tags_agreement.spoken(tagged)
        named = [MEANING.get(tag, "") for tag in both.tags]
        proba = np.asarray(tagged.array("tags_oof_proba"))[both.rows]
        proba = np.where([bool(name) for name in named], proba, -1)
        by_tags = np.array(named, dtype=object)[proba.argmax(axis=1)]
        base = np.array(both.genres, dtype=object)[both.base.argmax(axis=1)]
        kept = selecting.selected(tagged, LOUD)[both.rows]
        answer = tags_agreement.agreement_within(tagged, LOUD)
        assert answer.headline.startswith(f"On {(by_tags == base)[kept].mean():.0%} of {kept.sum():,} tracks")
        assert answer.table["n"].sum() == kept.sum()
        assert answer.table.groupby("genre")["share"].sum().to_numpy() == pytest.approx(1)

    def test_the_models_differ_on_the_tracks_that_are_listed(self, tagged):
        table = tags_agreement.differing(tagged, EVERYTHING).table
        assert len(table) > 0
        for row in table.itertuples():
            beside = tags_agreement.compared(tagged, row.row)
            assert row.genre_said != row.by_tags
            assert f"The base model says {row.genre_said} (" in beside.headline
            assert f"the tags speak for {row.by_tags} (" in beside.headline

    def test_a_track_without_tags_is_told_by_the_model_of_all_with_a_caveat(self, tagged):
        judged = np.isfinite(tagged.array("tags_oof_proba")[:, 0])
        without, with_tags = int(np.flatnonzero(~judged)[0]), int(np.flatnonzero(judged)[0])
        (caveat,) = tags.tags_of_track(tagged, without).caveats
        assert caveat.startswith("It carries none of the tags")
        assert tags.tags_of_track(tagged, with_tags).caveats == ()
        assert tags.tags_of_track(tagged, without).table["probability"].between(0, 1).all()

    def test_what_is_carried_is_marked_and_never_left_out(self, tagged):
        for row in range(40):
            carried = set(tagged.tracks["genres"][row].as_py())
            table = tags.tags_of_track(tagged, row).table
            assert set(table["name"][table["own"]]) == carried
            assert table["probability"].is_monotonic_decreasing

    def test_tags_that_are_told_better_than_chance_are_counted(self, tagged):
        answer = tags.by_tag(tagged)
        better = (answer.table["ap_low"] > answer.table["baseline_ap"]).sum()
        assert answer.caveats[0].startswith("All" if better == len(answer.table) else f"{better} of")

    def test_a_catalogue_of_one_genre_a_track_says_why_and_what_joins_tags(self, sample):
        assert "more than one genre" in tags.missing(sample)
        sentence, command = tags.remedy(sample)
        assert sentence.startswith("Join a table")
        assert " -m dash_app build TRACKS.csv ARTISTS_AND_GENRES.csv" in command

    def test_a_quick_build_of_tagged_tracks_says_how_to_learn_them(self, tmp_path):
        build(tagged_catalogue(400), tmp_path, seed=0, recipes=(CLUSTERS,))
        quick = Library(tmp_path).open("tagged")
        assert tags.missing(quick) == "Not learned in this quick build: build the catalogue thoroughly to see it."
        assert tags.remedy(quick)[0] == "Build this catalogue anew without --quick:"


class TestScreens:
    def test_without_tags_the_cards_are_gone_and_the_command_stands_there(self, client: TestClient):
        found = ask(client, "tags-grid.className").changes
        assert found["tags-grid.className"] == "grid is-gone"
        assert "dash_app build" in str(found["tags-missing.children"])

    def test_with_tags_a_focused_track_is_told_by_both_models(self, tagged, tagged_client):
        track = tagged.tracks["track_id"][3].as_py()
        said = str(ask(tagged_client, "tags-track.children", view_track_data=track).changes)
        assert tags_agreement.compared(tagged, 3).headline in said
        assert ask(tagged_client, "tags-grid.className").changes["tags-grid.className"] == "grid"

    def test_without_a_track_there_are_some_to_start_from(self, tagged, tagged_client):
        first = tags.starting_points(tagged, EVERYTHING).table["track_id"][0]
        assert first in str(ask(tagged_client, "tags-track.children").changes)

    @pytest.mark.parametrize(
        "card",
        [
            *(f"clusters-{part}" for part in ("choice", "apart", "sizes", "genres", "islands", "maps")),
            *(f"tags-{part}" for part in ("genre", "vector", "agreement", "correspondence", "by-tag", "overall")),
        ],
    )
    def test_every_card_has_an_address_of_its_own(self, card, tagged, tagged_client):
        query = {"track": tagged.tracks["track_id"][3].as_py(), "energy": "0.5.."}
        assert tagged_client.get(f"/charts/{card}", params=query).status_code == 200
        rows = tagged_client.get(f"/charts/{card}.json", params=query).json()
        assert rows["n_rows"] or card == "clusters-islands", rows["sentence"]
        assert_is_a_sentence(rows["sentence"])

    def test_programs_get_the_same(self, tagged, tagged_client):
        track, address = tagged.tracks["track_id"][3].as_py(), "/api/v1/catalogues/tagged"
        cut = tagged_client.get(f"{address}/clusters", params={"k": 4}).json()
        assert [one["name"] for one in cut["clusters"]] == list(selecting.cut_names(tagged, 4))
        assert sum(one["n_tracks"] for one in cut["clusters"]) == len(tagged)
        told = tagged_client.get(f"{address}/tracks/{track}/tags").json()
        assert told["headline"] == tags.tags_of_track(tagged, 3).headline
        assert tags_agreement.compared(tagged, 3).headline in told["caveats"]


class TestBothSides:
    QUIET = Selection(ranges=(Range("energy", high=0.4),))
    AGAINST = replace(LOUD, against=QUIET)

    def test_tracks_by_cluster_and_island_are_counted_on_both_sides(self, sample):
        for asked in (clusters.sizes, clusters_beside.islands):
            both, alone = (asked(sample, one, 4) for one in (self.AGAINST, self.QUIET))
            assert both.table["n_other"].tolist() == alone.table["n"].tolist()
            assert both.table["n"].tolist() == asked(sample, LOUD, 4).table["n"].tolist()
            said = " ".join([both.headline, *both.caveats]).lower()
            assert "energy over 0.50" in said
            assert "energy under 0.40" in said

    def test_genres_of_clusters_are_those_of_each_side(self, sample):
        both = clusters.genres_within(sample, self.AGAINST, 5)
        pd.testing.assert_frame_equal(both.facts["other"], clusters.genres_within(sample, self.QUIET, 5).table)
        assert both.headline.startswith("Energy over 0.50: ")
        assert " Energy under 0.40: " in both.headline

    def test_agreement_of_the_models_is_that_of_each_side(self, tagged):
        both = tags_agreement.agreement_within(tagged, self.AGAINST)
        pd.testing.assert_frame_equal(both.facts["other"], tags_agreement.agreement_within(tagged, self.QUIET).table)
        assert " Energy under 0.40: " in both.headline

    def test_another_side_without_tracks_is_said(self, sample):
        against = replace(LOUD, against=Selection(ranges=(Range("tempo", 1, 2),)))
        for asked in (clusters.sizes, clusters.genres_within, clusters_beside.islands):
            answer = asked(sample, against, 4)
            assert not answer.is_empty
            assert "too few tracks to draw" in answer.headline or "no tracks to compare with" in answer.caveats[0]

    def test_both_matrices_are_drawn_and_named(self, tagged_client):
        view = {"energy": "0.5..", "against": "energy:..0.4"}
        asked = ask(tagged_client, "clusters-genres-graph.figure", view_selection_data=view)
        by_view = tagged_client.get("/data/view", params={**view, "cards": "tags-agreement,clusters-islands"}).json()
        agreement, islands = (by_view["cards"][card]["figure"] for card in ("tags-agreement", "clusters-islands"))
        for figure in (asked.changes["clusters-genres-graph.figure"], agreement):
            assert [trace["type"] for trace in figure["data"]] == ["heatmap", "heatmap"]
            titles = [figure["layout"][axis]["title"]["text"] for axis in ("xaxis", "xaxis2")]
            assert titles == ["energy over 0.50 (%)", "energy under 0.40 (%)"]
        sizes = ask(tagged_client, "clusters-sizes-graph.figure", view_selection_data=view).changes
        for figure in filter(None, (sizes.get("clusters-sizes-graph.figure"), islands)):
            assert [trace["type"] for trace in figure["data"]] == ["bar", "bar", "scatter"]
