"""The moment up to which interactions are known: just after the last one of anybody."""

from dataclasses import dataclass

from viaggio.journey.index import Bucket, Codes
from viaggio.journey.where import Keep


@dataclass(frozen=True, slots=True)
class LastSeenKernel:
    """Microseconds (UTC) just after the last interaction, whatever the filter; 0 where there is none."""

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> int | None:
        """Of one bucket; None for an empty one."""
        del keep, codes
        return int(bucket.time[bucket.offsets[1:] - 1].max()) + 1 if bucket.n_customers else None

    def merge(self, one: int | None, other: int | None) -> int | None:
        """The later one."""
        return max(one, other) if one is not None and other is not None else one if other is None else other

    def finish(self, part: int | None, codes: Codes) -> int:
        """The moment."""
        del codes
        return part or 0
