"""Which answers can never be a base of pay: asked of the faces that ask customers."""

from collections.abc import Callable, Iterable

Finder = Callable[[], Iterable[str]]
"""Slugs of pulses whose answers no pay may be built on."""

_finders: list[Finder] = []


def register(finder: Finder) -> None:
    """Let a face say which of its pulses are no base of pay."""
    _finders.append(finder)


def no_pay_base() -> tuple[str, ...]:
    """Slugs of all pulses whose answers are left out of whatever is paid, ascending."""
    return tuple(sorted({slug for find in _finders for slug in find()}))
