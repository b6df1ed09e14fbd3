"""Five questions on one log: Viaggio, DuckDB SQL, Polars, pandas, PM4Py, Retentioneering, ChannelAttribution.

    python benchmarks/journey/peers.py 1000000
    python benchmarks/journey/peers.py 10000000 --shapes heavy --engines viaggio,arrow,duckdb,polars

Every question about each log runs in a process of its own, on one thread (on two where the name says so),
and is asked several times there; told are CPU seconds and seconds on the clock (medians), peak memory after
the first time, and CPU seconds of the whole process up to the first answer. Answers are compared with
Viaggio's; of a peer that can not answer the same, only what it can. Nobody gets more than ten minutes, and
process miners no more than 12 GB: who does not end within is told.
The peers live in an environment made for this (with `uv`) in a folder that is removed, unless `--peers` names
one. Results go to `results.md` and `chart.svg` beside this file; runs of other sizes in them are kept.
"""

import argparse
import json
import os
import platform
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from generate import SHAPES

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "engines")]
QUESTIONS = ("sessions", "transitions", "funnel", "paths", "attribution")
PEERS = ("duckdb", "polars", "pandas", "pm4py", "retentioneering", "channel_attribution")
ENGINES = (
    "viaggio", "viaggio:two", "viaggio:all", "arrow", *PEERS, "duckdb:two", "polars:two",
    "duckdb:ordered", "polars:ordered",
)  # fmt: skip
MINERS = ("pm4py", "retentioneering")
LONGEST = 600
"""Seconds that one engine has for one question, asked as often as it is."""
MOST_MEMORY = 12 * 2**30
"""Bytes that a process miner may take."""
ABLE = {
    "viaggio:all": ("attribution",),
    "duckdb:ordered": ("sessions", "transitions"),
    "pm4py": ("transitions", "paths"),
    "retentioneering": ("sessions", "transitions", "funnel"),
    "channel_attribution": ("attribution",),
}
CLOSE = 1e-9
SIMULATED = 0.15
"""How far a channel's share by ChannelAttribution, which simulates, may lie from the exact one."""


def peers_environment(folder: Path) -> Path:
    """A Python with the peers, made here."""
    subprocess.run(["uv", "venv", "--quiet", "--python", sys.executable, folder / "env"], check=True)
    python = folder / "env" / "bin" / "python"
    wanted = ["-r", HERE / "requirements.txt"]
    subprocess.run(["uv", "pip", "install", "--quiet", "--python", python, *wanted], check=True)
    return python


def _bounded() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))


def run_one(python: Path | str, program: Path, *arguments: object, bounded: bool = False) -> dict[str, Any]:
    """The report of a process of its own; what went wrong, where it did."""
    ours = os.pathsep.join([str(HERE.parents[1] / "src")])
    environment = {**os.environ, "PYTHONPATH": ours if python == sys.executable else ""}
    try:
        done = subprocess.run(
            [str(python), str(program), *map(str, arguments)],
            capture_output=True, text=True, check=False, env=environment, timeout=LONGEST,
            preexec_fn=_bounded if bounded else None,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"failed": f"no answer within {LONGEST // 60} minutes"}
    lines = done.stdout.strip().splitlines()
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return {"failed": f"ended with {done.returncode}: {last[:200]}"}
    report: dict[str, Any] = json.loads(lines[-1])
    return report


def comparable(engine: str, question: str, answer: Any) -> Any:
    """An answer in the form in which it is compared: what an engine can say, in one order."""
    if question == "funnel":
        return answer
    if question == "sessions":
        if engine == "retentioneering":
            return answer[0]
        return sorted([str(row[0]), *row[1:]] for row in answer)
    if question == "transitions":
        return sorted(
            list(row[:3]) if engine in {"pm4py", "retentioneering"} else list(row) for row in answer
        )
    if question == "paths":  # of paths as frequent as the last one, either may be shown
        least = min(row[1] for row in answer)
        return [sorted(list(row) for row in answer if row[1] > least), least]
    return sorted(list(row) for row in answer)


def differs(ours: Any, theirs: Any, tolerance: float) -> bool:
    """Whether two answers differ; numbers by more than the tolerance, relatively."""
    if isinstance(ours, (list, tuple)):
        return len(ours) != len(theirs) or any(
            differs(a, b, tolerance) for a, b in zip(ours, theirs, strict=True)
        )
    if isinstance(ours, float) or isinstance(theirs, float):
        return abs(ours - theirs) > tolerance * max(abs(ours), abs(theirs))
    return bool(ours != theirs)


def verdict(engine: str, question: str, ours: Any, theirs: Any) -> str:
    """`same`, `other question` or what differs."""
    if engine == "retentioneering" and question == "funnel":
        return f"other question: no window, {theirs[-1]:,} reach the last step, {ours[-1]:,} within 7 days"
    kept = ours
    if engine == "retentioneering" and question == "sessions":
        kept = sum(row[1] for row in ours)
    elif engine in {"pm4py", "retentioneering"} and question == "transitions":
        kept = [row[:3] for row in ours]
    kept = kept if isinstance(kept, int) else comparable("viaggio", question, kept)
    found = comparable(engine, question, theirs)
    if engine != "channel_attribution":
        return "DIFFERS" if differs(kept, found, CLOSE) else "same"
    simple = [[r for r in rows if r[0] != "markov"] for rows in (kept, found)]
    chains = [{r[1]: r[2] for r in rows if r[0] == "markov"} for rows in (kept, found)]
    furthest = max(abs(chains[1][name] - exact) / exact for name, exact in chains[0].items())
    wrong = differs(simple[0], simple[1], CLOSE) or furthest > SIMULATED
    return (
        "DIFFERS" if wrong else f"first and last same; Markov, simulated, up to {furthest:.1%} off the exact"
    )


def ask_all(
    engines: list[str], python: Path, folder: Path, repeats: int, questions: Sequence[str] = QUESTIONS
) -> dict[str, dict[str, Any]]:
    """Report by question and engine, each with its verdict; Viaggio is asked first."""
    found: dict[str, dict[str, Any]] = {}
    for question in questions:
        found[question] = {}
        for engine in engines:
            name, _, plan = engine.partition(":")
            if question not in ABLE.get(engine, QUESTIONS):
                continue
            runner = sys.executable if name in {"viaggio", "arrow"} else python
            asked = question if not plan or (plan == "two" and name != "viaggio") else f"{plan}_{question}"
            times = repeats + 6 if runner == sys.executable else repeats  # ours and the scan are short
            report = run_one(
                runner, HERE / "engines" / "ask.py", name, asked, folder,
                "--repeats", 1 if name in MINERS else times, "--threads", 2 if plan == "two" else 1,
                bounded=name in MINERS,
            )  # fmt: skip
            found[question][engine] = report
            if "answer" in report and engine not in {"viaggio", "arrow"}:
                report["verdict"] = verdict(
                    name, question, found[question]["viaggio"]["answer"], report["answer"]
                )
            told = (
                f"{sorted(report['cpu'])[len(report['cpu']) // 2]:.3f} CPU s" if "cpu" in report else report
            )
            print(f"{question:<12} {engine:<20} {told} {report.get('verdict', '')}", flush=True)
    return found


def machine() -> dict[str, str]:
    """What it ran on."""
    with Path("/proc/cpuinfo").open() as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = " / ".join(f"{x:.1f}" for x in os.getloadavg())
    return {
        "machine": f"{os.cpu_count()} x {model or platform.machine()}, {memory:.0f} GB, {platform.system()}",
        "python": platform.python_version(),
        "load": load,
        "day": datetime.now(UTC).date().isoformat(),
    }


def main() -> None:
    """Logs, layout, questions, record."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("events", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("--shapes", default=",".join(SHAPES), help="of the logs, which are made")
    arguments.add_argument("--log", type=Path, help="a ready log instead, as `generate.py` makes them")
    arguments.add_argument("--peers", type=Path, help="the Python of an environment with the peers")
    arguments.add_argument("--engines", default=",".join(ENGINES))
    arguments.add_argument("--questions", default=",".join(QUESTIONS), help="some only: added to the record")
    arguments.add_argument("--buckets", type=int, default=64)
    arguments.add_argument("--repeats", type=int, default=3, help="of the peers")
    arguments.add_argument("--folder", type=Path, help="for the temporary files")
    given = arguments.parse_args()
    engines = ["viaggio", *(name for name in given.engines.split(",") if name != "viaggio")]
    if unknown := set(engines) - set(ENGINES):
        raise SystemExit(f"no engine {sorted(unknown)}; there are {', '.join(ENGINES)}")
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        python = given.peers or peers_environment(Path(name))
        wrong = []
        for shape in ["given"] if given.log else given.shapes.split(","):
            folder = Path(name) / shape
            folder.mkdir()
            wrong += measure(given, shape, engines, python, folder)
            shutil.rmtree(folder)
    if wrong:
        raise SystemExit(f"answers differ: {wrong}")


def measure(
    given: argparse.Namespace, shape: str, engines: list[str], python: Path, folder: Path
) -> list[tuple[str, str, str]]:
    """Make one log, ask everybody, record; which answers differ."""
    from recorded import add_to_record, record

    before = machine()
    log = folder / "log.parquet"
    if given.log:
        log.symlink_to(given.log.resolve())
    else:
        told = [str(given.events), log, "--shape", shape]
        subprocess.run([sys.executable, HERE / "generate.py", *told], check=True)
    built = run_one(sys.executable, HERE / "layout.py", log, folder, "--buckets", given.buckets)
    print(f"{shape} log, index: {built}", flush=True)
    found = ask_all(engines, python, folder, given.repeats, given.questions.split(","))
    if given.questions != ",".join(QUESTIONS):
        add_to_record(HERE, built["events"], shape, found)
    else:
        command = f"python benchmarks/journey/peers.py {given.events} --repeats {given.repeats}"
        command += f" --shapes {given.shapes}" if given.shapes != ",".join(SHAPES) else ""
        command += f" --engines {given.engines}" if given.engines != ",".join(ENGINES) else ""
        about = {**before, "load_after": machine()["load"], "command": command, "buckets": given.buckets}
        run = {"events": built["events"], "shape": shape, "about": about, "index": built, "found": found}
        record(HERE, run)
    return [(shape, q, e) for q, by in found.items() for e, r in by.items() if r.get("verdict") == "DIFFERS"]


if __name__ == "__main__":
    main()
