"""The map as arrays: what a browser gets equals what is asked, bit by bit and count by count."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from dash_app.answers import map_view
from dash_app.answers.map import first_view, map_facts, map_points, mark_tables
from dash_app.answers.map_colours import categories, colourings, is_coded, map_values
from dash_app.answers.map_layouts import PCA, TSNE, UMAP, UMAP_3D, layout_options, layouts, positions_of
from dash_app.answers.map_view import Box
from dash_app.answers.map_words import layout_sentence
from dash_app.answers.selecting import selected
from dash_app.map_look import palette_of
from data.fields import NOTES
from data.selection import MAP_EXTENT, Selection

EVERYTHING = Box(0, MAP_EXTENT, 0, MAP_EXTENT, 64, 48)
ROCK = Selection(genres=("rock",))


def parts(packed: bytes) -> tuple[np.ndarray, bytes]:
    """Return the numbers that lead an answer, and what follows."""
    raw = gzip.decompress(packed)
    return np.frombuffer(raw[:28], np.int32), raw[28:]


def test_positions_are_those_of_the_map(sample):
    both = np.frombuffer(gzip.decompress(map_view.positions(sample)), np.int16)
    assert np.array_equal(both[: len(sample)], sample.columns["map_x"])
    assert np.array_equal(both[len(sample) :], sample.columns["map_y"])


def test_a_mask_is_a_bit_per_track(sample):
    bits = np.unpackbits(np.frombuffer(gzip.decompress(map_view.mask(sample, ROCK)), np.uint8))
    assert np.array_equal(bits[: len(sample)].astype(bool), selected(sample, ROCK))


def test_what_it_is_compared_with_is_a_mask_too(sample):
    against = Selection(genres=("rock",), against=Selection(genres=("metal",)))
    bits = np.unpackbits(np.frombuffer(gzip.decompress(map_view.other_mask(sample, against)), np.uint8))
    assert np.array_equal(bits[: len(sample)].astype(bool), selected(sample, Selection(genres=("metal",))))
    rest = np.unpackbits(
        np.frombuffer(
            gzip.decompress(map_view.other_mask(sample, Selection(genres=("rock",), against="rest"))), np.uint8
        )
    )
    assert np.array_equal(rest[: len(sample)].astype(bool), ~selected(sample, ROCK))
    assert not any(gzip.decompress(map_view.other_mask(sample, ROCK)))


def test_every_layout_has_positions_of_all_tracks_and_a_sentence_with_its_own_scores(sample):
    judged = sample.table("map_quality").to_pandas()
    for layout in layouts(sample):
        positions = np.frombuffer(gzip.decompress(map_view.positions(sample, layout)), np.int16)
        assert np.array_equal(positions.reshape(-1, len(sample)).T, positions_of(sample, layout))
        own = judged[judged["map"] == {"umap": "map_xy"}.get(layout, f"map_{layout}")]
        said = layout_sentence(sample, layout)
        assert (
            f"Trustworthiness {own['trustworthiness'].iloc[0]:.2f}, continuity {own['continuity'].iloc[0]:.2f}" in said
        )


def test_a_layout_that_the_build_did_not_leave_is_refused_and_offered_with_the_reason(sample, client):
    assert UMAP_3D not in layouts(sample)
    (entry,) = [one for one in layout_options(sample) if one["value"] == UMAP_3D]
    assert entry["disabled"]
    assert "thorough builds only" in str(entry["label"])
    answer = client.get(f"/data/map/sample/{sample.id}/positions?layout=umap3")
    assert answer.status_code == 409
    assert "no map by UMAP in 3-D" in answer.json()["error"]["sentence"]


def test_a_sample_by_t_sne_says_how_many_it_leaves_out(sample):
    n_placed = int((positions_of(sample, TSNE)[:, 0] >= 0).sum())
    assert n_placed < len(sample)
    assert layout_sentence(sample, TSNE).startswith(
        f"{n_placed:,} of {len(sample):,} tracks, a sample, laid out by t-SNE"
    )
    assert len(map_points(sample, "genre", TSNE).table) == n_placed
    head, rest = parts(map_view.view(sample, EVERYTHING, "genre", Selection(), TSNE))
    assert head[1] == n_placed
    rows = np.frombuffer(rest[: 4 * n_placed], np.int32)
    assert (positions_of(sample, TSNE)[rows] >= 0).all()


def test_a_lasso_on_another_layout_selects_what_lies_in_it_there(sample):
    x, y = positions_of(sample, PCA).T
    box = Selection.from_query({"lasso": "pca.5000.5000.17000.5000.17000.17000.5000.17000"})
    inside = (x > 5_000) & (x < 17_000) & (y > 5_000) & (y < 17_000)
    assert 0 < inside.sum() < len(sample)
    edge = np.isin(x, (5_000, 17_000)) | np.isin(y, (5_000, 17_000))
    assert np.array_equal(selected(sample, box)[~edge], inside[~edge])
    drawn_on_umap = Selection.from_query({"lasso": "5000.5000.17000.5000.17000.17000.5000.17000"})
    assert not np.array_equal(selected(sample, box), selected(sample, drawn_on_umap))


def test_rings_lie_where_their_tracks_do_and_only_there(sample):
    row = int(np.flatnonzero(positions_of(sample, TSNE)[:, 0] < 0)[0])
    tables = mark_tables(sample, [row], n_neighbours=3)
    assert tables[UMAP].iloc[-1][["x", "y"]].tolist() == positions_of(sample, UMAP)[row].tolist()
    assert "track" not in set(tables[TSNE]["kind"])
    assert (tables[TSNE]["x"] >= 0).all()


def test_a_map_alone_is_a_seeded_sample_that_says_so(sample):
    some = map_points(sample, "genre", most=500)
    assert len(some.table) == 500
    assert some.caveats == ("500 of them, chosen at random, are drawn here.",)
    assert some.table.equals(map_points(sample, "genre", most=500).table)
    every = map_points(sample, "genre")
    assert (len(every.table), every.caveats) == (len(sample), ())


def test_a_map_alone_shows_what_is_selected_and_what_with_before_the_others(sample):
    metal = Selection(genres=("metal",), against=Selection(genres=("rock",)))
    n_metal, n_rock = (int(selected(sample, Selection(genres=(name,))).sum()) for name in ("metal", "rock"))
    every = map_points(sample, "genre", selection=metal)
    assert every.table["selected"].sum() == n_metal
    assert every.table["compared"].sum() == n_rock
    assert every.caveats == (
        f"{n_metal:,} are selected and drawn in colour; {n_rock:,} in brown are what they are compared with.",
    )
    some = map_points(sample, "genre", selection=metal, most=n_metal + 100)
    assert (some.table["selected"].sum(), some.table["compared"].sum()) == (n_metal, 100)
    assert "those selected and compared with first, are drawn here" in some.caveats[0]
    assert "selected" not in map_points(sample, "genre").table


def test_keys_and_modes_are_names_with_a_colour_each(sample):
    assert categories(sample, "key") == list(NOTES)
    assert categories(sample, "mode") == ["minor", "major"]
    keys = map_values(sample, "key")
    known = np.isfinite(sample.columns["key"])
    assert np.array_equal(keys[known], sample.columns["key"][known])
    assert (keys[~known] == -1).all()
    colours = palette_of(sample, list(NOTES))
    assert len(set(colours)) == len(NOTES)
    assert map_facts(sample, "key")["labels"].empty, "tracks of a key lie everywhere"


def test_a_map_by_numbers_leaves_room_for_its_colour_bar(sample):
    (left, right), (bottom, top) = map_facts(sample, "energy")["view"]
    assert (left, right) == first_view(sample)[0]
    assert top == first_view(sample)[1][1]
    assert bottom < first_view(sample)[1][0] - 0.1 * (first_view(sample)[1][1] - first_view(sample)[1][0])


def test_a_film_of_the_years_begins_where_the_dates_do(sample, planted):
    assert map_view.years_shown(sample) is None
    first, last = map_view.years_shown(planted)
    years = planted.columns["release_year"]
    assert np.nanmin(years) <= first < last == np.nanmax(years)


def test_every_colouring_has_a_code_per_track(sample):
    for colour in colourings(sample):
        codes = map_view.colour_codes(sample, colour)
        names = categories(sample, colour)
        assert codes.dtype == np.uint8
        assert codes.shape == (len(sample),)
        known = codes[codes != map_view.MISSING]
        if is_coded(sample, colour):
            assert known.max() < len(names), colour  # of codes that may be, not all are there
        else:
            assert known.max() == (254 if names is None else len(names) - 1), colour


def test_prediction_error_is_largest_where_the_true_genre_is_least_likely(sample):
    error = map_values(sample, "error")
    known = error[np.isfinite(error)]
    assert ((known >= 0) & (known <= 1)).all()
    right = np.argmax(np.nan_to_num(sample.array("genre_oof_proba")), axis=1)
    classes = list(sample.facts("genre")["classes"])
    recognised = np.array(classes)[right] == np.array(sample.genre_names)[sample.columns["genre"]]
    assert np.nanmean(error[recognised]) < np.nanmean(error[~recognised])


def test_few_tracks_in_view_are_points(sample):
    head, rest = parts(map_view.view(sample, EVERYTHING, "genre", ROCK))
    kind, n, chosen = head[:3]
    assert (kind, n, chosen) == (map_view.POINTS, len(sample), selected(sample, ROCK).sum())
    rows = np.frombuffer(rest[: 4 * n], np.int32)
    picked = np.frombuffer(rest[-n:], np.uint8).astype(bool)
    assert np.array_equal(picked, selected(sample, ROCK)[rows])


@pytest.mark.parametrize("colour", ["genre", "energy"])
def test_many_are_a_raster_whose_counts_are_exact(sample, colour, monkeypatch):
    monkeypatch.setattr(map_view, "MOST_IN_VIEW", 100)
    box = Box(4_000, 26_000, 5_000, 27_000, 30, 20)
    head, rest = parts(map_view.view.__wrapped__(sample, box, colour, ROCK))
    x, y = sample.columns["map_x"], sample.columns["map_y"]
    inside = (x >= box.x0) & (x <= box.x1) & (y >= box.y0) & (y <= box.y1)
    assert head[0] == map_view.RASTER
    assert head[1] == inside.sum()
    assert head[2] == (inside & selected(sample, ROCK)).sum()
    assert tuple(head[3:5]) == (30, 20)
    cells = np.frombuffer(rest, np.uint8).reshape(3, 20, 30)
    expected = np.histogram2d(y[inside], x[inside], bins=(20, 30), range=((5_000, 27_000), (4_000, 26_000)))[0]
    assert abs(int(((cells[0] > 0) != (expected > 0)).sum())) <= 6  # tracks on the very edge of a cell
    assert cells[0].max() == 255
    assert ((cells[1] > 0) <= (cells[0] > 0)).all()
    assert head[6] == -1
    other = map_view.view.__wrapped__(sample, box, colour, Selection(genres=("rock",), against="rest"))
    head, rest = parts(other)
    assert head[6] == (inside & ~selected(sample, ROCK)).sum()
    assert ((np.frombuffer(rest, np.uint8).reshape(4, 20, 30)[3] > 0) <= (cells[0] > 0)).all()


def test_a_small_view_looks_at_no_other_tracks(sample):
    box = Box(15_000, 17_000, 15_000, 17_000, 10, 10)
    head, rest = parts(map_view.view(sample, box, "genre", Selection()))
    rows = np.frombuffer(rest[: 4 * head[1]], np.int32)
    x, y = sample.columns["map_x"][rows], sample.columns["map_y"][rows]
    assert ((x >= 15_000) & (x <= 17_000) & (y >= 15_000) & (y <= 17_000)).all()


class TestAddresses:
    def start(self, client) -> dict:
        return client.get("/data/map/default/now/start").json()

    def test_the_start_says_what_to_paint_by(self, client, sample):
        start = self.start(client)
        assert start["bundle"] == sample.id
        assert start["names"] == list(sample.genre_names)
        assert len(start["palette"]) == len(start["names"])

    @pytest.mark.parametrize(
        ("part", "n_bytes"), [("positions", 4), ("colours?colour=genre", 1), ("colours?colour=energy", 1)]
    )
    def test_arrays_have_so_many_bytes_a_track_and_are_kept(self, part, n_bytes, client, sample):
        answer = client.get(f"/data/map/sample/{sample.id}/{part}")
        assert len(answer.content) == n_bytes * len(sample)
        assert "immutable" in answer.headers["cache-control"]

    @pytest.mark.parametrize(
        ("part", "status", "sentence"),
        [
            ("mask?genre=polka", 400, "no genre named 'polka'"),
            ("mask?energy=loud", 400, "cannot be read"),
            ("colours?colour=smell", 400, "no colouring 'smell'"),
            ("years", 409, "no release dates"),
            ("positions?layout=smell", 400, "no layout 'smell'"),
            ("mask?lasso=pca.1.2", 400, "cannot be read"),
            ("view?colour=genre&layout=umap3&box=0,10,0,10,8,8", 400, "Three dimensions have no part in view"),
            ("view?box=1,2,3", 400, "This view cannot be read"),
            ("view?colour=genre&box=0,10,0,10,9999,9999", 400, "This view cannot be read"),
        ],
    )
    def test_what_cannot_be_answered_is_said(self, part, status, sentence, client, sample):
        answer = client.get(f"/data/map/sample/{sample.id}/{part}")
        assert answer.status_code == status
        assert sentence in answer.json()["error"]["sentence"]

    def test_an_older_bundle_is_not_mixed_with_the_current_one(self, client):
        answer = client.get("/data/map/sample/0123456789abcdef/positions")
        assert answer.status_code == 400
        assert "built anew" in answer.json()["error"]["sentence"]
