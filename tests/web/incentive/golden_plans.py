"""The worked examples that are about awards, each as a plan with people and results.

The inputs are those of `tests/golden/incentives.json`; the expected awards stand there too, as exact text.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = json.loads((ROOT / "tests" / "golden" / "incentives.json").read_text())["examples"]
YEAR = ("2026-01-01", "2026-12-31")
FULL = {"points": [["0", "0"], ["10", "10"]]}
"""A curve whose payout is the value: for examples that state the payout itself."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Worked:
    """One computation of an example: what goes in, and the exact awards, holds and statuses that come out."""

    id: str
    plan: Row
    people: list[Row]
    results: list[Row]
    awards: Mapping[str, str]
    payable: Mapping[str, str] = field(default_factory=dict)
    status: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()


def plan(groups: Mapping[str, list[tuple[Any, ...]]], **more: Any) -> Row:
    """A plan; lines are (section, measure, weight, curve, perhaps improvement)."""
    written: dict[str, dict[str, list[Row]]] = {}
    for name, lines in groups.items():
        sections: dict[str, list[Row]] = {}
        for section, measure, weight, curve, *better in lines:
            line = {"measure": measure, "weight": str(weight), "curve": curve}
            sections.setdefault(section, []).append(line | ({"improvement": better[0]} if better else {}))
        written[name] = sections
    document = {
        "plan": "GOLDEN", "version": "1", "period": {"start": YEAR[0], "end": YEAR[1]},
        "min_shared_weight": "0", "groups": written,
        "guardrails": {"k_headcount": "1", "k_responses": "1", "n_min": "30"},
    }  # fmt: skip
    return {**document, **more}


def stay(person: str, target: Any, group: str = "g", unit: str = "", **more: Any) -> Row:
    """A stay of the whole year unless said otherwise."""
    return {"person": person, "unit": unit or "u", "group": group, "first": YEAR[0], "last": YEAR[1],
            "target": str(target)} | more  # fmt: skip


def value(measure: str, number: Any, **more: Any) -> Row:
    """A result that is known as a value."""
    return {"kind": "value", "measure": measure, "value": str(number)} | more


def worked() -> Iterator[Worked]:
    """Every computation, in the order of the examples."""
    for make in (e01, e02, e03, e04, e05, e06, e07, e08, e09, e10, e11, e13, e17, e18, e19):
        yield from make(
            EXAMPLES[make.__name__.upper()]["inputs"], EXAMPLES[make.__name__.upper()]["expected"]
        )


def e01(given: Row, told: Row) -> Iterator[Worked]:
    lines = [(c["section"], c["id"], c["weight"], c["curve"]) for c in given["components"]]
    results = [value(c["id"], c["credited_value"]) for c in given["components"]]
    yield Worked("E01", plan({"g": lines}), [stay("p", given["target"])], results, {"p": told["award"]},
                 lines=tuple(told["statement_lines"].values()))  # fmt: skip


def e02(given: Row, told: Row) -> Iterator[Worked]:
    for number, row in enumerate(told["rows"]):
        made = plan({"g": [("shared", "m", "1", given["curves"][row["curve"]])]})
        yield Worked(f"E02.{number}", made, [stay("p", given["target"])], [value("m", row["x"])],
                     {"p": row["award"]})  # fmt: skip


def e03(given: Row, told: Row) -> Iterator[Worked]:
    target = given["target_full_time_full_year"]
    lines = {"g": [("shared", "m", "1", FULL)]}
    absences = {"unpaid_leave": {"lost": "1"}, "L104": {"lost": "0", "protected": "true"}}
    results = [value("m", given["payout_factor"])]
    people = [
        *(stay("B", target, first=a, last=b, fte=fte) for a, b, fte in given["B_segments"]),
        *({"person": "B", "kind": "absence", "absence": kind, "first": a, "last": b}
          for a, b, kind, _ in given["B_absences"]),
        stay("C", target, first="2026-11-15"),
        stay("D", target, last="2026-06-30", left="2026-06-30", leave_reason="good"),
    ]  # fmt: skip
    yield Worked(
        "E03", plan(lines, absences=absences, eligibility={"min_service_days": "90"}), people, results,
        {"B": told["B_award"], "C": told["C_award"], "D": told["D_award"]},
        status={"C": told["C_reason"]},
    )  # fmt: skip
    gone = [stay("E", target, last="2026-06-30", left="2026-06-30", leave_reason="resigned")]
    yield Worked("E03.E", plan(lines, eligibility={"employed_on": "2026-12-31"}), gone, results,
                 {"E": told["E_award"]}, status={"E": told["E_reason"]})  # fmt: skip


def e04(given: Row, told: Row) -> Iterator[Worked]:
    groups = {
        name: [("shared", "company", given[name]["weights"]["shared"], FULL),
               ("function", f"csat_{name}", given[name]["weights"]["function"], given["csat_curve"])]
        for name in ("care", "accounting")
    }  # fmt: skip
    people = [
        stay("p", given[n]["annual_target"], n, n, first=given[n]["from"], last=given[n]["to"])
        for n in groups
    ]
    results = [value("company", given["shared"]["company_nps_payout"])]
    results += [value(f"csat_{name}", given[name]["csat"]) for name in groups]
    payout = Fraction(given["shared"]["company_nps_payout"])
    exact = {"points": [["0", "0"], ["1", str(payout)]]}  # the credited value has six decimals only
    for lines in groups.values():
        lines[0] = (*lines[0][:3], exact)
    results[0] = value("company", "1")
    yield Worked("E04", plan(groups), people, results, {"p": told["award"]})


def e05(given: Row, told: Row) -> Iterator[Worked]:
    lines = [("shared", "s", given["shared"]["weight"], FULL),
             ("function", "f", given["function"]["weight"], FULL)]  # fmt: skip
    results = [value("s", given["shared"]["payout"]), value("f", given["function"]["payout"])]
    people = [stay("p", given["target"])]
    gates = {
        "no_gate": None, "zero_plan": ("plan", "zero"), "cap_plan_0.5": ("plan", {"cap": "0.5"}),
        "cap_shared_0": ("section:shared", {"cap": "0"}), "factor_0.75": ("plan", {"factor": "0.75"}),
        "at_threshold": ("plan", "zero"),
    }  # fmt: skip
    for name, gate in gates.items():
        kpi = {"kind": "kpi", "measure": "ebitda"}
        kpi["value"] = "10000000.00" if name == "at_threshold" else "9400000"
        more = {"gates": [{"if": given["gate"], "level": gate[0], "effect": gate[1]}]} if gate else {}
        yield Worked(f"E05.{name}", plan({"g": lines}, **more), people, [*results, kpi], {"p": told[name]})


def e06(given: Row, told: Row) -> Iterator[Worked]:
    made = plan({"g": [("shared", "m", "1", FULL)]}, pool={"kind": "fixed", "amount": given["pool"]})
    people = [stay(name, raw) for name, raw in given["raw"].items()]
    yield Worked("E06", made, people, [value("m", "1")], told["awards"])


def e07(given: Row, told: Row) -> Iterator[Worked]:
    weights, team = given["weights"], given["team_csat"]
    company = {"points": [["0", "0"], ["1", given["company_nps_payout"]]]}
    lines = [("shared", "company_nps", weights["company_nps"], company),
             ("function", "team", weights["team_csat"], team["curve"]),
             ("function", "kpi", weights["kpi"], FULL)]  # fmt: skip
    own = value("team", team["mean"], unit="u", n=team["n"])
    base = [value("company_nps", "1"), value("kpi", given["kpi_payout"]), own]
    cases = {
        "A": (["parent", "redistribute", "neutral"], [value("team", given["A_parent"]["mean"], n=412)]),
        "B": (["parent", "redistribute", "neutral"], [value("team", given["B_parent"]["mean"], n=18)]),
        "C": (["rolling:1", "parent", "neutral"],
              [value("team", given["C_rolling"]["previous_period_mean"], unit="u", window="period-1", n=27)]),
    }  # fmt: skip
    for name, (ladder, more) in cases.items():
        rails = {"k_headcount": "1", "k_responses": "1", "n_min": str(team["n_min"]), "ladder": ladder}
        yield Worked(f"E07.{name}", plan({"g": lines}, guardrails=rails), [stay("p", given["target"])],
                     [*base, *more], {"p": told[f"{name}_award"]},
                     reasons={"team": told[f"{name}_reason"]})  # fmt: skip


def e08(given: Row, told: Row) -> Iterator[Worked]:
    rails = {"k_headcount": "1", "k_responses": "1", "n_min": "1"}
    level = {"credibility": {"mode": "level", "K": str(given["K"])}}
    variants = {
        "point": {}, "shrunk_level": level, "deadband": {"deadband_z": given["z"]},
        "shrunk_change": {"credibility": {"mode": "change", "K": str(given["K"])}},
        "n4000_shrunk_level": level, "n4000_deadband": {"deadband_z": given["z"]},
    }  # fmt: skip
    for name, more in variants.items():
        counts = given["n4000"] if name.startswith("n4000") else given
        own = {"kind": "nps", "measure": "m", "unit": "u"}
        own |= {part: counts[part] for part in ("promoters", "detractors", "n")}
        before = Fraction(given["parent_value"]) - Fraction(given["parent_change"])
        results = [
            own, value("m", given["parent_value"], n=9999),
            value("m", given["own_baseline"], unit="u", window="baseline", n=9999),
            value("m", before, window="baseline", n=9999),
        ]  # fmt: skip
        made = plan({"g": [("shared", "m", "1", given["curve"])]}, guardrails=rails | more)
        yield Worked(f"E08.{name}", made, [stay("p", given["target_money"])], results,
                     {"p": told[name]["award"]})  # fmt: skip


def e09(given: Row, told: Row) -> Iterator[Worked]:
    people = [stay(team, given["target"], unit=team) for team in given["teams"]]
    for kind, shares in (("raw_award", {}), ("adjusted_award", given["reference_shares"])):
        results = [
            value("m", s["mean"], unit=team, n=s["n"], stratum=name, share=shares.get(name, ""))
            for team, strata in given["teams"].items()
            for name, s in strata.items()
        ]
        yield Worked(f"E09.{kind}", plan({"g": [("shared", "m", "1", given["curve"])]}), people, results,
                     {team: told[team][kind] for team in given["teams"]})  # fmt: skip


def e10(given: Row, told: Row) -> Iterator[Worked]:
    for step, entry in zip(given["steps"], told["ledger"], strict=True):
        nps = {"kind": "nps", "measure": "m"}
        nps |= {part: step[part] for part in ("promoters", "detractors", "n")}
        yield Worked(f"E10.{entry['run']}", plan({"g": [("shared", "m", "1", given["curve"])]}),
                     [stay(entry["person"], given["target"], fte=step["fte"])], [nps],
                     {entry["person"]: entry["recomputed_award"]})  # fmt: skip


def e11(given: Row, told: Row) -> Iterator[Worked]:
    kinds = {"additive": ("0.6", "0.4", {}), "multiplicative": ("1", "1", {"combination": "multiplicative"}),
             "multiplicative_capped_1.5": ("1", "1", {"combination": "multiplicative",
                                                      "individual_cap": "1.5"})}  # fmt: skip
    for number, row in enumerate(told["rows"]):
        for kind, (shared, own, more) in kinds.items():
            made = plan({"g": [("shared", "c", shared, FULL), ("function", "f", own, FULL)]}, **more)
            yield Worked(f"E11.{number}.{kind}", made, [stay("p", given["target"])],
                         [value("c", row["company"]), value("f", row["function"])],
                         {"p": row[kind]})  # fmt: skip


def e13(given: Row, told: Row) -> Iterator[Worked]:
    weights = {part: re.findall(r"[\d.]+", given["money"][part]) for part in ("shared", "function")}
    lines = [("shared", "s", weights["shared"][0], FULL), ("function", "f", weights["function"][0], FULL)]
    results = [value("s", weights["shared"][1]), value("f", weights["function"][1]),
               {"kind": "hold", "measure": "f", "unit": "u", "why": "coverage"}]  # fmt: skip
    yield Worked("E13", plan({"g": lines}), [stay("p", given["money"]["target"])], results,
                 {"p": told["award"]}, payable={"p": told["payable_now"]})  # fmt: skip


def e17(given: Row, told: Row) -> Iterator[Worked]:
    teams = given["teams"]
    n = sum(team["n"] for team in teams.values())
    mean = sum((team["n"] * Fraction(team["mean"]) for team in teams.values()), Fraction(0)) / n
    results = [
        value("m", t["mean"], unit=name, n=t["n"], headcount=t["headcount"]) for name, t in teams.items()
    ]
    results.append(value("m", mean, n=n))
    rails = {
        "k_headcount": str(given["k_headcount"]),
        "k_responses": str(given["k_responses"]),
        "n_min": "30",
    }
    yield Worked("E17", plan({"g": [("shared", "m", "1", given["curve"])]}, guardrails=rails),
                 [stay(name, given["target"], unit=name) for name in teams], results,
                 {name: told["awards"][name]["award"] for name in teams})  # fmt: skip


def e18(given: Row, told: Row) -> Iterator[Worked]:
    for row in told["rows"]:
        line = ("shared", "m", "1", given["level_curve"], given["improvement_curve"])
        results = [value("m", row["value"]), value("m", row["baseline"], window="baseline")]
        yield Worked(f"E18.{row['case']}", plan({"g": [line]}), [stay("p", given["target"])], results,
                     {"p": row["award"]})  # fmt: skip


def e19(given: Row, told: Row) -> Iterator[Worked]:
    lines = {"g": [("shared", "m", "1", FULL)]}
    share = Fraction(given["annual_target"]) * Fraction(given["on_account"]) / 4
    for number, (factor, award) in enumerate(zip(given["quarter_factors"], told["advances"], strict=True)):
        yield Worked(f"E19.{number}", plan(lines), [stay("p", share)], [value("m", factor)], {"p": award})
    for case in "AB":
        yield Worked(f"E19.{case}", plan(lines), [stay("p", given["annual_target"])],
                     [value("m", given[f"annual_factor_{case}"])],
                     {"p": told[f"{case}_annual_award"]})  # fmt: skip
