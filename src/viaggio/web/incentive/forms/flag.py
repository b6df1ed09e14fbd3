"""A decision about a flag."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DecisionForm(forms.Form):
    """What happens to the money, and why: whoever is concerned reads the reason."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        choices=[
            ("hold", _("Hold the money back while it is looked into")),
            ("release", _("Release it: nothing was wrong")),
            ("forfeit", _("Do not pay it")),
        ],
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you looked at and why you decide so. It is kept with the flag."),
    )
