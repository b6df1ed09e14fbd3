"""Warnings about wording, by lists of words in Italian and English: a person decides, the list only points.

The lists are ours; what they look for are the usual faults of survey questions (a question that says what to
answer, two questions in one, a question about what is known already).
"""

import re
from collections.abc import Iterator, Mapping

from viaggio.pulse.questionnaire.model import RATINGS, Finding, Item, ItemKind

LEADING: Mapping[str, tuple[str, ...]] = {
    "it": (
        "non credi", "non pensi", "non trovi", "sei d'accordo che", "concordi che", "ovviamente",
        "naturalmente", "sicuramente", "senza dubbio", "quanto ti è piaciut", "quanto hai apprezzato",
        "ottim[oaie]", "eccellent[ei]", "fantastic[oaie]", "meraviglios[oaie]", "straordinari[oa]?",
        "eccezional[ei]", "perfett[oaie]", "pessim[oaie]", "terribil[ei]", "la nostra eccellenza",
    ),
    "en": (
        "don't you", "do not you", "wouldn't you", "isn't it", "aren't you", "do you agree that", "surely",
        "obviously", "of course", "certainly", "how much did you enjoy", "how much did you love",
        "excellent", "amazing", "fantastic", "wonderful", "outstanding", "great", "superb", "perfect",
        "terrible", "awful", "world-class", "award-winning",
    ),
}  # fmt: skip
"""Beginnings of words and phrases that suggest an answer, by language."""

JOINING: Mapping[str, str] = {"it": r"\b(?:e|ed|e/o|nonché|oppure)\b", "en": r"\b(?:and|and/or|as well as)\b"}
"""Words that make two questions of one rating."""

KNOWN: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "it": {
        "order": ("numero d'ordine", "numero dell'ordine", "numero di ordine", "codice ordine"),
        "date": ("quando hai acquistato", "quando hai ordinato", "data di acquisto", "data dell'ordine"),
        "product": ("quale prodotto hai", "che prodotto hai", "cosa hai acquistato", "cosa hai comprato"),
        "channel": ("dove hai acquistato", "con quale canale", "tramite quale canale", "come ci hai contatt"),
        "name": ("come ti chiami", "il tuo nome", "nome e cognome", "codice cliente", "numero cliente"),
        "address": ("la tua e-mail", "la tua email", "il tuo indirizzo", "numero di telefono"),
        "ticket": ("numero del ticket", "numero della richiesta", "numero di pratica"),
        "customer": ("sei un cliente", "sei già cliente", "sei nostro cliente", "da quanto sei cliente"),
    },
    "en": {
        "order": ("order number", "order id", "purchase number"),
        "date": ("when did you buy", "when did you order", "date of purchase", "purchase date"),
        "product": ("which product did you", "what product did you", "what did you buy"),
        "channel": ("where did you buy", "which channel", "how did you contact us"),
        "name": ("what is your name", "your full name", "your name", "customer number", "customer id"),
        "address": ("your email", "your e-mail", "your address", "phone number"),
        "ticket": ("ticket number", "case number", "request number"),
        "customer": ("are you a customer", "are you an existing customer", "how long have you been"),
    },
}  # fmt: skip
"""Phrases that ask what the invitation knows already, by language and by what is known."""


def weak_wording(item: Item) -> Iterator[Finding]:
    """Warnings about Italian and English words: `wording.leading`, `.double`, `.known_already`."""
    for place, language, text in _questions(item):
        plain = text.lower().replace("’", "'")
        short = language.partition("-")[0]
        for phrase in LEADING.get(short, ()):
            if found := re.search(rf"\b{phrase}\w*", plain):
                yield _warning("wording.leading", place, found[0])
                break
        rated = item.kind in RATINGS or item.kind is ItemKind.MATRIX
        if rated and short in JOINING and (found := re.search(JOINING[short], plain)):
            yield _warning("wording.double", place, found[0])
        if not rated:
            yield from _known(place, short, plain)


def _known(place: str, language: str, plain: str) -> Iterator[Finding]:
    for what, phrases in KNOWN.get(language, {}).items():
        if any(phrase in plain for phrase in phrases):
            yield _warning("wording.known_already", place, what)


def _questions(item: Item) -> Iterator[tuple[str, str, str]]:
    for language, text in item.text:
        yield f"{item.key}.text.{language}", language, text
    for row in item.rows:
        for language, text in row.text:
            yield f"{item.key}.rows.{row.key}.{language}", language, text


def _warning(code: str, place: str, detail: str) -> Finding:
    return Finding(code=code, place=place, stops=False, detail=detail)
