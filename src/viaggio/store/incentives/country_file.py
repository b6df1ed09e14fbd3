"""The rules of a country: the file that comes with Viaggio, or the company's own."""

import tomllib
from importlib.resources import files
from pathlib import Path

from viaggio.incentive.country import Pack, read_pack
from viaggio.kernel import BadFile

_SHIPPED = files("viaggio.incentive.country") / "data"


def shipped_countries() -> list[str]:
    """Codes of the countries that come with Viaggio."""
    return sorted(entry.name.removesuffix(".toml") for entry in _SHIPPED.iterdir())


def load_country(code: str = "it", *, own: Path | None = None) -> Pack:
    """The rules of a country, from the company's own file where it has one.

    Raises `BadFile` for a country without a file or one that can not be read, `BadPlan` for wrong values.
    """
    place = own.name if own else f"{code}.toml"
    try:
        text = own.read_text("utf-8") if own else (_SHIPPED / place).read_text("utf-8")
        document = tomllib.loads(text, parse_float=str)
    except FileNotFoundError as error:
        known = ", ".join(shipped_countries())
        raise BadFile(f"there are no rules for '{code}'", place=place,
                      hint=f"Known: {known}; or give a file of your own.") from error  # fmt: skip
    except (OSError, ValueError) as error:
        raise BadFile("the rules can not be read", place=place, hint=str(error)) from error
    return read_pack(document)
