"""What a message is in our facts: an interaction, or something said of a customer or an account."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

import msgspec

from viaggio.journey.kernels.visits import ON_PAGE
from viaggio.journey.model import Moment, Phase, Touchpoint
from viaggio.store.recipes.cells import BadCell
from viaggio.store.recipes.rows import Row
from viaggio.store.recipes.segment.message import MOST_BYTES, Message
from viaggio.store.recipes.segment.rules import BY_SLUG, EVENT, KINDS, PAGE, Rule, Rules
from viaggio.store.recipes.xes import slug_of

MOST_NAMES = 200
"""So many touchpoints by their own name a landed file may bring; whatever comes then is another page."""
LONGEST_SLUG = 40
_MOBILE = re.compile(r"ios|android|react-native|flutter|kotlin|swift|unity|xamarin", re.IGNORECASE)
_TABLET = re.compile(r"ipad|tablet", re.IGNORECASE)
_PHONE = re.compile(r"iphone|ipod|mobile|android|phone", re.IGNORECASE)
_DESKTOP = re.compile(r"windows|macintosh|x11|linux|cros", re.IGNORECASE)
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a message takes place and what it means there; None for `touchpoint` when it is nothing."""

    touchpoint: Touchpoint | None
    outcome: str | None
    channel: str


@dataclass(slots=True)
class Converter:
    """Turns messages into rows. `known`: the company's own catalogue, which goes before the built-in one."""

    rules: Rules
    currency: str
    known: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    met: dict[str, Touchpoint] = field(default_factory=dict)
    _spots: dict[tuple[str, str, str], Spot] = field(default_factory=dict)
    _named: int = 0

    def rows(self, message: Message) -> Iterable[Row]:
        """The rows of one message; raises `BadCell` for one that can not be taken."""
        if message.kind in KINDS:
            return self._interaction(message)
        if message.kind == "identify":
            return [("customers", _identified(message))]
        if message.kind == "alias":
            return _alias(message)
        if message.kind == "group":
            return _group(message)
        raise BadCell("message.unknown_type" if message.kind else "value.missing", "type", message.kind[:40])

    def _interaction(self, message: Message) -> Iterable[Row]:
        name = message.id_of("event" if message.kind == "track" else "name")
        if message.kind == "track" and name is None:
            raise BadCell("value.missing", "event")
        properties, context = message.part("properties"), message.part("context")
        spot = self._spot(message.kind, name or "", _path(properties, context))
        who = _who(message)
        if spot.touchpoint is None:
            return []
        value = _cents(properties)
        phase, moment = self._phase(spot.touchpoint)
        row: dict[str, object] = {
            "id": message.id,
            **who,
            "touchpoint": spot.touchpoint.slug,
            "channel": spot.channel or _channel(message.kind, context),
            "device": _device(context),
            "phase": phase,
            "moment": moment,
            "started_at": message.at,
            "episode": _order(properties),
            "outcome": _outcome(spot, properties),
            "value_cents": value,
            "currency": None if value is None else _currency(properties) or self.currency,
            "properties": _properties(message, name, properties, context),
        }
        return [("interactions", row)]

    def _spot(self, kind: str, name: str, path: str) -> Spot:
        key = (kind, name, path)
        if key not in self._spots:
            if len(self._spots) > 10_000:
                self._spots.clear()
            self._spots[key] = self._looked_up(kind, name, path)
        return self._spots[key]

    def _looked_up(self, kind: str, name: str, path: str) -> Spot:
        rule = self.rules.find(kind, name, path)
        if rule is not None and rule.ignore:
            return Spot(None, None, "")
        place = self._ruled(rule) if rule else self._unruled(kind, name, path)
        if place.slug not in self.known:
            self.met.setdefault(place.slug, place)
        outcome = rule.outcome if rule else ""
        page = rule.page if rule and rule.page is not None else kind != "track" or bool(outcome)
        return Spot(place, outcome or (None if page else ON_PAGE), rule.channel if rule else "")

    def _ruled(self, rule: Rule) -> Touchpoint:
        base = BY_SLUG.get(rule.touchpoint, PAGE)
        same = base.slug == rule.touchpoint
        words = rule.touchpoint.replace("_", " ").capitalize()
        return Touchpoint(
            slug=rule.touchpoint,
            name_it=rule.name_it or (base.name_it if same else rule.name_en or words),
            name_en=rule.name_en or (base.name_en if same else rule.name_it or words),
            phase=Phase(rule.phase or base.phase),
            moment=Moment(rule.moment or base.moment),
            owner_function=rule.owner or base.owner_function,
            channels=(rule.channel,) if rule.channel else base.channels,
        )

    def _unruled(self, kind: str, name: str, path: str) -> Touchpoint:
        """By its own name where the company wants it, or where that is a touchpoint of its catalogue."""
        other = EVENT if kind == "track" else PAGE
        said = name or path.strip("/").partition("/")[0]
        slug = slug_of(said)[:LONGEST_SLUG] if said else ""
        if slug in self.known or slug in self.met:
            return self.met.get(slug) or _titled(slug, said, other)
        if not slug or not self.rules.own_names or self._named >= MOST_NAMES:
            return other
        self._named += 1
        return _titled(slug, said, other)

    def _phase(self, place: Touchpoint) -> tuple[str, str]:
        return self.known.get(place.slug) or (str(place.phase), str(place.moment))


def _titled(slug: str, said: str, like: Touchpoint) -> Touchpoint:
    title = said[:80].strip()
    return Touchpoint(
        slug=slug, name_it=title, name_en=title, phase=like.phase, moment=like.moment,
        owner_function=like.owner_function, partner_functions=like.partner_functions, channels=like.channels,
    )  # fmt: skip


def _who(message: Message) -> dict[str, object]:
    """Identifiers of the customer; raises `BadCell` when the message names nobody."""
    context = message.part("context")
    own = message.part("traits") if message.kind == "identify" else {}
    traits = {**message.part("traits", context), **own}
    number, visitor = message.id_of("userId"), message.id_of("anonymousId")
    if number is None and visitor is None:
        raise BadCell("message.nobody", "userId")
    return {
        "customer_number": number,
        "visitor": visitor,
        "email": _text(traits.get("email")),
        "phone": _text(traits.get("phone")),
        "account_id": message.id_of("groupId", context),
    }


def _identified(message: Message) -> dict[str, object]:
    traits = message.part("traits")
    address = said if isinstance(said := traits.get("address"), dict) else {}
    context = message.part("context")
    first, last = _text(traits.get("firstName")), _text(traits.get("lastName"))
    locale = _text(context.get("locale"))
    return {
        "id": message.id,
        **_who(message),
        "kind": "person",
        "name": _text(traits.get("name")) or " ".join(part for part in (first, last) if part) or None,
        "region": _text(address.get("state")),
        "city": _text(address.get("city")),
        "language": locale[:2].lower() if locale and locale[:2].isalpha() else None,
        "properties": _json(dict(traits)),
    }


def _alias(message: Message) -> list[Row]:
    """The earlier id may be a visitor's or a customer's: it is both, and both lead to the new one."""
    now, before = message.id_of("userId") or message.id_of("anonymousId"), message.id_of("previousId")
    for name, said in (("userId", now), ("previousId", before)):
        if said is None:
            raise BadCell("value.missing", name)
    shared: dict[str, object] = {"visitor": before, "kind": "person"}
    return [
        ("customers", {**shared, "id": message.id, "customer_number": now}),
        ("customers", {**shared, "id": f"{message.id}#previous", "customer_number": before}),
    ]


def _group(message: Message) -> list[Row]:
    """The account by its name, and that the customer belongs to it."""
    account = message.id_of("groupId")
    if account is None:
        raise BadCell("value.missing", "groupId")
    traits = message.part("traits")
    of_account: dict[str, object] = {
        "id": message.id, "account_id": account, "kind": "account", "segment": "b2b",
        "name": _text(traits.get("name")), "properties": _json(dict(traits)),
    }  # fmt: skip
    member = {**_who(message), "account_id": account, "id": f"{message.id}#member", "kind": "person"}
    return [("customers", of_account), ("customers", member)]


def _path(properties: Mapping[str, Any], context: Mapping[str, Any]) -> str:
    page = context.get("page")
    found = properties.get("path") or (page.get("path") if isinstance(page, dict) else None)
    return found[:500] if isinstance(found, str) else ""


def _outcome(spot: Spot, properties: Mapping[str, Any]) -> str | None:
    """As the rule says; a search that tells how many it found says whether it found any."""
    if spot.touchpoint is not None and spot.touchpoint.slug == "search":
        found = properties.get("results")
        number = len(found) if isinstance(found, list) else found
        if isinstance(number, int) and not isinstance(number, bool):
            return "found" if number > 0 else "nothing_found"
    return spot.outcome


def _channel(kind: str, context: Mapping[str, Any]) -> str:
    library, device = context.get("library"), context.get("device")
    by_name = isinstance(library, dict) and _MOBILE.search(str(library.get("name", "")))
    by_type = isinstance(device, dict) and _MOBILE.search(str(device.get("type", "")))
    return "app" if kind == "screen" or by_name or by_type else "web"


def _device(context: Mapping[str, Any]) -> str | None:
    device, agent = context.get("device"), context.get("userAgent")
    words = [str(device.get(key, "")) for key in ("type", "model")] if isinstance(device, dict) else []
    told = " ".join([*words, agent[:500] if isinstance(agent, str) else ""])
    if _TABLET.search(told):
        return "tablet"
    if isinstance(agent, str) and "Android" in agent and "Mobile" not in agent and not any(words):
        return "tablet"  # by Google's own rule for Chrome on Android
    if _PHONE.search(told) or "ios" in told.lower().split():
        return "phone"
    return "desktop" if _DESKTOP.search(told) else None


def _cents(properties: Mapping[str, Any]) -> int | None:
    """What it brought, from `revenue`, else `value` beside a currency; raises `BadCell` for no amount."""
    name = "revenue" if properties.get("revenue") is not None else "value"
    said = properties.get(name)
    if said is None or said == "" or (name == "value" and _currency(properties) is None):
        return None
    try:
        exact = Decimal(str(said)) if not isinstance(said, bool) else Decimal("NaN")
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite() or abs(exact) >= Decimal(10) ** 15:
        raise BadCell("value.not_a_number", f"properties.{name}", str(said)[:40])
    return int((exact * 100).to_integral_value(ROUND_HALF_EVEN))


def _currency(properties: Mapping[str, Any]) -> str | None:
    said = str(properties.get("currency") or "").upper()
    return said if _CURRENCY.fullmatch(said) else None


def _order(properties: Mapping[str, Any]) -> str | None:
    said = properties.get("order_id")
    is_id = isinstance(said, str | int) and not isinstance(said, bool)
    return str(said).strip()[:200] or None if is_id else None


def _text(said: Any) -> str | None:
    if isinstance(said, bool) or not isinstance(said, str | int):
        return None
    return str(said).replace("\0", "").strip() or None


def _properties(
    message: Message, name: str | None, properties: Mapping[str, Any], context: Mapping[str, Any]
) -> str | None:
    """The message's own properties, whole, and beside them its type, name and context."""
    beside = {"message_type": message.kind, "message_name": name, "context": context or None}
    return _json({**properties, **{key: value for key, value in beside.items() if value is not None}})


def _json(said: dict[str, Any]) -> str | None:
    try:
        text = msgspec.json.encode(said).decode() if said else None
    except RecursionError as error:  # objects in objects, deeper than Python goes
        raise BadCell("message.too_long", "message") from error
    if text is not None and len(text) > MOST_BYTES:
        raise BadCell("message.too_long", "message")
    return text
