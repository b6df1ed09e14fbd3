"""Running a question over journeys: one part per bucket, merged in the order of the buckets."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import Protocol, runtime_checkable

from viaggio.journey.index import EMPTY_BUCKET, Bucket, Codes, Journeys
from viaggio.journey.where import EVERYTHING, Keep, Where, as_where, mask


class Kernel[Part, Result](Protocol):
    """A question. Its fields are its parameters; `merge` is associative and commutative.

    Therefore the answer does not depend on the number of buckets, on threads, or on who runs the parts.
    """

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Part:
        """The answer for one bucket, of the rows that `keep` lets through."""

    def merge(self, one: Part, other: Part) -> Part:
        """The answer for the customers of both."""

    def finish(self, part: Part, codes: Codes) -> Result:
        """What is shown: names for codes, quantiles for histograms."""


@runtime_checkable
class WalkedElsewhere(Protocol):
    """Journeys whose buckets are walked where they lie, such as on the machines of a cluster."""

    def parts[Part, Result](self, kernel: Kernel[Part, Result], where: Where) -> Iterator[Part]:
        """The answer for each bucket, in the order of the buckets."""


def part_of[Part, Result](bucket: Bucket, codes: Codes, kernel: Kernel[Part, Result], where: Where) -> Part:
    """The answer of a kernel for one bucket."""
    return kernel.part(bucket, mask(where, bucket, codes), codes)


def run[Part, Result](
    journeys: Journeys,
    kernel: Kernel[Part, Result],
    *,
    where: Where | str = EVERYTHING,
    threads: int = 1,
) -> Result:
    """The answer of a kernel over all buckets; the same for any number of buckets and threads.

    Only one bucket per thread is in work at a time, so mapped files stay on disk until they are read.
    """
    codes, where = journeys.codes, as_where(where)
    empty = part_of(EMPTY_BUCKET, codes, kernel, where)
    parts = (
        journeys.parts(kernel, where)
        if isinstance(journeys, WalkedElsewhere)
        else _parts(journeys, kernel, where, threads)
    )
    return kernel.finish(reduce(kernel.merge, parts, empty), codes)


def _parts[Part, Result](
    journeys: Journeys, kernel: Kernel[Part, Result], where: Where, threads: int
) -> Iterator[Part]:
    def part(number: int) -> Part:
        return part_of(journeys.bucket(number), journeys.codes, kernel, where)

    if threads <= 1 or len(journeys) <= 1:
        yield from map(part, range(len(journeys)))
        return
    with ThreadPoolExecutor(threads, thread_name_prefix="journey") as pool:
        yield from pool.map(part, range(len(journeys)))
