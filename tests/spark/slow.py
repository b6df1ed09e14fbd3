"""A question that takes its time, so that a machine can be lost while it is asked."""

import time
from dataclasses import dataclass, field
from typing import Any

from viaggio.journey.kernels.transitions import TransitionKernel


@dataclass(frozen=True)
class SlowKernel:
    """Transitions, with a rest at each bucket."""

    seconds: float
    whole: TransitionKernel = field(default_factory=TransitionKernel)

    def part(self, bucket: Any, keep: Any, codes: Any) -> Any:
        time.sleep(self.seconds if bucket.n_events else 0)
        return self.whole.part(bucket, keep, codes)

    def merge(self, one: Any, other: Any) -> Any:
        return self.whole.merge(one, other)

    def finish(self, part: Any, codes: Any) -> Any:
        return self.whole.finish(part, codes)
