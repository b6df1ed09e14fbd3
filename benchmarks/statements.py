"""How long PDF statements take: `python benchmarks/statements.py [statements] [--processes N]`.

A quarter of an invented company is settled (one plan, four functions, everybody with three lines), published,
and each person's statement is written as a PDF from the records: some as the page's button does and as
`viaggio incentive statements` does, in turns; then all of them by that command. Whatever is not the writing
(making the company, settling it) is told apart. The sample company must be there already:
`viaggio demo --build-only --folder FOLDER`, then `--folder FOLDER`; a copy of its records is used.
"""

import argparse
import os
import resource
import shutil
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from viaggio.cli.incentive_statements import begin, written

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

TURNS, TURN = 4, 20


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


def one_by_one(code: str, people: list[str]) -> float:
    """CPU seconds of statements as the page's button makes them."""
    from django.utils import translation

    from viaggio.web.incentive.models import AwardLine, Employee, Run
    from viaggio.web.incentive.services.figure_scope import touchpoint_rows
    from viaggio.web.incentive.services.statement_pdf import statement_pdf
    from viaggio.web.incentive.services.statements import Writer

    begun = time.process_time()
    writer, touchpoints = Writer(Run.objects.get(code=code)), touchpoint_rows()
    employees = {one.pseudonym: one for one in Employee.objects.filter(pseudonym__in=people)}
    with translation.override("it"):
        for award in AwardLine.objects.filter(run__code=code, person__in=people):
            statement_pdf(writer.statement(award, employees[award.person]), touchpoints)
    return time.process_time() - begun


def together(code: str, people: list[str], out: Path) -> float:
    """CPU seconds of the same statements as `viaggio incentive statements` writes them."""
    from viaggio.cli.incentive_statements import write

    begun = time.process_time()
    write(code, people, out, "it")
    return time.process_time() - begun


def compare(code: str, people: list[str], out: Path) -> None:
    """Both ways in this process, in turns, so that whatever else the machine does meets both alike."""
    one_by_one(code, people[:2])
    together(code, people[:2], out)  # what is made once: style sheets, cut fonts
    turns = [people[at : at + TURN] for at in range(0, TURNS * TURN, TURN)]
    spent = [(one_by_one(code, turn), together(code, turn, out)) for turn in turns]
    one, many = (sum(part) / (TURNS * TURN) for part in zip(*spent, strict=True))
    print(
        f"{one:.3f} CPU s each one by one, {many:.3f} together ({many / one:.2f}), in {TURNS} turns of {TURN}"
    )


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
        out = Path(base) / "out"
        out.mkdir()
        compare(code, people, out)
        begun, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        files, size = written(code, people, out, "it", given.processes, folder)
        wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{files} PDFs in {wall:.1f} s with {given.processes} processes, {cpu:.1f} CPU s with their start,"
          f" {size / files / 1000:.0f} kB each, peak {after.ru_maxrss / 1024:.0f} MB a process")  # fmt: skip


if __name__ == "__main__":
    main()
