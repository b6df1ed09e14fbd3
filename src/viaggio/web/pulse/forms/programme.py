"""A pulse's plan as a form: whom, after what, how often, over which channels, with how much rest."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from viaggio.kernel import Population, ViaggioError
from viaggio.pulse.fielding import (
    FRAME_DIMENSIONS,
    Consent,
    Event,
    Hours,
    Plan,
    PulseKind,
    QuotaRule,
    Reminders,
    Rest,
    Sample,
    Trigger,
)
from viaggio.pulse.model import AskedBy
from viaggio.web.pulse.forms.pages import PagesForm
from viaggio.web.pulse.plan_words import (
    CHANNELS,
    CONSENTS,
    EVENTS,
    KINDS,
    STRATA,
    SURVEY_TYPES,
    WAVES,
    WEEKDAYS,
)

BAR = ":"


def _days(label: Any, initial: int, hint: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=3650, initial=initial, help_text=hint)


class PulseForm(PagesForm):
    """Everything that makes a pulse; what a kind does not use is ignored."""

    name_it = forms.CharField(label=_("Name in Italian"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120)
    questionnaire = forms.ChoiceField(
        label=_("Questionnaire"), help_text=_("Its newest published version is asked.")
    )
    survey_type = forms.ChoiceField(
        label=_("Kind of survey"),
        choices=list(SURVEY_TYPES.items()),
        help_text=_("Each kind has its own clock of rest."),
    )
    anonymous = forms.BooleanField(
        label=_("Anonymous"), required=False,
        help_text=_("Nobody can join answers and persons, we neither. It can not be changed later."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=_("When does it ask?"), choices=list(KINDS.items()))
    event = forms.ChoiceField(label=_("After what"), choices=list(EVENTS.items()), required=False)
    touchpoints = forms.MultipleChoiceField(
        label=_("Only at these touchpoints"), required=False, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    delay_hours = forms.IntegerField(label=_("Hours after it"), min_value=0, max_value=4320, initial=24)
    every = forms.ChoiceField(
        label=_("Draws from the base"),
        choices=[("week", _("every week")), ("month", _("every month"))],
        required=False,
    )
    active_days = _days(_("Only who was active in the last days"), 365, _("0: everybody known."))
    where = forms.CharField(
        label=_("Only"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Conditions, one a line, such as segment=b2b or region=Lombardia,Lazio."),
    )  # fmt: skip
    share = forms.FloatField(
        label=_("Share that is asked, per cent"), min_value=0.01, max_value=100, initial=100
    )
    size = forms.IntegerField(
        label=_("Or so many customers at each draw"), min_value=1, max_value=10_000_000, required=False,
        help_text=_("Empty: the share above counts."),
    )  # fmt: skip
    by = forms.ChoiceField(
        label=_("In strata by"), choices=[("", _("none")), *STRATA.items()], required=False
    )
    rates = forms.CharField(
        label=_("Other shares for some strata"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, stratum: per cent, such as b2b: 100. The others have the share above."),
    )  # fmt: skip
    consent = forms.ChoiceField(label=_("Whom we may ask"), choices=list(CONSENTS.items()))
    channels = forms.MultipleChoiceField(
        label=_("Over"), choices=list(CHANNELS.items()), widget=forms.CheckboxSelectMultiple,
        help_text=_("The first of them that reaches a customer is used."),
    )  # fmt: skip
    hour_first = forms.IntegerField(label=_("Not before (hour)"), min_value=0, max_value=23, initial=9)
    hour_last = forms.IntegerField(label=_("Not after (hour)"), min_value=1, max_value=24, initial=20)
    weekdays = forms.MultipleChoiceField(
        label=_("On"), choices=list(WEEKDAYS.items()), widget=forms.CheckboxSelectMultiple
    )
    rest_person = _days(_("Days of rest for a person"), 30, _("After any survey, over all channels."))
    rest_person_type = _days(_("Days of rest for a person, same kind of survey"), 90)
    rest_account = _days(_("Days of rest for a business"), 0, _("After anybody of the business was asked."))
    rest_account_type = _days(_("Days of rest for a business, same kind of survey"), 0)
    reminders_count = forms.BooleanField(label=_("A reminder starts the rest again"), required=False)
    reminders = forms.IntegerField(label=_("Reminders at most"), min_value=0, max_value=5, initial=1)
    reminder_days = forms.IntegerField(
        label=_("Days before a reminder"), min_value=1, max_value=60, initial=5
    )
    thanks = forms.BooleanField(label=_("Thank those who have answered"), required=False)
    wave = forms.ChoiceField(label=_("A wave is"), choices=list(WAVES.items()))
    expires_days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=180, initial=21)
    quotas = forms.CharField(
        label=_("Quotas"), required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line, name: limit: conditions. Figures from a quota can never be a base of pay."),
    )  # fmt: skip

    GROUPS = (
        (_("What is asked"), ("name_it", "name_en", "questionnaire", "survey_type", "anonymous")),
        (
            _("Who, and when"),
            ("kind", "event", "touchpoints", "delay_hours", "every", "active_days", "where", "share", "size",
             "by", "rates", "consent"),
        ),
        (
            _("How it reaches them"),
            ("channels", "hour_first", "hour_last", "weekdays", "reminders", "reminder_days", "expires_days",
             "wave", "thanks"),
        ),
        (
            _("How we leave them alone"),
            ("rest_person", "rest_person_type", "rest_account", "rest_account_type", "reminders_count"),
        ),
        (_("Limits"), ("quotas",)),
        (
            _("Widget and kiosk, for an open pulse"),
            ("origins", "widget_share", "widget_touchpoint", "kiosk_seconds"),
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, questionnaires: list[tuple[str, str]], touchpoints: list[tuple[str, str]],
                 plan: Plan | None = None, held: tuple[str, ...] = (), **kwargs: Any) -> None:  # fmt: skip
        """A new pulse's form, or with `plan` that of one there is; `held` fields can not change any more."""
        if plan is not None:
            kwargs["initial"] = initial_of(plan) | kwargs.get("initial", {})
        else:
            kwargs["initial"] = {
                "channels": ["email"], "weekdays": ["1", "2", "3", "4", "5", "6"], "wave": "month",
            } | kwargs.get("initial", {})  # fmt: skip
        super().__init__(*args, **kwargs)
        self.plan = plan
        for name in held:
            self.fields[name].disabled = True
        self.fields["questionnaire"].choices = questionnaires  # type: ignore[attr-defined]  # a choice field, typed as the base field
        self.fields["touchpoints"].choices = touchpoints  # type: ignore[attr-defined]  # a choice field, typed as the base field
        self.offer_touchpoints(touchpoints)

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [
            (str(title), [self[name] for name in names if name in self.fields])
            for title, names in self.GROUPS
        ]

    def clean_where(self) -> Population:
        """The conditions, read."""
        return _population(self.cleaned_data["where"].splitlines())

    def clean_rates(self) -> dict[str, float]:
        """Shares of strata, one a line."""
        rates = {}
        for line in self.cleaned_data["rates"].splitlines():
            if not line.strip():
                continue
            stratum, _bar, percent = (part.strip() for part in line.rpartition(BAR))
            try:
                rate = float(percent.removesuffix("%").replace(",", ".")) / 100
            except ValueError:
                rate = 0.0
            if not stratum or not 0 < rate <= 1:
                raise forms.ValidationError(
                    gettext("Write a share as stratum: per cent, such as b2b: 100. “%(line)s” is none.")
                    % {"line": line.strip()}
                )
            rates[stratum] = round(rate, 8)
        return rates

    def clean_quotas(self) -> tuple[QuotaRule, ...]:
        """Quotas, one a line."""
        rules = []
        for line in self.cleaned_data["quotas"].splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split(BAR, 2)]
            if len(parts) < 2 or not parts[1].isdecimal() or not int(parts[1]):
                raise forms.ValidationError(gettext("Write a quota as name: limit, such as Lazio: 200."))
            conditions = [part for part in parts[2].split(";") if part.strip()] if len(parts) > 2 else []
            rules.append(QuotaRule(name=parts[0], limit=int(parts[1]), where=_population(conditions)))
        return tuple(rules)

    def result(self) -> Plan:
        """The plan that the form says; only after `is_valid`."""
        said = self.cleaned_data
        kind = PulseKind(said["kind"])
        trigger = None
        if kind is PulseKind.EVENT:
            trigger = Trigger(
                event=Event(said["event"] or "delivery"),
                touchpoints=tuple(said["touchpoints"]),
                delay_hours=said["delay_hours"],
            )
            if self.plan and self.plan.trigger:  # what has no field here stays as it is
                before = self.plan.trigger
                kept = before.outcomes if before.event is trigger.event else ()
                trigger = replace(trigger, outcomes=kept, look_back_days=before.look_back_days)
        return Plan(
            kind=kind,
            trigger=trigger,
            every=(said["every"] or "month") if kind is PulseKind.PERIODIC else None,
            active_days=said["active_days"] if kind is PulseKind.PERIODIC else 0,
            where=said["where"],
            sample=self._sample(),
            languages=self.plan.languages if self.plan else Plan(kind=kind).languages,
            consent=Consent(said["consent"]),
            hours=Hours(
                first=said["hour_first"], last=said["hour_last"], weekdays=tuple(map(int, said["weekdays"]))
            ),
            rest=Rest(
                person=said["rest_person"],
                person_type=said["rest_person_type"],
                account=said["rest_account"],
                account_type=said["rest_account_type"],
                reminders_count=said["reminders_count"],
            ),
            reminders=Reminders(after_days=said["reminder_days"], most=said["reminders"]),
            thanks=said["thanks"],
            channels=tuple(AskedBy(channel) for channel in said["channels"]),
            wave=said["wave"],
            expires_days=said["expires_days"],
            quotas=said["quotas"],
        )

    def _sample(self) -> Sample:
        said = self.cleaned_data
        by, size = said["by"], said["size"] if said["kind"] == PulseKind.PERIODIC else None
        rate = None if size else round(said["share"] / 100, 8)
        before = self.plan.sample if self.plan and self.plan.sample.by == by else Sample()
        rates = said["rates"] if by and not size else {}
        return Sample(rate=rate, size=size, by=by, rates=MappingProxyType(rates), sizes=before.sizes)


def _population(conditions: list[str]) -> Population:
    try:
        found = Population.parse([line for line in conditions if line.strip()])
    except ViaggioError as error:
        raise forms.ValidationError(str(error)) from error
    for name in found.where:
        if name not in FRAME_DIMENSIONS:
            known = ", ".join(FRAME_DIMENSIONS)
            raise forms.ValidationError(
                gettext("“%(name)s” says nothing about whom we could ask. Known: %(known)s.")
                % {"name": name, "known": known}
            )
    return found


def initial_of(plan: Plan) -> dict[str, Any]:
    """The form's values for a plan."""
    values: dict[str, Any] = {
        "kind": str(plan.kind),
        "every": plan.every or "month",
        "active_days": plan.active_days,
        "where": _written(plan.where),
        "share": round(100 * (plan.sample.rate if plan.sample.rate is not None else 1.0), 4),
        "size": plan.sample.size,
        "by": plan.sample.by,
        "rates": "\n".join(f"{name}{BAR} {100 * rate:g}" for name, rate in plan.sample.rates.items()),
        "consent": str(plan.consent),
        "channels": [str(channel) for channel in plan.channels],
        "hour_first": plan.hours.first,
        "hour_last": plan.hours.last,
        "weekdays": [str(day) for day in plan.hours.weekdays],
        "rest_person": plan.rest.person,
        "rest_person_type": plan.rest.person_type,
        "rest_account": plan.rest.account,
        "rest_account_type": plan.rest.account_type,
        "reminders_count": plan.rest.reminders_count,
        "reminders": plan.reminders.most,
        "reminder_days": plan.reminders.after_days,
        "thanks": plan.thanks,
        "wave": plan.wave,
        "expires_days": plan.expires_days,
        "quotas": "\n".join(_quota(rule) for rule in plan.quotas),
    }
    if plan.trigger:
        values |= {
            "event": str(plan.trigger.event),
            "touchpoints": list(plan.trigger.touchpoints),
            "delay_hours": plan.trigger.delay_hours,
        }
    return values


def _written(population: Population) -> str:
    return "\n".join(f"{name}={','.join(values)}" for name, values in population.key())


def _quota(rule: QuotaRule) -> str:
    where = "; ".join(f"{name}={','.join(values)}" for name, values in rule.where.key())
    return f"{rule.name}{BAR} {rule.limit}" + (f"{BAR} {where}" if where else "")


class WishForm(forms.Form):
    """What the planner is asked besides the plan."""

    plan_rate = forms.FloatField(
        label=_("Response rate, per cent"), min_value=0.1, max_value=100, required=False,
        help_text=_("Empty: as it was so far."),
    )  # fmt: skip
    plan_margin = forms.FloatField(
        label=_("Margin wanted, points of NPS"), min_value=0.5, max_value=50, initial=5, required=False
    )
