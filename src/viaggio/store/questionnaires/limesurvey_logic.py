"""Conditions of LimeSurvey: relevance equations and the older table, as far as we have words for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from viaggio.pulse.questionnaire import BadExpression, Expression, parsed
from viaggio.pulse.questionnaire.logic import All, AnyOf, Not, Scalar, Test
from viaggio.store.questionnaires.limesurvey_tables import Row
from viaggio.store.questionnaires.report import Notes

_TOKEN = re.compile(
    r"""\s*(?:(?P<empty>!?\s*is_empty\s*\(\s*(?P<inner>[A-Za-z][\w.]*)\s*\))
    | (?P<text>"[^"]*"|'[^']*')
    | (?P<name>(?:[A-Za-z]|\d+X\d+X\d)\w*(?:\.(?:NAOK|value|code|shown))?)
    | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<sign>==|!=|<=|>=|&&|\|\||[=<>!()]))""",
    re.VERBOSE | re.ASCII,
)
_WORDS = {
    "and": "and",
    "or": "or",
    "not": "not",
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "le": "<=",
    "gt": ">",
    "ge": ">=",
}
_SIGNS = {"==": "=", "&&": "and", "||": "or", "!": "not"}
_COMPARED = re.compile(
    r"(?P<name>\{[^{}]+\}) (?P<sign>=|!=) (?P<value>'Y'|'N'|'')"
    r"|(?P<first>'[^']*'|-?[\d.]+) = (?P<second>\{[^{}]+\})"
)
_FIELD = re.compile(r"^\+?(\d+)X(\d+)X(\d+)(.*)$")


@dataclass(frozen=True, slots=True)
class Variables:
    """How LimeSurvey names answers: by code and subquestion, or by survey, group and question.

    `names` gives our name of each code (`Q1`, `Q1_SQ001`); `chosen` those that are ticks of several choices:
    our item and the option's key; `by_number` code and our key of each question number;
    `codes` what stands here for each code there, by our name of the answer.
    """

    names: Mapping[str, str]
    chosen: Mapping[str, tuple[str, str]]
    by_number: Mapping[str, tuple[str, str]]
    codes: Mapping[str, Mapping[str, Scalar]] = field(default_factory=dict)


def relevance(text: str, place: str, variables: Variables, notes: Notes) -> Expression | None:
    """The condition of a relevance equation; None where it is always shown or, told, could not be read."""
    text = text.strip()
    if text in {"", "1"}:
        return None
    try:
        return _recoded(parsed(_translated(text, variables)), variables.codes)
    except (BadExpression, _NotOurs):
        notes.add("logic.not_carried", place, text)
        return None


class _NotOurs(Exception):
    """A word of the equation that has no counterpart."""


def _recoded(expression: Expression, codes: Mapping[str, Mapping[str, Scalar]]) -> Expression:
    """The condition with our values for their codes."""
    match expression:
        case Test(name, operator, values):
            known = codes.get(name, {})
            if known and any(str(value) not in known for value in values):
                raise _NotOurs
            return Test(name, operator, tuple(known.get(str(value), value) for value in values))
        case Not(part):
            return Not(_recoded(part, codes))
        case All(parts):
            return All(tuple(_recoded(part, codes) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_recoded(part, codes) for part in parts))


def _translated(text: str, variables: Variables) -> str:
    at, out = 0, ""
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise _NotOurs
        at = found.end()
        out += f" {_word(found, variables)}"
    return _compared(out.strip(), variables)


def _word(found: re.Match[str], variables: Variables) -> str:
    if found["empty"]:
        operator = "notempty" if found["empty"].startswith("!") else "empty"
        return f"{_name(found['inner'], variables)} {operator}"
    if found["text"]:
        inner = found["text"][1:-1]
        if "'" in inner or "\\" in inner:
            raise _NotOurs
        return f"'{inner}'"
    if found["name"]:
        word = found["name"]
        return _WORDS[word.lower()] if word.lower() in _WORDS else _name(word, variables)
    return found["number"] or _SIGNS.get(found["sign"], found["sign"])


def _name(name: str, variables: Variables) -> str:
    code = name.partition(".")[0]
    number = _FIELD.match(code)
    if number:
        code, key = variables.by_number.get(number[3], ("", ""))
        if key and not number[4]:
            return f"{{{key}}}"
        code = f"{code}_{number[4]}"
    if code in variables.chosen:
        return f"{{{code}}}"
    if code not in variables.names:
        raise _NotOurs
    return f"{{{variables.names[code]}}}"


def _compared(text: str, variables: Variables) -> str:
    """Ticks become `contains`, and comparisons with nothing become `empty`."""

    def said(found: re.Match[str]) -> str:
        if found["second"]:
            return f"{found['second']} = {found['first']}"
        name, same = found["name"], found["sign"] == "="
        if name[1:-1] in variables.chosen:
            item, option = variables.chosen[name[1:-1]]
            ticked = same if found["value"] == "'Y'" else not same
            return f"{{{item}}} {'contains' if ticked else 'notcontains'} '{option}'"
        if found["value"] == "''":
            return f"{name} {'empty' if same else 'notempty'}"
        return found[0]

    translated = _COMPARED.sub(said, text)
    if any(f"{{{code}}}" in translated for code in variables.chosen):
        raise _NotOurs
    return translated


def conditions(rows: list[Row], place: str, variables: Variables, notes: Notes) -> Expression | None:
    """The older table of conditions of one question: any of those on one question, all questions together."""
    groups: dict[str, list[Expression]] = {}
    for row in rows:
        method = {"==": "=", "": "="}.get(row.get("method", ""), row.get("method", ""))
        field = _FIELD.match(row.get("cfieldname", ""))
        if (
            field is None
            or method not in {"=", "!=", "<", "<=", ">", ">="}
            or row.get("scenario", "1") not in {"1", ""}
        ):
            notes.add(
                "logic.not_carried", place, f"{row.get('cfieldname', '')} {method} {row.get('value', '')}"
            )
            return None
        text = f"{field[0].lstrip('+')} {method} '{row.get('value', '')}'"
        one = relevance(text, place, variables, notes)
        if one is None:
            return None
        groups.setdefault(row.get("cqid", ""), []).append(one)
    parts = tuple(each[0] if len(each) == 1 else AnyOf(tuple(each)) for each in groups.values())
    return None if not parts else parts[0] if len(parts) == 1 else All(parts)
