"""Which links to cut so that an identifier that was joined by mistake is another customer again."""

from collections import deque
from collections.abc import Iterable, Mapping

from viaggio.customer.model import Link

Pair = tuple[int, int]


def links_to_cut(links: Iterable[Link], keep: int, part: int) -> tuple[Pair, ...]:
    """The fewest pairs of identifiers to split so that `part` is no longer joined with `keep`.

    Among equally few those nearest to `part` are chosen, so that what came with `keep` stays with it. Each
    pair has the smaller key first; () when the two are not joined. Maximum flow with unit capacities by
    shortest augmenting paths (Edmonds and Karp 1972); the cut is read off the sink's side.
    """
    room: dict[int, dict[int, int]] = {}
    for link in links:
        if link.a != link.b:
            room.setdefault(link.a, {})[link.b] = 1
            room.setdefault(link.b, {})[link.a] = 1
    edges = {(min(a, b), max(a, b)) for a, others in room.items() for b in others}
    while path := _path(room, keep, part):
        for a, b in path:
            room[a][b] -= 1
            room[b][a] += 1
    side = _reaching(room, part)
    return tuple(sorted(pair for pair in edges if (pair[0] in side) != (pair[1] in side)))


def _path(room: Mapping[int, Mapping[int, int]], start: int, goal: int) -> list[Pair]:
    """Steps of a shortest path with room left; empty when there is none."""
    came: dict[int, int] = {start: start}
    queue = deque([start])
    while queue and goal not in came:
        here = queue.popleft()
        for there, left in room.get(here, {}).items():
            if left > 0 and there not in came:
                came[there] = here
                queue.append(there)
    steps: list[Pair] = []
    while goal in came and goal != start:
        steps.append((came[goal], goal))
        goal = came[goal]
    return steps


def _reaching(room: Mapping[int, Mapping[int, int]], goal: int) -> set[int]:
    """Everything from which `goal` can still be reached."""
    side = {goal}
    queue = deque([goal])
    while queue:
        here = queue.popleft()
        for there in room.get(here, {}):
            if there not in side and room[there][here] > 0:
                side.add(there)
                queue.append(there)
    return side
