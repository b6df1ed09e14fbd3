"""Pages of the account: sign in and out, first run, invitation, the own profile, sessions and API tokens."""

import hashlib
from datetime import timedelta
from typing import cast

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from viaggio.web.account import services
from viaggio.web.account.forms import OwnerForm, PasswordForm, ProfileForm, SignInForm, TokenForm, WelcomeForm
from viaggio.web.account.models import UserSession
from viaggio.web.shared import tokens as api_tokens
from viaggio.web.shared.formats import duration
from viaggio.web.shared.invitation import invited
from viaggio.web.shared.models import LANGUAGES, THEMES, User
from viaggio.web.shared.navigation import first_place
from viaggio.web.shared.permissions import needs, open_to_all
from viaggio.web.shared.roles import Right

GET_OR_POST = require_http_methods(["GET", "POST"])


def me(request: HttpRequest) -> User:
    """The signed-in person; `needs` has made sure that there is one."""
    return cast("User", request.user)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """The address that the form says to go to next, when it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours else otherwise


@needs(Right.OWN_ACCOUNT)
def start(request: HttpRequest) -> HttpResponse:
    """To the first page that this person may open."""
    return redirect(first_place(request) or "account:profile")


@open_to_all
@never_cache
@sensitive_post_parameters("password")
@GET_OR_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in with e-mail and password."""
    if request.user.is_authenticated:
        return redirect(safe_next(request, "account:start"))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            person = services.sign_in(request, **form.cleaned_data, now=timezone.now())
        except services.MustWait as wait:
            status = 429
            left = duration(max(60, wait.seconds))
            form.add_error(None, _("Too many wrong passwords. Try again in %(time)s.") % {"time": left})
        else:
            if person is not None:
                return redirect(safe_next(request, "account:start"))
            form.add_error(
                None, _("E-mail and password do not match. Check both; capitals count in the password.")
            )
    page = {"form": form, "next": safe_next(request, ""), "first_run": services.is_first_run()}
    return render(request, "account/sign_in.html", page, status=status)


@needs(Right.OWN_ACCOUNT)
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    services.sign_out(request)
    return redirect("account:sign-in")


@open_to_all
@never_cache
@sensitive_post_parameters("password", "token")
@GET_OR_POST
def first_run(request: HttpRequest) -> HttpResponse:
    """Make the owner, once, with the word that the server printed when it started."""
    if not services.is_first_run():
        raise Http404
    form = OwnerForm(request.POST or None, initial={"token": request.GET.get("token", "")})
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        try:
            services.create_owner(
                request,
                token=fields["token"],
                email=fields["email"],
                name=fields["name"],
                password=fields["password"],
                language=translation.get_language() or "it",
            )
        except PermissionDenied:
            form.add_error(
                None, _("Open the address that the server printed when it started; it ends in a key.")
            )
        else:
            return redirect("account:start")
    return render(request, "account/first_run.html", {"form": form})


@open_to_all
@never_cache
@sensitive_post_parameters("password")
@GET_OR_POST
def welcome(request: HttpRequest, person: str, token: str) -> HttpResponse:
    """Choose a password through a one-time link."""
    user = invited(person, token)
    if user is None:
        return render(request, "account/welcome_over.html", status=410)
    form = WelcomeForm(request.POST or None, user=user, initial={"name": user.name})
    if request.method == "POST" and form.is_valid():
        user.name = form.cleaned_data["name"]
        user.language = translation.get_language() or user.language
        services.choose_password(request, user, password=form.cleaned_data["password"], now=timezone.now())
        return redirect("account:start")
    return render(request, "account/welcome.html", {"form": form, "person": user})


@open_to_all
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language, for this browser and, when signed in, for the person."""
    wanted = request.POST.get("language", "")
    response = redirect(safe_next(request, "account:start"))
    if wanted in dict(LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated:
            services.set_preference(me(request), language=wanted)
    return response


@open_to_all
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Change the theme, for this browser and, when signed in, for the person."""
    wanted = request.POST.get("theme", "")
    response = redirect(safe_next(request, "account:start"))
    if wanted in THEMES:
        response.set_cookie(
            "theme",
            wanted,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated:
            services.set_preference(me(request), theme=wanted)
    return response


def session_mark(session: UserSession) -> str:
    """A name for a session that does not give its key away."""
    return hashlib.sha256(session.session_key.encode()).hexdigest()[:16]


def own_sessions(request: HttpRequest) -> list[UserSession]:
    """The person's open sessions, last used first."""
    return list(UserSession.objects.filter(user=me(request), expire_date__gt=timezone.now()))


@needs(Right.OWN_ACCOUNT)
@GET_OR_POST
def profile(request: HttpRequest) -> HttpResponse:
    """The own name, language, roles and open sessions."""
    user = me(request)
    form = ProfileForm(request.POST or None, initial={"name": user.name, "language": user.language})
    if request.method == "POST" and form.is_valid():
        services.change_profile(user, **form.cleaned_data)
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        return redirect("account:profile")
    here = request.session.session_key
    sessions = [
        {"row": row, "mark": session_mark(row), "this": row.session_key == here}
        for row in own_sessions(request)
    ]
    return render(request, "account/profile.html", {"form": form, "sessions": sessions})


@needs(Right.OWN_ACCOUNT)
@sensitive_post_parameters("present", "password")
@GET_OR_POST
def password(request: HttpRequest) -> HttpResponse:
    """Change the own password."""
    form = PasswordForm(request.POST or None, user=me(request))
    if request.method == "POST" and form.is_valid():
        services.change_password(request, me(request), password=form.cleaned_data["password"])
        messages.success(request, _("The password is changed; other browsers were signed out."))
        return redirect("account:profile")
    return render(request, "account/password.html", {"form": form})


@needs(Right.OWN_ACCOUNT)
@require_POST
def end_session(request: HttpRequest, mark: str) -> HttpResponse:
    """Sign one of the own browsers out."""
    session = next((row for row in own_sessions(request) if session_mark(row) == mark), None)
    if session is None:
        raise Http404
    services.end_session(session, by=me(request))
    messages.success(request, _("That browser is signed out."))
    return redirect("account:profile")


@needs(Right.USE_API)
@GET_OR_POST
def tokens(request: HttpRequest) -> HttpResponse:
    """The own API tokens; a new one is shown once, in the answer to the form."""
    user = me(request)
    form = TokenForm(request.POST or None, offered=api_tokens.scopes_for(user.roles))
    secret = ""
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        _token, secret = api_tokens.issue(
            user,
            name=fields["name"],
            scopes=[Right(scope) for scope in fields["scopes"]],
            lifetime=timedelta(days=int(fields["lifetime"])),
            now=timezone.now(),
        )
        form = TokenForm(offered=api_tokens.scopes_for(user.roles))
    now = timezone.now()
    rows = [{"row": token, "works": token.works(now)} for token in user.api_tokens.all()]
    return render(request, "account/tokens.html", {"form": form, "secret": secret, "tokens": rows})


@needs(Right.USE_API)
@require_POST
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of the own API tokens."""
    user = me(request)
    api_tokens.revoke(get_object_or_404(user.api_tokens, pk=pk), by=user, now=timezone.now())
    messages.success(request, _("The token no longer works."))
    return redirect("account:tokens")
