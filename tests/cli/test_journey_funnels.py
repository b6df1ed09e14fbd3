"""`viaggio journey funnel | retention | return | drop-off | loops | what-if` on a small workspace."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.store.tiny import bring, folded, make, seen

from viaggio.cli.app import app
from viaggio.cli.journey_funnels import COMMANDS
from viaggio.journey.kernels.funnel.definition import BadFunnel
from viaggio.journey.kinds import BadKind

DAY = 24 * 60  # minutes
Run = Callable[..., str]

# Ada orders at once; Bea calls before she orders; Cleo orders after three days; Dan only looks again.
STORY = {
    "ada": [(0, "site"), (10, "basket"), (20, "order")],
    "bea": [(0, "site"), (10, "basket"), (15, "call"), (20, "order")],
    "cleo": [(0, "site"), (10, "basket"), (3 * DAY, "order")],
    "dan": [(0, "site"), (5, "site"), (7, "call"), (9, "site"), (40 * DAY, "site")],
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    ws = make(tmp_path_factory.mktemp("funnels") / "company")
    rows = [
        seen(f"{name}-{minute}", minute, email=f"{name}@x.it", touchpoint=touchpoint)
        for name, story in STORY.items()
        for minute, touchpoint in story
    ]
    people = [
        {"table": "customers", "id": name, "kind": "person", "email": f"{name}@x.it", "segment": segment}
        for name, segment in (("ada", "b2c"), ("bea", "b2c"), ("cleo", "b2b"))
    ]
    bring(ws, [*rows, *people])
    folded(ws)

    def call(*arguments: str) -> str:
        result = CliRunner().invoke(app, ["journey", *arguments], env={"VIAGGIO_WORKSPACE": str(ws.root)})
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.stdout

    return call


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


STEPS = ("--step", "site", "--step", "basket", "--step", "order")


def test_a_funnel_with_a_window_and_an_exclusion(run: Run) -> None:
    plain = json.loads(run("funnel", *STEPS, "--json"))
    assert [(row["name"], row["reached"]) for row in plain] == [("site", 4), ("basket", 3), ("order", 3)]
    assert plain[2]["of_all"] == 0.75
    assert plain[1]["since_before_median_seconds"] == 600
    narrow = rows_of(run("funnel", *STEPS, "--within", "2 days", "--without", "call", "--csv"))
    assert [row["reached"] for row in narrow] == ["4", "3", "1"]
    own = rows_of(run("funnel", "--step", "site", "--step", "basket", "--step", "order within 1d", "--csv"))
    assert [row["reached"] for row in own] == ["4", "3", "2"]


def test_where_those_go_who_stop_and_steps_in_any_order(run: Run) -> None:
    assert json.loads(run("funnel", *STEPS, "--without", "call", "--next", "--json")) == [
        {"step": 1, "target": "site", "count": 1},
        {"step": 2, "target": "call", "count": 1},
    ]
    rows = rows_of(run("funnel", "--step", "order + site", "--csv"))
    assert [row["reached"] for row in rows] == ["4", "3"]
    by = json.loads(run("funnel", *STEPS, "--by", "channel", "--entry", "every", "--json"))
    assert [(row["channel"], row["reached"]) for row in by] == [("web", 4), ("web", 3), ("web", 3)]


def test_a_funnel_by_segment_and_the_distribution_of_its_times(run: Run) -> None:
    rows = json.loads(run("funnel", *STEPS, "--by", "segment", "--json"))
    assert [(row["segment"], row["reached"]) for row in rows if row["step"] == 3] == [
        ("b2b", 1), ("b2c", 2), (None, 0),
    ]  # fmt: skip
    bars = json.loads(run("funnel", *STEPS, "--times", "--json"))
    assert sum(bar["count"] for bar in bars if bar["step"] == 3) == 3
    assert all(bar["from_seconds"] <= 600 < bar["to_seconds"] for bar in bars if bar["step"] == 2)


def test_tables_for_people_leave_the_rare_columns_to_programs(run: Run) -> None:
    head = run("funnel", *STEPS).splitlines()[0]
    assert "of_all_low" in head
    assert "p95" not in head


def test_filters_hold_for_funnels_too(run: Run) -> None:
    rows = rows_of(run("funnel", *STEPS, "--where", "customers who did call", "--csv"))
    assert [row["reached"] for row in rows] == ["2", "1", "1"]


def test_retention_by_local_days(run: Run) -> None:
    cells = json.loads(run("retention", "--unit", "day", "--periods", "3", "--json"))
    assert [(c["cohort"], c["period"], c["customers"], c["back"], c["later"]) for c in cells[:4]] == [
        ("2025-06-15", 0, 4, 4, 4), ("2025-06-15", 1, 4, 0, 2), ("2025-06-15", 2, 4, 0, 2),
        ("2025-06-15", 3, 4, 1, 2),
    ]  # fmt: skip
    overall = rows_of(run("retention", "--unit", "day", "--periods", "1", "--overall", "--csv"))
    assert [(row["cohort"], row["customers"]) for row in overall] == [("", "4"), ("", "4")]
    orders = json.loads(run("retention", "--unit", "month", "--back", "order", "--first", "basket", "--json"))
    assert (orders[0]["cohort"], orders[0]["customers"], orders[0]["back"]) == ("2025-06", 3, 3)


def test_the_return_curve_after_a_basket(run: Run) -> None:
    days = json.loads(run("return", "--after", "basket", "--back", "order", "--days", "5", "--json"))
    assert [(day["day"], day["out"], day["back"]) for day in days] == [
        (1, 3, 2),
        (2, 1, 0),
        (3, 1, 1),
    ]


def test_drop_off_and_loops(run: Run) -> None:
    places = {row["name"]: row for row in json.loads(run("drop-off", "--within", "5 days", "--json"))}
    assert (places["order"]["never"], places["order"]["open"]) == (3, 0)
    assert (places["site"]["followed"], places["site"]["later"], places["site"]["open"]) == (5, 1, 1)
    found = json.loads(run("loops", "--json"))
    assert [(k["length"], k["name"], k["via"], k["loops"], k["total_seconds"]) for k in found] == [
        (1, "site", None, 2, 300.0 + (40 * DAY - 9) * 60), (2, "site", "call", 1, 240.0),
    ]  # fmt: skip
    quick = json.loads(run("loops", "--within", "1 hour", "--top", "1", "--json"))
    assert [(k["length"], k["total_seconds"]) for k in quick] == [(1, 300.0)]


def test_what_if_fewer_left(run: Run) -> None:
    rows = json.loads(run("what-if", "--goal", "order", "--fewer", "50", "--json"))
    assert [(row["name"], row["visits"], row["left"]) for row in rows] == [
        ("site", 7, 1), ("basket", 3, 0), ("call", 2, 0),
    ]  # fmt: skip
    assert rows[0]["conversions"] > 3
    (site,) = rows_of(run("what-if", "--goal", "order", "--at", "site", "--silence", "10d", "--csv"))
    assert (site["visits"], site["left"]) == ("7", "1")
    assert run("what-if", "--goal", "order").splitlines()[0].split()[:3] == ["name", "visits", "left"]


def test_slips_name_the_way_out(run: Run) -> None:
    with pytest.raises(BadKind, match="Did you mean 'basket'"):
        run("funnel", "--step", "baskets")
    with pytest.raises(BadFunnel, match="no length of time"):
        run("funnel", "--step", "site", "--within", "soon")


PAGE = Path(__file__).parents[2] / "docs" / "reference" / "journey-funnels.md"
ASKED = {
    "funnel": STEPS,
    "funnel --next": (*STEPS, "--next"),
    "funnel --times": (*STEPS, "--times"),
    "what-if": ("--goal", "order"),
}


def test_the_reference_names_the_columns_and_options_that_there_are(run: Run) -> None:
    page = PAGE.read_text("utf-8")
    commands, columns = page.split("## Columns")
    listed = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", columns, re.MULTILINE))
    assert len(listed) == 8
    for answer, names in listed.items():
        head = run(answer.split()[0], *ASKED.get(answer, ()), "--csv").splitlines()[0]
        assert head.split(",") == re.findall(r"`([^`]+)`", names)
    options = dict(re.findall(r"^\| `([^`]+)` \| (.*) \|$", commands, re.MULTILINE))
    own = {
        command.name: {option for p in command.params for option in p.opts if option.startswith("--")}
        for command in COMMANDS
    }
    common = set.intersection(*own.values()) - {"--by", "--within"}
    assert {name: set(re.findall(r"--[a-z-]+", text)) for name, text in options.items()} == {
        name: found - common for name, found in own.items()
    }
