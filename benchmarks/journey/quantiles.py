"""Quantiles of waiting times from 64 parts, merged in two orders: our histogram and sketches from a library.

    uv run --with datasketches==5.2.0 --with-editable . python benchmarks/journey/quantiles.py

Told are, for the first and the third quartile, the median and the 95th percentile: whether a second time and
another order of merging give the same, the largest difference between two orders, and to the exact quantile.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import datasketches
import numpy as np

from viaggio.journey import transitions
from viaggio.journey.index import Codes, memory_journeys

SHARES = (0.25, 0.5, 0.75, 0.95)
PARTS, EACH = 64, 3_000
SKETCHES: dict[str, Callable[[], Any]] = {
    "KLL, k = 200": lambda: datasketches.kll_floats_sketch(200),
    "t-digest, k = 100": lambda: datasketches.tdigest_double(100),
    "REQ, k = 12": lambda: datasketches.req_floats_sketch(12),
}

Parts = Sequence[Sequence[float]]


def sketched(parts: Parts, make: Callable[[], Any]) -> list[float]:
    """Quantiles of all parts, each in a sketch of its own, merged in this order."""
    whole = make()
    for part in parts:
        one = make()
        for seconds in part:
            one.update(seconds)
        whole.merge(one)
    return [whole.get_quantile(share) for share in SHARES]


def counted(parts: Parts) -> list[float | None]:
    """Quantiles by our histogram, one bucket a part."""
    micros = np.rint(1e6 * np.concatenate([np.array(part) for part in parts])).astype(np.int64)
    rows = {
        "customer": np.repeat(np.arange(len(micros)), 2),
        "time": np.column_stack((np.zeros_like(micros), micros)).ravel(),
        "touchpoint": np.tile([0, 1], len(micros)),
    }
    (move,) = transitions(memory_journeys(rows, Codes(touchpoint=("a", "b")), buckets=len(parts))).moves
    found = move.time
    return [found.p25_seconds, found.median_seconds, found.p75_seconds, found.p95_seconds]


def largest(one: Sequence[float | None], other: Sequence[float | None]) -> str:
    """The largest relative difference, in per cent."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b]
    return f"{100 * max(abs(a / b - 1) for a, b in pairs):.2f} %"


def main() -> None:
    """Print a line for each."""
    chance = Random(1)
    parts = [[chance.lognormvariate(8, 2) for _ in range(EACH)] for _ in range(PARTS)]
    everything = sorted(seconds for part in parts for seconds in part)
    exact = [everything[int(share * len(everything))] for share in SHARES]
    ways: dict[str, Callable[[Parts], Sequence[float | None]]] = {"our histogram": counted}
    ways |= {name: lambda parts, make=make: sketched(parts, make) for name, make in SKETCHES.items()}
    for name, quantiles in ways.items():
        once, again, turned = quantiles(parts), quantiles(parts), quantiles(parts[::-1])
        same = f"again {'same' if once == again else 'other'}, turned {'same' if once == turned else 'other'}"
        print(f"{name}: {same}, between orders {largest(turned, once)}, to exact {largest(once, exact)}")


if __name__ == "__main__":
    main()
