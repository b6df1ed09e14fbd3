"""Two hands: the next piece of work is fetched, or the last one put away, by another thread meanwhile."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor


def ahead[Piece](pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces in the same order, each made while the one before is worked on; at most one waits.

    Pays where making them is work without Python: reading, unpacking. Errors come where they would have come.
    """
    source = iter(pieces)
    with ThreadPoolExecutor(1, thread_name_prefix="ahead") as pool:
        coming = pool.submit(_next, source)
        while (found := coming.result()) is not None:
            coming = pool.submit(_next, source)
            yield found[0]


def _next[Piece](source: Iterator[Piece]) -> tuple[Piece] | None:
    try:
        return (next(source),)
    except StopIteration:
        return None


class Behind:
    """Does one thing after the other in a thread of its own; at most one waits for the one before."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="behind")
        self._doing: Future[None] | None = None
        self._waiting: Future[None] | None = None

    def do(self, work: Callable[[], None]) -> None:
        """Have something done, when there is room for it; raises what went wrong before."""
        if self._doing is not None:
            self._doing.result()
        self._doing, self._waiting = self._waiting, self._pool.submit(work)

    def end(self) -> None:
        """Return when all is done; raises what went wrong."""
        self._pool.shutdown(wait=True)
        for done in (self._doing, self._waiting):
            if done is not None:
                done.result()
