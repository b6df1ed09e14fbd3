"""Worked examples of what is paid: curves, days, transfers, gates, pools, ladders, advances."""

from collections.abc import Iterator

from tests.web.incentive.golden_shapes import BEGIN, FULL, Row, Sum, award, line, plan, run, stay, value


def e01(given: Row, told: Row) -> Iterator[Sum]:
    lines = [(c["section"], c["id"], c["weight"], c["curve"]) for c in given["components"]]
    results = [value(c["id"], c["credited_value"]) for c in given["components"]]
    fields = {"award": award("p"), "factor": f"run/awards/p/factors/{BEGIN}",
              "factor_6dp": f"explain/people/p/stays/{BEGIN}/factor_6dp",
              "shared_total": "explain/people/p/sections/shared",
              "function_total": "explain/people/p/sections/function"}  # fmt: skip
    for name in told["payout"]:
        fields |= {f"payout/{name}": line("p", name, "payout"),
                   f"statement_lines/{name}": line("p", name, "amount")}  # fmt: skip
    yield run(plan({"g": lines}), [stay("p", given["target"])], results, fields)


def e02(given: Row, told: Row) -> Iterator[Sum]:
    rows = list(enumerate(told["rows"]))
    groups = {f"g{n}": [("shared", f"m{n}", "1", given["curves"][row["curve"]])] for n, row in rows}
    people = [stay(f"p{n}", given["target"], f"g{n}") for n, _ in rows]
    fields: dict[str, str] = {}
    for n, _ in rows:
        fields |= {f"rows/{n}/payout": line(f"p{n}", f"m{n}", "payout"), f"rows/{n}/award": award(f"p{n}")}
    yield run(plan(groups), people, [value(f"m{n}", row["x"]) for n, row in rows], fields)


def e03(given: Row, told: Row) -> Iterator[Sum]:
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
    made = plan(lines, absences=absences, eligibility={"min_service_days": "90"})
    yield Sum("days", {"plan": made, "people": people}, {
        "B_weighted_days": "people/B/days", "B_proration": "people/B/proration",
        "C_days": "people/C/days_employed", "C_reason": "people/C/status",
        "D_proration": "people/D/proration",
    })  # fmt: skip
    yield run(made, people, results, {"B_award": award("B"), "C_award": award("C"), "D_award": award("D"),
                                      "C_reason": "run/awards/C/status"})  # fmt: skip
    wrong = plan(lines, absences={name: {"lost": "1"} for name in absences})
    yield run(wrong, people, results, {"B_award_if_L104_wrongly_deducted": award("B")})
    gone = [stay("E", target, last="2026-06-30", left="2026-06-30", leave_reason="resigned")]
    yield run(plan(lines, eligibility={"employed_on": "2026-12-31"}), gone, results,
              {"E_award": award("E"), "E_reason": "run/awards/E/status"})  # fmt: skip


def e04(given: Row, told: Row) -> Iterator[Sum]:
    names = ("care", "accounting")
    payout = {"points": [["0", "0"], ["1", given["shared"]["company_nps_payout"]]]}  # 1 pays it whole
    groups = {
        name: [("shared", "company", given[name]["weights"]["shared"], payout),
               ("function", f"csat_{name}", given[name]["weights"]["function"], given["csat_curve"])]
        for name in names
    }  # fmt: skip
    people = [
        stay("p", given[n]["annual_target"], n, n, first=given[n]["from"], last=given[n]["to"]) for n in names
    ]
    results = [value("company", "1"), *(value(f"csat_{name}", given[name]["csat"]) for name in names)]
    fields = {"award": award("p")}
    for name in names:
        place = f"{name}:{given[name]['from']}"
        fields |= {f"{name}/factor": f"run/awards/p/factors/{place}",
                   f"{name}/line": f"explain/people/p/stays/{place}/amount"}  # fmt: skip
    yield run(plan(groups), people, results, fields)
    yield Sum("days", {"plan": plan(groups), "people": people}, {
        f"{name}/{what}": f"people/p/stays/{name}/{what}" for name in names for what in ("days", "proration")
    })  # fmt: skip


def e05(given: Row, told: Row) -> Iterator[Sum]:
    lines = [("shared", "s", given["shared"]["weight"], FULL),
             ("function", "f", given["function"]["weight"], FULL)]  # fmt: skip
    results = [value("s", given["shared"]["payout"]), value("f", given["function"]["payout"])]
    gates = {
        "no_gate": None, "zero_plan": ("plan", "zero"), "cap_plan_0.5": ("plan", {"cap": "0.5"}),
        "cap_shared_0": ("section:shared", {"cap": "0"}), "factor_0.75": ("plan", {"factor": "0.75"}),
        "at_threshold": ("plan", "zero"),
    }  # fmt: skip
    for name, gate in gates.items():
        kpi = {"kind": "kpi", "measure": "ebitda"}
        kpi["value"] = "10000000.00" if name == "at_threshold" else "9400000"
        more = {"gates": [{"if": given["gate"], "level": gate[0], "effect": gate[1]}]} if gate else {}
        yield run(plan({"g": lines}, **more), [stay("p", given["target"])], [*results, kpi],
                  {name: award("p")})  # fmt: skip


def e06(given: Row, told: Row) -> Iterator[Sum]:
    sums = {"raw_total": "raw_total", "lambda": "lambda", "lambda_6dp": "lambda_6dp", "total": "total",
            "naive_half_up_total": "each_rounded"}  # fmt: skip
    made = plan({"g": [("shared", "m", "1", FULL)]}, pool={"kind": "fixed", "amount": given["pool"]})
    yield run(made, [stay(name, raw) for name, raw in given["raw"].items()], [value("m", "1")],
              {name: f"explain/{place}" for name, place in sums.items()}
              | {f"awards/{name}": award(name) for name in told["awards"]})  # fmt: skip
    yield Sum("divide", {"pool": given["pool"], "raw": given["raw"]},
              sums | {f"awards/{name}": f"awards/{name}" for name in told["awards"]})  # fmt: skip
    for people, parts in told["equal_split_of_100.00"].items():
        fields = {f"equal_split_of_100.00/{people}/{n}": f"equal/{n}" for n in range(len(parts))}
        yield Sum("divide", {"pool": "100.00", "equal": int(people)}, fields)
    water = given["waterfill"]
    for pool in water["pools"]:
        name = f"waterfill_{pool.removesuffix('.00')}"
        body = {"pool": pool, "mode": "distribute_all", "raw": water["raw"], "caps": water["caps"]}
        yield Sum("divide", body, {f"{name}/{who}": f"awards/{who}" for who in told[name]}
                  | {f"{name}_unspent": "unspent"})  # fmt: skip


def e07(given: Row, told: Row) -> Iterator[Sum]:
    weights, team = given["weights"], given["team_csat"]
    company = {"points": [["0", "0"], ["1", given["company_nps_payout"]]]}
    lines = [("shared", "company_nps", weights["company_nps"], company),
             ("function", "team", weights["team_csat"], team["curve"]),
             ("function", "kpi", weights["kpi"], FULL)]  # fmt: skip
    own = value("team", team["mean"], unit="u", n=team["n"])
    base = [value("company_nps", "1"), value("kpi", given["kpi_payout"]), own]
    earlier = {"unit": "u", "window": "period-1", "n": given["C_rolling"]["previous_n"]}
    parents = {
        name: value("team", given[name]["mean"], n=given[name]["n"]) for name in ("A_parent", "B_parent")
    }
    usual = ["parent", "redistribute", "neutral"]
    cases = {
        "A": (usual, [parents["A_parent"]], {"A_parent_payout": line("p", "team", "payout")}),
        "B": (usual, [parents["B_parent"]],
              {f"B_weights/{name}": line("p", name, "weight") for name in told["B_weights"]}),
        "C": (["rolling:1", "parent", "neutral"],
              [value("team", given["C_rolling"]["previous_period_mean"], **earlier)],
              {"C_pooled_value": line("p", "team", "credited"), "C_pooled_n": line("p", "team", "n")}),
    }  # fmt: skip
    people = [stay("p", given["target"])]
    for name, (ladder, more, fields) in cases.items():
        rails = {"k_headcount": "1", "k_responses": "1", "n_min": str(team["n_min"]), "ladder": ladder}
        yield run(plan({"g": lines}, guardrails=rails), people, [*base, *more], fields | {
            f"{name}_award": award("p"), f"{name}_reason": line("p", "team", "reason"),
        })  # fmt: skip
    bare = {"k_headcount": "1", "k_responses": "1", "n_min": "1"}  # without the guard rail
    yield run(plan({"g": lines}, guardrails=bare), people, base, {"must_not_be_paid_raw_n9": award("p")})


def e11(given: Row, told: Row) -> Iterator[Sum]:
    kinds = {"additive": ("0.6", "0.4", {}), "multiplicative": ("1", "1", {"combination": "multiplicative"}),
             "multiplicative_capped_1.5": ("1", "1", {"combination": "multiplicative",
                                                      "individual_cap": "1.5"})}  # fmt: skip
    rows = list(enumerate(told["rows"]))
    results = [value(f"{part[0]}{n}", row[part]) for n, row in rows for part in ("company", "function")]
    people = [stay(f"p{n}", given["target"], f"g{n}") for n, _ in rows]
    for kind, (shared, own, more) in kinds.items():
        groups = {
            f"g{n}": [("shared", f"c{n}", shared, FULL), ("function", f"f{n}", own, FULL)] for n, _ in rows
        }
        yield run(
            plan(groups, **more), people, results, {f"rows/{n}/{kind}": award(f"p{n}") for n, _ in rows}
        )


def e18(given: Row, told: Row) -> Iterator[Sum]:
    rows = list(enumerate(told["rows"]))
    groups = {
        f"g{n}": [("shared", f"m{n}", "1", given["level_curve"], given["improvement_curve"])] for n, _ in rows
    }
    results = [value(f"m{n}", row["value"]) for n, row in rows]
    results += [value(f"m{n}", row["baseline"], window="baseline") for n, row in rows]
    fields: dict[str, str] = {}
    for n, _ in rows:
        fields |= {f"rows/{n}/{w}": line(f"p{n}", f"m{n}", w)
                   for w in ("level_payout", "improvement_payout", "payout")}  # fmt: skip
        fields |= {f"rows/{n}/award": award(f"p{n}"),
                   f"rows/{n}/pdr_incremental": line(f"p{n}", f"m{n}", "incremental")}  # fmt: skip
    yield run(plan(groups), [stay(f"p{n}", given["target"], f"g{n}") for n, _ in rows], results, fields)


def e19(given: Row, told: Row) -> Iterator[Sum]:
    year = {
        "target": given["annual_target"],
        "share": given["on_account"],
        "factors": given["quarter_factors"],
    }
    advances = {f"advances/{n}": f"advances/{n}" for n in range(len(told["advances"]))}
    yield Sum("settle", year | {"factor": given["annual_factor_A"]},
              advances | {"A_annual_award": "award", "A_settlement": "settlement"})  # fmt: skip
    yield Sum(
        "settle",
        year | {"factor": given["annual_factor_B"], "settlement": "no_recovery"},
        {"B_annual_award": "award", "B_settlement": "settlement", "B_policy_no_recovery_pays": "pays"},
    )
    yield Sum("settle", year | {"factor": given["annual_factor_B"], "settlement": "carry_forward"},
              {"B_policy_carry_forward_balance": "carried"})  # fmt: skip
