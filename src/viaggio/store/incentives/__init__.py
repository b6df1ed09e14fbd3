"""Files of shared incentives: plans, people and results in, runs out, each checkable years later."""

from viaggio.store.incentives.plan_file import load_plan
from viaggio.store.incentives.run_file import Difference, Verified, compare_runs, read_run, verify, write_run
from viaggio.store.incentives.tables import load_inputs

__all__ = [
    "Difference",
    "Verified",
    "compare_runs",
    "load_inputs",
    "load_plan",
    "read_run",
    "verify",
    "write_run",
]
