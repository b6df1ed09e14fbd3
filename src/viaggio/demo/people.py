"""Who there is: persons, the accounts that some of them work for, and how each may be named."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from viaggio.demo.arrow import codes, join, numbered
from viaggio.demo.company import REGIONS
from viaggio.demo.model import MONTHS
from viaggio.demo.names import FIRM_KINDS, FIRM_NAMES, FIRST_NAMES, FOREIGN_FIRST, FOREIGN_LAST, LAST_NAMES
from viaggio.demo.world import World

Ints = NDArray[np.int64]

B2B_SHARE = 0.075
ALREADY_CUSTOMERS = 0.5  # of B2C persons: customers before the first month; of B2B contacts: 0.75


@dataclass(frozen=True, slots=True)
class People:
    """The persons of one block, as columns. `number` is unique in the company, `account` is -1 for B2C."""

    number: Ints
    account: Ints
    primary: NDArray[np.bool_]  # speaks for the account, or a private person
    effect: NDArray[np.float64]  # lasting difference in experience, points
    frailty: NDArray[np.float64]  # how active, mean 1
    english: NDArray[np.bool_]
    region: Ints
    town: Ints
    first_name: Ints
    last_name: Ints
    arrival: Ints  # month in which the person comes along; -1 is long before
    app: NDArray[np.bool_]  # uses the app once an owner
    newsletter: NDArray[np.bool_]
    account_region: Ints  # by account of the block, the first account being `first_account`
    first_account: int

    def __len__(self) -> int:
        return len(self.number)

    @property
    def b2b(self) -> NDArray[np.bool_]:
        """Whether each person is a contact of an account."""
        return self.account >= 0


def _contacts(rng: np.random.Generator, n: int, first_account: int) -> tuple[Ints, NDArray[np.bool_]]:
    """Account and primary flag of the `n` contacts of a block, two to five to an account."""
    sizes: Ints = rng.choice(np.array([2, 3, 4, 5]), n, p=[0.35, 0.35, 0.2, 0.1]).astype(np.int64)
    account = np.repeat(np.arange(n, dtype=np.int64), sizes)[:n]
    primary = np.concatenate([[True], np.diff(account) > 0])[:n]
    return account + first_account, primary


def draw_people(rng: np.random.Generator, world: World, first: int, n: int) -> People:
    """`n` persons numbered from `first`; contacts of accounts come last."""
    n_b2b = round(n * B2B_SHARE)
    contacts, leads = _contacts(rng, n_b2b, first)
    account = np.concatenate([np.full(n - n_b2b, -1, np.int64), contacts])
    b2b = account >= 0
    spread = world.parameters.spread
    at_account = rng.normal(0, spread.account, n)[np.where(b2b, account - first, 0)]
    effect = rng.normal(0, spread.customer, n) + np.where(b2b, at_account, 0)
    region = rng.choice(len(REGIONS), n, p=_region_shares())
    account_region = rng.choice(len(REGIONS), max(n_b2b, 1), p=_region_shares())
    region = np.where(b2b, account_region[np.where(b2b, account - first, 0)], region)
    before = rng.random(n) < np.where(b2b, 0.75, ALREADY_CUSTOMERS)
    english = rng.random(n) < np.where(b2b, 0.2, 0.25)
    return People(
        number=np.arange(first, first + n, dtype=np.int64),
        account=account,
        primary=np.concatenate([np.ones(n - n_b2b, bool), leads]),
        effect=effect,
        frailty=rng.gamma(1.6, 1 / 1.6, n) * np.where(b2b, 1.3, 1.0),
        english=english,
        region=region,
        town=rng.integers(0, 1 << 20, n),
        first_name=rng.integers(0, 1 << 20, n),
        last_name=rng.integers(0, 1 << 20, n),
        arrival=np.where(before, -1, rng.integers(0, MONTHS, n)),
        app=rng.random(n) < 0.55,
        newsletter=rng.random(n) < 0.6,
        account_region=account_region,
        first_account=first,
    )


def _region_shares() -> NDArray[np.float64]:
    weight = np.array([region[1] for region in REGIONS])
    shares: NDArray[np.float64] = weight / weight.sum()
    return shares


def customer_numbers(number: Ints) -> Any:
    """Customer numbers as the company prints them."""
    return numbered("OB", number, 8)


def account_numbers(account: Ints) -> Any:
    """Account numbers; none where the person is no contact."""
    text = numbered("AZ", np.maximum(account, 0), 7)
    return pc.if_else(pa.array(account >= 0), text, pa.scalar(None, pa.string()))


def phones(number: Ints, style: str) -> Any:
    """Telephone numbers +39 399 ...: a prefix that no operator has. `style` is how a system writes it."""
    digits = pc.utf8_lpad(pa.array(number, pa.int64()).cast(pa.string()), 7, "0")
    if style == "spaced":
        return join(
            "+39 399 ", pc.utf8_slice_codeunits(digits, 0, 3), " ", pc.utf8_slice_codeunits(digits, 3)
        )
    return join("+39399", digits)


def visitors(visitor: Ints) -> Any:
    """Cookie-like ids; the multiplication by an odd number keeps them different."""
    return numbered("v", (visitor * 2_862_933_555_777) % (1 << 44), 14)


class Naming:
    """Names and addresses of the persons of a block, made once and taken by position."""

    def __init__(self, people: People) -> None:
        first = _pick(FIRST_NAMES, FOREIGN_FIRST, people.first_name, people.english)
        last = _pick(LAST_NAMES, FOREIGN_LAST, people.last_name, people.english)
        self.number = customer_numbers(people.number)
        self.account = account_numbers(people.account)
        self.name = join(first, " ", last)
        local = join(_mail_part(first), ".", _mail_part(last), pa.array(people.number).cast(pa.string()))
        firm = np.maximum(people.account, 0)
        domain = join(
            codes(FIRM_DOMAINS, firm % len(FIRM_DOMAINS)), pa.array(firm).cast(pa.string()), ".example.com"
        )
        private = pa.array(np.where(people.english, "example.com", "example.it"))
        self.email = join(local, "@", pc.if_else(pa.array(people.b2b), domain, private))
        self.phone = phones(people.number, "plain")
        self.phone_spaced = phones(people.number, "spaced")
        self.town = _towns(people.region, people.town)
        self.region = codes([region[0] for region in REGIONS], people.region)


FIRM_DOMAINS = tuple(name.lower().replace(" ", "-").replace("à", "a") for name in FIRM_NAMES)


def firm_names(account: Ints) -> Any:
    """Names of accounts."""
    kinds = codes(FIRM_KINDS, (account * 7919) % len(FIRM_KINDS))
    return join(
        kinds, " ", codes(FIRM_NAMES, account % len(FIRM_NAMES)), " ", pa.array(account).cast(pa.string())
    )


def _pick(italian: tuple[str, ...], foreign: tuple[str, ...], at: Ints, english: NDArray[np.bool_]) -> Any:
    names = italian + foreign
    return codes(names, np.where(english, len(italian) + at % len(foreign), at % len(italian)))


def _mail_part(names: Any) -> Any:
    return pc.replace_substring_regex(pc.utf8_lower(names), "[^a-z]", "")


def towns_of(region: Ints, at: Ints) -> Any:
    """Town names, one of those of each region."""
    return _towns(region, at)


def _towns(region: Ints, at: Ints) -> Any:
    flat = [town for found in REGIONS for town in found[2]]
    count = np.array([len(found[2]) for found in REGIONS])
    start = np.concatenate([[0], np.cumsum(count)[:-1]])
    return codes(flat, start[region] + at % count[region])
