"""What a member of staff sees of pulses: everything, or what was asked at the touchpoints of one function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from django.db.models import QuerySet

from viaggio.kernel import BadWorkspace
from viaggio.web.pulse.models import Invitation, Response, Wave
from viaggio.web.shared.names import FUNCTIONS, touchpoint_name
from viaggio.web.shared.permissions import may, scope_of
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import current_engine, workspace

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.web.shared.models import User

type Catalogue = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one person sees. `touchpoints` is None for all; groups smaller than `minimum` are hidden."""

    touchpoints: tuple[str, ...] | None
    functions: tuple[str, ...]
    minimum: int
    sees_customers: bool
    manages: bool

    @property
    def whole(self) -> bool:
        """Whether all of it is seen."""
        return self.touchpoints is None

    @property
    def words(self) -> str:
        """The functions whose touchpoints are seen; empty for all."""
        return ", ".join(str(FUNCTIONS.get(code, code)) for code in self.functions)

    def ledger(self, engine: "Engine", wave: Wave) -> Any:
        """The rows of a wave's coverage in the facts that this person sees, as an Ibis table."""
        rows = engine.tables().coverage
        rows = rows.filter(rows.source == "pulse", rows.pulse == wave.pulse.slug, rows.wave == wave.code)
        if self.touchpoints is None:
            return rows
        return rows.filter(rows.touchpoint.isin(list(self.touchpoints)))

    def invitations(self) -> QuerySet[Invitation]:
        """The requests that this person sees."""
        rows = Invitation.objects.all()
        return rows if self.touchpoints is None else rows.filter(touchpoint__in=self.touchpoints)

    def responses(self) -> QuerySet[Response]:
        """The responses that count and that this person sees."""
        rows = Response.objects.exclude(state="provisional")
        return rows if self.touchpoints is None else rows.filter(touchpoint__in=self.touchpoints)


def sight_of(user: object) -> Sight:
    """What this person sees."""
    person = cast("User", user)
    sees = may(person, Right.SEE_CUSTOMERS)
    functions = scope_of(person).where.get("function", ())
    try:
        minimum = 0 if sees else workspace().settings.minimum_cell
    except BadWorkspace:
        minimum = 0
    return Sight(
        touchpoints=_of_functions(functions) if functions else None,
        functions=functions,
        minimum=minimum,
        sees_customers=sees,
        manages=may(person, Right.MANAGE_PULSES),
    )


def _of_functions(functions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(slug for slug, row in catalogue().items() if row.get("owner_function") in functions)


def engine_or_none() -> "Engine | None":
    """The engine, if there is a workspace."""
    try:
        return current_engine()
    except BadWorkspace:
        return None


def catalogue() -> Catalogue:
    """The touchpoints of the catalogue by slug; none before there are data."""
    engine = engine_or_none()
    if engine is None:
        return {}
    return {str(row["id"]): row for row in engine.run(engine.tables().touchpoints).to_pylist()}


def touchpoint_choices(known: Catalogue) -> list[tuple[str, str]]:
    """Slug and name of every touchpoint, by name."""
    return sorted(((slug, touchpoint_name(slug, known)) for slug in known), key=lambda pair: pair[1])
