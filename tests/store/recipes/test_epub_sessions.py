"""Epub: its licence keeps it out of this repository, so the rows here are made up in its shape."""

from datetime import UTC, datetime

import duckdb
import pytest

from viaggio import measure

ROWS = """session,timestamp,document
s1,2003-07-02 01:59:00,doc_1
s2,2003-01-02 12:46:01,doc_1
s1,2003-07-02 01:59:00,doc_2
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "epub_sessions.csv").write_text(ROWS)
    return tmp_path


def test_session_is_one_visit_with_a_page_per_document(take, folder):
    got = take("epub_sessions", folder)
    assert got.counts() == {"touchpoints": 1, "interactions": 3, "visits": 2}
    assert [(row["id"], row["pages"]) for row in got.rows("visits")] == [("s1", 2), ("s2", 1)]


def test_moments_are_local_to_vienna_in_summer_and_winter(take, folder):
    summer, winter = take("epub_sessions", folder).rows("visits")
    assert summer["started_at"] == datetime(2003, 7, 1, 23, 59, tzinfo=UTC)
    assert winter["started_at"] == datetime(2003, 1, 2, 11, 46, 1, tzinfo=UTC)


def test_document_at_another_moment_of_its_session_is_rejected(take, folder):
    file = folder / "epub_sessions.csv"
    file.write_text(ROWS + "s2,2003-01-02 12:46:02,doc_2\n")
    got = take("epub_sessions", folder)
    assert [(r.line, r.code, r.column) for r in got.rejects] == [(5, "row.contradicts", "timestamp")]
    assert got["interactions"].num_rows == 3


@pytest.mark.shared
def test_whole_set_gives_all_sessions_and_documents(take, shared_data):
    got = take("epub_sessions", shared_data / "epub_sessions")
    assert got["visits"].num_rows == 15_729
    assert got["interactions"].num_rows == 25_893
    assert len(set(got["interactions"]["properties"].to_pylist())) == 936
    assert got.rejects == ()


@pytest.mark.shared
def test_digital_figures_of_the_whole_set_equal_sql_on_the_file(take, shared_data):
    """Documents of a session share its moment: no order is known, so nobody goes back or gets stuck."""
    folder = shared_data / "epub_sessions"
    got = take("epub_sessions", folder)
    counted = "select avg(n) from (select count(*) as n from read_csv($file) group by session)"
    ((pages,),) = duckdb.sql(counted, params={"file": str(folder / "epub_sessions.csv.gz")}).fetchall()
    (reading,) = measure.read("pages_per_visit", visits=got["visits"])
    assert reading.n == 15_729
    assert reading.value == pytest.approx(pages, rel=1e-9)
    assert round(reading.value, 3) == 1.646
    tables = {name: got[name] for name in ("visits", "interactions")}
    for slug in ("conversion", "back_and_forth", "rage_clicks", "dead_ends", "ease_of_exploring"):
        (reading,) = measure.read(slug, **tables)
        assert (reading.value, reading.n) == (None, 0)
