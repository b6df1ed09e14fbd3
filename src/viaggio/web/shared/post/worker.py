"""Sends what is due: one thread for each channel, beside the task worker, in as many processes as you like.

A slow endpoint or mail server holds up its own channel only. Webhooks go out several at a time, one after the
other to each endpoint, and when an endpoint does not answer its other calls of the batch wait with it.
"""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from django.db import DatabaseError, close_old_connections
from django.db import connections as databases
from django.utils import timezone

from viaggio.web.shared.models.outgoing import Outgoing, WebhookEndpoint
from viaggio.web.shared.post import calls, gateway, mail, owners, queue
from viaggio.web.shared.post.outcome import Outcome, wait_after
from viaggio.web.shared.post.setup import BadConnection, Connections, connections
from viaggio.web.shared.post.suppression import suppressed
from viaggio.web.shared.worker import worker_name

logger = logging.getLogger("viaggio.post")

LOOK_EVERY = 1.0  # seconds between two looks at the queue
KEEP_HOUSE_EVERY = 10.0  # seconds between two looks for dead workers
RENEW_EVERY = 30.0  # seconds
CALLS_AT_ONCE = 4

Clock = Callable[[], datetime]


def send_due(channel: str, worker: str, setup: Connections, *, clock: Clock = timezone.now) -> int:
    """Claim and send one batch of a channel; returns how many rows were in it."""
    rate = setup.rates().get(channel)
    if rate is None:
        return 0
    rows = queue.claim(channel, worker, rate=rate, now=clock())
    if not rows:
        return 0
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(rows, worker, done), daemon=True)
    keeper.start()
    try:
        wanted = list(_still_wanted(rows, worker, clock))
        if channel == "mail":
            _mail(wanted, worker, setup, clock)
        elif channel == "webhook":
            _webhooks(wanted, worker, setup, clock)
        else:
            for row in wanted:
                way = setup.gateway(channel)
                assert way is not None  # a channel with a rate is set up
                queue.settle(row, gateway.send(row, way), worker, now=clock())
    finally:
        done.set()
        keeper.join()
    return len(rows)


def _still_wanted(rows: list[Outgoing], worker: str, clock: Clock) -> Iterator[Outgoing]:
    """The rows that are to be sent; the others are withdrawn with their reason."""
    for row in rows:
        owner = owners.owner_of(row)
        instead = (owner.unwanted(row, clock()) if owner else None) or _barred(row)
        if instead is not None:
            queue.settle(row, instead, worker, now=clock())
        else:
            yield row


def _barred(row: Outgoing) -> Outcome | None:
    """Why nobody may write to the row's address; None when one may."""
    if row.kind == "webhook":
        return None
    known = suppressed(row.to) if row.to else None
    reason = f"suppressed_{known.kind}" if known else "" if row.to else "no_address"
    return Outcome(state="withdrawn", answer=reason, reason=reason, counts=False) if reason else None


def _mail(rows: list[Outgoing], worker: str, setup: Connections, clock: Clock) -> None:
    assert setup.mail is not None  # a channel with a rate is set up
    with mail.Postman(setup.mail) as postman:
        for row in rows:
            queue.settle(row, postman.send(row), worker, now=clock())


def _webhooks(rows: list[Outgoing], worker: str, setup: Connections, clock: Clock) -> None:
    """Call several endpoints at once and each for one row after the other; only the calls leave this thread.

    After the first call to an endpoint without success its other rows wait as long.
    """
    queues: dict[int, list[Outgoing]] = {}
    for row in rows:
        queues.setdefault(int(row.payload.get("endpoint", 0)), []).append(row)
    endpoints = WebhookEndpoint.objects.in_bulk(list(queues))
    with ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="viaggio-webhook") as pool:

        def start(key: int) -> tuple[Future[Outcome], int]:
            inside, now = setup.webhooks_inside, clock()
            return pool.submit(calls.send, queues[key][0], endpoints.get(key), inside=inside, now=now), key

        running = dict(start(key) for key in queues)
        while running:
            for call in wait(running, return_when=FIRST_COMPLETED).done:
                key, outcome = running.pop(call), call.result()
                _called(queues[key], outcome, endpoints.get(key), worker, clock())
                if queues[key]:
                    future, again = start(key)
                    running[future] = again


def _called(
    rows: list[Outgoing], outcome: Outcome, endpoint: WebhookEndpoint | None, worker: str, now: datetime
) -> None:
    """Settle the first of an endpoint's rows, and the others too when there is no use in calling it now."""
    queue.settle(rows.pop(0), outcome, worker, now=now)
    if outcome.reason == "gone" and endpoint is not None:
        endpoint.active = False
        endpoint.save(update_fields=["active"])
    if outcome.state == "later":
        for row in rows:
            pause = outcome.wait or wait_after(1, row.key)
            stopped = Outcome(state="later", answer=outcome.answer, wait=pause, counts=False)
            queue.settle(row, stopped, worker, now=now)
        rows.clear()


def _keep(rows: list[Outgoing], worker: str, done: threading.Event) -> None:
    """Renew the leases while the batch is on its way."""
    while not done.wait(RENEW_EVERY):
        try:
            queue.renew(rows, worker, now=timezone.now())
        except DatabaseError:
            logger.exception("Leases of the post could not be renewed.")
    databases.close_all()


class _Lane(threading.Thread):
    """Sends the rows of one channel until it is stopped; the mail lane keeps house for all."""

    def __init__(self, channel: str, ended: threading.Event, *, keeps_house: bool) -> None:
        super().__init__(name=f"viaggio-post-{channel}", daemon=True)
        self.channel = channel
        self.worker = worker_name()
        self._ended = ended
        self._keeps_house = keeps_house
        self._complained = ""

    def run(self) -> None:
        """Look, send, and wait a second when there was nothing."""
        waited = KEEP_HOUSE_EVERY
        while not self._ended.is_set():
            close_old_connections()
            sent = 0
            try:
                if self._keeps_house and waited >= KEEP_HOUSE_EVERY:
                    waited = 0.0
                    keep_house(now=timezone.now())
                sent = send_due(self.channel, self.worker, connections())
            except BadConnection as error:
                self._complain(str(error))
            except DatabaseError:  # busy or away for a moment: the next look tries again
                logger.exception("The post could not be read.")
            except Exception:  # whatever one row brought up must not stop all the others
                logger.exception("A batch of the post was left; it is taken back later.")
            if not sent:
                self._ended.wait(LOOK_EVERY)
                waited += LOOK_EVERY
        close_old_connections()
        databases.close_all()

    def _complain(self, words: str) -> None:
        if words != self._complained:
            self._complained = words
            logger.error("Post is not set up rightly: %s", words)


def keep_house(*, now: datetime) -> None:
    """Take rows back from dead workers and empty the old ones."""
    if back := queue.reclaim(now=now):
        logger.warning("Took back %d pieces of post of workers that died.", back)
    queue.empty(now=now)


class Post:
    """All lanes of this process: `start`, `stop`."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._lanes = [_Lane(name, self._ended, keeps_house=name == "mail") for name in queue.CHANNELS]

    def start(self) -> None:
        """Begin to send."""
        for lane in self._lanes:
            lane.start()

    def stop(self, *, wait_seconds: float = 5.0) -> None:
        """Send no more; a row on its way that does not end in time is taken back by the next worker."""
        self._ended.set()
        for lane in self._lanes:
            lane.join(wait_seconds)
