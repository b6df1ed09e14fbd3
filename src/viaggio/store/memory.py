"""A bounded memory of answers, for many threads."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Event, Lock
from typing import Any


class Memory:
    """A bounded memory of answers, least recently used first out; safe for threads.

    What one thread is asking, another waits for. So an answer must not ask for itself by a detour.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()
        self._asking: dict[Hashable, Event] = {}
        self._lock = Lock()

    def knows(self, question: Hashable) -> bool:
        """Whether the answer to the question is remembered."""
        with self._lock:
            return question in self._answers

    def recall(self, question: Hashable, ask: Callable[[], Any]) -> Any:
        """The answer to the question, asked now unless it is remembered or being asked."""
        while True:
            with self._lock:
                if question in self._answers:
                    self._answers.move_to_end(question)
                    return self._answers[question]
                other = self._asking.get(question)
                if other is None:
                    mine = self._asking[question] = Event()
                    break
            other.wait()
        try:
            answer = ask()
            with self._lock:
                self._answers[question] = answer
                while len(self._answers) > self._size:
                    self._answers.popitem(last=False)
            return answer
        finally:
            with self._lock:
                del self._asking[question]
            mine.set()
