"""How long PDF statements take: `python benchmarks/statements.py [statements] [--processes N]`.

A quarter of an invented company is settled (one plan, four functions, everybody with three lines), published,
and each person's statement is written as a PDF from the records, as the page's button does. Whatever is not
the writing (making the company, settling it) is told apart. The sample company must be there already:
`viaggio demo --build-only --folder FOLDER`, then `--folder FOLDER`; a copy of its records is used.
"""

import argparse
import os
import resource
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

NOW = datetime(2025, 12, 15, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
NPS = {"type": "linear", "points": [["-20", "0"], ["30", "1"], ["60", "1.5"]]}
CSAT = {"type": "linear", "points": [["40", "0"], ["80", "1"], ["95", "1.5"]]}
FUNCTIONS = {"care": {"help_request": "0.7", "complaint": "0.3"}, "logistics": {"delivery": "1"},
             "billing": {"invoice": "1"}, "field": {"technician_visit": "1"}}  # fmt: skip
PLAN: dict[str, Any] = {
    "plan": "BENCH",
    "version": "1",
    "legal_basis": "PROGRAM",
    "period": {"start": "2026-01-01", "end": "2026-12-31"},
    "guardrails": {"k_headcount": "5", "k_responses": "3", "n_min": "5",
                   "ladder": ["rolling:2", "parent", "redistribute", "neutral"]},
    "groups": {
        name: {
            "shared": [{"measure": "company_nps", "weight": "0.4", "curve": NPS},
                       {"measure": "company_csat", "weight": "0.2", "curve": CSAT}],
            "function": [{"measure": f"map:{name}", "weight": "0.4", "curve": CSAT}],
        }
        for name in FUNCTIONS
    },
    "contribution_map": FUNCTIONS,
    "measures": {"company_nps": {"metric": "nps"}, "company_csat": {"metric": "csat"}},
}  # fmt: skip


def begin(folder: str) -> None:
    """Open a workspace in this process."""
    os.environ["VIAGGIO_WORKSPACE"] = folder
    from viaggio.web.serve import prepare

    prepare(Path(folder))


def settle(people: int) -> str:
    """Staff, plan, run; the code of the published run."""
    import json

    from viaggio.web.incentive.models import OrgUnit
    from viaggio.web.incentive.services import plans, runs, staff
    from viaggio.web.shared.persons import create_user
    from viaggio.web.shared.roles import Role

    writer, approver = (
        create_user(f"{name}@bench.example", name=name, roles=[role])
        for name, role in (("writer", Role.HR), ("approver", Role.APPROVER))
    )
    first = date(2024, 1, 1)
    top = OrgUnit.objects.filter(code="").first() or staff.add_unit(
        "", "Officina Blu", "company", by=writer, first=first
    )
    units = [
        staff.add_unit(f"bench-{name}", name.capitalize(), "cell", by=writer, first=first, parent=top)
        for name in FUNCTIONS
    ]
    for number in range(people):
        one = staff.add_employee(by=writer, hired=first, contract="permanent", pseudonym=f"B-{number:05}")
        place = number % len(units)
        staff.assign(one, units[place], list(FUNCTIONS)[place], first=first, target_cents=240_000, by=writer)
    version = plans.create(json.dumps(PLAN, indent=1), by=writer, now=NOW, parts=4)
    version = plans.mark_simulated(version, by=writer, now=NOW)
    version = plans.approve(plans.submit(version, by=writer, now=NOW), by=approver, now=NOW)
    version = plans.publish(version, by=writer, now=NOW)
    run = runs.calculate(version, 1, by=writer, now=LATER)
    runs.verify(run, now=LATER)
    run = runs.approve(run, by=approver, now=LATER)
    return runs.publish(run, by=writer, now=LATER).code


def write(code: str, people: list[str]) -> tuple[int, float]:
    """Statements of these people as PDFs: bytes, and CPU seconds of this process."""
    from django.utils import translation

    from viaggio.web.incentive.models import AwardLine, Employee, Run
    from viaggio.web.incentive.services.figure_scope import touchpoint_rows
    from viaggio.web.incentive.services.statement_pdf import statement_pdf
    from viaggio.web.incentive.services.statements import Writer

    begun, size = time.process_time(), 0
    writer, touchpoints = Writer(Run.objects.get(code=code)), touchpoint_rows()
    employees = {one.pseudonym: one for one in Employee.objects.filter(pseudonym__in=people)}
    with translation.override("it"):
        for award in AwardLine.objects.filter(run__code=code, person__in=people):
            size += len(statement_pdf(writer.statement(award, employees[award.person]), touchpoints))
    return size, time.process_time() - begun


def main() -> None:
    """Settle, write, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("statements", nargs="?", type=int, default=1000)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, required=True, help="a sample company, which is copied")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as base:
        folder = str(shutil.copytree(given.folder, Path(base) / "workspace"))
        begin(folder)
        begun = time.perf_counter()
        code = settle(given.statements)
        print(f"{given.statements} people settled in {time.perf_counter() - begun:.1f} s, not counted below")
        people = [f"B-{number:05}" for number in range(given.statements)]
        shares = [people[at :: given.processes] for at in range(given.processes)]
        begun = time.perf_counter()
        with ProcessPoolExecutor(
            given.processes, get_context("spawn"), initializer=begin, initargs=(folder,)
        ) as pool:
            done = list(pool.map(write, [code] * given.processes, shares))
        wall = time.perf_counter() - begun
    cpu, size = sum(c for _size, c in done), sum(s for s, _cpu in done)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{given.statements} PDFs in {wall:.1f} s with {given.processes} processes, {cpu:.1f} CPU s,"
          f" {size / given.statements / 1000:.0f} kB each, peak {peak:.0f} MB a process")  # fmt: skip


if __name__ == "__main__":
    main()
