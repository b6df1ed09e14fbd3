"""Laws of the pay path: sums that add up, better never pays less, splitting changes nothing."""

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from viaggio.incentive import ledger, pooling, proration, scoring
from viaggio.incentive.curves import Curve, Shape, check_curve, payout
from viaggio.incentive.errors import BadAmount, BadAssignment, BadPlan
from viaggio.incentive.exact import apportion, cents, exact, root, written

amounts = st.integers(0, 10_000_000).map(lambda n: Fraction(n, 1000))
raws = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), amounts, min_size=1, max_size=12)
days = st.dates(date(2025, 12, 1), date(2027, 2, 1))
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


@st.composite
def curves(draw):
    """Rising curves of every shape, upwards and downwards."""
    xs = sorted(draw(st.sets(st.integers(-100, 100), min_size=1, max_size=5)))
    ys = sorted(draw(st.lists(st.integers(0, 300), min_size=len(xs), max_size=len(xs))))
    falling = draw(st.booleans())
    points = tuple((Fraction(-x if falling else x), Fraction(y, 100)) for x, y in zip(xs, ys, strict=True))
    below = Fraction(draw(st.integers(0, ys[0])), 100)
    return Curve(shape=draw(st.sampled_from(Shape)), points=points, below=below, falling=falling)


@given(st.fractions())
def test_cents_and_six_decimals_round_as_the_decimal_module_does(value):
    assume(abs(value) < 10**9)
    text = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(text) == value:  # else the division itself was rounded
        assert cents(value) == int((text * 100).quantize(Decimal(1), ROUND_HALF_UP))
        assert Decimal(written(value)) == text.quantize(Decimal("0.000001"), ROUND_HALF_EVEN)


@pytest.mark.parametrize("number", [0.1, True, "0,5", "", "1e3", "1/0", "NaN"])
def test_a_number_that_is_not_exact_is_refused(number):
    with pytest.raises(BadAmount):
        exact(number)


@given(st.fractions(min_value=0, max_value=10**6))
def test_a_root_squared_is_the_number_to_forty_digits(square):
    assert abs(root(square) ** 2 - square) <= square * Fraction(1, 10**40)


@given(raws, st.integers(0, 10**9))
def test_apportioned_cents_add_up_and_lie_within_a_cent_of_the_exact_share(raw, total):
    whole = sum(raw.values())
    assume(whole > 0)
    shares = apportion(total, raw)
    assert sum(shares.values()) == total
    assert all(abs(shares[name] - total * raw[name] / whole) < 1 for name in raw)


@given(raws, amounts)
def test_a_pool_is_never_exceeded_and_spent_to_the_cent_when_it_binds(raw, pool):
    shared = pooling.limited(raw, pool)
    if shared.binds:
        assert sum(shared.awards.values()) == cents(pool)
    else:
        assert shared.awards == {name: cents(share) for name, share in raw.items()}
    assert all(award >= 0 for award in shared.awards.values())


@given(raws, amounts, st.integers(100, 400))
def test_a_pool_divided_whole_respects_every_cap_and_accounts_for_every_cent(raw, pool, cap_percent):
    caps = {name: cents(share * cap_percent / 100) * Fraction(1, 100) for name, share in raw.items()}
    shared = pooling.distributed(raw, caps, pool)
    assert sum(shared.awards.values()) + shared.unspent == cents(pool)
    assert all(Fraction(shared.awards[name], 100) <= caps[name] + Fraction(1, 100) for name in raw)


@given(curves(), st.fractions(-200, 200), st.fractions(0, 100))
def test_a_better_value_never_pays_less(curve, value, gain):
    check_curve(curve)
    better = value - gain if curve.falling else value + gain
    assert payout(curve, better) >= payout(curve, value)
    assert curve.below <= payout(curve, value) <= curve.cap


def test_unordered_points_and_falling_payouts_are_refused_with_their_place():
    with pytest.raises(BadPlan, match=r"points\[1\]"):
        check_curve(Curve(points=((Fraction(2), Fraction(0)), (Fraction(1), Fraction(1)))))
    with pytest.raises(BadPlan, match=r"points\[1\]"):
        check_curve(Curve(points=((Fraction(1), Fraction(1)), (Fraction(2), Fraction(0)))))


def day_by_day(stay, absences, count):
    """Slow and plain: one day after the other."""
    total, day = Fraction(0), FIRST
    while day <= LAST:
        if stay.first <= day <= stay.last and (count is proration.DayCount.CALENDAR or day.weekday() < 5):
            total += stay.fte * (1 - max((a.lost for a in absences if a.first <= day <= a.last), default=0))
        day += timedelta(days=1)
    return total


absences = st.lists(
    st.builds(
        lambda a, n, lost: proration.Absence(a, a + timedelta(days=n), Fraction(lost, 4)),
        days, st.integers(0, 90), st.integers(0, 4),
    ),
    max_size=5,
)  # fmt: skip


@given(days, st.integers(0, 400), st.integers(1, 20), absences,
       st.sampled_from([proration.DayCount.CALENDAR, proration.DayCount.WORKING]))  # fmt: skip
def test_spans_count_as_day_by_day_does(first, length, fte, away, count):
    stay = proration.Stay(first, first + timedelta(days=length), "x", Fraction(fte, 20))
    assert proration.weighted_days(stay, away, FIRST, LAST, count) == day_by_day(stay, away, count)


@given(days, st.integers(1, 400), st.integers(0, 399), absences)
def test_splitting_a_stay_changes_nothing(first, length, cut, away):
    assume(cut < length)
    last, middle = first + timedelta(days=length), first + timedelta(days=cut)
    whole = proration.Stay(first, last, "x")
    parts = [proration.Stay(first, middle, "x"), proration.Stay(middle + timedelta(days=1), last, "x")]
    for count in proration.DayCount:
        split = sum(proration.weighted_days(part, away, FIRST, LAST, count) for part in parts)
        assert split == proration.weighted_days(whole, away, FIRST, LAST, count)


def test_a_year_of_thirty_day_months_has_360_days():
    assert proration.days_between(FIRST, LAST, proration.DayCount.THIRTY) == 360
    assert proration.days_between(date(2026, 2, 1), date(2026, 2, 28), proration.DayCount.THIRTY) == 30


def test_two_stays_over_full_time_are_refused_with_the_day():
    stays = [
        proration.Stay(FIRST, LAST, "a", Fraction(3, 4)),
        proration.Stay(date(2026, 5, 4), LAST, "b", Fraction(1, 2)),
    ]
    with pytest.raises(BadAssignment, match="2026-05-04"):
        proration.check_stays(stays)


@given(st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=8))
def test_corrections_lead_to_the_last_recomputed_award(awards):
    entries: list[ledger.Entry] = []
    for number, award in enumerate(awards):
        delta = ledger.true_up(award, (entry.amount_cents for entry in entries))
        entries.append(
            ledger.after(
                entries, person="p", period="2026", plan_version="A@1", run=f"run-{number}",
                kind=ledger.EntryKind.TRUE_UP if entries else ledger.EntryKind.AWARD, amount_cents=delta,
            )
        )  # fmt: skip
    assert sum(entry.amount_cents for entry in entries) == awards[-1]
    assert not list(ledger.broken((entry, entry.hash) for entry in entries))


def test_a_changed_or_missing_entry_breaks_the_chain():
    entries: list[ledger.Entry] = []
    for number in range(4):
        entries.append(ledger.after(entries, person="p", period="2026", plan_version="A@1", run="r",
                                    kind=ledger.EntryKind.AWARD, amount_cents=number))  # fmt: skip
    stored = [(entry, entry.hash) for entry in entries]
    changed = ledger.Entry(**{**{f: getattr(entries[1], f) for f in ledger.Entry.__dataclass_fields__},
                              "amount_cents": 99})  # fmt: skip
    assert [b.why for b in ledger.broken([stored[0], (changed, stored[1][1]), *stored[2:]])] == ["hash"]
    assert list(ledger.broken([stored[0], *stored[2:]]))


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_nps_and_its_variance_are_those_of_the_plain_list(p, passive, d):
    assume(p + passive + d > 1)
    answers = [100] * p + [0] * passive + [-100] * d
    n = len(answers)
    mean = Fraction(sum(answers), n)
    score = scoring.nps_score(p, d, n)
    assert score.value == mean
    assert score.variance == sum((a - mean) ** 2 for a in answers) / (n - 1) / n
