"""One pulse as its page shows it: state, what goes out next, waves, links, settings, quotas, the mail."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet
from django.db.models.functions import Substr, TruncDate
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.safestring import SafeString

from viaggio.pulse.fielding import Plan
from viaggio.web.pulse.models import Invitation, Pulse, QuestionnaireVersion, Quota, Wave
from viaggio.web.pulse.plan_words import STATES, finding_words
from viaggio.web.pulse.services import building, overview, programmes
from viaggio.web.pulse.services.coverage_charts import coverage_bar
from viaggio.web.pulse.services.links import OpenLink, open_path, open_token
from viaggio.web.pulse.services.plan_said import Said, said_of
from viaggio.web.pulse.services.staff_scope import Catalogue, Sight, catalogue, touchpoint_choices
from viaggio.web.pulse.services.versions import questionnaire_of
from viaggio.web.pulse.services.wave_numbers import WaveNumbers, numbers_of
from viaggio.web.shared import formats
from viaggio.web.shared.models.outgoing import Outgoing
from viaggio.web.shared.post.setup import connections

AHEAD = 14
"""Days of what goes out next."""
WAVES = 24
"""Waves that the page lists."""
SAMPLE_ID = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """What goes out on one day: requests, and reminders at most."""

    day: date
    weekday: str
    requests: int
    reminders: int
    share: float  # of the busiest day, 0 to 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """What goes out next. `queued` waits to be sent right now, `failed` could not be sent."""

    draw: datetime | None
    days: tuple[Day, ...]
    queued: int
    failed: int

    @property
    def nothing(self) -> bool:
        """Whether nothing is planned for these days."""
        return not any(day.requests or day.reminders for day in self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveRow:
    """One wave of the list; `counts` None where nothing may be known yet."""

    wave: Wave
    last_day: date
    numbers: WaveNumbers
    bar: SafeString


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an open link hangs, as somebody asked for it."""

    touchpoint: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One way into an open pulse: its address, or the snippet of the widget."""

    kind: str
    address: str
    code: str = ""  # address of the QR picture


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaRow:
    """One quota with its conditions in words."""

    quota: Quota
    where: str

    @property
    def share(self) -> float:
        """How full it is, 0 to 100."""
        return 100 * self.quota.taken / self.quota.limit if self.quota.limit else 100.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PulsePage:
    """Everything of the page."""

    name: str
    questionnaire: str
    state: str
    version: int | None
    newer: int | None
    warnings: tuple[str, ...]
    weak: tuple[str, ...]
    next: Next
    waves: tuple[WaveRow, ...]
    more_waves: int
    open: bool
    addresses: tuple[Address, ...]
    place: Place
    touchpoints: tuple[tuple[str, str], ...]
    said: tuple[Said, ...]
    quotas: tuple[QuotaRow, ...]
    mail_languages: tuple[str, ...]


def page_of(pulse: Pulse, sight: Sight, place: Place, *, now: datetime) -> PulsePage:
    """The page as this person sees it."""
    plan, known = overview.plan_or_none(pulse), catalogue()
    newest = building.published_of(pulse.questionnaire)
    is_open = programmes.is_open(pulse)
    numbers = {pulse.questionnaire_id: newest.number} if newest else {}
    warned = overview.warnings_of(pulse, plan, numbers, overview.full_quotas(), reach=True)
    waves = list(pulse.waves.filter(starts_at__lte=now).order_by("-code"))
    return PulsePage(
        name=overview.name_of(pulse),
        questionnaire=overview.title_of(pulse.questionnaire),
        state=str(STATES[pulse.state]),
        version=pulse.version.number if pulse.version else None,
        newer=newest.number if newest and pulse.version and newest.number > pulse.version.number else None,
        warnings=(*_stops(pulse), *warned),
        weak=_weak(pulse),
        next=_next(pulse, plan, sight, now),
        waves=tuple(_wave_row(wave, sight) for wave in waves[:WAVES]),
        more_waves=max(len(waves) - WAVES, 0),
        open=is_open,
        addresses=_addresses(pulse, place) if is_open and not pulse.anonymous else (),
        place=place,
        touchpoints=tuple(touchpoint_choices(known)) if is_open else (),
        said=tuple(said_of(pulse, plan, known)) if plan else (),
        quotas=tuple(QuotaRow(quota=q, where=_where(q, known)) for q in pulse.quotas.order_by("name")),
        mail_languages=("it", "en") if plan and not is_open and "email" in plan.channels else (),
    )


def _stops(pulse: Pulse) -> tuple[str, ...]:
    if pulse.state == "ended":
        return ()
    return tuple(finding_words(f.code, f.detail) for f in programmes.findings(pulse) if f.stops)


def _weak(pulse: Pulse) -> tuple[str, ...]:
    said = {"questionnaire.not_published", "quota.no_pay_base"}  # they stand elsewhere on the page
    return tuple(
        finding_words(f.code) for f in programmes.findings(pulse) if not f.stops and f.code not in said
    )


# --- what goes out next --------------------------------------------------------------------------------


def _next(pulse: Pulse, plan: Plan | None, sight: Sight, now: datetime) -> Next:
    here = overview.zone()
    codes = set(pulse.drawings.exclude(code="").values_list("pulse", "code"))
    today = now.astimezone(here).date()
    asked = sight.invitations().filter(pulse=pulse, expires_at__gt=now)
    requests = _requests(asked, here, today)
    reminders = _reminders(asked, plan, here, today) if plan else {}
    whole = [today + timedelta(days=n) for n in range(AHEAD)]
    most = max((requests.get(day, 0) + reminders.get(day, 0) for day in whole), default=0) or 1
    mine = Outgoing.objects.filter(key__startswith="invitation:").annotate(of=Substr("key", 12, 32))
    mine = mine.filter(of__in=Invitation.objects.filter(pulse=pulse).values("pk"))
    states = dict(
        mine.filter(state__in=["waiting", "sending", "failed"]).values_list("state").annotate(Count("pk"))
    )
    return Next(
        draw=overview.next_draw(pulse, plan, codes, here, now),
        days=tuple(
            Day(
                day=day,
                weekday=_weekday(day), requests=requests.get(day, 0), reminders=reminders.get(day, 0),
                share=100 * (requests.get(day, 0) + reminders.get(day, 0)) / most,
            )
            for day in whole
        ),
        queued=states.get("waiting", 0) + states.get("sending", 0),
        failed=states.get("failed", 0),
    )  # fmt: skip


def _weekday(day: date) -> str:
    """The short name of the day of the week, written small in Italian."""
    name = date_format(day, "D")
    return name.lower() if formats.reader_language() == "it" else name


def _requests(asked: QuerySet[Invitation], here: ZoneInfo, today: date) -> Mapping[date, int]:
    """Requests not sent yet by day; what is overdue goes out today."""
    found: defaultdict[date, int] = defaultdict(int)
    rows = asked.filter(sent_at=None, outcome="invited").annotate(day=TruncDate("due_at", tzinfo=here))
    for day, count in rows.values_list("day").annotate(Count("pk")).order_by():
        found[max(day, today)] += count
    return found


def _reminders(asked: QuerySet[Invitation], plan: Plan, here: ZoneInfo, today: date) -> Mapping[date, int]:
    """The next reminder of everybody who has not answered, as if nobody did before."""
    found: defaultdict[date, int] = defaultdict(int)
    rule = plan.reminders
    rows = asked.filter(
        sent_at__isnull=False, outcome__in=["invited", "opened", "partial"], reminders__lt=rule.most
    )
    rows = rows.annotate(day=TruncDate("sent_at", tzinfo=here), last=TruncDate("expires_at", tzinfo=here))
    for day, last, sent, count in (
        rows.values_list("day", "last", "reminders").annotate(Count("pk")).order_by()
    ):
        due = max(day + timedelta(days=rule.after_days * (sent + 1)), today)
        if due < last:
            found[due] += count
    return found


# --- waves, links, quotas, mail --------------------------------------------------------------------------


def _wave_row(wave: Wave, sight: Sight) -> WaveRow:
    numbers = numbers_of(wave, sight)
    return WaveRow(
        wave=wave,
        last_day=(wave.ends_at - timedelta(seconds=1)).astimezone(overview.zone()).date(),
        numbers=numbers,
        bar=coverage_bar(numbers.counts, key=f"cov-{wave.code}"),
    )


def _addresses(pulse: Pulse, place: Place) -> tuple[Address, ...]:
    base = connections().address
    found = []
    for kind in ("link", "qr", "kiosk"):
        link = OpenLink(pulse=pulse.pk, asked_by=kind, touchpoint=place.touchpoint, place=place.name)
        code = reverse("pulse:answer-code", args=[open_token(link)])
        found.append(Address(kind=kind, address=base + open_path(link), code=code if kind == "qr" else ""))
    script = base + reverse("pulse:widget", args=[pulse.slug])
    found.append(Address(kind="widget", address=f'<script src="{script}" async></script>'))
    return tuple(found)


def _where(quota: Quota, known: Catalogue) -> str:
    from viaggio.web.pulse.services.plan_said import conditions

    return conditions(quota.where, known)


def sample_of(pulse: Pulse, language: str, *, now: datetime) -> Invitation | None:
    """A request as it could go out, saved nowhere; None while the questionnaire can not be read."""
    version = pulse.version or _shown_version(pulse)
    if version is None:
        return None
    plan = overview.plan_or_none(pulse)
    known = catalogue()
    place = plan.trigger.touchpoints[0] if plan and plan.trigger and plan.trigger.touchpoints else ""
    name = str(known.get(place, {}).get(f"name_{language[:2]}", "")) if place else ""
    spoken = questionnaire_of(version.pk).language(language)
    wave = Wave(pk=0, pulse=pulse, code="0", starts_at=now, ends_at=now)
    return Invitation(
        id=SAMPLE_ID, pulse=pulse, wave=wave, version=version, unit="customer", customer=0, probability=1.0,
        asked_by="email", address="", language=spoken, shown={"touchpoint": name} if name else {},
        eligible_at=now, due_at=now, expires_at=now + timedelta(days=plan.expires_days if plan else 21),
    )  # fmt: skip


def _shown_version(pulse: Pulse) -> QuestionnaireVersion | None:
    newest = building.published_of(pulse.questionnaire)
    return newest or pulse.questionnaire.versions.order_by("-number").first()
