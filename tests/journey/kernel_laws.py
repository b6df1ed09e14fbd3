"""Of every journey kernel: nothing depends on buckets, threads, the order of merging, or the process."""

import pickle
from collections.abc import Callable
from functools import reduce
from itertools import permutations
from typing import Any

from viaggio.journey.index import Codes, MemoryJourneys
from viaggio.journey.run import run
from viaggio.journey.where import ALL, Where

InBuckets = Callable[[int], MemoryJourneys]
"""The same log cut into so many buckets."""


def buckets_and_threads_change_nothing(log: InBuckets, kernel: Any, where: Where) -> None:
    one = run(log(1), kernel, where=where)
    assert run(log(7), kernel, where=where) == one
    assert run(log(64), kernel, where=where) == one
    assert run(log(7), kernel, where=where, threads=2) == one


def a_thousand_buckets_change_nothing(log: InBuckets, kernel: Any) -> None:
    assert run(log(1024), kernel) == run(log(1), kernel)


def parts_merge_in_any_order_and_grouping(data: MemoryJourneys, kernel: Any, codes: Codes) -> None:
    parts = [kernel.part(data.bucket(i), ALL, codes) for i in range(3)]
    results = [kernel.finish(reduce(kernel.merge, order), codes) for order in permutations(parts)]
    a, b, c = parts
    results.append(kernel.finish(kernel.merge(a, kernel.merge(b, c)), codes))
    assert all(result == results[0] for result in results)


def kernel_and_parts_travel_to_other_processes(data: MemoryJourneys, kernel: Any, codes: Codes) -> None:
    part = pickle.loads(pickle.dumps(kernel.part(data.bucket(0), ALL, codes)))
    same = pickle.loads(pickle.dumps(kernel)).part(data.bucket(0), ALL, codes)
    assert kernel.finish(part, codes) == kernel.finish(same, codes) == run(data, kernel)
    assert hash(kernel) == hash(pickle.loads(pickle.dumps(kernel)))
