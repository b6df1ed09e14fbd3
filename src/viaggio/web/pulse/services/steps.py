"""What is shown at once: the pages of a questionnaire, the first question alone so that one tap is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from viaggio.pulse.questionnaire import RATINGS, Item, Page, Questionnaire, Wording, pages_shown
from viaggio.pulse.questionnaire.logic import is_empty

REST = ".rest"
"""What the rest of a page is called whose first question stands alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One screen: the items shown, and where it stands among all that could be shown."""

    key: str
    items: tuple[Item, ...]
    title: Wording
    place: int

    @property
    def one_tap(self) -> bool:
        """Whether a tap on a number is the whole answer."""
        return len(self.items) == 1 and self.items[0].kind in RATINGS


def steps(
    questionnaire: Questionnaire, answers: Mapping[str, object], context: Mapping[str, str]
) -> list[Step]:
    """The screens for who answered so, in order."""
    order = [name for page in questionnaire.pages for name in (page.key, page.key + REST)]
    found = []
    for at, page in enumerate(pages_shown(questionnaire, answers, context)):
        for key, items in _parts(page, first=at == 0):
            found.append(Step(key=key, items=items, title=page.title, place=order.index(key)))
    return found


def _parts(page: Page, *, first: bool) -> list[tuple[str, tuple[Item, ...]]]:
    if first and len(page.items) > 1 and page.items[0].kind in RATINGS:
        return [(page.key, page.items[:1]), (page.key + REST, page.items[1:])]
    return [(page.key, page.items)]


def step_of(shown: Sequence[Step], key: str) -> Step | None:
    """The screen of that key, if it is shown."""
    return next((step for step in shown if step.key == key), None)


def after(shown: Sequence[Step], place: int) -> Step | None:
    """The first screen behind that place."""
    return next((step for step in shown if step.place > place), None)


def before(shown: Sequence[Step], place: int) -> Step | None:
    """The last screen in front of that place."""
    return next((step for step in reversed(shown) if step.place < place), None)


def to_resume(shown: Sequence[Step], answers: Mapping[str, object]) -> Step | None:
    """Where somebody goes on: behind the last screen with an answer; None at the end."""
    answered = [
        step.place for step in shown if any(not is_empty(answers.get(item.key)) for item in step.items)
    ]
    return after(shown, max(answered, default=-1))
