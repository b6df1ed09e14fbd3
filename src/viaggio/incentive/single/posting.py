"""What the ledger would say of runs that correct one another: award, differences, and their chain."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from viaggio.incentive import ledger
from viaggio.incentive.exact import amount, cents, exact


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A run as it is written into a file, with the name and the cause under which it is posted."""

    name: str
    plan: str
    outcome: Mapping[str, Any]
    why: str = ""


def posted(runs: Iterable[Told], period: str) -> dict[str, Any]:
    """The chained entries of runs of one period, in order: the first awards, the others post differences.

    Each entry says what was credited and recomputed. The balance is what each person has been awarded.
    """
    entries: list[ledger.Entry] = []
    rows = []
    for run in runs:
        for award in run.outcome["awards"]:
            before = [entry.amount_cents for entry in entries if entry.person == award["person"]]
            recomputed = cents(exact(award["award"]))
            delta = ledger.true_up(recomputed, before)
            if before and not delta:
                continue
            entry = ledger.after(
                entries,
                person=award["person"], period=period, plan_version=run.plan,
                kind=ledger.EntryKind.TRUE_UP if before else ledger.EntryKind.AWARD,
                amount_cents=delta, run=run.name,
            )  # fmt: skip
            entries.append(entry)
            rows.append(_row(entry, award, run))
    people = dict.fromkeys(entry.person for entry in entries)
    return {
        "entries": rows,
        "balance": {p: amount(sum(e.amount_cents for e in entries if e.person == p)) for p in people},
    }


def _row(entry: ledger.Entry, award: Mapping[str, Any], run: Told) -> dict[str, Any]:
    return {
        "seq": entry.seq, "person": entry.person, "period": entry.period, "plan_version": entry.plan_version,
        "kind": str(entry.kind), "amount_cents": str(entry.amount_cents), "run": entry.run,
        "prev": entry.previous, "hash": entry.hash,
        "credited": {line["measure"]: line["credited"] for line in award["lines"] if line.get("credited")},
        "recomputed_award": award["award"], "delta": amount(entry.amount_cents), "why": run.why,
    }  # fmt: skip
