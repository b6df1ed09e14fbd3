"""Objections as pages show them: what was said, where they stand, every date."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from viaggio.web.incentive.models import Dispute, Employee, Run
from viaggio.web.incentive.plan_words import measure_name
from viaggio.web.incentive.services.disputes import may_review
from viaggio.web.incentive.services.statement_words import DISPUTE_REASONS, DISPUTE_STATES
from viaggio.web.shared import formats
from viaggio.web.shared.models import User


@dataclass(frozen=True, slots=True)
class When:
    """A step of an objection and its day."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputePage:
    """One objection. `may_review` and what follows are for the desk."""

    pk: int
    run: str
    person: str
    reason: str
    state: str
    code: str
    about: str
    text: str
    attachment: str
    dates: tuple[When, ...]
    answer: str
    is_appeal: bool
    may_appeal: bool
    may_review: bool = False
    late: bool = False
    correction: str = ""


def own_disputes(employee: Employee, run: Run | None = None) -> list[DisputePage]:
    """Objections of a person, newest first; of one run only, when given."""
    found = Dispute.objects.filter(employee=employee).select_related("run__version", "employee", "correction")
    return [page_of(one) for one in (found if run is None else found.filter(run=run))]


def desk(disputes: Iterable[Dispute], person: User, now: datetime) -> list[DisputePage]:
    """Objections for those who review them."""
    return [page_of(one, person, now) for one in disputes]


def page_of(dispute: Dispute, person: User | None = None, now: datetime | None = None) -> DisputePage:
    """One objection; for the desk with the person who looks."""
    late = (
        now is not None
        and dispute.acknowledged_at is None
        and dispute.decided_at is None
        and dispute.acknowledge_by < now.date()
    )
    decided = dispute.state in {"partly", "rejected"}
    return DisputePage(
        pk=dispute.pk,
        run=dispute.run.code,
        person=dispute.employee.pseudonym,
        reason=str(DISPUTE_REASONS.get(dispute.reason, dispute.reason)),
        state=str(DISPUTE_STATES.get(dispute.state, dispute.state)),
        code=dispute.state,
        about=_about(dispute),
        text=dispute.text,
        attachment=dispute.attachment_name,
        dates=tuple(_dates(dispute)),
        answer=dispute.answer,
        is_appeal=dispute.appeals_id is not None,
        may_appeal=decided and dispute.appeals_id is None and not hasattr(dispute, "appeal"),
        may_review=person is not None and may_review(dispute, person),
        late=late,
        correction=dispute.correction.code if dispute.correction else "",
    )


def _about(dispute: Dispute) -> str:
    """The line in words: its place in the tree ends with the measure, or is its number."""
    if not dispute.line:
        return _("The whole statement")
    award = dispute.run.awards.filter(person=dispute.employee.pseudonym).first()
    lines = award.tree["lines"] if award else []
    at = dispute.line.removeprefix("lines[").removesuffix("]")
    if at.isdigit() and int(at) < len(lines):
        return measure_name(lines[int(at)]["measure"])
    return dispute.line


def _dates(dispute: Dispute) -> Iterator[When]:
    yield When(pgettext("dispute", "Sent"), formats.moment(dispute.opened_at))
    if dispute.acknowledged_at:
        yield When(_("Confirmed"), formats.moment(dispute.acknowledged_at))
    else:
        yield When(_("Confirmed by"), formats.day(dispute.acknowledge_by))
    if dispute.decided_at:
        yield When(_("Decided"), formats.moment(dispute.decided_at))
    if dispute.correction:
        yield When(_("Set right by"), dispute.correction.code)
    if dispute.closed_at:
        yield When(_("Closed"), formats.moment(dispute.closed_at))
