"""Around answering: how answers are used, not wanting to, a sign that a page is looked at, a code to scan."""

from contextlib import suppress

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from viaggio.web.pulse.services import opening, refusing
from viaggio.web.pulse.services.answering import NotTaken
from viaggio.web.pulse.services.links import PersonalLink, link_of
from viaggio.web.pulse.services.visits import Visit, visit
from viaggio.web.pulse.views.answer_look import draw, speak
from viaggio.web.pulse.views.answer_pages import stopped
from viaggio.web.shared.navigation import company_name
from viaggio.web.shared.permissions import open_to_all


def _visit(request: HttpRequest, token: str) -> Visit | None:
    link = link_of(token)
    if link is None:
        return None
    wish = request.GET.get("l", "")[:12]
    if not wish and not isinstance(link, PersonalLink):
        wish = translation.get_language() or ""
    try:
        return visit(link, secret=token, language=wish, now=timezone.now())
    except NotTaken:
        return None


def _unknown(request: HttpRequest) -> HttpResponse:
    return stopped("unknown", translation.get_language() or "it")


@open_to_all
@require_safe
def use(request: HttpRequest, token: str) -> HttpResponse:
    """How we use your answers: who reads them, whether they are tied to the name, how long they are kept."""
    found = _visit(request, token)
    return _use_page(found, token) if found else _unknown(request)


@open_to_all
@require_safe
def more(request: HttpRequest, token: str) -> HttpResponse:
    """The link of a mail that no person sees; what a program finds there is the page about use."""
    found = _visit(request, token)
    if found is None:
        return _unknown(request)
    if isinstance(found.link, PersonalLink) and request.method == "GET":
        opening.trapped(found.link, now=timezone.now())
    return _use_page(found, token)


def _use_page(found: Visit, token: str) -> HttpResponse:
    speak(found.language)
    named = found.invitation is not None
    page = {
        "company": company_name(),
        "title": _("How we use your answers"),
        "parts": [
            {"heading": _("What they are for"), "text": _what_for()},
            {"heading": _("Who reads them"), "text": _who_reads(found)},
            {"heading": _("Is my name on them?"), "text": _named(found, named=named)},
            {"heading": _("How long are they kept?"), "text": _kept(found)},
            {"heading": _("What you can ask for"), "text": _rights(named=named and not found.anonymous)},
        ],
        "onward": reverse("pulse:answer", args=[token]) + f"?l={found.language}",
    }
    return draw("use", found.language, page)


def _what_for() -> str:
    return _(
        "To find out what works and what does not, and to put it right. We do not sell your answers and do "
        "not use them for advertising."
    )


def _who_reads(found: Visit) -> str:
    if found.anonymous:
        return _("The people who look after our customers read all answers together, never one by one.")
    return _(
        "The people who look after our customers. What you write may be read by who can solve your problem; "
        "everybody else sees only figures of many people together."
    )


def _named(found: Visit, *, named: bool) -> str:
    if found.anonymous:
        return _(
            "No. We keep your answers apart from the link you used: not even we can put the two together "
            "again. We do not note when you answered either. So please do not write your name in the text."
        )
    if named:
        return _(
            "Yes: we know which order or request they are about, so that we can help if something is wrong."
        )
    return _("No: we only know at which place or on which page you answered, unless you write your name.")


def _kept(found: Visit) -> str:
    if found.anonymous:
        return _("As long as they are useful; there is nothing in them that leads to you.")
    return _("Until we no longer need them to get better, or until you ask us to erase them.")


def _rights(*, named: bool) -> str:
    if named:
        return _(
            "You can see your answers, correct them or have them erased at any time: just answer the message "
            "with which we asked you."
        )
    return _("Since we do not know which answers are yours, we can not look them up for you or erase them.")


@open_to_all
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, token: str) -> HttpResponse:
    """Rather not answer: GET asks, POST does it."""
    found = _visit(request, token)
    if found is None or found.invitation is None:
        return _unknown(request)
    speak(found.language)
    page: dict[str, object] = {"company": company_name(), "title": _("You would rather not answer?")}
    if request.method == "POST":
        refusing.refuse(found.invitation.id, reason="declined", now=timezone.now())
        page["title"] = _("That is all right")
        page["paragraphs"] = [_("We will not ask again about this. Thank you for telling us.")]
    else:
        page["paragraphs"] = [_("We will not ask again about this. You can still answer with the same link.")]
        page |= {"ask": _("Do not ask me again about this"), "action": request.get_full_path()}
        page |= {"onward": reverse("pulse:answer", args=[token]), "onward_words": _("Back to the questions")}
    return draw("message", found.language, page)


@open_to_all
@csrf_exempt
@require_POST
def seen(request: HttpRequest, token: str) -> HttpResponse:
    """The page says that somebody looks at it: a number tapped in a mail may count now."""
    link = link_of(token)
    if isinstance(link, PersonalLink):
        said = request.POST
        with suppress(NotTaken):
            opening.confirm(link, said.get("item", ""), said.get("value", ""), now=timezone.now())
    return HttpResponse(status=204)
