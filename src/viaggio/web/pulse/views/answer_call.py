"""Answering by call: the same way in, as JSON, for programs that hold somebody's link."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from viaggio.web.pulse.services import anonymous
from viaggio.web.pulse.services.answering import NotTaken, take
from viaggio.web.pulse.services.links import AnonymousLink, OpenLink, link_of, response_token
from viaggio.web.pulse.services.rates import PERSONAL, RATES, SHARED
from viaggio.web.shared.permissions import open_to_all

LARGEST = 256 * 1024
STATUS: Mapping[str, int] = {
    "unknown": 404, "not_yet": 404, "closed": 410, "expired": 410, "quota_full": 409, "too_many": 429,
    "busy": 503, "unreadable": 400, "faults": 422, "nothing_answered": 422,
}  # fmt: skip


class Unreadable(Exception):
    """A body that is no JSON object of the form that is wanted."""


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object that was sent; raises `Unreadable`."""
    if len(request.body) > LARGEST:
        raise Unreadable
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable from error
    if not isinstance(found, dict):
        raise Unreadable
    return found


def problem(why: NotTaken) -> JsonResponse:
    """Why nothing was stored, as a problem document (RFC 9457)."""
    status = STATUS.get(why.code, 422)
    body = {
        "type": f"urn:viaggio:answer.{why.code}",
        "code": f"answer.{why.code}",
        "title": str(why.code).replace("_", " "),
        "status": status,
        "faults": [{"code": fault.code, "item": fault.item} for fault in why.faults],
    }
    response = JsonResponse(body, status=status, content_type="application/problem+json")
    if status == STATUS["too_many"]:
        response.headers["Retry-After"] = "60"
    return response


@open_to_all
@csrf_exempt  # the address is the proof; no cookie could be abused
@require_POST
def answers(request: HttpRequest, token: str) -> JsonResponse:
    """Take a submission: `submission` (its own id), `answers` by item, `page`, `finished`, `language`.

    200 once it is on the disk, and again for the same submission; 422 with every fault when it can not be
    taken; 404, 409 (quota), 410 (over), 429. On an open link the answer's `token` goes on with the response.
    """
    try:
        return JsonResponse(_taken(token, body_of(request)))
    except Unreadable:
        return problem(NotTaken("unreadable"))
    except NotTaken as why:
        return problem(why)


def _taken(token: str, body: Mapping[str, Any]) -> dict[str, Any]:
    now, link = timezone.now(), link_of(token)
    if link is None:
        raise NotTaken("unknown")
    shared = isinstance(link, OpenLink)
    if not RATES.allows(token, SHARED if shared else PERSONAL, now=now):
        raise NotTaken("too_many")
    submission, page, said = body.get("submission"), body.get("page", 0), body.get("answers", {})
    if not (isinstance(submission, str) and 0 < len(submission) <= 64 and isinstance(said, dict)):
        raise Unreadable
    if not isinstance(page, int) or isinstance(page, bool) or not 0 <= page < 32_768:
        raise Unreadable
    if isinstance(link, AnonymousLink) or (isinstance(link, OpenLink) and anonymous.is_anonymous(link.pulse)):
        secret = token if isinstance(link, AnonymousLink) else submission
        return {"state": "complete", "again": not anonymous.take(link, secret, answers=said, now=now)}
    taken = take(
        link,
        submission,
        page=page,
        answers=said,
        finished=body.get("finished") is True,
        language=str(body.get("language") or translation.get_language() or "it")[:5],
        now=now,
    )
    onward = response_token(taken.response) if shared else token
    return {"response": taken.response, "state": taken.state, "again": taken.again, "token": onward}
