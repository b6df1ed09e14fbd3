"""A pulse's plan in words: what somebody reads who did not write it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.kernel import Population
from viaggio.pulse.fielding import Plan, PulseKind, Rest
from viaggio.web.pulse.models import Pulse
from viaggio.web.pulse.plan_words import (
    CHANNELS,
    CONSENTS,
    EVENTS,
    EVERY,
    KINDS,
    STRATA,
    SURVEY_TYPES,
    WAVES,
    WEEKDAYS,
)
from viaggio.web.pulse.services.staff_scope import Catalogue
from viaggio.web.shared import formats
from viaggio.web.shared.names import code_name, dimension_name, touchpoint_name


@dataclass(frozen=True, slots=True)
class Said:
    """One setting: what it is about, and the setting in words."""

    about: str
    words: str


def said_of(pulse: Pulse, plan: Plan, known: Catalogue) -> Iterator[Said]:
    """The settings, in the order in which somebody would ask for them."""
    yield Said(_("When"), " ".join(_when(plan)))
    if plan.trigger and plan.trigger.touchpoints:
        names = ", ".join(touchpoint_name(slug, known) for slug in plan.trigger.touchpoints)
        yield Said(_("Touchpoints"), names)
    if plan.where.where:
        yield Said(_("Only"), conditions(_plain(plan.where), known))
    if plan.kind is not PulseKind.OPEN:
        yield Said(_("Sample"), _sample(plan))
        yield Said(_("Whom"), str(CONSENTS[plan.consent]))
        yield Said(_("Over"), ", ".join(str(CHANNELS.get(channel, channel)) for channel in plan.channels))
        yield Said(_("Hours"), _hours(plan))
        yield Said(_("Rest"), _rest(plan.rest))
        yield Said(_("Reminders"), _reminders(plan))
        yield Said(_("Thanks"), _("a message to everybody who has answered") if plan.thanks else _("none"))
    yield Said(_("Wave"), str(WAVES[plan.wave]))
    yield Said(_("Kind of survey"), str(SURVEY_TYPES.get(pulse.survey_type, pulse.survey_type)))
    if pulse.anonymous:
        yield Said(_("Anonymous"), _("yes: nobody can join answers and persons"))


def conditions(where: Mapping[str, object], known: Catalogue) -> str:
    """Conditions in words; empty for everybody."""
    found = []
    for name, values in where.items():
        listed = [str(value) for value in values] if isinstance(values, list | tuple) else [str(values)]
        named = [touchpoint_name(v, known) if name == "touchpoint" else code_name(name, v) for v in listed]
        found.append(f"{dimension_name(name)}: {', '.join(named)}")
    return "; ".join(found)


def _plain(population: Population) -> Mapping[str, Sequence[str]]:
    return dict(population.key())


def _when(plan: Plan) -> Iterator[str]:
    if plan.trigger:
        said = {
            "event": EVENTS[plan.trigger.event],
            "time": _delay(plan.trigger.delay_hours),
        }
        yield (
            _("%(time)s after %(event)s.") % said
            if plan.trigger.delay_hours
            else _("After %(event)s.") % said
        )
    elif plan.kind is PulseKind.PERIODIC and plan.every:
        yield _("A draw %(every)s.") % {"every": EVERY[plan.every]}
        if plan.active_days:
            n = plan.active_days
            yield ngettext(
                "From those active in the last %(n)s day.", "From those active in the last %(n)s days.", n
            ) % {"n": formats.number(n)}
    else:
        yield f"{KINDS[plan.kind]}."


def _delay(hours: int) -> str:
    days, rest = divmod(hours, 24)
    if rest or not days:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _sample(plan: Plan) -> str:
    sample = plan.sample
    if sample.size is not None:
        n = sample.size
        words = ngettext("%(n)s customer a draw", "%(n)s customers a draw", n) % {"n": formats.number(n)}
    elif sample.rate == 1:
        words = _("everybody")
    else:
        words = _("%(share)s of them, by chance") % {
            "share": formats.share(sample.rate or 0, _decimals(sample.rate or 0))
        }
    if sample.by:
        words = _("%(sample)s, in strata by %(by)s") % {
            "sample": words,
            "by": STRATA.get(sample.by, sample.by),
        }
    return words


def _decimals(rate: float) -> int:
    return 0 if round(rate * 100, 6).is_integer() else 1


def _hours(plan: Plan) -> str:
    days = plan.hours.weekdays
    span = _("from %(first)s to %(last)s o’clock") % {"first": plan.hours.first, "last": plan.hours.last}
    if len(days) == 7:
        return _("every day, %(span)s") % {"span": span}
    if len(days) > 2 and list(days) == list(range(days[0], days[-1] + 1)):
        ends = {"first": WEEKDAYS[str(days[0])], "last": WEEKDAYS[str(days[-1])], "span": span}
        return _("%(first)s to %(last)s, %(span)s") % ends
    return ", ".join([*(str(WEEKDAYS[str(day)]) for day in days), span])


def _rest(rest: Rest) -> str:
    rules = (
        (rest.person, _("a person: %(days)s days after any survey")),
        (rest.person_type, _("a person: %(days)s days after the same kind of survey")),
        (rest.account, _("a business: %(days)s days after any survey")),
        (rest.account_type, _("a business: %(days)s days after the same kind of survey")),
    )
    found = [words % {"days": formats.number(days)} for days, words in rules if days]
    return "; ".join(found) or _("none: the same people may be asked again and again")


def _reminders(plan: Plan) -> str:
    rule = plan.reminders
    closing = ngettext("%(n)s day to answer", "%(n)s days to answer", plan.expires_days) % {
        "n": plan.expires_days
    }
    if not rule.most:
        return _("none; %(closing)s") % {"closing": closing}
    said = {"most": rule.most, "days": rule.after_days, "closing": closing}
    return _("at most %(most)s, every %(days)s days; %(closing)s") % said
