"""Retention and return equal pandas, plain lists and statsmodels; days are those of the company's clocks."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight
from tests.journey.short_logs import AUTUMN, BUCKETS, CODES, DAY, HOUR, LOGS, SOME_WHERES, SPRING, ShortLog

import viaggio as vg
from viaggio.estimate import wilson
from viaggio.journey.index import Codes
from viaggio.journey.kernels.retention.calendar import calendar, label_of, start_of
from viaggio.journey.kernels.retention.cohorts import RetentionKernel
from viaggio.journey.kernels.retention.curve import ReturnKernel, ReturnPart, median_day
from viaggio.journey.kinds import ANY, InteractionKind
from viaggio.journey.progress import known_until
from viaggio.journey.run import run
from viaggio.journey.where import ALL, Where
from viaggio.kernel import Period, utc_micros

EXAMPLES = settings(max_examples=60, deadline=None)
FEW = settings(max_examples=6, deadline=None)
UNTIL = AUTUMN + 401 * DAY
PANDAS = {"day": "D", "week": "W-SUN", "month": "M"}

some_kinds = st.sampled_from(
    [ANY, InteractionKind(touchpoints=("order", "call")), InteractionKind(channels=("web",))]
)
units = st.sampled_from(["day", "week", "month"])
zones = st.sampled_from(["UTC", "Europe/Rome", "America/Sao_Paulo"])


def is_kind(row: Any, kind: InteractionKind) -> bool:
    return (kind.touchpoints is None or row.touchpoint in kind.touchpoints) and (
        kind.channels is None or row.channel in kind.channels
    )


def periods_of(times: list[int], unit: str, zone: str) -> list[int]:
    """Numbers of the periods, by pandas."""
    local = pd.to_datetime(pd.Series(times, dtype="int64"), unit="us", utc=True).dt.tz_convert(zone)
    return [period.ordinal for period in local.dt.tz_localize(None).dt.to_period(PANDAS[unit])]


@EXAMPLES
@given(
    log=LOGS, where=SOME_WHERES, buckets=BUCKETS, unit=units, zone=zones, first=some_kinds, back=some_kinds
)
def test_retention_equals_pandas(
    log: ShortLog, where: Where, buckets: int, unit: Any, zone: str, first: Any, back: Any
) -> None:
    found = run(
        log.journeys(buckets), RetentionKernel(UNTIL, unit, zone, first, back, periods=800), where=where
    )
    sizes: Counter[int] = Counter()
    exact: Counter[tuple[int, int]] = Counter()
    later: Counter[tuple[int, int]] = Counter()
    for rows in log.by_customer(where).values():
        begin = next((i for i, row in enumerate(rows) if is_kind(row, first)), None)
        if begin is None:
            continue
        born, *since = periods_of(
            [rows[begin].time, *(row.time for row in rows[begin + 1 :] if is_kind(row, back))], unit, zone
        )
        sizes[born] += 1
        exact.update({(born, period - born) for period in since})
        later.update((born, k) for k in range(max(since, default=born - 1) - born + 1))
    names = {_pandas_label(unit, born): born for born in sizes}
    assert {c.cohort: c.customers for c in found.cohorts} == {n: sizes[born] for n, born in names.items()}
    assert found.customers == sum(sizes.values())
    now = periods_of([UNTIL], unit, zone)[0]
    cells = {(names[c.cohort], c.period): c for c in found.cells if c.cohort}
    assert set(exact) <= set(cells)
    for (born, period), cell in cells.items():
        assert (cell.customers, cell.back, cell.later) == (
            sizes[born],
            exact[born, period],
            later[born, period],
        )
        assert cell.complete == (born + period < now)
        assert (cell.low, cell.high) == wilson(cell.back, cell.customers)
    for cell in found.overall:
        parts = [c for c in found.cells if c.period == cell.period and c.complete]
        assert cell.customers == sum(part.customers for part in parts)
        assert (cell.back, cell.later) == (sum(p.back for p in parts), sum(p.later for p in parts))


def _pandas_label(unit: str, ordinal: int) -> str:
    day = pd.Period(ordinal=ordinal, freq=PANDAS[unit]).start_time
    return day.strftime({"day": "%Y-%m-%d", "week": "%G-W%V", "month": "%Y-%m"}[unit])


@EXAMPLES
@given(
    log=LOGS,
    where=SOME_WHERES,
    buckets=BUCKETS,
    after=some_kinds,
    back=some_kinds,
    every=st.booleans(),
    days=st.sampled_from([1, 3, 60]),
    until=st.sampled_from([SPRING + 24 * HOUR, AUTUMN + 2 * DAY, UNTIL]),
)
def test_the_return_curve_is_kaplan_and_meiers(
    log: ShortLog, where: Where, buckets: int, after: Any, back: Any, *, every: bool, days: int, until: int
) -> None:
    found = run(log.journeys(buckets), ReturnKernel(until, after, back, days, every), where=where)
    time, event = [], []
    for rows in log.by_customer(where).values():
        begins = [i for i, row in enumerate(rows) if is_kind(row, after)]
        for i in begins if every else begins[:1]:
            gap = next((row.time - rows[i].time for row in rows[i + 1 :] if is_kind(row, back)), None)
            whole = max((until - rows[i].time) // DAY, 0)
            is_back = gap is not None and gap // DAY < whole
            time.append(gap // DAY + 1 if is_back and gap is not None else whole)
            event.append(int(is_back))
    assert found.starts == len(time)
    assert found.back == sum(e for t, e in zip(time, event, strict=True) if t <= days)
    followed = [(t, e) for t, e in zip(time, event, strict=True) if t > 0]  # statsmodels has no one at 0
    if not followed:
        assert found.days == ()
        return
    plain = SurvfuncRight(*(np.array(column) for column in zip(*followed, strict=True)))
    for day in found.days:
        assert day.out == sum(t >= day.day for t in time)
        at = np.flatnonzero(plain.surv_times <= day.day)
        assert 1 - day.share == pytest.approx(plain.surv_prob[at[-1]] if len(at) else 1.0)
        if day.low is not None and day.high is not None:
            # Greenwood's standard error, on the log-log scale by hand
            staying, error = plain.surv_prob[at[-1]], plain.surv_prob_se[at[-1]]
            half = 1.959964 * error / (staying * abs(np.log(staying)))
            assert day.low == pytest.approx(1 - staying ** np.exp(-half), abs=1e-6)
            assert day.high == pytest.approx(1 - staying ** np.exp(half), abs=1e-6)


@EXAMPLES
@given(log=LOGS, where=SOME_WHERES, unit=units, every=st.booleans())
def test_buckets_threads_and_the_order_of_merging_change_nothing(
    log: ShortLog, where: Where, unit: Any, *, every: bool
) -> None:
    kernels: list[Any] = [RetentionKernel(UNTIL, unit, "Europe/Rome"), ReturnKernel(UNTIL, every=every)]
    for kernel in kernels:
        one = run(log.journeys(1), kernel, where=where)
        assert run(log.journeys(7), kernel, where=where) == one
        assert run(log.journeys(64), kernel, where=where, threads=2) == one
        journeys = log.journeys(3)
        parts = [kernel.part(journeys.bucket(i), ALL, CODES) for i in range(3)]
        results = [kernel.finish(reduce(kernel.merge, order), CODES) for order in permutations(parts)]
        assert all(result == results[0] for result in results)


@FEW
@given(log=LOGS, unit=units)
def test_a_thousand_buckets_change_nothing(log: ShortLog, unit: Any) -> None:
    for kernel in (RetentionKernel(UNTIL, unit), ReturnKernel(UNTIL)):
        assert run(log.journeys(1024), kernel) == run(log.journeys(1), kernel)


@EXAMPLES
@given(log=LOGS, where=SOME_WHERES, unit=units)
def test_cohorts_add_up_and_later_never_grows(log: ShortLog, where: Where, unit: Any) -> None:
    found = vg.journey.retention(log.journeys(7), unit=unit, where=where, until_micros=UNTIL, periods=900)
    assert sum(cohort.customers for cohort in found.cohorts) == found.customers == len(log.by_customer(where))
    for cohort in found.cohorts:
        cells = [cell for cell in found.cells if cell.cohort == cohort.cohort]
        assert [cell.period for cell in cells] == list(range(len(cells)))
        assert all(cell.back <= cell.later <= cell.customers for cell in cells)
        assert [c.later for c in cells] == sorted((c.later for c in cells), reverse=True)


@pytest.mark.parametrize("zone", ["Europe/Rome", "America/Sao_Paulo", "Asia/Kathmandu", "UTC"])
@pytest.mark.parametrize("unit", ["day", "week", "month"])
def test_edges_are_the_local_midnights_of_the_periods(zone: str, unit: Any) -> None:
    start, end = (utc_micros(datetime(year, 7, 3, tzinfo=UTC)) for year in (2017, 2019))  # Sao Paulo changed
    days = calendar(zone, unit, start, end)
    for number in range(days.first, days.first + len(days)):
        period = Period.parse(label_of(unit, number))
        assert period.start == start_of(unit, number)
        edges = tuple(int(edge) for edge in days.edges[number - days.first :][:2])
        assert edges == period.micros(ZoneInfo(zone))
        assert days.number_of(edges[0]) == days.number_of(edges[1] - 1) == number


def test_moments_before_the_calendar_and_after_it_are_counted_at_its_ends() -> None:
    far = [-(2**62), 0, 2**62]
    days = calendar("Europe/Rome", "month", far[0], far[-1])
    assert days.number_of(far[0]) == days.first
    assert label_of("month", days.number_of(0)) == "1970-01"
    assert days.number_of(far[-1]) == days.first + len(days) - 1


def shop(*rows: tuple[str, str, str]) -> Any:
    customer, moment, touchpoint = zip(*rows, strict=True)
    return pd.DataFrame(
        {"customer": customer, "started_at": pd.to_datetime(list(moment)), "touchpoint": touchpoint}
    )


def test_a_day_with_23_hours_is_a_day() -> None:
    # In Rome 2026-03-29 lasts from 23:00 to 22:00 UTC.
    events = shop(
        ("ada", "2026-03-28 22:59", "site"), ("ada", "2026-03-28 23:01", "site"),
        ("ada", "2026-03-29 22:01", "order"),
        ("bo", "2026-03-29 21:59", "site"), ("bo", "2026-03-29 22:01", "site"),
    )  # fmt: skip
    found = vg.journey.retention(events, unit="day", zone="Europe/Rome")
    assert [(c.cohort, c.customers) for c in found.cohorts] == [("2026-03-28", 1), ("2026-03-29", 1)]
    assert [(c.cohort, c.period, c.back, c.complete) for c in found.cells] == [
        ("2026-03-28", 0, 0, True), ("2026-03-28", 1, 1, True), ("2026-03-28", 2, 1, False),
        ("2026-03-29", 0, 0, True), ("2026-03-29", 1, 1, False),
    ]  # fmt: skip
    assert [(c.period, c.customers, c.back) for c in found.overall] == [(0, 2, 0), (1, 1, 1)]
    orders = vg.journey.retention(events, unit="day", zone="Europe/Rome", back="order")
    assert [c.back for c in orders.cells] == [0, 0, 1, 0, 0]


def test_tables_and_the_median_day() -> None:
    events = shop(
        ("ada", "2026-03-01 10:00", "site"), ("ada", "2026-03-01 11:00", "site"),
        ("bo", "2026-03-01 10:00", "site"), ("bo", "2026-03-04 09:00", "site"),
        ("cleo", "2026-03-01 10:00", "site"), ("dan", "2026-03-09 10:00", "site"),
    )  # fmt: skip
    curve = vg.journey.return_curve(events, days=30)
    assert [(d.day, d.out, d.back) for d in curve.days[:3]] == [(1, 3, 1), (2, 2, 0), (3, 2, 1)]
    assert (curve.starts, curve.back, curve.median_days, len(curve.days)) == (4, 2, 3, 8)
    assert curve.table().num_rows == 8
    found = vg.journey.retention(events, unit="week")
    assert found.table()["cohort"].to_pylist()[-1] is None
    assert found.cohorts_table().to_pylist()[0] == {"cohort": "2026-W09", "customers": 3}
    empty = vg.journey.return_curve(events, where=Where(touchpoints=()))
    assert (empty.starts, empty.days, empty.median_days) == (0, (), None)
    assert vg.journey.retention(events, where=Where(touchpoints=())).table().num_rows == 0


def test_the_interval_of_the_median_day_is_that_of_statsmodels() -> None:
    chance = np.random.default_rng(7)
    days, back = np.minimum(chance.geometric(0.08, 90), 60), chance.random(90) < 0.8
    kernel = ReturnKernel(0, days=60)
    part = ReturnPart(np.bincount(days[back] - 1, minlength=61), np.bincount(days[~back], minlength=61))
    curve = kernel.finish(part, Codes())
    theirs = SurvfuncRight(days, back.astype(float))
    assert median_day(curve.days) == (
        theirs.quantile(0.5), *theirs.quantile_ci(0.5, method="cloglog"),
    )  # fmt: skip


def test_knowledge_ends_with_the_last_interaction_or_with_the_period() -> None:
    journeys = vg.journey.from_table(shop(("ada", "2026-03-01", "site"), ("bo", "2026-03-09", "site")))
    last = utc_micros(datetime(2026, 3, 9, tzinfo=UTC)) + 1
    assert known_until(journeys, Where()) == last
    early = Period(date(2026, 3, 1), date(2026, 3, 5)).micros(ZoneInfo("UTC"))
    assert known_until(journeys, Where(period_micros=early)) == early[1]
    for text, end in {
        "period = 2026-03-01..2026-03-04": early[1],
        "period = 2026-03-02, 2026-03-04 and channel != web": early[1],
        "period = 2026-03-04 or touchpoint = site": last,
        "not period = 2026-03-04": last,
        "period = 2026": last,
    }.items():
        assert known_until(journeys, Where.parse(text)) == end
    late = (early[0], last + timedelta(days=9) // timedelta(microseconds=1))
    assert known_until(journeys, Where(period_micros=late)) == last


@EXAMPLES
@given(log=LOGS, unit=units, periods=st.integers(0, 3))
def test_fewer_periods_are_the_first_of_more(log: ShortLog, unit: Any, periods: int) -> None:
    long, short = (run(log.journeys(7), RetentionKernel(UNTIL, unit, periods=p)) for p in (800, periods))
    assert short.cells == tuple(cell for cell in long.cells if cell.period <= periods)
    assert short.overall == tuple(cell for cell in long.overall if cell.period <= periods)
