"""The record of `peers.py`: `results.json` holds all runs; `results.md` and `chart.svg` are made from it."""

import json
import statistics
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

QUESTIONS = {
    "sessions": "Sessions, 30 min pause, by channel",
    "transitions": "Transition matrix with mean times",
    "funnel": "Funnel of 4 steps within 7 days",
    "paths": "50 most frequent first 10 steps",
    "attribution": "First, last and Markov attribution",
}
NAMES = {
    "viaggio": "Viaggio", "viaggio:all": "Viaggio, 8 models and intervals", "arrow": "column scan (Arrow)",
    "viaggio:two": "Viaggio, 2 threads", "duckdb:two": "DuckDB SQL, 2 threads",
    "polars:two": "Polars, 2 threads",
    "duckdb": "DuckDB SQL", "polars": "Polars", "pandas": "pandas", "pm4py": "PM4Py",
    "retentioneering": "Retentioneering", "channel_attribution": "ChannelAttribution",
    "duckdb:ordered": "DuckDB SQL, our order", "polars:ordered": "Polars, our order",
}  # fmt: skip
SHAPES = {
    "heavy": "few customers with very many",
    "steady": "about 60 a customer",
    "given": "a log of one's own",
}
MEMORY_TARGET = 500
"""Megabytes."""

INTRODUCTION = (
    "Written by `benchmarks/journey/peers.py`; what is asked and how it is measured is in "
    "[journey speed](../../docs/reference/journey-speed.md). CPU seconds (peak memory in MB), one thread, "
    "each question in a process of its own, from opening the files to the answer."
)
TARGETS = (
    "against the targets",
    "to the scan (≤ 1.5x)",
    "best of DuckDB, Polars to us (≥ 8x)",
    "the same on our order (≥ 1x)",
    "best of PM4Py, Retentioneering to us (≥ 30x)",
    "memory (≤ 500 MB)",
)


def record(folder: Path, run: dict[str, Any]) -> None:
    """Keep the run in the place of an earlier one of that size, and write table and chart anew."""
    runs = _runs(folder)
    runs[_key(run["events"], run.get("shape", "heavy"))] = _without_answers(run)
    _write(folder, runs)


def _key(events: int, shape: str) -> str:
    return f"{events} {shape}"


def add_to_record(folder: Path, events: int, shape: str, found: dict[str, dict[str, Any]]) -> None:
    """What peers said in a later run takes its place in the one of that size, and is marked."""
    runs = _runs(folder)
    earlier = runs[_key(events, shape)]["found"]
    for question, reports in _without_answers({"found": found})["found"].items():
        for engine, report in reports.items():
            known = earlier.setdefault(question, {})
            if engine not in known or not engine.startswith(("viaggio", "arrow")):
                known[engine] = {**report, "later": True}
    _write(folder, runs)


def _runs(folder: Path) -> dict[str, dict[str, Any]]:
    file = folder / "results.json"
    runs: dict[str, dict[str, Any]] = json.loads(file.read_text()) if file.exists() else {}
    return runs


def _write(folder: Path, runs: dict[str, dict[str, Any]]) -> None:
    runs = dict(sorted(runs.items(), key=lambda item: (item[1]["events"], item[0])))
    (folder / "results.json").write_text(json.dumps(runs, indent=1) + "\n")
    (folder / "results.md").write_text(page(runs))
    compared = [
        run
        for run in runs.values()
        if len(run["found"]["sessions"]) > 1 and run.get("shape", "heavy") == "heavy"
    ]
    if compared:
        (folder / "chart.svg").write_text(chart(compared[-1]))


def _without_answers(run: dict[str, Any]) -> dict[str, Any]:
    """Customers and counts need not be kept; that they are the same was checked."""
    found = {
        question: {
            engine: {key: value for key, value in report.items() if key != "answer"}
            for engine, report in reports.items()
        }
        for question, reports in run["found"].items()
    }
    return {**run, "found": found}


def seconds(report: dict[str, Any] | None, kind: str = "cpu") -> float | None:
    """The median, None where there is no answer."""
    return statistics.median(report[kind]) if report and kind in report else None


def page(runs: dict[str, dict[str, Any]]) -> str:
    """All runs as Markdown."""
    parts = [
        "# Five questions on one log",
        INTRODUCTION,
    ]
    for run in runs.values():
        parts += _run(run)
    return "\n\n".join(parts) + "\n"


def _run(run: dict[str, Any]) -> list[str]:
    about, index = run["about"], run["index"]
    versions: dict[str, str] = {}
    for reports in run["found"].values():
        for report in reports.values():
            versions.update(report.get("versions", {}))
    told = ", ".join(f"{name} {number}" for name, number in sorted(versions.items()))
    load = f"{about['load']} before, {about['load_after']} after"
    lines = [
        f"## {run['events']:,} interactions, {SHAPES[run.get('shape', 'heavy')]}",
        f"{about['day']}, {about['machine']}, Python {about['python']}; {told}.",
        f"Load of the machine (1, 5, 15 minutes): {load}; so CPU seconds are told, not time on the clock.",
        f"`{about['command']}`",
        about.get("note", ""),
        (
            f"Index of {about['buckets']} buckets, built once from the file: {index['cpu']:.1f} CPU s, "
            f"{index['peak_mb']:,.0f} MB."
        ),
        _table(run),
        *_wide(run),
        _targets(run),
        _verdicts(run),
    ]
    return [line for line in lines if line]


def _table(run: dict[str, Any]) -> str:
    asked = {name for reports in run["found"].values() for name in reports}
    engines = [name for name in NAMES if name in asked and not name.endswith(":two")]
    head = "| question | " + " | ".join(NAMES[name] for name in engines) + " |"
    rows = [head, "|---" * (len(engines) + 1) + "|"]
    for question, title in QUESTIONS.items():
        reports = run["found"].get(question, {})
        rows.append(f"| {title} | " + " | ".join(_cell(reports.get(name)) for name in engines) + " |")
    return "\n".join(rows)


def _cell(report: dict[str, Any] | None) -> str:
    if report is None:
        return "–"
    if "failed" in report:
        return "failed"
    mark = "*" if report.get("verdict", "same") not in {"same", ""} else ""
    mark += "†" if "later" in report else ""
    peak = f" ({report['peak_mb']:,.0f})" if "peak_mb" in report else ""
    return f"{seconds(report):.3f}{mark}{peak}"


def _wide(run: dict[str, Any]) -> list[str]:
    """One core and two side by side, and the first answer of a fresh process."""
    names = [name for name in ("viaggio", "duckdb", "polars") if _both(run, name)]
    if not names:
        return []
    head = " | ".join(f"{NAMES[name]}, 1 thread | 2 threads" for name in names)
    rows = [
        f"| seconds on the clock | {head} | Viaggio, first answer of a process, CPU s |",
        "|---" * (2 * len(names) + 2) + "|",
    ]
    for question, title in QUESTIONS.items():
        reports = run["found"].get(question, {})
        cells = [seconds(reports.get(n), "wall") for name in names for n in (name, f"{name}:two")]
        told = " | ".join("–" if cell is None else f"{cell:.3f}" for cell in cells)
        cold = reports.get("viaggio", {}).get("cold_cpu")
        rows.append(f"| {title} | {told} | {'–' if cold is None else f'{cold:.1f}'} |")
    return ["\n".join(rows)]


def _both(run: dict[str, Any], name: str) -> bool:
    return any("wall" in reports.get(f"{name}:two", {}) for reports in run["found"].values())


def ratios(run: dict[str, Any]) -> dict[str, dict[str, float]]:
    """By question: ours to the scan, the best table engine to ours, the best process miner to ours."""
    told: dict[str, dict[str, float]] = {}
    for question, reports in run["found"].items():
        ours = seconds(reports.get("viaggio"))
        if not ours:
            continue
        groups = {
            "scan": ("arrow",), "tables": ("duckdb", "polars"),
            "ordered": ("duckdb:ordered", "polars:ordered"), "miners": ("pm4py", "retentioneering"),
        }  # fmt: skip
        best = {
            group: min((s for n in names if (s := seconds(reports.get(n))) is not None), default=None)
            for group, names in groups.items()
        }
        told[question] = {group: found / ours for group, found in best.items() if found is not None}
        if "scan" in told[question]:
            told[question]["scan"] = 1 / told[question]["scan"]
        if "peak_mb" in reports["viaggio"]:
            told[question]["memory"] = reports["viaggio"]["peak_mb"]
    return told


def _targets(run: dict[str, Any]) -> str:
    rows = [
        f"| {' | '.join(TARGETS)} |",
        "|---|---|---|---|---|---|",
    ]
    for question, told in ratios(run).items():
        cells = [
            _mark(told.get("scan"), told.get("scan", 0) <= 1.5),
            _mark(told.get("tables"), told.get("tables", 0) >= 8),
            _mark(told.get("ordered"), told.get("ordered", 0) >= 1),
            _mark(told.get("miners"), told.get("miners", 0) >= 30),
            _memory(told.get("memory")),
        ]
        rows.append(f"| {QUESTIONS[question]} | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def _memory(peak: float | None) -> str:
    if peak is None:
        return "–"
    return f"{peak:.0f} {'met' if peak <= MEMORY_TARGET else '**not met**'}"


def _mark(ratio: float | None, met: object) -> str:
    if ratio is None:
        return "–"
    return f"{ratio:.1f}x {'met' if met else '**not met**'}"


def _verdicts(run: dict[str, Any]) -> str:
    """What was not simply the same."""
    same = 0
    lines = []
    for question, reports in run["found"].items():
        for engine, report in reports.items():
            word = report.get("verdict") or report.get("failed")
            same += word == "same"
            if word not in {None, "same"}:
                lines.append(f"- \\* {NAMES[engine]}, {QUESTIONS[question].lower()}: {word}")
    if any("later" in report for reports in run["found"].values() for report in reports.values()):
        lines.append("- † asked in a later run on the same log")
    if not same and not lines:
        return ""
    others = " Others:" if lines else ""
    return "\n".join([f"{same} answers are the same as Viaggio's on one thread.{others}", "", *lines]).strip()


def chart(run: dict[str, Any]) -> str:
    """Bars of CPU seconds on a scale of powers of ten, a group per question."""
    from math import log10

    bars = [
        (title, NAMES[name], value, name)
        for question, title in QUESTIONS.items()
        for name in NAMES
        if not name.endswith(":two")
        and (value := seconds(run["found"].get(question, {}).get(name))) is not None
    ]
    low = min(value for *_, value, _ in bars)
    low, high = 10 ** int(log10(low) - (low < 1)), max(value for *_, value, _ in bars)
    left, wide, line = 190, 520, 17

    def x(value: float) -> float:
        return left + wide * (log10(value) - log10(low)) / (log10(high) - log10(low))

    shapes, y, before = [], 50, ""
    for title, name, value, engine in bars:
        if title != before:
            y += 14
            shapes.append(f'<text class="q" x="8" y="{y}">{escape(title)}</text>')
            y, before = y + 6, title
        kind = "us" if engine.startswith("viaggio") else "scan" if engine == "arrow" else "peer"
        shapes.append(f'<text class="n" x="{left - 8}" y="{y + 11}">{escape(name)}</text>')
        width = max(x(value) - left, 1)
        shapes.append(f'<rect class="{kind}" x="{left}" y="{y}" width="{width:.1f}" height="13"/>')
        shapes.append(f'<text x="{left + width + 5:.1f}" y="{y + 11}">{value:.2f}</text>')
        y += line
    title = f"CPU seconds for {run['events']:,} interactions, one thread (scale of powers of ten)"
    style = (
        "text{font:11px system-ui,sans-serif;fill:#333}.n{text-anchor:end}.q{font-weight:600}"
        ".h{font-size:14px;font-weight:600}.us{fill:#0b6e6e}.scan{fill:#999}.peer{fill:#c9a66b}"
        "svg{background:#fff}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="780" height="{y + 16}" viewBox="0 0 780 {y + 16}" '
        f'role="img" aria-label="{escape(title)}"><style>{style}</style>'
        f'<rect width="780" height="{y + 16}" fill="#fff"/>'
        f'<text class="h" x="8" y="26">{escape(title)}</text>' + "".join(shapes) + "</svg>\n"
    )
