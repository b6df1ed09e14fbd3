"""Help desk: expected numbers were counted with regular expressions over the log's text, not with recipes."""

import gzip
import shutil
from collections import Counter, defaultdict

import pytest


@pytest.fixture
def desk(take, samples):
    return take("helpdesk", samples / "helpdesk")


def variants(taken) -> Counter[tuple[str, ...]]:
    by_ticket = defaultdict(list)
    for row in taken.rows("interactions"):
        by_ticket[row["episode"]].append((row["started_at"], row["touchpoint"]))
    return Counter(tuple(where for _, where in sorted(steps)) for steps in by_ticket.values())


def test_each_event_is_one_interaction_and_each_activity_one_touchpoint(desk):
    assert desk.counts() == {"touchpoints": 14, "interactions": 98, "customers": 15}
    places = Counter(desk["interactions"]["touchpoint"].to_pylist())
    assert places["take_in_charge_ticket"] == 20
    assert len(places) == 14


def test_ticket_is_an_episode_and_keeps_the_order_of_the_log(desk):
    assert sum(variants(desk).values()) == 18
    assert len(variants(desk)) == 14


def test_customers_are_companies_and_a_corrected_one_counts_as_last_given(desk):
    assert set(desk["customers"]["kind"].to_pylist()) == {"account"}
    accounts = set(desk["interactions"]["account_id"].to_pylist())
    assert accounts == set(desk["customers"]["account_id"].to_pylist())
    assert {"helpdesk Value 63", "helpdesk Value 261", "helpdesk Value 22"} <= accounts


def test_contact_says_whether_its_ticket_was_resolved(desk):
    contacts = [row["id"] for row in desk.rows("touchpoints", contact=True)]
    assert contacts == ["assign_seriousness"]
    outcomes = Counter(row["outcome"] for row in desk.rows("interactions", touchpoint="assign_seriousness"))
    assert outcomes == {"resolved": 15}


def test_unfinished_ticket_is_unresolved(take, samples, tmp_path):
    text = gzip.decompress((samples / "helpdesk/helpdesk.xes.gz").read_bytes()).decode()
    for done in ("Resolve ticket", "Closed", "Resolve SW anomaly", "RESOLVED", "VERIFIED"):
        text = text.replace(f'"{done}"', '"Wait"')
    (tmp_path / "helpdesk.xes").write_text(text)
    contacts = take("helpdesk", tmp_path).rows("interactions", touchpoint="assign_seriousness")
    assert {row["outcome"] for row in contacts} == {"unresolved"}


def test_tickets_are_care_and_faults_are_maintenance(desk):
    phases = Counter(row["phase"] for row in desk.rows("touchpoints"))
    assert phases == {"care": 6, "maintenance": 8}


def test_activity_that_the_catalogue_does_not_know_is_rejected(take, samples, tmp_path):
    text = gzip.decompress((samples / "helpdesk/helpdesk.xes.gz").read_bytes()).decode()
    (tmp_path / "helpdesk.xes").write_text(text.replace('"Insert ticket"', '"Make coffee"'))
    got = take("helpdesk", tmp_path)
    assert [(r.code, r.column, r.value) for r in got.rejects] == [
        ("value.not_allowed", "concept:name", "Make coffee")
    ]
    assert got.rejects[0].raw["time:timestamp"].startswith("20")
    assert got["interactions"].num_rows == 97


def test_broken_gzip_keeps_what_came_before(take, samples, tmp_path):
    whole = (samples / "helpdesk/helpdesk.xes.gz").read_bytes()
    shutil.copy(samples / "helpdesk/helpdesk.xes.gz", tmp_path)
    (tmp_path / "helpdesk.xes.gz").write_bytes(whole[: len(whole) * 3 // 4])
    got = take("helpdesk", tmp_path)
    assert [r.code for r in got.rejects] == ["file.truncated"]
    assert 0 < got["interactions"].num_rows < 98


@pytest.mark.shared
def test_whole_log_gives_all_tickets_events_and_variants(take, shared_data):
    got = take("helpdesk", shared_data / "log_helpdesk_it")
    assert got["interactions"].num_rows == 21_348
    assert sum(variants(got).values()) == 4_580
    assert len(variants(got)) == 226
    assert len(set(got["interactions"]["touchpoint"].to_pylist())) == 14
    assert got.rejects == ()
