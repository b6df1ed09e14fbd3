import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.pulse.fielding import (
    Dispositions,
    LedgerDoesNotAddUp,
    aapor,
    coverage,
    dispositions,
)
from viaggio.pulse.model import Outcome

counts = st.dictionaries(st.sampled_from(Outcome), st.integers(0, 1000))


def test_the_rates_are_those_of_the_standard_definitions():
    # worked by hand: I 50, P 10, R 15, NC 20, O 5, UH 60, UO 40; 100 known, 200 in all, e = 0.5 gives 150
    found = aapor(
        Dispositions(
            complete=50, partial=10, refusal=15, non_contact=20, other=5, unknown=60, unknown_other=40
        ),
        eligible_share=0.5,
    )
    assert (found.rr1, found.rr2) == (0.25, 0.30)
    assert (found.rr3, found.rr4) == (50 / 150, 0.40)
    assert (found.rr5, found.rr6) == (0.5, 0.6)
    assert (found.coop1, found.coop2, found.coop3, found.coop4) == (50 / 80, 60 / 80, 50 / 75, 60 / 75)
    assert (found.ref1, found.ref2, found.ref3) == (0.075, 0.1, 0.15)
    assert (found.con1, found.con2, found.con3) == (0.4, 80 / 150, 0.8)


def test_nobody_asked_has_no_rate():
    assert aapor(Dispositions()).rr1 is None


@given(counts)
def test_the_ledger_sums_to_the_unit(found: dict[Outcome, int]):
    whole = coverage(found, sum(found.values()))
    assert sum(whole.counts.values()) == whole.units
    assert set(whole.counts) == set(Outcome)
    asked = dispositions(found)
    letters = asked.complete + asked.partial + asked.refusal + asked.unknown + asked.unknown_other
    assert letters == whole.asked


@given(counts, st.integers(1, 5))
def test_a_unit_too_many_or_too_few_is_refused(found: dict[Outcome, int], off: int):
    for units in (sum(found.values()) + off, sum(found.values()) - off):
        with pytest.raises(LedgerDoesNotAddUp):
            coverage(found, units)


def test_an_outcome_that_nobody_knows_is_refused():
    with pytest.raises(LedgerDoesNotAddUp):
        coverage({"vanished": 1}, 1)
