"""Routes about what is in the records: plans, runs, the own statements, the ledger, pay-roll.

Amounts are text in currency units ("234.00") or whole cents where the name says so; factors are "p/q".
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Router

from viaggio.store.incentives import verify as verify_file
from viaggio.web.incentive.api.sums import BadRequest, Json, needed
from viaggio.web.incentive.models import AwardLine, Employee, PlanVersion, Run
from viaggio.web.incentive.services import ledger, payroll, plans, runs, statements, totals
from viaggio.web.incentive.services.plainly import plainly
from viaggio.web.incentive.services.run_readers import outcome_for, readable, steps_for
from viaggio.web.incentive.services.stateless import read_source
from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth, also_opens

router = Router(tags=["incentive"], auth=TokenAuth(Right.SEE_PLANS))


@router.post("/incentive/check", summary="Check a plan")
def check(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`plan` as YAML or JSON text, or as an object with numbers as text: its hash and every finding."""
    (source,) = needed(said, "plan")
    read = read_source(source)
    return {
        "sha256": read.sha256, "refused": read.refused,
        "findings": [
            {"code": f.code, "place": f.place, "refuses": f.refuses, "detail": f.detail, "line": f.line}
            for f in read.findings
        ],
    }  # fmt: skip


@router.post("/incentive/verify", summary="Verify a run's file")
def verify_route(request: HttpRequest, said: Json) -> dict[str, Any]:
    """The file of a run (as `GET .../file` gives it): whether it comes out the same, and where not."""
    if not {"plan_document", "snapshot", "outcome"} <= said.keys():
        raise BadRequest("this is no run", place="form", hint="Send the file of a run.")
    found = verify_file(said)
    return {"same": found.same, "differences": plainly(found.differences)}


def _version(version: PlanVersion) -> dict[str, Any]:
    return {
        "plan": version.plan.code, "version": version.number, "state": version.state,
        "parts": version.parts, "sha256": version.sha256, "changes": version.changes,
        "submitted_at": plainly(version.submitted_at), "approved_at": plainly(version.approved_at),
        "published_at": plainly(version.published_at), "closed_at": plainly(version.closed_at),
    }  # fmt: skip


def _found_version(code: str, number: int) -> PlanVersion:
    found = PlanVersion.objects.filter(plan__code=code, number=number).select_related("plan").first()
    if found is None:
        raise Http404(f"{code}@{number}")
    return found


@router.get("/incentive/plans", summary="All versions of all plans")
def all_plans(request: HttpRequest) -> dict[str, Any]:
    """State, dates and hash of each version."""
    return {"items": [_version(one) for one in PlanVersion.objects.select_related("plan")]}


@router.get("/incentive/plans/{code}/{number}", summary="One version of a plan, whole")
def one_plan(request: HttpRequest, code: str, number: int) -> dict[str, Any]:
    """Its text as it was written, its document, and the parts of its period."""
    found = _found_version(code, number)
    return _version(found) | {
        "source": found.source, "document": found.document,
        "settlements": plainly(runs.parts_of(found)),
    }  # fmt: skip


@router.post("/incentive/plans", summary="A new plan or version", auth=TokenAuth(Right.DESIGN_PLANS))
def new_plan(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`source` (text), perhaps `parts`, `name` by language, `changes`. It is a draft."""
    (source,) = needed(said, "source")
    made = plans.create(
        str(source), parts=int(said.get("parts") or 1), name=said.get("name") or None,
        changes=str(said.get("changes") or ""), by=request.user, now=timezone.now(),  # type: ignore[arg-type]  # the token's person
    )  # fmt: skip
    return _version(made)


PLAN_STEPS = {
    "simulated": plans.mark_simulated, "submit": plans.submit, "approve": plans.approve,
    "publish": plans.publish, "close": plans.close,
}  # fmt: skip


@router.post(
    "/incentive/plans/{code}/{number}/{verb}", summary="Move a version on", auth=TokenAuth(Right.SEE_PLANS)
)
def move_plan(request: HttpRequest, code: str, number: int, verb: str) -> dict[str, Any]:
    """`simulated`, `submit`, `approve`, `publish` or `close`; each needs its own right, also of the token."""
    if verb not in PLAN_STEPS:
        raise Http404(verb)
    also_opens(request, Right.APPROVE_PAY if verb == "approve" else Right.DESIGN_PLANS)
    found = _found_version(code, number)
    return _version(PLAN_STEPS[verb](found, by=request.user, now=timezone.now()))  # type: ignore[arg-type]  # the token's person


def _run(run: Run, reader: Any) -> dict[str, Any]:
    return {
        "run": run.code, "plan": run.version.plan.code, "version": run.version.number, "part": run.part,
        "period": run.period, "first": plainly(run.first), "last": plainly(run.last), "number": run.number,
        "state": run.state, "corrects": run.corrects.code if run.corrects else None, "cause": run.cause,
        "snapshot": run.snapshot_id, "sha256": run.sha256, "engine": run.engine,
        "outcome": {**outcome_for(run, reader), "cost_by_unit": _shown_costs(run, reader)},
        "steps": steps_for(run, reader),
        "published_at": plainly(run.published_at), "pay_date": plainly(run.pay_date),
    }  # fmt: skip


def _shown_costs(run: Run, reader: Any) -> dict[str, int | None]:
    """Cents by unit in which they were earned; small units are None, and others with them."""
    return {total.code: total.cents for total in readable(totals.totals(run), run, reader).by_unit}


def _found_run(code: str) -> Run:
    found = Run.objects.filter(code=code).select_related("version__plan", "corrects", "snapshot").first()
    if found is None:
        raise Http404(code)
    return found


@router.get("/incentive/runs", summary="All runs")
def all_runs(request: HttpRequest, plan: str = "", version: int = 0) -> dict[str, Any]:
    """State, period and totals of each, newest period first."""
    rows = Run.objects.select_related("version__plan", "corrects")
    rows = rows.filter(version__plan__code=plan) if plan else rows
    rows = rows.filter(version__number=version) if version else rows
    return {"items": [_run(one, request.user) for one in rows]}


@router.get("/incentive/runs/{code}", summary="One run in totals")
def one_run(request: HttpRequest, code: str) -> dict[str, Any]:
    """State, steps, totals; small groups are hidden."""
    return _run(_found_run(code), request.user)


@router.get("/incentive/runs/{code}/file", summary="A run as its file", auth=TokenAuth(Right.RUN_INCENTIVES))
def run_file(request: HttpRequest, code: str) -> dict[str, Any]:
    """Plan, snapshot and every award by pseudonym: what `viaggio incentive verify` reads. Recorded."""
    found = _found_run(code)
    record(request, "incentive.run.read", found.code, awards=AwardLine.objects.filter(run=found).count())
    return runs.document(found)


@router.post("/incentive/runs", summary="Compute a part of a plan", auth=TokenAuth(Right.RUN_INCENTIVES))
def new_run(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`plan`, `version`, `part`."""
    code, number, part = needed(said, "plan", "version", "part")
    version = _found_version(str(code), int(number))
    run = runs.calculate(version, int(part), by=request.user, now=timezone.now())  # type: ignore[arg-type]  # the token's person
    return _run(run, request.user)


@router.post("/incentive/runs/{code}/{verb}", summary="Move a run on")
def move_run(request: HttpRequest, code: str, verb: str) -> dict[str, Any]:
    """`verify`, `approve` or `publish`; each needs its own right, also of the token."""
    found, now = _found_run(code), timezone.now()
    if verb == "verify":
        result = runs.verify(found, now=now, by=request.user)  # type: ignore[arg-type]  # the token's person
        return {"same": result.same, "differences": plainly(result.differences)}
    if verb not in {"approve", "publish"}:
        raise Http404(verb)
    also_opens(request, Right.APPROVE_PAY if verb == "approve" else Right.RUN_INCENTIVES)
    move = runs.approve if verb == "approve" else runs.publish
    return _run(move(found, by=request.user, now=now), request.user)  # type: ignore[arg-type]  # the token's person


def _me(request: HttpRequest) -> Employee:
    found = Employee.objects.filter(user__isnull=False, user=request.user).first()  # type: ignore[misc]  # the token's person
    if found is None:
        raise Http404("you are no employee here")
    return found


@router.get("/incentive/statements", summary="My statements", auth=TokenAuth(Right.SEE_OWN_STATEMENT))
def my_statements(request: HttpRequest) -> dict[str, Any]:
    """Published runs with an award of one's own."""
    me = _me(request)
    awards = dict(AwardLine.objects.filter(person=me.pseudonym).values_list("run_id", "cents"))
    return {
        "items": [
            {"run": run.code, "period": run.period, "cents": awards[run.pk]} for run in statements.runs_of(me)
        ]
    }


@router.get("/incentive/statements/{code}", summary="My statement", auth=TokenAuth(Right.SEE_OWN_STATEMENT))
def my_statement(request: HttpRequest, code: str) -> dict[str, Any]:
    """The own award with every line, figure, gate, hold and posting."""
    me, run = _me(request), _found_run(code)
    if not AwardLine.objects.filter(run=run, person=me.pseudonym).exists() or run.published_at is None:
        raise Http404(code)
    told: dict[str, Any] = plainly(statements.read(run, me, by=request.user))  # type: ignore[arg-type]  # the token's person
    return told


@router.get("/incentive/ledger/check", summary="Check the chain of the ledger")
def ledger_check(request: HttpRequest) -> dict[str, Any]:
    """Entries read, where the chain does not hold, and its head."""
    found = ledger.check()
    return {"whole": found.whole, **plainly(found)}


@router.get("/incentive/payroll", summary="Pay periods", auth=TokenAuth(Right.EXPORT_PAYROLL))
def pay_periods(request: HttpRequest) -> dict[str, Any]:
    """Those that the ledger names, newest first."""
    return {"items": list(payroll.pay_periods())}


@router.post("/incentive/payroll/{period}", summary="Pay-roll file", auth=TokenAuth(Right.EXPORT_PAYROLL))
def payroll_file(request: HttpRequest, period: str, form: str = "csv") -> HttpResponse:
    """The file of a pay period, `csv` or `xlsx`, with its trailer; it is recorded as exported."""
    allow(request.user, Right.EXPORT_PAYROLL)
    if period not in payroll.pay_periods():
        raise Http404(period)
    content, made = payroll.export(period, form, by=request.user, now=timezone.now())  # type: ignore[arg-type]  # the token's person
    kind = (
        "text/csv" if form == "csv" else "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="payroll-{period}.{form}"'
    answer["X-Content-SHA256"] = made.sha256
    return answer
