"""Any event log in XES (IEEE 1849): a trace is an episode, an event an interaction, an activity a touchpoint.

What is decided here:

- The customer is the attribute named by the option `customer`, of the trace, or the last one its events give
  (a ticket's customer is sometimes corrected on the way). Without it every case is its own customer.
- Events that share their moment with the one before are set one microsecond later, so that the order of the
  log, which is what a log is for, survives sorting by time. The moment as written stays in the properties.
- Phase, channel and owner are the same for all activities, by option: a log does not know them. A recipe
  that knows its log, such as `helpdesk`, brings its own catalogue.
- Nested attributes are kept under their path, `parent/child`. A reject's `line` counts events, or for a
  trace without events, traces.
"""

import re
import unicodedata
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from xml.etree.ElementTree import Element, ParseError
from zoneinfo import ZoneInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from viaggio.journey.model import CHANNELS, FUNCTIONS, Moment, Phase, Touchpoint
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.encoding import open_payload
from viaggio.store.incoming import Batch, Reject
from viaggio.store.recipes.catalogue import at, catalogue_batch, touchpoint
from viaggio.store.recipes.cells import BadCell, Record, as_json, local_micros
from viaggio.store.recipes.rows import Row, converted
from viaggio.store.recipes.shape import Kitchen, Recipe, Source

ACTIVITY, MOMENT, CASE = "concept:name", "time:timestamp", "case"
_HELD, _DEPTH = 4_000_000, 100
"""Starts and ends of elements in one trace, and nesting, beyond which a file means harm."""

_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})


@dataclass(frozen=True, slots=True)
class Trace:
    """One case of the log: its name, its own attributes, and its events' attributes in file order."""

    name: str
    attributes: Mapping[str, str]
    events: tuple[Mapping[str, str], ...]
    repeat: int = 1  # counts traces of the same name

    def last(self, attribute: str) -> str | None:
        """The attribute of the trace, else the last one that its events give."""
        if attribute in self.attributes:
            return self.attributes[attribute]
        return next((e[attribute] for e in reversed(self.events) if e.get(attribute)), None)


def traces(source: Source) -> Iterator[tuple[Trace | Reject, int]]:
    """The traces of a log with the bytes of the stored file read so far; memory holds one trace at a time.

    A log that breaks off ends with one reject. Raises `BadFile` for what is no XES or declares entities.
    """
    count = 0
    payload = open_payload(source.path)
    steps = iterparse(payload.content, events=("start", "end"), forbid_dtd=True)
    try:
        for trace in _traces(steps, source.name):
            count += 1
            yield _named(trace, count), payload.position
    except DefusedXmlException as error:
        raise bad_file("file.entities", place=source.name) from error
    except ParseError as error:
        if not count:
            raise bad_file("file.bad_xes", place=f"{source.name}: {error}") from error
        broken = Reject(file=source.name, line=error.position[0], code="file.broken_off")
        yield broken, payload.position
    except (EOFError, OSError, zlib.error):
        yield Reject(file=source.name, line=count, code="file.truncated"), payload.position
    finally:
        payload.close()


def _traces(steps: Iterable[tuple[str, Element]], name: str) -> Iterator[Trace]:
    root: Element | None = None
    held = depth = 0
    for step, element in steps:
        if root is None:
            root = element
            if _tag(root) != "log":
                raise bad_file("file.bad_xes", place=f"{name}: <{_tag(root)}>")
        held, depth = held + 1, depth + (1 if step == "start" else -1)
        if held > _HELD or depth > _DEPTH:
            raise bad_file("file.bomb", place=name)
        if depth != 1 or step == "start":
            continue
        if _tag(element) == "trace":
            own = _attributes(element)
            events = tuple(_attributes(child) for child in element if _tag(child) == "event")
            yield Trace(own.get(ACTIVITY, ""), own, events)
        root.clear()
        held = 0


def _named(trace: Trace, number: int) -> Trace:
    return trace if trace.name else replace(trace, name=f"trace {number}")


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _attributes(element: Element, path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for child in element:
        if _tag(child) in _VALUES:
            name = path + child.get("key", "")
            if "value" in child.attrib:
                found[name] = child.attrib["value"]
            found |= _attributes(child, f"{name}/")
        elif _tag(child) == "values":  # the members of a list
            found |= _attributes(child, path)
    return found


@dataclass(frozen=True, slots=True)
class Event(Record):
    """One event as a source row, with its trace, its place in it, and the moment that keeps it in order."""

    trace: Trace
    position: int
    micros: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """How the events of a log become interactions.

    `place` gives the touchpoint of an activity or None where the activity is not known; `who` the
    identifiers of a trace's customer; `outcome` the outcome of an event.
    """

    source: Source
    zone: ZoneInfo
    place: Callable[[str], Touchpoint | None]
    who: Callable[[Trace], Mapping[str, str]]
    outcome: Callable[[Touchpoint, Trace], str | None] = lambda _touchpoint, _trace: None

    def batches(self) -> Iterator[Batch]:
        """The interactions, streamed; each event is one source row."""
        yield from converted("interactions", self._events(), self._rows)

    def _events(self) -> Iterator[tuple[Event | Reject, int]]:
        line, seen = 0, dict[str, int]()
        for count, (trace, position) in enumerate(traces(self.source), start=1):
            if isinstance(trace, Reject):
                yield trace, position
                continue
            seen[trace.name] = seen.get(trace.name, 0) + 1
            if seen[trace.name] > 1:  # a name given twice: its events need ids of their own
                trace = replace(trace, repeat=seen[trace.name])  # noqa: PLW2901 -- the same trace, told apart
            if not trace.events:
                raw = dict(trace.attributes)
                yield Reject(file=self.source.name, line=count, code="row.no_events", raw=raw), position
            for number, moment in enumerate(_in_order(trace, self.zone), start=1):
                line += 1
                cells = {CASE: trace.name, **trace.events[number - 1]}
                yield Event(self.source.name, line, cells, trace, number, moment), position

    def _rows(self, event: Event) -> Iterable[Row]:
        activity = event.needed(ACTIVITY)
        where = self.place(activity)
        if where is None:
            raise BadCell("value.not_allowed", ACTIVITY, activity)
        moment = event.needed(MOMENT)
        if event.micros is None:
            raise BadCell("value.not_a_time", MOMENT, moment)
        trace = event.trace
        own = {f"case:{name}": value for name, value in trace.attributes.items() if name != ACTIVITY}
        yield (
            "interactions",
            {
                "id": f"{trace.name}-{event.position}" + (f"-{trace.repeat}" if trace.repeat > 1 else ""),
                **self.who(trace),
                **at(where),
                "started_at": event.micros,
                "episode": trace.name,
                "outcome": self.outcome(where, trace),
                "properties": as_json({**event.others(CASE), **own}),
            },
        )


def _in_order(trace: Trace, zone: ZoneInfo) -> Iterator[int | None]:
    """UTC microseconds of each event; one with the moment of the event before comes one microsecond later."""
    written: int | None = None
    given = 0
    for event in trace.events:
        try:
            moment = local_micros(datetime.fromisoformat(event.get(MOMENT, "").strip()), zone)
        except (ValueError, OverflowError):
            yield None
            continue
        given = given + 1 if moment == written else moment
        written = moment
        yield given


@lru_cache(maxsize=4096)
def slug_of(activity: str) -> str:
    """A slug for the name of an activity: `Take in charge ticket` becomes `take_in_charge_ticket`."""
    plain = unicodedata.normalize("NFKD", activity).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") or "activity"


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    phase, channel, owner = (
        kitchen.chosen(option, known)
        for option, known in (("phase", tuple(Phase)), ("channel", CHANNELS), ("owner", FUNCTIONS))
    )
    found: dict[str, Touchpoint] = {}

    def place(activity: str) -> Touchpoint:
        if activity not in found:
            slug, taken = slug_of(activity), {t.slug for t in found.values()}
            while slug in taken:
                slug += "_"
            found[activity] = touchpoint(
                slug, activity, activity, Phase(phase), Moment.AFTER, owner=owner, channels=channel
            )
        return found[activity]

    def who(trace: Trace) -> Mapping[str, str]:
        return {"customer_number": trace.last(kitchen.options["customer"]) or f"case {trace.name}"}

    for source in kitchen.sources["log"]:
        yield from Log(source=source, zone=kitchen.zone, place=place, who=who).batches()
    yield catalogue_batch(found.values())


RECIPE = Recipe(
    name="xes",
    source="Event logs in XES, IEEE 1849 (xes-standard.org)",
    version=1,
    files={"log": "*.xes"},
    options={
        "customer": "customer", "phase": "care", "channel": "web", "owner": "customer_care",
        "timezone": "UTC",
    },
    about={
        "customer": "attribute of trace or event that names the customer",
        "phase": "phase of all activities",
        "channel": "channel of all activities",
        "owner": "function that answers for all activities",
        "timezone": "time zone of moments written without an offset",
    },
    batches=_batches,
)  # fmt: skip
