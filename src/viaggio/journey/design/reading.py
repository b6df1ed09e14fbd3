"""Designed journeys from files: a CSV of moves, and the part of BPMN 2.0 that says the same."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from xml.etree.ElementTree import Element, ParseError

from viaggio.journey.design.model import BadDesign, Design, Step

_BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_STEPS = ("task", "userTask", "serviceTask", "sendTask", "receiveTask", "manualTask", "scriptTask",
          "businessRuleTask", "callActivity", "intermediateCatchEvent", "intermediateThrowEvent")  # fmt: skip
_NOT_READ = ("subProcess", "parallelGateway", "boundaryEvent", "adHocSubProcess", "transaction")
START, END = "start", "end"


def design_from_csv(text: str, name: str = "") -> Design:
    """Columns `from`, `to`, and if needed `touchpoints` (of `from`, by comma); one row a move.

    The words start and end stand for the beginning and the end. A step without touchpoints is the touchpoint
    of its name. Raises `BadDesign` with the row.
    """
    rows = list(csv.DictReader(StringIO(text.lstrip("\ufeff"))))
    if not rows or not {"from", "to"} <= set(rows[0]):
        raise BadDesign("a designed journey has the columns from and to", place=name or "file")
    touchpoints: dict[str, tuple[str, ...]] = {}
    moves = []
    for number, row in enumerate(rows, start=2):
        origin, target = ((row.get(column) or "").strip() for column in ("from", "to"))
        if not origin or not target:
            raise BadDesign(f"row {number} lacks from or to", place=f"row {number}")
        moves.append((origin, target))
        for step in (origin, target):
            if step not in {START, END}:
                touchpoints.setdefault(step, ())
        said = tuple(part.strip() for part in (row.get("touchpoints") or "").split(",") if part.strip())
        if said and origin not in {START, END}:
            touchpoints[origin] = said
    return _design(name, touchpoints, moves)


def design_to_csv(design: Design) -> str:
    """The design as `design_from_csv` reads it."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("from", "to", "touchpoints"))
    of = {step.name: ",".join(step.touchpoints) for step in design.steps}
    writer.writerows((START, step, "") for step in design.starts)
    writer.writerows((origin, target, of[origin]) for origin, target in design.moves)
    writer.writerows((step, END, of[step]) for step in design.ends)
    return out.getvalue()


def _design(name: str, touchpoints: dict[str, tuple[str, ...]], moves: Sequence[tuple[str, str]]) -> Design:
    inner = tuple(dict.fromkeys(move for move in moves if move[0] != START and move[1] != END))
    return Design(
        name=name,
        steps=tuple(Step(step, said or (step,)) for step, said in touchpoints.items()),
        moves=tuple((a, b) for a, b in inner if a != b),
        starts=tuple(dict.fromkeys(b for a, b in moves if a == START and b != END)),
        ends=tuple(dict.fromkeys(a for a, b in moves if b == END and a != START)),
    )


def design_from_bpmn(text: bytes, name: str = "") -> Design:
    """The first process of a BPMN 2.0 file: tasks are steps, exclusive and inclusive gateways are passed.

    A task's name is its step; the touchpoints are its name, or what its documentation lists by comma. Raises
    `BadDesign` for what is no BPMN, and for what a design can not say (sub-processes, parallel ways).
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(text)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadDesign(f"this is no XML: {error}", place=name or "file") from error
    process = root.find(f"{_BPMN}process") if root.tag == f"{_BPMN}definitions" else None
    if process is None:
        raise BadDesign("this is no BPMN 2.0 with a process", place=name or "file")
    for kind in _NOT_READ:
        found = process.find(f"{_BPMN}{kind}")
        if found is not None:
            raise BadDesign(
                f"'{found.get('name') or kind}' is a {kind}, which is not read", place=found.get("id", kind),
                hint="Draw it as tasks with exclusive gateways, or as a CSV of moves.",
            )  # fmt: skip
    steps = {e.get("id", ""): _named(e) for kind in _STEPS for e in process.iter(f"{_BPMN}{kind}")}
    named = {identity: name for identity, (name, _) in steps.items()}
    named |= {e.get("id", ""): START for e in process.iter(f"{_BPMN}startEvent")}
    named |= {e.get("id", ""): END for e in process.iter(f"{_BPMN}endEvent")}
    flows = [(f.get("sourceRef", ""), f.get("targetRef", "")) for f in process.iter(f"{_BPMN}sequenceFlow")]
    moves = [
        (named[origin], named[target])
        for origin in named
        for target in dict.fromkeys(_nexts(origin, flows, named, set()))
    ]
    said = dict(steps.values())
    return _design(name or process.get("name") or process.get("id") or "", said, moves)


def _named(task: Element) -> tuple[str, tuple[str, ...]]:
    told = task.find(f"{_BPMN}documentation")
    listed = (told.text or "") if told is not None else ""
    touchpoints = tuple(part.strip() for part in listed.split(",") if part.strip())
    return (task.get("name") or task.get("id") or "").strip(), touchpoints


def _nexts(
    origin: str, flows: Sequence[tuple[str, str]], named: dict[str, str], passed: set[str]
) -> Iterator[str]:
    """The named elements that follow an element, through gateways."""
    for source, target in flows:
        if source != origin:
            continue
        if target in named:
            yield target
        elif target not in passed:
            yield from _nexts(target, flows, named, passed | {target})
