"""A figure that no data of ours gives."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from viaggio.incentive.plan import read_plan
from viaggio.store.incentives.asking import MANUAL, kpis_of, windows_of
from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.plan_words import kpi_name
from viaggio.web.incentive.services.gathering import parts_of
from viaggio.web.shared.formats import day

Days = tuple[date, date]


class FigureForm(forms.Form):
    """Which figure, of which days, its exact value, and where it is from."""

    name = forms.ChoiceField(label=_("Figure of the plan"))
    days = forms.ChoiceField(label=_("Days"))
    value = forms.RegexField(
        r"^-?\d+(\.\d+)?$", label=_("Value"), max_length=40,
        help_text=_("Exact, with a point for decimals: 10400000.00"),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Where it is from"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The document or the system, so that whoever confirms it can look."),
    )

    def __init__(self, *args: Any, version: PlanVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = read_plan(version.document)
        manual = [name for name, facts in plan.measures.items() if facts.get("metric") == MANUAL]
        names = [(name, kpi_name(name)) for name in dict.fromkeys([*kpis_of(plan), *manual])]
        self.spans: dict[str, Days] = {}
        for part in parts_of(version):
            for period in windows_of(plan, part.first, part.last).values():
                self.spans.setdefault(f"{period.start}..{period.last}", (period.start, period.last))
        days = [(key, f"{day(first)} – {day(last)}") for key, (first, last) in sorted(self.spans.items())]
        self.fields["name"].choices = names  # type: ignore[attr-defined]  # a choice field, typed as the base field
        self.fields["days"].choices = days  # type: ignore[attr-defined]  # a choice field, typed as the base field

    def span(self) -> Days:
        """First and last day of the figure."""
        return self.spans[self.cleaned_data["days"]]
