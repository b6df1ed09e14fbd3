"""A page of the explorer with a small form, some tables and perhaps a drawing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.http import QueryDict
from django.utils.safestring import SafeString

from viaggio.web.journey.services.explore.asking import CannotAnswer
from viaggio.web.journey.services.explore.sheet import Sheet
from viaggio.web.journey.services.explore.words import Choices, kind_choices, read_kind
from viaggio.web.shared.charts import Chart
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.filters import Option


@dataclass(frozen=True, slots=True)
class Ask:
    """One select of the form: its name, and the value that is taken."""

    name: str
    label: str
    choices: Sequence[Choices]


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePage:
    """What the page shows: the form, the base of its figures, tables; or the reason why there are none.

    `links`: words and addresses that lead on from here.
    """

    asks: Sequence[Ask] = ()
    base: str = ""
    reason: str = ""
    chart: Chart | None = None
    heat: SafeString | str = ""
    sheets: tuple[Sheet, ...] = field(default_factory=tuple)
    links: tuple[tuple[str, str], ...] = ()

    def filled(self, fill: "Callable[[TablePage], TablePage]") -> "TablePage":
        """The page with its answer, or with the reason why there is none."""
        try:
            return fill(self)
        except CannotAnswer as error:
            return replace(self, reason=str(error))


def chosen(query: QueryDict, name: str, allowed: Sequence[str]) -> str:
    """The value of the address where it is allowed, else the first one that is."""
    text = query.get(name, "")
    return text if text in allowed else allowed[0]


def kind_text(query: QueryDict, name: str) -> str:
    """A kind of interactions as text; empty where the address has none that can be read."""
    text = query.get(name, "").strip()
    return text if read_kind(text) is not None else ""


def select(name: str, label: str, now: str, labels: Mapping[str, str]) -> Ask:
    """A select of fixed values."""
    options = tuple(Option(value, words, value == now) for value, words in labels.items())
    return Ask(name, label, [Choices("", options)])


def kind_select(desk: Desk, name: str, label: str, now: str, empty: str) -> Ask:
    """A select of kinds of interactions."""
    return Ask(name, label, kind_choices(desk, now, empty=empty))


def changed_only(now: Mapping[str, str], usual: Mapping[str, str]) -> dict[str, str]:
    """The values that links keep: those that are not the usual ones."""
    return {name: value for name, value in now.items() if value != usual.get(name, "")}
