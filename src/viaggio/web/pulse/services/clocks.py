"""The clocks of rest: when persons and accounts were last asked, over all pulses and channels."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from viaggio.kernel import utc_micros
from viaggio.pulse.fielding import Clocks, Rest
from viaggio.web.pulse.models import LastAsked

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
type Asked = tuple[int, int, datetime]
"""Customer, account (0 for none), and when."""


def moment(micros: int) -> datetime:
    """The aware datetime of UTC microseconds."""
    return _EPOCH + timedelta(microseconds=micros)


def clocks(rest: Rest, survey_type: str, *, now: datetime, engine: "Engine | None" = None) -> Clocks:
    """What the rules of a plan must know; records joined since then count for the one customer they are."""
    days = max(rest.person, rest.person_type, rest.account, rest.account_type)
    same = _joined(engine) if engine else {}
    found = Clocks(person={}, person_type={}, account={}, account_type={})
    rows = LastAsked.objects.filter(at__gt=now - timedelta(days=days)) if days else LastAsked.objects.none()
    for who, key, kind, at in rows.values_list("who", "key", "survey_type", "at").iterator(chunk_size=5000):
        resolved, micros = same.get(key, key), utc_micros(at)
        both = [found.person, found.person_type] if who == "person" else [found.account, found.account_type]
        for clock in both if kind == survey_type else both[:1]:
            clock[resolved] = max(micros, clock.get(resolved, micros))  # type: ignore[index]  # dicts of ours
    return found


def _joined(engine: "Engine") -> dict[int, int]:
    """The customer of each key that is another's."""
    from viaggio.store.sql import sql

    rows = engine.known(sql("frame_joined"))
    return dict(zip(rows["node"].to_pylist(), rows["customer"].to_pylist(), strict=True))


def start_clocks(asked: Iterable[Asked], survey_type: str) -> None:
    """Start the clocks of those asked, in the caller's transaction; none ever goes back."""
    latest: dict[tuple[str, int], datetime] = {}
    for customer, account, at in asked:
        for who, key in (("person", customer), ("account", account)):
            if key:
                latest[who, key] = max(at, latest.get((who, key), at))
    for who in ("person", "account"):
        _start(who, {key: at for (kind, key), at in latest.items() if kind == who}, survey_type)


def _start(who: str, latest: dict[int, datetime], survey_type: str) -> None:
    keys = sorted(latest)
    for first in range(0, len(keys), 500):
        some = keys[first : first + 500]
        rows = LastAsked.objects.filter(who=who, survey_type=survey_type, key__in=some)
        known = dict(rows.values_list("key", "at"))
        LastAsked.objects.bulk_create(
            [
                LastAsked(
                    who=who,
                    key=key,
                    survey_type=survey_type,
                    at=max(latest[key], known.get(key, latest[key])),
                )
                for key in some
            ],
            update_conflicts=True,
            unique_fields=["who", "key", "survey_type"],
            update_fields=["at"],
        )
