"""The one way a walk over arrays is compiled: no Python inside, other threads may run, kept on disk.

numba keeps the machine code beside the source file and looks at that file's time only: who edits an
`inlined` function or one in another file removes the `__pycache__` folders of the room.
"""

from collections.abc import Callable
from typing import Any, cast

from numba import njit


def compiled[F: Callable[..., Any]](function: F) -> F:
    """The function as machine code: compiled at the first call, then taken from numba's cache.

    Where numba finds no folder to write to, it is compiled anew in every process.
    """
    try:
        return cast("F", njit(nogil=True, cache=True)(function))
    except RuntimeError:
        return cast("F", njit(nogil=True)(function))


def inlined[F: Callable[..., Any]](function: F) -> F:
    """A step of a walk, compiled into each place of use: a call with arrays costs more than the step itself.

    It has one `return`, at its end.
    """
    return cast("F", njit(nogil=True, inline="always")(function))
