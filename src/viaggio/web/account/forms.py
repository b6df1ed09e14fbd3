"""Forms of the account pages."""

from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from viaggio.web.shared.models import LANGUAGES, User
from viaggio.web.shared.names.rights import RIGHT_NAMES
from viaggio.web.shared.roles import Right

LIFETIMES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("One year"))]


class SignInForm(forms.Form):
    """E-mail and password."""

    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPassword(forms.Form):
    """A new password, checked against the rules for this person."""

    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        help_text=_("At least 10 characters. A few unrelated words are easy to remember and hard to guess."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """Refuse short, common and personal passwords."""
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self.user)
        return password


class OwnerForm(NewPassword):
    """The first person."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)
    field_order = ("name", "email", "password")


class WelcomeForm(NewPassword):
    """The invited person's own words."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    field_order = ("name", "password")


class ProfileForm(forms.Form):
    """What a person may change about oneself."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class PasswordForm(NewPassword):
    """A new password, after the present one."""

    present = forms.CharField(
        label=_("Present password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("present", "password")

    def clean_present(self) -> str:
        """Refuse a wrong present password."""
        present: str = self.cleaned_data["present"]
        if self.user is None or not self.user.check_password(present):
            raise forms.ValidationError(_("This is not your present password."))
        return present


class TokenForm(forms.Form):
    """A new API token."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=80, help_text=_("For example: warehouse import.")
    )
    scopes = forms.MultipleChoiceField(label=_("What may it do?"), widget=forms.CheckboxSelectMultiple)
    lifetime = forms.ChoiceField(label=_("How long does it work?"), choices=LIFETIMES, initial="90")

    def __init__(self, *args: Any, offered: tuple[Right, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(str(r), RIGHT_NAMES[r]) for r in offered]  # type: ignore[attr-defined]  # a choice field, typed as the base field
