"""A statement can be redone by hand: lines add up, products give their amounts, figures are the tree's."""

import re
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from html import unescape

import pytest
from django.utils import translation
from tests.web.incentive.people import paid

from viaggio.web.incentive.models import AwardLine, Employee
from viaggio.web.incentive.services.figure_page import figure_page
from viaggio.web.incentive.services.line_moves import moved, stay_factor
from viaggio.web.incentive.services.statement_page import statement_page
from viaggio.web.incentive.services.statements import statement_of
from viaggio.web.incentive.views.mine import address_for

EVERYBODY = ("P-RITA", "P-SARA", "P-UGO", "P-VERA")


def euros(text: str) -> Decimal:
    """An English amount such as "−€1,234.50"."""
    return Decimal(re.sub(r"[^\d.−-]", "", text).replace("−", "-"))


def product(by_hand: str) -> Fraction:
    """What a pocket calculator makes of "€1,098.08 x 35% x 125%"."""
    result = Fraction(1)
    for factor in by_hand.split("×"):
        number = Fraction(re.sub(r"[^\d.]", "", factor))
        result *= number / 100 if factor.strip().endswith("%") else number
    return result


def page_of(statement):
    with translation.override("en"):
        return statement_page(statement, lambda source: source.page, {})


@pytest.mark.parametrize("person", EVERYBODY)
def test_lines_of_a_page_add_up_to_the_award(person):
    page = page_of(paid.statement(person))
    lines = [line for stay in page.stays for line in stay.lines]
    assert sum(euros(line.amount) for line in lines) == euros(page.award)
    assert [euros(stay.earned) for stay in page.stays] == [
        sum(euros(line.amount) for line in stay.lines) for stay in page.stays
    ]


@pytest.mark.parametrize("person", EVERYBODY)
def test_the_product_on_a_line_gives_its_amount_to_the_cent_or_one_beside(person):
    for stay in page_of(paid.statement(person)).stays:
        for line in stay.lines:
            found = Decimal(round(product(line.by_hand) * 10_000)) / 10_000
            assert abs(found - euros(line.amount)) <= Decimal("0.011"), (line.name, line.by_hand)


@pytest.mark.parametrize("person", EVERYBODY)
def test_the_steps_from_target_to_award_can_be_redone(person):
    page = page_of(paid.statement(person))
    names = [row.name for row in page.steps]
    assert names == ["At 100% you would get", "Your result", "Shared pool", "Your award"]
    first, *between, last = [row.value.replace("×", "") for row in page.steps]
    result = Fraction(euros(first)) * Fraction(euros(between[0])) / 100 * Fraction(euros(between[1]))
    exact = Decimal(result.numerator) / Decimal(result.denominator)
    assert abs(exact.quantize(Decimal("0.01"), ROUND_HALF_UP) - euros(last)) <= Decimal("0.01")


@pytest.mark.parametrize("person", EVERYBODY)
def test_the_days_of_a_stay_are_those_of_the_calendar(person):
    """Rita: 181 days less 14 unpaid; then 184 days at 80 %."""
    days = [
        row.value for stay in page_of(paid.statement(person)).stays for row in stay.rows if "Days" in row.name
    ]
    assert days == (["167 of 365", "147.2 of 365"] if person == "P-RITA" else ["365 of 365"])


@pytest.mark.parametrize("person", EVERYBODY)
def test_a_stays_factor_is_the_engines(person):
    statement = paid.statement(person)
    for stay in statement.stays:
        assert stay_factor(stay, statement.lines, statement) == stay.factor


def test_one_point_more_is_what_the_engine_pays_for_it():
    """The engine computes the company again with one more point of NPS; the pool's factor is taken out."""
    from dataclasses import replace

    from viaggio.incentive.run import calculate

    statement = paid.statement("P-VERA")
    line = next(one for one in statement.lines if one.measure == "company_nps")
    cells = tuple(
        replace(cell, strata=(replace(cell.strata[0], promoters=cell.strata[0].promoters + 24),))
        if (cell.measure, cell.window) == ("company_nps", "period")
        else cell
        for cell in paid.INPUTS.cells
    )
    again = calculate(paid.plan(), replace(paid.INPUTS, cells=cells))
    after = next(one for one in again.awards if one.person == "P-VERA").raw
    change = (after - paid.award("P-VERA").raw) * paid.outcome().factor * 100
    assert moved(statement, line, Fraction(1)) == round(change)


def test_every_reason_code_of_the_engine_is_a_sentence():
    from viaggio.incentive.run import Status
    from viaggio.web.incentive.services.statement_words import SOURCES, STATUSES, hold_words, source_words

    assert set(STATUSES) == set(map(str, Status))
    for code in (*SOURCES, "without:refund,app"):
        with translation.override("it"):
            said = source_words(code)
        assert said.endswith(".")
        assert ":" not in said or code.startswith("without")
    for code in ("gate:ebitda:missing", "gate:ebitda", "flag:begging", "flag:coverage"):
        with translation.override("it"):
            assert hold_words(code).endswith(".")


def test_too_few_answers_are_explained_and_own_figures_of_small_groups_are_not_shown():
    page = page_of(paid.statement("P-SARA"))
    line = page.stays[0].lines[2]
    assert (
        line.why[0]
        == "The group is too small to be looked at alone. So the value of the unit above it counts."
    )


def test_what_is_held_says_why_and_until_when():
    page = page_of(paid.statement("P-RITA"))
    assert euros(page.payable) + euros(page.held) == euros(page.award)
    assert page.holds[0].until == "1 Mar 2027"
    assert "asked for a score" in page.holds[0].why


@pytest.mark.django_db
def test_the_page_shows_each_award_as_it_stands_in_the_tree(settled):
    for award in AwardLine.objects.filter(run=settled.run):
        answer = settled.client(award.person).get(settled.path())
        assert answer.status_code == 200
        shown = re.search(r'class="big"><b>([^<]*)</b>', answer.text)
        assert shown
        assert euros(unescape(shown[1])) == Decimal(award.tree["award"])
        amounts = re.findall(r'<b class="amount">([^<]*)</b>', answer.text)
        assert [euros(unescape(one)) for one in amounts] == [
            Decimal(line["amount"])
            for line in award.tree["lines"]
            if line["from"] <= settled.run.last.isoformat() and line["to"] >= settled.run.first.isoformat()
        ]
        assert sum(euros(unescape(one)) for one in amounts) == Decimal(award.tree["award"])


@pytest.mark.django_db
def test_products_on_the_pages_of_a_settled_quarter_give_their_amounts(settled):
    for award in AwardLine.objects.filter(run=settled.run):
        employee = Employee.objects.get(pseudonym=award.person)
        page = page_of(statement_of(settled.run, employee))
        for stay in page.stays:
            for line in stay.lines:
                found = Decimal(round(product(line.by_hand) * 10_000)) / 10_000
                assert abs(found - euros(line.amount)) <= Decimal("0.011"), (award.person, line.by_hand)


@pytest.mark.django_db
def test_a_figure_leads_by_click_to_the_same_figure(settled):
    """Who may see figures comes to the score page; who may not, to totals of the same reading."""
    from viaggio.web.shared.roles import Role

    reader = settled.client("care-1", Role.EMPLOYEE, Role.ANALYST)
    told = statement_of(settled.run, Employee.objects.get(pseudonym="care-1"))
    text = reader.get(settled.path()).text
    for source in {s for line in told.lines for s in line.measured if s.window in {"period", "baseline"}}:
        assert source.page.replace("&", "&amp;") in text
        assert reader.get(source.page).status_code == 200
    plain = settled.client("care-3").get(settled.path()).text
    assert "/scores/" not in plain.split("<main")[1]
    links = re.findall(rf'href="({re.escape(settled.path())}figures/\d+/)"', plain)
    assert links
    found = 0
    for link in links:
        page = settled.client("care-3").get(link)
        assert page.status_code == 200
        value = re.search(r'class="big"><b>([^<]*)</b>', page.text)
        if value is None:
            assert "too few answers to show" in page.text
        else:
            assert value[1] in plain
            found += 1
    assert found


@pytest.mark.django_db
def test_the_answers_behind_a_figure_give_it_by_hand(settled, rf):
    """Also where no score page can show it: answers without those of a pulse on which no pay is built."""
    from viaggio.web.shared.roles import Role
    from viaggio.web.shared.workspace import current_engine

    told = statement_of(settled.run, Employee.objects.get(pseudonym="care-1"))
    lines = [replace(one, measured=tuple(replace(s, page="") for s in one.measured)) for one in told.lines]
    told = replace(told, lines=tuple(lines))
    request = rf.get("/")
    request.user = settled.person(Role.EMPLOYEE, Role.ANALYST, email="reads@example.com")
    [source] = {s for one in lines for s in one.measured if (s.metric, s.window) == ("nps", "period")}
    assert address_for(request, told)(source).startswith(settled.path("figures/"))
    page = figure_page(source, current_engine(), {}, 1)
    counts = {int(label): int(number) for label, number, _share in page.spread.table.rows}
    good, bad = sum(n for v, n in counts.items() if v >= 9), sum(n for v, n in counts.items() if v <= 6)
    assert sum(counts.values()) == source.base
    assert round(Fraction(100 * (good - bad), source.base), 6) == Fraction(source.value)


def test_a_figure_of_few_answers_keeps_its_value_to_itself():
    """Also one of the whole company: a touchpoint that hardly anybody answered about."""
    told = paid.statement("P-RITA")
    part = next(p for line in told.lines for p in line.parts if p.source)
    few = replace(part, source=replace(part.source, value="", base=0, few=True))
    lines = [replace(line, parts=(few,)) if part in line.parts else line for line in told.lines]
    page = page_of(replace(told, lines=tuple(lines)))
    [figure] = {f for s in page.stays for one in s.lines for f in one.figures if "too few" in f.base}
    assert (figure.value, figure.href) == ("\u2013", "")
