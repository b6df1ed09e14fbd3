"""The frame: read files of golden cases, run the code of each, compare every number, print the verdicts.

    tools/golden PATH...       a JSON file or a folder of them; repeatable

A number passes when |computed - expected| <= absolute + relative * |expected|, with the tolerances of the
file. Ends with 0, with 1 when any number or text differs, with 2 when a path cannot be read.
"""

import importlib
import json
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from golden_cases.comparison import Comparison, compare, compare_text

Code = Callable[["Case"], Mapping[str, Any]]

INCENTIVES = "viaggio-incentives-golden"
NOTHING = Comparison()
SHOWN = 5
"""So many differing numbers are printed per case."""


class Unreadable(Exception):
    """A path is no file of golden cases and no folder."""


@dataclass(frozen=True)
class Case:
    """One case: what goes in, what must come out, and how near."""

    id: str
    area: str
    """Name of the module that holds its code: `area_a`, `incentives`."""
    inputs: Mapping[str, Any]
    expected: Any
    relative: float
    absolute: float
    folder: Path
    csv: tuple[str, ...] = ()

    @property
    def stem(self) -> str:
        """The id's letter and number, which name the code: A06 for `A06h_cluster1`."""
        return stem_of(self.id)

    def frame(self, name: str | None = None) -> Any:
        """A CSV of the case as pandas frame, read as R's `read.csv` does: only NA and empty are missing.

        `name` is that of the R code. When the case brings one CSV of another name, that one is read.
        """
        import pandas as pd

        return pd.read_csv(self.path(name), keep_default_na=False, na_values=["NA", ""])

    def path(self, name: str | None = None) -> Path:
        """Where the CSV called `name` lies."""
        listed = [entry for entry in self.csv if name is None or Path(entry).name == name]
        if not listed and len(self.csv) == 1:
            listed = list(self.csv)
        if listed:
            return self.folder / listed[0]
        if name is None:
            raise Unreadable(f"{self.id} names no CSV")
        return self.folder / "data" / name


@dataclass(frozen=True)
class Verdict:
    """What became of a case."""

    id: str
    state: str
    """`ok`, `FAIL` or `not covered`."""
    comparison: Comparison = NOTHING
    trouble: str = ""

    def lines(self) -> Iterator[str]:
        """The verdict in words, the differing numbers below it."""
        told = self.trouble if self.trouble and self.state != "FAIL" else self.comparison.summary()
        yield f"{self.id:<28} {self.state:<11} {told}".rstrip()
        yield from (f"    {line}" for line in self.comparison.fields)
        if self.state == "FAIL":
            yield from (f"    {line}" for line in self.trouble.splitlines())
            if self.comparison.fields:
                return
            yield from (f"    {difference}" for difference in self.comparison.differences[:SHOWN])
            more = len(self.comparison.differences) - SHOWN
            if more > 0:
                yield f"    and {more} more"


def stem_of(name: str) -> str:
    """Letter and number at the start of an id: B01 of `B01c_lmg_pillars`; the id itself without them."""
    found = re.match(r"[A-Z]\d+", name)
    return found.group() if found else name


def cases_of(path: Path) -> list[Case]:
    """The cases in one file, by the kind of its format; empty when it is of no kind known here."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error
    if not isinstance(document, dict):
        return []
    if str(document.get("schema", "")).startswith(INCENTIVES):
        return list(_incentives(document, path))
    if {"id", "expected"} <= document.keys():
        return [_statistics(document, path)]
    return []


def _statistics(document: Mapping[str, Any], path: Path) -> Case:
    name = str(document["id"])
    csv = document.get("csv") or []
    return Case(
        id=name,
        area=f"area_{name[:1].lower()}",
        inputs=document.get("inputs") or {},
        expected=document["expected"],
        relative=float(document.get("tolerance_relative", 0)),
        absolute=float(document.get("tolerance_absolute", 0)),
        folder=path.parent,
        csv=(csv,) if isinstance(csv, str) else tuple(csv),
    )


def _incentives(document: Mapping[str, Any], path: Path) -> Iterator[Case]:
    for name, example in document.get("examples", {}).items():
        inputs, expected = example.get("inputs", {}), example.get("expected", {})
        yield Case(f"incentives {name}", "incentives", inputs, expected, 0.0, 0.0, path.parent)


def code_of(case: Case) -> Code | None:
    """The function that computes a case: by its first word or its stem, None without."""
    module = f"golden_cases.{case.area}"
    try:
        cases: Mapping[str, Code] = importlib.import_module(module).CASES
    except ModuleNotFoundError as error:
        if error.name == module:
            return None
        raise
    name = case.id.removeprefix("incentives ")
    return cases.get(name.split("_")[0]) or cases.get(stem_of(name))


def run(case: Case) -> Verdict:
    """Compute a case and compare; an error of its code is a FAIL that says where."""
    try:
        code = code_of(case)
        computed = code(case) if code else None
    except Exception:  # noqa: BLE001 -- whatever breaks in one case is its verdict, the others still run
        return Verdict(case.id, "FAIL", trouble=traceback.format_exc(limit=-4))
    if computed is None:
        return Verdict(case.id, "not covered")
    if case.area == "incentives":
        found = compare_text(computed, case.expected)
    else:
        found = compare(computed, case.expected, case.relative, case.absolute)
    if found.differences:
        return Verdict(case.id, "FAIL", found)
    return Verdict(case.id, "ok" if found.compared else "not covered", found)


def files_in(paths: Iterable[str]) -> list[Path]:
    """The JSON files named, or inside the folders named."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(path.rglob("*.json"))
        elif path.is_file():
            found.append(path)
        else:
            raise Unreadable(f"{path}: no such file or folder")
    return found


def verdicts_of(paths: Iterable[str]) -> Iterator[Verdict]:
    """The verdict on each case in the files and folders named, in order."""
    for path in files_in(paths):
        cases = cases_of(path)
        if not cases:
            yield Verdict(path.name, "not covered", trouble="no format known here")
        for case in cases:
            yield run(case)


def main(arguments: list[str]) -> int:
    """Run the cases named and print; returns the exit code."""
    if not arguments or {"-h", "--help"} & set(arguments):
        print(__doc__)
        return 0 if arguments else 2
    counts = {"ok": 0, "FAIL": 0, "not covered": 0}
    try:
        for verdict in verdicts_of(arguments):
            counts[verdict.state] += 1
            print("\n".join(verdict.lines()), flush=True)
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    print(", ".join(f"{count} {state}" for state, count in counts.items()))
    return int(counts["FAIL"] > 0)
