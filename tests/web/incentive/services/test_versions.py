"""The difference of two versions of a settlement tells nobody's change: what is shown of both is attacked.

The attacker knows who is where and solves for single people; what did not change is one unknown in both
versions, what did is two.
"""

from datetime import date, datetime, timedelta
from itertools import combinations

import numpy as np
import pytest
from tests.web.incentive.people.conftest import signed_in
from tests.web.incentive.staged import LATER, paid, published, unit

from viaggio.web.incentive.models import AwardLine, Employee, Run
from viaggio.web.incentive.services import runs, staff, totals
from viaggio.web.incentive.services.errors import NamesSomebody
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db
LEAST = 5


def corrected(office, run: Run, people: list[str], now: datetime) -> Run:
    """The run again, with other targets for these people."""
    for name in people:
        one = Employee.objects.get(pseudonym=name)
        stay = one.assignments.order_by("first").first()
        staff.remove_assignment(stay, by=office.runner)
        staff.assign(
            one, stay.unit, stay.group, first=stay.first, last=stay.last, fte=stay.fte,
            target_cents=stay.target_cents + 10_000, by=office.runner,
        )  # fmt: skip
    again = runs.correct(run, "targets", by=office.runner, now=now, fresh_measures=False)
    assert runs.verify(again, now=now).same
    again = runs.approve(again, by=office.approver, now=now)
    return runs.publish(again, by=office.runner, now=now)


def parts(run: Run) -> dict[str, dict[tuple, int]]:
    """Cents by what people are grouped by, from the lines of the awards: one place for each line's stay."""
    found: dict[str, dict[tuple, int]] = {}
    for award in AwardLine.objects.filter(run=run):
        mine = found.setdefault(award.person, {})
        for line in award.tree["lines"]:
            if line["from"] <= run.last.isoformat() and line["to"] >= run.first.isoformat():
                place = (line["unit"], line["group"])
                mine[place] = mine.get(place, 0) + round(float(line["amount"]) * 100)
    return found


def everybody(run: Run) -> set:
    """All unknowns of a version."""
    return {(p, place, cents) for p, mine in parts(run).items() for place, cents in mine.items()}


def cells(run: Run) -> list[tuple[set, int]]:
    """Every shown cell: the unknowns that it adds up, and its cents."""
    told, every = totals.totals(run), everybody(run)
    genders = dict(Employee.objects.values_list("pseudonym", "gender"))
    tables = [
        (told.by_unit, lambda one: one[1][0]), (told.by_group, lambda one: one[1][1]),
        (told.by_gender, lambda one: genders[one[0]]),
        (told.by_working_time, lambda one: "part" if one[0].endswith("-2") else "full"),
    ]  # fmt: skip
    found = [] if told.hidden else [(every, told.cents)]
    for rows, of in tables:
        for row in rows:
            if not row.hidden:
                members = {one for one in every if of(one) == row.code}
                assert (row.people, row.cents) == (len({p for p, *_ in members}), sum(c for *_, c in members))
                found.append((members, row.cents))
    return found


def told_of(versions: list[Run], suspects: list[str], *also: set) -> list[tuple[str, ...]]:
    """Groups of fewer than five suspects of whose amounts, or changes, anything follows."""
    shown = [*(members for run in versions for members, _cents in cells(run)), *also]
    unknowns = sorted(set().union(*shown))
    matrix = np.array([[one in members for one in unknowns] for members in shown], float)
    whole = np.linalg.matrix_rank(matrix)
    found = []
    for size in range(1, min(LEAST, len(suspects) + 1)):
        for some in combinations(suspects, size):
            others = matrix[:, [one[0] not in some for one in unknowns]]
            if np.linalg.matrix_rank(others) < whole:
                found.append(some)
    return found


def council(run: Run, person) -> str:
    """Everything that the works council opens of a run."""
    client = signed_in(person(Role.WORKS_COUNCIL, email="rsu@example.com", language="en"))
    pages = [client.get(f"/pay/{path}") for path in (f"totals/{run.code}/", f"runs/{run.code}/", "runs/")]
    assert [page.status_code for page in pages] == [200] * 3
    return "".join(page.text.split("<main")[1] for page in pages)


def amounts(cents: int) -> tuple[str, str]:
    return f"{cents / 100:,.2f}", f"{cents / 100:.2f}"


def test_a_correction_of_one_person_or_of_three_tells_of_nobody(staffed, person):
    first = paid(published(staffed), staffed)
    assert told_of([first], ["care-4"]) == []
    second = corrected(staffed, first, ["care-4"], LATER + timedelta(days=1))
    changed = [p for p in parts(first) if parts(first)[p] != parts(second)[p]]
    assert changed == ["care-4"]
    assert told_of([first, second], ["care-4"], everybody(second)) == [("care-4",)]  # were its total shown
    assert told_of([first, second], ["care-4"]) == []
    third = corrected(staffed, second, ["north-4", "care-5"], LATER + timedelta(days=2))
    assert told_of([first, second, third], ["care-4", "care-5", "north-4"]) == []
    assert totals.totals(first).hidden is False
    shown = [{row.code for row in totals.totals(run).by_unit if not row.hidden} for run in (first, third)]
    assert shown[1] < shown[0]
    sums = [sum(AwardLine.objects.filter(run=run).values_list("cents", flat=True)) for run in (first, third)]
    page = council(third, person)
    told = {"care-4": sums[1] - sums[0], "all": sums[1]}
    assert not [text for cents in told.values() for text in amounts(cents) if text in page]
    assert amounts(sums[0])[0] in page  # of the version before, in the list
    head = person(Role.HEAD_OF_FUNCTION, email="head@example.com", language="en")
    staff.change_unit(unit("care"), by=staffed.runner, head=head)
    assert totals.own_cell(third, unit("care"), by=head).total.hidden
    own = totals.own_cell(third, unit("care"), by=head)
    assert (own.total.cents, own.lines) == (None, ())


def test_a_correction_of_many_people_is_shown_again_and_its_cause_names_nobody(staffed):
    first = paid(published(staffed), staffed)
    with pytest.raises(NamesSomebody):
        runs.correct(first, "The hours of care-4.", by=staffed.runner, now=LATER)
    people = [f"care-{n}" for n in (1, 3, 4, 5, 6, 7)]
    second = corrected(staffed, first, people, LATER + timedelta(days=1))
    told = totals.totals(second)
    assert not told.hidden
    assert {row.code for row in told.by_unit if not row.hidden} >= {"care"}
    assert told_of([first, second], ["care-1", "care-3"]) == []


def test_who_moved_earned_in_each_unit_what_the_stay_gave_and_all_adds_up(staffed):
    """The third of north moved to south in April: the year's settlement has a part in each."""
    account = {"share": "0.5", "settlement": "no_recovery"}
    version = published(staffed, parts=2, on_account=account)
    year = runs.calculate(version, 3, by=staffed.runner, now=datetime.fromisoformat("2027-01-20T09:00:00Z"))
    known = parts(year)
    assert set(known["north-3"]) == {("north", "field"), ("south", "field")}
    assert all(cents > 0 for cents in known["north-3"].values())
    told = totals.totals(year)
    by_unit = {row.code: row for row in told.by_unit}
    for code in ("north", "south", "care"):
        mine = {p: c for p, places in known.items() for (u, _), c in places.items() if u == code and c}
        if not by_unit[code].hidden:
            assert (by_unit[code].people, by_unit[code].cents) == (len(mine), sum(mine.values()))
    assert told.cents == sum(AwardLine.objects.filter(run=year).values_list("cents", flat=True))
    assert told.cents == sum(sum(places.values()) for places in known.values())
    assert told.people == len(known) == 21
    assert not {row.code for row in told.by_unit if not row.hidden} & {"tiny"}
    stay = year.first, date(2026, 3, 31)
    assert stay[0] < stay[1] < year.last
