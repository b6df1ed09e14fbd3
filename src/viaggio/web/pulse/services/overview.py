"""The list of pulses: where each stands, its wave so far, and what needs attention."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from viaggio.kernel import BadWorkspace, ViaggioError
from viaggio.pulse.fielding import (
    ASKED,
    BadPlan,
    Plan,
    PulseKind,
    aapor,
    dispositions,
    plan_from_data,
    wave_of,
)
from viaggio.pulse.model import AskedBy
from viaggio.web.pulse.models import Drawing, Pulse, Questionnaire, QuestionnaireVersion, Quota, Wave
from viaggio.web.pulse.plan_words import KIND_SHORT, STATES
from viaggio.web.pulse.services.drawing import LOOK_EVERY
from viaggio.web.pulse.services.staff_scope import Sight
from viaggio.web.shared.post.setup import Connections, connections
from viaggio.web.shared.workspace import workspace

_PIPED = re.compile(r"\{[^|}]*\|?([^}]*)\}")
type Counts = Mapping[str, int]
"""Requests by outcome."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One pulse of the list. `asked` and `rate` are None where nobody is asked by us, or nobody may know yet.

    `wave` is the newest that has begun; `rate` is AAPOR's RR1, 0 to 1.
    """

    pulse: Pulse
    name: str
    kind: str
    state: str
    version: int | None
    wave: Wave | None
    asked: int | None
    answered: int | None
    rate: float | None
    last: datetime | None
    next: datetime | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSteps:
    """What stands between an empty list and the first pulse."""

    questionnaire: Questionnaire | None
    published: bool
    mail: bool


def name_of(pulse: Pulse) -> str:
    """The pulse's name in the reader's language."""
    language = (get_language() or "it")[:2]
    return pulse.name.get(language) or next(iter(pulse.name.values()), "") or pulse.slug


def zone() -> ZoneInfo:
    """The company's time zone."""
    try:
        return workspace().zone
    except BadWorkspace:
        return ZoneInfo(timezone.get_default_timezone_name())


def lines(sight: Sight, *, now: datetime) -> list[Line]:
    """Every pulse, running ones first; a fixed number of queries however many there are."""
    order = ["running", "paused", "draft", "ended"]
    pulses = sorted(
        Pulse.objects.select_related("version", "questionnaire"),
        key=lambda pulse: (order.index(pulse.state), name_of(pulse).lower()),
    )
    waves = _newest_waves(now)
    requests = _requests(sight, [wave.pk for wave in waves.values()])
    answers = _answers(sight, [wave.pk for wave in waves.values()])
    drawn = dict(Drawing.objects.values_list("pulse").annotate(Max("at")))
    codes = set(Drawing.objects.exclude(code="").values_list("pulse", "code"))
    newest = newest_versions()
    full = full_quotas()
    here = zone()
    found = []
    for pulse in pulses:
        wave = waves.get(pulse.pk)
        plan = plan_or_none(pulse)
        counts = requests[wave.pk] if wave else {}
        hidden = pulse.anonymous and wave is not None and wave.closed_at is None
        asks = pulse.kind != PulseKind.OPEN
        found.append(
            Line(
                pulse=pulse,
                name=name_of(pulse),
                kind=str(KIND_SHORT.get(pulse.kind, pulse.kind)),
                state=str(STATES[pulse.state]),
                version=pulse.version.number if pulse.version else None,
                wave=wave,
                asked=asked_of(counts) if wave and asks else None,
                answered=answers[wave.pk] if wave and not hidden else None,
                rate=aapor(dispositions(counts)).rr1 if wave and asks and not pulse.anonymous else None,
                last=drawn.get(pulse.pk),
                next=next_draw(pulse, plan, codes, here, now),
                warnings=warnings_of(pulse, plan, newest, full, reach=False),
            )
        )
    return found


def unreachable(found: Sequence[Line]) -> list[str]:
    """What is missing to reach anybody, said once for all pulses that have not ended."""
    plans = [plan_or_none(line.pulse) for line in found if line.pulse.state != "ended"]
    return reach_warnings([plan for plan in plans if plan is not None])


def asked_of(counts: Counts) -> int:
    """How many of these were asked."""
    return sum(count for outcome, count in counts.items() if outcome in ASKED)


def plan_or_none(pulse: Pulse) -> Plan | None:
    """The plan, or None when it can not be read."""
    try:
        return plan_from_data(pulse.plan)
    except BadPlan:
        return None


def _newest_waves(now: datetime) -> dict[int, Wave]:
    """The newest wave of each pulse that has begun."""
    found: dict[int, Wave] = {}
    for wave in Wave.objects.filter(starts_at__lte=now).order_by("pulse", "code"):
        found[wave.pulse_id] = wave
    return found


def _requests(sight: Sight, waves: Iterable[int]) -> Mapping[int, dict[str, int]]:
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = sight.invitations().filter(wave__in=list(waves)).values_list("wave", "outcome")
    for wave, outcome, count in rows.annotate(Count("pk")).order_by():
        found[wave][outcome] = count
    return found


def _answers(sight: Sight, waves: Iterable[int]) -> Mapping[int, int]:
    """Complete responses by wave."""
    rows = sight.responses().filter(wave__in=list(waves), state="complete").values_list("wave")
    return defaultdict(int, rows.annotate(Count("pk")).order_by())


def newest_versions() -> Mapping[int, int]:
    """The number of the newest published version of each questionnaire."""
    rows = QuestionnaireVersion.objects.exclude(published_at=None).values_list("questionnaire")
    return dict(rows.annotate(Max("number")).order_by())


def full_quotas() -> Mapping[int, list[Quota]]:
    """The quotas without a free place, by pulse."""
    found: defaultdict[int, list[Quota]] = defaultdict(list)
    for quota in Quota.objects.filter(taken__gte=F("limit")):
        found[quota.pulse_id].append(quota)
    return found


def next_draw(
    pulse: Pulse, plan: Plan | None, codes: set[tuple[int, str]], here: ZoneInfo, now: datetime
) -> datetime | None:
    """When the pulse draws or looks next; a moment in the past is due now. None when it does not."""
    if plan is None or pulse.state != "running":
        return None
    if plan.kind is PulseKind.EVENT:
        return pulse.looked_at + LOOK_EVERY if pulse.looked_at else now
    if plan.kind is PulseKind.PERIODIC and plan.every:
        span = wave_of(now, plan.every, here)
        return span.ends_at if (pulse.pk, span.code) in codes else now
    return None


# --- what needs attention ----------------------------------------------------------------------------


def warnings_of(
    pulse: Pulse,
    plan: Plan | None,
    newest: Mapping[int, int],
    full: Mapping[int, list[Quota]],
    *,
    reach: bool,
) -> tuple[str, ...]:
    """What somebody should look after, in words; with `reach` also what is missing to reach people."""
    if pulse.state == "ended":
        return ()
    found = []
    if plan is None:
        found.append(_("Its plan can not be read: open it and save it again."))
    elif reach:
        found += reach_warnings([plan])
    number = newest.get(pulse.questionnaire_id)
    if pulse.version is None and number is None:
        found.append(_("Its questionnaire is not published yet; starting the pulse publishes it."))
    elif pulse.version is not None and number is not None and number > pulse.version.number:
        found.append(_("The questionnaire has a newer version, %(n)s.") % {"n": number})
    for quota in full.get(pulse.pk, ()):
        found.append(_("The quota “%(name)s” is full.") % {"name": quota.name})
    return tuple(found)


def reach_warnings(plans: Sequence[Plan]) -> list[str]:
    """What is missing to reach people over the channels of these plans."""
    if not plans:
        return []
    try:
        known = connections()
    except ViaggioError as error:
        return [str(error)]
    found = []
    if known.address.startswith("http://localhost"):
        found.append(_("Viaggio does not know its public address: links in messages would lead nowhere."))
    channels = {c for plan in plans if plan.kind is not PulseKind.OPEN for c in plan.channels}
    if AskedBy.EMAIL in channels and known.mail is None:
        found.append(_("No mail server is set up: invitations wait in the queue."))
    if missing := _missing_gateways(channels, known):
        found.append(_("No gateway is set up for %(channels)s.") % {"channels": missing})
    return found


def _missing_gateways(channels: set[AskedBy], known: Connections) -> str:
    names = {AskedBy.SMS: "SMS", AskedBy.WHATSAPP: "WhatsApp"}
    return ", ".join(
        name for channel, name in names.items() if channel in channels and known.gateway(channel) is None
    )


def first_steps() -> FirstSteps:
    """Where somebody stands who has no pulse yet."""
    newest = Questionnaire.objects.filter(archived_at=None).order_by("-created_at").first()
    published = QuestionnaireVersion.objects.exclude(published_at=None).exists()
    try:
        mail = connections().mail is not None
    except ViaggioError:
        mail = False
    return FirstSteps(questionnaire=newest, published=published, mail=mail)


def title_of(questionnaire: Questionnaire) -> str:
    """A questionnaire's name in the reader's language."""
    language = (get_language() or "it")[:2]
    title = questionnaire.title.get(language) or next(iter(questionnaire.title.values()), "")
    return _PIPED.sub(r"\1", title) or questionnaire.slug
