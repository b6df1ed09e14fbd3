"""The text that a new plan begins with: nine functions, ready to be changed."""

from importlib.resources import files
from string import Template

import viaggio.web.incentive


def nine_functions(code: str, year: int) -> str:
    """A plan for nine functions over a calendar year, compared with the year before."""
    folder = files(viaggio.web.incentive) / "examples"
    text = (folder / "nine_functions.yaml").read_text(encoding="utf-8")
    return Template(text).substitute(code=code, year=year, before=year - 1)
