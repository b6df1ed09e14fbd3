"""How customers move through the phases: who is there, who comes, who goes on, where they are last seen."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Bucket, Codes, Whole
from viaggio.journey.model import Phase
from viaggio.journey.rows import arrow_table, names, rank
from viaggio.journey.where import Keep


@dataclass(frozen=True, slots=True)
class PhaseStop:
    """One phase. An entry is a customer's arrival from the start or another phase; staying is no entry.

    `starts`: entries that are the customer's first; `left`: customers last seen here. Both look at the chosen
    interactions only: who was last seen in care has not necessarily left the company.
    entries = starts + moves in = moves out + left.
    """

    phase: str | None
    customers: int
    interactions: int
    entries: int
    starts: int
    left: int


@dataclass(frozen=True, slots=True)
class PhaseMove:
    """Moves between two phases: an interaction in `origin` whose next one is in `target`."""

    origin: str | None
    target: str | None
    moves: int
    customers: int


@dataclass(frozen=True, slots=True)
class PhaseFlow:
    """All phases in their order, the four always, and the moves seen between them."""

    customers: int
    interactions: int
    phases: tuple[PhaseStop, ...]
    moves: tuple[PhaseMove, ...]

    def table(self) -> pa.Table:
        """One line per phase."""
        return arrow_table(self.phases, PhaseStop)

    def moves_table(self) -> pa.Table:
        """One line per pair of phases with moves."""
        return arrow_table(self.moves, PhaseMove)


@dataclass(frozen=True, slots=True, eq=False)
class PhasePart:
    """Counts by phase (rows: customers, interactions, entries, starts, left) and by pair of phases."""

    customers: int
    stops: Whole  # 5 x places
    moves: Whole  # 2 (moves, customers) x places x places


@compiled
def _walk(phase: npt.NDArray[np.int8], offsets: Whole, keep: Keep, places: int) -> tuple[int, Whole, Whole]:
    masked = len(keep) > 0
    stops = np.zeros((5, places), np.int64)
    moves = np.zeros((2, places, places), np.int64)
    seen = np.full(places, -1, np.int64)  # the last customer counted
    moved = np.full((places, places), -1, np.int64)
    customers = 0
    for c in range(len(offsets) - 1):
        before = -1
        for i in range(offsets[c], offsets[c + 1]):
            if masked and not keep[i]:
                continue
            here = int(phase[i]) + 1
            stops[1, here] += 1
            if here == before:
                continue
            stops[2, here] += 1
            if seen[here] != c:
                seen[here] = c
                stops[0, here] += 1
            if before < 0:
                stops[3, here] += 1
                customers += 1
            else:
                moves[0, before, here] += 1
                if moved[before, here] != c:
                    moved[before, here] = c
                    moves[1, before, here] += 1
            before = here
        if before >= 0:
            stops[4, before] += 1
    return customers, stops, moves


@dataclass(frozen=True, slots=True)
class PhaseFlowKernel:
    """The flow through the phases."""

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> PhasePart:
        """Counts of one bucket."""
        return PhasePart(*_walk(bucket.phase, bucket.offsets, keep, len(codes.phase) + 1))

    def merge(self, one: PhasePart, other: PhasePart) -> PhasePart:
        """Sums: no customer is in both."""
        return PhasePart(one.customers + other.customers, one.stops + other.stops, one.moves + other.moves)

    def finish(self, part: PhasePart, codes: Codes) -> PhaseFlow:
        """With names; a phase without interactions is 0, rows without a phase come last, if any."""
        by_name: dict[str | None, Any] = {str(phase): np.zeros(5, np.int64) for phase in Phase}
        known = names(codes.phase)
        by_name |= {name: part.stops[:, i] for i, name in enumerate(known) if name or part.stops[:, i].any()}
        stops = (PhaseStop(name, *map(int, by_name[name])) for name in sorted(by_name, key=rank))
        pairs = sorted(
            np.argwhere(part.moves[0]), key=lambda pair: tuple(rank(known[place]) for place in pair)
        )
        moves = (PhaseMove(known[a], known[b], *map(int, part.moves[:, a, b])) for a, b in pairs)
        return PhaseFlow(part.customers, int(part.stops[1].sum()), tuple(stops), tuple(moves))
