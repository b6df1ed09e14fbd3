"""Worked examples of what is credited, corrected, taxed, held, forecast and shown."""

import re
from collections.abc import Iterator
from fractions import Fraction

from tests.web.incentive.golden_shapes import COMPANY, FULL, Row, Sum, award, line, plan, run, stay, value


def e08(given: Row, told: Row) -> Iterator[Sum]:
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
        fields = {f"{name}/{what}": line("p", "m", what) for what in ("credited", "payout")}
        if name in {"point", "n4000_deadband"}:
            fields |= (
                {"raw": line("p", "m", "raw")} if name == "point" else {"n4000_se": line("p", "m", "se")}
            )
        made = plan({"g": [("shared", "m", "1", given["curve"])]}, guardrails=rails | more)
        fields[f"{name}/award"] = award("p")
        yield run(made, [stay("p", given["target_money"])], results, fields)
    yield from _credits(given, told)


def _credits(given: Row, told: Row) -> Iterator[Sum]:
    """The same without a plan, and the lower bound, which no plan pays on."""
    how = {"kind": "nps", "curve": given["curve"], "target": given["target_money"], "z": given["z"],
           "parent": given["parent_value"], "K": given["K"]}  # fmt: skip
    ways = ("point", "shrunk_level", "deadband", "lower_bound", "shrunk_change")
    counts = {part: given[part] for part in ("promoters", "detractors", "n")}
    change = {"baseline": given["own_baseline"], "parent_change": given["parent_change"]}
    yield Sum("credit", how | counts | change, {name: name for name in ("raw", "se", "Z")} | {
        f"{way}/{what}": f"{way}/{what}" for way in ways for what in told[way]
    })  # fmt: skip
    many = {"n4000_se": "se"}
    for way in ("shrunk_level", "deadband"):
        many |= {f"n4000_{way}/{what}": f"{way}/{what}" for what in told["point"]}
    yield Sum("credit", how | given["n4000"], many)


def e09(given: Row, told: Row) -> Iterator[Sum]:
    people = [stay(team, given["target"], unit=team) for team in given["teams"]]
    made = plan({"g": [("shared", "m", "1", given["curve"])]})
    for kind, shares in (("raw", {}), ("adjusted", given["reference_shares"])):
        results = [
            value("m", s["mean"], unit=team, n=s["n"], stratum=name, share=shares.get(name, ""))
            for team, strata in given["teams"].items()
            for name, s in strata.items()
        ]
        fields: dict[str, str] = {}
        for team in given["teams"]:
            fields |= {f"{team}/{kind}": line(team, "m", "credited"), f"{team}/{kind}_award": award(team)}
            fields |= {f"{team}/n_eff": line(team, "m", "n_eff")} if shares else {}
        yield run(made, people, results, fields)


def e10(given: Row, told: Row) -> Iterator[Sum]:
    runs = []
    for step, entry in zip(given["steps"], told["ledger"], strict=True):
        nps = {"kind": "nps", "measure": "m"} | {
            part: step[part] for part in ("promoters", "detractors", "n")
        }
        runs.append({
            "name": entry["run"], "why": step["why"], "results": [nps],
            "plan": plan({"g": [("shared", "m", "1", given["curve"])]}, plan="CX", version="3"),
            "people": [stay(entry["person"], given["target"], fte=step["fte"])],
        })  # fmt: skip
    (person,) = {entry["person"] for entry in told["ledger"]}
    places = {name: name for name in told["ledger"][0]} | {"nps": "credited/m"}
    fields = {"balance": f"balance/{person}"}
    for n in range(len(runs)):
        fields |= {f"ledger/{n}/{name}": f"entries/{n}/{place}" for name, place in places.items()}
    yield Sum("ledger", {"period": told["ledger"][0]["period"], "runs": runs}, fields)
    share = Fraction(re.findall(r"(\d+)%", given["recovery_rule"])[0]) / 100
    body = {"owed": told["ledger"][1]["delta"].removeprefix("-"), "share": str(share),
            "following": re.findall(r"\d+\.\d\d", given["recovery_rule"])}  # fmt: skip
    kept = {f"recovery_of_first_true_up/{n}": f"kept/{n}" for n in range(2)}
    yield Sum("recover", body, kept | {"recovery_left": "left"})


def e12(given: Row, told: Row) -> Iterator[Sum]:
    """Rows 3 to 5 differ by what is not in them: an income at its limit, a cent above it, no increment."""
    more = {2: {"income": "80000.00"}, 3: {"income": "80000.01"}, 4: {"incremental": "false"}}
    for n, row in enumerate(told["rows"]):
        body = {name: row[name] for name in ("year", "gross", "welfare")}
        yield Sum("tax", body | {"contribution_rate": given["contribution_rate"]} | more.get(n, {}),
                  {f"rows/{n}/{name}": name for name in row})  # fmt: skip


def e13(given: Row, told: Row) -> Iterator[Sum]:
    for name in ("X", "Y", "Z_small"):
        yield Sum("coverage", given[name], {f"{name}/{what}": what for what in told[name]})
    weights = {part: re.findall(r"[\d.]+", given["money"][part]) for part in ("shared", "function")}
    lines = [("shared", "s", weights["shared"][0], FULL), ("function", "f", weights["function"][0], FULL)]
    results = [value("s", weights["shared"][1]), value("f", weights["function"][1]),
               {"kind": "hold", "measure": "f", "unit": "u", "why": "coverage"}]  # fmt: skip
    yield run(plan({"g": lines}), [stay("p", given["money"]["target"])], results, {
        "award": award("p"), "payable_now": "run/awards/p/payable", "held": "run/awards/p/held",
    })  # fmt: skip


def e14(given: Row, told: Row) -> Iterator[Sum]:
    places = {"n0": "n_before", "n1": "n_now", "baseline": "baseline", "current": "current",
              "diff": "difference", "se": "se", "lower_bound": "lower_bound",
              "incremental_statutory": "incremental", "non_inferior_margin_3": "non_inferior",
              "improved_significant": "significant"}  # fmt: skip
    counts = given["base_counts"]
    for n, times in enumerate(given["multipliers"]):
        now, before = (
            {"kind": "nps", "promoters": counts[f"p{w}"] * times, "detractors": counts[f"d{w}"] * times,
             "n": counts[f"n{w}"] * times}
            for w in (1, 0)
        )  # fmt: skip
        yield Sum("improvement", {"now": now, "before": before, "z": given["z"], "margin": given["margin"]},
                  {f"rows/{n}/{name}": place for name, place in places.items()})  # fmt: skip


def e15(given: Row, told: Row) -> Iterator[Sum]:
    """The whole company lies in files, as a company has it."""
    files = [(COMPANY / name).read_text() for name in ("plan.yaml", "people.csv", "results.csv")]
    member = {unit: one["id"] for one in given["people"] for unit, *_ in reversed(one["segments"])}
    fields = {"company_nps_value": line("u01", "company_nps", "credited"), "pool": "run/pool",
              "shared_factor": "explain/people/u01/stays/marketing:2026-01-01/sections/shared",
              "unscaled_total": "explain/raw_total", "lambda_6dp": "explain/lambda_6dp",
              "total": "run/total"}  # fmt: skip
    for name in told["function_value"]:
        for what, where in (("value", "credited"), ("source", "reason"), ("payout", "payout")):
            fields[f"function_{what}/{name}"] = line(member[name], f"map:{name}", where)
        fields[f"cost_by_function/{name}"] = f"run/cost_by_unit/{name}"
    for who in told["awards"]:
        fields |= {f"awards/{who}": award(who), f"status/{who}": f"run/awards/{who}/status",
                   f"raw_awards_6dp/{who}": f"explain/people/{who}/raw_6dp"}  # fmt: skip
    yield run(*files, fields)


def e16(given: Row, told: Row) -> Iterator[Sum]:
    body = {"curve": given["curve"], "mean": given["mu"], "sd": given["sigma"],
            "target": given["total_target"], "above": ["110000"]}  # fmt: skip
    names = ("expected_cost", "sd_cost", "p_zero", "p_cap", "median_cost")
    yield Sum("forecast", body, {n: n for n in names} | {"p_cost_above_110000": "p_above/110000"})


def e17(given: Row, told: Row) -> Iterator[Sum]:
    teams = given["teams"]
    n = sum(team["n"] for team in teams.values())
    mean = sum((team["n"] * Fraction(team["mean"]) for team in teams.values()), Fraction(0)) / n
    results = [
        value("m", t["mean"], unit=name, n=t["n"], headcount=t["headcount"]) for name, t in teams.items()
    ]
    rails = {name: str(given[name]) for name in ("k_headcount", "k_responses")}
    fields: dict[str, str] = {}
    for name in teams:
        fields |= {
            f"awards/{name}/award": award(name),
            f"awards/{name}/value_used": line(name, "m", "credited"),
        }
    yield run(plan({"g": [("shared", "m", "1", given["curve"])]}, guardrails=rails | {"n_min": "30"}),
              [stay(name, given["target"], unit=name) for name in teams],
              [*results, value("m", mean, n=n)], fields)  # fmt: skip
    yield Sum("hidden", {"results": results} | rails, {
        "division_value": "m/value", "division_n": "m/n", "suppressed_primary/0": "m/suppressed_primary/0",
        "suppressed_secondary/0": "m/suppressed_secondary/0",
    }, absent=("must_not_be_derivable",))  # fmt: skip
