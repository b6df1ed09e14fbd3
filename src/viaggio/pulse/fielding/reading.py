"""JSON to plan: what does not fit is gathered with its place, nothing is guessed."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, cast, get_args

from viaggio.kernel import EVERYBODY, Population, ViaggioError
from viaggio.pulse.fielding.canonical import SCHEMA
from viaggio.pulse.fielding.model import (
    Consent,
    Event,
    Every,
    Hours,
    Plan,
    PlanFinding,
    PulseKind,
    QuotaRule,
    Reminders,
    Rest,
    Sample,
    Trigger,
    WaveLength,
)
from viaggio.pulse.fielding.rules.findings import plan_findings
from viaggio.pulse.model import AskedBy


class BadPlan(ViaggioError):
    """A plan that can not be read or run; `findings` say what is wrong, each with its place."""

    code = "plan.bad"

    def __init__(self, findings: tuple[PlanFinding, ...]) -> None:
        first = findings[0]
        super().__init__(f"the plan can not be used: {first.code} {first.detail}".strip(), place=first.place)
        self.findings = findings


def plan_from_data(data: object) -> Plan:
    """The plan in plain JSON values; what is left out has its default. Raises `BadPlan`."""
    reader = _Reader()
    plan = reader.plan(data)
    if plan is None or reader.findings:
        raise BadPlan(tuple(reader.findings))
    wrong = tuple(finding for finding in plan_findings(plan) if finding.stops)
    if wrong:
        raise BadPlan(wrong)
    return plan


_MISSING = object()


class _Reader:
    """Reads plain values, gathers what does not fit with its place, and goes on."""

    def __init__(self) -> None:
        self.findings: list[PlanFinding] = []

    def bad(self, place: str, detail: str = "", code: str = "plan.unreadable") -> None:
        self.findings.append(PlanFinding(code=code, place=place or "plan", detail=detail))

    def plan(self, data: object) -> Plan | None:
        node = self.node(data, "")
        if node is None:
            return None
        schema = node.take("schema", str, SCHEMA)
        if schema != SCHEMA:
            self.bad("schema", schema)
        default = Plan(kind=PulseKind.OPEN)
        plan = Plan(
            kind=node.one_of("kind", PulseKind, PulseKind.EVENT),
            trigger=node.maybe("trigger", self._trigger),
            every=cast("Every | None", node.word("every", get_args(Every), None)),
            active_days=node.take("active_days", int, 0),
            where=node.population("where"),
            sample=node.maybe("sample", self._sample) or default.sample,
            consent=node.one_of("consent", Consent, default.consent),
            hours=node.maybe("hours", self._hours) or default.hours,
            rest=node.maybe("rest", self._rest) or default.rest,
            reminders=node.maybe("reminders", self._reminders) or default.reminders,
            thanks=node.take("thanks", bool, default.thanks),
            channels=node.many_of("channels", AskedBy, default.channels),
            languages=tuple(node.listed("languages", str, list(default.languages))),
            wave=cast("WaveLength", node.word("wave", get_args(WaveLength), default.wave)),
            expires_days=node.take("expires_days", int, default.expires_days),
            quotas=node.each("quotas", self._quota),
        )
        node.end()
        return plan

    def node(self, data: object, place: str) -> "_Node | None":
        if isinstance(data, Mapping):
            return _Node(self, dict(data), place)
        self.bad(place, "an object is needed")
        return None

    def _trigger(self, node: "_Node") -> Trigger:
        default = Trigger(event=Event.INTERACTION)
        return Trigger(
            event=node.one_of("event", Event, Event.INTERACTION, needed=True),
            touchpoints=tuple(node.listed("touchpoints", str, [])),
            outcomes=tuple(node.listed("outcomes", str, [])),
            delay_hours=node.take("delay_hours", int, default.delay_hours),
            look_back_days=node.take("look_back_days", int, default.look_back_days),
        )

    def _sample(self, node: "_Node") -> Sample:
        size = node.maybe_number("size")
        return Sample(
            rate=node.maybe_number("rate", 1.0 if size is None else None),
            size=None if size is None else int(size),
            by=node.take("by", str, ""),
            rates=MappingProxyType({name: float(rate) for name, rate in node.numbers("rates").items()}),
            sizes=MappingProxyType({name: int(size) for name, size in node.numbers("sizes").items()}),
        )

    def _hours(self, node: "_Node") -> Hours:
        default = Hours()
        return Hours(
            first=node.take("first", int, default.first),
            last=node.take("last", int, default.last),
            weekdays=tuple(sorted(node.listed("weekdays", int, list(default.weekdays)))),
        )

    def _rest(self, node: "_Node") -> Rest:
        default = Rest()
        return Rest(
            person=node.take("person", int, default.person),
            person_type=node.take("person_type", int, default.person_type),
            account=node.take("account", int, default.account),
            account_type=node.take("account_type", int, default.account_type),
            reminders_count=node.take("reminders_count", bool, default.reminders_count),
        )

    def _reminders(self, node: "_Node") -> Reminders:
        default = Reminders()
        return Reminders(
            after_days=node.take("after_days", int, default.after_days),
            most=node.take("most", int, default.most),
        )

    def _quota(self, node: "_Node") -> QuotaRule:
        return QuotaRule(
            name=node.take("name", str, ""),
            limit=node.take("limit", int, 0),
            where=node.population("where"),
            hold_minutes=node.take("hold_minutes", int, 60),
        )


class _Node:
    """A JSON object that is read key by key and knows its place."""

    def __init__(self, reader: _Reader, data: dict[str, Any], place: str) -> None:
        self._reader, self._data, self._place = reader, data, place

    def at(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def take[T](self, name: str, kind: type[T], otherwise: T) -> T:
        value = self._data.pop(name, otherwise)
        if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
            return value
        self._reader.bad(self.at(name), f"{kind.__name__} is needed")
        return otherwise

    def maybe_number(self, name: str, otherwise: float | None = None) -> float | None:
        value = self._data.pop(name, otherwise)
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
            return value
        self._reader.bad(self.at(name), "a number is needed")
        return otherwise

    def numbers(self, name: str) -> dict[str, float]:
        found = self.take(name, dict, {})
        for key, value in found.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                self._reader.bad(f"{self.at(name)}.{key}", "a number is needed")
        return {str(k): v for k, v in found.items() if isinstance(v, int | float) and not isinstance(v, bool)}

    def one_of[E: StrEnum](self, name: str, kind: type[E], otherwise: E, *, needed: bool = False) -> E:
        value = self._data.pop(name, _MISSING if needed else str(otherwise))
        if value in {str(each) for each in kind} if isinstance(value, str) else False:
            return kind(value)
        self._reader.bad(self.at(name), ", ".join(kind))
        return otherwise

    def word(self, name: str, known: tuple[str, ...], otherwise: str | None) -> str | None:
        value = self._data.pop(name, otherwise)
        if value is otherwise or value in known:
            return cast("str | None", value)
        self._reader.bad(self.at(name), ", ".join(known))
        return otherwise

    def listed[T](self, name: str, kind: type[T], otherwise: list[T]) -> list[T]:
        found = self.take(name, list, otherwise)
        if all(isinstance(each, kind) and not isinstance(each, bool) for each in found):
            return found
        self._reader.bad(self.at(name), f"a list of {kind.__name__} is needed")
        return otherwise

    def many_of[E: StrEnum](self, name: str, kind: type[E], otherwise: tuple[E, ...]) -> tuple[E, ...]:
        found = self.listed(name, str, [str(each) for each in otherwise])
        known = {str(each) for each in kind}
        for each in found:
            if each not in known:
                self._reader.bad(self.at(name), each)
        return tuple(kind(each) for each in found if each in known)

    def population(self, name: str) -> Population:
        found = self.take(name, dict, {})
        try:
            where = {
                str(key): tuple(values) if isinstance(values, list) else (str(values),)
                for key, values in found.items()
            }
            return Population(MappingProxyType(where))
        except ViaggioError as error:
            self._reader.bad(self.at(name), error.what, error.code)
            return EVERYBODY

    def maybe[T](self, name: str, read: "Callable[[_Node], T]") -> T | None:
        value = self._data.pop(name, None)
        return None if value is None else self._read(value, self.at(name), read)

    def each[T](self, name: str, read: "Callable[[_Node], T]") -> tuple[T, ...]:
        found = self.take(name, list, [])
        read_ones = [self._read(one, f"{self.at(name)}[{at}]", read) for at, one in enumerate(found)]
        return tuple(one for one in read_ones if one is not None)

    def _read[T](self, value: object, place: str, read: "Callable[[_Node], T]") -> T | None:
        node = self._reader.node(value, place)
        if node is None:
            return None
        done = read(node)
        node.end()
        return done

    def end(self) -> None:
        """Nothing may be left over."""
        for name in self._data:
            self._reader.bad(self.at(str(name)), code="plan.unknown_key")
