"""One step ahead: the next piece of work is fetched by another thread while this one is done."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor


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
