"""The tokens of a filter and how far they have been read."""

from viaggio.journey.filter.tokens import BadFilter, Token, tokens_of


class Cursor:
    """A place in the tokens of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tokens_of(text)
        self.next = 0
        self.depth = 0

    @property
    def here(self) -> Token:
        """The token to be read next."""
        return self.tokens[self.next]

    def ended(self) -> bool:
        """Whether all has been read."""
        return self.here.kind == "end"

    def ahead(self, steps: int) -> Token:
        """The token so many steps from here; the end beyond it."""
        return self.tokens[min(self.next + steps, len(self.tokens) - 1)]

    def step(self) -> Token:
        """Read one token."""
        token = self.here
        self.next += token.kind != "end"
        return token

    def takes(self, *words: str) -> bool:
        """Whether these words of the language, or signs, stand here; they are read then."""
        for steps, word in enumerate(words):
            token = self.ahead(steps)
            if word not in ((token.text,) if token.kind == "sign" else (token.keyword,)):
                return False
        self.next += len(words)
        return True

    def needs(self, word: str, *, hint: str) -> None:
        """Read this word or sign. Raises `BadFilter` where it does not stand."""
        if not self.takes(word):
            raise self.fault(f"'{word}' is missing", hint=hint)

    def fault(self, what: str, *, hint: str, at: Token | None = None) -> BadFilter:
        """The error at a token, or here."""
        return BadFilter(what, text=self.text, at=(at or self.here).at, hint=hint)
