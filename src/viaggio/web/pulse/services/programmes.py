"""Pulses as standing programmes: begun, planned, published, paused, ended. Drafts ask nobody."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from viaggio.kernel import ViaggioError
from viaggio.pulse.fielding import (
    BadPlan,
    Plan,
    PlanFinding,
    PulseKind,
    Reason,
    plan_data,
    plan_findings,
    plan_from_data,
)
from viaggio.pulse.model import Outcome
from viaggio.web.pulse.models import Drawing, Invitation, Pulse, Questionnaire, Quota
from viaggio.web.pulse.services import building
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right


class NotThatState(ViaggioError):
    """What can not be done with a pulse in its state."""

    code = "pulse.state"


class AlreadyDrawn(ViaggioError):
    """What can not be changed any more once somebody was asked."""

    code = "pulse.already_drawn"


PAGES = frozenset({"new", "planner"})
"""Pages that stand where a pulse's own page would."""


def free_slug(title: str) -> str:
    """An address for a new pulse, unlike any other."""
    base = slugify(title)[:70] or "pulse"
    taken = PAGES | set(Pulse.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := f"{base}-{n}" if n > 1 else base) not in taken
    )


@transaction.atomic
def create(
    name: Mapping[str, str], questionnaire: Questionnaire, plan: Plan, *, survey_type: str = "transaction",
    anonymous: bool = False, pages: Mapping[str, Any] | None = None, by: User, now: datetime,
) -> Pulse:  # fmt: skip
    """A new pulse, a draft; `name` by language, `pages` what those of respondents need to know.

    Its draws are seeded by chance, once and for ever.
    """
    allow(by, Right.MANAGE_PULSES)
    made = Pulse.objects.create(
        slug=free_slug(next(iter(name.values()), "")),
        name=dict(name),
        kind=str(plan.kind),
        survey_type=survey_type,
        questionnaire=questionnaire,
        plan=plan_data(plan),
        anonymous=anonymous,
        pages=dict(pages or {}),
        seed=secrets.token_hex(32),
        created_at=now,
        created_by=by,
    )
    record(by, "pulse.created", made.slug)
    return made


@transaction.atomic
def copy(pulse: Pulse, name: Mapping[str, str], *, by: User, now: datetime) -> Pulse:
    """A draft with the same questionnaire and plan, and draws of its own."""
    return create(
        name,
        pulse.questionnaire,
        plan_from_data(pulse.plan),
        survey_type=pulse.survey_type,
        anonymous=pulse.anonymous,
        pages=pulse.pages,
        by=by,
        now=now,
    )


@transaction.atomic
def change(pulse: Pulse, *, by: User, plan: Plan | None = None, **fields: Any) -> Pulse:
    """Change the plan, `name`, `survey_type`, `anonymous` or `pages`; what is planned and not sent stays so.

    Raises `BadPlan`, and `AlreadyDrawn` for what would make answers incomparable: kind and anonymity.
    """
    allow(by, Right.MANAGE_PULSES)
    held = Pulse.objects.select_for_update().get(pk=pulse.pk)
    if held.state == "ended":
        raise NotThatState("an ended pulse does not change", place=held.slug, hint="Copy it.")
    drawn = Drawing.objects.filter(pulse=held).exists()
    if drawn and fields.get("anonymous", held.anonymous) != held.anonymous:
        raise AlreadyDrawn("what was promised to those asked can not change", place="anonymous")
    if drawn and plan is not None and str(plan.kind) != held.kind:
        raise AlreadyDrawn("events and shares of the base are not compared", place="kind", hint="Copy it.")
    known = {"name", "survey_type", "anonymous", "pages"}
    if plan is not None:
        plan_from_data(plan_data(plan))  # raises what is wrong with it
        held.plan, held.kind = plan_data(plan), str(plan.kind)
    for name in known & fields.keys():
        setattr(held, name, fields[name])
    held.save(update_fields=["plan", "kind", *sorted(known & fields.keys())])
    if held.state != "draft":
        _keep_quotas(held, plan_from_data(held.plan))
    record(by, "pulse.changed", held.slug, fields=sorted(known & fields.keys()), plan=plan is not None)
    return held


def findings(pulse: Pulse) -> list[PlanFinding]:
    """What stops or weakens a pulse, from its plan and its questionnaire."""
    try:
        found = plan_findings(plan_from_data(pulse.plan))
    except BadPlan as error:
        return list(error.findings)
    if building.published_of(pulse.questionnaire) is None:
        found.insert(0, PlanFinding(code="questionnaire.not_published", place="questionnaire", stops=False))
    if pulse.anonymous and any(quota["where"] for quota in pulse.plan.get("quotas", [])):
        found.insert(0, PlanFinding(code="quota.not_anonymous", place="quotas"))
    return found


@transaction.atomic
def publish(pulse: Pulse, *, by: User, now: datetime) -> Pulse:
    """Begin to ask, or go on after a pause, with the newest published version of the questionnaire.

    A questionnaire never published is published with it, and frozen. What became eligible before now is not
    asked about. Raises `BadPlan`, `NotReady` of the questionnaire, `NotThatState`.
    """
    allow(by, Right.MANAGE_PULSES)
    held = Pulse.objects.select_for_update().get(pk=pulse.pk)
    if held.state == "ended":
        raise NotThatState("an ended pulse does not begin again", place=held.slug, hint="Copy it.")
    stops = tuple(finding for finding in findings(held) if finding.stops)
    if stops:
        raise BadPlan(stops)
    version = building.published_of(held.questionnaire)
    if version is None:
        version = building.publish(held.questionnaire, seen="", by=by, now=now)
    if held.state != "running":
        held.asks_from = now
    held.version, held.state = version, "running"
    held.save(update_fields=["version", "state", "asks_from"])
    _keep_quotas(held, plan_from_data(held.plan))
    record(by, "pulse.published", held.slug, version=version.number)
    return held


def _keep_quotas(pulse: Pulse, plan: Plan) -> None:
    """The quotas of the plan as records; one that has places taken stays, with the plan's limit."""
    for rule in plan.quotas:
        quota, _ = Quota.objects.get_or_create(
            pulse=pulse, name=rule.name, defaults={"limit": rule.limit, "where": {}}
        )
        quota.limit = max(rule.limit, quota.taken)
        quota.where = {name: list(values) for name, values in rule.where.key()}
        quota.hold_minutes = rule.hold_minutes
        quota.save(update_fields=["limit", "where", "hold_minutes"])
    gone = Quota.objects.filter(pulse=pulse).exclude(name__in=[rule.name for rule in plan.quotas])
    gone.filter(taken=0).delete()


@transaction.atomic
def pause(pulse: Pulse, *, by: User) -> Pulse:
    """Ask nobody more for now: nothing is drawn, nothing goes out; who was asked may still answer."""
    allow(by, Right.MANAGE_PULSES)
    return _move(pulse, {"running"}, "paused", by)


@transaction.atomic
def end(pulse: Pulse, *, by: User) -> Pulse:
    """Stop for good. Requests not sent yet are withdrawn: those people were never asked."""
    allow(by, Right.MANAGE_PULSES)
    held = _move(pulse, {"draft", "running", "paused"}, "ended", by)
    waiting = Invitation.objects.filter(pulse=held, sent_at=None, outcome=Outcome.INVITED)
    for invitation in waiting.select_for_update():
        invitation.outcome, invitation.reason = str(Outcome.NOT_SAMPLED), str(Reason.PULSE_ENDED)
        invitation.change += 1
        invitation.save(update_fields=["outcome", "reason", "change"])
    return held


def _move(pulse: Pulse, before: set[str], after: str, by: User) -> Pulse:
    held = Pulse.objects.select_for_update().get(pk=pulse.pk)
    if held.state not in before:
        raise NotThatState(f"a pulse that is {held.state} can not become {after}", place=held.slug)
    held.state = after
    held.save(update_fields=["state"])
    record(by, f"pulse.{after}", held.slug)
    return held


def plan_of(pulse: Pulse) -> Plan:
    """The pulse's plan; raises `BadPlan`."""
    return plan_from_data(pulse.plan)


def is_open(pulse: Pulse) -> bool:
    """Whether everybody with the link may answer."""
    return pulse.kind == PulseKind.OPEN
