"""A funnel the plain way: every chain of interactions is tried, and the furthest one taken."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.journey.short_logs import Seen

from viaggio.journey.kernels.funnel.definition import Entry, FunnelRules
from viaggio.journey.kinds import InteractionKind


def is_kind(row: Seen, kind: InteractionKind) -> bool:
    asked = ((kind.touchpoints, row.touchpoint), (kind.channels, row.channel), (kind.phases, row.phase))
    return all(texts is None or text in texts for texts, text in asked)


@dataclass(frozen=True)
class Chain:
    """Rows taken, the last row of each complete stage, and the steps done of the stage that is not."""

    rows: tuple[int, ...]
    complete: tuple[int, ...] = ()
    steps: frozenset[int] = frozenset()


def _ended(rules: FunnelRules, rows: Sequence[Seen], gap: int, after: int, until: int) -> bool:
    """Whether an exclusion of this gap lies strictly between two rows."""
    around = {step for stage in rules.stages[max(gap - 1, 0) : gap + 1] for step in stage.steps}
    for exclusion in rules.exclusions:
        before = len(rules.stages) if exclusion.before is None else exclusion.before
        if exclusion.after <= gap < before:
            for row in rows[after + 1 : until]:
                if is_kind(row, exclusion.kind) and not any(is_kind(row, step) for step in around):
                    return True
    return False


def _in_time(rules: FunnelRules, rows: Sequence[Seen], chain: Chain, moment: int, until: int) -> bool:
    """Whether the stage that is next may still get a step at this moment, before row `until`."""
    gap = len(chain.complete)
    since = chain.complete[-1] if gap else chain.rows[0]
    window, whole = rules.stages[gap].within_micros, rules.within_micros
    return (
        (window is None or moment - rows[since].time <= window)
        and (whole is None or moment - rows[chain.rows[0]].time <= whole)
        and not _ended(rules, rows, gap, since, until)
    )


def chains(rules: FunnelRules, rows: Sequence[Seen], begin: int, end: int) -> Iterator[Chain]:
    """All chains that take row `begin` as their first and end before row `end`."""
    stage_steps = [stage.steps for stage in rules.stages]

    def step_in(stage: int, row: int) -> int | None:
        return next((k for k, step in enumerate(stage_steps[stage]) if is_kind(rows[row], step)), None)

    def taking(chain: Chain, row: int, step: int) -> Chain:
        steps = chain.steps | {step}
        if len(steps) == len(stage_steps[len(chain.complete)]):
            return Chain((*chain.rows, row), (*chain.complete, row))
        return Chain((*chain.rows, row), chain.complete, steps)

    first = step_in(0, begin)
    if first is None:
        return
    waiting = [taking(Chain(()), begin, first)]
    while waiting:
        chain = waiting.pop()
        yield chain
        if len(chain.complete) == len(rules.stages):
            continue
        for row in range(chain.rows[-1] + 1, end):
            step = step_in(len(chain.complete), row)
            if (
                step is not None
                and step not in chain.steps
                and _in_time(rules, rows, chain, rows[row].time, row)
            ):
                waiting.append(taking(chain, row, step))


def _since(chain: Chain) -> int:
    """The row from which the last step counts: the completion of the stage before it, or the start."""
    before = (
        chain.complete[:-1] if chain.complete and chain.complete[-1] == chain.rows[-1] else chain.complete
    )
    return before[-1] if before else chain.rows[0]


@dataclass
class Attempt:
    """The furthest of many chains: per length the row on which it is first reached, with the latest start."""

    reached: dict[int, tuple[int, int, int]]  # length: row, start, row since which the last step counts

    @staticmethod
    def of(found: list[Chain]) -> "Attempt":
        reached: dict[int, tuple[int, int, int]] = {}
        for chain in found:
            entry = (chain.rows[-1], chain.rows[0], _since(chain))
            old = reached.get(len(chain.rows))
            if old is None or (entry[0], -entry[1], -entry[2]) < (old[0], -old[1], -old[2]):
                reached[len(chain.rows)] = entry
        return Attempt(reached)


def attempts(rules: FunnelRules, rows: Sequence[Seen]) -> list[Attempt]:
    n = len(rules.stages)
    starts = [i for i, row in enumerate(rows) if any(is_kind(row, step) for step in rules.stages[0].steps)]
    if rules.entry is Entry.FURTHEST:
        found = [chain for begin in starts for chain in chains(rules, rows, begin, len(rows))]
        return [Attempt.of(found)] if found else []
    if rules.entry is Entry.FIRST:
        return [Attempt.of(list(chains(rules, rows, starts[0], len(rows))))] if starts else []
    done, position = [], 0
    while (begin := next((i for i in starts if i >= position), None)) is not None:
        end, position = len(rows), len(rows)
        for row in range(begin + 1, len(rows)):
            so_far = list(chains(rules, rows, begin, row))
            if any(len(chain.complete) == n for chain in so_far):
                end = position = row
                break
            if row in starts and not any(_in_time(rules, rows, c, rows[row].time, row) for c in so_far):
                end = position = row
                break
        done.append(Attempt.of(list(chains(rules, rows, begin, end))))
    return done
