"""The payroll file: adds up to the ledger to the cent, splits welfare and cost centres, is the same again."""

import ast
import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest
from futures import companies, documents
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viaggio.incentive.errors import BadAmount
from viaggio.incentive.italy.regime import Rule
from viaggio.incentive.ledger import Entry, EntryKind, after
from viaggio.incentive.payroll import COLUMNS, Part, Payment, payroll_rows
from viaggio.incentive.plan import read_plan
from viaggio.incentive.run import calculate
from viaggio.store.incentives.country_file import load_country
from viaggio.store.incentives.payroll_file import write_payroll
from viaggio.store.incentives.run_file import run_document
from viaggio.store.incentives.run_payments import Paying, run_payments

ROOT = Path(__file__).parents[2]

AWARD = Payment(
    seq=1,
    payroll_id="0042",
    period="2027-03",
    origin="2026",
    kind=EntryKind.AWARD,
    amount_cents=580_000,
    run="CX@1-2026-1",
    parts=(Part(cents=480_000, cost_centre="care", regime="pdr"), Part(cents=100_000, cost_centre="sales")),
    welfare_cents=100_000,
    limit_used_cents=500_000,
)


def written(payments, **more) -> list[list[str]]:
    out = io.BytesIO()
    write_payroll(*payroll_rows(payments), out, **more)
    return list(csv.reader(io.StringIO(out.getvalue().decode()), delimiter=";"))


@st.composite
def ledgers(draw):
    """A ledger, and its entries as payments divided over cost centres and welfare anyhow."""
    entries: list[Entry] = []
    payments = []
    for _ in range(draw(st.integers(0, 12))):
        parts = draw(
            st.lists(
                st.tuples(
                    st.integers(-5_000, 90_000), st.sampled_from("ab"), st.sampled_from(["pdr", "ordinary"])
                ),
                min_size=1,
                max_size=4,
            )
        )
        total = sum(part[0] for part in parts)
        entries.append(
            after(
                entries,
                person=draw(st.sampled_from("pqr")),
                period="2026",
                plan_version="A@1",
                kind=EntryKind.AWARD if total > 0 else EntryKind.TRUE_UP,
                amount_cents=total,
                run="r",
            )
        )
        whole = all(part[0] >= 0 for part in parts)
        payments.append(
            Payment(
                seq=entries[-1].seq,
                payroll_id=entries[-1].person,
                period="2027",
                origin="2026",
                kind=entries[-1].kind,
                amount_cents=total,
                run="r",
                parts=tuple(Part(cents=c, cost_centre=centre, regime=regime) for c, centre, regime in parts),
                welfare_cents=draw(st.integers(0, total)) if whole else 0,
                limit_used_cents=draw(st.integers(0, 50_000)),
            )
        )
    return entries, payments


@given(ledgers(), st.randoms(use_true_random=False))
def test_rows_and_trailer_add_up_to_the_ledger_in_whatever_order_entries_come(made, chance):
    entries, payments = made
    rows, trailer = payroll_rows(payments)
    assert trailer.total_cents == sum(entry.amount_cents for entry in entries)
    assert sum(row.amount_cents for row in rows) == trailer.total_cents
    assert trailer.welfare_cents == sum(payment.welfare_cents for payment in payments)
    assert trailer.count == len(rows) == len({row.row_hash for row in rows})
    chance.shuffle(payments)
    assert payroll_rows(payments) == (rows, trailer)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(documents(), companies(), st.sampled_from(Rule))
def test_the_file_of_any_run_adds_up_to_what_is_payable_in_whichever_way_increments_count(plan, inputs, rule):
    plan |= {"legal_basis": "PDR", "agreement": {"signed": "2026-05-01"}}
    read = read_plan(plan)
    outcome = calculate(read, inputs)
    document = json.loads(json.dumps(run_document(plan, read, inputs, outcome), default=str))
    paying = Paying(ids={}, welfare={}, pack=load_country("it"), rule=rule, period="2027-03")
    rows, trailer = payroll_rows(run_payments(document, paying))
    assert trailer.total_cents == sum(award.payable_cents for award in outcome.awards)
    for award in outcome.awards:
        mine = [row for row in rows if row.payroll_id == award.person]
        assert sum(row.amount_cents for row in mine) == award.payable_cents
        assert all(row.amount_cents > 0 for row in mine)
        assert sum(row.limit_used_cents for row in mine) <= 500_000
        assert all(row.limit_used_cents <= row.amount_cents for row in mine if row.regime_flag == "pdr")


@pytest.mark.parametrize("module", ["payroll.py", "italy", "country"])
def test_no_float_is_written_on_the_way_to_payroll(module):
    place = ROOT / "src" / "viaggio" / "incentive" / module
    for path in [place] if place.is_file() else place.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float)), path
            assert not (isinstance(node, ast.Name) and node.id == "float"), path


@given(ledgers())
def test_by_cost_centre_the_rows_add_up_to_the_parts(made):
    _, payments = made
    rows, _ = payroll_rows(payments)
    for centre in "ab":
        expected = sum(part.cents for p in payments for part in p.parts if part.cost_centre == centre)
        assert sum(row.amount_cents for row in rows if row.cost_centre == centre) == expected


def test_welfare_is_a_row_of_its_own_and_uses_the_limit_first():
    rows, trailer = payroll_rows([AWARD])
    told = [
        (
            r.kind,
            r.pay_code,
            r.cost_centre,
            r.amount_cents,
            r.welfare_cents,
            r.limit_used_cents,
            r.regime_flag,
        )
        for r in rows
    ]
    assert told == [
        ("welfare", "WELFARE", "care", 100_000, 100_000, 100_000, "pdr"),
        ("award", "INCENTIVE", "care", 380_000, 0, 380_000, "pdr"),
        ("award", "INCENTIVE", "sales", 100_000, 0, 0, "ordinary"),
    ]
    assert (trailer.count, trailer.total_cents, trailer.welfare_cents) == (3, 580_000, 100_000)


def test_the_file_has_the_columns_of_the_contract_and_a_trailer_with_count_and_total():
    header, *rows, trailer = written([AWARD])
    assert ";".join(header) == (
        "payroll_id;period;pay_code;kind;amount;currency;regime_flag;limit_used;welfare_amount;cost_centre;"
        "origin_period;run_id;row_hash"
    )
    assert tuple(header) == COLUMNS
    found = dict(zip(header, trailer, strict=True))
    assert (found["payroll_id"], found["pay_code"], found["amount"]) == ("TRAILER", "3", "5800.00")
    assert sum(Decimal(row[4]) for row in rows) == Decimal(found["amount"])


def test_a_file_made_again_is_the_same_byte_by_byte_and_one_cent_changes_its_seal():
    payments = [replace(AWARD, seq=n, payroll_id=f"{n:04d}") for n in range(1, 30)]
    shuffled = list(payments)
    Random(3).shuffle(shuffled)
    assert written(payments) == written(shuffled)
    other = replace(payments[4], amount_cents=580_001, parts=(Part(cents=580_001),))
    assert payroll_rows([*payments[:4], other, *payments[5:]])[1].sha256 != payroll_rows(payments)[1].sha256


def test_what_looks_like_a_formula_is_text_and_a_negative_amount_is_a_number():
    bad = replace(
        AWARD,
        payroll_id="=1+1",
        kind=EntryKind.TRUE_UP,
        amount_cents=-28_070,
        parts=(Part(cents=-28_070, cost_centre="@care"),),
        welfare_cents=0,
        limit_used_cents=0,
    )
    row = written([bad])[1]
    assert (row[0], row[4], row[9]) == ("'=1+1", "-280.70", "'@care")


def test_an_amount_of_zero_gives_no_row():
    assert payroll_rows([replace(AWARD, amount_cents=0, parts=(), welfare_cents=0)])[1].count == 0


@pytest.mark.parametrize("changes", [{"amount_cents": 1}, {"welfare_cents": 580_001}, {"welfare_cents": -1}])
def test_parts_that_do_not_add_up_and_too_much_welfare_are_refused(changes):
    with pytest.raises(BadAmount, match="ledger 1"):
        payroll_rows([replace(AWARD, **changes)])


def test_an_entry_that_comes_twice_is_refused():
    with pytest.raises(BadAmount, match="twice"):
        payroll_rows([AWARD, AWARD])
