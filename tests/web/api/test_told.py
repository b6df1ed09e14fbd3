"""Rows of journeys for programs: no number of few customers is in them, nor follows from those that are."""

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey.short_logs import CODES
from tests.web.journey.attack import worked_out

from viaggio.journey import touchpoint_steps
from viaggio.journey.index import memory_journeys
from viaggio.web.api.told import told_rows

LEAST = 4
STEPS = st.lists(st.lists(st.sampled_from([0, 0, 1, 2]), min_size=1, max_size=4), max_size=30)


def flow_of(walks):
    rows = [(customer, time, place) for customer, walk in enumerate(walks) for time, place in enumerate(walk)]
    names = ("customer", "time", "touchpoint")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {name: [] for name in names}
    journeys = memory_journeys({name: list(values) for name, values in columns.items()}, CODES)
    return touchpoint_steps(journeys).table().to_pylist()


@settings(max_examples=25)
@given(STEPS)
def test_nobody_is_found_among_few_in_a_flow(walks):
    rows = flow_of(walks)
    told = told_rows("flow", rows, LEAST)
    assert [(row["step"], row["origin"], row["target"]) for row in told] == [
        (row["step"], row["origin"], row["target"]) for row in rows
    ]
    shown = {number: row["customers"] for number, row in enumerate(told) if not row["hidden"]}
    assert all(row["customers"] is None for row in told if row["hidden"])
    assert all(shown[number] == rows[number]["customers"] >= LEAST for number in shown)
    sums = defaultdict(list)
    for number, row in enumerate(rows):
        sums["from", row["step"], row["origin"]].append(number)
        sums["to", row["step"] + 1, row["target"]].append(number)
    equations = [((step, place), parts) for (_, step, place), parts in sums.items()]
    assert not [
        n for n in worked_out(shown, equations) if isinstance(n, int) and rows[n]["customers"] < LEAST
    ]


def test_a_single_small_row_takes_another_with_it_and_its_names_stay():
    rows = [{"channel": name, "sessions": n + 1, "customers": n} for name, n in
            (("web", 90), ("app", 50), ("phone", 2), ("post", 0))]  # fmt: skip
    told = told_rows("sessions", rows, 10)
    assert [row["channel"] for row in told] == ["web", "app", "phone", "post"]
    assert [row["hidden"] for row in told] == [False, True, True, False]
    assert [row["sessions"] for row in told] == [91, None, None, 1]
    assert told_rows("sessions", rows, 0) == [row | {"hidden": False} for row in rows]


def test_a_phase_in_which_few_begin_is_hidden_though_many_come_there():
    rows = [
        {"phase": phase, "customers": 80, "interactions": 200, "entries": 90, "starts": starts, "left": 20}
        for phase, starts in (("discovery", 60), ("purchase", 18), ("care", 2), ("maintenance", 0))
    ]
    told = told_rows("phases", rows, 10)
    assert [row["hidden"] for row in told] == [False, True, True, False]
