from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.mapping.dates import dates

TODAY = date(2024, 6, 15)


def column(*cells) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(cells)])


def read(*cells, unit: str = ""):
    return dates(column(*cells), unit=unit, today=TODAY)


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("1999", "1999"),
        ("1999.0", "1999"),
        ("1999-11", "1999-11"),
        ("1999/11", "1999-11"),
        ("1999-11-05", "1999-11-05"),
        ("1999-2-3", "1999-02-03"),
        ("1999/02/03", "1999-02-03"),
        ("1999.02.03", "1999-02-03"),
        ("19990203", "1999-02-03"),
        ("2000-02-29T12:00:00Z", "2000-02-29"),
        ("2000-02-29 12:00:00.000", "2000-02-29"),
        ("26 Nov 2008", "2008-11-26"),
        ("26th November, 2008", "2008-11-26"),
        ("26-Nov-08", "2008-11-26"),
        ("Wed, 26 Nov 2008 01:48:00 GMT", "2008-11-26"),
        ("Nov 26, 2008", "2008-11-26"),
        ("november 2008", "2008-11"),
        ("Nov-98", "1998-11"),
        ("11/2008", "2008-11"),
        ("26/11/2008", "2008-11-26"),
        ("11/26/2008 1:48", "2008-11-26"),
        ("11/26/68", "1968-11-26"),
        ("5/5/2008", "2008-05-05"),
        ("03.04.2008", "2008-04-03"),
        ("1999-13-45", "1999"),
        ("1999-0-5", "1999"),
        ("1999-123", "1999"),
        ("1999-02-30", "1999-02"),
        ("(P) 1999 Someone", "1999"),
        ("c. 1999", "1999"),
    ],
)
def test_dates_are_known_as_far_as_they_are_written(written, known):
    found = read(written)
    assert found.text.to_pylist() == [known]
    assert found.precision.to_pylist() == [("year", "month", "day")[known.count("-")]]
    assert found.year.tolist() == [int(known[:4])]
    assert found.n_unread == 0


@pytest.mark.parametrize(
    "written", ["soon", "90s", "1990s", "'80s", "the 70s", "0000", "1700-01-01", "2030", "2024-07"]
)
def test_what_has_no_year_or_an_impossible_one_is_missing_and_counted(written):
    found = read(written, None)
    assert found.text.to_pylist() == [None, None]
    assert np.isnan(found.year).all()
    assert found.n_unread == 1


def test_the_whole_column_decides_on_day_and_month():
    assert read("3/4/2008", "3/26/2008").text.to_pylist() == ["2008-03-04", "2008-03-26"]
    assert read("3/4/2008", "26/3/2008").text.to_pylist() == ["2008-04-03", "2008-03-26"]
    assert read("3/4/2008", "26/3/2008").order == "day/month"


def test_most_dates_decide_where_some_contradict():
    found = read("3/4/2008", "26/3/2008", "27/3/2008", "3/28/2008")
    assert found.text.to_pylist() == ["2008-04-03", "2008-03-26", "2008-03-27", "2008-03-28"]


def test_where_nothing_decides_the_year_alone_is_known():
    found = read("3/4/2008", "5/5/2009")
    assert found.text.to_pylist() == ["2008", "2009-05-05"]
    assert found.notes == (
        "Nothing says whether the day or the month stands first in 1 dates: their years alone are kept.",
    )
    assert read("3/4/2008", unit="month/day").text.to_pylist() == ["2008-03-04"]


def test_notes_count_what_was_left_out():
    found = read("90s", "80s", "2030-01-01", "1700")
    assert found.notes == (
        "A decade is no year: 2 dates are missing.",
        "1 date lies after 2024-06-15 and is missing.",
        "1 date lies before 1860 and is missing.",
    )


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        ((1999, 2004, None), ["1999", "2004", None]),
        ((1999.0, 2004.0, None), ["1999", "2004", None]),
        ((1999.0, float("nan"), float("inf")), ["1999", None, None]),
        ((36526, 39778, 0), ["2000-01-01", "2008-11-26", None]),
        ((19990203, 20081126), ["1999-02-03", "2008-11-26"]),
        ((946_684_800, 1_227_657_600), ["2000-01-01", "2008-11-26"]),
        ((946_684_800_000, 1_227_657_600_000), ["2000-01-01", "2008-11-26"]),
        ((date(1999, 2, 3), None), ["1999-02-03", None]),
        ((datetime(1999, 2, 3, 4, 5), None), ["1999-02-03", None]),
    ],
)
def test_numbers_and_timestamps_are_dates_too(cells, known):
    assert read(*cells).text.to_pylist() == known


@given(st.dates(date(1900, 1, 1), date(2024, 6, 15)), st.sampled_from(["%Y-%m-%d", "%d %b %Y", "%B %d, %Y", "%Y%m%d"]))
def test_a_written_date_is_read_back(day, form):
    assert read(day.strftime(form)).text.to_pylist() == [day.isoformat()]


@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.from_regex(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"))))
def test_any_text_is_read_or_counted(cells):
    found = dates(pa.chunked_array([pa.array(cells, pa.string())]), today=TODAY)
    n_present = sum(cell is not None for cell in cells)
    assert int(np.isfinite(found.year).sum()) + found.n_unread == n_present
    assert found.text.null_count == found.precision.null_count == int(np.isnan(found.year).sum())
