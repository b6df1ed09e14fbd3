"""The Italian pack against fixtures: years, signature, baseline, protected absences, form, notice."""

import json
import re
import tomllib
from dataclasses import replace
from datetime import date
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import pytest
from plans import plan_document
from test_run import company

from viaggio.incentive.country import read_pack
from viaggio.incentive.errors import BadPlan
from viaggio.incentive.italy.annex import annex
from viaggio.incentive.italy.checks import FINDINGS, check_country, first_eligible
from viaggio.incentive.italy.notice import notice
from viaggio.incentive.italy.regime import Earned, Election, Rule, parts, welfare_cents
from viaggio.incentive.italy.tax import estimate, year_of
from viaggio.incentive.plan import LegalBasis, check, read_plan
from viaggio.kernel import BadFile
from viaggio.store.incentives.country_file import load_country, shipped_countries
from viaggio.web.shared.notices import LANGUAGES, annex_markdown, annex_words, markdown, told, words

PACK = load_country("it")
GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "incentives.json").read_text())["examples"]
TABLE = GOLDEN["E12"]["inputs"]["table_rate_limit_by_year_of_payment"]


@pytest.mark.parametrize("year", TABLE)
def test_each_year_has_the_rate_and_limit_of_the_worked_example_with_a_source(year):
    rate, limit = TABLE[year]
    found = year_of(PACK.taxes, int(year))
    assert (found.rate, found.limit) == (Fraction(rate), Fraction(limit))
    assert found.income_cap == (50_000 if year == "2016" else 80_000)  # as the example says
    assert found.source
    assert set(PACK.taxes) == {int(known) for known in TABLE}


def test_the_year_2028_is_added_by_a_file_and_not_by_code(tmp_path):
    with pytest.raises(BadPlan, match="2028"):
        year_of(PACK.taxes, 2028)
    shipped = (files("viaggio.incentive.country") / "data" / "it.toml").read_text("utf-8")
    row = '[[bonus_tax]]\nyear = 2028\nrate = "0.02"\nlimit = "4000"\nincome_cap = "75000"\nsource = "ours"\n'
    (tmp_path / "it.toml").write_text(shipped + "\n" + row)
    year = year_of(load_country("it", own=tmp_path / "it.toml").taxes, 2028)
    taxed = estimate(year, gross=Fraction(5_000), contribution_rate=Fraction(0))
    assert (taxed.substitute_tax_base, taxed.substitute_tax, taxed.ordinary_taxed) == (
        400_000,
        8_000,
        100_000,
    )


def test_another_country_is_another_file(tmp_path):
    assert shipped_countries() == ["it"]
    with pytest.raises(BadFile, match="Known: it"):
        load_country("fr")
    (tmp_path / "fr.toml").write_text(
        'country = "fr"\nmark = "pi"\n[[absence]]\ncode = "birth"\nlost = "0"\nprotected = true\n'
    )
    pack = load_country("fr", own=tmp_path / "fr.toml")
    assert (pack.country, pack.mark, pack.absences["birth"].protected, pack.taxes) == ("fr", "pi", True, {})


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"country": "it", "tax": []}, "tax"),
        ({"country": "it", "bonus_tax": [{"year": 2028, "rate": 0.1}]}, r"bonus_tax\[0\]"),
        (
            {"country": "it", "absence": [{"code": "x", "lost": "1", "protected": True}]},
            r"absence\[0\]\.lost",
        ),
        ({}, "country"),
    ],
)
def test_rules_that_can_not_be_are_refused_with_their_place(document, place):
    with pytest.raises(Exception, match=place):
        read_pack(document)


def codes(**changes: object) -> dict[str, str]:
    return {f.code: f.detail for f in check_country(read_plan(plan_document(**changes)), PACK)}


def test_an_absence_that_the_law_protects_may_lose_nothing_even_if_the_plan_does_not_call_it_protected():
    assert "absence.protected_by_law" not in codes()
    for name in ("L104", "maternity"):
        refused = codes(**{f"absences.{name}": {"lost": "1"}})
        assert "absence.protected_by_law" in refused
        assert refused["absence.protected_by_law"] == PACK.absences[name].source != ""
    assert "absence.protected_by_law" not in codes(**{"absences.unpaid_leave": {"lost": "1"}})


def test_a_baseline_of_another_formula_or_questionnaire_is_refused():
    for fact in ("formula", "questionnaire"):
        measures = {"company_nps": {fact: "v2", f"baseline_{fact}": "v1"}}
        assert f"baseline.{fact}" in {f.code for f in check(read_plan(plan_document(measures=measures)))}
        measures = {"company_nps": {fact: "v2", f"baseline_{fact}": "v2"}}
        assert f"baseline.{fact}" not in {f.code for f in check(read_plan(plan_document(measures=measures)))}


def test_indicators_of_the_form_are_21_and_others_are_refused():
    assert sorted(PACK.indicators) == list(range(1, 22))
    assert PACK.indicators[4].names["it"] == "Indici di soddisfazione del cliente"
    assert [n for n, i in PACK.indicators.items() if not i.other] == [4, 5, 7, 8, 12, 15, 19, 21]
    assert codes(**{"groups.accounting.shared.0.form_indicator": "22"})["indicator.unknown"] == "22"
    assert codes(**{"agreement.form_goals": ["happiness"]})["pdr.unknown_goal"] == "happiness"
    assert set(codes()) <= set(FINDINGS)


def signed(day: str):
    return read_plan(plan_document(**{"agreement.signed": day}))


def test_an_agreement_signed_late_counts_from_the_day_after():
    assert first_eligible(signed("2025-12-10")) == date(2026, 1, 1)
    assert first_eligible(signed("2026-01-01")) == date(2026, 1, 1)
    assert first_eligible(signed("2026-06-30")) == date(2026, 7, 1)
    assert codes(**{"agreement.signed": "2026-06-30"})["pdr.signed_after_start"] == "2026-07-01"
    assert "pdr.signed_after_end" in codes(**{"agreement.signed": "2027-02-01"})
    late = read_plan(plan_document(published="2026-03-31", accrues_from="2026-01-01"))
    assert first_eligible(late) == date(2026, 4, 1)


YEAR = Earned(unit="care", first=date(2026, 1, 1), last=date(2026, 12, 31), cents=100_000, incremental=True)


def flagged(plan, lines, **more) -> dict[str, int]:
    found = parts(plan, lines, mark=PACK.mark, **more)
    assert sum(part.cents for part in found) == sum(line.cents for line in lines)
    return {part.regime: part.cents for part in found}


def test_only_what_is_better_than_the_baseline_and_earned_after_the_signature_is_flagged():
    assert flagged(signed("2025-12-10"), [YEAR]) == {"pdr": 100_000}
    assert flagged(signed("2026-06-30"), [YEAR]) == {"ordinary": 49_589, "pdr": 50_411}  # 184 of 365 days
    assert flagged(signed("2027-01-31"), [YEAR]) == {"ordinary": 100_000}
    for incremental in (False, None):
        worse = replace(YEAR, incremental=incremental)
        assert flagged(signed("2025-12-10"), [worse]) == {"ordinary": 100_000}
    mbo = replace(signed("2025-12-10"), legal_basis=LegalBasis.MBO)
    assert flagged(mbo, [YEAR]) == {"ordinary": 100_000}


def test_the_agreement_says_whose_increment_counts():
    lines = [YEAR, replace(YEAR, cents=30_000, incremental=False)]
    plan = signed("2025-12-10")
    assert flagged(plan, lines) == {"pdr": 100_000, "ordinary": 30_000}
    assert flagged(plan, lines, rule=Rule.ANY) == {"pdr": 130_000}
    assert flagged(plan, lines, rule=Rule.ALL) == {"ordinary": 130_000}


def test_welfare_is_a_choice_within_its_window_and_cash_without_one():
    window = {"first": date(2027, 2, 1), "last": date(2027, 2, 28)}
    chosen = Election(cents=100_000, on=date(2027, 2, 10))
    assert welfare_cents(580_000, None, allowed=True, **window) == 0
    assert welfare_cents(580_000, chosen, allowed=True, **window) == 100_000
    for payable, election, allowed in (
        (580_000, chosen, False),
        (580_000, replace(chosen, on=date(2027, 3, 1)), True),
        (99_999, chosen, True),
    ):
        with pytest.raises(BadPlan, match="welfare"):
            welfare_cents(payable, election, allowed=allowed, **window)


def test_the_annex_is_filled_in_as_far_as_plan_and_people_tell():
    _, inputs = company()
    plan = read_plan(plan_document())
    rows = annex(plan, inputs, PACK, welfare=True)
    assert {row.section for row in rows} == {2, 3, 4, 5, 6, 7}
    found = {(row.section, row.fact): row.value for row in rows}
    assert found[2, "signed"] == "2025-12-10"
    assert found[3, "baseline_last"] == "2025-12-31"
    assert found[4, "people"] == "14"
    assert [row.value for row in rows if row.fact == "goals"] == ["quality", "profitability"]
    ((number, measures),) = [(row.value, row.detail) for row in rows if row.fact == "indicators"]
    assert (number, measures) == ("4", "company_nps, pulse_index")
    told_it = annex_markdown(annex_words(annex(plan, None, PACK), PACK, "it"), "it")
    assert (
        "| Indicatore e misure | 4. Indici di soddisfazione del cliente | company_nps, pulse_index |"
        in told_it
    )
    assert "| Persone | da compilare |" in told_it
    assert "| Firmato il | 10/12/2025 |" in told_it


FULL = plan_document(**{"guardrails.deadband_z": "1.644854"}) | {
    "gates": [
        {"if": "ebitda >= 10000000.00", "level": "plan", "effect": effect}
        for effect in ("zero", "hold", {"cap": "0.5"}, {"factor": "0.75"})
    ]
}


def sentences(language: str, **changes: object) -> list[str]:
    facts = notice(read_plan(FULL | changes), PACK, open_days=30, acknowledge_days=5)
    return [s for section in told(facts, PACK, language) for s in section.sentences]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notice_says_what_the_plan_says_in_both_languages(language):
    said = " ".join(sentences(language))
    million = "10.000.000" if language == "it" else "10,000,000"
    for value in ("CX-SHARED", "35 %", "25 %", "40 %", "150 %", "30", "240", million):
        assert value in said
    assert not re.search(r"[{}]", said)
    first = "01/01/2026" if language == "it" else "1 January 2026"
    assert first in said


def test_the_notice_tells_of_measures_of_single_people_where_a_plan_has_them():
    personal = sentences("en", measures={"company_nps": {"scope": "person"}})
    assert "This plan measures single people too. An agreement with the unions allows it." in personal
    assert not any("gives no marks to people" in sentence for sentence in personal)


def test_a_new_version_of_the_plan_has_a_new_notice():
    assert sentences("it") != sentences("it", individual_cap="1.4")
    assert sentences("it") != sentences("it", version="4")
    assert markdown("x", told(notice(read_plan(FULL), PACK, open_days=30, acknowledge_days=5), PACK, "en"))


def keys(node: object, place: str = "") -> set[str]:
    if not isinstance(node, dict):
        return {place}
    return {key for name, value in node.items() for key in keys(value, f"{place}.{name}")}


def test_both_languages_have_the_same_sentences_with_the_same_values():
    it, en = words("it"), words("en")
    assert keys(it) == keys(en)
    for section, said in it["notice"].items():
        for code, sentence in said.items() if isinstance(said, dict) else ():
            assert set(re.findall(r"{(\w+)}", sentence)) == set(
                re.findall(r"{(\w+)}", en["notice"][section][code])
            )


def gulpease(text: str) -> float:
    """Lucisano and Piemontese 1988: 89 + (300 sentences - 10 letters) / words."""
    found = re.findall(r"[^\W_]+", text)
    ends = len(re.findall(r"[.:!?](?=\s|$)", text))
    return 89 + (300 * ends - 10 * sum(len(word) for word in found)) / len(found)


def test_the_measure_of_readability_is_that_of_the_published_formula():
    assert gulpease("Il gatto dorme. Il cane mangia.") == pytest.approx(89 + (600 - 240) / 6)
    assert gulpease("precipitevolissimevolmente " * 10 + ".") < 0


def test_the_italian_notice_reads_like_b1():
    said = sentences("it")
    assert gulpease(" ".join(said)) >= 60
    assert min(gulpease(sentence) for sentence in said) >= 40  # the legal limit of hard for middle school


def test_no_sentence_is_longer_than_twenty_words():
    for sentence in re.split(r"(?<=[.:])\s", " ".join(sentences("it"))):
        assert len(re.findall(r"[^\W_]+", sentence)) <= 20, sentence


def test_the_shipped_file_is_plain_toml_without_a_float():
    document = tomllib.loads((files("viaggio.incentive.country") / "data" / "it.toml").read_text("utf-8"))
    assert not any(isinstance(v, float) for row in document["bonus_tax"] for v in row.values())
