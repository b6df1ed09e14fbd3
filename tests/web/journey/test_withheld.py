"""No small cell of a page follows from what the page tells, whatever sums are held against each other."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.web.journey.attack import worked_out
from tests.web.journey.test_explore import table

from viaggio.web.shared.permissions import may
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue
from viaggio.web.shared.withheld import Sum, is_small, withheld

LEAST = 10
PEOPLE = (Role.OWNER, Role.ANALYST)
TABLES = st.lists(st.lists(st.integers(0, 30), min_size=3, max_size=3), min_size=2, max_size=4)


def cube(rows):
    """A table with its margins: cells by name, and its sums."""
    cells = {(i, j): n for i, row in enumerate(rows) for j, n in enumerate(row)}
    cells |= {(i, "all"): sum(row) for i, row in enumerate(rows)}
    columns = range(len(rows[0]))
    cells |= {("all", j): sum(row[j] for row in rows) for j in columns}
    cells["all", "all"] = sum(map(sum, rows))
    lines = range(len(rows))
    sums = [Sum((i, "all"), tuple((i, j) for j in columns)) for i in lines]
    sums += [Sum(("all", j), tuple((i, j) for i in lines)) for j in columns]
    sums += [
        Sum(("all", "all"), tuple((i, "all") for i in lines)),
        Sum(("all", "all"), tuple(("all", j) for j in columns)),
    ]
    return cells, sums


@settings(max_examples=40)
@given(TABLES)
def test_nothing_small_follows_from_a_table_with_its_margins(rows):
    cells, sums = cube(rows)
    hidden = withheld(cells, sums, LEAST)
    told = {cell: n for cell, n in cells.items() if cell not in hidden}
    assert not any(is_small(n, LEAST) for n in told.values())
    found = worked_out(told, [(one.whole, one.parts) for one in sums])
    assert found == {}  # nothing small follows, and what follows anyway is told
    for one in sums:
        if one.whole in told:
            left = sum(cells[part] for part in one.parts if part in hidden)
            assert not is_small(left, LEAST) or not any(
                is_small(cells[p], LEAST) for p in one.parts if p in hidden
            )


@settings(max_examples=20)
@given(TABLES)
def test_a_table_without_small_cells_is_told_whole(rows):
    cells, sums = cube([[n + LEAST for n in row] for row in rows])
    assert withheld(cells, sums, LEAST) == frozenset()


def test_a_cell_that_follows_only_from_several_sums_is_found():
    """Each sum has two cells hidden, yet a - b, b - c and a + c give all of them."""
    sums = [Sum("x", ("a", "b")), Sum("y", ("b", "c")), Sum("z", ("a", "c"))]
    cells = {"a": 3, "b": 20, "c": 30, "x": 23, "y": 50, "z": 33}
    hidden = withheld(cells, sums, LEAST)
    told = {cell: n for cell, n in cells.items() if cell not in hidden}
    assert "a" not in worked_out(told, [(one.whole, one.parts) for one in sums])


@pytest.mark.django_db
def test_the_attack_finds_nobody_in_a_funnel_by_segment(company, signed_in):
    """Who reaches a step stops there or goes on; segments sum to the whole; who stops goes somewhere."""
    address = "/journeys/funnel/?steps=product_page+%3E+cart+%3E+payment+%3E+delivery&by=channel"
    truth, told = (funnel_cells(signed_in(role), address) for role in (Role.OWNER, Role.ANALYST))
    assert_nobody_found(company, truth, told, funnel_sums(truth))


def rows_for(user, address):
    """What the API answers to a token of theirs with all scopes they can give it."""
    scopes = [scope for scope in (Right.SEE_FIGURES, Right.SEE_CUSTOMERS) if may(user, scope)]
    _, secret = issue(user, name="test", scopes=scopes, lifetime=timedelta(days=1), now=timezone.now())
    return Client().get(address, headers={"Authorization": f"Bearer {secret}"}).json()["items"]


def funnel_cells(client, address):
    cells = {}
    for key, group in (("steps", None), ("segments", "channel")):
        places = defaultdict(int)
        for row in table(client, f"{address}&table={key}&format=csv"):
            at = row[group] if group else ""
            places[at] += 1
            step = places[at]
            shares = (row["of_all"], row["of_before"], row["of_all_low"], row["of_before_low"])
            for name in ("reached", "stopped"):
                if row[name]:
                    cells[name, at, step] = int(row[name])
            if row["of_all"] and ("reached", at, 1) in cells and not row["reached"]:
                cells["reached", at, step] = round(float(row["of_all"]) * cells["reached", at, 1])
            assert row["reached"] or not any(shares)
    for row in table(client, f"{address}&table=next&format=csv"):
        if row["count"]:
            cells["next", int(row["step"]), row["next"]] = int(row["count"])
    return cells


def funnel_sums(truth):
    groups = {at for kind, at, _step in truth if kind == "reached"}
    last = max(step for kind, _at, step in truth if kind == "reached")
    sums = []
    for at in groups:
        sums += [(("reached", at, i), [("stopped", at, i), ("reached", at, i + 1)]) for i in range(1, last)]
        sums.append((("reached", at, last), [("stopped", at, last)]))
    for kind in ("reached", "stopped"):
        sums += [((kind, "", i), [(kind, at, i) for at in groups - {""}]) for i in range(1, last + 1)]
    for i in range(1, last):
        sums.append((("stopped", "", i), [key for key in truth if key[:2] == ("next", i)]))
    return sums


def assert_nobody_found(company, truth, told, sums, few=None):
    least = company.settings.minimum_cell
    few = few or {cell for cell, n in truth.items() if is_small(n, least)}
    assert few, "the sample has no small cell to find"
    assert not few & told.keys()
    assert told, "something is told"
    assert {cell: n for cell, n in worked_out(told, sums).items() if cell in few} == {}


@pytest.mark.django_db
def test_the_attack_finds_nobody_in_attribution(company, signed_in):
    """By every model the credits sum to all conversions, which the other models tell too."""
    address = "/journeys/attribution/?by=touchpoint&back=7"

    def cells(role):
        rows = table(signed_in(role), f"{address}&table=credits&format=csv")
        wide = table(signed_in(role, email=f"{role}2@example.com"), f"{address}&table=models&format=csv")
        found = {(r["model"], r["touchpoint"]): float(r["conversions"]) for r in rows if r["conversions"]}
        shares = {(m, r["touchpoint"]) for r in wide for m in r if m != "touchpoint" and r[m]}
        assert shares == found.keys()
        assert {(r["model"], r["touchpoint"]) for r in rows if r["value"] or r["share"]} == found.keys()
        return found

    truth, told = cells(Role.OWNER), cells(Role.ANALYST)
    models = {model for model, _place in truth}
    whole = sum(n for (model, _place), n in truth.items() if model == "first")
    told_and_all = {**{k: round(n, 6) for k, n in told.items()}, "all": round(whole)}
    sums = [("all", [key for key in truth if key[0] == model]) for model in models]
    untouched = "(no interaction before)"
    sums += [("untouched", [(model, untouched)]) for model in models if (model, untouched) in truth]
    assert_nobody_found(company, truth, told_and_all, sums)


def returns(client, unit):
    """By cohort: its size, and by period those back then and those back then or later; None: not told."""
    sizes, back, later, over, together = {}, {}, {}, set(), {}
    for r in table(client, f"/journeys/returns/?unit={unit}&table=cohorts&format=csv"):
        at, n = (r["cohort"], int(r["period"])), int(r["customers"] or 0)
        counts = [round(float(r[share]) * n) if r[share] else None for share in ("share", "later_share")]
        assert r["customers"] or counts == [None, None]
        if r["cohort"] == "all":
            together[at[1]] = (n, *counts)
            continue
        if r["customers"]:
            sizes[at[0]] = n
        back[at], later[at] = counts
        if r["complete"] == "yes":
            over.add(at)
    return sizes, back, later, over, together


@pytest.mark.django_db
@pytest.mark.parametrize("unit", ["month", pytest.param("week", marks=pytest.mark.faults)])
def test_the_attack_finds_nobody_who_came_back(company, signed_in, unit):
    """Cohorts sum to all customers; who does not come back is the rest; who is never seen again follows."""
    least = company.settings.minimum_cell
    true_sizes, true_back, true_later, _over, _all = returns(signed_in(Role.OWNER), unit)
    sizes, back, later, over, together = returns(signed_in(Role.ANALYST), unit)
    cells, told, sums = {}, {}, [("all", [("size", c) for c in true_sizes])]
    told["all"] = sum(true_sizes.values())
    for c, n in true_sizes.items():
        cells["size", c] = n
        periods = sorted(k for at, k in true_back if at == c)
        for name, true, said in (("back", true_back, back), ("later", true_later, later)):
            for k in periods:
                cells[name, c, k], cells["not", name, c, k] = true[c, k], n - true[c, k]
                sums.append((("size", c), [(name, c, k), ("not", name, c, k)]))
                if said[c, k] is not None:
                    told[name, c, k] = said[c, k]
        for k in periods:
            cells["not then", c, k] = true_later[c, k] - true_back[c, k]
            sums.append((("later", c, k), [("back", c, k), ("not then", c, k)]))
            if k + 1 in periods:
                cells["gone", c, k] = true_later[c, k] - true_later[c, k + 1]
                sums.append((("later", c, k), [("later", c, k + 1), ("gone", c, k)]))
    told |= {("size", c): n for c, n in sizes.items()}
    assert_nobody_found(company, cells, told, sums)
    for k, (n, came, after) in together.items():
        both = [c for c, at in over if at == k and back[c, k] is not None and later[c, k] is not None]
        whole = tuple(sum(part[c, k] for c in both) for part in (back, later))
        assert (n, came, after) == (sum(sizes[c] for c in both), *whole)
    days = table(signed_in(Role.ANALYST, email="d@example.com"), "/journeys/returns/?table=return&format=csv")
    assert days
    assert not [r for r in days if 0 < int(r["back"]) < least or int(r["out"]) < least]


@pytest.mark.django_db
def test_the_attack_finds_nobody_in_a_flow(company, signed_in):
    """Who goes on from a place, with who leaves it, are those who came to it."""
    address = "/journeys/?anchor=checkout&before=2&after=2&places=8"

    def cells(role):
        client = signed_in(role)
        moves = {
            ("move", int(r["step"]), r["origin"], r["target"]): int(r["flows"])
            for r in table(client, f"{address}&table=moves&format=csv")
            if r["flows"]
        }
        return moves | {
            ("place", int(r["step"]), r["place"]): int(r["flows"])
            for r in table(client, f"{address}&table=places&format=csv")
            if r["flows"]
        }

    owner, told = cells(Role.OWNER), cells(Role.ANALYST)
    assert owner
    client = signed_in(Role.ANALYST, email="other@example.com")
    rows = table(client, f"{address}&table=moves&format=csv")
    keys = [("move", int(r["step"]), r["origin"], r["target"]) for r in rows]
    sums = []
    for _kind, step, name in [key for key in owner if key[0] == "place"]:
        sums.append((("place", step, name), [k for k in keys if k[1:3] == (step, name)] if step < 2 else []))
        sums.append(
            (
                ("place", step, name),
                [k for k in keys if (k[1] + 1, k[3]) == (step, name)] if step > -2 else [],
            )
        )
    sums = [one for one in sums if one[1]]
    least = company.settings.minimum_cell
    found = worked_out(told, sums)
    assert [key for key in keys if key not in told]
    assert {cell: n for cell, n in found.items() if is_small(n, least)} == {}


@pytest.mark.django_db
@pytest.mark.parametrize("question", ["phases", "transitions", "sessions", "steps", "flow"])
def test_programs_are_told_of_few_customers_only_by_who_may_see_them(company, person, question):
    address = f"/api/v1/journey/{question}?where=segment+%3D+b2b"
    truth, told = (rows_for(person(role, email=f"{role}@example.com"), address) for role in PEOPLE)
    assert not any(row["hidden"] for row in truth)
    assert any(row["hidden"] for row in told)
    for known, row in zip(truth, told, strict=True):
        if row["hidden"]:
            assert row.get("customers") is None
        else:
            assert row == known
            assert not is_small(known["customers"], LEAST)
