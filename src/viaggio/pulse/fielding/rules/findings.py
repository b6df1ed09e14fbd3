"""What is wrong or weak with a plan, each with its place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from viaggio.pulse.fielding.model import FRAME_DIMENSIONS, REACHED_BY, Event, Plan, PlanFinding, PulseKind

FINDINGS = (
    "trigger.for_event_pulses", "every.for_periodic_pulses", "wave.shorter_than_draws",
    "trigger.needs_touchpoints", "where.not_in_frame", "where.needs_an_event", "number.out_of_range",
    "hours.weekdays", "reminders.after_expiry", "sample.rate_or_size", "sample.rate", "sample.size",
    "sample.size_needs_a_base", "sample.not_in_frame", "sample.needs_strata", "channels.none",
    "channels.nobody_is_reached", "channels.twice", "languages.none", "rest.none", "quota.name",
    "quota.limit", "quota.hold", "quota.no_pay_base",
)  # fmt: skip
"""Every code that a finding about a readable plan can have."""


def plan_findings(plan: Plan) -> list[PlanFinding]:
    """What stops a plan from running, then what is weak."""
    found = [*_shape(plan), *_numbers(plan), *_sampling(plan), *_reach(plan), *_quotas(plan)]
    return sorted(found, key=lambda finding: not finding.stops)


def _shape(plan: Plan) -> Iterator[PlanFinding]:
    if (plan.kind is PulseKind.EVENT) != (plan.trigger is not None):
        yield PlanFinding(code="trigger.for_event_pulses", place="trigger")
    if (plan.kind is PulseKind.PERIODIC) != (plan.every is not None):
        yield PlanFinding(code="every.for_periodic_pulses", place="every")
    if plan.every == "month" and plan.wave == "week":
        yield PlanFinding(code="wave.shorter_than_draws", place="wave")
    if plan.trigger and plan.trigger.event is Event.INTERACTION and not plan.trigger.touchpoints:
        yield PlanFinding(code="trigger.needs_touchpoints", place="trigger.touchpoints")
    for name in plan.where.where:
        if name not in FRAME_DIMENSIONS:
            yield PlanFinding(code="where.not_in_frame", place=f"where.{name}", detail=name)
        elif plan.kind is PulseKind.PERIODIC and name in {"phase", "touchpoint", "channel", "source"}:
            yield PlanFinding(code="where.needs_an_event", place=f"where.{name}", detail=name)


@dataclass(frozen=True, slots=True)
class _Bound:
    place: str
    value: float
    low: float
    high: float


def _numbers(plan: Plan) -> Iterator[PlanFinding]:
    bounds = [
        _Bound("active_days", plan.active_days, 0, 3650),
        _Bound("expires_days", plan.expires_days, 1, 180),
        _Bound("reminders.most", plan.reminders.most, 0, 5),
        _Bound("reminders.after_days", plan.reminders.after_days, 1, 60),
        _Bound("hours.first", plan.hours.first, 0, 23),
        _Bound("hours.last", plan.hours.last, plan.hours.first + 1, 24),
        *(
            _Bound(f"rest.{name}", getattr(plan.rest, name), 0, 3650)
            for name in ("person", "person_type", "account", "account_type")
        ),
    ]
    if plan.trigger:
        bounds += [
            _Bound("trigger.delay_hours", plan.trigger.delay_hours, 0, 24 * 180),
            _Bound("trigger.look_back_days", plan.trigger.look_back_days, 1, 180),
        ]
    for bound in bounds:
        if not bound.low <= bound.value <= bound.high:
            detail = f"{bound.low:g} to {bound.high:g}"
            yield PlanFinding(code="number.out_of_range", place=bound.place, detail=detail)
    if not plan.hours.weekdays or not set(plan.hours.weekdays) <= set(range(1, 8)):
        yield PlanFinding(code="hours.weekdays", place="hours.weekdays", detail="1 to 7")
    if plan.reminders.most and plan.reminders.after_days * plan.reminders.most >= plan.expires_days:
        yield PlanFinding(code="reminders.after_expiry", place="reminders.after_days", stops=False)


def _sampling(plan: Plan) -> Iterator[PlanFinding]:
    sample = plan.sample
    if (sample.rate is None) == (sample.size is None):
        yield PlanFinding(code="sample.rate_or_size", place="sample")
    for place, rate in [("sample.rate", sample.rate), *_named("sample.rates", sample.rates)]:
        if rate is not None and not 0 < rate <= 1:
            yield PlanFinding(code="sample.rate", place=place, detail="above 0, at most 1")
    for place, size in [("sample.size", sample.size), *_named("sample.sizes", sample.sizes)]:
        if size is not None and size < 1:
            yield PlanFinding(code="sample.size", place=place, detail="1 or more")
    sizes = sample.size is not None or bool(sample.sizes)
    if sizes and plan.kind is not PulseKind.PERIODIC:  # events come one by one: no number of them is known
        yield PlanFinding(code="sample.size_needs_a_base", place="sample.size")
    if sample.by and sample.by not in FRAME_DIMENSIONS:
        yield PlanFinding(code="sample.not_in_frame", place="sample.by", detail=sample.by)
    if not sample.by and (sample.rates or sample.sizes):
        yield PlanFinding(code="sample.needs_strata", place="sample.by")
    for stratum in sorted(set(sample.rates) & set(sample.sizes)):
        yield PlanFinding(code="sample.rate_or_size", place=f"sample.rates.{stratum}")


def _named[T](place: str, values: Mapping[str, T]) -> list[tuple[str, T]]:
    return [(f"{place}.{name}", value) for name, value in sorted(values.items())]


def _reach(plan: Plan) -> Iterator[PlanFinding]:
    if plan.kind is not PulseKind.OPEN:
        if not plan.channels:
            yield PlanFinding(code="channels.none", place="channels")
        for channel in plan.channels:
            if channel not in REACHED_BY:
                yield PlanFinding(code="channels.nobody_is_reached", place="channels", detail=str(channel))
    if len(set(plan.channels)) < len(plan.channels):
        yield PlanFinding(code="channels.twice", place="channels")
    if not plan.languages:
        yield PlanFinding(code="languages.none", place="languages")
    if plan.kind is not PulseKind.OPEN and not (plan.rest.person or plan.rest.person_type):
        yield PlanFinding(code="rest.none", place="rest", stops=False)


def _quotas(plan: Plan) -> Iterator[PlanFinding]:
    names = [quota.name for quota in plan.quotas]
    for number, quota in enumerate(plan.quotas):
        place = f"quotas[{number}]"
        if not quota.name.strip() or names.count(quota.name) > 1:
            yield PlanFinding(code="quota.name", place=f"{place}.name", detail=quota.name)
        if quota.limit < 1:
            yield PlanFinding(code="quota.limit", place=f"{place}.limit", detail="1 or more")
        if not 1 <= quota.hold_minutes <= 7 * 24 * 60:
            yield PlanFinding(code="quota.hold", place=f"{place}.hold_minutes", detail="1 to 10080")
    if plan.quotas:  # who answers first is heard, the others are not: no fair ground for anybody's pay
        yield PlanFinding(code="quota.no_pay_base", place="quotas", stops=False)
