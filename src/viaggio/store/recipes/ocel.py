"""Any object-centric event log in OCEL 2.0 (JSON): an event is an interaction, its type a touchpoint.

What is decided here:

- The customer is the object of the type named by the option `customer`, the episode that of the type named by
  `episode`. An event with several customers is one interaction of each; one without is rejected.
- Attributes and other objects of an event are kept in its properties, objects under `object:<type>`.
- Phase, channel and owner are the same for all event types, by option: a log does not know them.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import msgspec

from viaggio.journey.model import CHANNELS, FUNCTIONS, Moment, Phase, Touchpoint
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.encoding import open_payload
from viaggio.store.incoming import Batch
from viaggio.store.recipes.catalogue import at, catalogue_batch, touchpoint
from viaggio.store.recipes.cells import BadCell, Record, as_json, local_micros
from viaggio.store.recipes.rows import Row, converted
from viaggio.store.recipes.shape import Kitchen, Recipe, Source
from viaggio.store.recipes.xes import slug_of

LARGEST = 2 * 10**9
"""Bytes of a log: the format wants the objects read before the events are understood."""


class Attribute(msgspec.Struct, frozen=True):
    """A named value."""

    name: str
    value: str | int | float | bool | None = None


class Relation(msgspec.Struct, frozen=True):
    """An object that an event is about."""

    objectId: str  # noqa: N815 -- as the standard calls it
    qualifier: str = ""


class LoggedEvent(msgspec.Struct, frozen=True):
    """An event of the log."""

    id: str
    type: str
    time: str
    attributes: tuple[Attribute, ...] = ()
    relationships: tuple[Relation, ...] = ()


class LoggedObject(msgspec.Struct, frozen=True):
    """An object of the log; what it is related to is not read."""

    id: str
    type: str


class ObjectLog(msgspec.Struct, frozen=True):
    """The parts of a log that are read."""

    events: tuple[LoggedEvent, ...]
    objects: tuple[LoggedObject, ...]


@dataclass(frozen=True, slots=True)
class Event(Record):
    """One event as a source row, with the objects it is about, by type."""

    about: Mapping[str, tuple[str, ...]]


def _read(source: Source) -> ObjectLog:
    payload = open_payload(source.path)
    try:
        content = payload.content.read(LARGEST + 1)
    finally:
        payload.close()
    if len(content) > LARGEST:
        raise bad_file("file.bomb", place=source.name)
    try:
        return msgspec.json.decode(content, type=ObjectLog)
    except msgspec.DecodeError as error:
        raise bad_file("file.bad_ocel", place=f"{source.name}: {error}") from error


def _events(source: Source, log: ObjectLog) -> Iterator[tuple[Event, int]]:
    type_of = {one.id: one.type for one in log.objects}
    for line, event in enumerate(log.events, start=1):
        about: dict[str, tuple[str, ...]] = {}
        for relation in event.relationships:
            kind = type_of.get(relation.objectId, relation.qualifier)
            about[kind] = (*about.get(kind, ()), relation.objectId)
        cells = {"id": event.id, "type": event.type, "time": event.time}
        cells |= {a.name: "" if a.value is None else str(a.value) for a in event.attributes}
        yield Event(source.name, line, cells, about), line


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    phase, channel, owner = (
        kitchen.chosen(option, known)
        for option, known in (("phase", tuple(Phase)), ("channel", CHANNELS), ("owner", FUNCTIONS))
    )
    for source in kitchen.sources["log"]:
        log = _read(source)
        found: dict[str, Touchpoint] = {}
        for activity in sorted({event.type for event in log.events}):
            slug, taken = slug_of(activity), {t.slug for t in found.values()}
            while slug in taken:
                slug += "_"
            found[activity] = touchpoint(
                slug, activity, activity, Phase(phase), Moment.AFTER, owner=owner, channels=channel
            )
        yield from converted(
            "interactions", _events(source, log), partial(_rows, kitchen=kitchen, known=found)
        )
        yield catalogue_batch(found.values())


def _rows(event: Event, *, kitchen: Kitchen, known: Mapping[str, Touchpoint]) -> Iterable[Row]:
    who = event.about.get(kitchen.options["customer"], ())
    if not who:
        raise BadCell("value.missing", kitchen.options["customer"])
    moment = event.needed("time")
    try:
        micros = local_micros(datetime.fromisoformat(moment), kitchen.zone)
    except (ValueError, OverflowError) as error:
        raise BadCell("value.not_a_time", "time", moment) from error
    episodes = event.about.get(kitchen.options["episode"], ())
    others = {
        f"object:{kind}": ", ".join(names)
        for kind, names in event.about.items()
        if kind not in {kitchen.options["customer"], kitchen.options["episode"]}
    }
    own = {name: value for name, value in event.cells.items() if name not in {"id", "type", "time"}}
    for number, customer in enumerate(dict.fromkeys(who), start=1):
        yield (
            "interactions",
            {
                "id": event.needed("id") + (f"-{number}" if number > 1 else ""),
                "customer_number": customer,
                **at(known[event.needed("type")]),
                "started_at": micros,
                "episode": episodes[0] if episodes else None,
                "properties": as_json({**own, **others}),
            },
        )


RECIPE = Recipe(
    name="ocel",
    source="Object-centric event logs, OCEL 2.0 (ocel-standard.org)",
    version=1,
    files={"log": "*.ocel.json"},
    options={
        "customer": "customer", "episode": "episode", "phase": "care", "channel": "web",
        "owner": "customer_care", "timezone": "UTC",
    },
    about={
        "customer": "type of object that is the customer",
        "episode": "type of object that is the episode: an order, a ticket",
        "phase": "phase of all event types",
        "channel": "channel of all event types",
        "owner": "function that answers for all event types",
        "timezone": "time zone of moments written without an offset",
    },
    batches=_batches,
)  # fmt: skip
