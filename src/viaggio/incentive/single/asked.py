"""What somebody asks with: names and exact numbers, every fault with its place."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from viaggio.incentive.errors import BadAmount
from viaggio.incentive.exact import exact


class Asked:
    """Named plain values. Every reading of them raises `BadAmount` with the name."""

    def __init__(self, values: Mapping[str, Any], known: Iterable[str], place: str = "") -> None:
        self._values, self._place = values, place
        names = tuple(known)
        if not isinstance(values, Mapping):
            raise BadAmount("names with values are needed", place=place, hint=f"Known: {', '.join(names)}.")
        unknown = sorted(set(values) - set(names))
        if unknown:
            raise BadAmount(f"'{unknown[0]}' means nothing here", place=self._at(unknown[0]),
                            hint=f"Known: {', '.join(names)}.")  # fmt: skip

    def _at(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def has(self, name: str) -> bool:
        """Whether it is given."""
        return self._values.get(name) not in (None, "")

    def needed(self, name: str) -> Any:
        """The value as it came."""
        if not self.has(name):
            raise BadAmount(f"'{name}' is missing", place=self._at(name), hint="Give it.")
        return self._values[name]

    def number(self, name: str, otherwise: Fraction | None = None) -> Fraction:
        """An exact number."""
        if otherwise is not None and not self.has(name):
            return otherwise
        return exact(self.needed(name), place=self._at(name))

    def maybe(self, name: str) -> Fraction | None:
        """An exact number, None where it is not given."""
        return self.number(name) if self.has(name) else None

    def whole(self, name: str, otherwise: int | None = None) -> int:
        """A whole number."""
        if otherwise is not None and not self.has(name):
            return otherwise
        value = self.number(name)
        if value.denominator != 1:
            raise BadAmount(
                f"'{self._values[name]}' is no whole number", place=self._at(name), hint="Write 40."
            )
        return value.numerator

    def yes(self, name: str, *, otherwise: bool) -> bool:
        """True or false, also as text."""
        if not self.has(name):
            return otherwise
        said = str(self._values[name]).lower()
        if said not in {"true", "false"}:
            raise BadAmount(
                f"'{said}' is not true or false", place=self._at(name), hint="Write true or false."
            )
        return said == "true"

    def text(self, name: str, among: Sequence[str], otherwise: str = "") -> str:
        """One of some words; the first of them where it is not given."""
        said = str(self._values[name]) if self.has(name) else otherwise or among[0]
        if said not in among:
            raise BadAmount(
                f"'{said}' is not known", place=self._at(name), hint=f"Known: {', '.join(among)}."
            )
        return said

    def many(self, name: str) -> list[Any]:
        """A list; empty where it is not given."""
        found = self._values.get(name) or []
        if isinstance(found, str) or not isinstance(found, Sequence):
            raise BadAmount(f"'{name}' is no list", place=self._at(name), hint='Write ["1", "2"].')
        return list(found)

    def numbers(self, name: str) -> list[Fraction]:
        """A list of exact numbers; empty where it is not given."""
        return [exact(value, place=f"{self._at(name)}[{n}]") for n, value in enumerate(self.many(name))]

    def named(self, name: str) -> Mapping[str, Any]:
        """Values by name; empty where it is not given."""
        found = self._values.get(name) or {}
        if not isinstance(found, Mapping):
            raise BadAmount(f"'{name}' has no names", place=self._at(name), hint="Write name: value.")
        return found

    def amounts(self, name: str) -> dict[str, Fraction]:
        """Exact numbers by name; empty where it is not given."""
        return {key: exact(value, place=f"{self._at(name)}.{key}") for key, value in self.named(name).items()}
