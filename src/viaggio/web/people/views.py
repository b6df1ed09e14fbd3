"""Pages of people and roles: the list, an invitation, one person."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from viaggio.web.people import services
from viaggio.web.people.forms import InviteForm, RolesForm
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.invitation import link_for
from viaggio.web.shared.models import User
from viaggio.web.shared.names.rights import ROLE_NAMES
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right, Role

GET_OR_POST = require_http_methods(["GET", "POST"])


def me(request: HttpRequest) -> User:
    """The signed-in person; `needs` has made sure that there is one."""
    return cast("User", request.user)


def _roles_in_words(user: User) -> str:
    return ", ".join(str(ROLE_NAMES[Role(role)]) for role in user.roles if role in set(Role))


def _last_owner() -> str:
    return _("Somebody must stay owner: make another person owner first.")


@needs(Right.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, or once could."""
    everybody = list(User.objects.all())
    if wants_table(request):
        columns = [
            _("Name"),
            _("E-mail"),
            _("Roles"),
            _("Function"),
            _("Unit or team"),
            _("Active"),
            _("Last sign-in"),
        ]
        rows = (
            (
                u.name,
                u.email,
                _roles_in_words(u),
                u.function,
                u.unit,
                _("yes") if u.is_active else _("no"),
                u.last_login,
            )
            for u in everybody
        )
        return table_response(request, columns, rows, "people")
    return render(request, "people/people.html", {"people": everybody})


@needs(Right.MANAGE_PEOPLE)
@GET_OR_POST
def invite(request: HttpRequest) -> HttpResponse:
    """Invite a person; the answer shows the link once."""
    form = InviteForm(request.POST or None, initial={"language": me(request).language})
    link, invited = "", None
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        try:
            invited = services.invite(
                email=fields["email"],
                name=fields["name"],
                roles=[Role(role) for role in fields["roles"]],
                function=fields["function"],
                unit=fields["unit"],
                language=fields["language"],
                by=me(request),
            )
        except services.KnownAddress:
            form.add_error("email", _("A person with this address is here already. Look in the list."))
        else:
            link = link_for(invited, request)
    return render(request, "people/invite.html", {"form": form, "link": link, "invited": invited})


@needs(Right.MANAGE_PEOPLE)
@GET_OR_POST
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: roles, function, access."""
    user = get_object_or_404(User, pk=pk)
    initial = {"roles": user.roles, "function": user.function, "unit": user.unit}
    form = RolesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        roles = [Role(role) for role in fields["roles"]]
        try:
            services.change_roles(
                user, roles=roles, function=fields["function"], unit=fields["unit"], by=me(request)
            )
        except services.LastOwner:
            form.add_error("roles", _last_owner())
        else:
            messages.success(request, _("Saved."))
            return redirect("people:person", pk=pk)
    return render(request, "people/person.html", {"form": form, "person": user})


@needs(Right.MANAGE_PEOPLE)
@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Shut a person out, or let in again."""
    user = get_object_or_404(User, pk=pk)
    if request.POST.get("active") == "yes":
        services.reactivate(user, by=me(request))
        messages.success(request, _("%(name)s can sign in again.") % {"name": user.name})
        return redirect("people:person", pk=pk)
    try:
        services.deactivate(user, by=me(request))
    except services.LastOwner:
        messages.error(request, _last_owner())
    else:
        messages.success(request, _("%(name)s can no longer sign in.") % {"name": user.name})
    return redirect("people:person", pk=pk)


@needs(Right.MANAGE_PEOPLE)
@require_POST
def new_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link to choose a password; the answer shows it once."""
    user = get_object_or_404(User, pk=pk, is_active=True)
    services.note_new_link(user, by=me(request))
    initial = {"roles": user.roles, "function": user.function, "unit": user.unit}
    page = {"form": RolesForm(initial=initial), "person": user, "link": link_for(user, request)}
    return render(request, "people/person.html", page)
