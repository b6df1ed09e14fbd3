"""Forms of objections: what is wrong, in own words, perhaps with a paper; and the written answer."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viaggio.web.incentive.services.disputes import LARGEST, LONGEST, OUTCOMES
from viaggio.web.incentive.services.statement_words import DISPUTE_REASONS, DISPUTE_STATES

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

SIGNATURES = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
"""How a file of each kind that is taken begins."""


class DisputeForm(forms.Form):
    """An objection to a statement or to one of its lines."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=list(DISPUTE_REASONS.items()))
    line = forms.ChoiceField(label=_("Which line?"), required=False)
    text = forms.CharField(
        label=_("Tell us in your words"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    attachment = forms.FileField(
        label=_("A paper that shows it"),
        required=False,
        help_text=_("PDF, PNG or JPG, up to 2 MB. No health papers, please."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def __init__(self, *args: Any, lines: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].choices = [("", gettext("The whole statement")), *lines]  # type: ignore[attr-defined]  # a choice field has them

    def clean_attachment(self) -> "UploadedFile[bytes] | None":
        """Refuse what is too large or is not what its name says."""
        file: UploadedFile[bytes] | None = self.cleaned_data["attachment"]
        if file is None:
            return None
        if (file.size or 0) > LARGEST:
            raise ValidationError(gettext("The file is larger than 2 MB. Send a smaller one."))
        ending = (file.name or "").rpartition(".")[2].lower()
        begins = SIGNATURES.get(ending)
        if begins is None or not file.read(len(begins)).startswith(begins):
            raise ValidationError(gettext("This is no PDF, PNG or JPG. Send one of these."))
        file.seek(0)
        return file


class DecisionForm(forms.Form):
    """The decision about an objection; the reason is written and goes to whoever objected."""

    outcome = forms.ChoiceField(
        label=_("Decision"), choices=[(code, DISPUTE_STATES[code]) for code in OUTCOMES]
    )
    answer = forms.CharField(
        label=_("Why, in words that the person understands"),
        max_length=LONGEST,
        min_length=10,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class WelfareForm(forms.Form):
    """How much of the award is taken as welfare, in euros and cents."""

    amount = forms.DecimalField(
        label=_("As welfare"), min_value=0, decimal_places=2, max_digits=12, localize=True
    )

    @property
    def cents(self) -> int:
        """The chosen amount."""
        return int(self.cleaned_data["amount"] * 100)
