"""Forms of the connections pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from viaggio.web.connections.words import EVENTS
from viaggio.web.shared.alerts import KINDS


class EventsForm(forms.Form):
    """What an endpoint hears of."""

    events = forms.MultipleChoiceField(
        label=_("What it hears of"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one event.")},
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=120, help_text=_("For you: whose it is, what for.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = list(EVENTS.items())  # type: ignore[attr-defined]  # a choice field, typed as the base field


class EndpointForm(EventsForm):
    """A new endpoint."""

    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Such as https://example.com/viaggio. It must answer with 200 within 15 seconds."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={
            "invalid": _("This is no address we can call. Write it as https://example.com/path.")
        },
    )
    field_order = ("url", "events", "note")


class KeyForm(forms.Form):
    """A new write key."""

    source = forms.CharField(
        label=_("Source"),
        max_length=40,
        help_text=_("Whose messages come under it: site, app, shop-backend. It names their rows for ever."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=120, help_text=_("For you: whose it is, what for.")
    )


class AddressForm(forms.Form):
    """An e-mail address or telephone number."""

    address = forms.CharField(
        label=_("E-mail address or telephone number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class AlertsForm(forms.Form):
    """Which alerts one wants by mail."""

    kinds = forms.MultipleChoiceField(
        label=_("Write to me when"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].choices = list(KINDS.items())  # type: ignore[attr-defined]  # a choice field, typed as the base field
