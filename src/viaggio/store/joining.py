"""Staff join and part customers: what is decided, landed, and can be undone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from viaggio.customer.model import Decision
from viaggio.customer.parting import Pair, links_to_cut
from viaggio.customer.rules import last_decisions
from viaggio.kernel import ViaggioError
from viaggio.store.landing import Item, items
from viaggio.store.landing.decisions import decide, decisions
from viaggio.store.workspace import Workspace

if TYPE_CHECKING:
    from viaggio.store.engine import Engine


class BadJoining(ViaggioError):
    """Two records that are one already, or that were never joined."""

    code = "identity.joining"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What one person decided at one moment: one pair joined, or all the pairs that part two records.

    `holds` is False once a later decision about the same pairs overruled it; `waiting` until it is folded.
    `landed_at` in UTC microseconds.
    """

    item: int
    action: Literal["merge", "split"]
    pairs: tuple[Pair, ...]
    reason: str
    by: str
    landed_at: int
    holds: bool
    waiting: bool


def join(engine: "Engine", a: int, b: int, *, reason: str = "", landed_at: int, by: str) -> list[Item]:
    """Decide that two records are one customer. Raises `BadJoining` and `UnknownCustomer`."""
    from viaggio.store.history import nodes_of

    one, other = nodes_of(engine, a), nodes_of(engine, b)
    if one[0] == other[0]:
        raise BadJoining("these two records are one customer already", place=f"{a} {b}")
    decided = Decision(action="merge", a=one[0], b=other[0], reason=reason)
    return _land(engine.workspace, [(one[0], other[0])], decided, landed_at=landed_at, by=by)


def part(engine: "Engine", keep: int, away: int, *, reason: str = "", landed_at: int, by: str) -> list[Item]:
    """Decide that the identifier `away` is another customer than `keep`, cutting as few links as can be.

    Raises `BadJoining` when they are not joined, and `UnknownCustomer`.
    """
    from viaggio.store.history import links_of, nodes_of

    nodes = nodes_of(engine, keep)
    cut = links_to_cut(links_of(engine, nodes), keep, away) if away in nodes and keep != away else ()
    if not cut:
        raise BadJoining("these two identifiers are not joined", place=f"{keep} {away}")
    decided = Decision(action="split", a=keep, b=away, reason=reason)
    return _land(engine.workspace, cut, decided, landed_at=landed_at, by=by)


def undo(ws: Workspace, item: int, *, landed_at: int, by: str) -> list[Item]:
    """Decide the contrary of an act, named by its first item, as far as it still holds.

    Raises `BadJoining` when it does not hold any more.
    """
    act = next((act for act in acts(ws) if act.item == item), None)
    if act is None or not act.holds:
        raise BadJoining("this decision does not hold any more", place=str(item))
    contrary: Literal["merge", "split"] = "split" if act.action == "merge" else "merge"
    decided = Decision(action=contrary, a=act.pairs[0][0], b=act.pairs[0][1], reason=f"undo {item}")
    return _land(ws, act.pairs, decided, landed_at=landed_at, by=by)


def _land(ws: Workspace, pairs: Iterable[Pair], decided: Decision, *, landed_at: int, by: str) -> list[Item]:
    return [
        decide(ws, replace(decided, a=min(a, b), b=max(a, b)), landed_at=landed_at, by=by) for a, b in pairs
    ]


def acts(ws: Workspace, nodes: Sequence[int] = ()) -> list[Act]:
    """Decisions, newest first; those about any of `nodes` when some are given."""
    from viaggio.store.facts import read_manifest

    landed = [item for item in items(ws) if item.kind == "identity"]
    decided = decisions(landed)
    held = last_decisions(decided)
    folded = read_manifest(ws.facts).last
    wanted = set(nodes)
    groups: dict[tuple[int, str, str, str], list[Decision]] = {}
    for item, decision in zip(landed, decided, strict=True):
        groups.setdefault((item.landed_at, item.by, decision.action, decision.reason), []).append(decision)
    made = [_act(key[0], group, held, folded) for key, group in groups.items()]
    about = [act for act in made if not wanted or wanted & {node for pair in act.pairs for node in pair}]
    return sorted(about, key=lambda act: -act.item)


def _act(landed_at: int, group: Sequence[Decision], held: Mapping[Pair, str], folded: int) -> Act:
    first = group[0]
    pairs = tuple((min(d.a, d.b), max(d.a, d.b)) for d in group)
    return Act(
        item=first.item, action=first.action, pairs=pairs, reason=first.reason, by=first.by,
        landed_at=landed_at, holds=all(held[pair] == first.action for pair in pairs),
        waiting=any(d.item > folded for d in group),
    )  # fmt: skip
