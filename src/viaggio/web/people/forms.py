"""Forms of the people pages."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from viaggio.journey.model import FUNCTIONS
from viaggio.web.shared.names.journey import FUNCTIONS as FUNCTION_NAMES
from viaggio.web.shared.names.rights import ROLE_HINTS, ROLE_NAMES
from viaggio.web.shared.roles import Role


def _role_label(role: Role) -> str:
    return format_html('<span>{}<span class="hint">{}</span></span>', ROLE_NAMES[role], ROLE_HINTS[role])


class RolesForm(forms.Form):
    """What a person is in the company."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What several roles allow adds up. Without a role a person can only sign in."),
    )
    function = forms.ChoiceField(
        label=_("Function"), required=False, help_text=_("For heads of function: they see its touchpoints.")
    )
    unit = forms.CharField(label=_("Unit or team"), required=False, max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = [(code, FUNCTION_NAMES[code]) for code in FUNCTIONS]
        self.fields["roles"].choices = [(str(role), _role_label(role)) for role in Role]  # type: ignore[attr-defined]  # a choice field, typed as the base field
        self.fields["function"].choices = [("", _("no function")), *names]  # type: ignore[attr-defined]  # a choice field, typed as the base field

    def clean(self) -> dict[str, Any]:
        """A head of function has a function."""
        fields: dict[str, Any] = super().clean() or {}
        if Role.HEAD_OF_FUNCTION in fields.get("roles", []) and not fields.get("function"):
            self.add_error("function", _("A head of function needs one: choose it here."))
        return fields


class InviteForm(RolesForm):
    """A new person."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("it", "Italiano"), ("en", "English")])
    field_order = ("name", "email", "language", "roles", "function", "unit")
