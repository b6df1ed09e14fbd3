"""One customer's page: who it is, why the identifiers are one, what was agreed, and the time line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.customer.model import CustomerRecord, Identifier, Link, Profile
from viaggio.web.customer.names import IDENTIFIERS, MOMENTS, PURPOSES, name_of
from viaggio.web.customer.services.lists import at_of, place_of, title_of
from viaggio.web.customer.services.story import Day, days
from viaggio.web.customer.services.telling import Catalogue
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Chart
from viaggio.web.shared.charts.line import ORDER, phase_mark
from viaggio.web.shared.charts.timeline import Event, timeline
from viaggio.web.shared.extent import extent
from viaggio.web.shared.names import PHASES, code_name, touchpoint_name

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.joining import Act
    from viaggio.store.seen import Step

PAGE = 100
"""Moments on one page of the time line."""

FILE_MOMENTS = 100_000
_CHART_STEPS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the address asks of the time line; empty means all."""

    what: str = ""
    phase: str = ""
    before: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Asked":
        """Read the query; words that name nothing are ignored."""
        what, phase = query.get("what", ""), query.get("phase", "")
        return cls(
            what=what if what in MOMENTS else "",
            phase=phase if phase in PHASES else "",
            before=query.get("before", ""),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One identifier. `why` tells link by link how it leads to the first one; the first has none."""

    node: int
    kind: str
    value: str
    source: str
    item: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A contact or an account, as a link."""

    key: int
    name: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The last statement about one purpose."""

    purpose: str
    granted: bool
    when: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A decision on this customer's identity. `others` are keys on the far side, for links."""

    item: int
    joined: bool
    text: str
    by: str
    when: str
    reason: str
    holds: bool
    waiting: bool
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Everything that the page shows."""

    key: int
    title: str
    account: bool
    lead: str
    facts: tuple[tuple[str, str], ...]
    identifiers: tuple[Known, ...]
    accounts: tuple[Related, ...]
    contacts: tuple[Related, ...]
    consents: tuple[Said, ...]
    decided: tuple[Decided, ...]
    chart: Chart | None
    legend: tuple[tuple[SafeString, str], ...]
    days: tuple[Day, ...]
    more: str | None

    @property
    def waiting(self) -> bool:
        """Whether a decision about this customer is not folded in yet."""
        return any(act.waiting for act in self.decided)


def catalogue_of(engine: "Engine") -> Catalogue:
    """Touchpoints by slug."""
    return extent(engine, engine.zone, timezone.localtime(timezone=engine.zone).date()).touchpoints


def record_of(engine: "Engine", key: int, asked: Asked, *, limit: int = PAGE) -> CustomerRecord:
    """The record with the moments asked for. Raises `UnknownCustomer` and `BadCursor`."""
    from viaggio.store.history import customer_record

    return customer_record(
        engine, key, limit=limit, cursor=asked.before or None,
        what=[asked.what] if asked.what else (), phases=[asked.phase] if asked.phase else (),
    )  # fmt: skip


def whole(engine: "Engine", record: CustomerRecord) -> Whole:
    """The page of a record."""
    from viaggio.store.index.open import open_index
    from viaggio.store.joining import acts
    from viaggio.store.seen import met, steps

    profile = record.profile
    journeys = open_index(engine.workspace)
    keys = [profile.customer, *(contact.customer for contact in record.contacts)]
    seen = met(journeys, keys)
    catalogue = catalogue_of(engine)
    nodes = [known.node for known in record.identifiers]
    values = {known.node: _called(known) for known in record.identifiers}
    account = profile.kind == "account" or any(known.kind == "account_id" for known in record.identifiers)
    return Whole(
        key=profile.customer,
        title=title_of(profile, record.identifiers[0].value),
        account=account,
        lead=" · ".join(_lead(profile, account=account)),
        facts=tuple(_facts(profile)) + tuple(_met_facts(seen.values())),
        identifiers=tuple(
            _known(known, record.joined.get(known.node, ()), values) for known in record.identifiers
        ),
        accounts=tuple(map(_related, record.accounts)),
        contacts=tuple(map(_related, record.contacts)),
        consents=tuple(
            Said(
                purpose=name_of(PURPOSES, c.purpose),
                granted=c.granted,
                when=_day(c.stated_at),
                source=c.source,
            )
            for c in record.consents
        ),
        decided=tuple(_decided(act, nodes, values) for act in acts(engine.workspace, nodes)),
        chart=_chart(steps(journeys, keys, limit=_CHART_STEPS), catalogue),
        legend=tuple((phase_mark(phase), str(PHASES[phase])) for phase in ORDER),
        days=tuple(days(record.timeline, catalogue)),
        more=record.more,
    )


def _lead(profile: Profile, *, account: bool) -> list[str]:
    kind = _("Business account") if account else _("Person")
    segment = code_name("segment", profile.segment) if profile.segment else ""
    return [text for text in (kind, segment, place_of(profile)) if text]


def _facts(profile: Profile) -> list[tuple[str, str]]:
    since = formats.day(datetime.fromisoformat(profile.since)) if profile.since else ""
    rows = [
        (_("Customer since"), since),
        (_("Language"), code_name("language", profile.language) if profile.language else ""),
    ]
    return [row for row in rows if row[1]]


def _met_facts(seen: Iterable[object]) -> list[tuple[str, str]]:
    from viaggio.store.seen import Met

    found = [one for one in seen if isinstance(one, Met)]
    if not found:
        return []
    channels = list(dict.fromkeys(channel for one in found for channel in one.channels))
    return [
        (_("Interactions"), formats.number(sum(one.interactions for one in found))),
        (_("First contact"), _day(min(one.first for one in found))),
        (_("Last contact"), _day(max(one.last for one in found))),
        (_("Channels"), ", ".join(code_name("channel", channel) for channel in channels)),
    ]


def _day(micros: int) -> str:
    return formats.day(timezone.localtime(at_of(micros)))


def _called(known: Identifier) -> str:
    return f"{name_of(IDENTIFIERS, known.kind)} {known.value}"


def _known(known: Identifier, path: Sequence[Link], values: Mapping[int, str]) -> Known:
    return Known(
        node=known.node,
        kind=name_of(IDENTIFIERS, known.kind),
        value=known.value,
        source=known.source,
        item=known.item,
        why=tuple(_why(link, values) for link in path),
    )


def _why(link: Link, values: Mapping[int, str]) -> str:
    ends = {"a": values.get(link.a, str(link.a)), "b": values.get(link.b, str(link.b))}
    if link.kind == "decision":
        return _("%(a)s and %(b)s: joined by %(by)s") % {**ends, "by": link.source}
    return _("%(a)s and %(b)s: in one row of %(source)s, import %(item)s") % {
        **ends, "source": link.source, "item": link.item,
    }  # fmt: skip


def _related(profile: Profile) -> Related:
    return Related(key=profile.customer, name=title_of(profile), place=place_of(profile))


def _decided(act: "Act", nodes: Sequence[int], values: Mapping[int, str]) -> Decided:
    known = set(nodes)
    ends = dict.fromkeys(node for pair in act.pairs for node in pair)
    return Decided(
        item=act.item,
        joined=act.action == "merge",
        text=", ".join(values[node] for node in ends if node in values),
        by=act.by,
        when=formats.moment(at_of(act.landed_at)),
        reason=act.reason if not act.reason.startswith("undo ") else _("undone"),
        holds=act.holds,
        waiting=act.waiting,
        others=tuple(node for node in ends if node not in known),
    )


def _chart(steps: "Sequence[Step]", catalogue: Catalogue) -> Chart | None:
    if len(steps) < 2:
        return None
    events = [
        Event(at=step.at, when="", phase=step.phase, what=touchpoint_name(step.touchpoint, catalogue))
        for step in steps
    ]
    counts = {phase: sum(step.phase == phase for step in steps) for phase in ORDER}
    first, last = _day(steps[0].at), _day(steps[-1].at)
    told = ", ".join(f"{PHASES[phase]}: {formats.number(n)}" for phase, n in counts.items())
    return timeline(
        events,
        key="life",
        title=_("Interactions by phase over time"),
        about=_("From %(first)s to %(last)s. %(counts)s.") % {"first": first, "last": last, "counts": told},
        phases={phase: str(name) for phase, name in PHASES.items()},
        ends=(first, last),
    )
