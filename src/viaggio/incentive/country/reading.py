"""A country's rules from plain values, as a TOML file holds them with numbers as text."""

from collections.abc import Mapping
from typing import Any

from viaggio.incentive.country.model import AbsenceClass, Indicator, Pack, Section, TaxYear
from viaggio.incentive.errors import BadPlan
from viaggio.incentive.exact import exact

_KNOWN = {"country", "mark", "bonus_tax", "absence", "goals", "indicators", "annex"}


def read_pack(document: Mapping[str, Any]) -> Pack:
    """The rules that a document describes. Raises `BadPlan` or `BadAmount` with the place."""
    unknown = sorted(set(document) - _KNOWN)
    if unknown:
        raise BadPlan(f"'{unknown[0]}' means nothing here", place=unknown[0],
                      hint=f"Known: {', '.join(sorted(_KNOWN))}.")  # fmt: skip
    taxes = {_year(row): _tax(row, n) for n, row in enumerate(document.get("bonus_tax", []))}
    if len(taxes) < len(document.get("bonus_tax", [])):
        raise BadPlan("a year stands there twice", place="bonus_tax", hint="Keep one row of each year.")
    return Pack(
        country=str(_needed(document, "country", "")),
        mark=str(document.get("mark", "")),
        taxes=taxes,
        absences={row["code"]: _absence(row, n) for n, row in enumerate(document.get("absence", []))},
        goals=tuple(document.get("goals", [])),
        indicators=_indicators(document.get("indicators", {})),
        annex=tuple(
            Section(number=int(row["number"]), facts=tuple(row["facts"]), source=str(row.get("source", "")))
            for row in document.get("annex", [])
        ),
    )


def _needed(row: Mapping[str, Any], name: str, place: str) -> Any:
    if name not in row:
        raise BadPlan(f"'{name}' is missing", place=place or name, hint="Add it.")
    return row[name]


def _year(row: Mapping[str, Any]) -> int:
    return int(_needed(row, "year", "bonus_tax"))


def _tax(row: Mapping[str, Any], number: int) -> TaxYear:
    place = f"bonus_tax[{number}]"
    found = {
        name: exact(_needed(row, name, place), place=f"{place}.{name}")
        for name in ("rate", "limit", "income_cap")
    }
    return TaxYear(**found, source=str(_needed(row, "source", place)))


def _absence(row: Mapping[str, Any], number: int) -> AbsenceClass:
    place = f"absence[{number}]"
    made = AbsenceClass(
        code=str(row["code"]),
        lost=exact(_needed(row, "lost", place), place=f"{place}.lost"),
        protected=bool(row.get("protected")),
        counts_as_present=bool(row.get("counts_as_present")),
        names=dict(row.get("name", {})),
        source=str(row.get("source", "")),
    )
    if made.lost and (made.protected or made.counts_as_present):
        raise BadPlan("a protected absence loses nothing", place=f"{place}.lost", hint='Write lost = "0".')
    return made


def _indicators(written: Mapping[str, Any]) -> dict[int, Indicator]:
    """All numbers from 1 to `count`: those named, and the others by number only."""
    named = {int(row["number"]): dict(row["name"]) for row in written.get("named", [])}
    other = dict(written.get("other", {}))
    return {
        number: Indicator(
            number=number,
            names=named.get(number) or {lang: f"{name} {number}" for lang, name in other.items()},
            other=number not in named,
        )
        for number in range(1, int(written.get("count", 0)) + 1)
    }
