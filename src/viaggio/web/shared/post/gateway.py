"""Messages through a gateway behind HTTP: what is sent, and what its answer means."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from viaggio.web.shared.models.outgoing import Outgoing
from viaggio.web.shared.post import http
from viaggio.web.shared.post.outcome import Outcome
from viaggio.web.shared.post.setup import Gateway

LONGEST_ASKED_WAIT = timedelta(hours=1)


def filled(body: object, values: Mapping[str, str]) -> Any:
    """The template with `{to}`, `{text}` and `{id}` filled in wherever a text stands."""
    if isinstance(body, Mapping):
        return {name: filled(value, values) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, values) for value in body]
    if not isinstance(body, str):
        return body
    parts = body.split("{")
    made = parts[0]
    for part in parts[1:]:  # one walk, so that a brace in the message's own text stays what it is
        name, closed, rest = part.partition("}")
        made += values[name] + rest if closed and name in values else "{" + part
    return made


def field_of(answer: object, path: str) -> str:
    """The value at `messages.0.id` of a JSON answer; nothing where there is none."""
    for step in path.split("."):
        if isinstance(answer, list) and step.isdecimal() and int(step) < len(answer):
            answer = answer[int(step)]
        elif isinstance(answer, Mapping) and step in answer:
            answer = answer[step]
        else:
            return ""
    return "" if isinstance(answer, dict | list) or answer is None else str(answer)


def send(row: Outgoing, gateway: Gateway) -> Outcome:
    """Hand one message to the gateway; whatever goes wrong comes back as an outcome."""
    values = {"to": row.to, "text": str(row.payload.get("text", "")), "id": row.key.replace(":", "-")}
    body = filled(gateway.body, values)
    kind = "application/x-www-form-urlencoded" if gateway.form else "application/json"
    words = urlencode(body) if gateway.form else json.dumps(body, ensure_ascii=False)
    headers = {"Content-Type": kind, "Accept": "application/json", "User-Agent": "Viaggio", **gateway.headers}
    try:
        answer = http.call(gateway.method, gateway.url, headers=headers, body=words.encode(), inside=True)
    except (http.NotAllowed, http.Unreachable) as error:
        return Outcome(state="later", answer=str(error))
    return understood(answer, gateway)


def understood(answer: http.Answer, gateway: Gateway) -> Outcome:
    """What the answer means: taken, a dead number, a fault of this message, or to be tried again."""
    try:
        said = json.loads(answer.body or b"null")
    except (ValueError, RecursionError):
        said = None
    fine = 200 <= answer.status < 300
    state = field_of(said, gateway.taken_field) if gateway.taken_field else ""
    dead = field_of(said, gateway.dead_field) if gateway.dead_field else ""
    note = " ".join(str(part) for part in (answer.status, state, dead) if part != "")
    if dead and dead in gateway.dead:
        return Outcome(state="bounced", answer=note, reason="refused_by_gateway")
    if fine and (not gateway.taken or state in gateway.taken):
        reference = field_of(said, gateway.id_field) if gateway.id_field else ""
        return Outcome(state="sent", answer=note, reference=reference)
    if fine or (400 <= answer.status < 500 and answer.status not in {401, 403, 404, 408, 425, 429}):
        return Outcome(state="failed", answer=note, reason="refused_by_gateway")
    return Outcome(state="later", answer=note, wait=asked_wait(answer.retry_after))


def asked_wait(retry_after: str) -> timedelta | None:
    """The wait of a Retry-After in seconds, at most an hour; None where there is none."""
    if not retry_after.isdecimal():
        return None
    return min(LONGEST_ASKED_WAIT, timedelta(seconds=int(retry_after)))
