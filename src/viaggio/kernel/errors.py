"""Errors name the thing, the place and the way out, and carry a code; faces turn codes into sentences."""

from collections.abc import Iterable
from difflib import get_close_matches


class ViaggioError(Exception):
    """A mistake that a person can mend. `code` is stable; `place` says where; `hint` says the way out."""

    code = "viaggio.error"

    def __init__(self, what: str, *, place: str = "", hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.place = place
        self.hint = hint

    def __str__(self) -> str:
        where = f" ({self.place})" if self.place else ""
        way_out = f" {self.hint}" if self.hint else ""
        return f"{self.what}{where}.{way_out}"


class _Unknown(ViaggioError):
    kind = "name"

    def __init__(self, name: str, *, known: Iterable[str], place: str = "") -> None:
        known = sorted(known)
        near = get_close_matches(name, known, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(known) or 'none'}."
        super().__init__(f"{self.kind} '{name}' is not known", place=place, hint=hint)
        self.name = name
        self.known = tuple(known)


class UnknownColumn(_Unknown):
    """A column that the table does not have."""

    code = "column.unknown"
    kind = "column"


class UnknownTable(_Unknown):
    """A table that does not exist, or one that is needed and was not given."""

    code = "table.unknown"
    kind = "table"


class UnknownMetric(_Unknown):
    """A metric that the catalogue does not declare."""

    code = "metric.unknown"
    kind = "metric"


class UnknownDimension(_Unknown):
    """A dimension by which the metric or table can not be cut or filtered."""

    code = "dimension.unknown"
    kind = "dimension"


class BadPeriod(ViaggioError):
    """A period that ends before it starts or can not be read."""

    code = "period.bad"


class BadFile(ViaggioError):
    """A file that can not be read as what it claims to be; nothing of it was taken."""

    code = "file.bad"


class BadMapping(ViaggioError):
    """A mapping that names columns or tables that do not exist, or leaves a needed one out."""

    code = "mapping.bad"


class BadWorkspace(ViaggioError):
    """A folder that is no workspace, or one that another program holds."""

    code = "workspace.bad"
