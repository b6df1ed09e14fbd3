"""Forms of the scores pages: what to be told of, and targets."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.web.scores.services.screen import SCORES, SCREEN
from viaggio.web.scores.services.targets import limits_of
from viaggio.web.shared.names import metric_name


class WatchForm(forms.Form):
    """A figure to be told of; whom it is about stands in the page's filters."""

    metric = forms.ChoiceField(label=gettext_lazy("Figure"))
    by_mail = forms.BooleanField(label=gettext_lazy("By mail too"), required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metric"].choices = [(slug, metric_name(slug)) for slug in SCORES]  # type: ignore[attr-defined]  # a choice field has them


class TargetsForm(forms.Form):
    """One target per score; shares are given in per cent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for slug in SCREEN:
            low, high = limits_of(slug)
            factor = factor_of(slug)
            self.fields[slug] = forms.FloatField(
                label=metric_name(slug),
                required=False,
                min_value=low * factor,
                max_value=high * factor,
                help_text=_("from %(low)s to %(high)s")
                % {"low": f"{low * factor:g}", "high": f"{high * factor:g}"},
                widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            )


def factor_of(slug: str) -> float:
    """By what a target is multiplied to be read: 100 for shares."""
    return 100.0 if limits_of(slug) == (0.0, 1.0) else 1.0
