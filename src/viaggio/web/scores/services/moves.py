"""What changed and is it real: the tested differences as lines to read, the most surprising first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from viaggio.web.scores.services.figures import answers_link, score_link
from viaggio.web.scores.services.words import Said, said_of
from viaggio.web.shared import formats
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name, metric_short

if TYPE_CHECKING:
    from viaggio.store.changes import Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One tested difference: what, where, from which value to which."""

    metric: str
    href: str
    where: str
    answers: str
    now: str
    before: str
    n: str
    said: Said
    change: "Change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many differences were looked at, tested, and found real; the rest had too few answers."""

    tested: int
    improved: int
    worsened: int
    too_few: int
    rate: str

    @property
    def real(self) -> int:
        """Changes that are more than chance."""
        return self.improved + self.worsened


def surprise(change: "Change") -> tuple[float, float]:
    """What sorts the list: the smallest adjusted p first, then the largest statistic."""
    judged = change.judged
    p = judged.adjusted if judged.adjusted is not None else 2.0
    return p, -abs(judged.statistic or 0.0)


def moves(desk: Desk, found: Sequence["Change"]) -> list[Move]:
    """The differences that were tested, most surprising first."""
    tested = [change for change in found if change.judged.adjusted is not None]
    return [_move(desk, change) for change in sorted(tested, key=surprise)]


def _move(desk: Desk, change: "Change") -> Move:
    said = said_of(change)
    assert said is not None  # there is a change
    keep = dict(change.by)
    return Move(
        metric=metric_short(change.metric),
        href=score_link(desk, change.metric, **keep),
        where=group_words(desk, change.by),
        answers=answers_link(desk, change.metric, **keep),
        now=formats.reading_text(change.now),
        before=formats.reading_text(change.before),
        n=f"{formats.number(change.now.n)} / {formats.number(change.before.n)}",
        said=said,
        change=change,
    )


def group_words(desk: Desk, by: Sequence[tuple[str, str]]) -> str:
    """A group in words; empty for the whole company."""
    return ", ".join(f"{dimension_name(name)}: {desk.filters.say(name, value)}" for name, value in by)


def counts(found: Sequence["Change"], rate: float) -> Counts:
    """How many of each verdict."""
    said = [str(change.judged.verdict) for change in found]
    return Counts(
        tested=sum(change.judged.adjusted is not None for change in found),
        improved=said.count("improved"),
        worsened=said.count("worsened"),
        too_few=said.count("too_few"),
        rate=formats.share(rate, 0),
    )
