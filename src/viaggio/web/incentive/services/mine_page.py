"""The list of a person's statements."""

from dataclasses import dataclass
from datetime import date

from viaggio.kernel import Period
from viaggio.web.incentive.models import AwardLine, Employee, Run
from viaggio.web.incentive.services.statement_words import in_language
from viaggio.web.incentive.services.statements import runs_of
from viaggio.web.shared import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """One statement in the list."""

    code: str
    plan: str
    period: str
    award: str
    pay_date: date | None
    corrects: bool
    superseded: bool


def summaries(employee: Employee) -> list[Summary]:
    """Published statements of a person, newest first."""
    runs = list(runs_of(employee))
    mine = AwardLine.objects.filter(run__in=runs, person=employee.pseudonym)
    cents = dict(mine.values_list("run_id", "cents"))
    return [_summary(run, cents.get(run.pk, 0)) for run in runs]


def _summary(run: Run, cents: int) -> Summary:
    plan = run.version.plan
    return Summary(
        code=run.code,
        plan=in_language(plan.name) or plan.code,
        period=formats.period_text(Period.parse(f"{run.first}..{run.last}")),
        award=formats.money(cents, run.version.currency),
        pay_date=run.pay_date,
        corrects=run.corrects_id is not None,
        superseded=run.state == "superseded",
    )
