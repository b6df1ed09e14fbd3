"""A plan's text and what goes with it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.services.plan_drafts import seal
from viaggio.web.incentive.services.plan_text import LONGEST


class NewPlanForm(forms.Form):
    """How a new plan is called and when it begins; its text is the example of nine functions."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9-]*$", label=_("Code"), max_length=40,
        help_text=_("Letters, digits and dashes, such as SHARED-2027. It stands on every statement."),
        error_messages={"invalid": _("Only letters, digits and dashes, beginning with a letter or digit.")},
    )  # fmt: skip
    name_it = forms.CharField(label=_("Name in Italian"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    parts = forms.TypedChoiceField(
        label=_("Settled"),
        coerce=int,
        choices=[
            ("1", _("once a year")),
            ("2", _("every half year")),
            ("4", _("every quarter")),
            ("12", _("every month")),
        ],
    )


class PlanTextForm(forms.Form):
    """The text of a version; `seen` seals the text that the page showed."""

    source = forms.CharField(
        label=_("The plan as text (YAML)"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 34, "spellcheck": "false", "wrap": "off", "class": "code"}),
    )
    parts = forms.TypedChoiceField(
        label=_("Settled"), coerce=int, choices=[(str(n), str(n)) for n in (1, 2, 3, 4, 6, 12)],
        help_text=_("Equal parts of the period: 4 are quarters."),
    )  # fmt: skip
    changes = forms.CharField(
        label=_("What is new in it"), required=False, max_length=2000,
        help_text=_("In your words, for whoever approves it."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, version: PlanVersion, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "source": version.source,
                "parts": str(version.parts),
                "changes": version.changes,
                "seen": seal(version.source),
            },
        )
        super().__init__(*args, **kwargs)
