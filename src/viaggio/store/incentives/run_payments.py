"""From a stored run to what payroll gets: payable cents by person, unit and tax regime; and all lines."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from viaggio.incentive.country import Pack
from viaggio.incentive.exact import cents, exact
from viaggio.incentive.italy.regime import Earned, Rule, parts
from viaggio.incentive.italy.tax import year_of
from viaggio.incentive.ledger import EntryKind
from viaggio.incentive.payroll import Payment
from viaggio.incentive.plan import LegalBasis, Plan, read_plan
from viaggio.kernel import BadFile

LINE_COLUMNS = (
    "person", "unit", "group", "from", "to", "measure", "section", "weight", "reason", "credited", "baseline",
    "payout", "worth", "amount", "held", "incremental",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Paying:
    """How a run is paid: the period it is paid in, who is who, what goes to welfare, whose increment counts.

    `ids`: payroll id by pseudonym; `welfare`: cents by pseudonym. Who is in neither keeps the pseudonym and
    gets cash. Without a `pack` nothing is flagged.
    """

    period: str = ""
    ids: Mapping[str, str]
    welfare: Mapping[str, int]
    pack: Pack | None = None
    rule: Rule = Rule.LINE


def run_payments(document: Mapping[str, Any], paying: Paying) -> list[Payment]:
    """One payment per person of a stored run: what is not held. The limit used is before contributions.

    Raises `BadPlan` for a year of payment without tax rules, `BadAmount` for more welfare than there is.
    """
    plan = read_plan(document["plan_document"])
    origin = origin_of(plan)
    period = paying.period or origin
    run = f"{document['plan']}-{document['snapshot_hash'][:12]}"
    made = []
    for seq, award in enumerate(document["outcome"]["awards"], start=1):
        lines = earned_from(award["lines"])
        payable = sum(line.cents for line in lines)
        mark = paying.pack.mark if paying.pack else "ordinary"
        divided = parts(plan, lines, mark=mark, rule=paying.rule)
        eligible = sum(part.cents for part in divided if part.regime == mark)
        made.append(
            Payment(
                seq=seq,
                payroll_id=paying.ids.get(award["person"], award["person"]),
                period=period,
                origin=origin,
                kind=EntryKind.AWARD,
                amount_cents=payable,
                run=run,
                parts=divided,
                welfare_cents=paying.welfare.get(award["person"], 0),
                limit_used_cents=min(eligible, _limit(plan, paying.pack, period)),
            )
        )
    return made


def earned_from(lines: Iterable[Mapping[str, Any]]) -> list[Earned]:
    """Lines of an award as they are stored, those that are held left out."""
    return [
        Earned(
            unit=line["unit"],
            first=date.fromisoformat(line["from"]),
            last=date.fromisoformat(line["to"]),
            cents=cents(exact(line["amount"])),
            incremental=_yes(line.get("incremental")),
        )
        for line in lines
        if not line.get("held")
    ]


def _yes(value: Any) -> bool | None:
    """A yes or no, also as the text that a file may have been read with."""
    return None if value is None else value in {True, "true", "True"}


def origin_of(plan: Plan) -> str:
    """The plan's period as payroll writes it: the year, else first and last day."""
    first, last = plan.period.first, plan.period.last
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31) and first.year == last.year:
        return str(first.year)
    return f"{first.isoformat()}..{last.isoformat()}"


def _limit(plan: Plan, pack: Pack | None, period: str) -> int:
    if pack is None or plan.legal_basis is not LegalBasis.PDR or not pack.taxes:
        return 0
    return cents(year_of(pack.taxes, int(period[:4])).limit)


def line_rows(document: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    """Every line of every award, in the order of `LINE_COLUMNS`; amounts with two decimals."""
    for award in document["outcome"]["awards"]:
        for line in award["lines"]:
            row = {**line, "person": award["person"], "amount": Decimal(str(line["amount"]))}
            yield tuple("" if row.get(name) is None else row[name] for name in LINE_COLUMNS)


def by_person(path: Path, column: str) -> dict[str, str]:
    """A column by person, from a CSV with the columns `person` and this one. Raises `BadFile`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            if not {"person", column} <= set(reader.fieldnames or ()):
                raise BadFile(f"the columns person and {column} are needed", place=path.name,
                              hint=f"Begin the file with person,{column}.")  # fmt: skip
            return {row["person"].strip(): (row[column] or "").strip() for row in reader}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile("the file can not be read", place=path.name, hint=str(error)) from error


def welfare_by_person(path: Path) -> dict[str, int]:
    """Cents that each person takes as welfare, from a CSV with `person` and `amount`."""
    return {
        person: cents(Fraction(exact(text, place=path.name)))
        for person, text in by_person(path, "amount").items()
    }
