"""The papers of a version say what the version says."""

import csv
import io

import pytest
from tests.web.incentive.office.conftest import NOW, PLAN, signed
from tests.web.incentive.office.test_plans import at, text_of

from viaggio.web.incentive.services import plans

pytestmark = pytest.mark.django_db


def test_the_notice_and_the_annex_say_the_plan(published, company, author):
    """Twelve people with 2,000 euro each."""
    said = text_of(signed(author).get(at(published, "papers")))
    assert "This notice is about the plan SMALL-2026, version 1." in said
    assert "NPS of the company weighs 60 %. It is everybody's measure." in said.replace("&#x27;", "'")
    rows = signed(author).get(at(published, "papers")).context["papers"].annex
    values = {value.replace(",", "") for _section, _field, value, _detail in rows}
    assert {"12", "2000.00"} <= values or {"12", "2000"} <= values


@pytest.mark.parametrize("which", ["notice", "annex"])
def test_a_paper_is_taken_away_as_text(published, author, which):
    answer = signed(author).get(at(published, "papers"), {"paper": which})
    assert answer.headers["Content-Disposition"] == f'attachment; filename="SMALL-2026-1-{which}-en.md"'
    assert answer.content.decode().startswith("# ")


def test_the_annex_is_taken_away_as_a_table_too(published, company, author):
    answer = signed(author).get(at(published, "papers"), {"paper": "annex", "format": "csv"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="SMALL-2026-1-annex-en.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {row["section"] for row in rows} == {"2", "3", "4", "5", "6", "7"}
    assert ("First day of the period", "1 January 2026") in {(row["field"], row["value"]) for row in rows}


def test_the_annex_calls_measures_by_their_names(workspace, author):
    line = "{measure: company_nps, "
    text = PLAN.replace(line, f"{line}form_indicator: 4, ", 1)
    version = plans.create(text, by=author, now=NOW)
    rows = signed(author).get(at(version, "papers")).context["papers"].annex
    assert [detail for _section, _field, _value, detail in rows if detail] == ["NPS of the company"]
