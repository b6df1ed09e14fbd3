"""Aggregates: nothing small is shown, nor can it be had by subtracting what is shown, by anybody."""

from itertools import combinations

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given
from hypothesis import strategies as st
from tests.web.incentive.staged import paid, published, unit

from viaggio.incentive.hiding import hidden_groups
from viaggio.web.incentive.models import AwardLine
from viaggio.web.incentive.services import staff, totals
from viaggio.web.shared.roles import Role

LEAST = 5
labels = st.lists(
    st.tuples(st.sampled_from("abcd"), st.sampled_from("xyz"), st.sampled_from("12")), min_size=1, max_size=40
)


@given(labels)
def test_no_difference_of_shown_groups_is_a_small_group(rows):
    tables = []
    for place in range(3):
        groups: dict[str, set[str]] = {}
        for number, row in enumerate(rows):
            groups.setdefault(row[place], set()).add(str(number))
        tables.append({name: frozenset(some) for name, some in groups.items()})
    gone = hidden_groups(tables, LEAST)
    everybody = frozenset(str(number) for number in range(len(rows)))
    shown = [
        {name: group for name, group in table.items() if name not in hide}
        for table, hide in zip(tables, gone, strict=True)
    ]
    assert all(len(group) >= LEAST for table in shown for group in table.values())
    wholes = [everybody, *(group for table in shown for group in table.values())]
    for table in shown:
        parts = list(table.values())
        for many in range(1, len(parts) + 1):
            for some in combinations(parts, many):
                union = frozenset().union(*some)
                for whole in wholes:
                    left = whole - union
                    assert not (union < whole and 0 < len(left) < LEAST)


@pytest.fixture
def run(staffed):
    return paid(published(staffed), staffed)


@pytest.mark.django_db
def test_what_is_shown_adds_up_and_the_tiny_unit_is_not_to_be_had(run):
    found = totals.totals(run)
    awards = list(AwardLine.objects.filter(run=run))
    assert (found.people, found.cents) == (21, sum(award.cents for award in awards))
    by_unit = {total.code: total for total in found.by_unit}
    assert by_unit["tiny"].hidden
    assert by_unit["tiny"].cents is None
    assert sum(total.hidden for total in found.by_unit) >= 2
    for total in found.by_unit:
        if not total.hidden:
            mine = [
                sum(
                    round(float(line["amount"]) * 100)
                    for line in award.tree["lines"]
                    if line["unit"] == total.code
                )
                for award in awards
                if any(
                    line["unit"] == total.code and line["from"] < "2026-04" for line in award.tree["lines"]
                )
            ]
            assert (total.people, total.cents) == (len(mine), sum(mine))
    assert {total.code for total in found.by_gender} == {"f", "m"}


@pytest.mark.django_db
def test_the_head_sees_the_own_unit_only_and_no_small_one(run, staffed, person):
    head = person(Role.HEAD_OF_FUNCTION, email="head@example.com")
    for code in ("care", "tiny"):
        staff.change_unit(unit(code), by=staffed.runner, head=head)
    cell = totals.own_cell(run, unit("care"), by=head)
    assert cell.total.people == 7
    assert sum(line.cents for line in cell.lines) == cell.total.cents
    tiny = totals.own_cell(run, unit("tiny"), by=head)
    assert (tiny.total.hidden, tiny.total.cents, tiny.lines) == (True, None, ())
    with pytest.raises(PermissionDenied):
        totals.own_cell(run, unit("north"), by=head)
    assert [one.code for one in totals.units_of(head)] == ["care", "tiny"]


@pytest.mark.django_db
def test_a_measure_of_a_small_cell_has_neither_value_nor_base_nor_page(run):
    found = {(m.measure, m.unit): m for m in totals.measures(run)}
    tiny = found["team", "tiny"]
    assert (tiny.hidden, tiny.value, tiny.n, tiny.page) == (True, None, None, "")
    assert not found["company_nps", ""].hidden
