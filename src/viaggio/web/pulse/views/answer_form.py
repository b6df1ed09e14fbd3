"""What a sent form says: the screen it was, the questions that stood on it, the answers, what is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.http import HttpRequest

from viaggio.pulse.questionnaire import OTHER, Fault, Item, Questionnaire, from_form, validate

REQUIRED = "answer.required"
OWN = frozenset({"submission", "step", "shown", "go", "l"})
"""Fields of the form itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A form as it was sent. `answers` holds an empty value for each question left empty."""

    submission: str
    step: str
    shown: tuple[str, ...]
    answers: Mapping[str, object]
    back: bool = False


def read_form(request: HttpRequest, questionnaire: Questionnaire) -> Sent:
    """Read the form of a request."""
    return read_fields({name: request.POST.getlist(name) for name in request.POST}, questionnaire)


def read_fields(sent: Mapping[str, Sequence[str]], questionnaire: Questionnaire) -> Sent:
    """Read the fields of a form, each with all its values; `validate` finds what was tampered with."""
    own = {name: sent[name][-1] for name in OWN & set(sent) if sent[name]}
    given = from_form(questionnaire, {name: sent[name] for name in set(sent) - OWN})
    shown = tuple(key for key in own.get("shown", "").split(",") if key in questionnaire.by_key)
    blank: dict[str, object] = {}
    for key in shown:
        blank[key] = ""
        if questionnaire.by_key[key].has_other:
            blank[f"{key}.{OTHER}"] = ""
    answers = {**blank, **given}
    said = repr(sorted(answers.items(), key=lambda pair: pair[0]))
    form = own.get("submission", "")[:64].replace(":", "")
    return Sent(
        submission=f"{form}:{sha256(said.encode()).hexdigest()[:16]}",
        step=own.get("step", ""),
        shown=shown,
        answers=answers,
        back=own.get("go") == "back",
    )


def faults_on(
    questionnaire: Questionnaire, answers: Mapping[str, object], context: Mapping[str, str], shown: object
) -> list[Fault]:
    """What is wrong or missing with the questions of one screen."""
    every = validate(questionnaire, answers, finished=True, context=context)
    keys = set(shown) if isinstance(shown, list | tuple) else set()
    return [fault for fault in every if not fault.note and item_of(fault) in keys]


def item_of(fault: Fault) -> str:
    """The key of the item that a fault is about."""
    return fault.item.partition(".")[0]


def without(answers: Mapping[str, object], faults: list[Fault]) -> dict[str, object]:
    """The answers that can be stored: those of questions with nothing worse than a missing answer."""
    wrong = {item_of(fault) for fault in faults if fault.code != REQUIRED}
    return {key: value for key, value in answers.items() if key.partition(".")[0] not in wrong}


def as_fields(
    answers: Mapping[str, object], items: Mapping[str, Item], *, but: object = ()
) -> Iterator[tuple[str, str]]:
    """Answers as hidden fields that `read_form` reads back; `but` names questions that stand on the page."""
    left_out = set(but) if isinstance(but, list | tuple) else set()
    for name, value in answers.items():
        item = name.partition(".")[0]
        if item in left_out or item not in items:
            continue
        if isinstance(value, Mapping):
            yield from ((f"{name}.{row}", str(rating)) for row, rating in value.items())
        elif isinstance(value, list | tuple):
            yield from ((name, str(key)) for key in value)
        else:
            yield name, str(value)
