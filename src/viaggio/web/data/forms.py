"""The form with which files come in."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; each is cleaned by itself."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The list of files."""
        one = super().clean
        given: list[UploadedFile[Any] | None] = list(data) if isinstance(data, (list, tuple)) else [data]
        return [one(file, initial) for file in given or [None]]


class FilesForm(forms.Form):
    """Files to be brought in."""

    chosen = FilesField(
        label=_("Files"),
        help_text=_(
            "CSV, Excel (.xlsx), Parquet or XES, also compressed (.gz, .zst). Several files together when "
            "they have the same columns, or when they are a set that Viaggio knows."
        ),
        allow_empty_file=True,
    )
