"""How the post stands, its log, and the addresses that are not written to."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from viaggio.web.connections.forms import AddressForm
from viaggio.web.connections.services import addresses, endpoints, state
from viaggio.web.connections.words import KINDS, STATES, SUPPRESSED, answer_words
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.post.returns import report_token
from viaggio.web.shared.roles import Right

PAGE = 50  # rows


def me(request: HttpRequest) -> User:
    """The signed-in person; `needs` has made sure that there is one."""
    return cast("User", request.user)


@needs(Right.MANAGE_CONNECTIONS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Mail, gateways, webhooks and addresses at a glance."""
    return render(request, "connections/home.html", _home())


def _home() -> dict[str, object]:
    setup, fault = state.setup_or_fault()
    base = setup.address if setup else ""
    return {
        "setup": setup,
        "fault": fault,
        "gateways": [("SMS", setup.sms), ("WhatsApp", setup.whatsapp)] if setup else [],
        "counts": state.counts(now=timezone.now()),
        "endpoints": state.endpoints(),
        "failures": worded(state.failures()),
        "suppressions": [(SUPPRESSED.get(kind, kind), n) for kind, n in state.suppressions()],
        "address_form": AddressForm(),
        "report_address": base + reverse("connections:returned", args=[report_token()]),
    }


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    """A mail to oneself."""
    addresses.test_mail(by=me(request), now=timezone.now())
    said = _("A test mail to %(address)s is on its way. Look at the log for what became of it.")
    messages.success(request, said % {"address": me(request).email})
    return redirect("connections:home")


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def address(request: HttpRequest) -> HttpResponse:
    """Look an address up, put it on the list or take it off; it never stands in an address bar."""
    form = AddressForm(request.POST)
    page = _home() | {"address_form": form}
    if form.is_valid():
        written = form.cleaned_data["address"]
        wanted = request.POST.get("do", "")
        if wanted == "stop" and addresses.stop(written, by=me(request), now=timezone.now()):
            messages.success(request, _("Nothing is sent to this address any more."))
        elif wanted == "release" and addresses.let_go(written, by=me(request)):
            messages.success(request, _("This address can be written to again."))
        known = addresses.look_up(written, by=me(request))
        page |= {"looked_up": True, "known": known, "known_as": SUPPRESSED.get(known.kind) if known else ""}
    return render(request, "connections/home.html", page)


@needs(Right.MANAGE_CONNECTIONS)
@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """What was sent and what became of it, newest first."""
    kind, wanted = request.GET.get("kind", ""), request.GET.get("state", "")
    found = state.rows(kind=kind, state=wanted)
    if wants_table(request):
        return _table(request, state.shown(found))
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    listed = list(found[: PAGE + 1])
    page = {
        "rows": worded(state.shown(listed[:PAGE])),
        "older": listed[PAGE - 1].pk if len(listed) > PAGE else None,
        "newest": not before,
        "kinds": [(code, name, code == kind) for code, name in KINDS.items()],
        "states": [(code, name, code == wanted) for code, name in STATES.items()],
    }
    return render(request, "connections/log.html", page)


def worded(rows: list[state.Row]) -> list[dict[str, object]]:
    """Rows of the log with their codes in words."""
    return [
        {
            "it": row.row,
            "to": row.to,
            "again": row.again,
            "kind": KINDS[row.row.kind],
            "state": STATES[row.row.state],
            "answer": answer_words(row.row.answer),
        }
        for row in rows
    ]


def _table(request: HttpRequest, rows: list[state.Row]) -> HttpResponse:
    columns = [
        _("No."),
        _("Id"),
        _("Kind"),
        _("To"),
        _("State"),
        _("Tries"),
        _("What the other side said"),
        _("Queued"),
        _("Sent"),
    ]
    cells = (
        (
            line.row.pk,
            line.row.key,
            str(KINDS[line.row.kind]),
            line.to,
            str(STATES[line.row.state]),
            line.row.tries,
            answer_words(line.row.answer),
            line.row.queued_at.isoformat(),
            line.row.sent_at.isoformat() if line.row.sent_at else None,
        )
        for line in rows
    )
    return table_response(request, columns, cells, "post")


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a row once more."""
    if endpoints.send_again(pk, by=me(request), now=timezone.now()):
        messages.success(request, _("It is sent again, under the same id."))
    else:
        messages.error(
            request, _("It can not be sent again: it is on its way, or its words were thrown away.")
        )
    return redirect("connections:log")
