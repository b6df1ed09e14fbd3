"""Routes of the token API for webhook endpoints."""

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Body, Router

from viaggio.kernel import ViaggioError
from viaggio.web.connections.services import endpoints
from viaggio.web.shared.models import WebhookEndpoint
from viaggio.web.shared.post.http import NotAllowed
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth

router = Router(tags=["webhooks"], auth=TokenAuth(Right.MANAGE_CONNECTIONS))

Json = Annotated[dict[str, Any], Body()]


def _endpoint(found: WebhookEndpoint) -> dict[str, Any]:
    return {
        "id": found.pk,
        "url": found.url,
        "events": found.events,
        "active": found.active,
        "note": found.note,
        "created_at": found.created_at.isoformat(),
    }


@router.get("/webhooks", summary="Webhook endpoints")
def webhooks(request: HttpRequest) -> dict[str, Any]:
    """All endpoints; secrets are never told again."""
    return {"items": [_endpoint(found) for found in WebhookEndpoint.objects.all()]}


@router.post("/webhooks", summary="A new webhook endpoint")
def new_webhook(request: HttpRequest, said: Json) -> dict[str, Any]:
    """`url`, `events` (response.completed, alert.raised), `note`; the answer tells the secret, once."""
    events = [str(event) for event in said.get("events") or ()]
    try:
        made = endpoints.add(
            str(said.get("url", "")),
            events=events,
            note=str(said.get("note") or "")[:120],
            by=request.user,  # type: ignore[arg-type]  # the token's person
            now=timezone.now(),
        )
    except NotAllowed as error:
        raise ViaggioError(
            f"nothing is sent there: {error}", place="url", hint="Give a public https address."
        ) from error
    return _endpoint(made) | {"secret": made.secret}


@router.delete("/webhooks/{number}", summary="Remove a webhook endpoint")
def remove_webhook(request: HttpRequest, number: int) -> dict[str, Any]:
    """Nothing more is sent there."""
    found = WebhookEndpoint.objects.filter(pk=number).first()
    if found is None:
        raise Http404(str(number))
    endpoints.delete(found, by=request.user)  # type: ignore[arg-type]  # the token's person
    return {"removed": number}
