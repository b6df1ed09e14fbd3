"""What the pages of plans show: the list, and one version with its history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from viaggio.incentive.combining import Section
from viaggio.incentive.plan import Plan
from viaggio.web.incentive.models import IncentivePlan, PlanVersion, Run
from viaggio.web.incentive.plan_words import BASES, finding_words, state_name
from viaggio.web.incentive.services import plan_said, plans
from viaggio.web.incentive.services.plan_changes import Change, changes
from viaggio.web.incentive.services.plan_parts import Block, GroupShown, blocks_of, groups_of
from viaggio.web.incentive.services.plan_text import Placed, ReadText, read_text
from viaggio.web.shared.formats import day
from viaggio.web.shared.models import User

IN_FORCE = ("published", "active")
MOST_CHANGES = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRow:
    """A plan in the list: its name, the version in force, the newest one, what it is about."""

    plan: IncentivePlan
    name: str
    versions: tuple[PlanVersion, ...]
    newest: PlanVersion
    basis: str
    period: str
    groups: int
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingShown:
    """Findings of one kind: the sentence once, and every place with its line."""

    words: str
    refuses: bool
    places: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a version: what, who, when."""

    what: str
    who: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a plan says, in words and drawings."""

    groups: Sequence[GroupShown]
    shared: Sequence[Block]
    own: Sequence[Block]
    combination: str
    calendar: Sequence[tuple[str, str]]
    eligibility: Sequence[str]
    rails: Sequence[str]
    gates: Sequence[str]
    money: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPage:
    """One version as its page shows it; `said` is None while the text is no plan."""

    version: PlanVersion
    name: str
    state: str
    basis: str
    read: ReadText
    findings: Sequence[FindingShown]
    said: Said | None
    events: Sequence[Event]
    before: PlanVersion | None
    changes: Sequence[Change]
    more_changes: int
    others: Sequence[PlanVersion]
    runs: Sequence[Run]
    assigned: plans.Assigned | None

    @property
    def refusing(self) -> list[FindingShown]:
        """What keeps it from being approved."""
        return [f for f in self.findings if f.refuses]

    @property
    def warning(self) -> list[FindingShown]:
        """What is worth a second thought."""
        return [f for f in self.findings if not f.refuses]


def plan_name(plan: IncentivePlan) -> str:
    """The plan's name in the reader's language; its code when it has none."""
    language = (get_language() or "it")[:2]
    return plan.name.get(language) or next((n for n in plan.name.values() if n), plan.code)


def plan_rows() -> list[PlanRow]:
    """Every plan, newest version first."""
    found = IncentivePlan.objects.prefetch_related(
        Prefetch(
            "versions", PlanVersion.objects.select_related("author", "approver").prefetch_related("runs")
        )
    )
    return [_row(plan) for plan in found if plan.versions.all()]


def _row(plan: IncentivePlan) -> PlanRow:
    versions = tuple(plan.versions.all())
    newest = versions[0]
    leading = next((v for v in versions if v.state in IN_FORCE), newest)
    read = read_text(leading.source).plan
    return PlanRow(
        plan=plan,
        name=plan_name(plan),
        versions=versions,
        newest=newest,
        basis=str(BASES[read.legal_basis]) if read else "",
        period=f"{day(read.period.first)} – {day(read.period.last)}" if read else "",
        groups=len(read.groups) if read else 0,
        runs=sum(len(version.runs.all()) for version in versions),
    )


def version_page(version: PlanVersion) -> VersionPage:
    """Everything about one version."""
    read = read_text(version.source)
    before = version.plan.versions.filter(number__lt=version.number).order_by("-number").first()
    told = changes(read_text(before.source).document, read.document) if before else []
    return VersionPage(
        version=version,
        name=plan_name(version.plan),
        state=state_name(version.state),
        basis=str(BASES[read.plan.legal_basis]) if read.plan else "",
        read=read,
        findings=grouped(read.findings),
        said=said(read.plan, version.parts) if read.plan else None,
        events=events(version),
        before=before,
        changes=told[:MOST_CHANGES],
        more_changes=max(0, len(told) - MOST_CHANGES),
        others=list(version.plan.versions.order_by("-number")),
        runs=list(version.runs.order_by("first", "number")),
        assigned=plans.assigned(version) if version.published_at else None,
    )


def grouped(findings: Sequence[Placed]) -> list[FindingShown]:
    """Findings with the same sentence together, refusals first."""
    together: dict[tuple[bool, str], list[tuple[str, int]]] = {}
    for finding in findings:
        words = finding_words(finding.code, finding.detail, finding.what)
        together.setdefault((not finding.refuses, words), []).append((finding.place, finding.line))
    return [
        FindingShown(words=words, refuses=not mild, places=tuple(places))
        for (mild, words), places in sorted(together.items(), key=lambda kv: kv[0][0])
    ]


def said(plan: Plan, parts: int = 1) -> Said:
    """A plan in words and drawings."""
    return Said(
        groups=groups_of(plan),
        shared=blocks_of(plan, Section.SHARED),
        own=blocks_of(plan, Section.FUNCTION),
        combination=plan_said.combination(plan),
        calendar=plan_said.calendar(plan, parts),
        eligibility=plan_said.eligibility(plan),
        rails=plan_said.rails(plan),
        gates=plan_said.gates(plan),
        money=plan_said.money(plan),
    )


def events(version: PlanVersion) -> list[Event]:
    """What happened to a version, in order; what has not happened yet is left out."""
    found = [
        Event(what=_("Written"), who=_who(version.author), at=version.created_at),
        Event(what=_("Handed in for approval"), who=_who(version.author), at=version.submitted_at),
        Event(what=_("Approved"), who=_who(version.approver), at=version.approved_at),
        Event(what=_("Published"), who="", at=version.published_at),
        Event(what=_("Closed"), who="", at=version.closed_at),
    ]
    if version.second_approver:
        found[2] = Event(
            what=_("Approved by two"),
            who=f"{_who(version.approver)}, {_who(version.second_approver)}",
            at=version.approved_at,
        )
    return [event for event in found if event.at]


def _who(person: User | None) -> str:
    return str(person) if person else ""
