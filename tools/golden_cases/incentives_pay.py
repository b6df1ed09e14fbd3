"""Examples of pay: curves, proration, gates, pools, guard rails, combinations."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from golden_cases.frame import Case
from golden_cases.incentives_words import Values, day, number_in, paid, short, whole
from viaggio.incentive import combining, ledger, pooling, proration, scoring
from viaggio.incentive.combining import Combination, Effect, EffectKind, Part, Section
from viaggio.incentive.curves import Curve, payout, read_curve
from viaggio.incentive.exact import amount, apportion, cents, exact, fraction, written


def e01(case: Case) -> Values:
    """Additive plan with four lines."""
    target, share = exact(case.inputs["target"]), exact(case.inputs["proration"])
    parts = [
        Part(
            name=c["id"],
            section=Section(c["section"]),
            weight=exact(c["weight"]),
            payout=payout(read_curve(c["curve"]), exact(c["credited_value"])),
        )
        for c in case.inputs["components"]
    ]
    sections = {
        s: combining.section_factor([p for p in parts if p.section is s], Combination.ADDITIVE)
        for s in Section
    }
    factor = combining.combined(sections, Combination.ADDITIVE)
    award = cents(target * share * factor)
    lines = apportion(award, {p.name: target * share * p.worth for p in parts})
    return {
        "payout": {p.name: fraction(p.payout) for p in parts},
        "factor": fraction(factor),
        "factor_6dp": written(factor),
        "award": amount(award),
        "statement_lines": {name: amount(line) for name, line in lines.items()},
        "shared_total": amount(sum(lines[p.name] for p in parts if p.section is Section.SHARED)),
        "function_total": amount(sum(lines[p.name] for p in parts if p.section is Section.FUNCTION)),
    }


def e02(case: Case) -> Values:
    """Points of several curves."""
    known = {name: read_curve(curve) for name, curve in case.inputs["curves"].items()}
    rows = []
    for row in case.expected["rows"]:
        factor = payout(known[row["curve"]], exact(row["x"]))
        rows.append(
            {
                "curve": row["curve"],
                "x": row["x"],
                "payout": fraction(factor),
                "award": paid(case.inputs["target"], factor),
            }
        )
    return {"rows": rows}


def e03(case: Case) -> Values:
    """Proration of a hire, a leaver, one with too few days, one who was gone."""
    given = case.inputs
    first, last = map(day, given["period"])
    count = proration.DayCount(given["day_count"])
    whole_period = proration.days_between(first, last, count)
    target = exact(given["target_full_time_full_year"]) * exact(given["payout_factor"])
    stays = [proration.Stay(day(a), day(b), "B", exact(fte)) for a, b, fte in given["B_segments"]]
    classes = {
        kind: (number_in(rule) if "lost" in rule else Fraction(0), "present" in rule)
        for _, _, kind, rule in given["B_absences"]
    }
    spans = [(day(a), day(b), kind) for a, b, kind, _ in given["B_absences"]]
    unprotected = {kind: (Fraction(1), False) for kind in classes}
    days = _days(stays, proration.losses(classes, spans), first, last, count)
    wrong = _days(stays, proration.losses(unprotected, spans), first, last, count)
    hired, least = day(re.findall(r"\d{4}-\d\d-\d\d", given["C"])[0]), whole(given["C"], r"days (\d+)")
    c_days = proration.days_employed([proration.Stay(hired, last, "C")], first, last)
    left = day(re.findall(r"\d{4}-\d\d-\d\d", given["D"])[0])
    d_share = proration.weighted_days(proration.Stay(first, left, "D"), [], first, last, count) / whole_period
    e_left, e_needed = map(day, re.findall(r"\d{4}-\d\d-\d\d", given["E"])[:2])
    c_share = proration.weighted_days(proration.Stay(hired, last, "C"), [], first, last, count) / whole_period
    e_share = (
        proration.weighted_days(proration.Stay(first, e_left, "E"), [], first, last, count) / whole_period
    )
    return {
        "B_weighted_days": fraction(days),
        "B_proration": fraction(days / whole_period),
        "B_award": paid(target, days / whole_period),
        "B_award_if_L104_wrongly_deducted": paid(target, wrong / whole_period),
        "C_days": c_days,
        "C_award": paid(target, c_share if c_days >= least else Fraction(0)),
        "C_reason": "ok" if c_days >= least else "below_min_service",
        "D_proration": fraction(d_share),
        "D_award": paid(target, d_share),
        "E_award": paid(target, e_share if e_left >= e_needed else Fraction(0)),
        "E_reason": "ok" if e_left >= e_needed else "not_employed_on",
    }


def _days(stays: Iterable[proration.Stay], absences: list[proration.Absence], first: date, last: date,
          count: proration.DayCount) -> Fraction:  # fmt: skip
    return sum((proration.weighted_days(stay, absences, first, last, count) for stay in stays), Fraction(0))


def e04(case: Case) -> Values:
    """A transfer between two functions with other weights and targets."""
    given = case.inputs
    first, last = map(day, given["period"])
    period_days = proration.days_between(first, last)
    shared = exact(given["shared"]["company_nps_payout"])
    curve = read_curve(given["csat_curve"])
    lines: dict[str, dict[str, str]] = {}
    raw: dict[str, Fraction] = {}
    for name, part in given.items():
        if not isinstance(part, Mapping) or "annual_target" not in part:
            continue
        days = proration.weighted_days(
            proration.Stay(day(part["from"]), day(part["to"]), name), [], first, last
        )
        weights = part["weights"]
        factor = exact(weights["shared"]) * shared
        factor += exact(weights["function"]) * payout(curve, scoring.credited(exact(part["csat"])))
        raw[name] = exact(part["annual_target"]) * days / period_days * factor
        lines[name] = {
            "days": fraction(days),
            "proration": fraction(days / period_days),
            "factor": fraction(factor),
        }
    award = cents(sum(raw.values(), Fraction(0)))
    split = apportion(award, raw)
    return {name: line | {"line": amount(split[name])} for name, line in lines.items()} | {
        "award": amount(award)
    }


def e05(case: Case) -> Values:
    """One failing gate with several effects; a value at the threshold passes."""
    given = case.inputs
    parts = {
        section: exact(given[section]["weight"]) * exact(given[section]["payout"])
        for section in ("shared", "function")
    }
    factor = sum(parts.values(), Fraction(0))

    def after(*effects: Effect) -> str:
        return paid(given["target"], combining.through(factor, effects))

    shared_cap = _variant(given, r"cap section shared at ([\d.]+)")
    capped = exact(given["shared"]["weight"]) * min(exact(given["shared"]["payout"]), shared_cap)
    plan_cap, scale = _variant(given, r"cap plan at ([\d.]+)"), _variant(given, r"factor ([\d.]+) on plan")
    return {
        "no_gate": after(),
        "zero_plan": after(Effect(EffectKind.ZERO)),
        f"cap_plan_{short(plan_cap)}": after(Effect(EffectKind.CAP, plan_cap)),
        f"cap_shared_{short(shared_cap)}": paid(given["target"], capped + parts["function"]),
        f"factor_{short(scale)}": after(Effect(EffectKind.FACTOR, scale)),
        "at_threshold": after(),
    }


def _variant(given: Values, pattern: str) -> Fraction:
    return number_in(" | ".join(given["variants"]), pattern)


def e06(case: Case) -> Values:
    """A pool that binds, equal parts, and a pool that is divided whole."""
    given = case.inputs
    raw = {name: exact(share) for name, share in given["raw"].items()}
    shared = pooling.limited(raw, exact(given["pool"]))
    water = given["waterfill"]
    found: dict[str, Any] = {
        "raw_total": amount(cents(sum(raw.values(), Fraction(0)))),
        "lambda": fraction(shared.factor),
        "lambda_6dp": written(shared.factor),
        "awards": {name: amount(share) for name, share in shared.awards.items()},
        "total": amount(sum(shared.awards.values())),
        "naive_half_up_total": amount(sum(cents(share * shared.factor) for share in raw.values())),
    }
    for key, expected in case.expected.items():
        if key.startswith("equal_split_of_"):
            total = cents(exact(key.removeprefix("equal_split_of_")))
            found[key] = {n: [amount(s) for s in pooling.in_equal_parts(total, int(n))] for n in expected}
    for pool in water["pools"]:
        name = f"waterfill_{short(exact(pool))}"
        result = pooling.distributed(
            {n: exact(s) for n, s in water["raw"].items()},
            {n: exact(s) for n, s in water["caps"].items()},
            exact(pool),
        )
        found[name] = {n: amount(s) for n, s in result.awards.items()}
        found[f"{name}_unspent"] = amount(result.unspent)
    return found


def e07(case: Case) -> Values:
    """Too few answers of a team: the three steps of the ladder."""
    given = case.inputs
    target, weights = exact(given["target"]), {n: exact(w) for n, w in given["weights"].items()}
    payouts = {"company_nps": exact(given["company_nps_payout"]), "kpi": exact(given["kpi_payout"])}
    team = given["team_csat"]
    curve: Curve = read_curve(team["curve"])
    own = scoring.Score(value=exact(team["mean"]), n=team["n"])
    parent = payout(curve, scoring.credited(exact(given["A_parent"]["mean"])))
    previous = given["C_rolling"]
    window = scoring.pooled(
        [own, scoring.Score(value=exact(previous["previous_period_mean"]), n=previous["previous_n"])]
    )
    spread = combining.redistributed(weights, ["team_csat"])

    def award(team_payout: Fraction) -> str:
        factor = sum((weights[n] * payouts[n] for n in payouts), weights["team_csat"] * team_payout)
        return paid(target, factor)

    short = team["n"] < team["n_min"]
    parent_short = given["B_parent"]["n"] < team["n_min"]
    return {
        "A_parent_payout": fraction(parent),
        "A_award": award(parent),
        "A_reason": "fallback:parent" if short and given["A_parent"]["n"] >= team["n_min"] else "own",
        "B_weights": {name: fraction(weight) for name, weight in spread.items()},
        "B_award": paid(target, sum((spread[n] * payouts[n] for n in payouts), Fraction(0))),
        "B_reason": "fallback:redistribute" if short and parent_short else "own",
        "C_pooled_value": written(scoring.credited(window.value)),
        "C_pooled_n": window.n,
        "C_award": award(payout(curve, scoring.credited(window.value))),
        "C_reason": "fallback:rolling_window" if short and window.n >= team["n_min"] else "own",
        "must_not_be_paid_raw_n9": award(payout(curve, own.value)),
    }


def e11(case: Case) -> Values:
    """Sum against product of the sections."""
    weights = [Fraction(part) for part in re.findall(r"\d?\.\d+", _title(case, "0.6/0.4"))[:2]]
    target, rows = case.inputs["target"], []
    for row in case.expected["rows"]:
        company, function = exact(row["company"]), exact(row["function"])
        product = combining.combined(
            {Section.SHARED: company, Section.FUNCTION: function}, Combination.MULTIPLICATIVE
        )
        line = {
            "company": row["company"],
            "function": row["function"],
            "additive": paid(target, weights[0] * company + weights[1] * function),
            "multiplicative": paid(target, product),
        }
        for key in row:
            if key.startswith("multiplicative_capped_"):
                cap = exact(key.removeprefix("multiplicative_capped_"))
                line[key] = paid(target, combining.capped(product, cap))
        rows.append(line)
    return {"rows": rows}


def _title(case: Case, otherwise: str) -> str:
    """Where the weights are written: with the inputs, else the usual ones."""
    return str(case.inputs.get("weights", otherwise))


def e18(case: Case) -> Values:
    """The better of level and improvement; the tax flag apart."""
    given, rows = case.inputs, []
    level, better = read_curve(given["level_curve"]), read_curve(given["improvement_curve"])
    for row in case.expected["rows"]:
        value, baseline = exact(row["value"]), exact(row["baseline"])
        by_level, by_change = payout(level, value), payout(better, value - baseline)
        best = max(by_level, by_change)
        rows.append(
            {
                "case": row["case"],
                "value": row["value"],
                "baseline": row["baseline"],
                "level_payout": fraction(by_level),
                "improvement_payout": fraction(by_change),
                "payout": fraction(best),
                "award": paid(given["target"], best),
                "pdr_incremental": value > baseline,
            }
        )
    return {"rows": rows}


def e19(case: Case) -> Values:
    """Advances in the year and the settlement after it."""
    given = case.inputs
    target, share = exact(given["annual_target"]), exact(given["on_account"])
    advances = [ledger.on_account(target, exact(factor), share, 4) for factor in given["quarter_factors"]]
    a, b = cents(target * exact(given["annual_factor_A"])), cents(target * exact(given["annual_factor_B"]))
    return {
        "advances": [amount(advance) for advance in advances],
        "A_annual_award": amount(a),
        "A_settlement": amount(a - sum(advances)),
        "B_annual_award": amount(b),
        "B_settlement": amount(b - sum(advances)),
        "B_policy_no_recovery_pays": amount(ledger.settled(b, advances, ledger.Settlement.NO_RECOVERY)[0]),
        "B_policy_carry_forward_balance": amount(
            ledger.settled(b, advances, ledger.Settlement.CARRY_FORWARD)[1]
        ),
    }
