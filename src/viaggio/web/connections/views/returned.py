"""Where mail servers and gateways report what did not arrive."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from viaggio.web.shared.permissions import open_to_all
from viaggio.web.shared.post import returns
from viaggio.web.shared.post.setup import connections


@open_to_all
@csrf_exempt  # programs report without cookies; the token in the address is their key
@require_POST
def returned(request: HttpRequest, token: str) -> HttpResponse:
    """Take a report: a mail that came back (as it is), or a gateway's JSON or form. 204 whatever it says."""
    if not returns.is_report_token(token):
        return HttpResponseNotFound()
    kind = request.content_type or ""
    body = request.read(returns.MOST)
    if "json" in kind or "form-urlencoded" in kind:
        found = returns.gateway_report(body, kind, connections())
    else:
        found = returns.mail_report(body)
    if found is not None:
        returns.note(found, now=timezone.now())
    return HttpResponse(status=204)
