"""The planner: how many could be asked, how many would answer, and how sure the score would be.

It looks at what happened in the 28 days before the newest facts, and decides about it as the draw would: the
plan alone, as if it had been running then and nobody else had asked these people.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil, sqrt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from viaggio.estimate.planning import margin_of_mean, size_for_mean, size_for_share
from viaggio.kernel import Period, utc_micros
from viaggio.pulse.fielding import ASKED, Clocks, Plan, PulseKind, aapor, dispositions, draw
from viaggio.pulse.model import Outcome
from viaggio.store.memory import Memory
from viaggio.web.pulse.models import Invitation, Pulse
from viaggio.web.pulse.services.drawing import stopped_of

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.frames import Eligible

DAYS = 28
USUAL_RATE = 0.15
"""Response rate assumed before anybody was asked."""
WIDEST = 100.0
"""Deviation of an answer to recommendation when half are promoters and half detractors, in points."""
ENOUGH = 100
"""So many answers tell how much answers differ."""
MOST_ROWS = 60_000
"""Larger frames are thinned out by customer and counted up again."""
_WAVE_DAYS = {"week": 7.0, "month": 365.25 / 12, "quarter": 365.25 / 4}

HAPPENED = ("interactions", "payments")
"""Tables in which things happen that pulses ask about, beside deliveries."""

_frames = Memory(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the planner is asked besides the plan: a response rate (0 to 1) and a margin in points."""

    rate: float | None = None
    margin: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a plan leads to. Counts are of the `days` before `until`; margins are half widths at 95 %.

    `rate_from` is given, pulse, company or usual; `spread_from` is answers or widest. `wave_*` are for one
    wave; `days_needed` is None when nobody would answer.
    """

    days: int
    until: date
    units: int
    unit: str
    counts: Mapping[str, int]
    asked: int
    rate: float
    rate_from: str
    answers: float
    wave_answers: float
    nps_margin: float | None
    share_margin: float | None
    wanted: float
    needed: int
    needed_share: int
    days_needed: float | None
    spread_from: str
    thinned: bool

    @property
    def margin_decimals(self) -> int:
        """Decimals with which the wanted margin is written."""
        return 0 if float(self.wanted).is_integer() else 1

    @property
    def weeks_needed(self) -> int | None:
        """Whole weeks until the wanted margin."""
        return ceil(self.days_needed / 7) if self.days_needed is not None else None


def planned(plan: Plan, engine: "Engine", wish: Wish, *, pulse: Pulse | None, now: datetime) -> Planned:
    """Look ahead; for a pulse that asks somebody (not an open one)."""
    until = _until(engine, now)
    frame, every = _frame(plan, engine, until)
    counts = _decided(plan, frame, engine.zone, until)
    scaled = {outcome: count * every for outcome, count in counts.items()}
    asked = sum(count for outcome, count in scaled.items() if outcome in ASKED)
    rate, rate_from = _rate(wish, pulse, now)
    deviation, spread_from = _deviation(engine, until)
    answers = asked * rate
    per_wave = answers * _WAVE_DAYS[plan.wave] / DAYS
    needed = ceil(size_for_mean(deviation, wish.margin))
    return Planned(
        days=DAYS,
        until=(until - timedelta(seconds=1)).astimezone(engine.zone).date(),
        units=len(frame) * every,
        unit=str(plan.unit),
        counts=scaled,
        asked=asked,
        rate=rate,
        rate_from=rate_from,
        answers=answers,
        wave_answers=per_wave,
        nps_margin=margin_of_mean(deviation, per_wave) if per_wave >= 1 else None,
        share_margin=margin_of_mean(0.5, per_wave) if per_wave >= 1 else None,
        wanted=wish.margin,
        needed=needed,
        needed_share=ceil(size_for_share(0.5, wish.margin / 100)),
        days_needed=needed / answers * DAYS if answers > 0 else None,
        spread_from=spread_from,
        thinned=every > 1,
    )


def _until(engine: "Engine", now: datetime) -> datetime:
    """Now, or the end of the newest day on which the facts know that anything happened."""
    from viaggio.store.readings import coverage
    from viaggio.web.pulse.services.clocks import moment

    known = coverage(engine)
    lasts = [moment(last) for table in HAPPENED if table in known and (last := known[table].last)]
    orders = engine.tables().orders
    if engine.rows("orders"):
        delivered = engine.run(orders.aggregate(last=orders.delivered_at.max()))["last"][0].as_py()
        lasts += [delivered] if delivered else []
    if not lasts:
        return now
    day = max(lasts).astimezone(engine.zone).date()
    return min(now, datetime(day.year, day.month, day.day, tzinfo=engine.zone) + timedelta(days=1))


def _frame(plan: Plan, engine: "Engine", until: datetime) -> tuple["Eligible", int]:
    """Everybody who could have been asked, every how many-th customer of them."""
    trigger = plan.trigger
    key = (
        engine.workspace.root, engine.version, plan.kind, plan.where.key(), plan.active_days, until.date(),
        (trigger.event, trigger.touchpoints, trigger.outcomes, trigger.delay_hours) if trigger else None,
    )  # fmt: skip
    found: tuple[Eligible, int] = _frames.recall(key, lambda: _read(plan, engine, until))
    return found


def _read(plan: Plan, engine: "Engine", until: datetime) -> tuple["Eligible", int]:
    import numpy as np

    from viaggio.store.frames import at_rows, base, happened

    if plan.kind is PulseKind.PERIODIC:
        whole = base(engine, plan, about="planner", at=utc_micros(until))
    else:
        later = timedelta(hours=plan.trigger.delay_hours if plan.trigger else 0)  # eligible so long after
        since, last = until - timedelta(days=DAYS) + later, until + later
        whole = happened(engine, plan, pulse="", since=utc_micros(since), until=utc_micros(last))
    every = ceil(len(whole) / MOST_ROWS) or 1
    if every == 1:
        return whole, 1
    from dataclasses import replace

    rows = np.flatnonzero(whole.frame.customer % every == 0)
    thin = replace(
        whole, frame=at_rows(whole.frame, rows), identifier=whole.identifier[rows], name=whole.name[rows],
        account_id=whole.account_id[rows],
    )  # fmt: skip
    return thin, every


def _decided(plan: Plan, eligible: "Eligible", zone: ZoneInfo, until: datetime) -> Counter[str]:
    """Outcomes of one draw over the span; who belongs to a base is drawn so often in it."""
    from dataclasses import replace

    frame = replace(eligible.frame, stopped=stopped_of(eligible.frame))
    since = until - timedelta(days=DAYS)
    drawn = draw(frame, plan, "planner", Clocks(), now=utc_micros(since), zone=zone)
    found = Counter(str(outcome) for outcome in drawn.outcome.tolist())
    if plan.kind is PulseKind.PERIODIC and plan.every == "week":
        return _each_week(found, plan)
    return found


def _each_week(found: Counter[str], plan: Plan) -> Counter[str]:
    """Four draws instead of one: of those who can be asked, rest lets nobody be asked twice too early."""
    able = sum(found[o] for o in (Outcome.INVITED, Outcome.NOT_SAMPLED, Outcome.RESTING))
    rest = max(plan.rest.person, plan.rest.person_type, 1)
    most = able if rest >= DAYS else able * DAYS / rest
    asked = min(4 * found[Outcome.INVITED], round(most))
    more = Counter(found)
    more[str(Outcome.INVITED)] = asked
    more[str(Outcome.NOT_SAMPLED)] = max(able - asked, 0)
    return +more


def _rate(wish: Wish, pulse: Pulse | None, now: datetime) -> tuple[float, str]:
    if wish.rate is not None:
        return wish.rate, "given"
    if pulse is not None and (seen := _seen_rate(now, pulse)) is not None:
        return seen, "pulse"
    if (seen := _seen_rate(now, None)) is not None:
        return seen, "company"
    return USUAL_RATE, "usual"


def _seen_rate(now: datetime, pulse: Pulse | None) -> float | None:
    """RR1 of those whose time to answer is over; None before there are enough of them."""
    from django.db.models import Count

    rows = Invitation.objects.filter(expires_at__lte=now, pulse__anonymous=False)
    if pulse is not None:
        rows = rows.filter(pulse=pulse)
    counts = dict(rows.values_list("outcome").annotate(Count("pk")).order_by())
    if sum(count for outcome, count in counts.items() if outcome in ASKED) < ENOUGH:
        return None
    return aapor(dispositions(counts)).rr1


def _deviation(engine: "Engine", until: datetime) -> tuple[float, str]:
    """How much one answer differs, in points of NPS: as those of the last year do, with their design."""
    from viaggio.store.readings import read_one

    last = until.astimezone(engine.zone).date()
    year = Period(last - timedelta(days=365), last)
    seen = read_one(engine, "nps", year)
    if seen.se and seen.n >= ENOUGH:
        return seen.se * sqrt(seen.n), "answers"
    return WIDEST, "widest"


def shares(ahead: Planned) -> list[tuple[str, int]]:
    """What becomes of those who could be asked, in words, the largest first; those asked come first."""
    from viaggio.web.pulse.plan_words import OUTCOMES

    others = [(o, n) for o, n in ahead.counts.items() if o not in ASKED and n]
    others.sort(key=lambda pair: -pair[1])
    return [(str(OUTCOMES.get(outcome, outcome)), count) for outcome, count in others]
