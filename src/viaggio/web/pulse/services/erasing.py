"""What the pulses keep of a person: requests, answers, clocks of rest. Waves that run count one unit less.

A closed wave keeps its numbers, and a full quota stays full: they say nothing of anybody. Anonymous answers
can not be told apart; where somebody wrote an identifier into one, it is taken out.
"""

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from viaggio.web.pulse.models import (
    AnonymousBox,
    Drawing,
    Invitation,
    LastAsked,
    Pulse,
    Quota,
    QuotaPlace,
    Response,
)
from viaggio.web.shared.erasing.keepers import register
from viaggio.web.shared.erasing.post import forget
from viaggio.web.shared.erasing.texts import Texts
from viaggio.web.shared.models import Outgoing

if TYPE_CHECKING:
    from viaggio.store.erasure import Request
    from viaggio.store.workspace import Workspace

_TEXTS = (Texts(Response, ("answers", "shown")), Texts(AnonymousBox, ("answers",)))


def start() -> None:
    """Be asked whenever a person is erased."""
    register("pulse", PulseKeeper())


class PulseKeeper:
    """Invitations with their responses and messages, clocks, words in other people's answers."""

    def settle(self, ws: "Workspace") -> None:
        """Land the draws that have not: their files name people."""
        from viaggio.web.pulse.services.drawing import landed  # needs what the server loads later

        for pulse in Pulse.objects.filter(drawings__item=None, drawings__isnull=False).distinct():
            landed(pulse, ws)

    def look(self, request: "Request") -> Mapping[str, int]:
        """Rows by what they are."""
        mine = invitations_of(request)
        answers = Response.objects.filter(invitation__in=mine)
        own = set(answers.values_list("pk", flat=True))
        texts = [row for one in _TEXTS for row in one.named(request.traces)]
        return {
            "records.invitations": len(mine) + _accounts(request).count(),
            "records.responses": len(own),
            "records.clocks": LastAsked.objects.filter(key__in=request.nodes).count(),
            "records.messages": messages_of(mine).exclude(payload={}, to="").count(),
            "records.texts": sum(1 for row in texts if not (isinstance(row, Response) and row.pk in own)),
        }

    def erase(self, request: "Request") -> None:
        """Delete what is the person's own; take the person out of what is others'."""
        mine = invitations_of(request)
        forget(messages_of(mine))
        _count_out(mine)
        for first in range(0, len(mine), 500):
            some = [one.pk for one in mine[first : first + 500]]
            _give_places_back(Response.objects.filter(invitation__in=some))
            Response.objects.filter(invitation__in=some).delete()
            Invitation.objects.filter(pk__in=some).delete()
        _accounts(request).update(account=None, account_name="")
        LastAsked.objects.filter(key__in=request.nodes).delete()
        for one in _TEXTS:
            one.silence(request.traces)


def invitations_of(request: "Request") -> list[Invitation]:
    """Requests to this person: by key, by identifier, by address."""
    asked = Q(customer__in=request.nodes)
    for kind, value in request.words:
        asked |= Q(identifier=kind, customer_number__iexact=value)
        if kind in {"email", "phone"}:
            asked |= Q(address__iexact=value)
    return list(Invitation.objects.filter(asked).select_related("wave"))


def messages_of(mine: list[Invitation]) -> QuerySet[Outgoing]:
    """Everything that was queued about these requests, and calls that told of their answers."""
    answers = set(Response.objects.filter(invitation__in=mine).values_list("pk", flat=True))
    asked = Q(pk=None)
    for one in mine:
        asked |= Q(key__startswith=f"invitation:{one.pk}:")
    for pk in answers:
        asked |= Q(kind="webhook", key__contains=pk)
    return Outgoing.objects.filter(asked)


def _accounts(request: "Request") -> QuerySet[Invitation]:
    """Requests to other people of the account that is erased."""
    return Invitation.objects.filter(account__in=request.nodes).exclude(customer__in=request.nodes)


def _count_out(mine: list[Invitation]) -> None:
    """Take these requests out of what the draws of open waves have counted, so that the ledger adds up."""
    from viaggio.pulse.fielding import ASKED  # brings numpy

    left = Counter((one.wave.pulse_id, one.wave.code) for one in mine if one.wave.closed_at is None)
    for (pulse, code), units in left.items():
        for drawing in Drawing.objects.select_for_update().filter(pulse=pulse).order_by("number"):
            counts = drawing.counts.get(code, {})
            for outcome in sorted(set(counts) & set(map(str, ASKED))):
                for reason in sorted(counts[outcome]):
                    taken = min(counts[outcome][reason], left[pulse, code])
                    counts[outcome][reason] -= taken
                    left[pulse, code] -= taken
            if units != left[pulse, code]:
                Drawing.objects.filter(pk=drawing.pk).update(counts=drawing.counts)
            if not left[pulse, code]:
                break


def _give_places_back(answers: QuerySet[Response]) -> None:
    """Places that were only held are free again; filled ones stay counted, without whose they were."""
    held = QuotaPlace.objects.filter(response__in=answers)
    for quota, n in Counter(held.exclude(until=None).values_list("quota", flat=True)).items():
        found = Quota.objects.select_for_update().get(pk=quota)
        Quota.objects.filter(pk=quota).update(taken=max(0, found.taken - n))
    held.delete()
