"""Webhook calls: the address is checked again at every call, the body is the one that was queued."""

from datetime import datetime

from viaggio.web.shared.models.outgoing import Outgoing, WebhookEndpoint
from viaggio.web.shared.post import http
from viaggio.web.shared.post.gateway import asked_wait
from viaggio.web.shared.post.outcome import Outcome
from viaggio.web.shared.webhooks import TEST_EVENT, signed


def send(row: Outgoing, endpoint: WebhookEndpoint | None, *, inside: bool, now: datetime) -> Outcome:
    """Make one call; whatever goes wrong comes back as an outcome.

    2xx is delivered; 410 ends it (the endpoint wants no more calls); everything else, redirects too, is tried
    again, as the convention asks.
    """
    if endpoint is None or not (endpoint.active or row.payload["event"] == TEST_EVENT):
        gone = "endpoint_deleted" if endpoint is None else "endpoint_paused"
        return Outcome(state="withdrawn", answer=gone, reason=gone, counts=False)
    body = str(row.payload["body"])
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Viaggio-Webhooks",
        **signed(endpoint, str(row.payload["id"]), body, now=now),
    }
    try:
        answer = http.call("POST", endpoint.url, headers=headers, body=body.encode(), inside=inside)
    except (http.NotAllowed, http.Unreachable) as error:
        return Outcome(state="later", answer=str(error))
    if 200 <= answer.status < 300:
        return Outcome(state="sent", answer=str(answer.status))
    if answer.status == 410:
        return Outcome(state="failed", answer="410", reason="gone")
    return Outcome(state="later", answer=str(answer.status), wait=asked_wait(answer.retry_after))
