"""What-if, payroll and the Italian papers on the command line, with the example's files."""

import csv
import io
import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from viaggio.cli.app import app

EXAMPLE = Path(__file__).parents[2] / "examples" / "incentive"
FILES = ["--people", str(EXAMPLE / "people.csv"), "--results", str(EXAMPLE / "results.csv")]
PLAN = str(EXAMPLE / "plan.yaml")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["incentive", *map(str, arguments)], catch_exceptions=False)


def told(*arguments: object) -> dict:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's run in a file."""
    path = tmp_path_factory.mktemp("run") / "run.json"
    assert run("run", PLAN, *FILES, "--out", path).exit_code == 0
    return path


@pytest.fixture(scope="module")
def richer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's plan with a pool of 3.2 instead of 3 per cent."""
    path = tmp_path_factory.mktemp("plan") / "plan.yaml"
    path.write_text(Path(PLAN).read_text("utf-8").replace('rate: "0.03"', 'rate: "0.032"'), encoding="utf-8")
    return path


def test_a_richer_pool_is_compared_to_the_cent_with_its_cause(richer):
    found = told("simulate", PLAN, *FILES, "--against", richer)["comparison"]
    assert found["total"] == {"before": "15600.00", "after": "16640.00", "difference": "1040.00"}
    (cause,) = found["causes"]
    assert (cause["part"], cause["amount"]) == ("pool", "1040.00")
    assert sum(Decimal(m["difference"]) for m in found["people"].values()) == Decimal("1040.00")
    table = run("simulate", PLAN, *FILES, "--against", richer)
    assert "pool.rate" in table.stdout


def test_other_kpis_and_values_are_compared_without_another_plan():
    found = told("simulate", PLAN, *FILES, "--kpi", "ebitda=10000000", "--value", "delivery=91")["comparison"]
    assert found["total"]["after"] == "0.00"  # three per cent of nothing
    assert [cause["part"] for cause in found["causes"]] == ["cells", "kpis"]
    unknown = CliRunner().invoke(app, ["incentive", "simulate", PLAN, *FILES, "--value", "speed=3"])
    assert "no 'speed'" in str(unknown.exception)


def test_the_cost_is_drawn_and_the_same_seed_draws_the_same(richer):
    asked = ("simulate", PLAN, *FILES, "--draws", 400, "--kpi-sd", "ebitda=100000", "--correlation", "0.3")
    one, again = told(*asked), told(*asked)
    assert one == again
    assert told(*asked, "--seed", 2) != one
    (forecast,) = one["forecasts"]
    assert forecast["computed"] == 15_600
    assert forecast["cost"]["p5"] <= forecast["cost"]["p50"] <= forecast["cost"]["p95"] <= 18_000.01
    assert forecast["pool_binds"] > 0.9
    both = told(*asked, "--against", richer)
    assert len(both["forecasts"]) == 2
    assert both["comparison"]["total"]["difference"] == "1040.00"


def test_scenarios_come_with_their_chances_from_a_file(tmp_path):
    strike = tmp_path / "futures.toml"
    strike.write_text('[[future]]\nname = "strike"\nchance = "1"\nkpis = { ebitda = "10000000" }\n')
    (found,) = told("simulate", PLAN, *FILES, "--draws", 20, "--futures", strike)["forecasts"]
    assert found["cost"]["p95"] == 0  # three per cent of nothing
    for wrong in ("chance = '1'", "[[future]]\nname = 'x'\nchance = 0.1\nodds = 1", "[[future]]\nname = 'x'"):
        strike.write_text(wrong)
        done = CliRunner().invoke(app, ["incentive", "simulate", PLAN, *FILES, "--futures", str(strike)])
        assert "futures.toml" in str(done.exception)


def test_payouts_by_an_attribute_hide_small_groups(tmp_path):
    rows = [f"u{n:02d},{'f' if n <= 3 else 'm'}" for n in range(1, 15)]
    (tmp_path / "gender.csv").write_text("person,value\n" + "\n".join(rows), encoding="utf-8")
    (found,) = told("simulate", PLAN, *FILES, "--draws", 50, "--attribute", tmp_path / "gender.csv")[
        "forecasts"
    ]
    assert found["attribute"] == {name: {"headcount": None, "payout": None} for name in "fm"}


def test_a_refused_plan_is_not_simulated(tmp_path):
    bad = tmp_path / "plan.yaml"
    bad.write_text(
        Path(PLAN).read_text("utf-8").replace('weight: "0.35"', 'weight: "0.30"'), encoding="utf-8"
    )
    done = CliRunner().invoke(app, ["incentive", "simulate", str(bad), *FILES])
    assert "weights.not_one" in str(done.exception)


def payroll(*arguments: object) -> tuple[list[dict[str, str]], dict[str, str], str]:
    done = run("export", *arguments)
    assert done.exit_code == 0, done.output
    *rows, trailer = csv.DictReader(io.StringIO(done.stdout), delimiter=";")
    return rows, trailer, done.stdout


def test_the_payroll_file_adds_up_to_the_run_and_is_the_same_again(stored):
    rows, trailer, text = payroll(stored)
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal(trailer["amount"]) == Decimal("15600.00")
    assert int(trailer["pay_code"]) == len(rows)
    by_person: dict[str, Decimal] = {}
    for row in rows:
        by_person[row["payroll_id"]] = by_person.get(row["payroll_id"], Decimal(0)) + Decimal(row["amount"])
    awards = {a["person"]: Decimal(a["award"]) for a in json.loads(stored.read_text())["outcome"]["awards"]}
    assert by_person == {person: award for person, award in awards.items() if award}
    assert payroll(stored)[2] == text


def test_payroll_ids_welfare_and_the_period_of_payment_come_from_files(stored, tmp_path):
    (tmp_path / "ids.csv").write_text("person,payroll_id\nu04,=0042\n", encoding="utf-8")
    (tmp_path / "welfare.csv").write_text("person,amount\nu04,500.00\n", encoding="utf-8")
    rows, trailer, _ = payroll(
        stored, "--ids", tmp_path / "ids.csv", "--welfare", tmp_path / "welfare.csv", "--period", "2027-03"
    )
    mine = [row for row in rows if row["payroll_id"] == "'=0042"]
    assert sum(Decimal(row["amount"]) for row in mine) == Decimal(
        "2000.76"
    )  # the transfer of the worked example
    assert [(row["pay_code"], row["welfare_amount"]) for row in mine if row["kind"] == "welfare"] == [
        ("WELFARE", "500.00")
    ]
    assert (trailer["amount"], trailer["welfare_amount"]) == ("15600.00", "500.00")
    assert {row["period"] for row in rows} == {"2027-03"}


def test_a_premium_of_result_is_flagged_where_it_is_better_than_the_baseline(tmp_path):
    plan = (
        Path(PLAN)
        .read_text("utf-8")
        .replace("legal_basis: PROGRAM", "legal_basis: PDR\nagreement: {signed: 2025-12-10}")
    )
    (tmp_path / "plan.yaml").write_text(plan, encoding="utf-8")
    results = (EXAMPLE / "results.csv").read_text("utf-8") + "value,pulse_index,,baseline,,,,70.0,\n"
    (tmp_path / "results.csv").write_text(results, encoding="utf-8")
    out = tmp_path / "run.json"
    done = run("run", tmp_path / "plan.yaml", *FILES[:2], "--results", tmp_path / "results.csv", "--out", out)
    assert done.exit_code == 0
    rows, trailer, _ = payroll(out, "--period", "2027-03")
    awards = json.loads(out.read_text())["outcome"]["awards"]
    better = sum(
        Decimal(line["amount"]) for a in awards for line in a["lines"] if line["measure"] == "pulse_index"
    )
    assert sum(Decimal(row["amount"]) for row in rows if row["regime_flag"] == "pdr") == better
    assert Decimal(trailer["limit_used"]) == better  # nobody reaches 5,000.00
    late = CliRunner().invoke(app, ["incentive", "export", str(out), "--period", "2028-03"])
    assert "2028" in str(late.exception)


def test_lines_are_exported_whole(stored, tmp_path):
    rows, last, _ = payroll(stored, "--kind", "lines")
    assert sum(Decimal(row["amount"]) for row in [*rows, last]) == Decimal("15600.00")
    assert run("export", stored, "--kind", "lines", "--out", tmp_path / "lines.xlsx").exit_code == 0
    assert (tmp_path / "lines.xlsx").read_bytes()[:2] == b"PK"


def test_notice_and_annex_are_written_in_both_languages():
    assert "# Come il sistema calcola il tuo premio" in run("notice", PLAN).stdout
    english = json.loads(run("notice", PLAN, "--language", "en", "--json").stdout)
    assert english[0]["sentence"] == "This notice is about the plan COMPANY-2026, version 1."
    annex = run("annex", PLAN, *FILES, "--welfare", "--csv").stdout
    assert "4,Persone,14," in annex
    assert "| Bonus as welfare by choice | to be filled in |" in run("annex", PLAN, "--language", "en").stdout
