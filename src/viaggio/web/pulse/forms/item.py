"""One question as a form, and back."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viaggio.journey.model import Phase
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire import (
    CHOICES,
    RATINGS,
    USUAL,
    BadExpression,
    Expression,
    Feeds,
    Item,
    ItemKind,
    Limits,
    Scale,
    Wording,
    parsed,
    wording,
    written,
)
from viaggio.web.pulse.forms.lines import options_from, rows_from, written_options, written_rows
from viaggio.web.pulse.words import FEEDS
from viaggio.web.shared.names import PHASES, PILLARS

LANGUAGE_NAMES = {
    "it": _("Italian"),
    "en": _("English"),
    "de": _("German"),
    "fr": _("French"),
    "es": _("Spanish"),
}
RATED = RATINGS | {ItemKind.MATRIX}


def language_name(code: str) -> str:
    """A language in words, its code where there are none."""
    return str(LANGUAGE_NAMES.get(code, code))


def pillar_named(words: str) -> Pillar | None:
    """The pillar of that name or code, in the reader's language or English; None for other words."""
    wanted = words.strip().casefold()
    for pillar in Pillar:
        if wanted in {str(pillar), str(PILLARS[pillar]).casefold(), str(pillar).replace("_", " ")}:
            return pillar
    return None


class ItemForm(forms.Form):
    """Words in every language, what it feeds, and what its kind needs; the kind itself stays."""

    required = forms.BooleanField(label=_("Must be answered"), required=False)
    not_applicable = forms.BooleanField(
        label=_("Offer “I do not know, does not apply”"),
        required=False,
        help_text=_("Such answers are kept, and count in no score."),
    )
    metric = forms.ChoiceField(label=_("Feeds"), choices=[(str(f), FEEDS[f]) for f in Feeds])
    pillar = forms.ChoiceField(
        label=_("Pillar"), required=False, choices=[("", "—"), *((str(p), PILLARS[p]) for p in Pillar)]
    )
    phase = forms.ChoiceField(
        label=_("Phase"),
        required=False,
        choices=[("", _("as the touchpoint")), *((str(p), PHASES[p]) for p in Phase)],
    )
    touchpoint = forms.ChoiceField(label=_("Touchpoint"), required=False)
    show_if = forms.CharField(
        label=_("Shown only if"),
        required=False,
        max_length=500,
        help_text=_("Such as {recommend} <= 6. Empty: always."),
    )

    def __init__(self, *args: Any, item: Item, languages: tuple[str, ...], touchpoints: list[tuple[str, str]],
                 **kwargs: Any) -> None:  # fmt: skip
        self.item, self.languages = item, languages
        kwargs.setdefault("initial", initial_of(item, languages))
        super().__init__(*args, **kwargs)
        known = [("", gettext("as the pulse")), *touchpoints]
        if item.touchpoint and item.touchpoint not in dict(touchpoints):
            known.append((item.touchpoint, item.touchpoint))
        self.fields["touchpoint"].choices = known  # type: ignore[attr-defined]  # a choice field, typed as the base field
        words = {}
        for language in languages:
            named = {"language": language_name(language)}
            words[f"text_{language}"] = forms.CharField(
                label=gettext("Question in %(language)s") % named,
                max_length=600,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
            words[f"help_{language}"] = forms.CharField(
                label=gettext("Hint in %(language)s") % named, required=False, max_length=300
            )
        self.fields = {**words, **self._of_kind(), **self.fields}
        if item.kind not in RATED and item.kind not in CHOICES:
            del self.fields["not_applicable"]
        if item.kind is ItemKind.MATRIX:
            del self.fields["metric"], self.fields["pillar"]

    def _of_kind(self) -> dict[str, forms.Field]:
        kind = self.item.kind
        order = " | ".join(language_name(code) for code in self.languages)
        fields: dict[str, forms.Field] = {}
        if kind in CHOICES:
            fields["options"] = forms.CharField(
                label=gettext("Options, one a line: %(order)s") % {"order": order},
                widget=forms.Textarea(attrs={"rows": 6}),
            )
            fields["other"] = forms.BooleanField(
                label=gettext("Offer “Other” with own words"), required=False
            )
        if kind is ItemKind.MATRIX:
            fields["rows"] = forms.CharField(
                label=gettext("Rows, one a line: %(order)s | Pillar") % {"order": order},
                widget=forms.Textarea(attrs={"rows": 6}),
            )
        if kind in RATED:
            for language in self.languages:
                named = {"language": language_name(language)}
                fields[f"low_{language}"] = forms.CharField(
                    label=gettext("Lowest point in %(language)s") % named, required=False, max_length=60
                )
                fields[f"high_{language}"] = forms.CharField(
                    label=gettext("Highest point in %(language)s") % named, required=False, max_length=60
                )
            if kind not in {ItemKind.NPS, ItemKind.STARS}:
                fields["highest"] = forms.ChoiceField(
                    label=gettext("Scale"),
                    choices=[(str(n), gettext("1 to %(n)s") % {"n": n}) for n in (3, 5, 7, 10)],
                )
        if kind is ItemKind.NUMBER:
            fields["lowest_number"] = forms.FloatField(label=gettext("Not below"), required=False)
            fields["highest_number"] = forms.FloatField(label=gettext("Not above"), required=False)
        if kind is ItemKind.COMMENT:
            fields["longest"] = forms.IntegerField(
                label=gettext("Characters at most"), required=False, min_value=10, max_value=20000
            )
        return fields

    def clean_show_if(self) -> Expression | None:
        """The condition, read; what can not be read is said with its place."""
        text = str(self.cleaned_data["show_if"]).strip()
        if not text:
            return None
        try:
            return parsed(text)
        except BadExpression as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        """A pillar item names its pillar."""
        fields: dict[str, Any] = super().clean() or {}
        if fields.get("metric") == Feeds.PILLAR and not fields.get("pillar"):
            self.add_error("pillar", gettext("Choose the pillar that this question feeds."))
        return fields

    def result(self) -> Item:
        """The item with what the form says; only after `is_valid`."""
        said = self.cleaned_data
        item = replace(
            self.item,
            text=self._words("text"),
            help=self._words("help"),
            required=said["required"],
            not_applicable=said.get("not_applicable", False),
            phase=Phase(said["phase"]) if said["phase"] else None,
            touchpoint=said["touchpoint"],
            show_if=said["show_if"],
        )
        if "metric" in said:
            metric = Feeds(said["metric"])
            pillar = Pillar(said["pillar"]) if said["pillar"] and metric is Feeds.PILLAR else None
            item = replace(item, metric=metric, pillar=pillar)
        return self._kind_of(item)

    def _kind_of(self, item: Item) -> Item:
        said = self.cleaned_data
        if "options" in said:
            other = wording({"it": "Altro", "en": "Other"}) if said["other"] else Wording()
            options = options_from(said["options"], self.languages, item.options)
            item = replace(item, options=options, other=item.other if said["other"] and item.other else other)
        if "rows" in said:
            item = replace(item, rows=rows_from(said["rows"], self.languages, item.rows, pillar_named))
        if item.kind in RATED:
            usual = item.scale or USUAL[item.kind]
            ends = (usual.lowest, usual.highest)
            if "highest" in said and int(said["highest"]) != usual.highest:
                ends = (1, int(said["highest"]))
            same = ends == (usual.lowest, usual.highest)
            item = replace(
                item,
                scale=Scale(lowest=ends[0], highest=ends[1], low=self._words("low"), high=self._words("high"),
                            points=usual.points if same else ()),
            )  # fmt: skip
        if item.kind is ItemKind.NUMBER:
            item = replace(
                item,
                limits=replace(item.limits, lowest=said["lowest_number"], highest=said["highest_number"]),
            )
        if item.kind is ItemKind.COMMENT:
            item = replace(item, limits=replace(item.limits, longest=said["longest"]))
        return item

    def _words(self, name: str) -> Wording:
        return wording(
            {language: self.cleaned_data.get(f"{name}_{language}", "") for language in self.languages}
        )


def initial_of(item: Item, languages: tuple[str, ...]) -> dict[str, Any]:
    """The form's values for an item."""
    limits: Limits = item.limits
    values: dict[str, Any] = {
        "required": item.required,
        "not_applicable": item.not_applicable,
        "metric": str(item.metric),
        "pillar": str(item.pillar or ""),
        "phase": str(item.phase or ""),
        "touchpoint": item.touchpoint,
        "show_if": written(item.show_if) if item.show_if else "",
        "options": written_options(item.options, languages),
        "other": item.has_other,
        "rows": written_rows(item.rows, languages, lambda pillar: str(PILLARS[pillar])),
        "lowest_number": limits.lowest,
        "highest_number": limits.highest,
        "longest": limits.longest,
    }
    scale = item.scale or USUAL.get(item.kind)
    if scale:
        values["highest"] = str(scale.highest)
    for language in languages:
        values[f"text_{language}"] = dict(item.text.pairs).get(language, "")
        values[f"help_{language}"] = dict(item.help.pairs).get(language, "")
        if scale:
            values[f"low_{language}"] = dict(scale.low.pairs).get(language, "")
            values[f"high_{language}"] = dict(scale.high.pairs).get(language, "")
    return values
