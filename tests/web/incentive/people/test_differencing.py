"""The differencing attack: nothing hidden, and nobody in a group too small, follows from all that is shown.

The attacker here solves linear equations over fractions; the pages only promise what withstands that.
"""

import csv
import io
import re
from fractions import Fraction
from html import unescape
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viaggio.incentive.hiding import hidden_groups
from viaggio.web.incentive.models import AwardLine, Employee
from viaggio.web.incentive.services.differencing import closed
from viaggio.web.shared.roles import Role


def rank(rows: list[list[Fraction]]) -> int:
    rows, found = [row[:] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(len(rows)):
            if i != found and rows[i][column]:
                factor = rows[i][column] / rows[found][column]
                rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def attack(people: list[str], shown: list[frozenset[str]], least: int) -> list[frozenset[str]]:
    """Every group of one or two people (and every difference of shown cells) that the shown sums give."""
    vectors = [[Fraction(one in group) for one in people] for group in shown]
    whole = rank(vectors)
    suspects = {frozenset(some) for size in range(1, min(least, 3)) for some in combinations(people, size)}
    suspects |= {a - b for a in shown for b in shown if 0 < len(a - b) < least and b < a}
    return [
        some
        for some in suspects
        if len(some) < least and rank([*vectors, [Fraction(one in some) for one in people]]) == whole
    ]


def left_by(tables: list[dict[str, frozenset[str]]], gone: list[set[str]]) -> list[frozenset[str]]:
    return [group for at, table in enumerate(tables) for name, group in table.items() if name not in gone[at]]


def test_a_plan_group_with_one_hidden_unit_would_tell_it():
    """Each table alone is harmless; together the group of A gives B away, and that of D gives C."""
    units = {"A": range(10), "B": range(10, 13), "C": range(13, 16), "D": range(16, 26)}
    groups = {"AB": range(13), "CD": range(13, 26)}
    tables = [{code: frozenset(map(str, some)) for code, some in table.items()} for table in (units, groups)]
    hidden = [{"B", "C"}, set()]
    people = [str(i) for i in range(26)]
    found = attack(people, [frozenset(people), *left_by(tables, hidden)], 5)
    assert frozenset(map(str, range(10, 13))) in found
    gone = closed(tables, hidden, 5)
    assert attack(people, [frozenset(people), *left_by(tables, gone)], 5) == []


def test_a_way_of_more_than_one_subtraction_is_found_too():
    """A + B - C leaves two people, though no cell lies in another."""
    everybody = frozenset("abcdefghijklmnopqrst")
    shown = [frozenset("abcdef"), frozenset("ghijkl"), frozenset("abcghi"), frozenset("efklmn")]
    tables = [{str(at): group} for at, group in enumerate(shown)]
    tables[0]["rest"] = everybody - shown[0]
    tables.append({"dj": frozenset("defjkl") - frozenset("dj"), "x": frozenset("mnopqrst")})
    found = attack(sorted(everybody), [everybody, *left_by(tables, [set()] * 5)], 3)
    assert found
    gone = closed(tables, [set() for _table in tables], 3)
    assert attack(sorted(everybody), [everybody, *left_by(tables, gone)], 3) == []


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_the_company_nothing_small_follows(data):
    people = [f"p{i:02}" for i in range(data.draw(st.integers(5, 16)))]
    tables = []
    for _table in range(data.draw(st.integers(1, 3))):
        kinds = data.draw(st.lists(st.sampled_from("abcd"), min_size=len(people), max_size=len(people)))
        tables.append(
            {k: frozenset(p for p, kind in zip(people, kinds, strict=True) if kind == k) for k in set(kinds)}
        )
    gone = closed(tables, hidden_groups(tables, 3), 3)
    assert attack(people, [frozenset(people), *left_by(tables, gone)], 3) == []


def cells_of(html: str) -> dict[str, dict[str, str]]:
    """Tables of a totals page: award by group, empty where hidden."""
    found = {}
    for title, body in re.findall(r"<h2 id=\"g-\d+\">(.*?)</h2>.*?<tbody>(.*?)</tbody>", html, re.DOTALL):
        rows = re.findall(r"<th scope=\"row\">(.*?)</th>(.*?)</tr>", body, re.DOTALL)
        found[title] = {
            unescape(name): [*re.findall(r"<td class=\"n\">(.*?)</td>", cells), "", ""][1]
            for name, cells in rows
        }
    return found


@pytest.mark.django_db
def test_no_page_of_totals_gives_a_small_group_away(settled):
    """All shown cells of the council's page, its file and the heads' pages together, against each person."""
    council = settled.as_role(Role.WORKS_COUNCIL, Role.ANALYST)
    page = council.get(f"/pay/totals/{settled.run.code}/")
    assert page.status_code == 200
    awards = {a.person: a for a in AwardLine.objects.filter(run=settled.run)}
    employees = {e.pseudonym: e for e in Employee.objects.all()}
    belongs = {
        "By unit": lambda p: min(awards[p].tree["lines"], key=lambda line: line["from"])["unit"].capitalize(),
        "By plan group": lambda p: "Customer care team" if p.startswith("care") else "Field",
        "By gender": lambda p: {"f": "Women", "m": "Men"}[employees[p].gender],
        "By working time": lambda p: "Part time" if p.endswith("-2") else "Full time",
    }
    shown, hidden = [frozenset(awards)], []
    for title, rows in cells_of(page.text).items():
        for name, award in rows.items():
            group = frozenset(p for p in awards if belongs[title](p) == name)
            assert group, (title, name)
            (shown if award else hidden).append(group)
            if award:
                total = sum(awards[p].cents for p in group)
                assert Fraction(re.sub(r"[^\d.]", "", unescape(award))) * 100 == total
    assert frozenset({"tiny-1", "tiny-2"}) in hidden
    assert attack(sorted(awards), shown, 5) == []
    for group in hidden:
        assert len(group) >= 5 or not rank_gives(sorted(awards), shown, group)


def rank_gives(people: list[str], shown: list[frozenset[str]], group: frozenset[str]) -> bool:
    vectors = [[Fraction(one in some) for one in people] for some in shown]
    return rank([*vectors, [Fraction(one in group) for one in people]]) == rank(vectors)


@pytest.mark.django_db
def test_the_file_hides_what_the_page_hides(settled):
    council = settled.as_role(Role.WORKS_COUNCIL, Role.ANALYST)
    page = cells_of(council.get(f"/pay/totals/{settled.run.code}/").text)
    text = council.get(f"/pay/totals/{settled.run.code}/?format=csv").content.decode("utf-8-sig")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row["table"] != "Indicators"]
    assert len(rows) == sum(map(len, page.values()))
    for row in rows:
        shown = page[row["table"]][row["name"]]
        assert bool(row["amount"]) == bool(shown)
        assert bool(row["people"]) == bool(shown)


@pytest.mark.django_db
def test_a_head_sees_the_own_unit_as_the_council_does_and_no_other(settled):
    from tests.web.incentive.staged import unit

    seen = cells_of(settled.as_role(Role.WORKS_COUNCIL).get(f"/pay/totals/{settled.run.code}/").text)[
        "By unit"
    ]
    for code in ("care", "north", "south", "tiny"):
        head = settled.person(Role.HEAD_OF_FUNCTION, email=f"head-{code}@example.com", language="en")
        one = unit(code)
        one.head = head
        one.save()
        from tests.web.incentive.people.conftest import signed_in

        client = signed_in(head)
        page = client.get(f"/pay/unit/{settled.run.code}/{code}/")
        assert page.status_code == 200
        total = re.search(r'class="big"><b>([^<]*)</b>', page.text)
        assert (unescape(total[1]) if total else "") == unescape(seen[code.capitalize()])
        main = page.text.split("<main")[1]
        for other in {"care", "north", "south", "tiny"} - {code}:
            assert client.get(f"/pay/unit/{settled.run.code}/{other}/").status_code == 404
            assert f"{other.capitalize()}<" not in main
        assert not re.search(r"(care|north|south|tiny)-\d", main)
