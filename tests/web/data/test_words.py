"""Every code that an import may end with has words, in both languages."""

import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.utils import translation

import viaggio.store
from viaggio.kernel import ViaggioError
from viaggio.store.contracts import FACTS
from viaggio.store.importers.codes import CODES as IMPORT_CODES
from viaggio.store.recipes import RECIPES
from viaggio.web.data import kinds, words

STORE = Path(viaggio.store.__file__).parent
FIRST_PARTS = {code.split(".")[0] for code in IMPORT_CODES} - {"file"}
READING = ("viaggio.store.importers", "viaggio.store.recipes", "viaggio.store.landing", "viaggio.kernel")
IN_CODE = re.compile(rf'"((?:{"|".join(sorted(FIRST_PARTS))})\.[a-z_]+)"')


def errors(of=ViaggioError):
    for kind in of.__subclasses__():
        yield kind
        yield from errors(kind)


def written_codes() -> set[str]:
    """Codes as they stand in the sources of fold, readers and recipes."""
    texts = [p.read_text() for room in ("fold", "importers", "recipes") for p in (STORE / room).rglob("*.py")]
    return {code for text in texts for code in IN_CODE.findall(text)}


def test_every_code_of_the_importers_has_words():
    assert set(IMPORT_CODES) - set(words.CODES) == set()


def test_every_code_written_in_fold_and_recipes_has_words():
    assert "row.key_collision" in written_codes()
    assert written_codes() - set(words.CODES) == set()


def test_every_error_that_reading_may_raise_has_words():
    for module in pkgutil.walk_packages([str(STORE)], "viaggio.store."):
        import_module(module.name)
    raised = {kind.code for kind in errors() if kind.__module__.startswith(READING)}
    elsewhere = {"metric.unknown", "dimension.unknown", "period.bad"}  # of figures, not of imports
    assert raised - elsewhere - set(words.CODES) == set()


@pytest.mark.parametrize("language", ["it", "en"])
def test_no_word_is_empty_and_italian_is_not_english(language):
    with translation.override(language):
        said = {code: str(text) for code, text in words.CODES.items()}
    assert all(said.values())
    if language == "it":
        with translation.override("en"):
            assert [code for code, text in said.items() if text == str(words.CODES[code])] == []


def test_every_kind_of_data_recipe_and_option_has_a_name():
    assert set(kinds.KINDS) == set(FACTS)
    assert set(kinds.RECIPES) == set(RECIPES)
    assert {option for recipe in RECIPES.values() for option in recipe.options} - set(kinds.OPTIONS) == set()


def test_an_unknown_code_is_shown_as_it_is():
    assert words.said("value.of_tomorrow") == "value.of_tomorrow"
