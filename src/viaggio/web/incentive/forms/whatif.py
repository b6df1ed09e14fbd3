"""What is asked of the simulator."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from viaggio.incentive.plan import read_plan
from viaggio.store.incentives.asking import kpis_of
from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.plan_words import kpi_name
from viaggio.web.incentive.services.gathering import parts_of
from viaggio.web.incentive.services.simulating import MOST_DRAWS, Wish
from viaggio.web.shared import formats

DRAWS = (500, 2000, 10_000)


class WhatIfForm(forms.Form):
    """Days, assumptions and chances; one field for each figure that gates and pool read."""

    part = forms.TypedChoiceField(label=gettext_lazy("Part of the period"), coerce=int)
    against = forms.TypedChoiceField(
        label=gettext_lazy("Held against"), coerce=int, required=False, empty_value=None
    )
    draws = forms.TypedChoiceField(label=gettext_lazy("Draws"), coerce=int, initial="2000")
    seed = forms.IntegerField(
        label=gettext_lazy("Seed"), min_value=0, max_value=2**31 - 1, initial=1,
        help_text=gettext_lazy("The same seed draws the same futures."),
    )  # fmt: skip
    spread = forms.DecimalField(
        label=gettext_lazy("Values may move by"), min_value=0, max_value=50, initial="3",
        help_text=gettext_lazy("Standard deviation in points, beside the noise of few answers."),
    )  # fmt: skip
    correlation = forms.DecimalField(
        label=gettext_lazy("Moving together"), min_value=0, max_value=100, initial="30",
        help_text=gettext_lazy("Per cent: 0 each for itself, 100 all alike."),
    )  # fmt: skip
    turnover = forms.DecimalField(
        label=gettext_lazy("People who leave"), min_value=0, max_value=100, initial="3",
        help_text=gettext_lazy("Per cent of everybody, on any day of the part."),
    )  # fmt: skip
    kpi_sd = forms.DecimalField(
        label=gettext_lazy("Figures of the company may move by"), min_value=0, max_value=100, initial="10",
        help_text=gettext_lazy("Standard deviation in per cent."),
    )  # fmt: skip

    def __init__(self, *args: Any, version: PlanVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version = version
        others = version.plan.versions.exclude(pk=version.pk).exclude(document={}).order_by("-number")
        self.others = {other.pk: other for other in others}
        self._choices("part", [(p.part, p.period) for p in parts_of(version)])
        self._choices("draws", [(str(n), formats.number(n)) for n in DRAWS])
        none = ("", _("no other version"))
        named = [(pk, _("version %(n)s") % {"n": v.number}) for pk, v in self.others.items()]
        self._choices("against", [none, *named])
        plans = [read_plan(v.document) for v in (version, *self.others.values())]
        self.kpis = list(dict.fromkeys(name for plan in plans for name in kpis_of(plan)))
        for name in self.kpis:
            self.fields[f"kpi_{name}"] = forms.DecimalField(
                label=_("%(kpi)s as assumed") % {"kpi": kpi_name(name)},
                required=False,
                help_text=_("Empty: as the data give it."),
            )

    def _choices(self, name: str, choices: list[tuple[Any, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field, typed as the base field

    def wish(self) -> Wish:
        """What was asked; shares as shares of one."""
        said = self.cleaned_data
        given = {name: said[f"kpi_{name}"] for name in self.kpis}
        return Wish(
            draws=min(said["draws"], MOST_DRAWS),
            seed=said["seed"],
            spread=str(said["spread"]),
            correlation=_share(said["correlation"]),
            turnover=_share(said["turnover"]),
            kpi_sd=_share(said["kpi_sd"]),
            kpis={name: str(value) for name, value in given.items() if value is not None},
        )

    def other(self) -> PlanVersion | None:
        """The version that it is compared with."""
        return self.others.get(self.cleaned_data["against"] or 0)


def _share(per_cent: Decimal) -> str:
    return format(per_cent / 100, "f")
