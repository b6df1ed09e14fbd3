"""Column contracts of who works where."""

from viaggio.journey.model import FUNCTIONS
from viaggio.kernel import Column, Contract, Kind

EMPLOYMENTS = Contract(
    name="employments",
    row="one stay of one employee in one unit at one working time",
    customer=False,
    time="started_on",
    columns=(
        Column("employee", Kind.TEXT, "employee number", needed=True),
        Column("name", Kind.TEXT, "name: personal data"),
        Column("function", Kind.CODE, "business function", needed=True, allowed=FUNCTIONS),
        Column("unit", Kind.CODE, "team", needed=True),
        Column("role", Kind.CODE, "job"),
        Column("working_time", Kind.NUMBER, "1 full time, 0.5 half time", needed=True),
        Column("hired_on", Kind.DAY, "first day in the company", needed=True),
        Column("started_on", Kind.DAY, "first day of this stay", needed=True),
        Column("ended_on", Kind.DAY, "last day of this stay; empty while it lasts"),
    ),
)
