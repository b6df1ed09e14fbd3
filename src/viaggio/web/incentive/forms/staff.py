"""The file with people, stays and absences."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LARGEST = 20_000_000  # bytes


class PeopleFileForm(forms.Form):
    """A CSV as `docs/reference/incentive-files.md` describes it; looked at first, taken on a second press."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("One row per stay or absence: person, unit, group, from, to, fte, target and so on."),
    )

    def clean_file(self) -> str:
        """The text of the file; UTF-8, also as Excel writes it."""
        given: UploadedFile[Any] = self.cleaned_data["file"]
        if given.size and given.size > LARGEST:
            raise forms.ValidationError(_("The file is too large: 20 MB at most."))
        try:
            return bytes(given.read()).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("The file is no UTF-8 text: save it as CSV UTF-8.")) from error
