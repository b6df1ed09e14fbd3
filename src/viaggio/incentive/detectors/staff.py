"""Employees who answer as customers: contacts compared by keyed hash only, and the company's own network."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from viaggio.incentive.detectors.judging import Seen, judged
from viaggio.incentive.detectors.model import Count, Detector, Exclusion, Finding, Limits, Reason
from viaggio.incentive.detectors.rates import excess, peers


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """An answer with the keyed hashes of its e-mail and phone, and of the network it came from.

    `on_site`: given on the company's own devices (kiosk, code on the counter), whose network says nothing.
    """

    response: str
    contacts: frozenset[str] = frozenset()
    network: str = ""
    on_site: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Keyed hashes of the contacts on the HR list and of the company's networks."""

    contacts: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()


def staff_answers(
    cells: Mapping[str, tuple[Answered, ...]], parents: Mapping[str, str], staff: Staff, limits: Limits
) -> tuple[Finding, ...]:
    """Answers of staff are excluded with their reason; a cell with more of them than its peers is flagged."""
    found = {cell: given_by_staff(answers, staff) for cell, answers in cells.items()}
    counts = {cell: Count(len(found[cell]), len(answers)) for cell, answers in cells.items()}
    others = peers(counts, parents)
    seen = [
        Seen(
            cell=cell,
            statistic=float(counts[cell].hits),
            p=excess(counts[cell], others[cell]) if others[cell].n else None,
            large=counts[cell].hits >= limits.staff,
            values={"answers": counts[cell].n, "staff": counts[cell].hits, "peers_staff": others[cell].hits,
                    "peers_answers": others[cell].n},
            excludes=found[cell],
            responses=tuple(one.response for one in found[cell]),
        )
        for cell in cells
    ]  # fmt: skip
    return judged(Detector.STAFF, seen, level=limits.staff_p, rate=limits.false_flags)


def given_by_staff(answers: Iterable[Answered], staff: Staff) -> tuple[Exclusion, ...]:
    """Answers of contacts on the HR list, or from the company's own network."""
    found = []
    for one in answers:
        if one.contacts & staff.contacts:
            found.append(Exclusion(one.response, Reason.STAFF))
        elif one.network in staff.networks and not one.on_site:
            found.append(Exclusion(one.response, Reason.NETWORK))
    return tuple(found)
