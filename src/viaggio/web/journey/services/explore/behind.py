"""The customers behind a page of the explorer: those with an interaction under its filters."""

from dataclasses import dataclass

import numpy as np

from viaggio.journey.filter import Condition
from viaggio.journey.index import Bucket, Codes, Journeys, Whole
from viaggio.journey.run import run
from viaggio.journey.where import Keep
from viaggio.web.journey.services.explore.asking import THREADS, computed, where_at
from viaggio.web.shared.customer_names import names_of, pseudonym
from viaggio.web.shared.desk import Desk

LISTED = 200


@dataclass(frozen=True, slots=True)
class WhoKernel:
    """The keys of the customers with an interaction that the filter lets through, ascending."""

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Whole:  # noqa: ARG002 -- a kernel's form
        """Those of one bucket."""
        return np.unique(bucket.customer[keep] if len(keep) else bucket.customer)

    def merge(self, one: Whole, other: Whole) -> Whole:
        """No customer is in both."""
        return np.concatenate((one, other))

    def finish(self, part: Whole, codes: Codes) -> Whole:  # noqa: ARG002 -- a kernel's form
        """In the order of their keys."""
        return np.sort(part)


@dataclass(frozen=True, slots=True)
class Behind:
    """How many there are, and the first of them by key with their names."""

    customers: int
    listed: tuple[tuple[int, str], ...]


def who(desk: Desk) -> Whole:
    """The keys of the customers under the desk's filters; raises `CannotAnswer`."""
    return who_of(desk)


def who_of(desk: Desk, *besides: Condition) -> Whole:
    """The keys of those for whom conditions hold besides; raises `CannotAnswer`."""

    def compute(journeys: Journeys) -> Whole:
        return run(journeys, WhoKernel(), where=where_at(desk, *besides), threads=THREADS)

    found: Whole = computed(desk, ("who", besides), compute)
    return found


def behind(desk: Desk, keys: Whole) -> Behind:
    """The list of the page, of these customers."""
    first = [int(key) for key in keys[:LISTED]]
    names = names_of(desk, list(first))
    return Behind(len(keys), tuple((key, names.get(key) or pseudonym(key)) for key in first))
