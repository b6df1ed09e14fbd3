"""How a worked example is asked: plans, people and results, and where its fields stand in an answer.

The inputs are those of `tests/golden/incentives.json`; the expected values stand there too, as exact text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
EXAMPLES = json.loads((ROOT / "tests" / "golden" / "incentives.json").read_text())["examples"]
COMPANY = ROOT / "examples" / "incentive"
YEAR = ("2026-01-01", "2026-12-31")
BEGIN = f"u:{YEAR[0]}"
FULL = {"points": [["0", "0"], ["10", "10"]]}
"""A curve whose payout is the value: for examples that state the payout itself."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sum:
    """One question: the name that it has on every face, what is sent, where the example's fields stand.

    `fields`: field of the example -> place in the answer, both as paths with "/"; a list is gone into by
    number, or by the person, measure or unit of an entry. `run` answers {run, explain}. `absent` are fields
    whose value must not stand anywhere in the answer.
    """

    name: str
    body: Row
    fields: Mapping[str, str]
    absent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Example:
    """All questions of an example; `given` are fields that repeat what goes in, or are no value."""

    id: str
    sums: tuple[Sum, ...]
    given: frozenset[str] = field(default_factory=frozenset)

    @property
    def expected(self) -> Row:
        return EXAMPLES[self.id]["expected"]


def plan(groups: Mapping[str, list[tuple[Any, ...]]], **more: Any) -> Row:
    """A plan; lines are (section, measure, weight, curve, perhaps improvement)."""
    written: dict[str, dict[str, list[Row]]] = {}
    for name, lines in groups.items():
        sections: dict[str, list[Row]] = {}
        for section, measure, weight, curve, *better in lines:
            line = {"measure": measure, "weight": str(weight), "curve": curve}
            sections.setdefault(section, []).append(line | ({"improvement": better[0]} if better else {}))
        written[name] = sections
    document = {
        "plan": "GOLDEN", "version": "1", "period": {"start": YEAR[0], "end": YEAR[1]},
        "min_shared_weight": "0", "groups": written,
        "guardrails": {"k_headcount": "1", "k_responses": "1", "n_min": "30"},
    }  # fmt: skip
    return {**document, **more}


def stay(person: str, target: Any, group: str = "g", unit: str = "", **more: Any) -> Row:
    """A stay of the whole year unless said otherwise."""
    return {"person": person, "unit": unit or "u", "group": group, "first": YEAR[0], "last": YEAR[1],
            "target": str(target)} | more  # fmt: skip


def value(measure: str, number: Any, **more: Any) -> Row:
    """A result that is known as a value."""
    return {"kind": "value", "measure": measure, "value": str(number)} | more


def run(made: Any, people: Any, results: Any, fields: Mapping[str, str]) -> Sum:
    """A whole computation."""
    return Sum("run", {"plan": made, "people": people, "results": results}, fields)


def line(person: str, measure: str, what: str) -> str:
    """The place of a value of a line."""
    return f"run/awards/{person}/lines/{measure}/{what}"


def award(person: str) -> str:
    """The place of somebody's award."""
    return f"run/awards/{person}/award"
