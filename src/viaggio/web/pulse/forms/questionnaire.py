"""A questionnaire's title and frame as forms, and the file that one comes from."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viaggio.pulse.bank import READY
from viaggio.pulse.questionnaire import Questionnaire, Wording, piped, wording
from viaggio.web.pulse.forms.item import LANGUAGE_NAMES, language_name

START = ("blank", "ready", "file")


class NewForm(forms.Form):
    """Where a new questionnaire begins: empty, from a ready one, or from a file of another system."""

    title = forms.CharField(label=_("Name"), max_length=120, required=False,
                            help_text=_("Empty: the name of the ready one or of the file."))  # fmt: skip
    ready = forms.ChoiceField(label=_("Begin with"), required=False)
    file = forms.FileField(
        label=_("Or a file of another system"),
        required=False,
        help_text=_("SurveyJS (.json), LimeSurvey (.lss), Qualtrics (.qsf), or one exported here."),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ready = [
            (key, piped(known.title.text(language, "en"), known, {}, {}, language))
            for key, known in READY.items()
        ]
        self.fields["ready"].choices = [("", gettext("an empty page")), *ready]  # type: ignore[attr-defined]  # a choice field, typed as the base field

    def clean(self) -> dict[str, Any]:
        """An empty questionnaire has a name at least."""
        fields: dict[str, Any] = super().clean() or {}
        if not (fields.get("title") or fields.get("ready") or fields.get("file")):
            self.add_error("title", gettext("Give it a name."))
        return fields


class FrameForm(forms.Form):
    """Title, introduction and thanks in every language, and the languages themselves."""

    languages = forms.MultipleChoiceField(
        label=_("Languages"), choices=list(LANGUAGE_NAMES.items()), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, questionnaire: Questionnaire, **kwargs: Any) -> None:
        self.questionnaire = questionnaire
        kwargs.setdefault("initial", _initial(questionnaire))
        super().__init__(*args, **kwargs)
        words: dict[str, forms.Field] = {}
        for language in questionnaire.languages:
            named = {"language": language_name(language)}
            words[f"title_{language}"] = forms.CharField(
                label=gettext("Name in %(language)s") % named, max_length=120
            )
            words[f"intro_{language}"] = forms.CharField(
                label=gettext("Introduction in %(language)s") % named, required=False, max_length=600
            )
            words[f"thanks_{language}"] = forms.CharField(
                label=gettext("Thanks in %(language)s") % named, required=False, max_length=600
            )
        self.fields = {**words, **self.fields}

    def result(self) -> Questionnaire:
        """The questionnaire with what the form says; a new language begins without texts."""
        kept = [code for code in self.questionnaire.languages if code in self.cleaned_data["languages"]]
        new = [code for code in self.cleaned_data["languages"] if code not in kept]
        return replace(
            self.questionnaire,
            title=self._words("title", self.questionnaire.title),
            intro=self._words("intro", self.questionnaire.intro),
            thanks=self._words("thanks", self.questionnaire.thanks),
            languages=(*kept, *new),
        )

    def _words(self, name: str, before: Wording) -> Wording:
        said = {code: self.cleaned_data.get(f"{name}_{code}", "") for code in self.questionnaire.languages}
        return wording({**dict(before.pairs), **said})


def _initial(questionnaire: Questionnaire) -> dict[str, Any]:
    values: dict[str, Any] = {"languages": list(questionnaire.languages)}
    for language in questionnaire.languages:
        for name in ("title", "intro", "thanks"):
            values[f"{name}_{language}"] = dict(getattr(questionnaire, name).pairs).get(language, "")
    return values
