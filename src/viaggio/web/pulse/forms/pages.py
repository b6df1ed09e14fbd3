"""What the pages of respondents need to know: where the widget may stand, how long a kiosk says thanks."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viaggio.web.pulse.models import KIOSK_THANKS_SECONDS


class PagesForm(forms.Form):
    """Widget and kiosk of an open pulse."""

    origins = forms.CharField(
        label=_("Websites that may show the widget"), required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "https://www.example.com"}),
        help_text=_("One a line. Answers from other websites are not taken."),
    )  # fmt: skip
    widget_share = forms.FloatField(
        label=_("Share of visits that see the widget, per cent"), min_value=0.01, max_value=100,
        initial=100, required=False,
    )  # fmt: skip
    widget_touchpoint = forms.ChoiceField(
        label=_("What the widget asks about"), required=False,
        help_text=_("The touchpoint that its answers belong to."),
    )  # fmt: skip
    kiosk_seconds = forms.IntegerField(
        label=_("Seconds of thanks on a kiosk"), min_value=2, max_value=120,
        initial=KIOSK_THANKS_SECONDS, required=False,
    )  # fmt: skip

    def offer_touchpoints(self, touchpoints: list[tuple[str, str]]) -> None:
        """What the widget can be about."""
        self.fields["widget_touchpoint"].choices = [("", _("any")), *touchpoints]  # type: ignore[attr-defined]  # a choice field, typed as the base field

    def clean_origins(self) -> list[str]:
        """Websites as browsers name them: scheme, host and port, nothing else."""
        found: list[str] = []
        for line in self.cleaned_data["origins"].split():
            origin = _origin(line if "//" in line else f"https://{line}")
            if origin is None:
                raise forms.ValidationError(
                    gettext("“%(line)s” is no website: write it as https://www.example.com.") % {"line": line}
                )
            if origin not in found:
                found.append(origin)
        return found

    def pages(self) -> dict[str, Any]:
        """What to keep with the pulse; only after `is_valid`."""
        said = self.cleaned_data
        return {
            "origins": said["origins"],
            "share": round((said["widget_share"] or 100) / 100, 8),
            "touchpoint": said["widget_touchpoint"],
            "kiosk_seconds": said["kiosk_seconds"] or KIOSK_THANKS_SECONDS,
        }


def _origin(address: str) -> str | None:
    """Scheme, host and port of an address; None where it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    return f"{parts.scheme}://{parts.hostname}" + (f":{port}" if port else "")


def initial_of_pages(pages: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values for what a pulse keeps."""
    return {
        "origins": "\n".join(pages.get("origins", [])),
        "widget_share": round(100 * float(pages.get("share", 1.0)), 4),
        "widget_touchpoint": pages.get("touchpoint", ""),
        "kiosk_seconds": int(pages.get("kiosk_seconds", KIOSK_THANKS_SECONDS)),
    }
