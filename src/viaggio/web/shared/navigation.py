"""The side navigation: the pages that this person may open, and which one is open now."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from viaggio.kernel import BadWorkspace
from viaggio.web.shared.permissions import may
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import workspace


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation: an address below which everything counts as being there."""

    path: str
    label: str | Promise
    icon: str
    right: Right


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one heading."""

    label: str | Promise
    places: tuple[Place, ...]


GROUPS = (
    Group(
        _("Listen"),
        (
            Place("/", _("Journey"), "route", Right.SEE_FIGURES),
            Place("/journeys/", _("Journeys"), "split", Right.SEE_FIGURES),
            Place("/touchpoints/", _("Touchpoints"), "map-pin", Right.SEE_FIGURES),
            Place("/scores/", _("Scores"), "gauge", Right.SEE_FIGURES),
            Place("/customers/", _("Customers"), "users", Right.SEE_CUSTOMERS),
        ),
    ),
    Group(
        _("Ask"),
        (
            Place("/pulses/", _("Pulses"), "activity", Right.SEE_FIGURES),
            Place("/questionnaires/", _("Questionnaires"), "clipboard-list", Right.MANAGE_PULSES),
        ),
    ),
    Group(
        _("Reward"),
        (
            Place("/pay/mine/", _("My statements"), "wallet", Right.SEE_OWN_STATEMENT),
            Place("/pay/plans/", _("Plans"), "scale", Right.SEE_PLANS),
            Place("/pay/runs/", _("Runs"), "calculator", Right.SEE_PLANS),
            Place("/pay/flags/", _("Flags and holds"), "triangle-alert", Right.DECIDE_HOLDS),
            Place("/pay/disputes/", _("Disputes"), "message-circle-question-mark", Right.REVIEW_DISPUTES),
            Place("/pay/unit/", _("My unit"), "users", Right.SEE_CELL),
            Place("/pay/totals/", _("Works council"), "building-2", Right.SEE_PAY_TOTALS),
            Place("/pay/payroll/", _("Pay-roll"), "file-spreadsheet", Right.EXPORT_PAYROLL),
            Place("/pay/statements/", _("All statements"), "eye", Right.SEE_ALL_STATEMENTS),
            Place("/pay/staff/", _("Staff"), "user-round", Right.MANAGE_STAFF),
        ),
    ),
    Group(
        _("Run"),
        (
            Place("/data/", _("Data"), "database", Right.SEE_DATA),
            Place("/connections/", _("Connections"), "plug", Right.MANAGE_CONNECTIONS),
            Place("/people/", _("People and roles"), "user-round", Right.MANAGE_PEOPLE),
            Place("/audit/", _("Audit"), "scroll-text", Right.SEE_AUDIT),
        ),
    ),
)


def _answers(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _is_here(place: Place, path: str) -> bool:
    return path == place.path or (place.path != "/" and path.startswith(place.path))


def places_for(request: HttpRequest) -> list[dict[str, Any]]:
    """The groups with the places that this person may open; empty groups are left out."""
    groups = []
    for group in GROUPS:
        places = [
            {"path": p.path, "label": p.label, "icon": p.icon, "here": _is_here(p, request.path)}
            for p in group.places
            if may(request.user, p.right) and _answers(p.path)
        ]
        if places:
            groups.append({"label": group.label, "places": places})
    return groups


def first_place(request: HttpRequest) -> str | None:
    """Address of the first page that this person may open."""
    return next((place["path"] for group in places_for(request) for place in group["places"]), None)


def company_name() -> str:
    """The company whose workspace this is; empty when there is no workspace."""
    try:
        return str(workspace().settings.name)
    except (BadWorkspace, ImportError):
        return ""


def page(request: HttpRequest) -> Mapping[str, Any]:
    """What every page template knows: navigation, company, theme."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    theme = getattr(user, "theme", None) if signed_in else request.COOKIES.get("theme", "auto")
    return {
        "navigation": places_for(request) if signed_in else [],
        "company": company_name(),
        "theme": theme if theme in {"light", "dark"} else "auto",
        "here": request.get_full_path(),
    }
