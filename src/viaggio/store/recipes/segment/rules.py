"""Where a message takes place: rules from names of pages and events to touchpoints, ours and the company's.

The company's rules stand in `events.toml` of the workspace and go before the built-in ones; the first that
fits holds. A page or event that no rule names is "another page" or "another event": whoever sends messages
must not be able to fill the catalogue with thousands of touchpoints. `own_names = true` takes the names.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

from viaggio.journey.model import CHANNELS, FUNCTIONS, Moment, Phase, Touchpoint
from viaggio.kernel import BadMapping

FILE = "events.toml"
KINDS = ("page", "screen", "track")
"""Kinds of message that are interactions."""

_D, _P, _C = (
    (Phase.DISCOVERY, Moment.BEFORE),
    (Phase.PURCHASE, Moment.DURING),
    (Phase.CARE, Moment.AFTER),
)


def _place(
    slug: str, italian: str, english: str, where: tuple[Phase, Moment], owner: str = "ecommerce"
) -> Touchpoint:
    return Touchpoint(
        slug=slug, name_it=italian, name_en=english, phase=where[0], moment=where[1], owner_function=owner,
        partner_functions=("it",) if owner != "it" else (), channels=("web", "app"),
    )  # fmt: skip


PAGE = _place("page", "Altra pagina", "Another page", _D)
EVENT = _place("event", "Altro evento", "Another event", _D)
TOUCHPOINTS = (
    _place("shop_browse", "Vetrina del negozio online", "Online shop window", _D),
    _place("search", "Ricerca nel negozio online", "Online shop search", _D),
    _place("product_page", "Scheda prodotto", "Product page", _D),
    _place("campaign", "Campagne e newsletter", "Campaigns and newsletter", _D, "marketing"),
    _place("sign_in", "Accesso all'area clienti", "Customer sign-in", _P, "it"),
    _place("cart", "Carrello", "Cart", _P),
    _place("checkout", "Cassa online", "Online checkout", _P),
    _place("payment", "Pagamento online", "Online payment", _P, "billing"),
    _place("online_purchase", "Acquisto sul sito", "Online purchase", _P),
    _place("return", "Reso e rimborso", "Return and refund", _C, "logistics"),
    _place("self_help", "Guide e domande frequenti", "Guides and frequent questions", _C, "customer_care"),
    PAGE,
    EVENT,
)
"""What the built-in rules know; a catalogue that the company has already goes before it."""

BY_SLUG: Mapping[str, Touchpoint] = {place.slug: place for place in TOUCHPOINTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Messages that fit all of kind, name and path (`*` stands for anything, case does not count).

    `page`: whether it counts as a page of a visit; unsaid, pages and screens do, and what has an outcome.
    `ignore`: it is no interaction at all. What is left empty is as the touchpoint's catalogue says.
    """

    touchpoint: str = ""
    type: str = ""
    name: str = "*"
    path: str = "*"
    outcome: str = ""
    channel: str = ""
    page: bool | None = None
    ignore: bool = False
    phase: str = ""
    moment: str = ""
    owner: str = ""
    name_it: str = ""
    name_en: str = ""

    def fits(self, kind: str, name: str, path: str) -> bool:
        """Whether a message falls under it."""
        return (
            self.type in {"", kind}
            and fnmatchcase(name.casefold(), self.name.casefold())
            and fnmatchcase(path.casefold(), self.path.casefold())
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The company's rules, and whether pages and events without one are touchpoints by their own name."""

    own: tuple[Rule, ...] = ()
    own_names: bool = False

    def find(self, kind: str, name: str, path: str) -> Rule | None:
        """The first rule that fits, the company's before the built-in ones."""
        return next((rule for rule in (*self.own, *BUILT_IN) if rule.fits(kind, name, path)), None)


def _events(touchpoint: str, *names: str, outcome: str = "") -> tuple[Rule, ...]:
    return tuple(Rule(type="track", name=name, touchpoint=touchpoint, outcome=outcome) for name in names)


def _pages(touchpoint: str, *words: str) -> tuple[Rule, ...]:
    """Pages by what their name begins with, and by the first part of their path."""
    named = [Rule(type=kind, name=f"{word}*", touchpoint=touchpoint) for word in words for kind in KINDS[:2]]
    lying = [Rule(type="page", name="", path=f"/{word.replace(' ', '-')}*", touchpoint=touchpoint)
             for word in words]  # fmt: skip
    return (*named, *lying)


BUILT_IN: tuple[Rule, ...] = (
    *_events("search", "Products Searched"),
    *_events("shop_browse", "Product List Viewed", "Product List Filtered", "Promotion Viewed",
             "Promotion Clicked"),
    *_events("product_page", "Product Viewed", "Product Clicked", "Product Shared", "Product Reviewed"),
    *_events("cart", "Product Added", "Product Removed", "Cart Viewed", "Cart Shared",
             "Product Added to Wishlist", "Product Removed from Wishlist", "Coupon *"),
    *_events("checkout", "Checkout *"),
    *_events("payment", "Payment Info Entered"),
    *_events("online_purchase", "Order Completed", outcome="converted"),
    *_events("online_purchase", "Order Updated", "Order Cancelled"),
    *_events("return", "Order Refunded"),
    *_events("sign_in", "Signed In", "Signed Up", "Signed Out"),
    *_events("campaign", "Email *", "Install Attributed"),
    *_pages("search", "search", "ricerca"),
    *_pages("product_page", "product", "prodott"),
    *_pages("cart", "cart", "basket", "carrello"),
    *_pages("checkout", "checkout", "cassa"),
    *_pages("payment", "payment", "pagamento"),
    *_pages("sign_in", "login", "sign in", "signin", "accesso", "accedi"),
    *_pages("self_help", "help", "faq", "support", "assistenza"),
    *_pages("shop_browse", "home", "shop", "catalog", "category", "negozio", "categor"),
    Rule(type="page", name="", path="/", touchpoint="shop_browse"),
)  # fmt: skip
"""Segment's own names of a shop's events, and the usual words of pages."""


def read_rules(text: str) -> Rules:
    """The rules in a text of TOML: `own_names` and `[[rule]]`; raises `BadMapping`."""
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(f"the rules can not be read: {error}", place=FILE) from error
    for name in read.keys() - {"own_names", "rule"}:
        raise BadMapping(f"'{name}' is not known", place=FILE, hint="Known: own_names, rule.")
    listed, open_names = read.get("rule", []), read.get("own_names", False)
    if not isinstance(listed, list) or not isinstance(open_names, bool):
        raise BadMapping("own_names is true or false, rules begin with [[rule]]", place=FILE)
    return Rules(
        own=tuple(_rule(one, number) for number, one in enumerate(listed, start=1)), own_names=open_names
    )


def _rule(said: Any, number: int) -> Rule:
    place = f"{FILE}: rule {number}"
    known = {field.name for field in fields(Rule)}
    if not isinstance(said, dict):
        raise BadMapping("a rule begins with [[rule]]", place=place)
    for name, value in said.items():
        if name not in known:
            raise BadMapping(
                f"'{name}' is not known", place=place, hint=f"Known: {', '.join(sorted(known))}."
            )
        if isinstance(value, bool) != (name in {"page", "ignore"}) or not isinstance(value, bool | str):
            raise BadMapping(f"'{name}' has the wrong type", place=place)
    rule = Rule(**said)
    allowed: dict[str, tuple[str, ...]] = {
        "type": KINDS, "channel": CHANNELS, "phase": tuple(Phase), "moment": tuple(Moment),
        "owner": FUNCTIONS,
    }  # fmt: skip
    for name, values in allowed.items():
        if (value := getattr(rule, name)) and value not in values:
            raise BadMapping(
                f"'{value}' can not be the {name}", place=place, hint=f"One of {', '.join(values)}."
            )
    if not rule.touchpoint and not rule.ignore:
        raise BadMapping("a rule names a touchpoint, or says ignore = true", place=place)
    return rule
