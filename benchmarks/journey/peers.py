"""Five questions on one log: Viaggio, DuckDB SQL, Polars, pandas, PM4Py, Retentioneering, ChannelAttribution.

    python benchmarks/journey/peers.py 1000000
    python benchmarks/journey/peers.py 10000000 --log LOG.parquet --engines viaggio,arrow,duckdb,polars

Every question runs in a process of its own, on one thread, and is asked several times there; told are CPU
seconds (the median), peak memory after the first time, and CPU seconds of the whole process up to the first
answer. Answers are compared with Viaggio's; of a peer that can not answer the same, only what it can.
The peers live in an environment made for this (with `uv`) in a folder that is removed, unless `--peers` names
one. Results go to `results.md` and `chart.svg` beside this file; runs of other sizes in them are kept.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "engines")]
QUESTIONS = ("sessions", "transitions", "funnel", "paths", "attribution")
PEERS = ("duckdb", "polars", "pandas", "pm4py", "retentioneering", "channel_attribution")
ENGINES = ("viaggio", "viaggio:two", "arrow", *PEERS, "duckdb:ordered", "polars:ordered")
ABLE = {
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


def run_one(python: Path | str, program: Path, *arguments: object) -> dict[str, Any]:
    """The report of a process of its own; what went wrong, where it did."""
    ours = os.pathsep.join([str(HERE.parents[1] / "src")])
    environment = {**os.environ, "PYTHONPATH": ours if python == sys.executable else ""}
    done = subprocess.run(
        [str(python), str(program), *map(str, arguments)],
        capture_output=True, text=True, check=False, env=environment,
    )  # fmt: skip
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
            asked = f"{plan}_{question}" if plan else question
            times = max(3, repeats) if runner == sys.executable else repeats  # ours and the scan are short
            report = run_one(runner, HERE / "engines" / "ask.py", name, asked, folder, "--repeats", times)
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
    """Log, layout, questions, record."""
    from recorded import add_to_record, record

    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("events", type=int, nargs="?", default=1_000_000)
    arguments.add_argument("--log", type=Path, help="a log of `generate.py`, else one is made")
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
    before = machine()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        python = given.peers or peers_environment(folder)
        log = folder / "log.parquet"
        if given.log:
            log.symlink_to(given.log.resolve())
        else:
            subprocess.run([sys.executable, HERE / "generate.py", str(given.events), log], check=True)
        built = run_one(sys.executable, HERE / "layout.py", log, folder, "--buckets", given.buckets)
        print(f"index: {built}", flush=True)
        found = ask_all(engines, python, folder, given.repeats, given.questions.split(","))
    command = f"python benchmarks/journey/peers.py {given.events} --repeats {given.repeats}" + (
        f" --engines {given.engines}" if given.engines != ",".join(ENGINES) else ""
    )
    about = {**before, "load_after": machine()["load"], "command": command, "buckets": given.buckets}
    if given.questions != ",".join(QUESTIONS):
        add_to_record(HERE, built["events"], found)
        return
    record(HERE, {"events": built["events"], "about": about, "index": built, "found": found})
    wrong = [(q, e) for q, by in found.items() for e, r in by.items() if r.get("verdict") == "DIFFERS"]
    if wrong:
        raise SystemExit(f"answers differ: {wrong}")


if __name__ == "__main__":
    main()
