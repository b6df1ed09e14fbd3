"""Answers of a pulse with a quota never carry pay: a run reads as if they were not there, and says so."""

import json
from datetime import date
from fractions import Fraction

import pytest
from django.utils import timezone
from tests.web.incentive.people.conftest import signed_in
from tests.web.incentive.staged import LATER, published

from viaggio.store.engine import engine
from viaggio.store.incentives.rereading import inputs_from
from viaggio.store.readings import answers_of
from viaggio.web.incentive.models import AwardLine
from viaggio.web.incentive.services import runs, staff
from viaggio.web.incentive.services.gathering import gather
from viaggio.web.pulse.models import Pulse, Questionnaire, Quota
from viaggio.web.shared.pay_base import no_pay_base
from viaggio.web.shared.roles import Role
from viaggio.web.shared.workspace import workspace

pytestmark = pytest.mark.django_db

ASKS = "relationship"
"""The pulse that asks the sample company's customers whether they would recommend it."""


def pulse(slug: str, *quotas: dict) -> Pulse:
    made = Questionnaire.objects.create(slug=f"q-{slug}", created_at=timezone.now())
    return Pulse.objects.create(
        slug=slug, kind="open", questionnaire=made, seed="1", created_at=timezone.now(),
        plan={"kind": "open", "quotas": list(quotas)},
    )  # fmt: skip


def nps_by_hand(first: date, end: date, *, without: str) -> tuple[int, int, int, int]:
    """Answers, promoters and detractors without a pulse, and the answers of that pulse; one by one."""
    index = answers_of(engine(workspace()))
    days = [(day - date(1970, 1, 1)).days for day in (first, end)]
    n = promoters = detractors = left = 0
    columns = {name: index.columns[name].tolist() for name in ("kind", "day", "value", "pulse")}
    for kind, day, value, code in zip(*columns.values(), strict=True):
        if kind != 0 or not days[0] <= day < days[1]:
            continue
        if code >= 0 and index.codes["pulse"][code] == without:
            left += 1
            continue
        n, promoters, detractors = n + 1, promoters + (value >= 9), detractors + (value <= 6)
    return n, promoters, detractors, left


def company_cell(inputs):
    (cell,) = [c for c in inputs.cells if (c.measure, c.unit, c.window) == ("company_nps", "", "period")]
    return cell


def test_what_a_quota_let_in_changes_nothing(staffed):
    version = published(staffed)
    as_before = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    pulse(ASKS, {"name": "fifty", "limit": 50})
    n, promoters, detractors, left = nps_by_hand(date(2026, 1, 1), date(2026, 4, 1), without=ASKS)
    assert left > 0
    inputs, readings = gather(version, 1, now=LATER)
    (stratum,) = company_cell(inputs).strata
    assert (stratum.n, stratum.promoters, stratum.detractors) == (n, promoters, detractors)
    row = next(r for r in readings if (r["measure"], r["window"]) == ("company_nps", "period"))
    assert (row["left_out"], row["base"]) == (left, n)
    assert Fraction(row["value"]) == Fraction(100 * (promoters - detractors), n)
    run = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    assert run.snapshot_id != as_before.snapshot_id
    paid = [dict(AwardLine.objects.filter(run=r).values_list("person", "cents")) for r in (as_before, run)]
    assert paid[0] != paid[1]
    staffed.runner.language = "en"
    staffed.runner.save()
    said = signed_in(staffed.runner).get(f"/pay/runs/{run.code}/").text
    assert f"{left} answers of “NPS of the company”" in said


def customer_who_answered(first: date, end: date) -> tuple[int, str]:
    """Somebody who was asked for a recommendation in these days, with their address."""
    facts = engine(workspace())
    rows = facts.sql(
        "select customer, min(identifiers.value) as address from identifiers join answers using (customer) "
        "where kind = 'email' and metric = 'nps' and answered_at >= $first and answered_at < $until "
        "group by customer order by customer limit 1",
        {"first": first, "until": end},
    ).to_pylist()
    return rows[0]["customer"], rows[0]["address"]


def test_answers_of_an_employee_are_left_out_and_the_run_says_so(staffed, person):
    quarter = (date(2026, 1, 1), date(2026, 4, 1))
    version = published(staffed)
    before = company_cell(gather(version, 1, now=LATER)[0])
    customer, address = customer_who_answered(*quarter)
    works_here = person(Role.EMPLOYEE, email=address.upper())
    staff.add_employee(by=staffed.runner, hired=quarter[0], contract="permanent", user=works_here)
    index = answers_of(engine(workspace()))
    days = [(day - date(1970, 1, 1)).days for day in quarter]
    column = index.columns
    own = int(((column["customer"] == customer) & (column["kind"] == 0) & (column["day"] >= days[0])
               & (column["day"] < days[1])).sum())  # fmt: skip
    assert own > 0
    run = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    inputs = inputs_from(json.loads(run.snapshot.text))
    assert company_cell(inputs).strata[0].n == before.strata[0].n - own
    assert "staff_contact" in {one.reason for one in inputs.excluded}
    assert runs.verify(run, now=LATER).same
    row = next(r for r in run.snapshot.readings if (r["measure"], r["window"]) == ("company_nps", "period"))
    assert row["excluded"]["staff_contact"] == own
    staffed.runner.language = "en"
    staffed.runner.save()
    assert row["shown_base"] == row["base"] + sum(row["excluded"].values())
    said = signed_in(staffed.runner).get(f"/pay/runs/{run.code}/").text
    assert "Left out one by one" in said
    assert f"{own} answer" in said
    assert address not in run.snapshot.text


def test_a_pulse_without_a_quota_leaves_everything_as_it_is(staffed):
    version = published(staffed)
    before, _rows = gather(version, 1, now=LATER)
    pulse(ASKS)
    after, rows = gather(version, 1, now=LATER)
    assert after == before
    assert not any(row["left_out"] for row in rows)


def test_taking_the_quota_away_later_gives_nothing_back(staffed):
    limited = pulse("fair", {"name": "ten", "limit": 10})
    pulse("open-to-all")
    assert no_pay_base() == ("fair",)
    Quota.objects.create(pulse=limited, name="ten", limit=10, taken=3)
    limited.plan = {"kind": "open", "quotas": []}
    limited.save()
    assert no_pay_base() == ("fair",)
