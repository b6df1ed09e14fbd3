"""XES logs of unknown origin: attributes, order, and files that mean harm."""

import json
from datetime import UTC, datetime

import pytest

from viaggio.kernel import BadFile
from viaggio.store.recipes import BadOption, xes
from viaggio.store.recipes.xes import slug_of

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def event(activity: str, moment: str, more: str = "") -> str:
    return (
        f'<event><string key="concept:name" value="{activity}"/>'
        f'<date key="time:timestamp" value="{moment}"/>{more}</event>'
    )


def trace(name: str, *events: str) -> str:
    return f'<trace><string key="concept:name" value="{name}"/>{"".join(events)}</trace>'


@pytest.fixture
def log(tmp_path):
    def write(*traces: str, head: str = HEAD, root: str = "log"):
        space = ' xmlns="http://www.xes-standard.org/"'
        (tmp_path / "any.xes").write_text(f"{head}<{root}{space}>{''.join(traces)}</{root}>")
        return tmp_path

    return write


def test_activities_become_touchpoints_of_the_phase_given(take, log):
    folder = log(trace("c1", event("Prüfung, 1.", "2020-01-01T10:00:00+01:00")))
    got = take("xes", folder, phase="maintenance", channel="technician", owner="field_service")
    place = got.rows("touchpoints")[0]
    assert (place["id"], place["name_en"], place["owner_function"]) == (
        "prufung_1",
        "Prüfung, 1.",
        "field_service",
    )
    done = got.rows("interactions")[0]
    assert (done["phase"], done["channel"], done["episode"]) == ("maintenance", "technician", "c1")
    assert done["started_at"] == datetime(2020, 1, 1, 9, tzinfo=UTC)


def test_events_of_one_moment_keep_their_order_a_microsecond_apart(take, log):
    moment = "2020-01-01T10:00:00Z"
    folder = log(trace("c", event("b", moment), event("a", moment), event("c", moment)))
    rows = take("xes", folder).rows("interactions")
    assert [row["touchpoint"] for row in sorted(rows, key=lambda row: row["started_at"])] == ["b", "a", "c"]
    assert [row["started_at"].microsecond for row in rows] == [0, 1, 2]
    assert {json.loads(row["properties"])["time:timestamp"] for row in rows} == {moment}


def test_customer_is_the_attribute_of_the_trace_else_the_last_of_its_events_else_the_case(take, log):
    who = '<string key="who" value="{}"/>'
    named = trace("c1", event("a", "2020-01-01T10:00:00Z")).replace("<trace>", "<trace>" + who.format("Ada"))
    by_event = trace(
        "c2",
        event("a", "2020-01-01T10:00:00Z", who.format("Bob")),
        event("b", "2020-01-01T11:00:00Z", who.format("Bea")),
    )
    folder = log(named, by_event, trace("c3", event("a", "2020-01-01T10:00:00Z")))
    rows = take("xes", folder, customer="who").rows("interactions")
    assert [row["customer_number"] for row in rows] == ["Ada", "Bea", "Bea", "case c3"]


def test_nested_attributes_are_kept_under_their_path(take, log):
    nested = '<string key="part" value="x"><int key="weight" value="3"/></string>'
    folder = log(trace("c", event("a", "2020-01-01T10:00:00Z", nested)))
    kept = json.loads(take("xes", folder).rows("interactions")[0]["properties"])
    assert (kept["part"], kept["part/weight"]) == ("x", "3")


def test_case_named_twice_gives_events_with_ids_of_their_own(take, log):
    twice = trace("c", event("a", "2020-01-01T10:00:00Z"))
    rows = take("xes", log(twice, twice)).rows("interactions")
    assert [row["id"] for row in rows] == ["c-1", "c-1-2"]


def test_activities_that_differ_by_signs_only_stay_two(take, log):
    folder = log(trace("c", event("A!", "2020-01-01T10:00:00Z"), event("A?", "2020-01-01T11:00:00Z")))
    assert [row["id"] for row in take("xes", folder).rows("touchpoints")] == ["a", "a_"]
    assert slug_of("???") == "activity"


def test_bad_events_and_empty_cases_are_rejected_and_the_rest_is_taken(take, log):
    folder = log(
        trace(
            "c1",
            event("a", "yesterday"),
            event("b", "2020-01-01T10:00:00Z"),
            event("", "2020-01-01T10:00:00Z"),
        ),
        trace("c2"),
    )
    got = take("xes", folder)
    assert [(r.line, r.code, r.column, r.value) for r in got.rejects] == [
        (1, "value.not_a_time", "time:timestamp", "yesterday"),
        (3, "value.missing", "concept:name", ""),
        (2, "row.no_events", "", ""),
    ]
    assert [row["touchpoint"] for row in got.rows("interactions")] == ["b"]


def test_log_that_breaks_off_keeps_its_whole_cases(take, log, tmp_path):
    folder = log(
        trace("c1", event("a", "2020-01-01T10:00:00Z")), trace("c2", event("b", "2020-01-01T10:00:00Z"))
    )
    text = (folder / "any.xes").read_text()
    (folder / "any.xes").write_text(text[: text.index("c2") + 10])
    got = take("xes", folder)
    assert [r.code for r in got.rejects] == ["file.broken_off"]
    assert got["interactions"].num_rows == 1


@pytest.mark.parametrize(
    ("head", "root", "code"),
    [
        ('<!DOCTYPE log [<!ENTITY a "aaaa">]>', "log", "file.entities"),
        ('<!DOCTYPE log SYSTEM "file:///etc/passwd">', "log", "file.entities"),
        ("", "catalogue", "file.bad_xes"),
        ("no XML at all", "log", "file.bad_xes"),
    ],
)
def test_what_is_no_log_or_means_harm_is_refused(take, log, head, root, code):
    folder = log(trace("c", event("a", "2020-01-01T10:00:00Z")), head=head, root=root)
    with pytest.raises(BadFile) as refused:
        take("xes", folder)
    assert refused.value.code == code


def test_case_without_end_is_refused_before_memory_is(take, log, monkeypatch):
    monkeypatch.setattr(xes, "_HELD", 100)
    folder = log(trace("c", *(event("a", "2020-01-01T10:00:00Z") for _ in range(30))))
    with pytest.raises(BadFile) as refused:
        take("xes", folder)
    assert refused.value.code == "file.bomb"


def test_option_outside_the_known_words_is_refused(take, log):
    folder = log(trace("c", event("a", "2020-01-01T10:00:00Z")))
    with pytest.raises(BadOption, match="'moon' can not be the channel"):
        take("xes", folder, channel="moon")


@pytest.mark.shared
def test_front_office_log_gives_all_its_events(take, shared_data):
    got = take("xes", shared_data / "log_receipt")
    assert got["interactions"].num_rows == 8_577
    assert len(set(got["interactions"]["episode"].to_pylist())) == 1_434
    assert got.rejects == ()
