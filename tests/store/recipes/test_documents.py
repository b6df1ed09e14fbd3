"""The reference, in English and Italian, tells of every recipe, option, touchpoint and table there is."""

from pathlib import Path

import pytest

from viaggio.store.recipes import RECIPES
from viaggio.store.recipes.native import TABLES

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("page", ["docs/reference/recipes.md", "docs/it/riferimento/ricette.md"])
def test_reference_is_complete(page):
    text = (ROOT / page).read_text()
    for recipe in RECIPES.values():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{recipe.name}` |"))
        for option, default in recipe.options.items():
            assert (f"`{option}` (`{default}`)" if default else f"`{option}`") in row
        for place in recipe.touchpoints:
            assert f"`{place.slug}`" in text
    for table in TABLES:
        assert f"`{table}`" in text
