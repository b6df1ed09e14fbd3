"""The example of a whole company."""

import re
from fractions import Fraction

from golden_cases.frame import Case
from golden_cases.incentives_words import Values, day, said_nps
from viaggio.incentive import pooling, proration, scoring
from viaggio.incentive.curves import payout, read_curve
from viaggio.incentive.exact import amount, apportion, cents, exact, fraction, written


def e15(case: Case) -> Values:
    """A whole company with a pool that binds."""
    given = case.inputs
    shape = {name: read_curve(curve) for name, curve in given["curves"].items()}
    nps = scoring.credited(said_nps(given["company_nps"]).value)
    weights = {name: exact(weight) for name, weight in given["shared_weights"].items()}
    shared = weights["company_nps"] * payout(shape["company_nps"], nps)
    shared += weights["pulse_index"] * payout(shape["pulse_index"], exact(given["pulse_index"]))
    values, sources = {}, {}
    for name, influence in given["contribution_map"].items():
        values[name], sources[name] = _function_value(given, name, influence)
    payouts = {name: payout(shape["function"], value) for name, value in values.items()}
    first, last = map(day, given["period"])
    raw: dict[str, Fraction] = {}
    by_function: dict[str, dict[str, Fraction]] = {}
    status = {}
    for person in given["people"]:
        stays = [proration.Stay(day(a), day(b), unit, exact(fte)) for unit, a, b, fte in person["segments"]]
        absences = [
            proration.Absence(day(a), day(b), exact(lost)) for a, b, lost in person["unpaid_absences"]
        ]
        short = proration.days_employed(stays, first, last) < given["min_service_days"]
        parts: dict[str, Fraction] = {}
        for stay in stays:
            share = proration.weighted_days(stay, absences, first, last) / proration.days_between(first, last)
            factor = shared + exact(given["function_weight"]) * payouts[stay.unit]
            worth = Fraction(0) if short else exact(person["target"]) * share * factor
            parts[stay.unit] = parts.get(stay.unit, Fraction(0)) + worth
        by_function[person["id"]] = parts
        raw[person["id"]] = sum(parts.values(), Fraction(0))
        status[person["id"]] = "below_min_service" if short else "ok"
    most, rate, _, kpi, above = (exact(n) for n in re.findall(r"\d+(?:\.\d+)?", given["pool"])[:5])
    pool = pooling.self_funded(kpi, rate=rate / 100, above=above, most=most)
    result = pooling.limited(raw, pool)
    costs: dict[str, int] = {}
    for person_id, parts in by_function.items():
        for name, part in apportion(result.awards[person_id], parts).items():
            if part:
                costs[name] = costs.get(name, 0) + part
    return {
        "company_nps_value": written(nps),
        "shared_factor": fraction(shared),
        "function_value": {name: written(value) for name, value in values.items()},
        "function_source": sources,
        "function_payout": {name: fraction(value) for name, value in payouts.items()},
        "raw_awards_6dp": {name: written(value) for name, value in raw.items()},
        "status": status,
        "unscaled_total": amount(cents(sum(raw.values(), Fraction(0)))),
        "pool": amount(cents(pool)),
        "lambda_6dp": written(result.factor),
        "awards": {name: amount(value) for name, value in result.awards.items()},
        "total": amount(sum(result.awards.values())),
        "cost_by_function": {name: amount(costs[name]) for name in sorted(costs)},
    }


def _function_value(given: Values, name: str, influence: Values) -> tuple[Fraction, str]:
    """A function's composite; touchpoints with too few answers leave their weight to the others."""
    seen = given["touchpoint_csat"]
    enough = {t: exact(w) for t, w in influence.items() if seen[t]["n"] >= given["n_min"]}
    if enough:
        total = sum(enough.values(), Fraction(0))
        value = sum((w * exact(seen[t]["value"]) for t, w in enough.items()), Fraction(0)) / total
        return scoring.credited(value), "own"
    return scoring.credited(exact(seen[given[f"{name}_parent"]]["value"])), "fallback:parent"
