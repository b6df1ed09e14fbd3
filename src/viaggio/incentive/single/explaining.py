"""How a run's sums come together: by stay and section, before and after the pool, as text."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from viaggio.incentive.exact import amount, cents, exact, fraction, written


def explained(outcome: Mapping[str, Any], person: str = "") -> dict[str, Any]:
    """What the outcome of a run, as files hold it, adds up to, and each person's stays and sections.

    The exact factors are told with six decimals beside them. `person` leaves out the others; `KeyError` for
    one who is not in the run.
    """
    awards = {award["person"]: award for award in outcome["awards"]}
    chosen = {person: awards[person]} if person else awards
    factor = exact(outcome["lambda"])
    raw = [exact(award["raw"]) for award in awards.values()]
    return {
        "raw_total": amount(cents(sum(raw, Fraction(0)))),
        "pool": outcome["pool"],
        "lambda": outcome["lambda"],
        "lambda_6dp": written(factor),
        "total": outcome["total"],
        "each_rounded": amount(sum(cents(share * factor) for share in raw)),
        "unspent": outcome["unspent"],
        "cost_by_unit": outcome["cost_by_unit"],
        "people": {name: _person(award) for name, award in chosen.items()},
    }


def _person(award: Mapping[str, Any]) -> dict[str, Any]:
    stays: dict[str, list[Mapping[str, Any]]] = {}
    for line in award["lines"]:
        stays.setdefault(f"{line['unit']}:{line['from']}", []).append(line)
    return {
        "status": award["status"],
        "award": award["award"],
        "held": award["held"],
        "payable": award["payable"],
        "raw_6dp": written(exact(award["raw"])),
        "sections": _sections(award["lines"]),
        "stays": {place: _stay(lines, award["factors"][place]) for place, lines in stays.items()},
    }


def _stay(lines: list[Mapping[str, Any]], factor: str) -> dict[str, Any]:
    sections = {name: [line for line in lines if line["section"] == name] for name in _names(lines)}
    return {
        "factor": factor,
        "factor_6dp": written(exact(factor)),
        "amount": _sum(lines),
        "sections": {
            name: fraction(sum((exact(o["weight"]) * exact(o["payout"]) for o in own), Fraction(0)))
            for name, own in sections.items()
        },
    }


def _sections(lines: list[Mapping[str, Any]]) -> dict[str, str]:
    return {name: _sum([line for line in lines if line["section"] == name]) for name in _names(lines)}


def _names(lines: list[Mapping[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(line["section"]) for line in lines))


def _sum(lines: list[Mapping[str, Any]]) -> str:
    return amount(cents(sum((exact(line["amount"]) for line in lines), Fraction(0))))
