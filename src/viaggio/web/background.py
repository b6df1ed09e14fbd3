"""Work that nobody waits for, in a process of its own: tasks, post, live events, and the clock of the pulses.

Pages and answers never share an interpreter with a fold or a draw. Each process that serves runs a
`Background` thread; only one of them on a machine holds the workspace's lock, and keeps the process alive. A
byte on its standard input says that a task was queued; the end of the input, that nobody serves any more.
"""

import contextlib
import fcntl
import logging
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

logger = logging.getLogger("viaggio.background")

LOOK_EVERY = 1.0  # seconds between two tries for the lock, and before a process that ended is started again
STOP_SECONDS = 6.0
NICE = 10
"""Steps by which the process stands back when answers and pages want the processor too."""
_WAKE = b"t"


class Background(threading.Thread):
    """Keeps the background process of a workspace running until `stop`, where no other process does."""

    def __init__(self, root: Path) -> None:
        super().__init__(name="viaggio-background", daemon=True)
        self._root = root
        self._ended = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Try for the lock; with it, start the process again whenever it ends."""
        from django.tasks.signals import task_enqueued

        self._root.joinpath("cache").mkdir(exist_ok=True)
        with (self._root / "cache" / "background.lock").open("wb") as lock:
            while not self._held(lock):
                if self._ended.wait(LOOK_EVERY):
                    return
            task_enqueued.connect(self._queued)
            while not self._ended.is_set():
                self._child = subprocess.Popen(
                    [sys.executable, "-m", "viaggio.web.background"], stdin=subprocess.PIPE
                )
                while self._child.poll() is None and not self._ended.wait(LOOK_EVERY):
                    pass
                if not self._ended.is_set():
                    logger.warning(
                        "The background process ended (%s); it starts again.", self._child.returncode
                    )
                    self._ended.wait(LOOK_EVERY)
            task_enqueued.disconnect(self._queued)
            self._end_child()

    def stop(self) -> None:
        """Let the process finish what can be finished in time; what can not is taken up by the next one."""
        self._ended.set()
        if self.is_alive():
            self.join(STOP_SECONDS + 2)

    @staticmethod
    def _held(lock: IO[bytes]) -> bool:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _end_child(self) -> None:
        child = self._child
        if child is None or child.stdin is None:
            return
        with contextlib.suppress(OSError):
            child.stdin.close()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _queued(self, **_: Any) -> None:
        from django.db import transaction

        transaction.on_commit(self._wake)

    def _wake(self) -> None:
        child = self._child
        if child is not None and child.stdin is not None:
            with contextlib.suppress(OSError, ValueError):  # it has just ended: the next one looks by itself
                child.stdin.write(_WAKE)
                child.stdin.flush()


def main() -> None:
    """Work until the standard input ends. The workspace is the one that VIAGGIO_WORKSPACE names."""
    for name in (signal.SIGINT, signal.SIGTERM):  # whoever serves ends us, when its own work is done
        signal.signal(name, signal.SIG_IGN)
    os.nice(NICE)
    import django

    django.setup()
    from viaggio.web.events.services.sealer import Sealer
    from viaggio.web.pulse.services.ticker import Ticker
    from viaggio.web.shared.erasing.run import take_up
    from viaggio.web.shared.post.worker import Post
    from viaggio.web.shared.worker import Worker

    take_up()
    worker = Worker()
    threads: tuple[Worker, Post, Ticker, Sealer] = (worker, Post(), Ticker(), Sealer())
    for thread in threads:
        thread.start()
    while sys.stdin.buffer.read(1):
        worker.wake()
    for thread in threads:
        thread.stop()
    sys.stdout.flush()
    if any(thread.name.startswith("viaggio") and thread.is_alive() for thread in threading.enumerate()):
        os._exit(0)  # still inside an engine: torn down with Python it would abort; it is taken up again


if __name__ == "__main__":
    main()
