"""What came of the planted numbers: sums over blocks, then the shares and scores that `Truth` reports."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from viaggio.demo.block import Simulated
from viaggio.demo.book import BY_EMAIL, BY_VISITOR, Ints
from viaggio.demo.company import CAUSES, TEAMS, O, T
from viaggio.demo.coverage import OUTCOMES, Counted, counted
from viaggio.demo.model import MONTHS
from viaggio.demo.pulse import Tally
from viaggio.demo.tables import SLUGS
from viaggio.demo.world import World


class Realised:
    """Sums over the blocks seen so far."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sums: dict[str, NDArray[np.float64]] = {}
        self.tally: Tally | None = None
        self.counted: Counted | None = None

    def _add(self, name: str, values: Any) -> None:
        array = np.asarray(values, np.float64)
        self.sums[name] = self.sums[name] + array if name in self.sums else array

    def add(self, simulated: Simulated) -> None:
        """Add what happened to one block."""
        self.tally = simulated.tally if self.tally is None else self.tally + simulated.tally
        for ledger in simulated.coverage:
            self.counted = counted(ledger) if self.counted is None else self.counted + counted(ledger)
        book, until = simulated.book, self.world.clock.until
        columns = {name: rows.columns() for name, rows in book.rows.items()}
        happened = columns["interactions"]
        inside = {name: values[happened["started"] < until] for name, values in happened.items()}
        self._add("persons", len(book.people))
        registered = book.registered < until
        self._add("registered", registered.sum())
        contacts = registered & book.people.b2b
        self._add("account_contacts", contacts.sum())
        self._add("accounts", len(np.unique(book.people.account[contacts])))
        self._visitors(simulated, inside)
        self._deliveries(columns["orders"], until)
        self._shares(inside)
        self._plans(columns["contracts"], until)
        self._add("plan_mood", np.array(book.moods).mean(axis=1) * len(book.people))

    def _visitors(self, simulated: Simulated, inside: Mapping[str, Ints]) -> None:
        """Visitor ids seen, and those that no row ties to an e-mail: each stays a customer of its own."""
        seen = inside["visitor"][(inside["naming"] & BY_VISITOR) > 0]
        tied = inside["visitor"][(inside["naming"] & (BY_VISITOR + BY_EMAIL)) == BY_VISITOR + BY_EMAIL]
        posts = simulated.posts
        handles = np.unique(simulated.book.people.number[posts.person[posts.person % 3 > 0]])
        linked = np.unique(simulated.book.people.number[posts.person[posts.person % 3 == 0]])
        distinct = np.unique(seen)
        self._add("visitors", len(distinct) + len(handles) + len(linked))
        self._add("visitors_unlinked", len(np.setdiff1d(distinct, tied)) + len(handles))

    def _deliveries(self, orders: Mapping[str, Ints], until: int) -> None:
        came = (orders["promised"] >= 0) & (orders["delivered"] >= 0) & (orders["delivered"] < until)
        promised, delivered = orders["promised"][came], orders["delivered"][came]
        late = delivered > promised
        month = self.world.clock.month_of(promised)
        self._add("delivered", np.bincount(month, minlength=MONTHS))
        self._add("late", np.bincount(month, late, MONTHS))

    def _shares(self, inside: Mapping[str, Ints]) -> None:
        month = self.world.clock.month_of(inside["started"])
        invoice = inside["touchpoint"] == T["invoice"]
        self._add("invoices", np.bincount(month[invoice], minlength=MONTHS))
        self._add("wrong", np.bincount(month[invoice], inside["outcome"][invoice] == O["error"], MONTHS))
        care = inside["cause"] >= 0
        _, first = np.unique(inside["episode"][care], return_index=True)
        cell = month[care] * len(CAUSES) + inside["cause"][care]
        size = MONTHS * len(CAUSES)
        self._add("contacts_by_cause", np.bincount(cell, minlength=size).reshape(MONTHS, -1))
        self._add("tickets_by_cause", np.bincount(cell[first], minlength=size).reshape(MONTHS, -1))

    def _plans(self, plans: Mapping[str, Ints], until: int) -> None:
        bounds = np.append(self.world.clock.month_bounds, until)
        at_start = [
            (plans["started"] < b) & ((plans["ended"] < 0) | (plans["ended"] >= b)) for b in bounds[:-1]
        ]
        self._add("plans_running", [mask.sum() for mask in at_start])
        ended = plans["ended"]
        self._add(
            "plans_ended",
            [((ended >= a) & (ended < b)).sum() for a, b in pairwise(bounds)],
        )

    def report(self, rows_by_source: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
        """All realised numbers, ready for JSON."""
        sums = self.sums
        whole = ("persons", "registered", "account_contacts", "accounts", "visitors", "visitors_unlinked")
        one = {name: int(sums[name]) for name in whole}
        totals: Counter[str] = Counter()
        for counts in rows_by_source.values():
            totals.update(counts)
        return {
            **one,
            "customers_once_identified": one["registered"] + one["visitors_unlinked"] + one["accounts"],
            "rows": dict(sorted(totals.items())),
            "rows_by_source": rows_by_source,
            "late_share": _ratio(sums["late"], sums["delivered"]),
            "deliveries": _whole(sums["delivered"]),
            "invoice_error_share": _ratio(sums["wrong"], sums["invoices"]),
            "plans_running": _whole(sums["plans_running"]),
            "plans_ended": _whole(sums["plans_ended"]),
            "tickets": dict(zip(CAUSES, _whole(sums["tickets_by_cause"].sum(axis=0)), strict=True)),
            "contacts": dict(zip(CAUSES, _whole(sums["contacts_by_cause"].sum(axis=0)), strict=True)),
            **self._asked(),
        }

    def _asked(self) -> dict[str, Any]:
        assert self.tally is not None
        assert self.counted is not None
        tally, ledger = self.tally, self.counted
        places = (*SLUGS, "company")
        by_place = {
            place: {
                "asked": _whole(tally.n[at].sum(axis=(1, 2, 3))),
                "answered": _whole(tally.n[at, ..., 1].sum(axis=(1, 2))),
                "nps_of_answers": _score(tally, at, answered_only=True),
                "nps_if_all_answered": _score(tally, at, answered_only=False),
                "eligible": _whole(ledger.units[at].sum(axis=1)),
                "nps_of_all_eligible": _ratio(100 * ledger.net[at].sum(axis=1), ledger.units[at].sum(axis=1)),
                "outcomes": dict(zip(map(str, OUTCOMES), _whole(ledger.units[at].sum(axis=0)), strict=True)),
            }
            for at, place in enumerate(places)
            if tally.n[at].any()
        }
        return {"pulse": by_place, "teams": self._teams(tally)}

    def _teams(self, tally: Tally) -> dict[str, Any]:
        begun = self.world.parameters.begging.first_month - 1
        found: dict[str, Any] = {}
        for at, team in enumerate(TEAMS):
            spans = {"before": slice(0, begun), "after": slice(begun, MONTHS)}
            found[team] = {
                name: {
                    "asked_easy": int(tally.n[:, span, at, 0].sum()),
                    "asked_hard": int(tally.n[:, span, at, 1].sum()),
                    "answered": int(tally.n[:, span, at, :, 1].sum()),
                }
                for name, span in spans.items()
            }
        return found


def _score(tally: Tally, at: int, *, answered_only: bool) -> list[float | None]:
    part = (..., slice(1, 2)) if answered_only else (...,)
    net, n = tally.net[at][part].sum(axis=(1, 2, 3)), tally.n[at][part].sum(axis=(1, 2, 3))
    return _ratio(100 * net, n)


def _whole(values: NDArray[np.float64]) -> list[int]:
    return [int(value) for value in values]


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> list[float | None]:
    return [round(float(a / b), 6) if b else None for a, b in zip(above, below, strict=True)]
