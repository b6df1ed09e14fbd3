"""Examples of what is credited, corrected, taxed, held and shown."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from golden_cases.frame import Case
from golden_cases.incentives_words import Values, number_in, paid, short
from viaggio.incentive import cells, ledger, scoring
from viaggio.incentive.curves import payout, read_curve
from viaggio.incentive.detectors.coverage import Invited, coverage
from viaggio.incentive.exact import amount, apportion, cents, exact, fraction, written
from viaggio.incentive.italy.tax import TaxYear, estimate
from viaggio.incentive.whatif.closed import chance_above, cost


def e08(case: Case) -> Values:
    """Five ways to credit the same raw value."""
    given = case.inputs
    curve = read_curve(given["curve"])
    target_value = next(x for x, y in curve.points if y == 1)
    parent, k, z = exact(given["parent_value"]), exact(given["K"]), exact(given["z"])

    def line(value: Fraction) -> dict[str, str]:
        used = scoring.credited(value)
        factor = payout(curve, used)
        return {
            "credited": written(used),
            "payout": fraction(factor),
            "award": paid(given["target_money"], factor),
        }

    small = scoring.nps_score(given["promoters"], given["detractors"], given["n"])
    big = scoring.nps_score(*(given["n4000"][name] for name in ("promoters", "detractors", "n")))
    weight, big_weight = scoring.credibility(small.n_eff, k), scoring.credibility(big.n_eff, k)
    change = scoring.shrunk_change(
        small.value, exact(given["own_baseline"]), exact(given["parent_change"]), weight
    )
    return {
        "raw": written(small.value),
        "se": written(small.se),
        "Z": fraction(weight),
        "point": line(small.value),
        "shrunk_level": line(scoring.shrunk_level(small.value, parent, weight)),
        "deadband": line(scoring.dead_band(small.value, target_value, z * small.se)),
        "lower_bound": line(small.value - z * small.se),
        "shrunk_change": line(change),
        "n4000_se": written(big.se),
        "n4000_shrunk_level": line(scoring.shrunk_level(big.value, parent, big_weight)),
        "n4000_deadband": line(scoring.dead_band(big.value, target_value, z * big.se)),
    }


def e09(case: Case) -> Values:
    """The same quality with another mix of cases."""
    given = case.inputs
    curve = read_curve(given["curve"])
    shares = {name: exact(share) for name, share in given["reference_shares"].items()}
    found = {}
    for team, strata in given["teams"].items():
        scores = {g: scoring.Score(value=exact(s["mean"]), n=s["n"]) for g, s in strata.items()}
        raw, adjusted = scoring.pooled(scores.values()), scoring.standardised(scores, shares)
        found[team] = {
            "raw": written(raw.value),
            "raw_award": paid(given["target"], payout(curve, scoring.credited(raw.value))),
            "adjusted": written(adjusted.value),
            "n_eff": written(adjusted.n_eff),
            "adjusted_award": paid(given["target"], payout(curve, scoring.credited(adjusted.value))),
        }
    return found


def e10(case: Case) -> Values:
    """Corrections: differences of rounded totals in a chain of hashes, and their recovery."""
    given = case.inputs
    curve = read_curve(given["curve"])
    entries: list[ledger.Entry] = []
    rows = []
    for step, wanted in zip(given["steps"], case.expected["ledger"], strict=True):
        nps = scoring.credited(scoring.nps_score(step["promoters"], step["detractors"], step["n"]).value)
        award = cents(exact(given["target"]) * exact(step["fte"]) * payout(curve, nps))
        delta = ledger.true_up(award, (entry.amount_cents for entry in entries))
        entry = ledger.after(
            entries,
            person=wanted["person"], period=wanted["period"], plan_version=wanted["plan_version"],
            kind=ledger.EntryKind.TRUE_UP if entries else ledger.EntryKind.AWARD,
            amount_cents=delta, run=step["why"].split(":")[0],
        )  # fmt: skip
        entries.append(entry)
        rows.append(
            {
                "seq": entry.seq, "person": entry.person, "period": entry.period,
                "plan_version": entry.plan_version, "kind": str(entry.kind),
                "amount_cents": str(entry.amount_cents), "run": entry.run, "prev": entry.previous,
                "hash": entry.hash, "nps": written(nps), "recomputed_award": amount(award),
                "delta": amount(delta), "why": step["why"],
            }
        )  # fmt: skip
    rule = given["recovery_rule"]
    percent, nexts = number_in(rule, r"(\d+)%"), re.findall(r"\d+\.\d\d", rule)
    owed = -min(entries[1].amount_cents, 0)
    kept, left = ledger.recoveries(owed, [cents(exact(a)) for a in nexts], percent / 100)
    return {
        "ledger": rows,
        "balance": amount(sum(entry.amount_cents for entry in entries)),
        "recovery_of_first_true_up": [amount(part) for part in kept],
        "recovery_left": amount(left),
    }


def e12(case: Case) -> Values:
    """The tax of a performance bonus by year of payment."""
    given = case.inputs
    caps = re.findall(r"(\d+(?:\.\d+)?)(?: in (\d{4}))?", given["income_cap"])
    usual = exact(caps[0][0])
    special = {year: exact(cap) for cap, year in caps if year}
    rows = []
    for row in case.expected["rows"]:
        rate, limit = given["table_rate_limit_by_year_of_payment"][row["year"]]
        taxed = estimate(
            TaxYear(rate=exact(rate), limit=exact(limit), income_cap=special.get(row["year"], usual)),
            gross=exact(row["gross"]), welfare=exact(row["welfare"]), incremental=row["eligible"],
            contribution_rate=exact(given["contribution_rate"]),
        )  # fmt: skip
        rows.append(
            {
                "year": row["year"],
                "gross": amount(taxed.gross),
                "welfare": amount(taxed.welfare),
                "contributions": amount(taxed.contributions),
                "net_of_contributions": amount(taxed.net_of_contributions),
                "substitute_tax_base": amount(taxed.substitute_tax_base),
                "substitute_tax": amount(taxed.substitute_tax),
                "ordinary_taxed": amount(taxed.ordinary_taxed),
                "eligible": taxed.eligible,
            }
        )
    return {"rows": rows}


def e13(case: Case) -> Values:
    """Hard cases invited less often; the function's line is held."""
    given = case.inputs
    least, z = number_in(given["rule"], r"ratio < ([\d.]+)"), number_in(given["rule"], r"z > ([\d.]+)")
    found: dict[str, Any] = {}
    flagged = False
    for name, counts in given.items():
        if not isinstance(counts, Mapping) or "eligible_easy" not in counts:
            continue
        seen = coverage(Invited(**counts), least=least, z=z)
        flagged = flagged or (name == "X" and seen.flag)
        found[name] = {
            "rate_easy": fraction(seen.rate_easy),
            "rate_hard": fraction(seen.rate_hard),
            "coverage_ratio": fraction(seen.ratio or Fraction(0)),
            "coverage_ratio_6dp": written(seen.ratio or Fraction(0)),
            "z": written(seen.z),
            "flag": seen.flag,
        }
    money = given["money"]
    target = exact(money["target"])
    worth = {}
    for section in ("shared", "function"):
        weight, factor = re.findall(r"[\d.]+", money[section])
        worth[section] = target * exact(weight) * exact(factor)
    lines = apportion(cents(sum(worth.values(), Fraction(0))), worth)
    held = lines["function"] if flagged else 0
    total = sum(lines.values())
    return found | {"award": amount(total), "payable_now": amount(total - held), "held": amount(held)}


def e14(case: Case) -> Values:
    """Better, not worse, surely better: three answers."""
    given, rows = case.inputs, []
    counts, z, margin = given["base_counts"], exact(given["z"]), exact(given["margin"])
    for times in given["multipliers"]:
        before = scoring.nps_score(counts["p0"] * times, counts["d0"] * times, counts["n0"] * times)
        now = scoring.nps_score(counts["p1"] * times, counts["d1"] * times, counts["n1"] * times)
        found = scoring.improvement(now, before, z=z, margin=margin)
        rows.append(
            {
                "n0": before.n,
                "n1": now.n,
                "baseline": written(before.value),
                "current": written(now.value),
                "diff": written(found.difference),
                "se": written(found.se),
                "lower_bound": written(found.lower),
                "incremental_statutory": found.incremental,
                f"non_inferior_margin_{short(margin)}": found.non_inferior,
                "improved_significant": found.significant,
            }
        )
    return {"rows": rows}


def e16(case: Case) -> Values:
    """What a plan costs when the measure is normally distributed."""
    given = case.inputs
    curve, mu, sigma = read_curve(given["curve"]), float(given["mu"]), float(given["sigma"])
    target = float(given["total_target"])
    found = cost(curve, mu=mu, sigma=sigma, target=target)
    above = "p_cost_above_"
    limits = {key: float(key.removeprefix(above)) for key in case.expected if key.startswith(above)}
    chances = {
        key: f"{chance_above(curve, limit, mu=mu, sigma=sigma, target=target):.6f}"
        for key, limit in limits.items()
    }
    return {
        "expected_cost": f"{found.mean:.2f}",
        "sd_cost": f"{found.sd:.2f}",
        "p_zero": f"{found.chance_of_none:.6f}",
        "p_cap": f"{found.chance_of_cap:.6f}",
        "median_cost": f"{found.median:.2f}",
    } | chances


def e17(case: Case) -> Values:
    """Cells that are too small, and what hides with them."""
    given = case.inputs
    limits = {"headcount": given["k_headcount"], "responses": given["k_responses"]}
    teams = {
        name: cells.Cell(headcount=t["headcount"], n=t["n"], value=exact(t["mean"]))
        for name, t in given["teams"].items()
    }
    parent = cells.parent_of(teams)
    small, also = cells.hidden(teams, **limits)
    curve = read_curve(given["curve"])
    awards = {}
    for name, team in teams.items():
        used = scoring.credited(parent.value if name in small else team.value)
        awards[name] = {"value_used": written(used), "award": paid(given["target"], payout(curve, used))}
    hidden_values = [written(teams[name].value) for name in small]
    return {
        "division_value": written(parent.value),
        "division_n": parent.n,
        "suppressed_primary": small,
        "suppressed_secondary": also,
        "awards": awards,
        "must_not_be_derivable": hidden_values[0] if len(hidden_values) == 1 else hidden_values,
    }
