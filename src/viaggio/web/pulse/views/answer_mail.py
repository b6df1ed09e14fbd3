"""What leads from a mail: stopping all of it, and looking at it in the browser."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from viaggio.web.pulse.models import Invitation
from viaggio.web.pulse.services import links, refusing
from viaggio.web.pulse.views.answer_look import draw, speak, styled_by
from viaggio.web.pulse.views.answer_pages import stopped
from viaggio.web.shared.navigation import company_name
from viaggio.web.shared.permissions import open_to_all


@open_to_all
@csrf_exempt  # RFC 8058: mail programs POST without cookies
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """No more messages: GET shows the page and changes nothing, POST does it, once and for all pulses."""
    key = links.unsubscribed_of(token)
    invitation = Invitation.objects.filter(pk=key).first() if key else None
    if invitation is None:
        return stopped("unknown", translation.get_language() or "it")
    language = request.GET.get("l", "")[:12] or invitation.language
    speak(language)
    if request.method == "POST":
        refusing.unsubscribe(invitation.id, now=timezone.now())
    page: dict[str, object] = {"company": company_name()}
    if request.method == "POST" or refusing.is_unsubscribed(invitation):
        page |= {
            "title": _("We will not write to you any more"),
            "paragraphs": [_("From now on you get no more surveys from us. It took effect at once.")],
        }
    else:
        page |= {
            "title": _("No more surveys from us?"),
            "paragraphs": [_("With one tap you get no more surveys from us, about anything.")],
            "ask": _("Do not write to me any more"),
            "action": request.get_full_path(),
        }
    return draw("message", language, page)


@open_to_all
@require_safe
def mail(request: HttpRequest, token: str) -> HttpResponse:
    """The mail as a page, for programs that show it badly."""
    key = links.mailed_of(token)
    invitation = Invitation.objects.select_related("pulse", "version").filter(pk=key).first() if key else None
    if invitation is None:
        return stopped("unknown", translation.get_language() or "it")
    from viaggio.web.pulse.services import message_look, messages

    response = HttpResponse(messages.page_of(invitation, now=timezone.now()))
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    response._csp_config = styled_by(message_look.sheet(whole=True))  # type: ignore[attr-defined]  # noqa: SLF001 -- what csp_override sets
    return response
