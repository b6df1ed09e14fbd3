"""Nouns of a country's rules. Every entry says where it comes from; an adviser confirms it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxYear:
    """What holds for payments of one year: rate, limit, highest income of the year before; currency units."""

    rate: Fraction
    limit: Fraction
    income_cap: Fraction
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceClass:
    """A class of absence: what a day of it loses if no plan says otherwise, and whether the law protects it.

    `counts_as_present`: its days count as worked.
    """

    code: str
    lost: Fraction
    protected: bool
    counts_as_present: bool
    names: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator:
    """A numbered indicator of the form; `other` where the name of that number is not known here."""

    number: int
    names: Mapping[str, str]
    other: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A section of the annex and the facts that go into it, by code."""

    number: int
    facts: tuple[str, ...]
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """The rules of one country. `mark` is how payroll knows amounts under the tax regime."""

    country: str
    mark: str
    taxes: Mapping[int, TaxYear]
    absences: Mapping[str, AbsenceClass]
    goals: tuple[str, ...]
    indicators: Mapping[int, Indicator]
    annex: tuple[Section, ...]
