"""The walk of a funnel: one pass over a bucket, a few numbers per stage, nothing per customer kept.

Why one state per stage is enough. Of all ways to complete stage s up to now, the one completed last also has
the latest start: by induction, as the state of stage s is taken from the newest state of stage s - 1, and
those only get newer. Windows reach back from now, so when the newest state is too old, all are; exclusions
end all states that are there. In a stage in any order each step keeps the state of the stage before at its
own last occurrence; the oldest of them decides for the stage.
"""

import numpy as np
import numpy.typing as npt

from viaggio.journey.compiled import compiled, inlined
from viaggio.journey.index import Array, Whole
from viaggio.journey.spread import COUNT, SQUARES, add_duration, close_squares, count_customer, nobody_seen
from viaggio.journey.tally import NEVER
from viaggio.journey.where import Keep

FURTHEST, FIRST, EVERY = 0, 1, 2
NONE = -1
"""No row."""

FOREVER = 2**62
"""A window without end, in microseconds."""

SINCE_START, SINCE_BEFORE = 0, 1


@inlined
def _close(  # noqa: PLR0917 -- what an attempt is, and the counts it goes into
    best: int, segment: int, after: int, since: Whole, steps: int,
    furthest: Whole, sums: Whole, least: Whole, most: Whole, dropped: Whole,
) -> None:  # fmt: skip
    """Count an attempt that got as far as step `best`."""
    if best > 0:
        furthest[segment, best] += 1
        if best < steps:
            dropped[best, after] += 1
        for k in range(1, best):
            for kind in range(2):
                row = (segment * steps + k) * 2 + kind
                micros = since[k, kind]
                add_duration(sums, row, micros)
                least[row] = min(least[row], micros)
                most[row] = max(most[row], micros)


@compiled
def _square(  # noqa: PLR0917 -- what an attempt is, and the rows it went into
    best: int, segment: int, steps: int, customer: int, sums: Whole, seen: Whole, apart: Whole, met: Whole
) -> None:
    """Where customers have several attempts: count this one as one more of theirs, by segment and in all."""
    for k in range(1, best):
        for kind in range(2):
            count_customer(sums, (segment * steps + k) * 2 + kind, customer, seen)
            apart[k * 2 + kind, COUNT] += 1
            count_customer(apart, k * 2 + kind, customer, met)


@compiled
def walk(  # noqa: C901, PLR0912, PLR0915, PLR0917 -- one loop over columns, rules and counts
    codes: Array, table: npt.NDArray[np.int32], more: npt.NDArray[np.int32], time: Whole, offsets: Whole,
    keep: Keep, segment: Array, segments: int, following: Array, places: int,
    first: Whole, windows: Whole, whole: int, excluded: Whole, entry: int, width: int,
) -> tuple[int, Whole, Whole, Whole, Whole, Whole, Whole]:  # fmt: skip
    """Customers; attempts by segment and furthest step; their times; attempts by last step and what followed.

    The last of them: squares of how many times each customer has in a row, over all segments.

    `first[s]`: number of the first step of stage s, closed by the number of steps. `excluded[s]`: bits that
    end an attempt between stage s - 1 and the end of stage s. Times: row (segment * steps + step) * 2 since
    the start, + 1 since the stage before. `segments` = 1 leaves `segment` unread.
    """
    masked, narrowed = len(keep) > 0, len(more) > 0
    stages, steps = len(first) - 1, int(first[-1])
    bits_of_stage = np.zeros(stages, np.int64)
    for s in range(stages):
        for j in range(first[s], first[s + 1]):
            bits_of_stage[s] |= 1 << j
    furthest = np.zeros((segments, steps + 1), np.int64)
    sums = np.zeros((segments * steps * 2, width), np.int64)
    least, most = np.full(len(sums), NEVER, np.int64), np.full(len(sums), -1, np.int64)
    dropped = np.zeros((steps + 1, places + 1), np.int64)
    several = entry == EVERY
    seen = nobody_seen(len(sums) if several else 0, True)
    apart, seen_apart = np.zeros((steps * 2, SQUARES + 1), np.int64), nobody_seen(steps * 2, True)
    # rows: the newest completion of each stage, and the start of its attempt
    done, done_start = np.empty(stages, np.int64), np.empty(stages, np.int64)
    # of each step, at its last occurrence: the completion of the stage before, and the start
    prior, prior_start = np.empty(steps, np.int64), np.empty(steps, np.int64)
    since = np.zeros((steps, 2), np.int64)
    customers = 0
    for c in range(len(offsets) - 1):
        done[:] = NONE
        prior[:] = NONE
        best = 0
        best_segment = 0
        opened = -1  # the step that opened an attempt whose start is fixed
        start = 0
        after = places  # what followed the furthest step; nothing yet
        waiting = False
        met = False
        for i in range(offsets[c], offsets[c + 1]):
            if masked and not keep[i]:
                continue
            met = True
            if waiting:
                after = int(following[i]) + 1
                waiting = False
            bits = int(table[codes[i] + 1])
            if narrowed:
                bits &= int(more[i])
            if bits == 0:
                continue
            now = int(time[i])
            if entry == EVERY and opened >= 0 and bits & bits_of_stage[0]:
                # over, unless all that is missing could still be done at this moment
                open_still = (
                    first[1] > 1
                    and prior[opened] != NONE
                    and now - time[start] <= windows[0]
                    and now - time[start] <= whole
                )
                for s in range(stages - 1):
                    if (
                        done[s] != NONE
                        and now - time[done[s]] <= windows[s + 1]
                        and now - time[start] <= whole
                    ):
                        open_still = True
                if not open_still:
                    _close(best, best_segment, after, since, steps, furthest, sums, least, most, dropped)
                    _square(best, best_segment, steps, c, sums, seen, apart, seen_apart)
                    best = 0
                    done[:] = NONE
                    prior[:] = NONE
                    opened = -1
            finished = False
            for s in range(stages - 1, -1, -1):
                hit = bits & bits_of_stage[s]
                around = bits_of_stage[s] if s == 0 else bits_of_stage[s] | bits_of_stage[s - 1]
                if bits & excluded[s] and not bits & around:
                    if s > 0:
                        done[s - 1] = NONE
                    for j in range(first[s], first[s + 1]):
                        prior[j] = NONE
                if hit == 0:
                    continue
                step = int(first[s])
                while not hit >> step & 1:
                    step += 1
                if s == 0:
                    if entry == FURTHEST or opened < 0:
                        opened = step
                        start = int(i)
                    elif step == opened or prior[opened] == NONE:
                        continue
                    prior[step] = start
                    prior_start[step] = start
                elif (
                    done[s - 1] != NONE
                    and now - time[done[s - 1]] <= windows[s]
                    and now - time[done_start[s - 1]] <= whole
                ):
                    prior[step] = done[s - 1]
                    prior_start[step] = done_start[s - 1]
                ready = 0
                oldest = step
                for j in range(first[s], first[s + 1]):
                    if (
                        prior[j] != NONE
                        and now - time[prior[j]] <= windows[s]
                        and now - time[prior_start[j]] <= whole
                    ):
                        oldest = j if ready == 0 or prior[j] < prior[oldest] else oldest
                        ready += 1
                if ready == 0:
                    continue
                reached = int(first[s]) + ready
                if reached > best:
                    since[reached - 1, SINCE_START] = now - time[prior_start[oldest]]
                    since[reached - 1, SINCE_BEFORE] = now - time[prior[oldest]]
                    best = reached
                    best_segment = int(segment[prior_start[oldest]]) + 1 if segments > 1 else 0
                    after = places
                    waiting = True
                if ready == first[s + 1] - first[s]:
                    done[s] = i
                    done_start[s] = prior_start[oldest]
                    finished = s == stages - 1
                if finished:
                    break
            if finished and entry == EVERY:
                _close(best, best_segment, after, since, steps, furthest, sums, least, most, dropped)
                _square(best, best_segment, steps, c, sums, seen, apart, seen_apart)
                best = 0
                done[:] = NONE
                prior[:] = NONE
                opened = -1
                waiting = False
            elif finished:
                break
        _close(best, best_segment, after, since, steps, furthest, sums, least, most, dropped)
        if several:
            _square(best, best_segment, steps, c, sums, seen, apart, seen_apart)
        customers += met
    if several:
        close_squares(sums, seen)
        close_squares(apart, seen_apart)
    else:  # each customer has one attempt
        sums[:, SQUARES] = sums[:, COUNT]
        for row in range(len(sums)):
            apart[row % (steps * 2), SQUARES] += sums[row, COUNT]
    return customers, furthest, sums, least, most, dropped, apart[:, SQUARES].copy()
