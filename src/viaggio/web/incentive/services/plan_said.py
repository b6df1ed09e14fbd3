"""The rules of a plan in sentences: who takes part, when, what guards it, gates, pool, corrections."""

from collections.abc import Iterator
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.incentive.combining import EffectKind
from viaggio.incentive.plan import Gate, Level, Plan, Step
from viaggio.incentive.pooling import PoolMode
from viaggio.incentive.proration import DayCount
from viaggio.incentive.scoring import Credit
from viaggio.web.incentive.plan_words import (
    SECTIONS,
    absence_name,
    amount_text,
    contract_name,
    exact_text,
    kpi_name,
    measure_name,
    share_text,
)
from viaggio.web.incentive.services.plan_parts import said_list
from viaggio.web.shared.formats import day

Facts = list[tuple[str, str]]


def calendar(plan: Plan, parts: int) -> Facts:
    """The dates that matter, each with its name."""
    facts = [(_("Period"), _span(plan.period.first, plan.period.last))]
    if parts > 1:
        facts.append(
            (_("Settled in"), ngettext("%(n)s equal part", "%(n)s equal parts", parts) % {"n": parts})
        )
    if plan.baseline:
        facts.append((_("Held against"), _span(plan.baseline.first, plan.baseline.last)))
    counts = {
        DayCount.CALENDAR: _("calendar days"),
        DayCount.WORKING: _("working days, Monday to Friday"),
        DayCount.THIRTY: _("months of thirty days"),
    }
    facts.append((_("Counted in"), counts[plan.day_count]))
    if plan.cutoff:
        facts.append((_("Answers count until"), _cutoff(plan.cutoff)))
    if plan.accrues_from:
        facts.append((_("Earned from"), day(plan.accrues_from)))
    if plan.agreement.signed:
        facts.append((_("Agreement signed"), day(plan.agreement.signed)))
    if plan.agreement.deposited:
        facts.append((_("Agreement deposited"), day(plan.agreement.deposited)))
    if plan.agreement.protocol:
        facts.append((_("Protocol"), plan.agreement.protocol))
    return facts


def _span(first: object, last: object) -> str:
    return f"{day(first)} – {day(last)}"  # type: ignore[arg-type]  # days, as every caller gives


def _cutoff(text: str) -> str:
    return text.replace("T", " ")


def eligibility(plan: Plan) -> list[str]:
    """Who takes part, and what absences cost."""
    rules = plan.eligibility
    said = [
        _("Contracts: %(names)s.") % {"names": said_list(contract_name(c) for c in rules.contracts)}
        if rules.contracts
        else _("Every kind of contract takes part.")
    ]
    if rules.min_service_days:
        said.append(
            ngettext(
                "At least %(n)s day of service in the period.",
                "At least %(n)s days of service in the period.",
                rules.min_service_days,
            )
            % {"n": rules.min_service_days}
        )
    if rules.employed_on:
        said.append(_("Employed on %(day)s.") % {"day": day(rules.employed_on)})
    if rules.leavers.get("bad") == "forfeit":
        said.append(_("Who leaves for a good reason keeps the share earned; for a bad one, nothing."))
    for name, rule in plan.absences.items():
        words = {"name": absence_name(name), "share": share_text(rule.lost)}
        if rule.protected:
            said.append(_("%(name)s: protected, counts as worked.") % words)
        elif rule.lost == 0:
            said.append(_("%(name)s: counts as worked.") % words)
        else:
            said.append(_("%(name)s: each day loses %(share)s of the day.") % words)
    return said


def rails(plan: Plan) -> list[str]:
    """How few answers are handled, in the order in which it happens."""
    r = plan.guard_rails
    back = ngettext(
        "earlier answers, up to %(n)s period back", "earlier answers, up to %(n)s periods back", r.windows
    )
    steps = {
        Step.ROLLING: back % {"n": r.windows},
        Step.PARENT: _("the unit above"),
        Step.REDISTRIBUTE: _("the weight goes to the other lines"),
        Step.NEUTRAL: _("the line pays 100%"),
    }
    said = [
        _(
            "A group of fewer than %(people)s people or %(answers)s answers is never looked at alone: "
            "the unit above counts."
        )
        % {"people": r.k_headcount, "answers": r.k_responses},
        _(
            "Below %(n)s answers the first of these that helps: %(steps)s. "
            "Nobody gets zero for lack of answers."
        )
        % {"n": r.n_min, "steps": "; ".join(steps[step] for step in r.ladder)},
    ]
    if r.credit is not Credit.POINT and r.k:
        said.append(
            _(
                "A value counts n / (n + %(k)s), the rest is the value of the unit above: "
                "few answers swing less."
            )
            % {"k": exact_text(r.k)}
        )
    if r.dead_band_z:
        said.append(
            _("Within %(z)s standard errors of the target, the target counts.")
            % {"z": exact_text(r.dead_band_z)}
        )
    if plan.mix.strata:
        said.append(
            _("Values are adjusted to the same mix of %(strata)s.")
            % {"strata": said_list(s.replace("_", " ") for s in plan.mix.strata)}
        )
    return said


def combination(plan: Plan) -> str:
    """How the two parts become one."""
    if plan.combination == "additive":
        return _("Each line pays its weight times its payout; the lines are added.")
    return _("Each part is a weighted mean of its payouts; the two parts are multiplied.")


def gates(plan: Plan) -> list[str]:
    """Each gate as a sentence."""
    return [gate_said(gate) for gate in plan.gates]


def gate_said(gate: Gate) -> str:
    """A condition, what it stands before, and what happens when it fails."""
    kpi = {"kpi": kpi_name(gate.kpi), "value": exact_text(gate.threshold, 6)}
    condition = {
        ">=": _("%(kpi)s below %(value)s"),
        ">": _("%(kpi)s at %(value)s or below"),
        "<=": _("%(kpi)s above %(value)s"),
        "<": _("%(kpi)s at %(value)s or above"),
    }[gate.sign] % kpi
    target = {
        Level.PLAN: _("the whole award"),
        Level.SECTION: _("the part “%(name)s”") % {"name": str(SECTIONS.get(gate.name, gate.name))},
        Level.COMPONENT: _("the line “%(name)s”") % {"name": measure_name(gate.name)},
    }[gate.level]
    amount = {
        "what": target,
        "share": share_text(gate.effect.amount),
        "times": exact_text(gate.effect.amount),
    }
    effect = {
        EffectKind.ZERO: _("%(what)s is not paid"),
        EffectKind.CAP: _("%(what)s pays at most %(share)s"),
        EffectKind.FACTOR: _("%(what)s is multiplied by %(times)s"),
        EffectKind.HOLD: _("%(what)s waits for a decision"),
    }[gate.effect.kind] % amount
    return _("With %(condition)s, %(effect)s. While the figure is missing it waits.") % {
        "condition": condition, "effect": effect,
    }  # fmt: skip


def money(plan: Plan) -> list[str]:
    """The individual cap, the pool, and how closed periods are corrected."""
    return list(_money(plan))


def _money(plan: Plan) -> Iterator[str]:
    if plan.individual_cap is not None:
        yield _("Nobody gets more than %(share)s of the own target.") % {
            "share": share_text(plan.individual_cap)
        }
    yield pool(plan)
    if plan.on_account:
        yield _(
            "During the period %(share)s of what is earned is paid on account; "
            "the rest is settled at its end."
        ) % {"share": share_text(plan.on_account.share)}
    if plan.pool and plan.pool.unspent:
        left = {"company": _("stays with the company"), "carry": _("is carried into the next period")}
        yield _("What is left of the pool %(where)s.") % {
            "where": left.get(plan.pool.unspent, plan.pool.unspent)
        }
    if plan.retro.pool == "freeze_lambda":
        yield _("A later correction moves nobody else's money: the pool's factor stays as it was.")
    else:
        yield _("A later correction opens the pool again, with a new approval.")
    if plan.retro.waive_below:
        yield _("Corrections to the bad below %(amount)s are let go.") % {
            "amount": amount_text(plan.retro.waive_below, plan.currency)
        }
    if plan.retro.recovery_share:
        yield _("Of later awards at most %(share)s is kept back to recover too much paid.") % {
            "share": share_text(plan.retro.recovery_share)
        }


def pool(plan: Plan) -> str:
    """The pool as a sentence."""
    rule = plan.pool
    if rule is None:
        return _("There is no pool: each award is paid as it is earned.")
    if rule.kind == "fixed":
        size = _("The pool is %(amount)s.") % {"amount": amount_text(rule.amount, plan.currency)}
    else:
        words = {
            "rate": share_text(rule.rate),
            "kpi": kpi_name(rule.kpi),
            "above": exact_text(rule.above, 2),
            "most": amount_text(rule.most or Fraction(0), plan.currency),
        }
        size = (
            _("The pool is %(rate)s of what %(kpi)s is above %(above)s, at most %(most)s.") % words
            if rule.most is not None
            else _("The pool is %(rate)s of what %(kpi)s is above %(above)s.") % words
        )
    if rule.mode is PoolMode.DISTRIBUTE_ALL:
        return f"{size} {_('It is divided whole, as far as the caps allow.')}"
    return f"{size} {_('It only limits: when all awards together are more, each is cut by the same factor.')}"
