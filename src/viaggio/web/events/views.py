"""The addresses of the door, as sites, apps and servers call them."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from viaggio.web.events.services.door import OPEN_TO_BROWSERS, PREFLIGHT, TOO_LONG, Answer, door
from viaggio.web.shared.permissions import Guard, mark


@csrf_exempt
def call(request: HttpRequest, path: str) -> HttpResponse:
    """One call of a client; guarded by its write key, never by a session."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=PREFLIGHT)
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST, OPTIONS", **OPEN_TO_BROWSERS})
    answer = _answer(request, path)
    return HttpResponse(answer.body, status=answer.status, headers=answer.headers)


def _answer(request: HttpRequest, path: str) -> Answer:
    from viaggio.store.events import MOST_BYTES

    if settings.WORKSPACE_ROOT is None:
        return Answer(503, "workspace.none", "No workspace is served.", retry_after=60)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return TOO_LONG
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return TOO_LONG
    return door(settings.WORKSPACE_ROOT).take(path, body, request.headers.get("Authorization", ""))


mark(call, Guard("token"))
call.login_required = False  # type: ignore[attr-defined]  # read by LoginRequiredMiddleware
