"""Reading a filter: one function per rule of the grammar, in docs/reference/filters.md."""

import re
from collections.abc import Callable, Iterable

from viaggio.journey.filter.cursor import Cursor
from viaggio.journey.filter.model import (
    EVERY,
    LENGTHS,
    MONEY,
    NAMES,
    NUMBERS,
    PROPERTY,
    Among,
    Compared,
    Condition,
    Did,
    During,
    Missing,
    Side,
    Sign,
    Within,
    all_of,
    any_of,
    negated,
)
from viaggio.journey.filter.tokens import MOMENTS, UnknownName, meant
from viaggio.journey.filter.units import LENGTH_HINT, MONEY_HINT, cents_of, micros_of, whole_of
from viaggio.kernel import BadPeriod, Period

_SIGNS: dict[str, Sign] = {"<": "<", "<=": "<=", ">": ">", ">=": ">="}
_SEGMENTS = ("b2b", "b2c")
_DEEPEST = 60


def read_filter(text: str) -> Condition:
    """The condition that a text says; of an empty one, every interaction. Raises `BadFilter`."""
    return _Reader(text).whole()


def read_filters(texts: Iterable[str]) -> Condition:
    """Several filters, all of which must hold. Raises `BadFilter`."""
    return all_of(read_filter(text) for text in texts)


class _Reader(Cursor):
    """One function per rule of the grammar."""

    def whole(self) -> Condition:
        if self.ended():
            return EVERY
        condition = self.either()
        if not self.ended():
            raise self.fault(f"'{self.here.text}' is not expected here", hint="Join conditions with and, or.")
        return condition

    # -- and, or, not

    def either(self) -> Condition:
        parts = [self.both()]
        while self.takes("or"):
            parts.append(self.both())
        return any_of(parts)

    def both(self) -> Condition:
        parts = [self.one()]
        while self.takes("and") or self.takes(";"):
            parts.append(self.one())
        return all_of(parts)

    def one(self) -> Condition:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.fault("conditions are nested too deeply", hint="Use fewer brackets.")
        try:
            if self.takes("not"):
                return negated(self.one())
            if self.takes("("):
                return self.bracketed()
            return self.plain()
        finally:
            self.depth -= 1

    def bracketed(self) -> Condition:
        opened = self.tokens[self.next - 1]
        condition = self.either()
        if not self.takes(")"):
            hint = f"Close the one of character {opened.at}, or join conditions with and, or."
            raise self.fault("a bracket ) is missing", hint=hint)
        return condition

    def plain(self) -> Condition:
        if self.takes("all"):
            return EVERY
        if self.takes("customers"):
            self.needs("who", hint="Write: customers who did ..., customers who did not ...")
            return self.did()
        if self.takes("period"):
            return self.period()
        name = self.name()
        return self.about(name)

    # -- conditions on a name

    def name(self) -> str:
        token = self.here
        text = token.text.lower()
        if token.kind == "word" and text in _SEGMENTS and not self.compares(1):
            return "segment"
        if token.kind != "word" or token.keyword:
            what = "a condition is missing" if token.kind == "end" else f"'{token.text}' is no condition"
            raise self.fault(what, hint="Write one such as channel = web, or customers who did checkout.")
        if text.startswith(PROPERTY) and len(text) > len(PROPERTY):
            return PROPERTY + self.step().text[len(PROPERTY) :]
        if text not in NAMES:
            if not self.compares(1):
                hint = f"Write touchpoint = {token.text}, or customers who did {token.text}."
                raise self.fault(f"'{token.text}' is compared with nothing", hint=hint)
            what = f"'{token.text}' is not a name of the language"
            raise UnknownName(what, text=self.text, at=token.at, hint=meant(text, NAMES))
        self.step()
        return text

    def compares(self, steps: int) -> bool:
        """Whether a comparison begins so many tokens from here."""
        token, after = self.ahead(steps), self.ahead(steps + 1)
        return (
            (token.kind == "sign" and token.text in {"=", "!=", "<", "<=", ">", ">="})
            or (token.keyword == "in" and after.text == "(")
            or (token.keyword == "not" and after.keyword == "in")
            or token.keyword == "is"
        )

    def about(self, name: str) -> Condition:
        if not self.compares(0) and name == "segment" and self.here.text.lower() in _SEGMENTS:
            return Among("segment", (self.step().text.lower(),))
        if self.takes("is", "not", "empty"):
            return negated(Missing(name))
        if self.takes("is", "empty"):
            return Missing(name)
        if name in MONEY:
            return self.compared(name, self.amount)
        if name in LENGTHS:
            return self.compared(name, self.length)
        return self.among(name)

    def among(self, name: str) -> Condition:
        if self.takes("in", "("):
            return Among(name, self.values(name, closed=True))
        if self.takes("not", "in", "("):
            return negated(Among(name, self.values(name, closed=True)))
        if self.takes("="):
            return Among(name, self.values(name, closed=False))
        if self.takes("!="):
            return negated(Among(name, self.values(name, closed=False)))
        hint = f"Write {name} = ..., {name} != ..., {name} in (..., ...) or {name} is empty."
        raise self.fault(f"'{name}' is compared with nothing it can be compared with", hint=hint)

    def values(self, name: str, *, closed: bool) -> tuple[str, ...]:
        found: list[str] = []
        if closed and self.takes(")"):
            return ()
        while True:
            found.append(self.value(name))
            if not self.takes(","):
                break
        if closed:
            self.needs(")", hint="Close the list, and put commas between its values.")
        return tuple(found)

    def value(self, name: str) -> str:
        """One value: a text in quotation marks, or words up to the next sign or word of the language."""
        token = self.here
        if token.kind == "quoted":
            return self.step().text
        words = []
        if name == "moment" and token.text.lower() in MOMENTS:
            return self.step().text.lower()
        while self.here.kind == "word" and not self.here.keyword:
            words.append(self.step().text)
        if not words:
            about = f"'{token.text}' is a word of the language" if token.keyword else "a value is missing"
            raise self.fault(about, hint="Put such a value in quotation marks.", at=token)
        text = " ".join(words)
        if name in NUMBERS and not re.fullmatch(r"-?[0-9]{1,19}", text):
            raise self.fault(f"'{text}' is not a key", hint="Keys are whole numbers.", at=token)
        return text

    def compared(self, name: str, read: Callable[[], int]) -> Condition:
        if self.takes("!="):
            return negated(Compared(name, "=", read()))
        if self.takes("="):
            return Compared(name, "=", read())
        sign = self.here
        if sign.kind == "sign" and sign.text in _SIGNS:
            self.step()
            return Compared(name, _SIGNS[sign.text], read())
        raise self.fault(f"'{name}' is compared with nothing", hint=f"Write {name} >= ... or {name} < ...")

    def amount(self) -> int:
        token = self.step()
        cents = cents_of(token.text)
        if cents is None:
            raise self.fault(f"'{token.text}' is not an amount of money", hint=MONEY_HINT, at=token)
        return cents

    def length(self) -> int:
        """A length of time in microseconds."""
        number, unit = self.step(), self.step()
        micros = micros_of(number.text, unit.text)
        if micros is None:
            text = f"{number.text} {unit.text}".strip()
            raise self.fault(f"'{text}' is not a length of time", hint=LENGTH_HINT, at=number)
        return micros

    # -- periods

    def period(self) -> Condition:
        if self.takes("in", "("):
            spans = [self.span()]
            while self.takes(","):
                spans.append(self.span())
            self.needs(")", hint="Close the list of periods.")
            return any_of(During(span) for span in spans)
        if self.takes("!="):
            return negated(self.spans())
        if not self.takes("="):
            self.takes("in")
        return self.spans()

    def spans(self) -> Condition:
        found = [During(self.span())]
        while self.takes(","):
            found.append(During(self.span()))
        return any_of(found)

    def span(self) -> Period:
        token = self.step()
        try:
            return Period.parse(token.text)
        except BadPeriod as error:
            raise self.fault(f"'{token.text}' is not a period", hint=error.hint, at=token) from error

    # -- what customers did

    def did(self) -> Condition:
        self.needs("did", hint="Write: customers who did ..., customers who did not ...")
        opposite = self.takes("not")
        what = self.deed()
        least, most = self.times()
        within = self.within(least if least or most is None else most + 1)
        during = self.span() if self.takes("in") else None

        def did(times: int) -> Condition:
            return Did(what=what, times=times, within=within, during=during)

        parts = [did(least)] if least else []
        parts += [negated(did(most + 1))] if most is not None else []
        condition = all_of(parts)
        return negated(condition) if opposite else condition

    def deed(self) -> Condition:
        """What was done: `checkout`, `checkout, payment`, `channel = web` or any filter in brackets."""
        if self.takes("("):
            return self.bracketed()
        if self.takes("all"):
            return EVERY
        text = self.here.text.lower()
        if self.here.keyword == "period" or (
            (text in NAMES or text.startswith(PROPERTY)) and self.compares(1)
        ):
            return self.plain()
        return Among("touchpoint", self.values("touchpoint", closed=False))

    def times(self) -> tuple[int, int | None]:
        """Least and most times."""
        for words in (("at", "least"), ("at", "most"), ("exactly",)):
            if self.takes(*words):
                number = self.number()
                if not (self.takes("times") or self.takes("time")):
                    raise self.fault("'times' is missing", hint=f"Write {' '.join(words)} {number} times.")
                return {"least": (number, None), "most": (0, number), "exactly": (number, number)}[words[-1]]
        return 1, None

    def number(self) -> int:
        token = self.step()
        number = whole_of(token.text)
        if number is None:
            raise self.fault(f"'{token.text}' is not a number of times", hint="Write a whole one.", at=token)
        return number

    def within(self, times: int) -> Within | None:
        begun = self.here
        if not self.takes("within"):
            return None
        micros = self.length()
        if self.takes("of", "first"):
            return Within(micros=micros, first=True)
        sides: tuple[Side, ...] = ("of", "after", "before")
        for side in sides:
            if self.takes(side):
                return Within(micros=micros, anchor=self.deed(), side=side)
        if times < 2:
            hint = "Add 'of first', 'after ...', 'before ...' or 'of ...', or ask for at least 2 times."
            raise self.fault("within needs to know of what", hint=hint, at=begun)
        return Within(micros=micros)
