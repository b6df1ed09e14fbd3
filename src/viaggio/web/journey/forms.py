"""Forms of the explorer: a designed journey."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


def how_to_write_moves() -> SafeString:
    """The columns of a designed journey; what is typed as it stands is shown as code."""
    return format_html(
        _(
            "One move a line, under the heading {heading}: {first} then {second}. "
            "A third column, {third}, lists the touchpoints that are the step of the first."
        ),
        **{
            name: format_html("<code>{}</code>", typed)
            for name, typed in {
                "heading": "from,to",
                "first": "start,search",
                "second": "search,end",
                "third": "touchpoints",
            }.items()
        },
    )


class DesignForm(forms.Form):
    """A name, and the moves as a text or as a file."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    moves = forms.CharField(
        label=gettext_lazy("Moves"),
        required=False,
        max_length=200_000,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        help_text=lazy(how_to_write_moves, SafeString)(),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file: CSV or BPMN 2.0"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.bpmn,.xml"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two is needed."""
        given = super().clean() or {}
        if not given.get("moves") and not given.get("file"):
            self.add_error("moves", _("Write the moves or choose a file."))
        return given

    def content(self) -> bytes:
        """What was given, the file first."""
        file = self.cleaned_data.get("file")
        return bytes(file.read()) if file else str(self.cleaned_data["moves"]).encode()
