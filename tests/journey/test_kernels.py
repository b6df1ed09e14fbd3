"""Stories by hand, many touchpoints, and results as tables."""

import pickle
from collections import Counter
from typing import Any

import numpy as np
import pytest

import viaggio as vg
from viaggio.journey.index import Codes, memory_journeys
from viaggio.journey.kernels.touchpoint_steps import LEFT, OTHERS
from viaggio.journey.kernels.transitions import TransitionKernel
from viaggio.journey.spread import BINS, quantile
from viaggio.journey.where import ALL, Where

MINUTE = 60_000_000


def shop(*rows: tuple[int, int, str, str]) -> Any:
    """Journeys of (customer, minute, touchpoint, phase)."""
    customer, minute, touchpoint, phase = zip(*rows, strict=True)
    return vg.journey.from_table(
        {
            "customer": list(customer),
            "touchpoint": list(touchpoint),
            "phase": list(phase),
            "started_at": np.array([MINUTE * m for m in minute], dtype="datetime64[us]"),
        }
    )


STORY = shop(
    (1, 0, "ad", "discovery"), (1, 10, "site", "discovery"), (1, 50, "checkout", "purchase"),
    (1, 90, "site", "discovery"), (1, 100, "site", "discovery"), (1, 101, "checkout", "purchase"),
    (2, 0, "site", "discovery"), (2, 500, "call", "care"),
    (3, 7, "call", "care"),
)  # fmt: skip


def test_the_flow_through_the_phases_of_three_customers() -> None:
    flow = vg.journey.phase_flow(STORY)
    assert (flow.customers, flow.interactions) == (3, 9)
    assert [tuple(row.values()) for row in flow.table().to_pylist()] == [
        ("discovery", 2, 5, 3, 2, 0),
        ("purchase", 1, 2, 2, 0, 1),
        ("care", 2, 2, 2, 1, 2),
        ("maintenance", 0, 0, 0, 0, 0),
    ]
    assert [tuple(row.values()) for row in flow.moves_table().to_pylist()] == [
        ("discovery", "purchase", 2, 1),
        ("discovery", "care", 1, 1),
        ("purchase", "discovery", 1, 1),
    ]


def test_a_period_shows_what_lies_in_it() -> None:
    flow = vg.journey.phase_flow(STORY, period_micros=(50 * MINUTE, 101 * MINUTE))
    assert [(s.phase, s.customers, s.interactions, s.left) for s in flow.phases[:2]] == [
        ("discovery", 1, 2, 1),
        ("purchase", 1, 1, 0),
    ]


def test_masked_events_are_gone_before_sequences_are_formed() -> None:
    moves = vg.journey.transitions(STORY, where=Where(touchpoints=("ad", "checkout"))).moves
    assert [(m.origin, m.target, m.moves) for m in moves] == [
        ("ad", "checkout", 1),
        ("checkout", "checkout", 1),
    ]


def test_a_pause_of_exactly_the_gap_stays_in_the_session() -> None:
    assert vg.journey.sessions(STORY, gap_minutes=40).sessions == 4
    assert vg.journey.sessions(STORY, gap_minutes=39.9).sessions == 6


def test_stays_and_waits_of_three_customers() -> None:
    times = vg.journey.step_times(STORY)
    stays = {s.name: (s.stays, s.time.mean_seconds) for s in times.stays}
    assert stays == {"discovery": (3, 20 * 60 / 3), "purchase": (2, 0.0), "care": (2, 0.0)}
    waits = {(w.origin, w.target): (w.moves, w.time.longest_seconds) for w in times.waits}
    assert waits == {
        ("discovery", "purchase"): (2, 2400.0),
        ("discovery", "care"): (1, 30000.0),
        ("purchase", "discovery"): (1, 2400.0),
    }


def test_steps_put_rare_touchpoints_together_and_show_who_left() -> None:
    flow = vg.journey.touchpoint_steps(STORY, steps=3, top=2)
    assert [(n.step, n.name, n.customers) for n in flow.nodes] == [
        (1, "call", 1), (1, "site", 1), (1, OTHERS, 1), (2, "call", 1), (2, "site", 1), (3, OTHERS, 1),
    ]  # fmt: skip
    assert [(k.step, k.origin, k.target, k.customers) for k in flow.links] == [
        (1, "site", "call", 1), (1, OTHERS, "site", 1), (1, "call", LEFT, 1),
        (2, "call", LEFT, 1), (2, "site", OTHERS, 1),
    ]  # fmt: skip


def test_a_first_visit_counts_once() -> None:
    flow = vg.journey.touchpoint_steps(STORY, steps=9, once=True)
    assert max(n.step for n in flow.nodes) == 3


@pytest.mark.parametrize("touchpoints", [60, 1500])
def test_thousands_of_pairs_are_all_counted(touchpoints: int) -> None:
    chance = np.random.default_rng(5)
    codes = chance.integers(0, touchpoints, 20_000)
    customer = np.sort(chance.integers(0, 900, 20_000))
    columns = {"customer": customer, "time": np.arange(20_000), "touchpoint": codes}
    names = tuple(f"t{i:04}" for i in range(touchpoints))
    journeys = memory_journeys(columns, Codes(touchpoint=names), buckets=3)
    expected = Counter(
        (names[a], names[b])
        for a, b, same in zip(codes, codes[1:], customer[1:] == customer[:-1], strict=False)
        if same
    )
    found = vg.journey.transitions(journeys, quantiles=False)
    assert {(m.origin, m.target): m.moves for m in found.moves} == expected
    flow = vg.journey.touchpoint_steps(journeys, steps=2, top=touchpoints)
    assert (
        sum(n.customers for n in flow.nodes if n.step == 1) == flow.customers == len(set(customer.tolist()))
    )


def test_sums_of_long_durations_do_not_overflow() -> None:
    # 300,000 waits of 2 years are 1.9e19 microseconds, more than an int64 holds.
    n, two_years = 300_000, 2 * 365 * 86_400 * 1_000_000
    columns = {
        "customer": np.repeat(np.arange(n), 2),
        "time": np.tile([0, two_years], n),
        "touchpoint": np.zeros(2 * n, np.int16),
    }
    (move,) = vg.journey.transitions(memory_journeys(columns, Codes(touchpoint=("a",)))).moves
    assert (move.moves, move.time.mean_seconds, move.time.median_seconds) == (
        n,
        two_years / 1e6,
        two_years / 1e6,
    )


def test_a_quantile_lies_within_a_sixteenth_at_every_size() -> None:
    for micros in (2**20, 10**7, 10**9 + 7, 3 * 10**13, 2**51 - 1):
        columns = {
            "customer": np.repeat(np.arange(3), 2),
            "time": np.tile([0, micros], 3),
            "touchpoint": np.zeros(6),
        }
        columns["time"][3] = micros // 1000
        columns["time"][5] = micros * 20
        (move,) = vg.journey.transitions(memory_journeys(columns, Codes(touchpoint=("a",)))).moves
        assert move.time.median_seconds == pytest.approx(micros / 1e6, rel=1 / 16)


def test_quantiles_of_many_durations_are_close_to_the_exact_ones() -> None:
    micros = (1e6 * np.random.default_rng(3).lognormal(8, 2, 50_000)).astype(np.int64)
    columns = {
        "customer": np.repeat(np.arange(50_000), 2),
        "time": np.zeros(100_000),
        "touchpoint": np.zeros(100_000),
    }
    columns["time"][1::2] = micros
    (move,) = vg.journey.transitions(memory_journeys(columns, Codes(touchpoint=("a",)))).moves
    time = move.time
    found = [time.p25_seconds, time.median_seconds, time.p75_seconds, time.p95_seconds]
    exact = np.quantile(micros, [0.25, 0.5, 0.75, 0.95], method="inverted_cdf") / 1e6
    assert found == pytest.approx(exact.tolist(), rel=0.005)


def test_a_quantile_never_leaves_the_durations_seen() -> None:
    histogram = np.zeros(BINS, np.int64)
    histogram[100] = 2
    assert quantile(np.cumsum(histogram), 0.5, 5_000_000, 5_000_000) == 5.0


def test_one_channel_is_not_a_list_of_channels() -> None:
    with pytest.raises(TypeError, match=r"write \('web',\)"):
        Where(channels="web")  # type: ignore[arg-type]  # that is the point


def test_filters_narrow_each_other() -> None:
    assert Where(period_micros=(0, 10)).within((5, 20)).period_micros == (5, 10)
    assert Where(phases=("care",)).within(None).period_micros is None
    assert vg.journey.phase_flow(STORY, where=Where(period_micros=(0, 10))).customers == 2


def test_kernels_and_parts_travel_to_other_processes() -> None:
    kernel = TransitionKernel()
    bucket = STORY.bucket(0)
    part = pickle.loads(pickle.dumps(kernel.part(bucket, ALL, STORY.codes)))
    same = pickle.loads(pickle.dumps(kernel)).part(bucket, ALL, STORY.codes)
    assert kernel.finish(part, STORY.codes) == kernel.finish(same, STORY.codes)
