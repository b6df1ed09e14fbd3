"""Who keeps records of customers. A face registers when it starts, so that erasing knows no face."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from viaggio.store.erasure import Request
    from viaggio.store.workspace import Workspace


class Keeper(Protocol):
    """One face's records of people."""

    def settle(self, ws: "Workspace") -> None:
        """Land what is decided and has not landed; under the lock of fielding."""

    def look(self, request: "Request") -> Mapping[str, int]:
        """Rows that name the person, by place `records.<what>`."""

    def erase(self, request: "Request") -> None:
        """Take the person out, in the caller's transaction; the same again does nothing."""


_keepers: dict[str, Keeper] = {}


def register(name: str, keeper: Keeper) -> None:
    """Ask this keeper whenever a person is erased; a name registered again replaces its keeper."""
    _keepers[name] = keeper


def keepers() -> tuple[Keeper, ...]:
    """All keepers, by name."""
    return tuple(_keepers[name] for name in sorted(_keepers))
