"""Trends: planted slopes and changes come back in tables and sentences, and years that say little are flagged."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from analytics.certainty import changes_sentence, how_sure
from analytics.changes import Change
from data.fields import FIELDS
from models.recipes.trend_tables import (
    FEW,
    change_sentence,
    decade_table,
    few_sentence,
    is_noticeable,
    precision_sentence,
    year_table,
)
from tests.models.quick import TRENDS, fitted, planted
from tests.planting import planted_catalogue, with_column, without


def shifted(catalogue, column, by, *, since):
    """The catalogue with one feature raised from a year on."""
    later = catalogue.column("release_year") >= since
    return with_column(catalogue, column, pa.array((catalogue.column(column) + by * later).astype(np.float32)))


@pytest.fixture(scope="module")
def changed():
    """What is left of a catalogue whose tempo jumps in 2000, while its loudness rises steadily."""
    return TRENDS.fit(shifted(planted_catalogue(2500), "tempo", 40.0, since=2000), seed=0)


def test_only_the_planted_change_is_found_with_its_year(changed):
    table = changed.tables["trend_changes"].to_pandas()
    assert table.field.tolist()[0] == "tempo"
    assert table.field.tolist().count("tempo") == 1
    assert "loudness" not in set(table.field)
    one = table.iloc[0]
    assert abs(one.year - 2000) <= 1
    assert one.low_year <= 2000 <= one.high_year
    assert one.after - one.before == pytest.approx(40, abs=8)
    assert one.confidence > 0.9
    assert one.sentence.startswith(f"Tempo jumped from {one.before:.0f} BPM to {one.after:.0f} BPM in {one.year}")


def test_where_nothing_changes_its_course_that_is_said():
    every = [TRENDS.fit(planted_catalogue(1500, seed=seed), seed=0) for seed in range(4)]
    assert sum(found.facts["n_changes"] for found in every) <= 2  # of 44 features; one in forty is claimed by chance
    quiet = next(found for found in every if not found.facts["n_changes"])
    assert quiet.facts["changes_sentence"].startswith("Not one of 11 features changes its course")
    assert "trend_changes" not in quiet.tables


def test_years_and_decades_hold_the_medians_of_their_tracks():
    catalogue = planted()
    years, energy = catalogue.column("release_year"), catalogue.column("energy")
    by_year = fitted("trends").tables["trend_years"].to_pandas().query("field == 'energy'").set_index("year")
    assert by_year["median"][1994] == pytest.approx(np.median(energy[years == 1994]))
    assert by_year.n.sum() == len(catalogue)
    assert (by_year.few == (by_year.n < FEW)).all()
    decades = fitted("trends").tables["trend_decades"].to_pandas().query("field == 'energy'").set_index("decade")
    assert decades.index.tolist() == [1980, 1990, 2000, 2010]
    own = energy[(years >= 2000) & (years < 2010)]
    assert decades["median"][2000] == pytest.approx(np.median(own))
    assert (decades.low <= decades["median"]).all() and (decades["median"] <= decades.high).all()


def test_genre_shares_of_a_year_add_up_to_1():
    shares = fitted("trends").tables["trend_shares"].to_pandas()
    assert shares.groupby("year").share.sum().to_numpy() == pytest.approx(1)
    assert set(shares.genre) == {f"genre {g}" for g in range(4)}


def test_without_genres_there_are_no_shares():
    found = TRENDS.fit(without(planted(), "genre", "genres"), seed=0)
    assert "trend_shares" not in found.tables


def test_a_year_or_decade_lies_where_it_should():
    years = np.array([1969.0, 1970.0, 1979.0, 1980.0])
    edges = np.arange(1969, 1982) - 0.5
    columns = {"energy": np.array([0.1, 0.2, 0.3, 0.4])}
    assert year_table(columns, years, edges)["year"].to_pylist() == [1969, 1970, 1979, 1980]
    decades = decade_table(columns, years, fewest=1).to_pydict()
    assert (decades["decade"], decades["n"]) == ([1960, 1970, 1980], [1, 2, 1])
    assert decade_table(columns, years, fewest=2)["decade"].to_pylist() == [1970]


def test_how_exactly_dates_are_known_is_counted_and_said():
    catalogue = planted()
    precisions = np.where(np.arange(500) < 100, "year", np.where(np.arange(500) < 110, "month", "day"))
    tracks = catalogue.tracks.append_column("release_precision", pa.array(precisions.tolist(), pa.string()))
    facts = TRENDS.fit(type(catalogue)(catalogue.name, tracks, catalogue.rejected, catalogue.provenance), seed=0).facts
    assert facts["precision"] == {"year": 100, "month": 10, "day": 390}
    assert facts["precision_sentence"].startswith(
        "100 of 500 dates (20%) are known only to the year and 10 to the month"
    )
    assert fitted("trends").facts["precision"] == {}
    assert precision_sentence({"day": 12}) == "All 12 dates are known to the day; only their years are used."


def test_years_with_few_tracks_are_counted_in_a_sentence():
    assert few_sentence(0, 40) == ""
    assert few_sentence(1, 40).startswith("1 year has fewer than 30 tracks, of 40")
    assert few_sentence(7, 40).startswith("7 years have")


def test_a_change_in_few_resamples_is_a_weak_sign_and_not_counted():
    said = changes_sentence(["energy", "energy", "tempo", "valence"], [0.95, 0.51, 0.8, 0.14], 10)
    assert said.startswith("2 of 10 features change their course, 3 times in all")
    assert "the year is fairly sure (at least 80%) of 2." in said
    assert "1 weaker sign is listed apart and not counted." in said
    alone = changes_sentence(["valence"], [0.49], 10)
    assert alone.startswith("Not one of 10 features changes its course in at least half of the resamples.")
    assert [how_sure(share) for share in (0.8, 0.79, 0.5, 0.49)] == [
        "fairly sure",
        "not sure",
        "not sure",
        "a weak sign",
    ]


def test_only_changes_in_half_of_the_resamples_are_counted_as_facts():
    catalogue = shifted(planted_catalogue(700), "tempo", 14.0, since=2000)
    found = TRENDS.fit(shifted(catalogue, "valence", 0.9, since=1995), seed=0)
    table = found.tables["trend_changes"].to_pandas()
    assert found.facts["n_changes"] == (table.confidence >= 0.5).sum() >= 1
    assert found.facts["n_weak_changes"] == (table.confidence < 0.5).sum() >= 1
    weak = table[table.confidence < 0.5].sentence
    assert weak.str.startswith("Perhaps ").all() and weak.str.contains("a weak sign, seen in ").all()


def test_a_turn_and_a_doubtful_year_are_told_as_such():
    turn = Change(1990, 1985, 1994, 0.3, 0.5, 0.5, 0.02, 0.001, -0.002)
    said = change_sentence(FIELDS["energy"], turn)
    assert "changed its course in 1990 (95% interval 1985 to 1994)" in said
    assert "rising 0.010 a decade before and falling 0.020 a decade after" in said
    assert said.startswith("Perhaps energy changed its course")
    assert said.endswith("a weak sign, seen in 30% of resamples.")
    sure = change_sentence(FIELDS["energy"], turn._replace(confidence=0.9))
    assert sure.endswith("fairly sure: a change within a year of that is in 90% of resamples.")
    assert is_noticeable(FIELDS["energy"], turn)
    assert not is_noticeable(FIELDS["energy"], turn._replace(slope_before=0.0, slope_after=1e-6))
