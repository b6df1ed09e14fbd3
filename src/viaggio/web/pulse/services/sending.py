"""What goes out, and what has run out: invitations, reminders and thanks when due, and the end of waiting."""

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from viaggio.kernel import utc_micros
from viaggio.pulse.fielding import Clocks, Plan, Reason, allowed_at, rest_allows
from viaggio.pulse.model import Outcome
from viaggio.web.pulse.models import Invitation, Pulse
from viaggio.web.pulse.services.clocks import start_clocks
from viaggio.web.pulse.services.messages import queue_message
from viaggio.web.shared.models.outgoing import Outgoing

MOST = 2_000
"""Messages of one pulse queued in one go."""
AT_ONCE = 50
"""Messages of one transaction."""
THANKS_WITHIN = timedelta(days=4)
"""After an answer thanks may come so late: nights, weekends."""

type Clock = dict[int, int]


def send(pulse: Pulse, plan: Plan, *, zone: ZoneInfo, now: datetime) -> int:
    """Queue the invitations that are due, in the hours in which we write; returns how many."""
    if not allowed_at(now, plan.hours, zone):
        return 0
    queued = Outgoing.objects.filter(key=Concat(Value("invitation:"), OuterRef("pk"), Value(":invite")))
    due = Invitation.objects.filter(
        ~Exists(queued),
        pulse=pulse,
        outcome=Outcome.INVITED,
        sent_at=None,
        due_at__lte=now,
        expires_at__gt=now,
    )
    return _each(due.order_by("due_at", "id"), lambda one: queue_message(one, "invite", now))


def remind(pulse: Pulse, plan: Plan, *, zone: ZoneInfo, now: datetime) -> int:
    """Queue the reminders that are due; returns how many.

    Nobody is reminded who has answered or refused. Where reminders count for rest, one waits for what others
    have asked the same person or account meanwhile, and starts the clocks again.
    """
    rule = plan.reminders
    if not rule.most or not allowed_at(now, plan.hours, zone):
        return 0
    open_ones = Invitation.objects.filter(
        pulse=pulse,
        outcome__in=[Outcome.INVITED, Outcome.OPENED, Outcome.PARTIAL],
        sent_at__isnull=False,
        expires_at__gt=now,
    )
    done = 0
    for sent in range(rule.most):
        before = now - timedelta(days=rule.after_days * (sent + 1))
        due = open_ones.filter(reminders=sent, sent_at__lte=before).order_by("sent_at", "id")
        done += _each(due, lambda one: _remind(one, pulse, plan, now))
    return done


def thank(pulse: Pulse, plan: Plan, *, zone: ZoneInfo, now: datetime) -> int:
    """Queue thanks for those who have answered everything, once each; returns how many.

    In the hours in which we write, on the channel of the request; too late it is left out.
    """
    if not plan.thanks or not allowed_at(now, plan.hours, zone):
        return 0
    thanked = Outgoing.objects.filter(key=Concat(Value("invitation:"), OuterRef("pk"), Value(":thanks")))
    answered = Invitation.objects.filter(
        ~Exists(thanked),
        pulse=pulse,
        outcome=Outcome.COMPLETE,
        sent_at__isnull=False,
        ended_at__gt=now - THANKS_WITHIN,
    ).exclude(address="")
    return _each(answered.order_by("ended_at", "id"), lambda one: queue_message(one, "thanks", now))


def _remind(invitation: Invitation, pulse: Pulse, plan: Plan, now: datetime) -> bool:
    if plan.rest.reminders_count and asked_meanwhile(invitation, pulse, plan, now) is not Reason.NONE:
        return False
    moved = Invitation.objects.filter(pk=invitation.pk, reminders=invitation.reminders)
    if not moved.update(reminders=F("reminders") + 1):
        return False
    invitation.reminders += 1
    if plan.rest.reminders_count:
        start_clocks([(invitation.customer, invitation.account or 0, now)], pulse.survey_type)
    return queue_message(invitation, "reminder", now)


def asked_meanwhile(invitation: Invitation, pulse: Pulse, plan: Plan, now: datetime) -> Reason:
    """The rule of rest that a reminder would break because of other requests, or `NONE`."""
    days = max(plan.rest.person, plan.rest.person_type, plan.rest.account, plan.rest.account_type)
    others = Invitation.objects.filter(due_at__gt=now - timedelta(days=days)).exclude(pk=invitation.pk)
    others = others.exclude(outcome=Outcome.NOT_SAMPLED)
    person: Clock = {}
    person_type: Clock = {}
    account: Clock = {}
    account_type: Clock = {}
    by_person = others.filter(customer=invitation.customer)
    _latest(by_person, invitation.customer, pulse.survey_type, person, person_type)
    if invitation.account:
        by_account = others.filter(account=invitation.account)
        _latest(by_account, invitation.account, pulse.survey_type, account, account_type)
    return rest_allows(
        plan.rest,
        at=utc_micros(now),
        person=invitation.customer,
        account=invitation.account or 0,
        clocks=Clocks(person=person, person_type=person_type, account=account, account_type=account_type),
    )


def _latest(rows: QuerySet[Invitation], key: int, survey_type: str, clock: Clock, type_clock: Clock) -> None:
    for kind, due in rows.values_list("pulse__survey_type", "due_at"):
        for one in (clock, type_clock) if kind == survey_type else (clock,):
            one[key] = max(utc_micros(due), one.get(key, utc_micros(due)))


def _each(rows: QuerySet[Invitation], act: Callable[[Invitation], bool]) -> int:
    """Do something with each row, a few in a transaction; returns for how many it was done."""
    keys = list(rows.values_list("pk", flat=True)[:MOST])
    done = 0
    for first in range(0, len(keys), AT_ONCE):
        with transaction.atomic():
            some = Invitation.objects.select_related("pulse", "wave").select_for_update(of=("self",))
            for invitation in some.filter(pk__in=keys[first : first + AT_ONCE]).order_by("pk"):
                done += act(invitation)
    return done


def expire(now: datetime) -> int:
    """End the waiting for those whose time has run out; returns how many. Anonymous ones never learn."""
    over = Invitation.objects.filter(expires_at__lte=now, ended_at=None, pulse__anonymous=False)
    silent = over.filter(outcome=Outcome.INVITED).update(
        outcome=Outcome.EXPIRED, reason=Reason.EXPIRED, ended_at=now, change=F("change") + 1
    )
    begun = over.filter(outcome__in=[Outcome.OPENED, Outcome.PARTIAL]).update(
        ended_at=now, change=F("change") + 1
    )
    return silent + begun
