"""Questions under way: each is computed once, shows how far it is, and stops when nobody waits for it.

A finished calculation is the remembered answer, until newer ones take its place. Everything here lives in
one process: another one computes for itself.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import blake2b
from threading import Event, Lock
from typing import Any

from viaggio.journey.index import Bucket, Codes, Journeys

WAITED_FOR = 60.0
"""Seconds after which somebody who does not ask any more has gone away."""

type Clock = Callable[[], float]


class Stopped(Exception):
    """The calculation was stopped: nobody waits for it any more."""


class UnderWay(Exception):
    """The answer is not there yet."""

    def __init__(self, calculation: "Calculation") -> None:
        super().__init__(calculation.code)
        self.calculation = calculation


@dataclass(eq=False)
class Calculation:
    """One question being answered. `walks`: how often it goes over all buckets; `clock`: seconds, rising.

    `waiting`: people who asked, with the second at which they last did.
    """

    code: str
    clock: Clock
    walks: int = 1
    done: int = 0
    buckets: int = 0
    stopped: bool = False
    waiting: dict[int, float] = field(default_factory=dict)
    finished: Event = field(default_factory=Event)
    result: Any = None
    failure: BaseException | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def per_cent(self) -> int:
        """How far it is: 0 to 99 while it runs, 100 at its end."""
        if self.finished.is_set():
            return 100
        return min(100 * self.done // max(self.walks * self.buckets, 1), 99)

    def asked_by(self, person: int) -> None:
        """Somebody waits for it."""
        with self._lock:
            self.waiting[person] = self.clock()

    def left_by(self, person: int) -> None:
        """Somebody waits no longer; it stops if nobody else does."""
        with self._lock:
            self.waiting.pop(person, None)
            self.stopped = not self.finished.is_set() and not self._waited_for()

    def await_for(self, person: int) -> None:
        """Wait until it is finished, on behalf of somebody."""
        self.asked_by(person)
        while not self.finished.wait(WAITED_FOR / 4):
            self.asked_by(person)

    def step(self) -> None:
        """One bucket more; raises `Stopped` where nobody waits."""
        with self._lock:
            self.stopped = self.stopped or not self._waited_for()
            self.done += 1
        if self.stopped:
            raise Stopped(self.code)

    def answer(self) -> Any:
        """What was found; raises what went wrong."""
        if self.failure is not None:
            raise self.failure
        return self.result

    def _waited_for(self) -> bool:
        return any(self.clock() - at < WAITED_FOR for at in self.waiting.values())


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """Journeys that tell a calculation of every bucket that is walked."""

    journeys: Journeys
    calculation: Calculation

    @property
    def codes(self) -> Codes:
        """Dictionaries of the coded columns."""
        return self.journeys.codes

    @property
    def version(self) -> str:
        """Name of this state of the data."""
        return self.journeys.version

    def __len__(self) -> int:
        """Number of buckets."""
        return len(self.journeys)

    def bucket(self, number: int) -> Bucket:
        """One bucket; raises `Stopped` where nobody waits."""
        self.calculation.buckets = len(self.journeys)
        self.calculation.step()
        return self.journeys.bucket(number)


class Calculations:
    """Those under way and the latest answers, at most `size`; safe for threads."""

    def __init__(self, size: int, clock: Clock, *, at_once: int = 2) -> None:
        self._size, self._clock, self._at_once = size, clock, at_once
        self._known: OrderedDict[str, Calculation] = OrderedDict()
        self._lock = Lock()
        self._pool: ThreadPoolExecutor | None = None

    def ask(
        self,
        question: Hashable,
        compute: Callable[[Calculation], Any],
        *,
        person: int,
        patience: float,
        walks: int = 1,
    ) -> Any:
        """The answer, remembered or computed. After `patience` seconds without one `UnderWay` is raised.

        `question` tells questions apart by its `repr`, so that it has the same code in every process.
        """
        code = blake2b(repr(question).encode(), digest_size=12).hexdigest()
        with self._lock:
            found = self._known.get(code)
            if found is None or found.stopped or found.failure is not None:
                found = self._known[code] = Calculation(code, self._clock, walks)
                found.asked_by(person)
                self._start(found, compute)
            self._known.move_to_end(code)
            self._forget()
        found.asked_by(person)
        if not found.finished.wait(patience):
            raise UnderWay(found)
        return found.answer()

    def named(self, code: str) -> Calculation | None:
        """The calculation of that code; None where this process knows none."""
        with self._lock:
            return self._known.get(code)

    def _start(self, one: Calculation, compute: Callable[[Calculation], Any]) -> None:
        if self._pool is None:  # made when first needed: a server's processes part before that
            self._pool = ThreadPoolExecutor(self._at_once, thread_name_prefix="question")
        self._pool.submit(_carry_out, one, compute)

    def _forget(self) -> None:
        over = [code for code, one in self._known.items() if one.finished.is_set()]
        for code in over[: max(len(self._known) - self._size, 0)]:
            del self._known[code]


def _carry_out(one: Calculation, compute: Callable[[Calculation], Any]) -> None:
    try:
        one.result = compute(one)
    except BaseException as error:  # noqa: BLE001 -- handed over to whoever asked
        one.failure = error
    finally:
        one.finished.set()
