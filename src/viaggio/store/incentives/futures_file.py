"""Scenarios with their chances from a TOML file: KPIs as they would be, measures moved by so many points.

[[future]]
name = "strike"
chance = "0.1"
kpis = { ebitda = "9000000" }
moves = { company_nps = "-5" }
"""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from viaggio.incentive.exact import exact
from viaggio.incentive.whatif.chances import Future
from viaggio.kernel import BadFile
from viaggio.store.incentives.plan_file import load_document

_KNOWN = {"name", "chance", "kpis", "moves"}


def load_futures(path: Path) -> tuple[Future, ...]:
    """The scenarios in a file. Raises `BadFile`, and `BadAmount` with the place of a number that is none."""
    rows = load_document(path).get("future")
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise BadFile("there is no future in it", place=path.name, hint="Begin each one with [[future]].")
    return tuple(_future(row, f"{path.name}: future[{number}]") for number, row in enumerate(rows))


def _future(row: Mapping[str, Any], place: str) -> Future:
    unknown, missing = sorted(set(row) - _KNOWN), sorted({"name", "chance"} - set(row))
    if unknown or missing:
        raise BadFile(f"'{(unknown or missing)[0]}' is {'not known' if unknown else 'missing'}", place=place,
                      hint="Give name and chance, and kpis or moves.")  # fmt: skip
    return Future(
        name=str(row["name"]),
        chance=exact(row["chance"], place=f"{place}.chance"),
        kpis=_numbers(row.get("kpis", {}), f"{place}.kpis"),
        moves=_numbers(row.get("moves", {}), f"{place}.moves"),
    )


def _numbers(written: Mapping[str, Any], place: str) -> dict[str, Fraction]:
    return {name: exact(value, place=f"{place}.{name}") for name, value in written.items()}
