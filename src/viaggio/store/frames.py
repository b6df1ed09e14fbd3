"""The sampling frame: everybody a pulse could ask, from facts.

An event pulse finds what happened since its last look and was not decided about yet; a periodic one the
persons of its base. Whoever is found late, within the days a plan looks back, is found all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.measure.blanks import instant
from viaggio.pulse.fielding.model import DAY, HOUR, Event, Frame, Ints, Plan, Texts, Trigger
from viaggio.store.sql import sql

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

LONGEST_ABOUT = 120
"""Characters of what names the thing asked about."""

_COLUMNS = (
    "about", "customer", "account", "at", "touchpoint", "phase", "channel", "segment", "region", "source",
)  # fmt: skip
_PERSONS = ("customer_number", "email", "phone", "visitor")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Eligible:
    """A frame, and by what identifier each row's customer and account are known where they came from."""

    frame: Frame
    identifier: Texts  # customer_number, email, phone, visitor; empty for nobody
    name: Texts  # the identifier itself
    account_id: Texts

    def __len__(self) -> int:
        return len(self.frame)


def _nobody() -> Eligible:
    texts, keys = np.empty(0, object), np.empty(0, np.int64)
    frame = Frame(
        about=texts, customer=keys, account=keys, eligible_at=keys, touchpoint=texts, phase=texts,
        channel=texts, segment=texts, region=texts, language=texts, source=texts,
        consent=np.empty(0, np.int8), email=texts, phone=texts,
    )  # fmt: skip
    return Eligible(frame=frame, identifier=texts, name=texts, account_id=texts)


_NOBODY = _nobody()


def happened(engine: "Engine", plan: Plan, *, pulse: str, since: int, until: int) -> Eligible:
    """Units of an event pulse that became eligible in [since, until), UTC microseconds, and are undecided.

    Eligible is the event and the delay. What the facts of coverage know of this pulse is left out.
    """
    assert plan.trigger is not None
    delay = plan.trigger.delay_hours * HOUR
    units = _events(engine.tables(), plan.trigger)
    units = units.filter(units.at >= _instant(since - delay), units.at < _instant(until - delay))
    decided = engine.tables().coverage
    decided = decided.filter(decided.pulse == pulse).select("about").distinct()
    units = _only(units, plan).anti_join(decided, "about")
    rows = engine.run(units.select(*_COLUMNS).order_by("at", "about"))
    if not len(rows):  # the usual look: nobody's addresses need to be read
        return _NOBODY
    return _speaking(_eligible(engine, rows, delay), plan)


def base(engine: "Engine", plan: Plan, *, about: str, at: int) -> Eligible:
    """The persons of a periodic pulse's base at a moment, UTC microseconds; `about` names the draw.

    With `active_days`, those with an interaction in so many days before.
    """
    tables = engine.tables()
    rows = tables.customers
    rows = rows.filter(rows.customer.notnull(), rows.kind != "account")
    persons = rows.group_by("customer").aggregate(
        account=rows.account.max(),
        segment=rows.segment.max(),
        region=rows.region.max(),
    )
    if plan.active_days:
        seen = tables.interactions
        lately = seen.filter(
            seen.started_at >= _instant(at - plan.active_days * DAY), seen.started_at < _instant(at)
        )
        persons = persons.semi_join(lately.select("customer").distinct(), "customer")
    found = engine.run(
        _only(persons.mutate(**_literals("touchpoint", "phase", "channel", "source")), plan).order_by(
            "customer"
        )
    )
    count = len(found)
    found = found.append_column("about", pa.array([about] * count, pa.string()))
    found = found.append_column("at", pa.array([at] * count, pa.timestamp("us", "UTC")))
    return _speaking(_eligible(engine, found, 0), plan)


def _literals(*names: str) -> dict[str, Any]:
    import ibis

    return {name: ibis.literal("") for name in names}


def _instant(micros: int) -> Any:
    import ibis

    return ibis.literal(instant(micros), type="timestamp('UTC')")


def _only(units: Any, plan: Plan) -> Any:
    """The units that the plan's `where` wants; language is looked at later, where it is known."""
    for name, values in plan.where.key():
        if name != "language":
            units = units.filter(units[name].fill_null("").isin(list(values)))
    return units


def _events(tables: Any, trigger: Trigger) -> Any:
    """One row per unit: what happened, when, to whom."""
    if trigger.event is Event.DELIVERY:
        return _deliveries(tables.orders, trigger)
    if trigger.event is Event.PAYMENT:
        return _payments(tables.payments, trigger)
    rows = tables.interactions
    rows = rows.mutate(at=rows.ended_at.fill_null(rows.started_at))
    if trigger.touchpoints:
        rows = rows.filter(rows.touchpoint.isin(list(trigger.touchpoints)))
    elif trigger.event in _PHASE:
        rows = rows.filter(rows.phase == _PHASE[trigger.event])
    if trigger.outcomes:
        rows = rows.filter(rows.outcome.isin(list(trigger.outcomes)))
    elif trigger.event in _PHASE:  # it came to an end: what is still open says nothing yet
        rows = rows.filter(rows.outcome.notnull())
    if trigger.event is Event.TICKET:
        rows = rows.mutate(named=rows.episode.fill_null(rows.id))
        return _last_of(rows.mutate(about=rows.source + ":" + rows.named))
    return rows.mutate(about=rows.source + ":" + rows.id).select(*_COLUMNS)


_PHASE: Mapping[Event, str] = {Event.TICKET: "care", Event.REPAIR: "maintenance"}


def _last_of(rows: Any) -> Any:
    """The last row of each unit: of a ticket with several contacts it is the last one that is asked about."""
    others = [name for name in _COLUMNS if name not in {"about", "at"}]
    latest = rows.order_by(rows.at, rows.id)
    return latest.group_by("about").aggregate(
        at=latest.at.max(), **{name: latest[name].last(order_by=[latest.at, latest.id]) for name in others}
    )


def _deliveries(orders: Any, trigger: Trigger) -> Any:
    import ibis

    rows = orders.filter(orders.delivered_at.notnull())
    by_courier = ibis.cases((rows.channel == "store", "store"), else_="courier")
    return rows.mutate(
        about=rows.source + ":" + rows.id,
        at=rows.delivered_at,
        channel=by_courier,
        **_place(trigger, "purchase"),
    ).select(*_COLUMNS)


def _payments(payments: Any, trigger: Trigger) -> Any:
    rows = payments.filter(payments.paid_at.notnull(), payments.order_id.notnull())
    rows = rows.mutate(
        about=rows.source + ":" + rows.order_id, at=rows.paid_at, **_place(trigger, "purchase"),
        channel=_literals("channel")["channel"],
    )  # fmt: skip
    return _last_of(rows)


def _place(trigger: Trigger, phase: str) -> dict[str, Any]:
    """What an order's event is said to be about: the touchpoint that the plan names."""
    import ibis

    touchpoint = trigger.touchpoints[0] if trigger.touchpoints else ""
    return {"touchpoint": ibis.literal(touchpoint), "phase": ibis.literal(phase)}


# --- from rows to a frame ------------------------------------------------------------------------


def _eligible(engine: "Engine", rows: pa.Table, delay: int) -> Eligible:
    people = engine.known(
        sql(
            "frame_people",
            identifiers=engine.live_rows("identifiers"),
            consents=engine.live_rows("consents"),
        )
    )
    accounts = engine.known(sql("frame_accounts", identifiers=engine.live_rows("identifiers")))
    customer = _keys(rows["customer"])
    who = _places(people["customer"], customer)
    account = _keys(rows["account"])
    account = np.where(account == 0, _keys(people["account"], who), account)
    names = {kind: _texts(people[kind], who) for kind in _PERSONS}
    identifier = np.full(len(rows), "", object)
    name = np.full(len(rows), "", object)
    for kind in reversed(_PERSONS):
        there = names[kind] != ""
        identifier[there], name[there] = kind, names[kind][there]
    frame = Frame(
        about=_abouts(rows["about"]),
        customer=customer,
        account=account,
        eligible_at=rows["at"].cast(pa.int64()).to_numpy() + delay,
        touchpoint=_texts(rows["touchpoint"]),
        phase=_texts(rows["phase"]),
        channel=_texts(rows["channel"]),
        segment=_texts(rows["segment"]),
        region=_texts(rows["region"]),
        source=_texts(rows["source"]),
        language=_texts(people["language"], who),
        consent=_consents(people["granted"], who),
        email=names["email"],
        phone=names["phone"],
    )
    return Eligible(
        frame=frame,
        identifier=identifier,
        name=name,
        account_id=_texts(accounts["account_id"], _places(accounts["account"], account)),
    )


def _speaking(found: Eligible, plan: Plan) -> Eligible:
    """Those who speak a language that the plan's `where` wants; nobody is left out where it wants none."""
    wanted = plan.where.where.get("language")
    if wanted is None:
        return found
    rows = np.flatnonzero(np.isin(found.frame.language.astype(str), list(wanted)))
    return Eligible(
        frame=at_rows(found.frame, rows),
        identifier=found.identifier[rows],
        name=found.name[rows],
        account_id=found.account_id[rows],
    )


def at_rows(frame: Frame, rows: Ints) -> Frame:
    """These rows of a frame."""
    columns = [field.name for field in fields(frame) if field.name != "stopped"]
    return replace(frame, **{name: getattr(frame, name)[rows] for name in columns})


def _keys(column: pa.ChunkedArray, places: Ints | None = None) -> Ints:
    """Keys, 0 for none; of the rows at these places, -1 for none."""
    keys: Ints = pc.fill_null(column.cast(pa.int64()), 0).to_numpy()
    return keys if places is None else _at(keys, places, 0)


def _texts(column: pa.ChunkedArray, places: Ints | None = None) -> Texts:
    """Texts, empty for none."""
    texts = np.array(pc.fill_null(column.cast(pa.string()), "").to_pylist(), object)
    return texts if places is None else _at(texts, places, "")


def _consents(column: pa.ChunkedArray, places: Ints) -> npt.NDArray[np.int8]:
    said = pc.fill_null(column.cast(pa.int8()), -1).to_numpy()
    return _at(said, places, -1)


def _at[T: np.generic](values: npt.NDArray[T], places: Ints, otherwise: object) -> npt.NDArray[T]:
    found = np.full(len(places), otherwise, values.dtype)
    there = places >= 0
    found[there] = values[places[there]]
    return found


def _places(sorted_keys: pa.ChunkedArray, wanted: Ints) -> Ints:
    """Where each wanted key stands among sorted keys, -1 where it does not."""
    keys = sorted_keys.cast(pa.int64()).to_numpy()
    place = np.searchsorted(keys, wanted)
    found: Ints = np.full(len(wanted), -1, np.int64)
    inside = place < len(keys)
    hit = inside.copy()
    hit[inside] = keys[place[inside]] == wanted[inside]
    found[hit] = place[hit]
    return found


def _abouts(column: pa.ChunkedArray) -> Texts:
    return np.array([shortened(text) for text in column.to_pylist()], object)


def shortened(about: str) -> str:
    """An id that fits the records: a long one ends in its own hash."""
    from hashlib import sha256

    if len(about) <= LONGEST_ABOUT:
        return about
    return f"{about[:80]}~{sha256(about.encode()).hexdigest()[:32]}"
