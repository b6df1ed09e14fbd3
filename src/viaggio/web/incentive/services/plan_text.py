"""The text of a plan as somebody writes it: read, checked, and every finding with its line.

Nothing is saved here. A text that can not be read yet is no error: its findings say where it breaks off.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from viaggio.incentive.combining import Section
from viaggio.incentive.plan import Plan, check, content_hash, read_plan
from viaggio.kernel import ViaggioError
from viaggio.store.incentives.asking import ask_of, measures_of
from viaggio.web.incentive.services.country import findings_of

if TYPE_CHECKING:
    from yaml import Node

LONGEST = 200_000  # characters of a plan
UNWRITTEN, REPEATED, ALIAS, TOO_LONG = "text.unwritten", "text.repeated", "text.alias", "text.too_long"
UNREADABLE = "plan.unreadable"
UNDECLARED = "measure.undeclared"

_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A finding where it stands: `line` from 1; 0 where the text has no such line. `what` is the reader's."""

    code: str
    place: str
    refuses: bool = True
    detail: str = ""
    line: int = 0
    what: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """A plan's text: its values, the plan when it can be one, and what is found in it, refusals first."""

    document: Mapping[str, Any]
    plan: Plan | None
    findings: tuple[Placed, ...]
    lines: int

    @property
    def refused(self) -> bool:
        """Whether something keeps it from being approved."""
        return any(finding.refuses for finding in self.findings)

    @property
    def sha256(self) -> str:
        """The content hash; empty while it is no plan."""
        return content_hash(self.plan) if self.plan else ""


def read_text(source: str) -> ReadText:
    """Read a plan written in YAML (JSON is YAML too). Never raises for what somebody may write."""
    lines = source.count("\n") + 1
    if len(source) > LONGEST:
        return _broken(Placed(code=TOO_LONG, place="", detail=str(LONGEST)), lines)
    parsed = _parsed(source)
    if isinstance(parsed, Placed):
        return _broken(parsed, lines)
    root, document = parsed
    twice = list(_repeated(root, ""))
    try:
        plan = read_plan(document)
        found = [
            Placed(code=UNDECLARED, place=place, detail=name, line=line_of(root, place))
            for name, place in _undeclared(plan)
        ]
        found += [
            Placed(
                code=f.code,
                place=f.place,
                refuses=f.refuses,
                detail=f.detail,
                line=line_of(root, f.place),
            )
            for f in (*check(plan), *findings_of(plan))
        ]
    except (ViaggioError, AttributeError, KeyError, TypeError, ValueError) as error:
        # the latter are values of a kind that nobody expects there, such as a list for a name
        place = getattr(error, "place", "")
        what, hint = getattr(error, "what", ""), getattr(error, "hint", "")
        placed = Placed(code=UNREADABLE, place=place, line=line_of(root, place), what=what, hint=hint)
        return ReadText(document=document, plan=None, findings=(placed, *twice), lines=lines)
    return ReadText(document=document, plan=plan, findings=(*twice, *found), lines=lines)


def _broken(finding: Placed, lines: int) -> ReadText:
    return ReadText(document={}, plan=None, findings=(finding,), lines=lines)


def _parsed(source: str) -> "tuple[Node, Mapping[str, Any]] | Placed":
    """The tree with its places and the plain values, or what keeps it from being YAML."""
    import yaml

    try:
        for event in yaml.parse(source, Loader=yaml.BaseLoader):
            if isinstance(event, yaml.AliasEvent):  # a repeated branch could grow without end
                return Placed(code=ALIAS, place="", line=int(getattr(event.start_mark, "line", -1)) + 1)
        root = yaml.compose(source, Loader=yaml.BaseLoader)
        document = yaml.load(source, Loader=yaml.BaseLoader)  # noqa: S506 -- the base loader makes texts only
    except yaml.MarkedYAMLError as error:
        begun = "flow" in (error.context or "")  # a bracket that nobody closed: where it was opened
        mark = error.context_mark if begun else error.problem_mark
        line = int(getattr(mark, "line", -1)) + 1
        return Placed(code=UNWRITTEN, place="", line=line, what=error.problem or "")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return Placed(code=UNWRITTEN, place="", what=str(error)[:200])
    if root is None or not isinstance(document, Mapping):
        return Placed(code=UNWRITTEN, place="", line=1)
    return root, document


def _repeated(node: "Node", place: str) -> Iterator[Placed]:
    """Names that stand twice in one mapping: the first would be lost without a word."""
    import yaml

    if isinstance(node, yaml.SequenceNode):
        for index, entry in enumerate(node.value):
            yield from _repeated(entry, f"{place}[{index}]")
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            here = f"{place}.{name}" if place else name
            if name in seen:
                yield Placed(code=REPEATED, place=here, detail=name, line=key.start_mark.line + 1)
            seen.add(name)
            yield from _repeated(value, here)


def _undeclared(plan: Plan) -> Iterator[tuple[str, str]]:
    """Measures of which nobody said how they are read, each with the place where it is used first."""
    for name in measures_of(plan):
        try:
            ask_of(plan, name)
        except ViaggioError:
            yield name, next(_uses(plan, name), f"measures.{name}")


def _uses(plan: Plan, name: str) -> Iterator[str]:
    for group in plan.groups.values():
        for section in Section:
            for place, component in enumerate(group.of(section)):
                if component.measure == name:
                    yield f"groups.{group.name}.{section}[{place}].measure"
    for unit, touchpoints in plan.contribution_map.items():
        if name in touchpoints:
            yield f"contribution_map.{unit}.{name}"


def line_of(root: "Node", place: str) -> int:
    """The line from 1 of a place such as `groups.sales.shared[0].weight`, or of the nearest one above it."""
    import yaml

    node, line = root, 1
    for index, name in _STEP.findall(place):
        if name and isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in reversed(node.value) if k.value == name), None)
            if found is None:
                break
            line, node = found[0].start_mark.line + 1, found[1]
        elif index and isinstance(node, yaml.SequenceNode) and int(index) < len(node.value):
            node = node.value[int(index)]
            line = node.start_mark.line + 1
        else:
            break
    return int(line)
