"""Staff's decisions on identity go through the landing too, so that a rebuild needs nothing else."""

from collections.abc import Iterable

from viaggio.customer.model import Decision
from viaggio.kernel import BadWorkspace
from viaggio.store.landing.item import Item
from viaggio.store.landing.land import land
from viaggio.store.workspace import Workspace

SOURCE = "identity"


def decide(ws: Workspace, decision: Decision, *, landed_at: int, by: str) -> Item:
    """Seal one decision; the next fold follows it. `landed_at` in UTC microseconds. Raises `BadWorkspace`."""
    if decision.action not in {"merge", "split"} or decision.a == decision.b:
        raise BadWorkspace("a decision names two different records", place=f"{decision.a} {decision.b}")
    options = {
        "action": decision.action, "a": str(decision.a), "b": str(decision.b), "reason": decision.reason,
    }  # fmt: skip
    label = f"{decision.action} {decision.a} {decision.b}"
    landed, _ = land(
        ws, kind="identity", source=SOURCE, label=label, files={}, options=options, landed_at=landed_at, by=by
    )
    return landed


def decisions(landed: Iterable[Item]) -> list[Decision]:
    """All decisions among these items, in order."""
    return [
        Decision(
            action="merge" if item.options["action"] == "merge" else "split",
            a=int(item.options["a"]),
            b=int(item.options["b"]),
            reason=item.options.get("reason", ""),
            item=item.seq,
            by=item.by,
        )
        for item in landed
        if item.kind == "identity"
    ]
