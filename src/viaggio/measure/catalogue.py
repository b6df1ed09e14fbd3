"""The metric catalogue: every figure of Viaggio, declared once."""

from collections.abc import Mapping
from types import MappingProxyType

from viaggio.kernel import UnknownMetric
from viaggio.measure.cuts import in_span
from viaggio.measure.families import (
    customers,
    digital,
    loyalty,
    pillars,
    revenue,
    satisfaction,
    selling,
    service,
)
from viaggio.measure.model import Cut, Metric, Part, Spans, Table, Tables

__all__ = ["CATALOGUE", "Cut", "Metric", "Part", "Spans", "Table", "Tables", "in_span", "metric"]

_FAMILIES = (satisfaction, pillars, revenue, loyalty, selling, digital, service, customers)

CATALOGUE: Mapping[str, Metric] = MappingProxyType(
    {declared.slug: declared for family in _FAMILIES for declared in family.METRICS}
)
"""Every metric by its slug, family by family."""


def metric(slug: str) -> Metric:
    """The metric of that name; raises `UnknownMetric`."""
    try:
        return CATALOGUE[slug]
    except KeyError:
        raise UnknownMetric(slug, known=CATALOGUE, place="catalogue") from None
