"""Text to condition: a tokenizer and a parser by recursive descent; nothing is ever executed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from viaggio.kernel import ViaggioError
from viaggio.pulse.questionnaire.logic.expression import (
    ALONE,
    All,
    AnyOf,
    Expression,
    Not,
    Operator,
    Scalar,
    Test,
)

LONGEST = 4_000
"""Characters of a condition, at most."""
DEEPEST = 40
"""Parentheses and negations inside one another, at most."""

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<name>\{[^{}\s][^{}]*\})
    | (?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
    | (?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    | (?P<sign><=|>=|!=|<>|==|&&|\|\||[=<>!()\[\],])
    | (?P<word>[A-Za-z]+)
    )""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SYNONYMS = {
    "==": "=", "<>": "!=", "equal": "=", "notequal": "!=", "less": "<", "lessorequal": "<=",
    "greater": ">", "greaterorequal": ">=", "&&": "and", "||": "or", "!": "not", "negate": "not",
}  # fmt: skip
_OPERATORS = {str(operator): operator for operator in Operator}
_WORDS = frozenset({*_OPERATORS, "and", "or", "not", "true", "false"})


class BadExpression(ViaggioError):
    """A condition that can not be read; `place` is its text, `at` the character where reading stopped."""

    code = "logic.unreadable"

    def __init__(self, what: str, *, text: str, at: int) -> None:
        super().__init__(what, place=text[:200], hint=f"Look at character {at + 1}.")
        self.at = at


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # name, number, text, sign, end
    text: str
    at: int


def parsed(text: str) -> Expression:
    """The condition that a text says; raises `BadExpression`."""
    if len(text) > LONGEST:
        raise BadExpression(f"a condition has {LONGEST} characters at most", text=text, at=LONGEST)
    return _Parser(text).whole()


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise BadExpression("this is no part of a condition", text=text, at=at)
        kind, token = found.lastgroup, found[found.lastgroup]
        start, at = found.start(found.lastgroup), found.end()
        if kind == "name":
            yield _Token("name", token[1:-1].strip(), start)
        elif kind in {"word", "sign"}:
            plain = token.lower()
            plain = _SYNONYMS.get(plain, plain)
            if kind == "word" and plain not in _WORDS:
                raise BadExpression(f"'{token}' is no word of a condition", text=text, at=start)
            yield _Token("sign", plain, start)
        else:
            yield _Token(kind, token, start)
    yield _Token("end", "", end)


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._rest = list(_tokens(text))
        self._rest.reverse()
        self._depth = 0

    def whole(self) -> Expression:
        found = self._any()
        if self._next.kind != "end":
            raise self._bad("the condition should end here")
        return found

    @property
    def _next(self) -> _Token:
        return self._rest[-1]

    def _take(self) -> _Token:
        return self._rest.pop()

    def _taken(self, sign: str) -> bool:
        if self._next.kind == "sign" and self._next.text == sign:
            self._take()
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._taken(sign):
            raise self._bad(f"'{sign}' is missing")

    def _bad(self, what: str) -> BadExpression:
        return BadExpression(what, text=self._text, at=self._next.at)

    def _any(self) -> Expression:
        parts = [self._all()]
        while self._taken("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _all(self) -> Expression:
        parts = [self._single()]
        while self._taken("and"):
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _single(self) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._bad(f"more than {DEEPEST} parentheses inside one another")
        try:
            if self._taken("not"):
                return Not(self._single())
            if self._taken("("):
                inner = self._any()
                self._expect(")")
                return inner
            return self._test()
        finally:
            self._depth -= 1

    def _test(self) -> Test:
        if self._next.kind != "name":
            raise self._bad("a name in braces such as {recommend} is missing")
        name = self._take().text
        operator = _OPERATORS.get(self._next.text) if self._next.kind == "sign" else None
        if operator is None:
            raise self._bad("an operator such as = or contains is missing")
        self._take()
        if operator in ALONE:
            return Test(name, operator)
        if operator is Operator.ANY_OF:
            return Test(name, operator, self._list())
        return Test(name, operator, (self._literal(),))

    def _list(self) -> tuple[Scalar, ...]:
        if not self._taken("["):
            return (self._literal(),)
        values = [self._literal()]
        while self._taken(","):
            values.append(self._literal())
        self._expect("]")
        return tuple(values)

    def _literal(self) -> Scalar:
        token = self._next
        if token.kind == "number":
            self._take()
            return self._number(token)
        if token.kind == "text":
            self._take()
            return _ESCAPED.sub(r"\1", token.text[1:-1])
        if token.kind == "sign" and token.text in {"true", "false"}:
            self._take()
            return token.text == "true"
        raise self._bad("a number, a text in quotes, true or false is missing")

    def _number(self, token: _Token) -> int | float:
        if len(token.text) > 40:
            raise BadExpression("the number is too long", text=self._text, at=token.at)
        if token.text.lstrip("-").isdigit():
            return int(token.text)
        value = float(token.text)
        if value in {float("inf"), float("-inf")}:
            raise BadExpression("the number is too large", text=self._text, at=token.at)
        return value
