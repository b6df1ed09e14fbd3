"""The addresses of the door, as sites, apps and servers call them."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from viaggio.web.events.services.door import Answer, door
from viaggio.web.shared.permissions import Guard, mark

PREFLIGHT_SECONDS = "86400"


@csrf_exempt
def call(request: HttpRequest, path: str) -> HttpResponse:
    """One call of a client; guarded by its write key, never by a session."""
    if request.method == "OPTIONS":
        return _open(HttpResponse(status=204))
    if request.method != "POST":
        return _open(HttpResponse(status=405, headers={"Allow": "POST, OPTIONS"}))
    if settings.WORKSPACE_ROOT is None:
        return _said(Answer(503, "workspace.none", "No workspace is served.", retry_after=60))
    body = _body(request)
    if body is None:
        return _said(Answer(413, "body.too_long", "The body is too long. Send fewer messages at once."))
    return _said(door(settings.WORKSPACE_ROOT).take(path, body, request.headers.get("Authorization", "")))


def _body(request: HttpRequest) -> bytes | None:
    """The body as it came, None when it is longer than allowed; one that breaks off raises."""
    from viaggio.store.events import MOST_BYTES

    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return None
    body = request.read(MOST_BYTES + 1)
    return body if len(body) <= MOST_BYTES else None


def _said(answer: Answer) -> HttpResponse:
    said: dict[str, str | bool] = {"success": answer.status == 200}
    if answer.code:
        said |= {"code": answer.code, "message": answer.message}
    response = HttpResponse(json.dumps(said), status=answer.status, content_type="application/json")
    if answer.retry_after:
        response.headers["Retry-After"] = str(answer.retry_after)
    if answer.status == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="events"'
    return _open(response)


def _open(response: HttpResponse) -> HttpResponse:
    """Browsers of every site may call; the key is what counts, no cookie is read."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Allow-Methods"] = "POST, OPTIONS"
    response.headers["Access-Control-Allow-Headers"] = "authorization, content-type, content-encoding"
    response.headers["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


mark(call, Guard("token"))
call.login_required = False  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
