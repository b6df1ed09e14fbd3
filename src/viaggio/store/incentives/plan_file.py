"""A plan from a YAML, TOML or JSON file. Every value is read as the text that stands there.

No number ever becomes a float.
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from viaggio.incentive.plan import Plan, read_plan
from viaggio.kernel import BadFile


def load_plan(path: Path) -> Plan:
    """The plan in a file. Raises `BadFile` when it is no YAML, TOML or JSON, `BadPlan` when it is no plan."""
    return read_plan(load_document(path))


def load_document(path: Path) -> Mapping[str, Any]:
    """The plain values of a plan file; numbers stay text. Raises `BadFile`."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile("the plan can not be read", place=path.name, hint=str(error)) from error
    try:
        document = _parsed(path.suffix.lower(), text)
    except ValueError as error:
        raise BadFile("the plan is not written rightly", place=path.name, hint=str(error)) from error
    if not isinstance(document, Mapping):
        raise BadFile("a plan has names with values", place=path.name, hint="Begin with plan: and version:.")
    return document


def _parsed(suffix: str, text: str) -> Any:
    if suffix == ".toml":
        return tomllib.loads(text, parse_float=str)
    if suffix == ".json":
        return json.loads(text, parse_float=str, parse_int=str)
    import yaml

    try:
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 -- the base loader makes texts only
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error
